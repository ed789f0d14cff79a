// Chips to tick before the truth is shown: which of these will it be? See guess.js for what becomes of it.

import { html } from "./dom.js";

export class Ticks {
  #ticked = new Set();

  constructor({ label, name = label, onChange }) {
    Object.assign(this, { name, onChange, buttons: [] });
    this.node = html("div", { class: "settings ticks", role: "group", "aria-label": label });
    this.numbers = html("div");
  }

  // Begin again, with these to choose from and none ticked; `names` are the site's for them.
  start(choices, names = choices) {
    this.names = names;
    this.#ticked.clear();
    this.buttons = choices.map((words, index) => html("button", { type: "button", class: "chip", "aria-pressed": "false", onclick: () => this.#press(index) }, words));
    this.node.replaceChildren(...this.buttons);
  }

  has(index) {
    return this.#ticked.has(index);
  }

  // What is ticked as the site keeps it, and back.
  answer() {
    return Object.fromEntries(this.names.map((name, index) => [name, this.has(index)]));
  }

  restore(guess) {
    this.names.forEach((name, index) => guess[name][0] === 1 && this.#set(index, true));
  }

  focus() {
    this.buttons[0]?.focus({ preventScroll: true });
  }

  // Nothing of it is drawn over a plane.
  line() {
    return null;
  }

  place() {}

  #set(index, isTicked) {
    if (isTicked) this.#ticked.add(index);
    else this.#ticked.delete(index);
    this.buttons[index].setAttribute("aria-pressed", isTicked);
  }

  #press(index) {
    this.#set(index, !this.has(index));
    this.onChange();
  }
}
