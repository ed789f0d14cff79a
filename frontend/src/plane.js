// A picture's two axes: where a pair of values lies in pixels, and the lines and numbers around.

import { newId, svg } from "./dom.js";
import { plain } from "./numbers.js";
import { Scale } from "./scale.js";

const LETTER = 6.8;

// `x` and `y` are { scale, minimum, maximum, title }, with `words` for their numbers; `x` with its own `ticks` where round
// numbers won't do. `right` is room for labels at the ends of lines. What may run past the axes, as an earlier run may, is
// drawn with `clip`.
export function plane({ width, height, x: horizontal, y: vertical, right: room = 12, top = 26 }) {
  const across = new Scale(horizontal.scale, horizontal.minimum, horizontal.maximum);
  const up = new Scale(vertical.scale, vertical.minimum, vertical.maximum);
  const bottom = height - 42;
  const levels = up.ticks(bottom - top, 34);
  const [acrossWords, upWords] = [horizontal.words ?? plain, vertical.words ?? plain];
  const left = Math.max(30, 12 + LETTER * Math.max(...levels.map((level) => upWords(level).length)));
  const right = width - room;
  const x = (value) => left + across.place(value) * (right - left);
  const y = (value) => bottom - up.place(value) * (bottom - top);
  const ticks = horizontal.ticks ?? across.ticks(right - left, Math.max(46, 8 + LETTER * acrossWords(Math.round(horizontal.maximum)).length));
  const clip = newId("plane");
  const axes = svg(
    "g",
    { class: "axes" },
    svg("clipPath", { id: clip }, svg("rect", { x: left, y: 0, width: Math.max(0, right - left), height: bottom })),
    levels.map((level) => [
      svg("line", { class: "grid", x1: left, x2: right, y1: y(level), y2: y(level) }),
      svg("text", { x: left - 8, y: y(level) + 4, "text-anchor": "end" }, upWords(level)),
    ]).flat(),
    svg("line", { class: "base", x1: left, x2: right, y1: bottom, y2: bottom }),
    ticks.map((tick) => svg("text", { x: x(tick), y: bottom + 20, "text-anchor": "middle" }, acrossWords(tick))),
    svg("text", { x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, horizontal.title),
    svg("text", { x: 0, y: 11 }, vertical.title),
  );
  return { width, height, left, right, top, bottom, x, y, axes, clip: `url(#${clip})` };
}

// A line through points; what an axis can't hold leaves a gap.
export function pathThrough({ x, y }, xs, ys) {
  let pen = "M";
  return xs.map((value, index) => {
    const [across, down] = [x(value), y(ys[index])];
    const isDrawn = Number.isFinite(across) && Number.isFinite(down);
    const part = isDrawn ? `${pen}${across.toFixed(1)} ${down.toFixed(1)}` : "";
    pen = isDrawn ? "L" : "M";
    return part;
  }).join("");
}
