// A server that stands still, as two load tools see it: every request due as a bar from when it was due to its answer,
// then how many were slow. Drag when the stall begins and ends; draw what everybody felt from what one tool reports.

import { Clock, eventTable } from "../clock.js";
import { calmMotion, html, newId, onWidth, svg } from "../dom.js";
import { DrawnCurve, knotsBetween } from "../drawn_curve.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { plain, plainWithUnit, withUnit } from "../numbers.js";
import { pathThrough, plane } from "../plane.js";
import { chartOf, curveOf, valueOf } from "../results.js";
import { Scale } from "../scale.js";

const LANES = { top: 34, height: 92, gap: 34, side: 14 };
const SLOWER_HEIGHT = 270;
const ROOM_TO_DRAG = 1.12;
const ROUND = [1, 1.5, 2, 3, 5, 7.5, 10];
const DASHES = { open: null, closed: "7 4", corrected: "2 3" };
const KINDS = { open: "s1", closed: "s2", corrected: "s3" };
const TOOLS = { open: "Keeps its schedule", closed: "Waits for each answer" };

export function mount(host, { set: send, veil, fields, presets, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const clock = new Clock({ unit: "s", seconds: 1, onTime: (time) => seek(time), tell: (time) => result.trace.findLast(({ at }) => at <= time)?.label ?? "" });
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const events = eventTable();
  const seconds = (value) => plainWithUnit(value, "s");
  const begins = new Handle({ label: "The server works for", words: seconds, onMove: (value) => set({ normal: value }) });
  const ends = new Handle({ label: "The server stalls for", words: seconds, onMove: (value) => set({ stall: value }) });
  const cycle = html("div", { class: "picture" });
  const slower = html("div", { class: "picture" });
  const words = html("p", { class: "told" });
  const clip = newId("clip");
  const share = { minimum: 0.01, maximum: 100, step: 0.001, scale: "log", unit: "%" };
  const expected = new DrawnCurve({ key: "open", label: "Requests due that you expect to be slower", across: "ms", field: share, onChange: () => draw() });
  const guess = new Guess({ invitation: "Draw what everybody felt", curves: [expected], veil, kept, begin: (knots) => begin(knots), words: () => sentence(), onChange: (isRevealed) => (draw(), isRevealed && !calmMotion() && (clock.seek(0), clock.play())) });
  const starts = presets.filter(({ values: { stall } }) => stall > 0).map((preset) => html("button", { type: "button", class: "chip", onclick: () => set(preset.values) }, preset.label));
  let isFilledIn = false;
  const filling = html("button", { type: "button", class: "chip", "aria-pressed": "false", onclick: () => ((isFilledIn = !isFilledIn), draw()) }, "Fill in what is missing");
  const lanes = html("div", { class: "plane" }, cycle, begins.node, ends.node);
  host.replaceChildren(
    html("div", { class: "settings" }, starts, ghost.node),
    lanes,
    clock.node,
    html("div", { class: "scene-bar" }, words),
    html("div", { class: "settings" }, filling),
    html("div", { class: "plane" }, slower, expected.node),
    guess.node,
    events.node,
    html("p", { class: "scene-keep" }, "A tool that waits stops asking when it would hurt. Send on a schedule, and time each request from when it was due."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let moving = null;

  const stallOf = (from) => {
    const end = curveOf(from, "cycle", "open").x.at(-1);
    return { begin: curveOf(from, "cycle", "met").x[0], end };
  };

  // From the quickest to the longest time, at what the tool that waits reports.
  function begin(knots) {
    const { x, y } = curveOf(result, "slower", "closed");
    const longest = Math.max(curveOf(result, "slower", "open").x.at(-1), x.at(-1));
    const xs = knots ?? knotsBetween(new Scale("log", 1.2 * x[1], Math.max(2 * x[1], 0.97 * longest)));
    Object.assign(share, { minimum: slowerScale().minimum });
    expected.start(xs, xs.map(() => y.at(-1)));
  }

  // Requests as they were due along the foot of a lane; those that the stall held pile up, the first at the bottom.
  function drawLane(tool, foot, x) {
    const { begin: from } = stallOf(result);
    const held = result.frames[tool].filter(([at, answered]) => at >= from && answered > at + valueOf(result, "closed_mean") / 1e9 && answered >= stallOf(result).end);
    const quick = result.frames[tool].filter((pair) => !held.includes(pair));
    const piled = result.frames.open.filter(([at]) => at >= from).length;
    const rise = (LANES.height - 12) / Math.max(1, piled);
    return [
      svg("path", { class: `due ${KINDS[tool]}`, d: quick.map(([at]) => `M${x(at).toFixed(1)} ${foot}v-7`).join("") }),
      svg("path", { class: `due ${KINDS[tool]}`, "stroke-width": Math.max(1, Math.min(4, 0.75 * rise)).toFixed(1), d: held.map(([at, answered], index) => `M${x(at).toFixed(1)} ${(foot - 8 - index * rise).toFixed(1)}H${x(answered).toFixed(1)}`).join("") }),
    ];
  }

  function drawCycle() {
    const { begin: from, end } = stallOf(result);
    const power = 10 ** Math.floor(Math.log10(end * ROOM_TO_DRAG));
    const most = power * ROUND.find((step) => step * power >= end * ROOM_TO_DRAG);
    const scale = new Scale("linear", 0, most);
    const [left, right] = [LANES.side, width - LANES.side];
    const x = (time) => left + scale.place(time) * (right - left);
    const feet = { open: LANES.top + LANES.height, closed: LANES.top + 2 * LANES.height + LANES.gap };
    const height = feet.closed + 42;
    const edge = svg("rect", { x: 0, y: 0, height, width });
    const now = svg("line", { class: "now", y1: LANES.top - 10, y2: feet.closed });
    const counts = {};
    cycle.replaceChildren(
      svg(
        "svg",
        { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${plain(valueOf(result, "due"))} requests due over ${seconds(end)}, as each tool sends them.` },
        svg("clipPath", { id: clip }, edge),
        from < end ? [svg("rect", { class: "band", x: x(from), width: x(end) - x(from), y: LANES.top - 14, height: feet.closed - LANES.top + 14 }), svg("text", { class: "band-name", x: (x(from) + x(end)) / 2, y: LANES.top - 20, "text-anchor": "middle" }, "the server stands still")] : [],
        svg("g", { "clip-path": `url(#${clip})` }, Object.keys(TOOLS).map((tool) => drawLane(tool, feet[tool], x)).flat()),
        Object.entries(TOOLS).map(([tool, label]) => [
          svg("line", { class: "base", x1: left, x2: right, y1: feet[tool], y2: feet[tool] }),
          svg("text", { class: `label ${KINDS[tool]}`, x: left, y: feet[tool] - LANES.height + 14 }, label),
          (counts[tool] = svg("text", { class: "label", x: left, y: feet[tool] - LANES.height + 31 })),
        ]).flat(),
        scale.ticks(right - left, 60).map((tick) => svg("text", { x: x(tick), y: feet.closed + 18, "text-anchor": "middle" }, plain(tick))),
        svg("text", { x: (left + right) / 2, y: feet.closed + 36, "text-anchor": "middle" }, `time, s; 1 mark is ${result.frames.each === 1 ? "1 request" : `${plain(result.frames.each)} requests`}`),
        now,
      ),
    );
    moving = { edge, now, counts, x };
    const normal = fieldOf("normal");
    const stall = fieldOf("stall");
    // One above the other, since a short stall puts both in one place.
    begins.place({ field: normal, value: values.normal, from: x(normal.minimum), to: x(normal.maximum), at: LANES.top - 8 });
    ends.place({ field: stall, value: values.stall, from: x(from + stall.minimum), to: x(from + stall.maximum), at: feet.open + LANES.gap / 2 });
    return end;
  }

  function seek(time) {
    if (!moving) return;
    const at = moving.x(time);
    moving.edge.setAttribute("width", Math.max(0, at + 1));
    moving.now.setAttribute("x1", at);
    moving.now.setAttribute("x2", at);
    const { each } = result.frames;
    const { end } = stallOf(result);
    for (const [tool, node] of Object.entries(moving.counts)) {
      const held = result.frames[tool].filter(([due, answered]) => due <= time && answered > time && answered >= end).length;
      const waiting = tool === "closed" ? Math.min(1, held) : held * each;
      const done = time >= end;
      node.textContent = done ? (tool === "open" ? `${plain(valueOf(result, "due"))} timed` : `${plain(valueOf(result, "sent"))} recorded, ${plain(valueOf(result, "omitted"))} never sent`) : `${plain(waiting)} waiting`;
    }
  }

  function slowerScale() {
    const least = Math.min(...Object.keys(KINDS).flatMap((tool) => curveOf(result, "slower", tool).y));
    return { minimum: 10 ** (Math.ceil(Math.log10(Math.min(1, least))) - 1), maximum: 100 };
  }

  function drawSlower() {
    const lines = (from) => Object.keys(KINDS).map((tool) => ({ tool, ...curveOf(from, "slower", tool) })).filter(({ tool }) => (guess.isAsking ? tool === "closed" : tool !== "corrected" || isFilledIn));
    const shown = lines(result);
    const pale = ghost.result && !guess.isAsking ? lines(ghost.result).filter(({ tool }) => tool !== "corrected") : [];
    const times = ["open", "closed"].flatMap((tool) => curveOf(result, "slower", tool).x).concat(pale.flatMap(({ x: xs }) => xs));
    const frame = plane({ width, height: SLOWER_HEIGHT, right: 16, x: { scale: "log", minimum: Math.min(...times), maximum: 2 * Math.max(...times), title: "response time, ms" }, y: { scale: "log", ...slowerScale(), title: "requests slower than that, %" } });
    const { x, y } = frame;
    const floor = slowerScale().minimum;
    const path = ({ tool, x: xs, y: ys }) => svg("path", { class: `line ${KINDS[tool]}`, "stroke-dasharray": DASHES[tool], d: pathThrough(frame, [...xs, xs.at(-1)], [...ys, floor]) });
    const label = { open: ["all requests due", 18], closed: ["what the tool that waits reports", -9], corrected: ["its record, filled in", 34] };
    slower.replaceChildren(
      svg(
        "svg",
        { width, height: SLOWER_HEIGHT, viewBox: `0 0 ${width} ${SLOWER_HEIGHT}`, role: "img", "aria-label": `${chartOf(result, "slower").title}: ${shown.map(({ tool }) => label[tool][0]).join(", ")}. Both axes logarithmic.` },
        frame.axes,
        svg("g", { class: "pale", "clip-path": frame.clip }, pale.map(path)),
        shown.map(path),
        shown.filter(({ x: xs }) => xs.length > 2).map(({ tool, x: xs, y: ys }) => svg("text", { class: `label ${KINDS[tool]}`, x: x(xs[1]) + 10, y: y(ys[2]) + label[tool][1] }, label[tool][0])),
        guess.lines(frame),
      ),
    );
    guess.place(frame);
  }

  function sentence() {
    if (guess.isAsking) return "This is what the tool that waits reports. Draw the share of all requests due that took longer than each time.";
    const told = ["open_p99", "closed_p99", "corrected_p99"].map((name) => withUnit(valueOf(result, name), "ms"));
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    const drawn = guess.isDrawn ? " Your curve is the dotted line." : "";
    if (!values.stall) return `Without a stall both tools report a p99 of ${told[0]}.${drawn}${pale}`;
    const [omitted, due] = ["omitted", "due"].map((name) => plain(valueOf(result, name)));
    return `The tool that waits reports a p99 of ${told[1]}; it never sent ${omitted} of ${due} requests. Timed from when they were due, all of them have a p99 of ${told[0]}.${isFilledIn ? ` Filled in, its record says ${told[2]}.` : ""}${drawn}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    lanes.hidden = clock.node.hidden = events.node.hidden = filling.hidden = guess.isAsking;
    const end = drawCycle();
    drawSlower();
    clock.load({ end, stops: result.trace.map(({ at }) => at) });
    events.show(guess.isAsking ? [] : result.trace.map(({ at, label }) => [seconds(at), label]));
    filling.setAttribute("aria-pressed", isFilledIn);
    words.textContent = sentence();
  }

  const stop = onWidth(slower, (next) => ((width = next), draw()));
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
