// Ask the engine for results: one request in flight, the latest setting wins, answers are kept by address.

import { send } from "./request.js";

const KEPT = 200;
const PAUSE_MS = 120;

export class Evaluation {
  #answers = new Map();
  #wanted = null;
  #controller = null;
  #startedAt = -Infinity;
  #timer = 0;

  constructor(url, { onAnswer, onProblem, onBusy }) {
    this.url = url;
    this.onAnswer = onAnswer;
    this.onProblem = onProblem;
    this.onBusy = onBusy;
  }

  ask(query) {
    const known = this.#answers.get(query);
    if (known) {
      this.#wanted = null;
      this.onAnswer(known, query);
      // What was asked for before this is not waited for any more.
      this.onBusy(false);
      return;
    }
    this.#wanted = query;
    this.onBusy(true);
    this.#schedule();
  }

  // Forget what was asked; used when the element leaves the page.
  stop() {
    clearTimeout(this.#timer);
    this.#wanted = null;
    this.#controller?.abort();
  }

  #schedule() {
    if (this.#controller || this.#wanted === null) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetch(), Math.max(0, this.#startedAt + PAUSE_MS - performance.now()));
  }

  async #fetch() {
    const query = this.#wanted;
    if (query === null) return;
    this.#controller = new AbortController();
    this.#startedAt = performance.now();
    try {
      const { data } = await send(`${this.url}?${query}`, { signal: this.#controller.signal });
      this.#keep(query, data);
      // An answer to a setting already left is shown too, so that dragging draws as it goes.
      if (this.#wanted !== null) this.onAnswer(data, query);
      if (this.#wanted === query) this.#wanted = null;
    } catch (error) {
      if (error.name !== "AbortError" && this.#wanted === query) {
        this.#wanted = null;
        this.onProblem(error);
      }
    } finally {
      this.#controller = null;
    }
    if (this.#wanted === null) this.onBusy(false);
    else this.#schedule();
  }

  #keep(query, data) {
    if (this.#answers.size >= KEPT) this.#answers.delete(this.#answers.keys().next().value);
    this.#answers.set(query, data);
  }
}
