// The figures of a result as a definition list: the first four large, the rest small, a pinned setting's below them.

import { html } from "./dom.js";
import { figure } from "./numbers.js";

const LARGE = 4;
const OPEN = 5;

const valueOf = ({ value, unit }) => [figure(value), unit ? html("small", {}, unit === "%" ? unit : ` ${unit}`) : null];

function row(item, pinned) {
  const other = pinned?.figures.find((candidate) => candidate.name === item.name);
  return html(
    "div",
    { title: item.meaning },
    html("dt", {}, item.label),
    html("dd", {}, valueOf(item)),
    other ? html("dd", { class: "pinned" }, "pinned ", valueOf(other)) : null,
  );
}

// A handful stands open, more fold away.
function minor(rows) {
  if (!rows.length) return [];
  const list = html("dl", { class: "figures minor" }, rows);
  return [rows.length > OPEN ? html("details", { class: "more-figures" }, html("summary", {}, `${rows.length} more figures`), list) : list];
}

export function figuresOf(result, pinned) {
  const rows = result.figures.map((item) => row(item, pinned));
  return [
    html("dl", { class: "figures" }, rows.slice(0, LARGE)),
    ...minor(rows.slice(LARGE)),
  ];
}
