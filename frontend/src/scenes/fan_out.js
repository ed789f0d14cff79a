// Push or pull: authors and follows along one axis, a threshold to drag between those whose posts are pushed and those
// who are pulled, and the total cost below it, to be drawn before it is shown. Then one author posts, against the clock.

import { Clock, eventTable } from "../clock.js";
import { html, onWidth, svg } from "../dom.js";
import { DrawnCurve, knotsBetween } from "../drawn_curve.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { brief, plain, plainWithUnit, withUnit } from "../numbers.js";
import { pathThrough, plane } from "../plane.js";
import { curveOf, valueOf } from "../results.js";
import { Scale } from "../scale.js";
import { choiceButtons } from "../segmented.js";
import { stacked } from "../stack.js";
import { wipe } from "../wipe.js";

const NARROW = 520;
const ROWS = { author: 20, authors: 112, follows: 196, height: 206, stack: 58 };
const COST_HEIGHT = 260;
const LEAST = 1;
const FIRST_KNOT = 10;
const LINES = { total: ["s3", null], writes: ["s1", "7 4"], reads: ["s2", "2 3"] };
const CELLS = 200;
const CELL = { most: 22, gap: 3, rounded: 2 };
// What a part's name takes across.
const NAME = 48;
const EXAMPLE = 30_000_000;

const three = (value) => plain(Number(value.toPrecision(3)));
const spell = (seconds) => (seconds < 0.1 ? plainWithUnit(Number((1000 * seconds).toPrecision(3)), "ms") : plainWithUnit(Number(seconds.toPrecision(3)), "s"));
const people = (value) => `${three(value)} followers`;

export function mount(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const rows = html("div", { class: "picture" });
  const costs = html("div", { class: "picture" });
  const timelines = html("div", { class: "picture timelines" });
  const words = html("p", { class: "told" });
  const posted = html("p", { class: "told-after" });
  const pulling = choiceButtons(fieldOf("pull"), set);
  pulling.node.classList.add("loud");
  const cost = { minimum: 1, maximum: 10, step: 1, scale: "log", unit: "writes/s" };
  const curve = new DrawnCurve({ key: "total", label: "Total cost as you expect it", name: "total", across: "followers", field: cost, className: "s3", onChange: () => draw() });
  const guess = new Guess({ invitation: "Draw the total cost", curves: [curve], veil, kept, begin: (knots) => begin(knots), words: () => sentence(), onChange: (isRevealed) => (draw(), isRevealed && wipe(costs.querySelector(".wiped"), frame)) });
  const threshold = new Handle({ label: "Push posts of authors with up to", words: people, onMove: (value) => set({ threshold: value }) });
  const author = new Handle({ label: "Followers of the author who posts", words: people, onMove: (value) => set({ followers: value }) });
  const clock = new Clock({ unit: "s", seconds: 1, label: "Post as this author", onTime: (time) => seek(time), tell: (time) => reached(time) });
  const events = eventTable();
  const celebrity = html("button", { type: "button", class: "btn small quiet", onclick: () => set({ followers: EXAMPLE }) }, "Give this author 30 million");
  host.replaceChildren(
    html("div", { class: "settings" }, html("b", {}, "A pulled list"), pulling.node, ghost.node),
    html("div", { class: "plane" }, rows, author.node),
    html("div", { class: "plane" }, costs, threshold.node, curve.node),
    html("div", { class: "scene-bar" }, words),
    guess.node,
    timelines,
    clock.node,
    html("div", { class: "scene-bar" }, posted, celebrity),
    events.node,
    html("p", { class: "scene-keep" }, "As long as each follow has its price, followers cancel out and the best threshold is none. Only a cost that does not grow with followers draws a line."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let frame = null;
  let field = null;

  // At first as if the threshold did not matter: what pushing all costs, everywhere.
  function begin(knots) {
    const { x, y } = scales();
    Object.assign(cost, { minimum: y.minimum, maximum: y.maximum });
    const xs = knots ?? knotsBetween(new Scale("log", FIRST_KNOT, x.maximum));
    curve.start(xs, xs.map(() => valueOf(result, "all_pushed")));
  }

  function scales() {
    const { x, y } = curveOf(result, "cost", "total");
    const decade = (value, round) => 10 ** round(Math.log10(value));
    return {
      x: { scale: "log", minimum: LEAST, maximum: x.at(-1), title: width < NARROW ? "push up to so many followers" : "push posts of authors with up to so many followers", words: brief },
      y: { scale: "log", minimum: decade(Math.min(...y) / 2, Math.floor), maximum: decade(2 * Math.max(...y), Math.ceil), title: "cost in writes a second", words: brief },
    };
  }

  // Where all are alike, a threshold may lie beyond the picture: all are pushed then.
  const reachOf = (values) => Math.min(values.threshold, curveOf(result, "cost", "total").x.at(-1));

  function drawRows() {
    const { x, left, right } = frame;
    const at = x(reachOf(values));
    const { authors, follows } = result.frames.dots;
    const row = (list, base, name, share) => [
      svg("line", { class: "base", x1: left, x2: right, y1: base, y2: base }),
      stacked(list, x, base, ROWS.stack).map((place, index) => svg("circle", { class: `dot ${list[index] > values.threshold ? "pulled" : ""}`, ...place })),
      svg("text", { class: "label", x: left, y: base - ROWS.stack - 8 }, name),
      guess.isAsking ? [] : svg("text", { class: "label s2", x: right, y: base - ROWS.stack - 8, "text-anchor": "end" }, `${withUnit(valueOf(result, share), "%")} pulled`),
    ].flat(2);
    const mine = x(values.followers);
    const isRight = mine > (left + right) / 2;
    rows.replaceChildren(
      svg(
        "svg",
        { width, height: ROWS.height, viewBox: `0 0 ${width} ${ROWS.height}`, role: "img", "aria-label": "A hundred authors and a hundred follows by the followers of their author." },
        svg("line", { class: "base", x1: left, x2: right, y1: ROWS.author, y2: ROWS.author }),
        svg("text", { class: "label", x: isRight ? mine - 22 : mine + 22, y: ROWS.author - 6, "text-anchor": isRight ? "end" : "start" }, `this author: ${three(values.followers)}`),
        svg("rect", { class: "pulled-side", x: at, y: ROWS.author + 16, width: Math.max(0, right - at), height: ROWS.height - ROWS.author - 16 }),
        svg("line", { class: "now", x1: at, x2: at, y1: ROWS.author + 16, y2: ROWS.height }),
        row(authors, ROWS.authors, "100 authors", "authors_above"),
        row(follows, ROWS.follows, "100 follows", "edges_above"),
      ),
    );
    author.place({ field: fieldOf("followers"), value: values.followers, from: x(fieldOf("followers").minimum), to: x(fieldOf("followers").maximum), at: ROWS.author });
  }

  function drawCosts() {
    const { x, y, top, bottom, right } = frame;
    const total = curveOf(result, "cost", "total");
    const path = (from) => (name) => svg("path", { class: `line ${LINES[name][0]}`, "stroke-dasharray": LINES[name][1], d: pathThrough(frame, ...visible(curveOf(from, "cost", name))) });
    // What has sunk below the picture leaves it.
    const visible = ({ x: xs, y: ys }) => [xs, ys.map((value) => (y(value) > bottom ? Number.NaN : value))];
    const at = x(reachOf(values));
    const here = valueOf(result, "cost");
    const least = total.y.indexOf(Math.min(...total.y));
    const best = valueOf(result, "best_threshold");
    const isRight = at > (frame.left + right) / 2;
    // Each part is named where it has nearly sunk, one above the other where both sink in one place.
    const sunk = (name, find) => {
      const line = curveOf(result, "cost", name);
      return x(line.x[line.y[find]((value) => y(value) <= bottom)]);
    };
    const [risen, gone] = [Math.min(sunk("writes", "findIndex") + 10, right - NAME), sunk("reads", "findLastIndex") - 10];
    const isClose = Math.abs(gone - risen - NAME) < NAME;
    const named = [["writes", "pushed", risen, "start", isClose ? 24 : 8], ["reads", "pulled", gone, "end", 8]].map(([name, label, place, anchor, above]) => svg("text", { class: `label ${LINES[name][0]}`, x: place, y: bottom - above, "text-anchor": anchor }, label));
    costs.replaceChildren(
      svg(
        "svg",
        { width, height: COST_HEIGHT, viewBox: `0 0 ${width} ${COST_HEIGHT}`, role: "img", "aria-label": "Cost in writes a second by threshold, both axes logarithmic: pushed, pulled and total." },
        svg("rect", { class: "pulled-side", x: at, y: top, width: Math.max(0, right - at), height: bottom - top }),
        frame.axes,
        ghost.result && !guess.isAsking ? svg("g", { class: "pale", "clip-path": frame.clip }, path(ghost.result)("total")) : [],
        guess.isAsking ? [] : svg("g", { class: "wiped" }, Object.keys(LINES).map(path(result)), named),
        guess.lines(frame),
        svg("line", { class: "now", x1: at, x2: at, y1: 0, y2: bottom }),
        at - frame.left > 60 ? svg("text", { class: "label s1", x: at - 8, y: top + 14, "text-anchor": "end" }, "push") : [],
        right - at > 40 ? svg("text", { class: "label s2", x: at + 8, y: top + 14 }, "pull") : [],
        guess.isAsking
          ? [svg("circle", { class: "dot s3", cx: x(total.x.at(-1)), cy: y(valueOf(result, "all_pushed")), r: 5 }), svg("text", { class: "label s3", x: right, y: y(valueOf(result, "all_pushed")) - 12, "text-anchor": "end" }, "if all are pushed")]
          : [
              svg("circle", { class: "dot s3", cx: at, cy: y(here), r: 5 }),
              svg("text", { class: "label s3", x: isRight ? at - 10 : at + 10, y: y(here) - 10, "text-anchor": isRight ? "end" : "start" }, `${three(here)} writes/s`),
              best === undefined ? [] : svg("circle", { class: "least", cx: x(best), cy: y(total.y[least]), r: 8 }),
            ].flat(),
      ),
    );
    const reach = { ...fieldOf("threshold"), maximum: Math.min(fieldOf("threshold").maximum, total.x.at(-1)) };
    threshold.place({ field: reach, value: reachOf(values), from: x(reach.minimum), to: x(reach.maximum), at: bottom });
    guess.place(frame);
  }

  // Where the post is the same, so are its timelines.
  function drawTimelines() {
    const { followers } = result.frames;
    const post = `${width} ${followers} ${result.frames.seconds}`;
    if (field?.post === post) return;
    const across = width < NARROW ? 20 : 40;
    const step = Math.min(CELL.most, Math.floor(width / across));
    const cells = Math.min(CELLS, followers);
    const height = Math.ceil(CELLS / across) * step + 36;
    const squares = Array.from({ length: cells }, (_, index) => svg("rect", { class: "timeline", x: (index % across) * step, y: Math.floor(index / across) * step, width: step - CELL.gap, height: step - CELL.gap, rx: CELL.rounded }));
    const each = followers / cells;
    const count = svg("text", { class: "label", x: 0, y: height - 20 });
    timelines.replaceChildren(svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Timelines of ${people(followers)}, as a post reaches them.` }, squares, count, each > 1 ? svg("text", { x: 0, y: height - 3 }, `1 square = ${three(each)} timelines`) : []));
    field = { post, squares, count, filled: 0 };
    clock.load({ end: result.frames.seconds, stops: result.trace.map((event) => event.at_s) });
    events.show(result.trace.filter((_, index) => index % 2 === 0).map((event) => [spell(event.at_s), `${plain(event.timelines)} timelines have it`]));
  }

  // Between two events of the trace the worker writes on at the same rate.
  function reachedAt(time) {
    const { trace } = result;
    const next = trace.findIndex((event) => event.at_s >= time - 1e-12);
    if (next <= 0) return next === 0 ? trace[0].timelines : trace.at(-1).timelines;
    const [before, after] = [trace[next - 1], trace[next]];
    return before.timelines + ((time - before.at_s) / (after.at_s - before.at_s)) * (after.timelines - before.timelines);
  }

  const reached = (time) => `${plain(Math.floor(reachedAt(time)))} of ${plain(result.frames.followers)} timelines have it.`;

  function seek(time) {
    if (!field) return;
    const filled = Math.floor((reachedAt(time) / result.frames.followers) * field.squares.length + 1e-9);
    for (let index = Math.min(filled, field.filled); index < Math.max(filled, field.filled); index += 1) field.squares[index].classList.toggle("has", index < filled);
    field.filled = filled;
    field.count.textContent = reached(time);
  }

  function sentence() {
    if (guess.isAsking) return "On the right all are pushed, on the left all are pulled. Draw what both together cost between.";
    const total = curveOf(result, "cost", "total");
    const least = Math.min(...total.y);
    const best = valueOf(result, "best_threshold");
    const isNear = (value) => value <= least * (1 + 1e-9);
    const lowest = best === undefined ? "With all alike, a threshold pushes all or none." : isNear(total.y.at(-1)) ? "No threshold pays: the least cost is at the end where all are pushed." : isNear(total.y[0]) ? "No threshold pays: the least cost is at the end where all are pulled." : `The least cost is at ${people(best)}.`;
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    return `${three(valueOf(result, "writes"))} writes and ${three(valueOf(result, "lookups"))} list reads a second cost as much as ${three(valueOf(result, "cost"))} writes. ${lowest}${guess.isDrawn ? " Your curve is the dotted line." : ""}${pale}`;
  }

  function postSentence() {
    const took = spell(result.frames.seconds);
    return values.followers > values.threshold ? `This author is beyond the threshold: nothing is pushed, readers fetch the post. Pushed, it would take ${took}.` : `This post is pushed: one worker takes ${took}.`;
  }

  function draw() {
    if (!result || !width) return;
    frame = plane({ width, height: COST_HEIGHT, right: 16, ...scales() });
    pulling.show(values.pull);
    [...pulling.node.children].forEach((button) => (button.disabled = guess.isAsking));
    drawRows();
    drawCosts();
    drawTimelines();
    words.textContent = sentence();
    posted.textContent = postSentence();
  }

  const stop = onWidth(costs, (next) => ((width = next), draw()));
  return {
    stop: () => (stop(), clock.stop()),
    update(nextResult, nextValues, pinned) {
      [result, values] = [nextResult, nextValues];
      ghost.observe(result, values, pinned);
      guess.resume();
      draw();
    },
  };
}
