// The figures of a result as a definition list: the first four large, the rest small, a pinned setting's below them.

import { html } from "./dom.js";
import { figure, parts, tickOf } from "./numbers.js";

const LARGE = 4;
const OPEN = 5;

// So many letters have room in a column; what is longer is told by its power of ten.
const MOST_LETTERS = 13;

const shown = (value) => (figure(value).length > MOST_LETTERS ? tickOf(value) : figure(value));

// A unit longer than this has no room behind a long number.
const SHORT_UNIT = 3;

function valueOf({ value, unit }) {
  const [before, number, after] = parts(shown(value), unit);
  return [before && html("small", {}, before), number, after && html("small", { class: after.trim().length > SHORT_UNIT ? "words" : null }, after)];
}

function row(item, pinned) {
  const other = pinned?.figures.find((candidate) => candidate.name === item.name);
  return html(
    "div",
    { title: item.meaning },
    html("dt", {}, item.label),
    item.value === null ? html("dd", { class: "absent" }, "none") : html("dd", {}, valueOf(item)),
    other ? html("dd", { class: "pinned" }, "pinned ", valueOf(other)) : null,
  );
}

// A handful stands open, more fold away, and stay as they were left from one result to the next.
function minor(rows, fold) {
  if (!rows.length) return [];
  const list = html("dl", { class: "figures minor" }, rows);
  fold.isNeeded ||= rows.length > OPEN;
  if (!fold.isNeeded) return [list];
  const turn = () => {
    if (details.open === Boolean(fold.isOpen)) return;
    fold.isOpen = details.open;
    fold.onToggle?.();
  };
  const details = html("details", { class: "more-figures", open: fold.isOpen, ontoggle: turn }, html("summary", {}, `${rows.length} more figures`), list);
  return [details];
}

// Every figure keeps the place in which it was first seen: one that a setting lacks, such as a crossing that there is not,
// is none there, and the others stay where they are.
export function inPlaces(figures, known = []) {
  const here = new Map(figures.map((item) => [item.name, item]));
  const places = known.map((item) => here.get(item.name) ?? { ...item, value: null });
  figures.forEach((item, index) => {
    if (known.some(({ name }) => name === item.name)) return;
    const before = figures[index - 1]?.name;
    places.splice(places.findIndex(({ name }) => name === before) + 1, 0, item);
  });
  return places;
}

// `fold` is the caller's to keep: whether the small figures fold, whether they were opened, what to do when they are, and which
// figures there are.
export function figuresOf(result, pinned, fold = {}) {
  fold.known = inPlaces(result.figures, fold.known);
  const rows = fold.known.map((item) => row(item, pinned));
  return [
    html("dl", { class: "figures" }, rows.slice(0, LARGE)),
    ...minor(rows.slice(LARGE), fold),
  ];
}
