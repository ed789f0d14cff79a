// A key that expires: one expiry played request by request, every recompute a bar, everybody who waits a thin line. Then
// what more traffic does to it, to be drawn beforehand, and keys that were written together.

import { Clock, eventTable } from "../clock.js";
import { html, newId, onWidth, svg } from "../dom.js";
import { DrawnCurve, knotsBetween } from "../drawn_curve.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { figure, plain, plainWithUnit, withUnit } from "../numbers.js";
import { pathThrough, plane } from "../plane.js";
import { chartOf, curveOf, valueOf } from "../results.js";
import { Scale } from "../scale.js";
import { choiceButtons } from "../segmented.js";

const CROWD = { height: 270, top: 44, foot: 232, side: 14 };
const PLANE_HEIGHT = 280;
const LONGEST_SHOWN = 8;
const HAIR = 1e-9;
const LINE_HEIGHT = 15;
const KINDS = { none: "s2", early: "s1", lock: "s3" };
const DASHES = { none: "7 4", early: null, lock: "2 3" };
const FATES = { recompute: ["s2", "recompute it too"], wait: ["s1", "wait"], old: ["s3", "are given the old value"] };

export function mount(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const clock = new Clock({ unit: "s", seconds: 1, onTime: (time) => seek(time), tell: (time) => result.trace.findLast(({ at }) => at <= here(time))?.label ?? "" });
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const events = eventTable();
  const seconds = (value) => plainWithUnit(value, "s");
  const lasting = new Handle({ label: "Recompute time", words: seconds, onMove: (value) => set({ recompute: value }) });
  const traffic = new Handle({ label: "Requests for the key", words: (value) => plainWithUnit(value, "req/s"), onMove: (value) => set({ requests: value }) });
  const spread = new Handle({ label: "Jitter", words: seconds, onMove: (value) => set({ jitter: value }) });
  const [crowd, rates, together] = Array.from({ length: 3 }, () => html("div", { class: "picture" }));
  const words = html("p", { class: "told" });
  const clip = newId("clip");
  const protection = choiceButtons(fieldOf("protection"), set);
  const another = html("button", { type: "button", class: "chip", onclick: () => set({ seed: (values.seed + 1) % (fieldOf("seed").maximum + 1) }) }, "Another expiry");
  const count = { minimum: 1, maximum: 1e6, step: 1, scale: "log", unit: "" };
  const expected = new DrawnCurve({ key: "early", label: "Recomputes you expect with early draws", across: "req/s", field: count, onChange: () => draw() });
  const guess = new Guess({ invitation: "Draw what early draws make of it", curves: [expected], veil, kept, begin: (knots) => begin(knots), words: () => sentence(), onChange: () => draw() });
  const pages = [
    ["One expiry", [html("div", { class: "plane" }, crowd, lasting.node), clock.node, html("div", { class: "settings" }, another), events.node]],
    ["Traffic", [html("div", { class: "plane" }, rates, traffic.node, expected.node), guess.node]],
    ["Many keys", [html("div", { class: "plane" }, together, spread.node)]],
  ].map(([label, nodes], index) => ({ node: html("div", {}, nodes), tab: html("button", { type: "button", onclick: () => turnTo(index) }, label) }));
  host.replaceChildren(
    html("div", { class: "settings" }, html("div", { class: "segmented", role: "group", "aria-label": "What to try" }, pages.map(({ tab }) => tab)), ghost.node),
    html("div", { class: "settings" }, protection.node),
    ...pages.map(({ node }) => node),
    html("div", { class: "scene-bar" }, words),
    html("p", { class: "scene-keep" }, "A key that everybody wants is recomputed by everybody who comes while it is missing. One lock ends that for a key; only spread ends it for many."),
  );
  let result = null;
  let values = null;
  let width = 0;
  // A page that opens with the question opens where it is asked.
  let page = kept?.isOpening ? 1 : 0;
  let moving = null;

  function turnTo(index) {
    page = index;
    clock.pause();
    draw();
  }

  // From a little before the first thing that happens to a little after the last.
  function span() {
    const { first, last_end: last } = result.frames;
    const from = Math.min(first, 0);
    const to = Math.max(last, 0);
    return { from: from - 0.08 * (to - from), to: to + 0.16 * (to - from) };
  }

  // Where the clock stands on the picture's axis, a hair late, so that what happens then has happened.
  const here = (time) => time + span().from + HAIR;

  function drawCrowd() {
    const { first, refilled, acts, each, fate } = result.frames;
    const { from, to } = span();
    const scale = new Scale("linear", from, to);
    const [left, right] = [CROWD.side, width - CROWD.side];
    const x = (time) => left + scale.place(time) * (right - left);
    const rise = Math.min(16, (CROWD.foot - CROWD.top - 26) / Math.max(1, acts.length));
    const foot = CROWD.foot - 20;
    const level = (index) => (foot - (index + 1) * rise).toFixed(1);
    const [kind, what] = FATES[fate];
    const until = { recompute: (act) => act + refilled - first, wait: () => refilled, old: (act) => act + 0.004 * (to - from) }[fate];
    const edge = svg("rect", { x: 0, y: 0, height: CROWD.height, width });
    const now = svg("line", { class: "now", y1: CROWD.top - 16, y2: CROWD.foot });
    const running = svg("text", { class: "label", x: right, y: 14, "text-anchor": "end" });
    // Both moments may lie close together: one is named above the other.
    const moment = (at, label, high) => [svg("line", { class: "stem faint", x1: x(at), x2: x(at), y1: high + 5, y2: CROWD.foot }), svg("text", { x: Math.min(Math.max(x(at), 50), width - 50), y: high, "text-anchor": "middle" }, label)];
    crowd.replaceChildren(
      svg(
        "svg",
        { width, height: CROWD.height, viewBox: `0 0 ${width} ${CROWD.height}`, role: "img", "aria-label": `One expiry: one request recomputes the key, and ${plain(result.frames.others)} more ${what}.` },
        svg("clipPath", { id: clip }, edge),
        svg("rect", { class: "band", x: x(Math.max(0, Math.min(first, 0))), width: Math.max(0, x(refilled) - x(0)), y: CROWD.top - 4, height: CROWD.foot - CROWD.top + 4 }),
        moment(0, "expires", CROWD.top - 12),
        moment(refilled, "filled again", CROWD.top - 12 - (Math.abs(x(refilled) - x(0)) < 110 ? 16 : 0)),
        svg("g", { "clip-path": `url(#${clip})` },
          svg("path", { class: `due ${kind}`, "stroke-width": Math.max(1, Math.min(8, 0.72 * rise)).toFixed(1), d: acts.map((act, index) => `M${x(act).toFixed(1)} ${level(index)}H${x(until(act)).toFixed(1)}`).join("") }),
          svg("path", { class: "due first", "stroke-width": 9, d: `M${x(first)} ${foot + 4}H${x(refilled)}` }),
        ),
        svg("line", { class: "base", x1: left, x2: right, y1: CROWD.foot, y2: CROWD.foot }),
        scale.ticks(right - left, 60).map((tick) => svg("text", { x: x(tick), y: CROWD.foot + 17, "text-anchor": "middle" }, plain(Number(tick.toPrecision(6))))),
        svg("text", { x: (left + right) / 2, y: CROWD.foot + 35, "text-anchor": "middle" }, `time from expiry, s; 1 line is ${each === 1 ? "1 request" : `${plain(each)} requests`}`),
        running,
        now,
      ),
    );
    moving = { edge, now, running, x, until };
    const longest = Math.min(fieldOf("recompute").maximum, values.lifetime, LONGEST_SHOWN * values.recompute);
    lasting.place({ field: { minimum: fieldOf("recompute").minimum, maximum: longest, step: fieldOf("recompute").step, scale: "linear" }, value: values.recompute, from: x(first + fieldOf("recompute").minimum), to: x(first + longest), at: foot + 4 });
    return { from, to };
  }

  function seek(time) {
    if (!moving) return;
    const { edge, now, running, x, until } = moving;
    const { first, refilled, acts, each, fate } = result.frames;
    const at = here(time);
    edge.setAttribute("width", Math.max(0, x(at) + 1));
    now.setAttribute("x1", x(at));
    now.setAttribute("x2", x(at));
    if (at >= Math.max(result.frames.last_end, 0)) return (running.textContent = sum());
    const going = acts.filter((act) => act <= at && (fate === "old" ? refilled : until(act)) > at).length * each;
    const own = first <= at && refilled > at ? 1 : 0;
    const recomputing = own + (fate === "recompute" ? going : 0);
    running.textContent = `${plain(recomputing)} recomputing${fate === "wait" ? `, ${plain(going)} waiting` : ""}`;
  }

  function sum() {
    const { others, fate } = result.frames;
    if (fate === "recompute") return `${plain(1 + others)} recomputed`;
    return `1 recomputed, ${plain(others)} ${fate === "wait" ? "waited" : "got the old value"}`;
  }

  // From the quietest key to the most popular, at what no protection would cost.
  function begin(knots) {
    const { x, y } = curveOf(result, "by_traffic", "none");
    const xs = knots ?? knotsBetween(new Scale("log", x[0], x.at(-1)));
    count.maximum = topOf(y);
    expected.start(xs, xs.map((rate) => y[x.findLastIndex((value) => value <= rate * 1.001)]));
  }

  const topOf = (heights) => 10 ** Math.ceil(Math.log10(1.5 * Math.max(...heights)));

  function drawRates() {
    const shown = guess.isAsking ? ["none", "lock"] : Object.keys(KINDS);
    const heights = curveOf(result, "by_traffic", "none");
    const narrow = width < 520;
    const frame = plane({ width, height: PLANE_HEIGHT, right: narrow ? 16 : 118, x: { scale: "log", minimum: heights.x[0], maximum: heights.x.at(-1), title: "requests for the key a second" }, y: { scale: "log", minimum: 1, maximum: topOf(heights.y), title: "recomputes an expiry" } });
    const { x, y } = frame;
    const path = (from) => (name) => {
      const { x: xs, y: ys } = curveOf(from, "by_traffic", name);
      return svg("path", { class: `line ${KINDS[name]}`, "stroke-dasharray": DASHES[name], d: pathThrough(frame, xs, ys) });
    };
    // From the lowest up, none on another.
    let floor = frame.bottom + 4;
    const label = (name) => {
      const line = curveOf(result, "by_traffic", name);
      const level = Math.min(floor, y(line.y.at(-1)) + (narrow ? (name === "none" ? 22 : -14) : 4));
      floor = level - LINE_HEIGHT;
      return svg("text", { class: `label ${KINDS[name]}`, x: narrow ? frame.right : frame.right + 7, y: level, "text-anchor": narrow ? "end" : "start" }, line.label);
    };
    const here = curveOf(result, "by_traffic", "here");
    rates.replaceChildren(
      svg(
        "svg",
        { width, height: PLANE_HEIGHT, viewBox: `0 0 ${width} ${PLANE_HEIGHT}`, role: "img", "aria-label": `${chartOf(result, "by_traffic").title}: ${shown.map((name) => curveOf(result, "by_traffic", name).label).join(", ")}. Both axes logarithmic.` },
        frame.axes,
        svg("g", { class: "pale", "clip-path": frame.clip }, ghost.result && !guess.isAsking ? shown.map(path(ghost.result)) : []),
        shown.map(path(result)),
        ["lock", "early", "none"].filter((name) => shown.includes(name)).map(label),
        guess.lines(frame),
        guess.isAsking ? [] : [svg("line", { class: "stem faint", x1: x(here.x[0]), x2: x(here.x[0]), y1: frame.top, y2: frame.bottom }), svg("circle", { class: "dot s1", cx: x(here.x[0]), cy: y(here.y[0]), r: 5 })],
      ),
    );
    traffic.node.hidden = guess.isAsking;
    traffic.place({ field: fieldOf("requests"), value: values.requests, from: x(fieldOf("requests").minimum), to: x(fieldOf("requests").maximum), at: frame.bottom });
    guess.place(frame);
  }

  function drawTogether() {
    const lines = ["none", "lock"].map((name) => ({ name, ...curveOf(result, "by_jitter", name) }));
    const here = curveOf(result, "by_jitter", "here");
    const pale = ghost.result ? ["none", "lock"].map((name) => ({ name, ...curveOf(ghost.result, "by_jitter", name) })) : [];
    const most = lines[0].x.at(-1);
    const frame = plane({ width, height: PLANE_HEIGHT, right: 16, x: { scale: "linear", minimum: 0, maximum: most, title: "jitter, s" }, y: { scale: "log", minimum: 1, maximum: topOf([...lines, ...pale].flatMap(({ y }) => y)), title: "recomputes at once, at the worst moment" } });
    const { x, y } = frame;
    const path = ({ name, x: xs, y: ys }) => svg("path", { class: `line ${KINDS[name]}`, "stroke-dasharray": DASHES[name], d: pathThrough(frame, xs.filter((value) => value <= most), ys) });
    together.replaceChildren(
      svg(
        "svg",
        { width, height: PLANE_HEIGHT, viewBox: `0 0 ${width} ${PLANE_HEIGHT}`, role: "img", "aria-label": `${chartOf(result, "by_jitter").title}: recomputes at once by jitter, without protection and with one a key.` },
        frame.axes,
        svg("g", { class: "pale", "clip-path": frame.clip }, pale.map(path)),
        lines.map(path),
        lines.map((line) => svg("text", { class: `label ${KINDS[line.name]}`, x: frame.right, y: y(line.y.at(-1)) - 8, "text-anchor": "end" }, line.label)),
        svg("circle", { class: "dot s1", cx: x(here.x[0]), cy: y(here.y[0]), r: 6 }),
      ),
    );
    const field = { ...fieldOf("jitter"), maximum: Math.min(fieldOf("jitter").maximum, most) };
    spread.place({ field, value: values.jitter, from: x(field.minimum), to: x(field.maximum), at: frame.bottom });
  }

  function sentence() {
    if (guess.isAsking) return "Without protection recomputes grow with the traffic, a lock keeps them at one. Nobody locks now: each request may recompute early, by a draw. Draw how many do.";
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    const drawn = guess.isDrawn && page === 1 ? " Your curve is the dotted line." : "";
    const waits = withUnit(valueOf(result, "waiting"), "");
    if (page === 2) return `${plain(values.keys)} keys written together, spread over ${seconds(values.jitter)}: ${figure(valueOf(result, "peak"))} recomputes at once at the worst moment.${pale}`;
    return `An expiry costs ${figure(valueOf(result, "recomputes"))} recomputes on average, and ${waits} requests wait; the oldest answer is ${withUnit(valueOf(result, "oldest"), "s")} old.${drawn}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    pages.forEach(({ node, tab }, index) => {
      node.hidden = index !== page;
      tab.setAttribute("aria-pressed", index === page);
      tab.disabled = guess.isAsking && index !== page;
    });
    protection.show(values.protection);
    if (page === 0) {
      const { from, to } = drawCrowd();
      clock.load({ end: to - from, stops: result.trace.map(({ at }) => at - from), origin: from });
      events.show(result.trace.map(({ at, label }) => [withUnit(at, "s"), label]));
    } else if (page === 1) drawRates();
    else drawTogether();
    words.textContent = sentence();
  }

  const stop = onWidth(host, (next) => ((width = next), draw()));
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
