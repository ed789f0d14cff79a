// <headroom-run>: a heavy run from start to histogram. The request carries a key made here, so that a retry never
// starts a second run; progress is polled with an ETag, each second at first, every three later.

import { chartView } from "./chart.js";
import { tablesOf } from "./data_table.js";
import { html, readJson } from "./dom.js";
import { figuresOf } from "./figures.js";
import { duration } from "./numbers.js";
import { send } from "./request.js";

const RUNS = "/api/v1/runs/";
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 3000;
const UNFINISHED = new Set(["queued", "running"]);
const TITLES = { queued: "Queued", running: "Running", succeeded: "Drawn", failed: "Failed", cancelled: "Cancelled" };

const count = (value) => value.toLocaleString("en-GB");

class HeadroomRun extends HTMLElement {
  connectedCallback() {
    if (this.body) return;
    if (this.dataset.run) Object.assign(this, readJson(this.dataset.run));
    this.heading = this.querySelector("h2, h3, h4")?.localName ?? "h4";
    this.status = html("p", { role: "status" });
    this.body = html("div", { class: "run-body" });
    this.sectionNode = html("section", { class: "run", "aria-label": "Heavy run", tabindex: -1 }, html(this.heading, {}, `${this.panel.title ?? "Run"}, drawn call by call`), this.status, this.body);
    this.replaceChildren(this.sectionNode);
    addEventListener("online", this.#poll);
    this.#show();
    if (this.unfinished) this.#later(FIRST_WAIT_MS);
  }

  disconnectedCallback() {
    removeEventListener("online", this.#poll);
    clearTimeout(this.timer);
    this.charts?.forEach((chart) => chart.stop());
  }

  get unfinished() {
    return Boolean(this.run) && UNFINISHED.has(this.run.state);
  }

  // The key stays until the site has answered, so that pressing again after a lost answer finds the same run.
  async start(seed) {
    this.key ??= crypto.randomUUID();
    const { model, offering, item, parameters, requests } = this.panel;
    const body = { offering, model, parameters, requests, ...(item ? { item } : {}), ...(seed === undefined ? {} : { seed }) };
    await this.#act(() => send(RUNS, { method: "POST", headers: { "Idempotency-Key": this.key }, body }), "start");
    if (this.run) this.key = null;
  }

  #cancel = () => this.#act(() => send(`${RUNS}${this.run.id}/cancel/`, { method: "POST" }), "cancel");

  #restart = () => this.#act(() => send(`${RUNS}${this.run.id}/restart/`, { method: "POST" }), "restart");

  async #act(request, name) {
    this.acting = name;
    this.problem = null;
    this.#show();
    try {
      const { data } = await request();
      this.run = data;
      this.etag = null;
    } catch (error) {
      this.problem = error;
    }
    this.acting = null;
    this.#show();
    if (this.unfinished) this.#later(FIRST_WAIT_MS);
  }

  #later(wait) {
    clearTimeout(this.timer);
    this.wait = wait;
    this.timer = setTimeout(this.#poll, wait);
  }

  #poll = async () => {
    if (!this.unfinished || this.polling) return;
    this.polling = true;
    const known = this.run;
    try {
      const answer = await send(`${RUNS}${known.id}/`, { headers: this.etag ? { "If-None-Match": this.etag } : {} });
      this.problem = null;
      // What was cancelled or begun anew meanwhile is further than this answer.
      if (!answer.unchanged && !this.acting && this.run === known) {
        this.run = answer.data;
        this.etag = answer.etag;
      }
    } catch (error) {
      this.problem = error;
    }
    this.polling = false;
    this.#show();
    if (this.unfinished) this.#later(Math.min(LONGEST_WAIT_MS, this.wait * 1.3));
  };

  // What is pressed, or looked at while it is drawn anew, keeps the focus: the button that stands in its place, or the run.
  #show() {
    const isFocused = this.body.contains(document.activeElement);
    this.#draw();
    if (!isFocused || this.body.contains(document.activeElement)) return;
    const next = this.unfinished || this.problem ? this.body.querySelector("button:enabled") : null;
    (next ?? this.sectionNode).focus({ preventScroll: true });
  }

  #draw() {
    const { run, panel } = this;
    const state = run?.state ?? "ready";
    this.sectionNode.dataset.state = this.problem?.offline ? "offline" : state;
    this.sectionNode.classList.toggle("failed", state === "failed");
    const words = this.problem?.offline && run ? "The site can't be reached. The run goes on without this page; it shows again when the connection is back." : (this.problem?.message ?? run?.message ?? "");
    const offer = `${count(panel.requests)} requests, about ${duration(panel.estimated_seconds)} on one worker. You may leave the page meanwhile.`;
    const text = run || this.problem ? words : this.acting ? "Asking for a worker." : offer;
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle("error", Boolean(this.problem) || state === "failed");
    if (state === "succeeded") {
      if (this.drawn !== run.id) this.#showResult();
    } else {
      this.drawn = null;
      this.body.replaceChildren(this.#row(state), ...(this.unfinished ? [this.#times()] : []));
    }
  }

  #row(state) {
    const { run, panel } = this;
    const button = (label, action, quiet) => html("button", { type: "button", class: quiet ? "btn quiet" : "btn", disabled: Boolean(this.acting), onclick: action }, label);
    if (state === "ready") return html("div", { class: "run-row" }, button(`Draw ${count(panel.requests)} requests`, () => this.start()));
    const bar = html("progress", { class: "bar", max: run.total, value: run.done, "aria-label": `${TITLES[state]}: ${count(run.done)} of ${count(run.total)} requests` });
    const percent = html("span", { class: "number" }, `${Math.floor((100 * run.done) / run.total)}%`);
    const action = this.unfinished ? button(this.acting === "cancel" ? "Cancelling" : "Cancel", this.#cancel, true) : button(this.acting ? "Restarting" : "Restart", this.#restart);
    return html("div", { class: "run-row" }, html("b", {}, TITLES[state]), bar, percent, action);
  }

  #times() {
    const { elapsed_seconds: elapsed, remaining_seconds: remaining } = this.run;
    if (elapsed === null) return html("p", { class: "run-times" }, "Not started yet.");
    const rest = remaining === null ? "" : `, about ${duration(remaining)} to go`;
    return html("p", { class: "run-times number" }, `${duration(elapsed)} so far${rest}`);
  }

  #showResult() {
    const { run } = this;
    this.drawn = run.id;
    this.charts?.forEach((chart) => chart.stop());
    this.charts = run.result.charts.map(() => chartView());
    const again = html("button", { type: "button", class: "btn quiet small", onclick: () => this.#again() }, `Draw again with seed ${run.seed + 1}`);
    this.body.replaceChildren(
      ...figuresOf(run.result, null),
      html("div", { class: "charts" }, this.charts.map((chart, index) => html("div", {}, html("p", { class: "chart-title" }, run.result.charts[index].title), chart.node))),
      ...tablesOf(run.result, null),
      html("p", { class: "run-identity" }, `Seed ${run.seed}, digest `, html("code", {}, run.digest), run.elapsed_seconds === null ? "" : `, drawn in ${run.elapsed_seconds < 1 ? "less than a second" : duration(run.elapsed_seconds)}`, ". The same seed gives the same bytes, whatever the number of workers."),
      html("div", { class: "run-row" }, again),
    );
    this.charts.forEach((chart, index) => chart.draw({ chart: run.result.charts[index] }));
  }

  // The same seed would give the same bytes, so that another look needs another seed.
  #again() {
    const seed = this.run.seed + 1;
    Object.assign(this, { run: null, key: null, drawn: null });
    this.start(seed);
  }
}

customElements.define("headroom-run", HeadroomRun);
