// A guess made before the truth is shown, drawn as curves or ticked: the figures stay veiled meanwhile, then it stays beside
// the truth. It lives on this page alone, is compared by eye, and counts for nothing.

import { html } from "./dom.js";
import { liveRegion } from "./live.js";

const CURVES_NOTE = "Drag the seven knots, draw across the picture, or type the numbers. Your curve is compared by eye, stays on this page and is not scored.";

export class Guess {
  isAsking = false;
  isDrawn = false;

  // `curves` are DrawnCurves, or Ticks, that `begin()` gives their first shape, one at a time; `onChange(isRevealed)` draws,
  // and `words()` says the truth to whoever does not see it.
  constructor({ invitation, curves, veil, begin, onChange, words, note = CURVES_NOTE, forget = "Remove my curve" }) {
    Object.assign(this, { curves, veil, begin, onChange, words, active: curves[0] });
    this.live = liveRegion();
    this.choices = curves.map((curve) => html("button", { type: "button", onclick: () => this.#turnTo(curve) }, curve.name));
    this.turns = html("div", { class: "segmented", role: "group", "aria-label": "Curve to draw" }, this.choices);
    const button = (label, kind, onclick) => html("button", { type: "button", class: `btn small ${kind}`, onclick }, label);
    this.asking = button(invitation, "quiet", () => this.ask());
    this.checking = button("Show the truth", "", () => this.check());
    this.forgetting = button(forget, "quiet", () => this.forget());
    this.note = html("p", { class: "soft" }, note);
    this.node = html("div", { class: "guess" }, this.note, curves.map((curve) => curve.numbers), html("div", { class: "settings" }, this.turns, this.asking, this.checking, this.forgetting), this.live.node);
    this.#show();
  }

  ask() {
    this.isAsking = true;
    this.begin();
    this.#show();
    this.onChange(false);
    this.active.focus();
  }

  #turnTo(curve) {
    this.active = curve;
    this.#show();
    this.onChange(false);
  }

  check() {
    Object.assign(this, { isAsking: false, isDrawn: true });
    this.#show();
    this.onChange(true);
    this.live.say(this.words());
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
    if (this.isAsking) this.active.place(frame);
  }

  #show() {
    this.veil(this.isAsking);
    this.asking.hidden = this.isAsking || this.isDrawn;
    this.checking.hidden = this.note.hidden = !this.isAsking;
    this.forgetting.hidden = this.isAsking || !this.isDrawn;
    this.turns.hidden = !this.isAsking || this.curves.length < 2;
    this.choices.forEach((button, index) => button.setAttribute("aria-pressed", this.curves[index] === this.active));
    this.curves.forEach((curve) => (curve.node.hidden = curve.numbers.hidden = !this.isAsking || curve !== this.active));
  }
}
