// What agents type: how much it weighs, that it survives an accident, and that one click sends it once.

const LIGHT = [[0x0000, 0x10ff], [0x2000, 0x200d], [0x2010, 0x201f], [0x2032, 0x2037]];
const ADDRESS = /https?:\/\/\S+/gi;
const EMOJI = /\p{RGI_Emoji}/gv;

// Near enough to warn while typing; the server counts exactly.
function weigh(text) {
  let weight = 0;
  const count = (each) => () => ((weight += each), "");
  const rest = text.normalize("NFC").trim().replace(ADDRESS, count(23)).replace(EMOJI, count(2));
  for (const char of rest) {
    const point = char.codePointAt(0);
    weight += LIGHT.some(([low, high]) => low <= point && point <= high) ? 1 : 2;
  }
  return weight;
}

function showWeight(counter) {
  const { counter: box, extra, most, parts, plain } = counter.dataset;
  const text = document.getElementById(box).value.trim();
  const count = plain === undefined ? weigh : (words) => words.length;
  const weight = text ? count(text) + count("x" + extra) - 1 : 0;
  counter.textContent = `${weight}/${most}`;
  // A long reply is cut into posts, so there it is no mistake.
  counter.classList.toggle("over", weight > most && !parts);
  if (parts) showParts(document.getElementById(parts), weight > most);
}

let asked = 0;
let asking = null;

function showParts(region, needed) {
  clearTimeout(asking);
  if (needed) asking = setTimeout(() => askParts(region), 300);
  else region.replaceChildren();
}

// The server cuts and counts, so what is shown is what goes out.
async function askParts(region) {
  const number = ++asked;
  const form = region.closest("form");
  const address = form.querySelector("[data-preview]").formAction;
  try {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Heed-Refresh": "1" }, signal: AbortSignal.timeout(10000) });
    if (answer.ok && number === asked) region.innerHTML = await answer.text();
  } catch {
    region.replaceChildren();
  }
}

function keep(form) {
  const box = form.querySelector("textarea");
  const key = `heed:${form.dataset.keep}`;
  const kept = sessionStorage.getItem(key);
  if (kept && box.value === box.defaultValue) {
    box.value = kept;
    form.closest("details")?.setAttribute("open", "");
  }
  box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
}

// Only once the server says that it was done: a text that met an outage comes back.
export function forget(conversation) {
  sessionStorage.removeItem(`heed:reply-${conversation}`);
}

function composer() {
  return document.getElementById("reply") ?? document.getElementById("words");
}

export function use(id) {
  const box = composer();
  box.value = document.getElementById(id).textContent;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

// What is still to come, second by second: how long an agent can undo, when a channel is tried again.
export function countDown(root) {
  for (const time of root.querySelectorAll("time[data-left]")) {
    const seconds = Math.max(0, Math.ceil((new Date(time.dateTime) - Date.now()) / 1000));
    time.textContent = seconds ? span(seconds) : "a moment";
  }
}

function span(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return seconds < 86400 ? `${Math.ceil(seconds / 3600)} h` : `${Math.ceil(seconds / 86400)} d`;
}

// A link that carries the text along, and a button that copies it, for an answer in the channel's own app.
function startAnswer(box) {
  const link = document.getElementById("on-channel");
  const carry = () => { link.href = box.dataset.answer + encodeURIComponent(box.value); };
  box.addEventListener("input", carry);
  carry();
}

function startCopy(button) {
  if (!navigator.clipboard) return;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

export function tick(root) {
  countDown(root);
  for (const time of root.querySelectorAll("time[datetime]:not([data-left])")) {
    const moment = new Date(time.dateTime);
    const local = moment.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    time.title = local;
    time.textContent = "age" in time.dataset ? age(moment) : local;
  }
}

function age(moment) {
  const seconds = Math.max(0, (Date.now() - moment) / 1000);
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}

export function startTyping(root) {
  for (const form of root.querySelectorAll("form[data-keep]")) keep(form);
  for (const counter of root.querySelectorAll("[data-counter]")) {
    document.getElementById(counter.dataset.counter).addEventListener("input", () => showWeight(counter));
    showWeight(counter);
  }
  for (const box of root.querySelectorAll("[data-answer]")) startAnswer(box);
  for (const button of root.querySelectorAll("[data-copy]")) startCopy(button);
  for (const button of root.querySelectorAll("[data-preview]")) button.hidden = true;
  for (const button of root.querySelectorAll("[data-use]")) {
    if (!composer()) continue;
    button.hidden = false;
    button.addEventListener("click", () => use(button.dataset.use));
  }
  for (const form of root.querySelectorAll("form[method=post]")) {
    // After the browser has read the form, or the pressed button's own value would be lost.
    form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((b) => (b.disabled = true))));
  }
  tick(root);
}

// Back and forward show the page as it was left, with its buttons still off.
addEventListener("pageshow", () => document.querySelectorAll("button:disabled").forEach((b) => (b.disabled = false)));
