// A retry storm: callers, a queue and a server above, goodput and attempts over time below. Drag the trigger's end, put
// defences in, cut the load; draw the goodput that you expect before it is played.

import { Clock, eventTable } from "../clock.js";
import { calmMotion, html, onWidth, svg } from "../dom.js";
import { DrawnCurve } from "../drawn_curve.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { plain, plainWithUnit, withUnit } from "../numbers.js";
import { curveOf, valueOf } from "../results.js";
import { flagButton } from "../segmented.js";
import { Strip } from "../strip.js";

const FLOW = { height: 150, most: 30 };
const TRIGGER_AT = 5;
const CUT_AFTER = 10;
const HALVED = 52.5;
const AXIS_STEP = 45;
const TRIES = [0, 1, 2, 3];

const rate = (value) => plain(Number(value.toPrecision(3)));

export function mount(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const clock = new Clock({ unit: "s", seconds: 1, onTime: (time) => seek(time), tell: (time) => result.trace.findLast(({ at }) => at <= time)?.label ?? "" });
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const events = eventTable();
  const strip = new Strip("Requests a second");
  const flow = html("div", { class: "picture flow" });
  const words = html("p", { class: "told" });
  const expected = new DrawnCurve({ key: "goodput", label: "Goodput you expect", across: "s", field: { minimum: 0, maximum: 1, step: 1, scale: "linear", unit: "req/s" }, onChange: () => draw() });
  const guess = new Guess({ invitation: "Draw the goodput you expect", curves: [expected], veil, kept, begin: (knots) => begin(knots), words: () => sentence(), onChange: (isRevealed) => (draw(), isRevealed && !calmMotion() && (clock.seek(0), clock.play())) });
  const seconds = (value) => plainWithUnit(value, "s");
  const triggerEnd = new Handle({ label: "Length of the trigger", words: seconds, onMove: (value) => set({ trigger_seconds: value }) });
  const cutEnd = new Handle({ label: "Length of the cut", words: seconds, onMove: (value) => set({ cut_seconds: value }) });
  const cutDepth = new Handle({ label: "Load cut", words: (value) => plainWithUnit(value, "%"), isVertical: true, onMove: (value) => set({ cut_share: value }) });
  strip.node.append(triggerEnd.node, cutEnd.node, cutDepth.node, expected.node);

  const tries = TRIES.map((number) => html("button", { type: "button", "data-tries": number, onclick: () => set({ retries: number }) }, `${number}`));
  const budget = flagButton(fieldOf("budget"), set);
  const breaker = flagButton(fieldOf("breaker"), set);
  const order = (value, label) => html("button", { type: "button", class: "chip", "data-order": value, onclick: () => set({ order: values.order === value ? "fifo" : value }) }, label);
  const orders = [order("drop", "Drop what nobody waits for"), order("lifo", "Newest first")];
  const cut = html("button", { type: "button", class: "chip", onclick: () => set({ cut_share: values.cut_share ? 0 : HALVED }) }, "Cut the load");
  host.replaceChildren(
    html("div", { class: "settings" }, html("span", {}, "Retries"), html("div", { class: "segmented", role: "group", "aria-label": "Retries" }, tries), budget.node, orders, breaker.node, cut, ghost.node),
    flow,
    strip.node,
    clock.node,
    html("div", { class: "scene-bar" }, words),
    guess.node,
    events.node,
    html("p", { class: "scene-keep" }, "The trigger is over, its cause is gone, and the retries keep the queue full. What broke the service is not what holds it down."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let shown = null;
  let pipes = null;

  const line = (from, name, kind, label = name) => {
    const { x, y } = curveOf(from, "rates", name);
    return { kind, label, xs: x, ys: y };
  };

  const axisEnd = () => Math.ceil((curveOf(result, "rates", "goodput").x.at(-1) + 0.01) / AXIS_STEP) * AXIS_STEP;

  // Seven knots from the trigger to the end, all at the arrivals: as if nothing would happen.
  function begin(knots) {
    const last = Math.floor(curveOf(result, "rates", "goodput").x.at(-1));
    const xs = knots ?? Array.from({ length: 7 }, (_, index) => Math.round(TRIGGER_AT + ((last - TRIGGER_AT) * index) / 6));
    Object.assign(expected.field, { maximum: 1.25 * values.arrivals, step: Math.max(1, Math.round(values.arrivals / 100)) });
    expected.start(xs, xs.map(() => values.arrivals));
  }

  function drawStrip() {
    const goodput = line(result, "goodput", "s1");
    const attempts = line(result, "attempts", "s2");
    const arrivals = line(result, "arrivals", "s3");
    const end = axisEnd();
    const pale = ghost.result && !guess.isAsking ? [line(ghost.result, "goodput", "s1"), line(ghost.result, "attempts", "s2")] : [];
    const most = guess.isAsking ? 1.25 * values.arrivals : 1.06 * Math.max(...[attempts, arrivals, ...pale].flatMap(({ ys }) => ys));
    const over = TRIGGER_AT + values.trigger_seconds;
    const cutFrom = over + CUT_AFTER;
    const bands = [{ from: TRIGGER_AT, to: over, label: "trigger" }, ...(values.cut_share ? [{ from: cutFrom, to: cutFrom + values.cut_seconds, label: "load cut" }] : [])];
    const frame = strip.draw({
      width,
      end,
      title: "time, s",
      y: { scale: "linear", minimum: 0, maximum: most, title: "requests a second" },
      lines: guess.isAsking ? [arrivals] : [attempts, arrivals, goodput],
      pale,
      bands,
      marks: (on) => guess.lines(on),
    });
    const reach = (field, from) => ({ field, from: frame.x(from + field.minimum), to: frame.x(from + field.maximum), at: frame.top - 8 });
    triggerEnd.place({ ...reach(fieldOf("trigger_seconds"), TRIGGER_AT), value: values.trigger_seconds });
    const isCut = values.cut_share > 0 && !guess.isAsking;
    // A cut of nothing is still in the hand that made it so.
    const isHeld = !guess.isAsking && document.activeElement === cutDepth.node;
    cutEnd.node.hidden = !isCut;
    cutDepth.node.hidden = !isCut && !isHeld;
    if (isCut || isHeld) {
      cutEnd.place({ ...reach(fieldOf("cut_seconds"), cutFrom), value: values.cut_seconds });
      cutDepth.place({ field: fieldOf("cut_share"), value: values.cut_share, from: frame.y(values.arrivals), to: frame.y(0), at: frame.x(cutFrom + Math.min(values.cut_seconds, 6) / 2) });
    }
    guess.place(frame);
  }

  function drawFlow() {
    const { height } = FLOW;
    const [callers, queue, server, out] = [[0, 0.2], [0.34, 0.64], [0.72, 0.8], [0.98]].map((part) => part.map((share) => share * width));
    const pipe = (kind, d) => svg("path", { class: `pipe ${kind}`, d });
    const label = (x, y, anchor = "middle", kind = "") => svg("text", { class: kind, x, y, "text-anchor": anchor });
    const parts = {
      inflow: pipe("s3", `M${callers[1]} 58H${queue[0]}`),
      retries: pipe("s2", `M${queue[0] + 12} 118H${callers[0] + 20}V78`),
      answered: pipe("s1", `M${server[1]} 44H${out[0]}`),
      wasted: pipe("wasted", `M${server[1]} 84H${out[0]}`),
      fill: svg("rect", { class: "fill", x: queue[0], y: 38, height: 46, width: 0 }),
      limit: svg("line", { class: "limit", y1: 32, y2: 90 }),
      attempts: label((callers[1] + queue[0]) / 2, 36),
      retried: label((callers[0] + queue[0]) / 2 + 10, 142),
      waiting: label((queue[0] + queue[1]) / 2, 106, "middle", "label"),
      good: label(out[0], 26, "end", "label s1"),
      bad: label(out[0], 134, "end", "label bad"),
    };
    flow.replaceChildren(
      svg(
        "svg",
        { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
        parts.inflow, parts.retries, parts.answered, parts.wasted,
        svg("rect", { class: "box", x: callers[0] + 1, y: 38, width: callers[1] - callers[0], height: 40, rx: 6 }),
        svg("text", { class: "label", x: callers[1] / 2, y: 63, "text-anchor": "middle" }, "Callers"),
        svg("rect", { class: "tank", x: queue[0], y: 38, width: queue[1] - queue[0], height: 46 }),
        parts.fill, parts.limit,
        svg("rect", { class: "box", x: server[0], y: 30, width: server[1] - server[0], height: 68, rx: 6 }),
        svg("text", { class: "label", x: (server[0] + server[1]) / 2, y: 116, "text-anchor": "middle" }, "Server"),
        parts.attempts, parts.retried, parts.waiting, parts.good, parts.bad,
      ),
    );
    const backlog = curveOf(result, "backlog", "backlog");
    const hopeless = curveOf(result, "backlog", "hopeless");
    const series = { time: backlog.x, backlog: backlog.y, hopeless: hopeless.y, goodput: curveOf(result, "rates", "goodput").y, attempts: curveOf(result, "rates", "attempts").y, arrivals: curveOf(result, "rates", "arrivals").y, wasted: result.frames.wasted };
    return { ...parts, series, left: queue[0], length: queue[1] - queue[0], full: Math.max(...backlog.y, ...hopeless.y), widest: Math.max(...series.attempts) };
  }

  // What the step under the clock saw; nothing is drawn between the engine's steps.
  function seek(time) {
    strip.seek(time);
    if (!pipes) return;
    const { series, left, length, full, widest } = pipes;
    const step = series.time[1] - series.time[0];
    const at = Math.min(series.time.length - 1, Math.floor(time / step + 1e-6));
    if (shown === at) return;
    shown = at;
    const value = (name) => series[name][at];
    const retried = Math.max(0, value("attempts") - value("arrivals"));
    const thick = (name, amount) => pipes[name].setAttribute("stroke-width", amount > 0 ? Math.max(1.2, (FLOW.most * amount) / widest) : 0);
    thick("inflow", value("attempts"));
    thick("retries", retried);
    thick("answered", value("goodput"));
    thick("wasted", value("wasted"));
    pipes.fill.setAttribute("width", Math.max(0, (length * value("backlog")) / full));
    pipes.fill.classList.toggle("hopeless", value("backlog") > value("hopeless"));
    const limit = left + (length * value("hopeless")) / full;
    pipes.limit.setAttribute("x1", limit);
    pipes.limit.setAttribute("x2", limit);
    pipes.attempts.textContent = width > 520 ? `${rate(value("attempts"))} attempts/s` : `${rate(value("attempts"))}/s`;
    pipes.retried.textContent = retried > 0 ? `${rate(retried)}/s tried again` : "";
    pipes.waiting.textContent = `${rate(value("backlog"))} wait`;
    pipes.good.textContent = `${rate(value("goodput"))}/s answered`;
    pipes.bad.textContent = value("wasted") > 0 ? `${rate(value("wasted"))}/s for nobody` : "";
  }

  function sentence() {
    if (guess.isAsking) return `Capacity falls for ${seconds(values.trigger_seconds)} and is then back. Draw how many requests a second succeed.`;
    const returns = valueOf(result, "resumes");
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    const drawn = guess.isDrawn ? " Your curve is the dotted line." : "";
    const end = returns === undefined ? "goodput has not come back a minute later" : returns === 0 ? "goodput is back at once" : `goodput is back after ${withUnit(returns, "s")}`;
    return `Once the trigger is over, ${end}; ${withUnit(valueOf(result, "wasted"), "%")} of the work is for callers who have given up.${drawn}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    flow.hidden = clock.node.hidden = events.node.hidden = guess.isAsking;
    drawStrip();
    pipes = drawFlow();
    shown = null;
    const time = curveOf(result, "rates", "goodput").x;
    clock.load({ end: guess.isAsking ? axisEnd() : time.at(-1), stops: result.trace.map(({ at }) => at) });
    if (!guess.isAsking) events.show(result.trace.map(({ at, label }) => [withUnit(at, "s"), label]));
    words.textContent = sentence();
    tries.forEach((button) => button.setAttribute("aria-pressed", Number(button.dataset.tries) === values.retries));
    budget.show(values.budget);
    breaker.show(values.breaker);
    orders.forEach((button) => button.setAttribute("aria-pressed", button.dataset.order === values.order));
    cut.setAttribute("aria-pressed", values.cut_share > 0);
  }

  const stop = onWidth(strip.picture, (next) => ((width = next), draw()));
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
