// Sends every form without leaving the page; a refusal shows in the form, or above the timeline.
import { compose } from "./composing.js";
import { refresh } from "./live.js";
import { $ } from "./parts.js";

const sending = new WeakSet();

async function send(form, submitter) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "text/plain" },
    body: new URLSearchParams(new FormData(form, submitter)),
  });
  if (!answer.ok) throw new Error((await answer.text()) || "The sandbox refused this.");
}

function done(form) {
  if (form.id === "composer") {
    $("late").checked = false;
    compose();
  }
  if (form.id === "writer") form.elements.message.value = "";
  if (form.closest("#weather")) refresh("/panels/weather");
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (sending.has(form)) return;
  const trouble = form.querySelector(".error") ?? $("notice");
  sending.add(form);
  try {
    await send(form, event.submitter);
    trouble.textContent = "";
    done(form);
  } catch (refused) {
    trouble.textContent = refused instanceof TypeError ? "The sandbox does not answer." : refused.message;
  } finally {
    sending.delete(form);
  }
});

$("message")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
