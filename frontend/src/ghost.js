// The earlier run, left behind as a pale line when one thing is changed: the last setting that stood still for a moment,
// or the one that the reader has pinned. What a drag passes through leaves nothing.

import { html } from "./dom.js";
import { difference, query } from "./parameters.js";

const STOOD_MS = 900;

export class Ghost {
  #shown = null;
  #earlier = null;
  #pinned = null;

  // `onChange` is called when the reader shows or hides it.
  constructor({ fields, onChange }) {
    this.fields = fields;
    this.isShown = true;
    this.node = html("button", { type: "button", class: "text-button ghost-switch", "aria-pressed": "true", onclick: () => this.#toggle(onChange) }, "Earlier run");
    this.node.style.visibility = "hidden";
  }

  // To be told of every result that is drawn.
  observe(result, values, pinned, now = performance.now()) {
    const same = this.#shown && query(this.fields, this.#shown.values) === query(this.fields, values);
    if (this.#shown && !same && now - this.#shown.since >= STOOD_MS) this.#earlier = this.#shown;
    this.#shown = { result, values, since: same ? this.#shown.since : now };
    this.#pinned = pinned ?? null;
    this.#offer();
  }

  // The result to draw pale, if there is one.
  get result() {
    return this.isShown ? (this.#other?.result ?? null) : null;
  }

  // What was different then: "Retries 2".
  get words() {
    return this.#other ? difference(this.fields, this.#other.values, this.#shown.values) : "";
  }

  get #other() {
    const other = this.#pinned ?? this.#earlier;
    return other && query(this.fields, other.values) !== query(this.fields, this.#shown.values) ? other : null;
  }

  // Without a run to show, the switch keeps its room, so that nothing moves when there is one.
  #offer() {
    this.node.style.visibility = this.#other ? "visible" : "hidden";
  }

  #toggle(onChange) {
    this.isShown = !this.isShown;
    this.node.setAttribute("aria-pressed", this.isShown);
    onChange();
  }
}
