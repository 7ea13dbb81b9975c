// What the scripts of the page share: elements by id, and news for screen readers.
export const $ = (id) => document.getElementById(id);
export const query = document.body.dataset.query;

export function announce(words) {
  $("news").textContent = words;
}

// Runs a change of the page and leaves open what was open, and the focus where it was.
export function inPlace(change) {
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll("details[open]")].map((details) => details.id);
  change();
  for (const id of open) if ($(id)) $(id).open = true;
  if (focused && focused !== document.activeElement?.id) $(focused)?.focus({ preventScroll: true });
}

// Writes times as the visitor's own clock shows them.
export function showTimes(root) {
  const format = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  for (const time of root.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString();
    time.textContent = format.format(moment);
  }
}
