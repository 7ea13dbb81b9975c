// Keeps the mailbox as it is: new mails and answers show without a reload; what is being typed stays.
import { $, announce, inPlace, showTimes } from "./parts.js";

const LIVING = ["places", "mails", "answers"];

async function refresh() {
  try {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!$("text") && fresh.getElementById("text")) return location.reload();
    showTimes(fresh);
    inPlace(() => LIVING.forEach((id) => $(id)?.replaceChildren(...(fresh.getElementById(id)?.childNodes ?? []))));
  } catch {
    // The event stream notices as well that the sandbox is away, and fetches everything when it is back.
  }
}

function tell(words, isLive) {
  $("status").textContent = words;
  $("status").classList.toggle("live", isLive);
}

let wasLost = false;
const events = new EventSource("/sandbox/events");
events.addEventListener("open", () => {
  if (wasLost) refresh();
  tell("Live", true);
});
events.addEventListener("error", () => {
  wasLost = true;
  tell("Connecting…", false);
});
events.addEventListener("change", (event) => {
  if (JSON.parse(event.data).kind !== "mailed") return;
  announce("The mailbox has changed.");
  refresh();
});
showTimes(document);
