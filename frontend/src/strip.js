// Curves over time, drawn as far as the clock has come, with the earlier run pale behind them.

import { html, newId, svg } from "./dom.js";
import { pathThrough, plane } from "./plane.js";

const LETTER = 6.8;
const LINE_HEIGHT = 15;
// What a band's name and the handle at its end take beside each other.
const BESIDE_HANDLE = 16;
const DASHES = { s1: null, s2: "7 4", s3: "2 3", s4: "10 3 2 3" };

export class Strip {
  constructor(label) {
    this.label = label;
    this.clip = newId("clip");
    this.picture = html("div", { class: "picture" });
    this.node = html("div", { class: "plane" }, this.picture);
  }

  // `lines` and `pale` are { kind, label, xs, ys }; `bands` are { from, to, label }; `marks` are drawn above all of it.
  draw({ width, height = 250, end, title, y, lines, pale = [], bands = [], marks = () => [] }) {
    const room = Math.min(width * 0.24, 14 + LETTER * Math.max(0, ...lines.map(({ label }) => label.length)));
    const frame = plane({ width, height, right: room, top: 40, x: { scale: "linear", minimum: 0, maximum: end, title }, y });
    const path = ({ kind, xs, ys }) => svg("path", { class: `line ${kind}`, "stroke-dasharray": DASHES[kind], d: pathThrough(frame, xs, ys) });
    const edge = svg("rect", { x: frame.left, y: 0, height, width: frame.right - frame.left });
    const now = svg("line", { class: "now", y1: frame.top, y2: frame.bottom });
    this.frame = frame;
    this.moving = { edge, now, end };
    this.picture.replaceChildren(
      svg(
        "svg",
        { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${this.label}: ${lines.map(({ label }) => label).join(", ")}, over time.` },
        svg("clipPath", { id: this.clip }, edge),
        bands.map((band) => [
          svg("rect", { class: "band", x: frame.x(band.from), width: Math.max(2, frame.x(Math.min(band.to, end)) - frame.x(band.from)), y: frame.top - 14, height: frame.bottom - frame.top + 14 }),
          svg("text", { class: "band-name", x: nameAt(band, frame), y: frame.top - 3 }, band.label),
        ]).flat(),
        frame.axes,
        svg("g", { class: "pale", "clip-path": frame.clip }, pale.map(path)),
        svg("g", { "clip-path": `url(#${this.clip})` }, lines.map(path)),
        spread(lines.map((line) => ({ line, y: frame.y(line.ys.at(-1)) + 4 })), frame).map(({ line, y: level }) => svg("text", { class: `label ${line.kind}`, x: frame.x(line.xs.at(-1)) + 7, y: level }, line.label)),
        marks(frame),
        now,
      ),
    );
    return frame;
  }

  seek(time) {
    if (!this.moving) return;
    const { edge, now, end } = this.moving;
    const at = this.frame.x(Math.min(time, end));
    edge.setAttribute("width", Math.max(0, at - this.frame.left + 1));
    now.setAttribute("x1", at);
    now.setAttribute("x2", at);
  }
}

// A name stands at the beginning of its band, and behind the handle at its end where the band is too narrow for both.
function nameAt({ from, to, label }, { x }) {
  const isWide = x(to) - x(from) >= LETTER * label.length + BESIDE_HANDLE;
  return isWide ? x(from) + 4 : x(to) + BESIDE_HANDLE;
}

// Labels at the ends of lines, none on another.
function spread(labels, { bottom }) {
  const sorted = labels.sort((one, other) => one.y - other.y);
  sorted.forEach((label, index) => index && (label.y = Math.max(label.y, sorted[index - 1].y + LINE_HEIGHT)));
  sorted.reduceRight((limit, label) => (label.y = Math.min(label.y, limit)) - LINE_HEIGHT, bottom);
  return sorted;
}
