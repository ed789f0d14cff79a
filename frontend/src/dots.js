// A hundred dots of one call above, a page's below, on one time axis. Calls are lifted from the hundred, and the slowest
// of them falls into the page. Which dots there are, and where the page's hundred lie, is the engine's answer.

import { calmMotion, html, onWidth, svg } from "./dom.js";
import { Marker } from "./marker.js";
import { plain, withUnit } from "./numbers.js";
import { DOT, stacked } from "./stack.js";
import { timeAxis, timeFrame } from "./time_axis.js";

const CALLS_BASE = 112;
const LIFTED = { top: 140, bottom: 236 };
const PAGES_BASE = 354;
const HEIGHT = 398;
const STACK = 88;
const FLIGHT_MS = 480;
const MOST_FALLEN = 40;
const ASKED_CALLS = 50;

// Draws that can be repeated: the same seed lifts the same dots (mulberry32, public domain).
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const series = (result, name) => result.charts.find((chart) => chart.name === "quantile_dots")?.series.find((item) => item.name === name)?.x;

const isIndependent = (values) => !values.hedge && !values.call_correlation;

// `lanes` shows each lifted call as a bar. `veil(true)` asks the page to hide figures that would give the answer away.
export function dotScene(host, { lanes, set, veil }) {
  const random = generator(1);
  const picture = html("div", { class: "picture" });
  const marker = new Marker({ label: "Where the page's median lands", unit: "ms", onMove: () => draw() });
  const words = html("p", { role: "status" });
  const button = (label, kind, onclick) => html("button", { type: "button", class: `btn small ${kind}`, onclick }, label);
  const check = button("Check", "", () => answer());
  const guess = button(`Mark where ${ASKED_CALLS} calls land`, "", () => ask());
  const lifting = button("Draw a page", "quiet", () => lift());
  host.replaceChildren(
    html("div", { class: "scene-area" }, picture, marker.node),
    html("div", { class: "scene-bar" }, words, guess, check, lifting),
    html("p", { class: "scene-keep" }, "One dot is one call, or one page, in a hundred. Drawing lifts calls from the hundred above, with seed 1."),
  );

  let result = null;
  let values = null;
  let width = 0;
  let asking = false;
  let drawn = 0;
  let fallen = [];
  let lifted = [];

  const median = () => withUnit(result.figures.find((item) => item.name === "median").value, "ms");
  const waits = () => (values.calls === 1 ? "one call" : `${values.calls} calls`);

  function ask() {
    asking = true;
    veil(true);
    set({ calls: ASKED_CALLS });
    show();
    marker.node.focus({ preventScroll: true });
  }

  function answer() {
    asking = false;
    veil(false);
    show();
    words.textContent = `You marked ${plain(marker.value)} ms. The median of ${waits()} lands at ${median()}.`;
    guess.focus({ preventScroll: true });
  }

  function show() {
    words.textContent = asking
      ? `A page waits for the slowest of ${waits()}. Drag the mark to where its median lands.`
      : `Half of the pages that wait for ${waits()} take ${median()} or longer.`;
    marker.node.hidden = check.hidden = !asking;
    guess.hidden = asking;
    lifting.hidden = asking || !isIndependent(values);
    draw();
  }

  // Lift as many dots as a page has calls; the slowest of them falls.
  function lift() {
    const one = series(result, "backend");
    lifted = Array.from({ length: values.calls }, () => Math.floor(random() * one.length));
    fallen = [...fallen, one[Math.max(...lifted)]].slice(-MOST_FALLEN);
    drawn += 1;
    draw();
    if (!calmMotion()) fall();
    words.textContent = `${drawn} page${drawn === 1 ? "" : "s"} drawn, each as slow as the slowest of ${waits()}.`;
  }

  // The newest dot starts where its call was lifted to.
  function fall() {
    const dot = picture.querySelector(".newest");
    const height = LIFTED.top - dot.getAttribute("cy");
    dot.animate([{ transform: `translateY(${height}px)` }, { transform: "none" }], { duration: FLIGHT_MS, delay: FLIGHT_MS / 2, fill: "backwards", easing: "cubic-bezier(.5,0,.9,.5)" });
  }

  function lanesOf({ x, left }, one) {
    if (!lifted.length) return [];
    const slowest = Math.max(...lifted);
    const step = (LIFTED.bottom - LIFTED.top) / lifted.length;
    const end = x(one[slowest]);
    const near = end > width - 170;
    const rows = lifted.map((index, row) => {
      const y = LIFTED.top + (row + 0.5) * step;
      const kind = index === slowest ? "slowest" : "";
      return lanes
        ? svg("line", { class: `lane-bar ${kind}`, x1: left, x2: x(one[index]), y1: y, y2: y, "stroke-width": Math.min(7, Math.max(1, step - 1.5)) })
        : svg("circle", { class: `dot ${kind || "lifted"}`, cx: x(one[index]), cy: y, r: DOT });
    });
    return [
      ...rows,
      svg("line", { class: "deadline", x1: end, x2: end, y1: LIFTED.top - 16, y2: PAGES_BASE }),
      svg("text", { class: "label slowest", x: near ? end - 8 : end + 8, y: LIFTED.top - 8, "text-anchor": near ? "end" : "start" }, `the slowest decides: ${withUnit(one[slowest], "ms")}`),
    ];
  }

  function mark(x) {
    const middle = Math.min(Math.max(x(marker.value), 62), width - 62);
    return svg("text", { class: "label guess", x: middle, y: LIFTED.bottom + 52, "text-anchor": "middle" }, `your mark, ${plain(marker.value)} ms`);
  }

  function draw() {
    if (!result || !width) return;
    const one = series(result, "backend");
    const page = series(result, "page");
    if (!one || !page) return picture.replaceChildren(html("p", { class: "soft" }, "This setting has no dots to show. The other views do."));
    const frame = timeFrame([...one, ...page], width);
    const { x } = frame;
    marker.value ??= Number(one[Math.floor(one.length / 2)].toPrecision(2));
    const circles = (list, base, kind) => stacked(list, x, base, STACK).map((at, index) => svg("circle", { class: `dot ${kind(index)}`, ...at }));
    picture.replaceChildren(
      svg(
        "svg",
        { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `A hundred calls above, pages that wait for ${waits()} below, on one logarithmic time axis.` },
        timeAxis(frame, PAGES_BASE, "response time, ms, logarithmic", 24),
        svg("line", { class: "base", x1: frame.left, x2: frame.right, y1: CALLS_BASE, y2: CALLS_BASE }),
        svg("text", { class: "label", x: 0, y: 13 }, "one call"),
        svg("text", { class: "label", x: 0, y: LIFTED.bottom + 20 }, `a page of ${waits()}`),
        circles(one, CALLS_BASE, (index) => (lifted.includes(index) ? "lifted" : "")),
        lanesOf(frame, one),
        asking ? [] : circles(page, PAGES_BASE, () => "lifted"),
        circles(fallen, PAGES_BASE, (index) => `slowest${index === fallen.length - 1 ? " newest" : ""}`),
        asking ? mark(x) : [],
      ),
    );
    marker.place(frame, LIFTED.bottom + 58, PAGES_BASE - LIFTED.bottom - 58);
  }

  const stop = onWidth(picture, (next) => ((width = next), draw()));
  return {
    stop,
    update(nextResult, nextValues) {
      [drawn, fallen, lifted] = [0, [], []];
      [result, values] = [nextResult, nextValues];
      veil(asking);
      show();
    },
  };
}
