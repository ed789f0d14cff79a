// The logarithmic time axis that everything in a scene shares.

import { svg } from "./dom.js";
import { plain } from "./numbers.js";
import { Scale } from "./scale.js";

const SIDE = 18;

export function timeFrame(values, width) {
  const scale = new Scale("log", Math.min(...values) / 1.1, Math.max(...values) * 1.1);
  const frame = { scale, left: SIDE, right: width - SIDE };
  return { ...frame, x: (value) => frame.left + scale.place(value) * (frame.right - frame.left) };
}

export function timeAxis({ scale, left, right, x }, y, title, top = y) {
  return svg(
    "g",
    {},
    svg("line", { class: "base", x1: left, x2: right, y1: y, y2: y }),
    scale.ticks(right - left, 44).map((tick) => [
      svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: top, y2: y + 5 }),
      svg("text", { x: x(tick), y: y + 19, "text-anchor": "middle" }, plain(tick)),
    ]).flat(),
    svg("text", { x: (left + right) / 2, y: y + 37, "text-anchor": "middle" }, title),
  );
}
