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
  const text = document.getElementById(counter.dataset.counter).value;
  const weight = text.trim() ? weigh(text) + weigh("x" + counter.dataset.extra) - 1 : 0;
  const most = Number(counter.dataset.most);
  counter.textContent = `${weight}/${most}`;
  counter.classList.toggle("over", weight > most);
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

export function use(id) {
  const box = document.getElementById("reply");
  box.value = document.getElementById(id).textContent;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

export function tick(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
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
  for (const button of root.querySelectorAll("[data-use]")) {
    if (!document.getElementById("reply")) continue;
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
