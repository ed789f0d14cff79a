// What a scene asks before it shows the truth, and what the site keeps of it: the first answer is locked and scored there.

import { query, readAll } from "./parameters.js";
import { send } from "./request.js";

const PREDICTIONS = "/api/v1/predictions/";
const PRESSABLE = "button, input, summary, [role=slider]";

// The guess that an instrument's scene asks, or null where none is asked or nothing can be kept.
export const keptGuessOf = (instrument) => (instrument.data.guess_prompt ? new KeptGuess(instrument) : null);

export class KeptGuess {
  constructor(instrument) {
    this.instrument = instrument;
    this.settings = readAll(instrument.fields, this.prompt.parameters);
    this.query = query(instrument.fields, this.settings);
  }

  get prompt() {
    return this.instrument.data.guess_prompt;
  }

  get prediction() {
    return this.instrument.data.guessed;
  }

  // Whether the page is to open with the question; until it is asked, nothing counts as seen.
  get isOpening() {
    return Boolean(this.instrument.opening);
  }

  opened() {
    this.instrument.opening = false;
  }

  // Whether the page stands at the settings asked about, with the engine's answer to them.
  isHere() {
    return this.instrument.shown === this.query && this.instrument.query === this.query;
  }

  // Whether the truth was in sight on this page already: then it is no guess any more.
  isSeen() {
    return this.instrument.seen.has(this.query);
  }

  show() {
    this.instrument.set(this.settings);
  }

  // While the guess is open, nothing on the page leads to the truth, and nothing of the scene can be pressed but `own`: the
  // guess, and what is drawn.
  hold(isHeld, own) {
    const { scene, side, spoken, tools, views } = this.instrument;
    this.instrument.held = side.inert = tools.inert = views.inert = isHeld;
    scene.querySelectorAll(PRESSABLE).forEach((node) => (node.inert = isHeld && !own.some((part) => part.contains(node))));
    if (isHeld) spoken.textContent = "";
  }

  // Values by name, or null to be shown unscored. What is locked already comes back unchanged. Throws Problem.
  async commit(guess) {
    const { offering, model, item } = this.instrument.data;
    const { data } = await send(PREDICTIONS, { method: "POST", body: { offering, model, prompt: this.prompt.name, guess, ...(item ? { item } : {}) } });
    this.instrument.data.guessed = data;
  }

  // How the others of the cohort guessed, once one's own answer is locked; null where there is no cohort.
  async cloud() {
    const { offering, model } = this.instrument.data;
    const { data } = await send(`/api/v1/guesses/${offering}/${model}/`);
    return data.cohort ? data : null;
  }

  // One tap for the cause and a sentence; fetched when there is something to explain.
  async why() {
    const { whyForm } = await import("./prediction.js");
    return whyForm(this.prediction, this.instrument.data.causes ?? []);
  }
}
