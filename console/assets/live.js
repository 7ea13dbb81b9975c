// Keeps the page fresh: hears that something changed, fetches the page again, and swaps what is marked data-live.
import { startTyping } from "./typing.js";

const PAUSE = 800;
let due = null;
let lastAt = 0;
let busy = false;

export function startLive() {
  if (!document.body.dataset.page) return;
  connect();
}

function connect() {
  const source = new EventSource("/events");
  source.addEventListener("ready", () => { show(true); refreshSoon(); });
  source.addEventListener("away", () => show(false));
  source.addEventListener("change", (event) => { if (concerns(JSON.parse(event.data))) refreshSoon(); });
  source.onerror = () => {
    show(false);
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, 10000);
    refreshSoon();
  };
}

function show(connected) {
  const live = document.getElementById("live");
  live.hidden = false;
  live.classList.toggle("off", !connected);
  document.getElementById("live-text").textContent = connected ? "live" : "reconnecting";
  document.getElementById("away").hidden = connected;
}

function concerns(change) {
  const { conversation: here, subject } = document.body.dataset;
  // A banner on every page tells of these.
  if (change.subject === "switched" || change.subject === "channel") return true;
  if (subject) return subject.split(" ").includes(change.subject);
  return !here || change.conversation === 0 || String(change.conversation) === here;
}

function refreshSoon() {
  due ??= setTimeout(() => { due = null; refresh(); }, Math.max(150, lastAt + PAUSE - Date.now()));
}

async function refresh() {
  if (busy) return refreshSoon();
  busy = true;
  lastAt = Date.now();
  try {
    const answer = await fetch(document.body.dataset.page, { headers: { "X-Heed-Refresh": "1" }, signal: AbortSignal.timeout(15000) });
    if (answer.status === 401) return location.assign(`/login?next=${encodeURIComponent(document.body.dataset.page)}`);
    if (answer.ok) swapAll(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    show(false);
  } finally {
    busy = false;
  }
}

function swapAll(fresh) {
  document.title = fresh.title;
  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(region.id);
    if (next) swap(region, document.adoptNode(next));
  }
}

function swap(region, next) {
  if (isBeingTyped(region)) return warn(region, next);
  const open = new Map([...region.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
  const here = region.querySelector(".here")?.dataset.row;
  const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
  const known = new Set([...region.querySelectorAll("[data-row], .post")].map(name));
  region.replaceWith(next);
  for (const [id, isOpen] of open) document.getElementById(id)?.toggleAttribute("open", isOpen);
  for (const item of next.querySelectorAll("[data-row], .post")) if (!known.has(name(item))) announce(item);
  if (here) next.querySelector(`[data-row="${here}"]`)?.classList.add("here");
  // A button that now means something else must not wait under the agent's finger.
  if (focused && region.dataset.version === next.dataset.version) document.getElementById(focused)?.focus({ preventScroll: true });
  startTyping(next);
}

function isBeingTyped(region) {
  const boxes = [...region.querySelectorAll("textarea, input:not([type=hidden])")];
  return boxes.some((box) => box === document.activeElement || box.value !== box.defaultValue || "refused" in box.dataset);
}

function warn(region, next) {
  if (region.dataset.version === next.dataset.version || region.querySelector("[data-stale]")) return;
  const note = document.createElement("p");
  note.className = "problem";
  note.dataset.stale = "";
  note.setAttribute("role", "alert");
  note.textContent = "This changed while you were typing: see the thread. Your text is kept.";
  region.prepend(note);
}

function name(item) {
  return item.dataset.row ?? item.id;
}

function announce(item) {
  item.classList.add("fresh");
  const words = item.querySelector(".preview, .post-text")?.textContent.trim() ?? "";
  document.getElementById("said").textContent = `New: ${words}`;
}
