// A term shows what it means on hover, focus or tap. Its card is on the page already; without script the term is a link
// to the glossary. The focus never leaves the term, Escape closes the card, and a second tap follows the link.

import { placeNote } from "./notes.js";

const DELAY_MILLISECONDS = 160;
let shown = null;
let timer = 0;
let touched = false;

const termAt = (target) => target.closest?.(".read a.term");
const cardOf = (term) => document.getElementById(term.getAttribute("aria-describedby") ?? "");

function hide() {
  clearTimeout(timer);
  shown?.card.hidePopover();
  shown = null;
}

function show(term) {
  clearTimeout(timer);
  const card = cardOf(term);
  if (!card || shown?.term === term) return;
  hide();
  card.showPopover();
  placeNote(card, term);
  shown = { term, card };
}

function later(action) {
  clearTimeout(timer);
  timer = setTimeout(action, DELAY_MILLISECONDS);
}

for (const term of document.querySelectorAll(".read a.term")) {
  const id = `card-${term.hash.slice(1)}`;
  if (document.getElementById(id)) term.setAttribute("aria-describedby", id);
}

addEventListener("pointerdown", (event) => (touched = event.pointerType !== "mouse"), true);
addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const term = termAt(event.target);
  if (term) later(() => show(term));
  else if (shown?.card.contains(event.target)) clearTimeout(timer);
  else if (shown && shown.term !== document.activeElement) later(hide);
  else clearTimeout(timer);
});
addEventListener("focusin", (event) => {
  const term = termAt(event.target);
  if (term && !touched) show(term);
  else if (shown && !shown.card.contains(event.target) && shown.term !== event.target) hide();
});
addEventListener("click", (event) => {
  const term = termAt(event.target);
  if (touched && term && shown?.term !== term && cardOf(term)) {
    event.preventDefault();
    show(term);
  } else if (shown && !shown.card.contains(event.target)) hide();
});
addEventListener("keydown", (event) => {
  touched = false;
  if (event.key === "Escape") hide();
});
