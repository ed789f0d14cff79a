// A shop's backend, live: break a part by pressing it, pull the traffic up and down, and see what the rest does over
// the strip below. The errors to expect can be drawn before they are shown.

import { Clock, eventTable } from "../clock.js";
import { calmMotion, html, onWidth, svg } from "../dom.js";
import { DrawnCurve } from "../drawn_curve.js";
import { Ghost } from "../ghost.js";
import { edgePath, placed } from "../graph.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { figure, plain, plainWithUnit, withUnit } from "../numbers.js";
import { curveOf, valueOf } from "../results.js";
import { Strip } from "../strip.js";

const NARROW = 520;
const EVENT_AT = 10;
const AXES = [60, 90, 120, 180, 240, 360, 480, 720, 1200, 2400, 3600];
const PERCENT = { minimum: 0, maximum: 100, step: 1, scale: "linear", unit: "%" };
// What a press breaks; the database can be halved or slowed.
const BREAKS = { traffic: ["spike"], cache: ["cache"], database: ["replica", "slow"], queue: ["queue"], consumer: ["consumer"] };
const NAMES = { traffic: "Traffic", cache: "Cache", database: "Database", queue: "Queue of orders", consumer: "Consumer" };
const BROKEN = { spike: "spikes", cache: "lost", replica: "half lost", slow: "slow", queue: "down", consumer: "down" };
const HAPPENS = { spike: "the traffic spikes", cache: "the cache is lost", replica: "half of the database is lost", slow: "the database turns slow", queue: "the queue of orders is down", consumer: "the consumer is down" };
const EDGES = [["traffic", "cache", "traffic"], ["cache", "database", "load"], ["traffic", "queue", null], ["queue", "consumer", null]];

function layout(width) {
  if (width < NARROW) {
    const half = width / 2;
    return { height: 226, boxes: { traffic: [3, 2, width - 6, 58], cache: [3, 84, half - 12, 52], queue: [half + 9, 84, half - 12, 52], database: [3, 170, half - 12, 52], consumer: [half + 9, 170, half - 12, 52] } };
  }
  const part = width / 10;
  return { height: 152, boxes: { traffic: [4, 4, 2 * part, 144], cache: [3.6 * part, 4, 2.2 * part, 56], database: [7.4 * part, 4, 2.5 * part, 56], queue: [3.6 * part, 90, 2.2 * part, 56], consumer: [7.4 * part, 90, 2.5 * part, 56] } };
}

const rate = (value) => plain(Number(value.toPrecision(3)));

export function mount(host, { set: send, veil, fields, presets, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const clock = new Clock({ unit: "s", seconds: 1, onTime: (time) => seek(time), tell: (time) => result.trace.findLast(({ at }) => at <= time)?.label ?? "" });
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const events = eventTable();
  const wires = html("div");
  const graph = html("div", { class: "graph" }, wires);
  const shares = new Strip("Errors and cache hits");
  const rates = new Strip("Traffic, what the database is asked, and its capacity");
  const words = html("p", { class: "told" });
  const nodes = Object.fromEntries(Object.keys(NAMES).map((name) => [name, makeNode(name)]));
  const expected = new DrawnCurve({ key: "errors", label: "Errors you expect", across: "s", field: PERCENT, onChange: () => draw() });
  const guess = new Guess({ invitation: "Draw the errors you expect", curves: [expected], veil, kept, begin: (knots) => begin(knots), words: () => sentence(), onChange: (isRevealed) => (draw(), isRevealed && !calmMotion() && (clock.seek(0), clock.play())) });
  const level = new Handle({ label: "Traffic", words: (value) => plainWithUnit(value, "req/s"), isVertical: true, onMove: (value) => set({ traffic: value }) });
  const peak = new Handle({ label: "Size of the spike", words: (value) => `${plain(value)} times the traffic`, isVertical: true, onMove: (value) => set({ event_factor: value }) });
  const lasting = new Handle({ label: "Length of the event", words: (value) => plainWithUnit(value, "s"), onMove: (value) => set({ event_seconds: value }) });
  shares.node.append(expected.node);
  rates.node.append(level.node, peak.node, lasting.node);
  const flush = presets.find((preset) => preset.name === "flush");
  const flushing = html("button", { type: "button", class: "chip", onclick: () => set(flush.values) }, "Flush a busy cache");
  const whole = html("button", { type: "button", class: "chip", onclick: () => set({ event: "none" }) }, "Nothing breaks");
  graph.append(...Object.values(nodes).map(({ node }) => node));
  host.replaceChildren(
    html("div", { class: "settings" }, flushing, whole, ghost.node),
    graph,
    shares.node,
    rates.node,
    clock.node,
    html("div", { class: "scene-bar" }, words),
    guess.node,
    events.node,
    html("p", { class: "scene-keep" }, "The cache was capacity. Without it the database is asked for everything, and fills the cache no faster than it can answer."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let live = null;
  let shown = null;

  function makeNode(name) {
    const state = html("span", { class: "node-state" });
    const damage = html("span", { class: "node-damage" });
    const press = () => {
      const kinds = ["none", ...BREAKS[name]];
      set({ event: kinds[(Math.max(0, kinds.indexOf(values.event)) + 1) % kinds.length] });
    };
    return { state, damage, node: html("button", { type: "button", class: "node", onclick: press }, html("b", {}, NAMES[name], " "), damage, " ", state) };
  }

  const series = (from, chart, name) => curveOf(from, chart, name);

  const endOf = () => {
    const { x } = series(result, "load", "load");
    return AXES.find((end) => end >= x.at(-1)) ?? x.at(-1);
  };

  // Seven knots from the event on, all at no errors at all.
  function begin(knots) {
    const last = series(result, "errors", "errors").x.at(-1);
    const xs = knots ?? Array.from({ length: 7 }, (_, index) => Math.round(EVENT_AT + ((last - EVENT_AT) * index) / 6));
    expected.start(xs, xs.map(() => 0));
  }

  function drawGraph() {
    const { boxes, height } = layout(width);
    graph.style.height = `${height}px`;
    const pipes = EDGES.map(([from, to, carries]) => [carries, svg("path", { class: `pipe ${carries ? "s1" : "s3"}`, "stroke-width": 1.5, d: edgePath(boxes[from], boxes[to]).d })]);
    wires.replaceChildren(svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, pipes.map(([, pipe]) => pipe)));
    for (const [name, { node, damage }] of Object.entries(nodes)) {
      const isBroken = BREAKS[name].includes(values.event);
      node.setAttribute("aria-pressed", isBroken);
      node.dataset.state = isBroken ? (values.event === "slow" || values.event === "spike" ? "slow" : "down") : "up";
      damage.textContent = isBroken ? BROKEN[values.event] : "";
      placed(node, boxes[name]);
    }
    return pipes;
  }

  const band = () => (values.event === "none" ? [] : [{ from: EVENT_AT, to: EVENT_AT + values.event_seconds, label: BROKEN[values.event] === "spikes" ? "spike" : "event" }]);

  function drawStrips() {
    const end = endOf();
    const line = (from, chart, name, kind, label) => {
      const found = series(from, chart, name);
      return { kind, label, xs: found.x, ys: found.y };
    };
    const hides = guess.isAsking;
    const common = { width, end, title: "time, s", bands: band() };
    shares.draw({
      ...common,
      height: 210,
      y: { scale: "linear", minimum: 0, maximum: 100, title: "share, %" },
      lines: hides ? [] : [line(result, "hits", "hits", "s1", "hits"), line(result, "errors", "errors", "s2", "errors")],
      pale: ghost.result && !hides ? [line(ghost.result, "errors", "errors", "s2")] : [],
      marks: (frame) => guess.lines(frame),
    });
    guess.place(shares.frame);
    const traffic = { kind: "s3", label: "traffic", xs: series(result, "load", "load").x, ys: result.frames.traffic };
    const drawn = [traffic, line(result, "load", "capacity", "s4", "capacity"), ...(hides ? [] : [line(result, "load", "load", "s2", "asked")])];
    const positive = drawn.flatMap(({ ys }) => ys).filter((value) => value > 0);
    const frame = rates.draw({
      ...common,
      height: 210,
      y: { scale: "log", minimum: 10 ** Math.floor(Math.log10(Math.max(1, Math.min(...positive)))), maximum: 10 ** Math.ceil(Math.log10(1.01 * Math.max(...positive))), title: "requests a second, logarithmic" },
      lines: drawn,
    });
    const isSpike = values.event === "spike";
    const [trafficField, factor, seconds] = ["traffic", "event_factor", "event_seconds"].map(fieldOf);
    level.place({ field: trafficField, value: values.traffic, from: frame.y(trafficField.minimum), to: frame.y(trafficField.maximum), at: Math.max(frame.left + 20, frame.x(EVENT_AT / 2)) });
    peak.node.hidden = !isSpike;
    if (isSpike) peak.place({ field: factor, value: values.event_factor, from: frame.y(values.traffic * factor.minimum), to: frame.y(values.traffic * factor.maximum), at: frame.x(EVENT_AT + Math.max(2, values.event_seconds / 2)) });
    lasting.node.hidden = values.event === "none";
    if (values.event !== "none") lasting.place({ field: seconds, value: values.event_seconds, from: frame.x(EVENT_AT + seconds.minimum), to: frame.x(EVENT_AT + seconds.maximum), at: frame.top - 8 });
  }

  function seek(time) {
    shares.seek(time);
    rates.seek(time);
    if (!live) return;
    const { at, pipes } = live;
    const step = at.time[1] - at.time[0];
    const index = Math.min(at.time.length - 1, Math.floor(time / step + 1e-6));
    if (shown === index) return;
    shown = index;
    const value = (name) => at[name][index];
    pipes.forEach(([carries, pipe]) => carries && pipe.setAttribute("stroke-width", Math.max(1.5, 3 * Math.log10(Math.max(1, value(carries))) ** 1.3)));
    const isOver = value("load") > value("capacity") * 1.000001;
    nodes.traffic.state.textContent = `${rate(value("traffic"))}/s`;
    nodes.cache.state.textContent = `${figure(value("hits"))}% hits`;
    nodes.database.state.textContent = `${rate(value("load"))} of ${rate(value("capacity"))}/s`;
    nodes.queue.state.textContent = `${rate(value("lag"))} wait`;
    nodes.consumer.state.textContent = values.write_share ? "takes orders" : "no orders";
    nodes.database.node.classList.toggle("over", isOver);
    nodes.traffic.node.classList.toggle("failing", value("errors") > 0.05);
  }

  function sentence() {
    if (guess.isAsking) return `After 10 s ${HAPPENS[values.event]}. Draw the share of requests that fail from then on.`;
    const drawn = guess.isDrawn ? " Your curve is the dotted line." : "";
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    if (values.event === "none") return `At rest p99 is ${withUnit(valueOf(result, "p99"), "ms")} and the database ${withUnit(valueOf(result, "utilisation"), "%")} loaded. Press a part to break it, drag the traffic to change it.${pale}`;
    const over = valueOf(result, "overloaded");
    const failed = Math.round(valueOf(result, "event_errors"));
    return `${over > 0 ? `The database is overloaded for ${withUnit(over, "s")}` : "The database is never overloaded"}, and ${failed === 0 ? "no request fails" : `${plain(failed)} requests fail`}.${valueOf(result, "lag") > 0 ? ` Up to ${rate(valueOf(result, "lag"))} orders wait.` : ""}${drawn}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    guess.asking.disabled = values.event === "none" && !guess.isFirst;
    const pipes = drawGraph();
    const { x, y } = series(result, "load", "load");
    live = guess.isAsking ? null : { pipes, at: { time: x, load: y, capacity: series(result, "load", "capacity").y, hits: series(result, "hits", "hits").y, errors: series(result, "errors", "errors").y, ...result.frames } };
    if (guess.isAsking) Object.values(nodes).forEach(({ state }) => (state.textContent = ""));
    shown = null;
    drawStrips();
    clock.node.hidden = events.node.hidden = guess.isAsking;
    clock.load({ end: x.at(-1), stops: result.trace.map(({ at }) => at) });
    if (guess.isAsking) [shares, rates].forEach((strip) => strip.seek(strip.moving.end));
    if (!guess.isAsking) events.show(result.trace.map(({ at, label }) => [withUnit(at, "s"), label]));
    words.textContent = sentence();
    whole.setAttribute("aria-pressed", values.event === "none");
  }

  const stop = onWidth(shares.picture, (next) => ((width = next), draw()));
  return {
    stop: () => (stop(), clock.stop(), guess.live.stop()),
    update(nextResult, nextValues, pinned) {
      [result, values] = [nextResult, nextValues];
      ghost.observe(result, values, pinned);
      guess.resume();
      draw();
    },
  };
}
