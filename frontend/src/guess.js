// A guess drawn before the truth is shown: the figures stay veiled meanwhile, then the curve stays beside the truth as a
// dotted line. It lives on this page alone, is compared by eye, and counts for nothing.

import { html } from "./dom.js";

export class Guess {
  isAsking = false;
  isDrawn = false;

  // `curves` are DrawnCurves that `begin()` gives their first shape; `onChange(isRevealed)` draws.
  constructor({ invitation, curves, veil, begin, onChange }) {
    Object.assign(this, { curves, veil, begin, onChange });
    const button = (label, kind, onclick) => html("button", { type: "button", class: `btn small ${kind}`, onclick }, label);
    this.asking = button(invitation, "quiet", () => this.ask());
    this.checking = button("Show the truth", "", () => this.check());
    this.forgetting = button("Remove my curve", "quiet", () => this.forget());
    this.note = html("p", { class: "soft" }, "Drag the seven knots, draw across the picture, or type the numbers. Your curve is compared by eye, stays on this page and is not scored.");
    this.node = html("div", { class: "guess" }, this.note, curves.map((curve) => curve.numbers), html("div", { class: "settings" }, this.asking, this.checking, this.forgetting));
    this.#show();
  }

  ask() {
    this.isAsking = true;
    this.begin();
    this.#show();
    this.onChange(false);
    this.curves[0].handles[0].node.focus({ preventScroll: true });
  }

  check() {
    Object.assign(this, { isAsking: false, isDrawn: true });
    this.#show();
    this.onChange(true);
    this.forgetting.focus({ preventScroll: true });
  }

  forget() {
    this.isDrawn = false;
    this.#show();
    this.onChange(false);
    this.asking.focus({ preventScroll: true });
  }

  // The page lifts the veil where another view was looked at meanwhile.
  resume() {
    this.veil(this.isAsking);
  }

  // The curves as they stand, for a picture.
  lines(frame) {
    return this.isAsking || this.isDrawn ? this.curves.map((curve) => curve.line(frame)) : [];
  }

  place(frame) {
    if (this.isAsking) this.curves.forEach((curve) => curve.place(frame));
  }

  #show() {
    this.veil(this.isAsking);
    this.asking.hidden = this.isAsking || this.isDrawn;
    this.checking.hidden = this.note.hidden = !this.isAsking;
    this.forgetting.hidden = this.isAsking || !this.isDrawn;
    this.curves.forEach(({ node, numbers }) => (node.hidden = numbers.hidden = !this.isAsking));
  }
}
