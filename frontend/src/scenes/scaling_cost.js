// Scaling up or out: say from the first segment how both costs go on, then drag the point where they cross and watch
// which overhead of coordination it takes. Realistic machines come in sizes and get in each other's way.

import { html, onWidth, svg } from "../dom.js";
import { DrawnCurve, knotsBetween } from "../drawn_curve.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { figure, plain, plainWithUnit, withUnit } from "../numbers.js";
import { pathThrough, plane } from "../plane.js";
import { chartOf, curveOf, valueOf } from "../results.js";
import { Scale } from "../scale.js";
import { flagButton } from "../segmented.js";
import { wipe } from "../wipe.js";

const HEIGHT = 300;
const NODES_HEIGHT = 230;
const FIRST_SEGMENT = 2;
const FURTHEST = 64;
const SAID = [4, 8];
const CROSSINGS = { minimum: 1.1, maximum: FURTHEST, step: 0.05, scale: "log" };
const KINDS = { up: "s1", out: "s2" };
const SIDE = 100;
const LINE_HEIGHT = 15;
const LABELS = { up: "one machine", out: "many machines" };

const dollars = (value) => `$${plain(Number(value.toPrecision(4)))}`;
const times = (value) => `${plain(Number(value.toPrecision(3)))} times the load`;

export function mount(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const picture = html("div", { class: "picture" });
  const overheads = html("div", { class: "picture" });
  const nodes = html("div", { class: "picture" });
  const words = html("p", { class: "told" });
  const cost = { minimum: 100, maximum: 1e6, step: 1, scale: "log", unit: "$" };
  const curves = Object.keys(KINDS).map((name) => new DrawnCurve({ key: name, label: `Cost of ${LABELS[name]} as you expect it`, name: LABELS[name], across: "×", field: cost, className: KINDS[name], onChange: () => draw() }));
  const guess = new Guess({ invitation: "Draw how both curves go on", curves, veil, kept, begin: (knots) => begin(knots), words: () => sentence(), onChange: (isRevealed) => (draw(), isRevealed && wipe(picture.querySelector(".wiped"), frame)) });
  const crossing = new Handle({ label: "Load at which both cost the same", words: times, onMove: (value) => ((put = value), set({ overhead: overheadFor(value) })) });
  const load = new Handle({ label: "Load", words: times, onMove: (value) => set({ load: value }) });
  const realistic = flagButton(fieldOf("realistic"), set);
  host.replaceChildren(
    html("div", { class: "settings" }, realistic.node, ghost.node),
    html("div", { class: "plane" }, picture, crossing.node, load.node, curves.map(({ node }) => node)),
    overheads,
    html("div", { class: "scene-bar" }, words),
    guess.node,
    nodes,
    html("p", { class: "scene-keep" }, "Where scaling out becomes cheaper is no constant of nature: move the overhead a little, and the crossing moves a lot."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let frame = null;
  // Where the hand has put the crossing, until the engine has answered for it: an answer to an earlier place takes nothing back.
  let put = null;

  // The engine's own line from overhead to crossing, read the other way round.
  function overheadFor(wanted) {
    const { x, y } = curveOf(result, "crossing", "crossing");
    const after = y.findIndex((value) => value >= wanted);
    if (after <= 0) return after === 0 ? x[0] : x.at(-1);
    const share = Math.log(wanted / y[after - 1]) / Math.log(y[after] / y[after - 1]);
    return Number((x[after - 1] + share * (x[after] - x[after - 1])).toPrecision(4));
  }

  // From the end of the first segment on, both at what they cost there: as if growing were free.
  function begin(xs = knotsBetween(new Scale("log", FIRST_SEGMENT, FURTHEST))) {
    const { y } = costScale();
    Object.assign(cost, { minimum: y.minimum, maximum: y.maximum });
    curves.forEach((curve, index) => {
      const line = curveOf(result, "cost", Object.keys(KINDS)[index]);
      const last = line.y[Math.max(0, line.x.findLastIndex((x) => x <= FIRST_SEGMENT))];
      curve.start(xs, xs.map(() => last));
    });
  }

  const drawnLines = (from) => Object.keys(KINDS).map((name) => ({ name, ...curveOf(from, "cost", name) }));

  function costScale() {
    const heights = drawnLines(result).flatMap(({ y }) => y);
    const decade = (value, round) => 10 ** round(Math.log10(value));
    return {
      x: { scale: "log", minimum: 1, maximum: FURTHEST, title: "load, multiples of one base machine's" },
      y: { scale: "log", minimum: decade(Math.min(...heights), Math.floor), maximum: decade(Math.max(...heights) * 1.01, Math.ceil), title: "cost a month, $" },
    };
  }

  function drawCosts() {
    const narrow = width < 520;
    frame = plane({ width, height: HEIGHT, right: narrow ? 48 : 110, ...costScale() });
    const { x, y, top, bottom } = frame;
    const seen = ({ x: xs, y: ys }) => (guess.isAsking ? [xs.filter((value) => value <= FIRST_SEGMENT), ys] : [xs, ys]);
    const path = (line) => svg("path", { class: `line ${KINDS[line.name]}`, "stroke-dasharray": line.name === "out" ? "7 4" : null, d: pathThrough(frame, ...seen(line)) });
    const lines = drawnLines(result);
    // Names at the ends of lines as they are seen, none on another.
    const lastOf = (line) => (guess.isAsking ? line.x.findLastIndex((value) => value <= FIRST_SEGMENT) : line.x.length - 1);
    const names = lines.filter((line) => lastOf(line) >= 0).map((line) => ({ line, from: x(line.x[lastOf(line)]), at: y(line.y[lastOf(line)]) + 4 })).sort((one, other) => one.at - other.at);
    const [upper, lower] = names;
    if (lower && Math.abs(upper.from - lower.from) < SIDE) lower.at += Math.max(0, upper.at + LINE_HEIGHT - lower.at);
    const label = ({ line, from, at: level }) => svg("text", { class: `label ${KINDS[line.name]}`, x: from + 6, y: level }, narrow ? LABELS[line.name].split(" ")[0] : LABELS[line.name]);
    const at = valueOf(result, "crossing");
    const here = guess.isAsking ? [] : lines.map((line) => [line.name, valueOf(result, line.name)]).filter(([, value]) => value !== undefined);
    picture.replaceChildren(
      svg(
        "svg",
        { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `${chartOf(result, "cost").title}: one machine and many machines, both axes logarithmic.` },
        guess.isAsking ? [] : [svg("rect", { class: "band", x: x(SAID[0]), width: x(SAID[1]) - x(SAID[0]), y: top, height: bottom - top }), svg("text", { class: "band-name", x: x(SAID[0]) + 4, y: top + 13 }, narrow ? "4 to 8" : "four to eight")],
        frame.axes,
        ghost.result && !guess.isAsking ? svg("g", { class: "pale", "clip-path": frame.clip }, drawnLines(ghost.result).map(path)) : [],
        svg("g", { class: "wiped" }, lines.map(path)),
        names.map(label),
        guess.lines(frame),
        here.map(([name, value]) => svg("circle", { class: `dot ${KINDS[name]}`, cx: x(values.load), cy: y(value), r: 5 })),
        guess.isAsking ? [] : svg("line", { class: "stem faint", x1: x(values.load), x2: x(values.load), y1: top, y2: bottom }),
      ),
    );
    const isDragged = !guess.isAsking && !values.realistic;
    crossing.node.hidden = !isDragged;
    load.node.hidden = guess.isAsking;
    if (isDragged) {
      const shown = Math.min(CROSSINGS.maximum, Math.max(CROSSINGS.minimum, put ?? at ?? CROSSINGS.minimum));
      const line = curveOf(result, "cost", "up");
      const nearest = line.y[line.x.findIndex((value) => value >= shown - 1e-9)] ?? line.y.at(-1);
      crossing.place({ field: CROSSINGS, value: shown, from: x(CROSSINGS.minimum), to: x(CROSSINGS.maximum), at: y(nearest) });
    }
    load.place({ field: fieldOf("load"), value: values.load, from: x(1), to: x(FURTHEST), at: bottom });
    guess.place(frame);
  }

  // The overhead that the crossing rests on, with the reach of "four to eight times" marked.
  function drawOverheads() {
    overheads.hidden = guess.isAsking;
    const field = fieldOf("overhead");
    const scale = new Scale("linear", field.minimum, field.maximum);
    const x = (value) => frame.left + scale.place(value) * (frame.right - frame.left);
    const [low, high] = ["overhead_at_four", "overhead_at_eight"].map((name) => Math.min(field.maximum, valueOf(result, name)));
    overheads.replaceChildren(
      svg(
        "svg",
        { width, height: 66, viewBox: `0 0 ${width} 66`, role: "img", "aria-label": `Coordination overhead ${plain(values.overhead)}; four to eight times takes ${figure(low)} to ${figure(high)}.` },
        svg("rect", { class: "band", x: x(low), width: Math.max(2, x(high) - x(low)), y: 4, height: 22 }),
        svg("line", { class: "base", x1: x(0), x2: x(field.maximum), y1: 26, y2: 26 }),
        [0, 1, 2, 3].map((tick) => svg("text", { x: x(tick), y: 43, "text-anchor": "middle" }, plain(tick))),
        svg("text", { x: (frame.left + frame.right) / 2, y: 61, "text-anchor": "middle" }, "coordination overhead that this takes"),
        svg("circle", { class: "dot s3", cx: x(values.overhead), cy: 26, r: 6 }),
        svg("text", { class: "label s3", x: Math.min(x(values.overhead) + 10, width - 34), y: 18 }, figure(values.overhead)),
      ),
    );
  }

  function drawNodes() {
    nodes.hidden = guess.isAsking || !values.realistic;
    if (nodes.hidden) return;
    const [carried, ideal] = ["carried", "ideal"].map((name) => curveOf(result, "nodes", name));
    const peak = curveOf(result, "nodes", "here");
    const own = plane({ width, height: NODES_HEIGHT, right: width < 520 ? 56 : 110, x: { scale: "log", minimum: 1, maximum: carried.x.at(-1), title: "nodes" }, y: { scale: "log", minimum: 1, maximum: 100, title: "load that they carry, ×" } });
    const upTo = ideal.x.filter((value) => value <= 100);
    nodes.replaceChildren(
      svg(
        "svg",
        { width, height: NODES_HEIGHT, viewBox: `0 0 ${width} ${NODES_HEIGHT}`, role: "img", "aria-label": chartOf(result, "nodes").caption },
        own.axes,
        svg("path", { class: "line faint", "stroke-dasharray": "2 3", d: pathThrough(own, upTo, ideal.y) }),
        svg("path", { class: "line s2", d: pathThrough(own, carried.x, carried.y) }),
        svg("text", { class: "label faint", x: own.x(upTo.at(-1)) + 6, y: own.y(upTo.at(-1)) + 12 }, "no loss"),
        svg("text", { class: "label s2", x: own.right + 6, y: own.y(carried.y.at(-1)) + 4 }, "carried"),
        peak ? [svg("circle", { class: "dot s2", cx: own.x(peak.x[0]), cy: own.y(peak.y[0]), r: 6 }), svg("text", { class: "label s2", x: own.x(peak.x[0]), y: own.y(peak.y[0]) - 14, "text-anchor": "middle" }, `${plain(peak.x[0])} nodes carry the most: ${withUnit(peak.y[0], "×")}`)] : [],
      ),
    );
  }

  function sentence() {
    if (guess.isAsking) return "This is what they cost up to twice the load. Draw how both go on.";
    const at = valueOf(result, "crossing");
    const [low, high] = ["overhead_at_four", "overhead_at_eight"].map((name) => figure(valueOf(result, name)));
    const drawn = guess.isDrawn ? " Your curves are the dotted lines." : "";
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    const costs = [["up", "one machine"], ["out", "many"]].map(([name, label]) => (valueOf(result, name) === undefined ? `${label} cannot carry it` : `${label} cost${name === "up" ? "s" : ""} ${dollars(valueOf(result, name))}`)).join(", ");
    if (values.realistic) return `At ${times(values.load)} ${costs}. Lines end where nothing for sale, or no number of nodes, is enough.${drawn}${pale}`;
    if (at === undefined) return `Many machines ${values.overhead <= values.exponent - 1 ? "are never dearer" : "never become the cheaper"} here. “Four to eight times” would take an overhead between ${low} and ${high}.${drawn}${pale}`;
    return `Many machines are cheaper beyond ${times(at)}, because coordination costs ${plain(values.overhead)}. “Four to eight times” takes an overhead between ${low} and ${high}. At this load, ${plainWithUnit(values.load, "×")}: ${costs}.${drawn}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    drawCosts();
    drawOverheads();
    drawNodes();
    realistic.show(values.realistic);
    realistic.node.disabled = guess.isAsking;
    words.textContent = sentence();
  }

  const stop = onWidth(picture, (next) => ((width = next), draw()));
  return {
    stop,
    update(nextResult, nextValues, pinned, isAnswered) {
      [result, values] = [nextResult, nextValues];
      if (isAnswered) put = null;
      ghost.observe(result, values, pinned);
      guess.resume();
      draw();
    },
  };
}
