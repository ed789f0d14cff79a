// What haste costs later: five tokens of effort in every sprint, features as beats in time beside those of a clean team,
// and a mark to set where care has paid for itself. How debt grows is a switch, because it is an assumption.

import { Clock, eventTable } from "../clock.js";
import { html, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Mark } from "../mark.js";
import { figure, plain, plainWithUnit, withUnit } from "../numbers.js";
import { pathThrough, plane } from "../plane.js";
import { curveOf, valueOf } from "../results.js";
import { choiceButtons } from "../segmented.js";

const TOKENS = 5;
const MOST_BEATS = 160;
const BEATS = { height: 108, debt: 32, clean: 76 };
const COSTS_HEIGHT = 270;
const SHOWN_BEFORE = 2;
const TEAMS = { indebted: ["s2", "with debt"], clean: ["s1", "clean"] };

export function mount(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const repaidField = fieldOf("repaid");
  const clock = new Clock({ unit: "sprints", onTime: (time) => seek(time), tell: (time) => told(time) });
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const events = eventTable();
  const law = choiceButtons(fieldOf("law"), set);
  law.node.classList.add("loud");
  const tokens = Array.from({ length: TOKENS }, (_, index) => html("button", { type: "button", class: "token", onclick: () => place(index) }, ""));
  const beats = html("div", { class: "picture beats" });
  const costs = html("div", { class: "picture" });
  const words = html("p", { class: "told" });
  const features = { minimum: 1, maximum: 1, step: 0.5, scale: "linear" };
  const mark = new Mark({ label: "Where you expect care to have paid for itself", field: features, words: (value) => plainWithUnit(value, "features"), onChange: () => draw() });
  const guess = new Guess({ invitation: "Mark where care has paid", curves: [mark], veil, kept, begin: () => mark.start(Math.ceil(values.features / 2)), onChange: () => draw(), words: () => sentence(), how: "Drag the mark along the features.", forget: "Remove my mark" });
  host.replaceChildren(
    html("div", { class: "settings" }, html("b", {}, "We assume that debt is"), law.node, ghost.node),
    html("div", { class: "settings" }, html("span", {}, "Every sprint"), html("div", { class: "tokens", role: "group", "aria-label": "Tokens of effort" }, tokens), html("span", {}, "a fifth of the effort each: press one to repay with it, at most two")),
    beats,
    clock.node,
    html("div", { class: "scene-bar" }, words),
    html("div", { class: "plane" }, costs, mark.node),
    guess.node,
    events.node,
    html("p", { class: "scene-keep" }, "Haste is ahead for the first few features, honestly. Whether it ever pays depends on how many will follow."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let rows = null;

  // How many tokens repay; a setting between two tokens counts as the nearer.
  const repaying = () => Math.round((values.repaid / 100) * TOKENS);

  function place(index) {
    const wanted = repaying() === index + 1 ? index : index + 1;
    set({ repaid: Math.min(repaidField.maximum, (100 * wanted) / TOKENS) });
  }

  function drawTokens() {
    const most = Math.floor((repaidField.maximum / 100) * TOKENS);
    tokens.forEach((token, index) => {
      const repays = index < repaying();
      token.textContent = repays ? "repay" : "build";
      token.setAttribute("aria-pressed", repays);
      token.setAttribute("aria-label", `${repays ? "repay" : "build"}: token ${index + 1}`);
      token.disabled = index >= most;
      token.title = index >= most ? `At most ${plainWithUnit(repaidField.maximum, "%")} of the effort can repay.` : "";
    });
  }

  // When each feature is finished, between the sprints that the engine gives.
  function finished(team) {
    const done = [0, ...result.frames.sprints.map((sprint) => sprint[team])];
    const every = Math.max(1, Math.ceil(done.at(-1) / MOST_BEATS));
    const times = [];
    for (let number = every, sprint = 0; number <= done.at(-1); number += every) {
      while (done[sprint + 1] < number) sprint += 1;
      times.push(sprint + (number - done[sprint]) / (done[sprint + 1] - done[sprint]));
    }
    return { times, every };
  }

  function drawBeats() {
    const end = result.frames.sprints.length;
    const left = width < 520 ? 70 : 84;
    const right = width - 46;
    const x = (sprint) => left + (sprint / end) * (right - left);
    const now = svg("line", { class: "now", y1: 10, y2: BEATS.height - 20 });
    const drawn = Object.entries(TEAMS).map(([team, [kind, label]]) => {
      const y = team === "clean" ? BEATS.clean : BEATS.debt;
      const { times, every } = finished(team);
      const dots = times.map((time) => ({ time, dot: svg("circle", { class: `beat ${kind}`, cx: x(time), cy: y, r: 3.6 }) }));
      const count = svg("text", { class: `label ${kind}`, x: right + 8, y: y + 4 });
      return { team, dots, count, every, parts: [svg("text", { class: `label ${kind}`, x: 0, y: y + 4 }, label), svg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }), ...dots.map(({ dot }) => dot), count] };
    });
    beats.replaceChildren(
      svg(
        "svg",
        { width, height: BEATS.height, viewBox: `0 0 ${width} ${BEATS.height}`, role: "img", "aria-label": `Features as they are finished over ${end} sprints: ${figure(result.frames.sprints.at(-1).indebted)} with debt, ${figure(result.frames.sprints.at(-1).clean)} clean.` },
        drawn.flatMap(({ parts }) => parts),
        [0, 10, 20, 30, 40].map((sprint) => svg("text", { x: x(sprint), y: BEATS.height - 4, "text-anchor": "middle" }, sprint === 0 ? "sprint 0" : `${sprint}`)),
        now,
      ),
    );
    return { x, drawn, now };
  }

  function seek(time) {
    if (!rows) return;
    const { x, drawn, now } = rows;
    now.setAttribute("x1", x(time));
    now.setAttribute("x2", x(time));
    const done = [{ indebted: 0, clean: 0 }, ...result.frames.sprints];
    const at = Math.min(done.length - 1, Math.floor(time + 1e-9));
    drawn.forEach(({ team, dots, count }) => {
      dots.forEach(({ time: when, dot }) => dot.classList.toggle("ahead", when > time));
      count.textContent = plain(Math.floor(done[at][team]));
    });
  }

  function told(time) {
    const sprint = result.frames.sprints[Math.max(0, Math.round(time) - 1)];
    return `${figure(sprint.indebted)} features with debt, ${figure(sprint.clean)} clean.`;
  }

  function drawCosts() {
    const lines = ["indebted", "clean"].map((name) => ({ name, ...curveOf(result, "cumulative", name) }));
    const pale = ghost.result && !guess.isAsking ? ["indebted", "clean"].map((name) => ({ name, ...curveOf(ghost.result, "cumulative", name) })) : [];
    const heights = [...lines, ...pale].flatMap(({ y }) => y);
    const most = lines[0].x.at(-1);
    const frame = plane({ width, height: COSTS_HEIGHT, right: 74, x: { scale: "linear", minimum: 0, maximum: Math.max(most, ...pale.map(({ x: xs }) => xs.at(-1))), title: "features built" }, y: { scale: "log", minimum: 1, maximum: Math.max(10, 1.15 * Math.max(...heights)), title: "effort in all, first features, logarithmic" } });
    const { x, y, top, bottom } = frame;
    const seen = ({ x: xs, y: ys }) => (guess.isAsking ? [xs.filter((value) => value <= SHOWN_BEFORE), ys] : [xs, ys]);
    const path = (line) => svg("path", { class: `line ${TEAMS[line.name][0]}`, "stroke-dasharray": line.name === "clean" ? "7 4" : null, d: pathThrough(frame, ...seen(line)) });
    const even = valueOf(result, "break_even");
    const flag = (at, label, kind, level) => [svg("line", { class: `stem ${kind}`, x1: x(at), x2: x(at), y1: level + 4, y2: bottom }), svg("text", { class: `label ${kind}`, x: x(at) > width - 190 ? x(at) - 6 : x(at) + 6, y: level + 12, "text-anchor": x(at) > width - 190 ? "end" : "start" }, label)];
    costs.replaceChildren(
      svg(
        "svg",
        { width, height: COSTS_HEIGHT, viewBox: `0 0 ${width} ${COSTS_HEIGHT}`, role: "img", "aria-label": "Effort spent in all by features built, with debt and clean." },
        frame.axes,
        svg("g", { class: "pale" }, pale.map(path)),
        lines.map(path),
        guess.isAsking ? [] : lines.map((line, index) => svg("text", { class: `label ${TEAMS[line.name][0]}`, x: x(line.x.at(-1)) + 6, y: y(line.y.at(-1)) + (index ? 12 : 0) }, TEAMS[line.name][1])),
        !guess.isAsking && even !== undefined && even <= most ? flag(even, `care has paid: ${figure(even)}`, "s3", top + 18) : [],
        mark.value <= most ? guess.lines(frame) : [],
      ),
    );
    features.maximum = most;
    guess.place(frame);
  }

  function sentence() {
    if (guess.isAsking) return "Care costs more on every feature, haste makes the next one dearer. Mark after how many features both have cost the same.";
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    const even = valueOf(result, "break_even");
    const paid = even === undefined ? "The two never meet at this setting." : `Care has paid for itself after ${withUnit(even, "features")}${guess.isDrawn ? `; you marked ${plain(mark.value)}` : ""}.`;
    return `${paid} In 20 sprints the indebted team gets ${figure(valueOf(result, "done"))} features done, the clean one ${figure(valueOf(result, "clean_done"))}.${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    law.show(values.law);
    drawTokens();
    [beats, clock.node, events.node].forEach((node) => (node.hidden = guess.isAsking));
    rows = drawBeats();
    const { sprints } = result.frames;
    clock.load({ end: sprints.length, stops: sprints.map(({ sprint }) => sprint) });
    drawCosts();
    if (!guess.isAsking) events.show(sprints.filter(({ sprint }) => [1, 2, 5].includes(sprint) || sprint % 10 === 0).map(({ sprint, indebted, clean }) => [plainWithUnit(sprint, sprint === 1 ? "sprint" : "sprints"), `${figure(indebted)} features with debt, ${figure(clean)} clean`]));
    words.textContent = sentence();
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
