// A marker to drag along a time axis, to say where something will fall before it is shown.

import { html } from "./dom.js";
import { plainWithUnit } from "./numbers.js";

const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export class Marker {
  constructor({ label, unit, onMove }) {
    this.unit = unit;
    this.onMove = onMove;
    this.node = html("div", { class: "marker", role: "slider", tabindex: 0, "aria-label": label, "aria-orientation": "horizontal" });
    this.node.addEventListener("keydown", (event) => this.#press(event));
    this.node.addEventListener("pointerdown", (event) => this.#grab(event));
  }

  // `frame` is { scale, left, right }, `top` and `height` where the marker stands, all in pixels.
  place(frame, top, height) {
    this.frame = frame;
    Object.assign(this.node.style, { top: `${top}px`, height: `${height}px` });
    this.value = Number(Math.min(frame.scale.maximum, Math.max(frame.scale.minimum, this.value)).toPrecision(2));
    this.#show();
  }

  get x() {
    const { scale, left, right } = this.frame;
    return left + scale.place(this.value) * (right - left);
  }

  #show() {
    const { scale } = this.frame;
    this.node.style.translate = `${this.x}px`;
    this.node.setAttribute("aria-valuemin", scale.minimum);
    this.node.setAttribute("aria-valuemax", scale.maximum);
    this.node.setAttribute("aria-valuenow", this.value);
    this.node.setAttribute("aria-valuetext", plainWithUnit(this.value, this.unit));
  }

  #move(place) {
    this.value = Number(this.frame.scale.value(Math.min(1, Math.max(0, place))).toPrecision(2));
    this.#show();
    this.onMove();
  }

  #press(event) {
    const steps = (KEYS[event.key] ?? 0) * (event.shiftKey ? 10 : 1);
    const edge = { Home: 0, End: 1 }[event.key];
    if (!steps && edge === undefined) return;
    event.preventDefault();
    this.#move(edge ?? this.frame.scale.place(this.value) + (1.2 * steps) / 100);
  }

  #grab(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.node.focus();
    const start = event.clientX - this.x;
    const { left, right } = this.frame;
    const drag = (next) => this.#move((next.clientX - start - left) / (right - left));
    const release = () => ["pointermove", "pointerup", "pointercancel"].forEach((name) => removeEventListener(name, name === "pointermove" ? drag : release));
    addEventListener("pointermove", drag);
    addEventListener("pointerup", release);
    addEventListener("pointercancel", release);
  }
}
