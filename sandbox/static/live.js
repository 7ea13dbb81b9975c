// Keeps the page as the world is: each change names what to fetch again.
import { $, announce, inPlace, query, showTimes } from "./parts.js";

const PANELS = { "/panels/talk": "talk", "/panels/weather": "sky" };
const LIVING = ["places", "account", "cast", "timeline", "talk", "sky"];
const WEATHER_MS = 2000;

// Each part is fetched once, however many changes it saw meanwhile.
const wanted = new Set();
let fetching = false;
export async function refresh(path) {
  wanted.add(path);
  if (fetching) return;
  fetching = true;
  try {
    for (const next of wanted) {
      wanted.delete(next);
      const answer = await fetch(`${next}?${query}&shown=${document.body.dataset.shown}`);
      show(next, answer.ok ? await answer.text() : "");
    }
  } catch {
    // The event stream notices as well that the sandbox is away, and fetches everything when it is back.
  } finally {
    fetching = false;
  }
}

function show(path, markup) {
  const fresh = new DOMParser().parseFromString(markup, "text/html");
  showTimes(fresh);
  inPlace(() => {
    if (path === "/") for (const id of LIVING) fill(id, fresh.getElementById(id));
    else if (path in PANELS) fill(PANELS[path], fresh.body);
    else placeThread(path.split("/").at(-1), fresh.body.firstElementChild);
  });
}

function fill(id, fresh) {
  if (id === "talk") markMessages(fresh);
  if (fresh && $(id).innerHTML !== fresh.innerHTML) $(id).replaceChildren(...fresh.childNodes);
}

function placeThread(conversation, fresh) {
  const timeline = $("timeline");
  const old = $(`thread-${conversation}`);
  if (fresh) markPosts(fresh, old);
  if (old && fresh) old.replaceWith(fresh);
  else if (old) old.remove();
  else if (fresh) timeline.prepend(fresh);
  while (timeline.children.length > Number(document.body.dataset.shown)) timeline.lastElementChild.remove();
  $("empty").hidden = timeline.children.length > 0;
}

function markPosts(fresh, old) {
  const known = new Set(old ? [...old.querySelectorAll(".post")].map((post) => post.dataset.version) : []);
  for (const post of fresh.querySelectorAll(".post")) {
    if (known.has(post.dataset.version)) continue;
    post.classList.add("arrived");
    if (post.classList.contains("by-brand")) announce("The brand has answered.");
  }
}

function markMessages(fresh) {
  for (const message of fresh.querySelectorAll(".talk > li")) {
    if ($(message.id)) continue;
    message.classList.add("arrived");
    if (message.classList.contains("mine")) continue;
    announce("A message has come.");
    $("tab-messages").classList.toggle("fresh", location.hash !== "#messages");
  }
}

function follow({ kind, conversation }) {
  if (kind === "messaged") return refresh("/panels/talk");
  if (!conversation) return refresh("/");
  refresh(`/threads/${conversation}`);
  for (const copy of document.querySelectorAll(`#timeline [data-of="${conversation}"]`)) {
    refresh(`/threads/${copy.closest(".thread").id.replace("thread-", "")}`);
  }
}

function tell(words, isLive) {
  $("status").textContent = words;
  $("status").classList.toggle("live", isLive);
}

let wasLost = false;
const events = new EventSource("/sandbox/events");
events.addEventListener("open", () => {
  if (wasLost) refresh("/");
  tell("Live", true);
});
events.addEventListener("error", () => {
  wasLost = true;
  tell("Connecting…", false);
});
events.addEventListener("change", (event) => follow(JSON.parse(event.data)));

addEventListener("hashchange", () => {
  if (location.hash === "#messages") $("tab-messages").classList.remove("fresh");
});
setInterval(() => document.hidden || refresh("/panels/weather"), WEATHER_MS);
showTimes(document);
