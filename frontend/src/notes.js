// Put the note of a computed number or a term into the margin beside its line, or under it where there is no margin.
// Without script the note opens in the middle of the window.

const GAP = 24;
const LEAST_MARGIN = 232;
const WIDTH = 292;

export function placeNote(note, button) {
  const at = button.getBoundingClientRect();
  const block = button.closest("p, li, table, dd, blockquote, .question")?.getBoundingClientRect() ?? at;
  const margin = innerWidth - block.right - GAP;
  const inMargin = margin >= LEAST_MARGIN;
  const width = Math.min(WIDTH, inMargin ? margin - GAP : innerWidth - 2 * GAP);
  const left = inMargin ? block.right + GAP : Math.min(Math.max(GAP, at.left), innerWidth - width - GAP);
  note.dataset.placed = inMargin ? "margin" : "below";
  Object.assign(note.style, { width: `${width}px`, left: `${left + scrollX}px` });
  // Nothing is as high as it will be until it is shown; what is shown already is kept within the window.
  const height = note.offsetHeight;
  const lowest = innerHeight - height - GAP / 2;
  const above = at.top - height - 6;
  const below = at.bottom + 6 > lowest && above > 0 ? above : at.bottom + 6;
  const top = inMargin ? Math.min(at.top - 4, Math.max(lowest, 0)) : below;
  note.style.top = `${top + scrollY}px`;
}

// "beforetoggle" does not bubble, but it can be caught on its way down.
addEventListener(
  "beforetoggle",
  (event) => {
    const note = event.target;
    if (!note.classList?.contains("calc-note")) return;
    const button = document.querySelector(`[popovertarget="${CSS.escape(note.id)}"]`);
    button?.setAttribute("aria-expanded", event.newState === "open");
    if (button && event.newState === "open") placeNote(note, button);
  },
  true,
);
