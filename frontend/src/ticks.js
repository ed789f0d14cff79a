// Chips to tick before the truth is shown: which of these will it be? Kept in the page and never scored (see guess.js).

import { html } from "./dom.js";

export class Ticks {
  #ticked = new Set();

  constructor({ label, name = label, onChange }) {
    Object.assign(this, { name, onChange, buttons: [] });
    this.node = html("div", { class: "settings ticks", role: "group", "aria-label": label });
    this.numbers = html("div");
  }

  // Begin again, with these to choose from and none ticked.
  start(choices) {
    this.#ticked.clear();
    this.buttons = choices.map((words, index) => html("button", { type: "button", class: "chip", "aria-pressed": "false", onclick: () => this.#press(index) }, words));
    this.node.replaceChildren(...this.buttons);
  }

  has(index) {
    return this.#ticked.has(index);
  }

  focus() {
    this.buttons[0].focus({ preventScroll: true });
  }

  // Nothing of it is drawn over a plane.
  line() {
    return null;
  }

  place() {}

  #press(index) {
    if (!this.#ticked.delete(index)) this.#ticked.add(index);
    this.buttons[index].setAttribute("aria-pressed", this.has(index));
    this.onChange();
  }
}
