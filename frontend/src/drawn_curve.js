// A curve drawn by hand through seven knots, to say what one expects before it is shown. Each knot is a slider; drawing
// across the picture moves the knots that are passed; the numbers can be typed. See guess.js for what becomes of it.

import { html, svg } from "./dom.js";
import { Handle, follow } from "./handle.js";
import { decimal, plainWithUnit, typed } from "./numbers.js";
import { pathThrough } from "./plane.js";
import { settle } from "./scale.js";

export const KNOTS = 7;

// Seven places between two ends, evenly on their scale.
export const knotsBetween = (scale) => Array.from({ length: KNOTS }, (_, index) => Number(scale.value(index / (KNOTS - 1)).toPrecision(3)));

export class DrawnCurve {
  // `label` says what is drawn, `name` in a word or two, `key` is the site's name for it; `across` is the unit of the
  // horizontal axis; `field` describes a knot's height.
  constructor({ label, name = label, key, across, field, className = "", onChange }) {
    Object.assign(this, { label, name, key, across, field, className, onChange, xs: [], ys: [] });
    this.surface = html("div", { class: "drawing", onpointerdown: (event) => this.#draw(event) });
    this.node = html("div", { class: "drawn", role: "group", "aria-label": label }, this.surface);
    this.inputs = html("div", { class: "knot-numbers" });
    this.numbers = html("details", { class: "by-number" }, html("summary", {}, "Enter as numbers"), this.inputs);
  }

  // Begin again, at these places and heights.
  start(xs, ys) {
    Object.assign(this, { xs, ys: ys.map((value) => settle(this.field, value)) });
    const where = xs.map((x) => plainWithUnit(x, this.across));
    const words = (value) => plainWithUnit(value, this.field.unit);
    this.handles = xs.map((_, index) => new Handle({ label: `${this.label} at ${where[index]}`, words, isVertical: true, className: this.className, onMove: (value) => this.#set(index, value) }));
    this.boxes = xs.map((_, index) => html("input", { class: "num", inputmode: "decimal", autocomplete: "off", onchange: (event) => this.#enter(event.target, index) }));
    this.inputs.replaceChildren(...this.boxes.map((box, index) => html("label", {}, `at ${where[index]}`, box)));
    this.node.replaceChildren(this.surface, ...this.handles.map((handle) => handle.node));
    this.#fill();
  }

  // Its heights as the site keeps them, and back.
  answer() {
    return { [this.key]: this.ys };
  }

  restore(guess) {
    this.start(this.xs, guess[this.key]);
  }

  // Over a plane (see plane.js) at which `field`'s ends lie at its bottom and top.
  place(frame) {
    this.frame = frame;
    Object.assign(this.surface.style, { left: `${frame.left}px`, top: `${frame.top}px`, width: `${frame.right - frame.left}px`, height: `${frame.bottom - frame.top}px` });
    this.handles?.forEach((handle, index) => handle.place(this.#stand(index)));
  }

  focus() {
    this.handles?.[0].node.focus({ preventScroll: true });
  }

  #stand(index) {
    return { field: this.field, value: this.ys[index], from: this.frame.bottom, to: this.frame.top, at: this.frame.x(this.xs[index]) };
  }

  // The curve as it stands, in pixels of the plane.
  line(frame) {
    return svg("path", { class: `line guessed ${this.className}`, d: pathThrough(frame, this.xs, this.ys) });
  }

  #set(index, value) {
    this.ys[index] = value;
    this.#fill();
    this.onChange();
  }

  #fill() {
    this.boxes.forEach((box, index) => {
      if (document.activeElement !== box) box.value = decimal(this.ys[index]);
      box.setAttribute("aria-invalid", "false");
    });
  }

  #enter(box, index) {
    const value = typed(box.value);
    if (!(value >= this.field.minimum && value <= this.field.maximum)) return box.setAttribute("aria-invalid", "true");
    this.#set(index, value);
    this.handles[index].place(this.#stand(index));
  }

  // Every knot that the pointer passes takes its height.
  #draw(event) {
    if (event.button > 0) return;
    event.preventDefault();
    const reach = (this.frame.right - this.frame.left) / (KNOTS - 1) / 2;
    const draw = (next) => {
      const box = this.surface.offsetParent.getBoundingClientRect();
      const [across, down] = [next.clientX - box.left, next.clientY - box.top];
      const index = this.xs.findIndex((x) => Math.abs(this.frame.x(x) - across) <= reach);
      if (index < 0) return;
      const value = this.handles[index].valueAt(down);
      if (value === this.ys[index]) return;
      this.#set(index, value);
      this.handles[index].place(this.#stand(index));
    };
    draw(event);
    follow(draw);
  }
}
