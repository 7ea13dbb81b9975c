// Single keys, never while somebody types and never together with Ctrl, Alt or Meta.

const OFF = "heed:keys-off";

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  Enter: openRow,
  a: () => document.getElementById("approve")?.focus(),
  e: edit,
  r: () => focusEnd(document.getElementById("reply") ?? document.getElementById("words")),
  o: () => document.getElementById("on-channel")?.click(),
  z: () => [...document.querySelectorAll("[data-undo]")].pop()?.click(),
  t: () => document.getElementById("take-over")?.click(),
  u: () => document.querySelector("[data-back]")?.click(),
  "?": () => document.getElementById("help").showModal(),
};

export function startKeys() {
  const off = document.getElementById("keys-off");
  off.checked = localStorage.getItem(OFF) === "1";
  off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : "0"));
  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", KEYS["?"]);
  }
  document.addEventListener("keydown", onKey);
}

function onKey(event) {
  const target = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.form) return send(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key !== "j" && event.key !== "k") return;
  if (isTyping(target) || document.querySelector("dialog[open]")) return;
  if (localStorage.getItem(OFF) === "1" && event.key !== "?") return;
  // Enter belongs to whatever has the focus, if that can be pressed.
  if (event.key === "Enter" && target.closest("a, button, summary")) return;
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
  if (!act) return;
  event.preventDefault();
  act();
}

function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function send(event) {
  event.preventDefault();
  event.target.form.requestSubmit();
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.classList.contains("here"));
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by));
  rows.forEach((row, index) => row.classList.toggle("here", index === next));
  rows[next].scrollIntoView({ block: "nearest" });
}

function openRow() {
  document.querySelector(".row.here a")?.click();
}

function edit() {
  const box = document.getElementById("edit");
  if (!box) return;
  box.open = true;
  focusEnd(document.getElementById("edited"));
}

function focusEnd(box) {
  box?.focus();
  box?.setSelectionRange(box.value.length, box.value.length);
}
