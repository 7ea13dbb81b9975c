// The composer: new posts, replies, quotes and edits, and the weight of what is typed.
import { $ } from "./parts.js";

const form = $("composer");
const text = $("text");
const opening = $("ideas").dataset.opening;

export function compose({ mode = "", replyTo = "", quoteOf = "", editOf = "", value = opening, button = "Post" } = {}) {
  form.elements.reply_to.value = replyTo;
  form.elements.quote_of.value = quoteOf;
  form.elements.edit_of.value = editOf;
  $("mode").hidden = !mode;
  $("mode-text").textContent = mode;
  $("send-text").textContent = button;
  $("error").textContent = "";
  $("quoting").replaceChildren(...(quoteOf ? [preview($(`quote-${quoteOf}`))] : []));
  text.value = value;
  weigh();
}

function write(options) {
  compose(options);
  form.scrollIntoView({ block: "nearest" });
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

function preview(link) {
  const card = document.createElement("blockquote");
  card.className = "quoted";
  for (const part of link.closest(".body").querySelectorAll(":scope > .byline, :scope > .text")) {
    card.append(part.cloneNode(true));
  }
  return card;
}

// The server weighs, so that it is always the weight that counts; at most one question is under way.
let weighing = false;
let weighed = null;
async function weigh() {
  if (weighing) return;
  weighing = true;
  try {
    while (weighed !== text.value) {
      weighed = text.value;
      showWeight(await ask(weighed));
    }
  } catch {
    weighed = null;
  } finally {
    weighing = false;
  }
}

async function ask(words) {
  const answer = await fetch("/sandbox/weight", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text: words }),
  });
  return answer.json();
}

function showWeight({ weight, limit }) {
  const share = Math.min(100, (weight / limit) * 100);
  $("ring").setAttribute("stroke-dasharray", `${share} 100`);
  $("count-text").textContent = weight > limit ? `${weight} / ${limit} · a long post` : `${weight} / ${limit}`;
  $("count").classList.toggle("near", weight > limit * 0.9 && weight <= limit);
  $("count").classList.toggle("over", weight > limit);
}

text.addEventListener("input", weigh);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  if (event.key === "Escape" && !$("mode").hidden) compose();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#cancel, [data-idea], [data-reply], [data-quote], [data-edit]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { idea, reply, quote, edit, name, text: old } = link.dataset;
  if (reply) write({ mode: `Replying to @${name}`, replyTo: reply, value: "", button: "Reply" });
  else if (quote) write({ mode: `Quoting @${name}`, quoteOf: quote });
  else if (edit) write({ mode: "Editing your post", editOf: edit, value: old, button: "Save" });
  else write({ value: idea });
});

weigh();
