// An interval set on an axis: two handles to drag or to move by keys, the same as numbers beside.

import { html, onWidth, svg } from "./dom.js";
import { decimal, plain, plainWithUnit, typed } from "./numbers.js";
import { Scale } from "./scale.js";

const RAIL = 52;
const APART = 0.015;
const FLAGS_APART = 12;
const LETTER = 7.4;
const START = [0.38, 0.62];
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

const twoFigures = (value) => Number(value.toPrecision(2));

// Returns { node, numbers, read() }; `read` gives [low, high] or throws a RangeError with a sentence. `begun` is the
// text with which each end begins where it is not empty.
export function intervalInput({ minimum, maximum, scale: kind, unit }, begun = []) {
  const scale = new Scale(kind, minimum, maximum);
  const bounded = (value) => Math.min(maximum, Math.max(minimum, value));
  const ends = START.map((place) => twoFigures(scale.value(place)));
  const picture = html("div", { class: "picture" });
  const flags = ends.map(() => html("span", { class: "end-value", "aria-hidden": "true" }));
  const handles = ["Lower end", "Upper end"].map((label, index) =>
    html("div", { class: "handle", role: "slider", tabindex: 0, "aria-label": `${label} of your interval`, "aria-orientation": "horizontal", onkeydown: (event) => press(event, index), onpointerdown: (event) => grab(event, [index]) }),
  );
  const node = html("div", { class: "interval" }, picture, flags, handles);
  const numbers = ["From", "To"].map((label, index) =>
    html("label", {}, `${label}, ${unit}`.replace(/, $/, ""), html("input", { class: "num", inputmode: "decimal", autocomplete: "off", onchange: (event) => enter(event.target, index) })),
  );
  const boxes = numbers.map((label) => label.querySelector("input"));
  let width = 0;

  function show() {
    ends.forEach((value, index) => {
      const place = scale.place(value);
      const handle = handles[index];
      handle.style.left = `${100 * place}%`;
      handle.setAttribute("aria-valuemin", index ? ends[0] : minimum);
      handle.setAttribute("aria-valuemax", index ? maximum : ends[1]);
      handle.setAttribute("aria-valuenow", value);
      handle.setAttribute("aria-valuetext", plainWithUnit(value, unit));
      if (document.activeElement !== boxes[index]) boxes[index].value = decimal(value);
      boxes[index].setAttribute("aria-invalid", String(ends[0] > ends[1]));
    });
    keepApart();
    const [left, right] = ends.map((value) => width * scale.place(value)).sort((one, other) => one - other);
    span?.setAttribute("x", left);
    span?.setAttribute("width", Math.max(2, right - left));
  }

  // Two flags that would touch make way to the sides and stay on the picture; where there is no room for both with their
  // unit they go without, since the axis names it.
  function keepApart() {
    const write = (shown) => flags.forEach((flag, index) => (flag.textContent = shown(ends[index])));
    const halves = () => flags.map((flag) => flag.offsetWidth / 2);
    write((value) => plainWithUnit(value, unit));
    if (2 * (halves()[0] + halves()[1]) + FLAGS_APART > width) write(plain);
    const [first, second] = halves();
    const centres = ends.map((value) => width * scale.place(value));
    const push = Math.max(0, (first + second + FLAGS_APART - (centres[1] - centres[0])) / 2);
    const left = Math.min(Math.max(centres[0] - push, first), width - first - FLAGS_APART - 2 * second);
    const right = Math.max(Math.min(centres[1] + push, width - second), left + first + FLAGS_APART + second);
    [left, right].forEach((at, index) => (flags[index].style.left = `${at}px`));
  }

  // The ends stay a hair apart, whichever of them moves.
  function move(index, value) {
    const limit = bounded(twoFigures(scale.value(scale.place(ends[1 - index]) + (index ? APART : -APART))));
    ends[index] = index ? Math.max(bounded(value), limit) : Math.min(bounded(value), limit);
    show();
  }

  function press(event, index) {
    const steps = (KEYS[event.key] ?? 0) * (event.shiftKey ? 10 : 1);
    const edge = { Home: minimum, End: maximum }[event.key];
    if (!steps && edge === undefined) return;
    event.preventDefault();
    move(index, edge ?? moved(ends[index], steps));
  }

  function moved(value, steps) {
    const place = Math.min(1, Math.max(0, scale.place(value) + steps / 100));
    const next = twoFigures(scale.value(place));
    return next === value ? value + (Math.sign(steps) * 10 ** Math.floor(Math.log10(value))) / 10 : next;
  }

  function grab(event, indices) {
    if (event.button > 0) return;
    event.preventDefault();
    const box = node.getBoundingClientRect();
    const start = { at: event.clientX, places: ends.map((value) => scale.place(value)) };
    if (indices.length === 1) handles[indices[0]].focus();
    const drag = (next) => {
      const by = (next.clientX - start.at) / box.width;
      const room = indices.length === 2 ? Math.min(1 - start.places[1], Math.max(-start.places[0], by)) : by;
      indices.forEach((index) => {
        ends[index] = bounded(twoFigures(scale.value(Math.min(1, Math.max(0, start.places[index] + room)))));
      });
      if (indices.length === 1) move(indices[0], ends[indices[0]]);
      else show();
    };
    const release = () => {
      removeEventListener("pointermove", drag);
      removeEventListener("pointerup", release);
      removeEventListener("pointercancel", release);
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", release);
    addEventListener("pointercancel", release);
  }

  // What is typed stands as typed, also above the other end, which may be about to be typed too; `read` refuses a crossing.
  function enter(box, index) {
    const value = typed(box.value);
    if (value >= minimum && value <= maximum) {
      ends[index] = value;
      show();
    } else box.setAttribute("aria-invalid", "true");
  }

  let span = null;
  const stop = onWidth(picture, (next) => {
    width = next;
    const longest = LETTER * Math.max(plain(minimum).length, plain(maximum).length);
    const ticks = scale.ticks(width, Math.max(42, longest + 12));
    // A number at either end stays on the picture.
    const inside = (at, half) => Math.min(width + 10 - half, Math.max(half - 10, at));
    span = svg("rect", { class: "span", y: RAIL - 18, height: 36, rx: 3, onpointerdown: (event) => grab(event, [0, 1]) });
    picture.replaceChildren(
      svg(
        "svg",
        { width, height: 124, "aria-hidden": "true" },
        ticks.map((tick) => svg("line", { class: "tick", x1: width * scale.place(tick), x2: width * scale.place(tick), y1: RAIL - 22, y2: RAIL + 26 })),
        svg("line", { class: "rail", x1: 0, x2: width, y1: RAIL, y2: RAIL }),
        span,
        ticks.map((tick) => svg("text", { x: inside(width * scale.place(tick), (LETTER * plain(tick).length) / 2), y: RAIL + 44, "text-anchor": "middle" }, plain(tick))),
        svg("text", { x: width / 2, y: RAIL + 66, "text-anchor": "middle" }, [unit, kind === "log" ? "logarithmic" : ""].filter(Boolean).join(", ")),
      ),
    );
    show();
  });
  show();
  begun.forEach((text, index) => text && enter(Object.assign(boxes[index], { value: text }), index));

  return {
    node,
    numbers,
    stop,
    read() {
      const values = boxes.map((box) => typed(box.value));
      const wrong = values.findIndex((value) => !(value >= minimum && value <= maximum));
      if (wrong >= 0) {
        boxes[wrong].setAttribute("aria-invalid", "true");
        boxes[wrong].focus();
        throw new RangeError(`An end must lie between ${plain(minimum)} and ${plainWithUnit(maximum, unit)}; you gave ${boxes[wrong].value.trim() || "nothing"}.`);
      }
      if (values[0] > values[1]) {
        boxes[0].focus();
        throw new RangeError(`From must not lie above To; you gave ${plainWithUnit(values[0], unit)} and ${plainWithUnit(values[1], unit)}.`);
      }
      return values;
    },
  };
}
