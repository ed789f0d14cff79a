// A mark to set along a plane's horizontal axis before the truth is shown: where will it be? See guess.js for what
// becomes of it.

import { html, svg } from "./dom.js";
import { Handle } from "./handle.js";

export class Mark {
  // `field` describes the axis as a control's field does; `words(value)` says a place with its unit.
  constructor({ label, field, words, onChange }) {
    Object.assign(this, { name: label, field, words, value: field.minimum });
    this.handle = new Handle({ label, words, onMove: (value) => ((this.value = value), onChange()) });
    this.node = html("div", {}, this.handle.node);
    this.numbers = html("div");
  }

  start(value) {
    this.value = value;
  }

  // Its place as the site keeps it, and back.
  answer() {
    return { mark: this.value };
  }

  restore({ mark }) {
    this.value = mark[0];
  }

  focus() {
    this.handle.node.focus({ preventScroll: true });
  }

  line({ x, top, bottom, left, right }) {
    const at = x(this.value);
    const isRight = at > (left + right) / 2;
    return svg("g", { class: "guessed-mark" }, svg("line", { class: "stem", x1: at, x2: at, y1: top, y2: bottom }), svg("text", { class: "label", x: at + (isRight ? -7 : 7), y: top + 12, "text-anchor": isRight ? "end" : "start" }, `your mark: ${this.words(this.value)}`));
  }

  place({ x, bottom }) {
    this.value = Math.min(this.field.maximum, this.value);
    this.handle.place({ field: this.field, value: this.value, from: x(this.field.minimum), to: x(this.field.maximum), at: bottom });
  }
}
