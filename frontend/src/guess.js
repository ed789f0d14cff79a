// A guess made before the truth is shown: drawn as curves, marked, or ticked. The figures stay veiled meanwhile, then it
// stays beside the truth. The first that a page can keep (see kept_guess.js) is asked at settings of its own, locked and
// scored by the site; every other lives on this page alone and is compared by eye.

import { html } from "./dom.js";
import { liveRegion } from "./live.js";

const DRAWING = "Drag the seven knots, draw across the picture, or type the numbers.";
const PRACTICE = "This one is compared by eye, stays on this page and is not scored.";
const SCORED = "It is locked once and scored: it counts towards your calibration, never towards a grade. “Show me” reveals the truth and scores nothing.";
const OFFLINE = "The site can't be reached, so your guess is not locked yet. It stays as you set it; try again when the connection is back.";

export class Guess {
  isAsking = false;
  isScored = false;
  // Of what stands beside the truth: "kept" by the site, or "practice".
  #drawn = null;
  #isWaiting = false;
  #takesFocus = true;

  // `curves` are DrawnCurves, a Mark or Ticks that `begin(knots)` gives their first shape, one at a time; `onChange(isRevealed)`
  // draws, and `words()` says the truth to whoever does not see it. `kept` is a KeptGuess, or null where nothing is kept.
  constructor({ invitation, curves, veil, begin, onChange, words, kept = null, how = DRAWING, forget = "Remove my curve" }) {
    Object.assign(this, { curves, veil, begin, onChange, words, kept, how, active: curves[0] });
    this.live = liveRegion();
    this.choices = curves.map((curve) => html("button", { type: "button", onclick: () => this.#turnTo(curve) }, curve.name));
    this.turns = html("div", { class: "segmented", role: "group", "aria-label": "Curve to draw" }, this.choices);
    const button = (label, kind, onclick) => html("button", { type: "button", class: `btn small ${kind}`, onclick }, label);
    this.asking = button(invitation, "quiet", () => this.ask());
    this.locking = button("Lock it in", "", () => this.#commit(Object.assign({}, ...this.curves.map((curve) => curve.answer()))));
    this.showing = button("Show me", "quiet", () => this.#commit(null));
    this.checking = button("Show the truth", "", () => this.check());
    this.forgetting = button(forget, "quiet", () => this.forget());
    this.returning = button("See it beside the truth", "quiet", () => this.#return());
    this.question = html("p", { class: "prompt" });
    this.note = html("p", { class: "soft" });
    this.problem = html("p", { class: "field-error", role: "alert" });
    this.verdict = html("p", { class: "verdict-line", tabindex: -1 });
    this.why = html("div");
    this.node = html(
      "div",
      { class: "guess" },
      this.question,
      this.note,
      curves.map((curve) => curve.numbers),
      this.verdict,
      html("div", { class: "settings" }, this.turns, this.asking, this.locking, this.showing, this.checking, this.returning, this.forgetting),
      this.problem,
      this.why,
      this.live.node,
    );
    if (kept?.prediction) this.#explain();
    this.#show();
  }

  get isDrawn() {
    return this.#drawn !== null;
  }

  // Whether the next guess is the first, which brings its own settings.
  get isFirst() {
    return Boolean(this.kept && !this.kept.prediction);
  }

  // The first guess turns to the settings that it is about, and waits for the engine's answer there. A page that opens with
  // it leaves the focus where it is.
  ask({ takesFocus = true } = {}) {
    this.#takesFocus = takesFocus;
    this.isScored = this.isFirst;
    this.isAsking = true;
    this.#drawn = null;
    if (this.isScored && this.kept.isSeen()) return this.#commit(null);
    if (this.isScored && !this.kept.isHere()) {
      this.#isWaiting = true;
      this.#show();
      this.onChange(false);
      this.kept.show();
    } else this.#start();
  }

  #start() {
    this.#isWaiting = false;
    this.begin(this.isScored ? this.kept.prompt.knots : undefined);
    this.#show();
    this.onChange(false);
    if (!this.#takesFocus) return;
    this.active.focus();
    this.#comeIntoView();
  }

  // What is drawn on, where what stood above it made room or what stands below it was pressed.
  #comeIntoView() {
    this.active.node.parentElement?.scrollIntoView({ block: "nearest" });
  }

  #turnTo(curve) {
    this.active = curve;
    this.#show();
    this.onChange(false);
  }

  async #commit(guess) {
    const buttons = [this.locking, this.showing];
    const pressed = guess ? this.locking : this.showing;
    this.problem.textContent = "";
    buttons.forEach((button) => (button.disabled = true));
    try {
      await this.kept.commit(guess);
    } catch (error) {
      this.problem.textContent = error.offline ? OFFLINE : (error.faults?.[0]?.message ?? error.message);
      buttons.forEach((button) => (button.disabled = false));
      return pressed.focus({ preventScroll: true });
    }
    buttons.forEach((button) => (button.disabled = false));
    this.isAsking = this.isScored = this.#isWaiting = false;
    this.#explain();
    if (this.kept.isHere()) this.#restore();
    this.#show();
    this.onChange(true);
    this.live.say(this.words());
    this.verdict.focus({ preventScroll: true });
    this.#comeIntoView();
  }

  check() {
    this.isAsking = false;
    this.#drawn = "practice";
    this.#show();
    this.onChange(true);
    this.live.say(this.words());
    this.forgetting.focus({ preventScroll: true });
  }

  forget() {
    this.#drawn = null;
    this.#show();
    this.onChange(false);
    this.asking.focus({ preventScroll: true });
  }

  // The page calls this with each result: it asks where a page opens with the question, lifts the veil where another view was looked at meanwhile, and shows what is
  // locked wherever its own settings are shown.
  resume() {
    if (this.kept?.isOpening) {
      this.kept.opened();
      this.ask({ takesFocus: false });
    }
    if (this.#isWaiting && this.kept.isHere()) this.#start();
    if (this.#drawn === "kept" && !this.kept.isHere()) this.#drawn = null;
    if (this.#isReturning && this.kept.isHere()) this.#restore();
    this.#show();
  }

  #isReturning = false;

  #return() {
    this.#isReturning = true;
    if (!this.kept.isHere()) return this.kept.show();
    this.#restore();
    this.#show();
    this.onChange(false);
  }

  // What the site keeps is what stands, whatever was drawn here.
  #restore() {
    this.#isReturning = false;
    const { prediction, prompt } = this.kept;
    if (!prediction.guess) return;
    this.begin(prompt.knots);
    this.curves.forEach((curve) => curve.restore(prediction.guess));
    this.#drawn = "kept";
  }

  #explain() {
    this.verdict.textContent = this.kept.prediction.verdict;
    if (this.kept.prediction.guess) this.kept.why().then((form) => this.why.replaceChildren(form));
  }

  // The curves as they stand, for a picture.
  lines(frame) {
    return this.isAsking || this.isDrawn ? this.curves.map((curve) => curve.line(frame)) : [];
  }

  place(frame) {
    if (this.isAsking) this.active.place(frame);
  }

  #show() {
    const { isAsking, isScored } = this;
    const isReady = isAsking && !this.#isWaiting;
    this.veil(isAsking);
    this.kept?.hold(isAsking && isScored, [this.node, ...this.curves.map((curve) => curve.node)]);
    this.question.textContent = isAsking && isScored ? this.kept.prompt.question : "";
    this.note.textContent = isAsking ? `${this.how} ${isScored ? SCORED : PRACTICE}` : "";
    this.asking.hidden = isAsking || this.isDrawn;
    this.locking.hidden = this.showing.hidden = !isReady || !isScored;
    this.checking.hidden = !isReady || isScored;
    this.forgetting.hidden = isAsking || !this.isDrawn;
    this.verdict.hidden = isAsking || !this.kept?.prediction;
    this.returning.hidden = isAsking || this.#drawn === "kept" || !this.kept?.prediction?.guess;
    this.why.hidden = isAsking || this.#drawn !== "kept";
    this.turns.hidden = !isReady || this.curves.length < 2;
    this.choices.forEach((button, index) => button.setAttribute("aria-pressed", this.curves[index] === this.active));
    this.curves.forEach((curve) => (curve.node.hidden = curve.numbers.hidden = !isReady || curve !== this.active));
  }
}
