// A handle over a picture, to drag or to move by keys along one axis: a slider that speaks its value with a unit.
// What it moves is described as a control's field is, by minimum, maximum, step and scale, so that both settle alike.

import { html } from "./dom.js";
import { Scale, nudge, settle } from "./scale.js";

const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

// Follow a pointer until it is let go; `onMove` is given every event, `onEnd` nothing.
export function follow(onMove, onEnd = () => {}) {
  const release = () => {
    removeEventListener("pointermove", onMove);
    removeEventListener("pointerup", release);
    removeEventListener("pointercancel", release);
    onEnd();
  };
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", release);
  addEventListener("pointercancel", release);
}

export class Handle {
  // `words(value)` is what a listener hears; `onMove(value)` is called once for each change made by hand.
  constructor({ label, words, onMove, isVertical = false, className = "" }) {
    Object.assign(this, { words, onMove, isVertical, value: null });
    this.node = html("div", {
      class: `grip ${isVertical ? "up-down" : "left-right"} ${className}`,
      role: "slider",
      tabindex: 0,
      "aria-label": label,
      "aria-orientation": isVertical ? "vertical" : "horizontal",
      onkeydown: (event) => this.#press(event),
      onpointerdown: (event) => this.#grab(event),
    });
  }

  // The field's ends lie at the pixels `from` and `to` of the handle's axis; `at` is its place on the other one.
  place({ field, value, from, to, at }) {
    Object.assign(this, { field, value, from, to, at, scale: new Scale(field.scale, field.minimum, field.maximum) });
    this.#show();
  }

  get pixel() {
    return this.from + Math.min(1, Math.max(0, this.scale.place(this.value))) * (this.to - this.from);
  }

  #show() {
    const { field, node } = this;
    const place = [this.pixel, this.at];
    // Moved without a new layout of the page.
    node.style.translate = (this.isVertical ? place.reverse() : place).map((pixels) => `${pixels}px`).join(" ");
    const aria = { min: field.minimum, max: field.maximum, now: this.value, text: this.words(this.value) };
    Object.entries(aria).forEach(([name, value]) => node.setAttribute(`aria-value${name}`, value));
  }

  #move(value) {
    if (value === this.value) return;
    this.value = value;
    this.#show();
    this.onMove(value);
  }

  #press(event) {
    const steps = (KEYS[event.key] ?? 0) * (event.shiftKey ? 10 : 1);
    const edge = { Home: "minimum", End: "maximum" }[event.key];
    if ((!steps && !edge) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#move(edge ? this.field[edge] : nudge(this.field, this.value, steps));
  }

  #grab(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.node.focus({ preventScroll: true });
    const along = (next) => (this.isVertical ? next.clientY : next.clientX);
    const offset = along(event) - this.pixel;
    // The axis as it was when grabbed: one that widens under the hand would run away with it.
    const axis = { from: this.from, to: this.to };
    follow((next) => this.#move(this.valueAt(along(next) - offset, axis)));
  }

  // The field's value at a pixel of the axis.
  valueAt(pixel, { from, to } = this) {
    const place = (pixel - from) / (to - from);
    return settle(this.field, this.scale.value(Math.min(1, Math.max(0, place))));
  }
}
