// One request: who is asked above, when each answers below, on one axis of milliseconds. A component changes its state
// when pressed, an edge how it is waited for; what plays is the waiting at the join.

import { Clock, eventTable } from "../clock.js";
import { html, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { edgePath, placed } from "../graph.js";
import { plain, plainWithUnit, rangeWithUnit } from "../numbers.js";
import { valueOf } from "../results.js";
import { Scale } from "../scale.js";
import { choiceButtons } from "../segmented.js";

const NARROW = 560;
const ROW = 24;
const GANTT_TOP = 18;
const LETTER = 6.6;
const HOPS = ["balancer", "application", "cache", "database", "search", "queue", "worker"];
const NAMES = { client: "Client", balancer: "Balancer", application: "Application", cache: "Cache", database: "Database", search: "Search", queue: "Queue", worker: "Worker" };
const PAGES = { fresh: "a fresh, whole page", stale: "an old timeline", incomplete: "a page without search results", failed: "no page" };
const BRANCHES = new Set(["cache", "database", "search"]);

const ms = (value) => plainWithUnit(Number(value.toPrecision(4)), "ms");

// A frame that says nothing new lays nothing out.
const write = (node, text) => node.textContent === text || (node.textContent = text);

// Boxes [left, top, width, height] and edges [from, to] as paths, for a wide picture and for a narrow one.
function layout(width) {
  if (width < NARROW) {
    const third = width / 3;
    const box = (column, top) => [column * third + 3, top, third - 6, 44];
    return {
      height: 316,
      boxes: { client: box(0, 0), balancer: [width - third + 3 - 20, 0, third - 6 + 20, 44], application: [3, 68, width - 6, 44], cache: box(0, 178), search: box(1, 178), queue: box(2, 178), database: box(0, 266), worker: box(2, 266) },
      isDown: true,
    };
  }
  const column = (width - 24) / 5;
  const box = (at, row, share = 0.7) => [12 + at * column, row * 66 + 4, column * share, 48];
  return {
    height: 196,
    boxes: { client: box(0, 1, 0.62), balancer: box(0.86, 1, 0.8), application: [12 + 1.9 * column, 4, column * 0.72, 180], cache: box(3.5, 0, 0.66), search: box(3.5, 1, 0.66), queue: box(3.5, 2, 0.66), database: box(4.38, 0, 0.66), worker: box(4.38, 2, 0.66) },
    isDown: false,
  };
}

const EDGES = [["client", "balancer"], ["balancer", "application"], ["application", "cache"], ["application", "search"], ["application", "queue"], ["cache", "database"], ["queue", "worker"]];

export function mount(host, { set: send, fields }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const clock = new Clock({ unit: "ms", seconds: 0.001, onTime: (time) => seek(time), tell: (time) => `The application ${applicationAt(time) || "is not asked yet"}.` });
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const events = eventTable();
  const words = html("p", { class: "told" });
  const wires = html("div");
  const graph = html("div", { class: "graph" }, wires);
  const gantt = html("div", { class: "picture" });
  const followed = choiceButtons(fieldOf("request"), set);
  const nodes = Object.fromEntries(Object.keys(NAMES).map((name) => [name, makeNode(name)]));
  const edges = { search: makeEdge("search_edge", "Search"), queue: makeEdge("queue_policy", "Queue") };
  graph.append(...[...Object.values(nodes), ...Object.values(edges)].map(({ node }) => node));
  host.replaceChildren(
    html("div", { class: "settings" }, html("span", {}, "Follow"), followed.node, ghost.node),
    html("div", { class: "plane" }, graph, gantt),
    clock.node,
    html("div", { class: "scene-bar" }, words),
    events.node,
    html("p", { class: "scene-keep" }, "Press a component to slow it, stop it, silence it; press an edge to change whether the page waits. Only the answer that arrives last decides."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let drawn = null;

  // What a press does next, in the field's own words.
  function cycle(field) {
    const at = field.options.findIndex(({ value }) => value === values[field.name]);
    return { now: field.options[at], next: field.options[(at + 1) % field.options.length] };
  }

  function makeNode(name) {
    const field = fieldOf(`${name}_state`);
    const state = html("span", { class: "node-state" });
    const press = () => set({ [field.name]: cycle(field).next.value });
    const next = html("span", { class: "visually-hidden" });
    const node = field ? html("button", { type: "button", class: "node", onclick: press }, html("b", {}, NAMES[name], " "), state, next) : html("div", { class: "node fixed" }, html("b", {}, NAMES[name]), state);
    return { node, state, next, field };
  }

  function makeEdge(name, label) {
    const field = fieldOf(name);
    const node = html("button", { type: "button", class: "edge-mode", onclick: () => set({ [name]: cycle(field).next.value }) });
    return { node, field, label };
  }

  const isAsked = (name) => name === "client" || result.trace.some((hop) => hop.name === name);
  const hopOf = (name) => result.trace.find((hop) => hop.name === name);

  function drawGraph() {
    const { boxes, height } = layout(width);
    graph.style.height = `${height}px`;
    const lines = EDGES.map(([from, to]) => {
      const { d, middle } = edgePath(boxes[from], boxes[to]);
      const hop = hopOf(to);
      const kind = !hop ? "unasked" : hop.waited ? "" : "apart";
      if (edges[to]) Object.assign(edges[to].node.style, { left: `${middle[0]}px`, top: `${middle[1]}px` });
      return [to, svg("path", { class: `wire ${kind}`, d })];
    });
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, lines.map(([, line]) => line));
    for (const [name, { node, state, field, next: after }] of Object.entries(nodes)) {
      placed(node, boxes[name]);
      node.classList.toggle("unasked", !isAsked(name));
      if (!field) continue;
      const { now, next } = cycle(field);
      node.dataset.state = now.value;
      state.textContent = now.label.split(",")[0];
      after.textContent = `, press for ${next.label}`;
    }
    for (const { node, field, label } of Object.values(edges)) {
      const { now, next } = cycle(field);
      const shown = field.name === "queue_policy" ? `If full: ${now.label.split(" ")[0].toLowerCase()}` : now.label;
      node.textContent = shown;
      node.setAttribute("aria-label", `${shown}. ${label}, press for ${next.label}.`);
    }
    wires.replaceChildren(picture);
    return lines;
  }

  // When the last branch that the page waits for has answered.
  const joinOf = (trace) => Math.max(...trace.filter((hop) => BRANCHES.has(hop.name) && hop.waited && hop.critical).map((hop) => hop.end_ms));

  function drawGantt() {
    const { trace, frames } = result;
    const end = Math.max(...trace.map((hop) => hop.end_ms), frames.total_ms);
    const left = width < NARROW ? 86 : 104;
    const right = width - 58;
    const scale = new Scale("linear", 0, end);
    const x = (time) => left + Math.min(1.02, scale.place(time)) * (right - left);
    const bottom = GANTT_TOP + HOPS.length * ROW + 6;
    const middle = (name) => GANTT_TOP + (HOPS.indexOf(name) + 0.5) * ROW;
    const join = joinOf(trace);
    const bars = trace.map((hop) => {
      const kind = `${hop.critical ? "critical" : hop.waited ? "waited" : "apart"} ${hop.answered ? "" : "unanswered"}`;
      return { hop, rect: svg("rect", { class: `hop ${kind}`, x: x(hop.start_ms), y: middle(hop.name) - 7, height: 14, rx: 2, width: 0 }) };
    });
    // A branch that has answered waits for the one that has not.
    const slack = trace
      .filter((hop) => BRANCHES.has(hop.name) && hop.waited && !hop.critical && hop.end_ms < join && !trace.some((next) => next.waited && !next.critical && next.start_ms === hop.end_ms && next !== hop))
      .map((hop) => ({ hop, line: svg("line", { class: "slack", x1: x(hop.end_ms), x2: x(hop.end_ms), y1: middle(hop.name) + 8, y2: middle(hop.name) + 8 }) }));
    const took = (hop) => {
      const short = `${hop.answered ? "" : "✕ "}${ms(hop.end_ms - hop.start_ms)}`;
      const long = `${short}, then waits ${ms(join - hop.end_ms)}`;
      return slack.some((each) => each.hop === hop) && x(hop.end_ms) + 6 + LETTER * long.length < width ? long : short;
    };
    const earlier = ghost.result;
    const pale = earlier ? svg("g", { class: "pale" },
      earlier.trace.map((hop) => svg("line", { class: "earlier", x1: x(hop.start_ms), x2: x(hop.end_ms), y1: middle(hop.name) + 10, y2: middle(hop.name) + 10 })),
      svg("line", { class: "deadline", x1: x(earlier.frames.total_ms), x2: x(earlier.frames.total_ms), y1: GANTT_TOP, y2: bottom })) : null;
    const total = x(frames.total_ms);
    const isRight = total > 130;
    const now = svg("line", { class: "now", y1: GANTT_TOP, y2: bottom });
    gantt.replaceChildren(
      svg(
        "svg",
        { width, height: bottom + 42, viewBox: `0 0 ${width} ${bottom + 42}`, role: "img", "aria-label": `When each component is asked and answers: ${trace.map((hop) => `${NAMES[hop.name]} from ${ms(hop.start_ms)} to ${ms(hop.end_ms)}`).join(", ")}.` },
        scale.ticks(right - left, 56).map((tick) => [svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: GANTT_TOP, y2: bottom }), svg("text", { x: x(tick), y: bottom + 17, "text-anchor": "middle" }, plain(tick))]).flat(),
        svg("line", { class: "base", x1: left, x2: right, y1: bottom, y2: bottom }),
        svg("text", { x: (left + right) / 2, y: bottom + 35, "text-anchor": "middle" }, "time since the request, ms"),
        HOPS.map((name) => svg("text", { class: isAsked(name) ? "label" : "unasked", x: 0, y: middle(name) + 4 }, NAMES[name])),
        pale,
        bars.map(({ rect }) => rect),
        slack.map(({ line }) => line),
        bars.map(({ hop }) => svg("text", { class: "took", x: Math.min(x(hop.end_ms), right) + 6, y: middle(hop.name) + 4 }, took(hop))),
        svg("line", { class: "deadline", x1: total, x2: total, y1: GANTT_TOP - 4, y2: bottom }),
        svg("text", { class: "label slowest", x: isRight ? total : total - 6, y: 10, "text-anchor": isRight ? "end" : "start" }, `${frames.page === "failed" ? "fails" : "page"} after ${ms(frames.total_ms)}`),
        now,
      ),
    );
    return { x, bars, slack, now, join };
  }

  function seek(time) {
    if (!drawn) return;
    const { x, bars, slack, now, join, lines } = drawn;
    const isOver = time >= clock.end;
    now.setAttribute("x1", x(time));
    now.setAttribute("x2", x(time));
    now.classList.toggle("over", isOver);
    bars.forEach(({ hop, rect }) => rect.setAttribute("width", Math.max(0, x(Math.min(time, hop.end_ms)) - x(hop.start_ms))));
    slack.forEach(({ hop, line }) => line.setAttribute("x2", x(Math.min(Math.max(time, hop.end_ms), join))));
    const working = (name) => !isOver && result.trace.some((hop) => hop.name === name && hop.start_ms <= time && time < hop.end_ms);
    lines.forEach(([to, line]) => line.classList.toggle("busy", working(to)));
    Object.entries(nodes).forEach(([name, { node }]) => node.classList.toggle("busy", working(name)));
    write(nodes.application.state, applicationAt(time));
    write(nodes.client.state, time >= result.frames.total_ms ? (result.frames.page === "failed" ? "has no page" : "has its page") : "waits");
  }

  function applicationAt(time) {
    if (time >= result.frames.total_ms) return "is done";
    const awaited = result.trace.filter((hop) => BRANCHES.has(hop.name) && hop.waited && hop.start_ms <= time && time < hop.end_ms).map((hop) => hop.name);
    if (awaited.length) return `waits for ${awaited.join(" and ")}`;
    return hopOf("application").start_ms <= time ? "computes" : "";
  }

  function draw() {
    if (!result || !width) return;
    followed.show(values.request);
    const lines = drawGraph();
    drawn = { ...drawGantt(), lines };
    const { trace, frames } = result;
    clock.load({ end: Math.max(...trace.map((hop) => hop.end_ms), frames.total_ms), stops: trace.flatMap((hop) => [hop.start_ms, hop.end_ms]) });
    events.show(trace.map((hop) => [rangeWithUnit(hop.start_ms, hop.end_ms, "ms"), `${NAMES[hop.name]} ${hop.answered ? "answers" : "gives no answer"}${hop.critical ? ", on the critical path" : hop.waited ? ", in its shadow" : ", not waited for"}`]));
    const path = trace.filter((hop) => hop.critical).map((hop) => NAMES[hop.name]).join(", ");
    words.textContent = `This ${values.request} brings ${PAGES[frames.page]} after ${ms(frames.total_ms)}. All requests take ${ms(valueOf(result, "mean"))} on average. On the critical path: ${path}.${ghost.result ? ` Pale: ${ghost.words}.` : ""}`;
  }

  const stop = onWidth(gantt, (next) => ((width = next), draw()));
  return {
    stop: () => (stop(), clock.stop()),
    update(nextResult, nextValues, pinned) {
      [result, values] = [nextResult, nextValues];
      ghost.observe(result, values, pinned);
      draw();
    },
  };
}
