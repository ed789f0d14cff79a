// A scene's clock: play, step from event to event, scrub. Reduced motion gets the last frame and what happened as a
// table; stepping and scrubbing stay, since they move only when asked.

import { calmMotion, html, keepHeight } from "./dom.js";
import { liveRegion } from "./live.js";
import { plainWithUnit } from "./numbers.js";

const PLAY_MS = 9000;
const PLACES = 1000;
// In seconds: what takes less is read in milliseconds.
const SHORT = 0.1;

const within = (value, end) => Math.min(end, Math.max(0, value));

export class Clock {
  #frame = 0;

  // `onTime(time)` draws; `unit` is the unit of time on the scene's clock, of which one lasts `seconds` where it is one of time.
  // `tell(time)` says in words what a step has come to; `label` is on the button that plays.
  constructor({ unit, seconds = null, onTime, tell = () => "", label = "Play" }) {
    Object.assign(this, { unit, seconds, onTime, tell, label, time: 0, end: 0, origin: 0, stops: [] });
    this.live = liveRegion();
    this.button = html("button", { type: "button", class: "btn small", onclick: () => (this.isPlaying ? this.pause() : this.play()) }, label);
    this.next = html("button", { type: "button", class: "btn small quiet", onclick: () => this.step() }, "Step");
    this.range = html("input", { type: "range", min: 0, max: PLACES, step: 1, "aria-label": "Time", oninput: () => this.#scrub() });
    this.reading = html("span", { class: "reading number" });
    this.pace = html("p", { class: "pace" });
    this.node = html("div", { class: "clock", role: "group", "aria-label": "Clock" }, this.button, this.next, this.range, this.reading, this.pace, this.live.node);
    this.button.hidden = calmMotion();
  }

  get isPlaying() {
    return this.#frame !== 0;
  }

  // Another run: how long it is and when something happens in it, counted from its start; `origin` is the start's own time,
  // where the picture counts from elsewhere. Stands at its end, unless it is being watched.
  load({ end, stops, origin = 0 }) {
    this.origin = origin;
    const wasAtEnd = this.time >= this.end;
    Object.assign(this, { end, stops: [...new Set([...stops, end])].filter((stop) => stop > 0 && stop <= end).sort((one, other) => one - other) });
    const passed = (end * 1000) / PLAY_MS;
    this.pace.textContent = `A second of play is ${this.seconds ? paceWords(passed * this.seconds) : plainWithUnit(Number(passed.toPrecision(2)), this.unit)}.`;
    this.pace.hidden = calmMotion();
    this.seek(wasAtEnd ? end : within(this.time, end));
  }

  seek(time) {
    this.time = within(time, this.end);
    const place = this.end ? this.time / this.end : 1;
    this.range.value = Math.round(place * PLACES);
    this.range.style.setProperty("--at", `${(100 * place).toFixed(2)}%`);
    const shown = this.time + this.origin;
    const [size, unit] = this.seconds === 1 && this.end < SHORT ? [1000, "ms"] : [1, this.unit];
    const words = plainWithUnit(Number((size * shown).toPrecision(Math.abs(size * shown) < 100 ? 2 : 3)), unit);
    this.reading.textContent = words;
    this.range.setAttribute("aria-valuetext", words);
    this.onTime(this.time);
  }

  play() {
    if (this.time >= this.end) this.seek(0);
    const started = performance.now() - (PLAY_MS * this.time) / (this.end || 1);
    this.button.textContent = "Pause";
    const draw = (now) => {
      this.seek(((now - started) / PLAY_MS) * this.end);
      if (this.time < this.end) this.#frame = requestAnimationFrame(draw);
      else this.pause();
    };
    this.#frame = requestAnimationFrame(draw);
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.button.textContent = this.label;
  }

  // To the next event; from the end, to the first.
  step() {
    this.pause();
    this.seek(this.stops.find((stop) => stop > this.time + this.end / PLACES) ?? this.stops[0] ?? this.end);
    this.live.say(`${this.reading.textContent}. ${this.tell(this.time)}`);
  }

  #scrub() {
    this.pause();
    this.seek((this.range.value / PLACES) * this.end);
  }

  stop() {
    this.pause();
    this.live.stop();
  }
}

function paceWords(seconds) {
  if (seconds < 1) return plainWithUnit(Number((1000 * seconds).toPrecision(2)), "ms");
  return seconds < 90 ? plainWithUnit(Number(seconds.toPrecision(2)), "s") : plainWithUnit(Number((seconds / 60).toPrecision(2)), "min");
}

// What happened, for those who would rather read it; open where nothing moves.
export function eventTable() {
  const body = html("tbody");
  const table = html("table", {}, html("caption", { class: "visually-hidden" }, "What happens when"), html("thead", {}, html("tr", {}, html("th", { scope: "col", class: "n" }, "when"), html("th", { scope: "col" }, "what"))), body);
  const node = html("details", { class: "events", open: calmMotion(), ontoggle: () => node.open || (node.style.minHeight = "") }, html("summary", {}, "What happens when"), table);
  return {
    node,
    // Rows of [time in words, what].
    show(rows) {
      node.style.visibility = rows.length ? "" : "hidden";
      body.replaceChildren(...rows.map(([when, what]) => html("tr", {}, html("th", { scope: "row", class: "n" }, when), html("td", {}, what))));
      if (node.open) keepHeight(node);
    },
  };
}
