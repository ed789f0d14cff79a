// The figures of a result as a definition list: the first four large, the rest small, a pinned setting's beside them.

import { html } from "./dom.js";
import { figure } from "./numbers.js";

const LARGE = 4;

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

export function figuresOf(result, pinned) {
  const rows = result.figures.map((item) => row(item, pinned));
  return [
    html("dl", { class: "figures" }, rows.slice(0, LARGE)),
    rows.length > LARGE ? html("dl", { class: "figures minor" }, rows.slice(LARGE)) : null,
  ].filter(Boolean);
}
