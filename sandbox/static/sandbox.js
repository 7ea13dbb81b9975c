// Keeps the timeline live and the composer at hand; without it the page still works by plain forms.
"use strict";

const $ = (id) => document.getElementById(id);
const me = document.body.dataset.me;
const form = $("composer");
const text = $("text");
const opening = text.value;

async function send(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error || "The sandbox refused this.");
  return said;
}

// The counter asks the server, so that it is always the weight that counts.
let weighing = false;
let weighed = null;
async function weigh() {
  if (weighing) return;
  weighing = true;
  try {
    while (weighed !== text.value) {
      weighed = text.value;
      const { weight, limit } = await send("POST", "/sandbox/weight", { text: weighed });
      showWeight(weight, limit);
    }
  } catch {
    weighed = null;
  } finally {
    weighing = false;
  }
}

function showWeight(weight, limit) {
  const share = Math.min(100, (weight / limit) * 100);
  $("ring").setAttribute("stroke-dasharray", `${share} 100`);
  $("count-text").textContent = weight > limit ? `${weight} / ${limit} · a long post` : `${weight} / ${limit}`;
  $("count").classList.toggle("near", weight > limit * 0.9 && weight <= limit);
  $("count").classList.toggle("over", weight > limit);
}

function compose({ mode = "", replyTo = "", editOf = "", value = opening, button = "Post" } = {}) {
  form.elements.reply_to.value = replyTo;
  form.elements.edit_of.value = editOf;
  $("mode").hidden = !mode;
  $("mode-text").textContent = mode;
  $("send-text").textContent = button;
  $("error").textContent = "";
  text.value = value;
  weigh();
}

function writeNow(options) {
  compose(options);
  form.scrollIntoView({ block: "nearest" });
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { reply_to, edit_of } = form.elements;
  const button = form.querySelector(".send");
  const order = edit_of.value
    ? { edit_of: edit_of.value, text: text.value }
    : { author: me, text: text.value, in_reply_to: reply_to.value };
  button.disabled = true;
  try {
    await send("POST", "/sandbox/posts", order);
    compose();
  } catch (refused) {
    $("error").textContent = refused.message;
  } finally {
    button.disabled = false;
  }
});

text.addEventListener("input", weigh);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  if (event.key === "Escape" && !$("mode").hidden) compose();
});

$("cancel").addEventListener("click", (event) => {
  event.preventDefault();
  writeNow();
});

$("ideas").addEventListener("click", (event) => {
  const idea = event.target.closest("[data-idea]");
  if (idea) writeNow({ value: idea.dataset.idea });
});

$("timeline").addEventListener("click", (event) => {
  const link = event.target.closest("[data-reply], [data-edit]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const { reply, edit, name, text: old } = link.dataset;
  if (reply) writeNow({ mode: `Replying to @${name}`, replyTo: reply, value: "", button: "Reply" });
  else writeNow({ mode: "Editing your post", editOf: edit, value: old, button: "Save" });
});

$("timeline").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await send("DELETE", `/sandbox/posts/${event.target.dataset.delete}`);
  } catch (refused) {
    $("error").textContent = refused.message;
  }
});

// Changes come as thread ids; each thread is fetched once, however many changes it saw meanwhile.
const changed = new Set();
let refreshing = false;
async function refresh() {
  if (refreshing) return;
  refreshing = true;
  try {
    for (const conversation of changed) {
      changed.delete(conversation);
      const answer = await fetch(`/threads/${conversation}?as=${encodeURIComponent(me)}`);
      place(conversation, answer.ok ? await answer.text() : "");
    }
  } finally {
    refreshing = false;
  }
}

function place(conversation, markup) {
  const timeline = $("timeline");
  const old = $(`thread-${conversation}`);
  const template = document.createElement("template");
  template.innerHTML = markup;
  const fresh = template.content.firstElementChild;
  const focused = document.activeElement && document.activeElement.id;
  if (fresh) markArrivals(fresh, old);
  if (old && fresh) old.replaceWith(fresh);
  else if (old) old.remove();
  else if (fresh) timeline.prepend(fresh);
  while (timeline.children.length > Number(document.body.dataset.shown)) timeline.lastElementChild.remove();
  $("empty").hidden = timeline.children.length > 0;
  if (fresh) showTimes(fresh);
  if (focused && focused !== document.activeElement.id && $(focused)) $(focused).focus();
}

function markArrivals(fresh, old) {
  const known = new Set(old ? [...old.querySelectorAll(".post")].map((post) => post.dataset.version) : []);
  for (const post of fresh.querySelectorAll(".post")) {
    if (known.has(post.dataset.version)) continue;
    post.classList.add("arrived");
    if (post.classList.contains("by-brand")) $("news").textContent = "The brand has answered.";
  }
}

function showTimes(root) {
  const format = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  for (const time of root.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString();
    time.textContent = format.format(moment);
  }
}

const status = $("status");
let wasLost = false;
const events = new EventSource("/sandbox/events");
events.addEventListener("open", () => {
  if (wasLost) location.reload();
  status.textContent = "Live";
  status.classList.add("live");
});
events.addEventListener("error", () => {
  wasLost = true;
  status.textContent = "Connecting…";
  status.classList.remove("live");
});
events.addEventListener("change", (event) => {
  changed.add(JSON.parse(event.data).conversation);
  refresh();
});

$("ideas").hidden = false;
showTimes(document);
weigh();
