// What haste costs later: five tokens of effort in every sprint to build or to repay with, features as beats in time above
// them, beside those of a clean team and of the same tokens spread evenly, and a mark to set where care has paid for
// itself. How debt grows is a switch, because it is an assumption.

import { Clock, eventTable } from "../clock.js";
import { html, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Mark } from "../mark.js";
import { figure, plain, plainWithUnit, typed, withUnit } from "../numbers.js";
import { pathThrough, plane } from "../plane.js";
import { curveOf, valueOf } from "../results.js";
import { choiceButtons } from "../segmented.js";
import { TokenBoard } from "../tokens.js";

const TOKENS = 5;
const SPRINTS = 20;
const MOST_BEATS = 160;
const BEATS_HEIGHT = 106;
const COSTS_HEIGHT = 270;
const SHOWN_BEFORE = 2;
const LINE_HEIGHT = 14;
const TEAMS = { indebted: ["s2", "with debt"], even: ["s4", "evenly"], clean: ["s1", "clean"] };
const DASHES = { clean: "7 4", even: "2 4" };
const sprintNames = Array.from({ length: SPRINTS }, (_, index) => `sprint_${index + 1}`);

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
  const pace = choiceButtons(fieldOf("repayment"), (changes) => turnTo(changes));
  const board = new TokenBoard({ columns: SPRINTS, tokens: TOKENS, onPlace: (changes) => place(changes) });
  const hint = html("p", { class: "soft" });
  const back = html("button", { type: "button", class: "text-button", onclick: () => putAll(sprintNames.map(() => 0)) }, "Take all tokens back");
  const typedPlan = html("input", { class: "num", inputmode: "numeric", autocomplete: "off", size: 42, onchange: () => enter() });
  const typedProblem = html("span", { class: "field-error", role: "alert" });
  const byNumber = html("details", { class: "by-number" }, html("summary", {}, "Enter as numbers"), html("label", {}, "Tokens that repay, sprint by sprint ", typedPlan), typedProblem);
  const beats = html("div", { class: "picture beats" });
  const costs = html("div", { class: "picture" });
  const words = html("p", { class: "told" });
  const features = { minimum: 1, maximum: 1, step: 0.5, scale: "linear" };
  const mark = new Mark({ label: "Where you expect care to have paid for itself", field: features, words: (value) => plainWithUnit(value, "features"), onChange: () => draw() });
  const guess = new Guess({ invitation: "Mark where care has paid", curves: [mark], veil, kept, begin: () => mark.start(Math.ceil(values.features / 2)), onChange: () => draw(), words: () => sentence(), how: "Drag the mark along the features.", forget: "Remove my mark" });
  host.replaceChildren(
    html("div", { class: "settings" }, html("b", {}, "We assume that debt is"), law.node, ghost.node),
    html("div", { class: "settings" }, html("b", {}, "Repay"), pace.node, back),
    beats,
    board.node,
    hint,
    byNumber,
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

  const isPlanned = () => values.repayment === "plan";

  // The tokens of every sprint; a share between two tokens counts as the nearer, half-way as the lower.
  const placed = () => sprintNames.map((name) => (isPlanned() ? values[name] : Math.max(0, Math.ceil((values.repaid / 100) * TOKENS - 0.5))));

  function place(changes) {
    if (!isPlanned()) return set({ repaid: Math.min(repaidField.maximum, (100 * [...changes.values()].at(-1)) / TOKENS) }), drawTokens();
    putAll(placed().map((tokens, index) => changes.get(index) ?? tokens));
  }

  // A plan that never builds is none: its last sprint keeps a token.
  function putAll(plan) {
    if (plan.every((tokens) => tokens === TOKENS)) plan[SPRINTS - 1] -= 1;
    set(Object.fromEntries(sprintNames.map((name, index) => [name, plan[index]])));
    drawTokens();
  }

  // A first plan begins as what it replaces.
  function turnTo(changes) {
    const begun = changes.repayment === "plan" && sprintNames.every((name) => values[name] === 0) ? placed() : [];
    set({ ...changes, ...Object.fromEntries(begun.map((tokens, index) => [sprintNames[index], tokens])) });
    drawTokens();
  }

  function enter() {
    const plan = typedPlan.value.trim().split(/[\s,;]+/).map(typed);
    const wrong = plan.find((tokens) => !Number.isInteger(tokens) || tokens < 0 || tokens > TOKENS);
    const given = wrong === undefined ? `${plan.length} numbers` : Number.isNaN(wrong) ? "something else" : plain(wrong);
    typedProblem.textContent = wrong === undefined && plan.length === SPRINTS ? "" : `Give ${SPRINTS} whole numbers from 0 to ${TOKENS}, with spaces between them; you gave ${given}.`;
    typedPlan.setAttribute("aria-invalid", typedProblem.textContent !== "");
    if (!typedProblem.textContent) putAll(plan);
  }

  function drawTokens() {
    const isAlike = !isPlanned();
    const plan = placed();
    const most = isAlike ? Math.floor((repaidField.maximum / 100) * TOKENS) : TOKENS;
    const lost = plan.map((tokens, index) => (!isAlike && result.frames.plan?.[index].tokens === tokens ? result.frames.plan[index].lost : 0));
    pace.show(values.repayment);
    board.show({ placed: plan, lost, most, isAlike, share: `${plainWithUnit(values.repaid, "%")} of the effort repays` });
    hint.textContent = isAlike
      ? `A fifth of a sprint's effort each. Press one to repay with it in every sprint, at most ${most}; hollow ones build.`
      : "Press a token or stroke across sprints. Filled ones repay, hollow ones build, dotted ones repay when nothing more is owed and are lost. After sprint 20 the plan goes on at its average.";
    back.style.visibility = isAlike || guess.isAsking || plan.every((tokens) => tokens === 0) ? "hidden" : "visible";
    byNumber.hidden = isAlike || guess.isAsking;
    if (document.activeElement !== typedPlan) typedPlan.value = plan.join(" ");
  }

  // The sprints of the board; the engine's go on after them.
  const sprintsShown = () => result.frames.sprints.slice(0, SPRINTS);
  const teamsShown = () => Object.keys(TEAMS).filter((team) => result.frames.sprints[0][team] !== undefined);

  // When each feature is finished, between the sprints that the engine gives.
  function finished(team) {
    const done = [0, ...sprintsShown().map((sprint) => sprint[team])];
    const every = Math.max(1, Math.ceil(done.at(-1) / MOST_BEATS));
    const times = [];
    for (let number = every, sprint = 0; number <= done.at(-1); number += every) {
      while (done[sprint + 1] < number) sprint += 1;
      times.push(sprint + (number - done[sprint]) / (done[sprint + 1] - done[sprint]));
    }
    return { times, every };
  }

  function drawBeats() {
    const left = width < 520 ? 70 : 84;
    const right = width - 34;
    // As high for two teams as for three: a plan brings the third, and what stands below keeps its place.
    const height = BEATS_HEIGHT;
    const apart = (height - 10) / teamsShown().length;
    const x = (sprint) => left + (sprint / SPRINTS) * (right - left);
    const isWide = board.fit({ left, right, width });
    const now = svg("line", { class: "now", y1: 4, y2: height });
    const drawn = teamsShown().map((team, row) => {
      const [kind, label] = TEAMS[team];
      const y = apart * (row + 0.5) + 4;
      const { times, every } = finished(team);
      const dots = times.map((time) => ({ time, dot: svg("circle", { class: `beat ${kind}`, cx: x(time), cy: y, r: width < 520 ? 2.6 : 3.6 }) }));
      const count = svg("text", { class: `label ${kind}`, x: right + 8, y: y + 4 });
      return { team, dots, count, every, parts: [svg("text", { class: `label ${kind}`, x: 0, y: y + 4 }, label), svg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }), ...dots.map(({ dot }) => dot), count] };
    });
    const last = sprintsShown().at(-1);
    const axis = isWide ? [] : [0, 5, 10, 15, 20].map((sprint) => svg("text", { x: x(sprint), y: height + 14, "text-anchor": "middle" }, sprint === 0 ? "sprint 0" : `${sprint}`));
    const tall = height + (isWide ? 0 : 18);
    beats.replaceChildren(
      svg(
        "svg",
        { width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: "img", "aria-label": `Features as they are finished over ${SPRINTS} sprints: ${teamsShown().map((team) => `${figure(last[team])} ${TEAMS[team][1]}`).join(", ")}.` },
        drawn.flatMap(({ parts }) => parts),
        axis,
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
    const at = Math.min(SPRINTS, Math.floor(time + 1e-9));
    drawn.forEach(({ team, dots, count }) => {
      dots.forEach(({ time: when, dot }) => dot.classList.toggle("ahead", when > time));
      count.textContent = plain(at ? Math.floor(result.frames.sprints[at - 1][team]) : 0);
    });
  }

  const doneBy = (sprint) => teamsShown().map((team) => `${figure(sprint[team])} ${team === "indebted" ? "features with debt" : TEAMS[team][1]}`).join(", ");

  const told = (time) => `${doneBy(result.frames.sprints[Math.max(0, Math.round(time) - 1)])}.`;

  function drawCosts() {
    const lines = teamsShown().map((name) => ({ name, ...curveOf(result, "cumulative", name) }));
    const pale = ghost.result && !guess.isAsking ? ["indebted", "clean"].map((name) => ({ name, ...curveOf(ghost.result, "cumulative", name) })) : [];
    const heights = [...lines, ...pale].flatMap(({ y }) => y);
    const most = lines[0].x.at(-1);
    const frame = plane({ width, height: COSTS_HEIGHT, right: 74, x: { scale: "linear", minimum: 0, maximum: Math.max(most, ...pale.map(({ x: xs }) => xs.at(-1))), title: "features built" }, y: { scale: "log", minimum: 1, maximum: Math.max(10, 1.15 * Math.max(...heights)), title: "effort in all, first features, logarithmic" } });
    const { x, y, top, bottom } = frame;
    const seen = ({ x: xs, y: ys }) => (guess.isAsking ? [xs.filter((value) => value <= SHOWN_BEFORE), ys] : [xs, ys]);
    const path = (line) => svg("path", { class: `line ${TEAMS[line.name][0]}`, "stroke-dasharray": DASHES[line.name], d: pathThrough(frame, ...seen(line)) });
    const even = valueOf(result, "break_even");
    const flag = (at, label, kind, level) => [svg("line", { class: `stem ${kind}`, x1: x(at), x2: x(at), y1: level + 4, y2: bottom }), svg("text", { class: `label ${kind}`, x: x(at) > width - 190 ? x(at) - 6 : x(at) + 6, y: level + 12, "text-anchor": x(at) > width - 190 ? "end" : "start" }, label)];
    // Names at the ends of lines, none on another.
    const names = lines.map((line) => ({ line, at: y(line.y.at(-1)) + 4 })).sort((one, other) => one.at - other.at);
    names.forEach((name, index) => index && (name.at = Math.max(name.at, names[index - 1].at + LINE_HEIGHT)));
    costs.replaceChildren(
      svg(
        "svg",
        { width, height: COSTS_HEIGHT, viewBox: `0 0 ${width} ${COSTS_HEIGHT}`, role: "img", "aria-label": "Effort spent in all by features built, with debt and clean." },
        frame.axes,
        svg("g", { class: "pale", "clip-path": frame.clip }, pale.map(path)),
        lines.map(path),
        guess.isAsking ? [] : names.map(({ line, at }) => svg("text", { class: `label ${TEAMS[line.name][0]}`, x: x(line.x.at(-1)) + 6, y: at }, TEAMS[line.name][1])),
        !guess.isAsking && even !== undefined && even <= most ? flag(even, `care has paid: ${figure(even)}`, "s3", top + 18) : [],
        mark.value <= most ? guess.lines(frame) : [],
      ),
    );
    features.maximum = most;
    guess.place(frame);
  }

  function sentence() {
    if (guess.isAsking) return "Care costs more on every feature, haste makes the next one dearer. Mark after how many features both have cost the same.";
    const pale = ghost.result ? ` Pale: ${paleWords()}.` : "";
    const even = valueOf(result, "break_even");
    const paid = even === undefined ? (valueOf(result, "ratio") > 1 ? "Care is ahead from the first feature on." : "Haste stays ahead.") : `Care has paid for itself after ${withUnit(even, "features")}${guess.isDrawn ? `; you marked ${plain(mark.value)}` : ""}.`;
    return `${isPlanned() && result.frames.plan ? planWords() : alikeWords()} ${paid}${pale}`;
  }

  const value = (name) => figure(valueOf(result, name));

  const alikeWords = () => `In 20 sprints the indebted team gets ${value("done")} features done, the clean one ${value("clean_done")}.`;

  function planWords() {
    const [tokens, lost] = ["tokens", "lost"].map((name) => valueOf(result, name));
    if (!tokens) return `No token repays yet: in 20 sprints the indebted team gets ${value("done")} features done, the clean one ${value("clean_done")}.`;
    const gone = lost ? `, ${plain(lost)} of them lost because nothing more was owed` : "";
    return `${tokens === 1 ? "One token repays" : `${plain(tokens)} tokens repay`}${gone}: ${value("done")} features in 20 sprints. Spread evenly ${value("even_done")}, without repaying ${value("unpaid_done")}, clean ${value("clean_done")}.`;
  }

  // A plan is too long to name: it is known by what it builds.
  const paleWords = () => (ghost.result.frames.plan && isPlanned() ? `an earlier run, ${figure(valueOf(ghost.result, "done"))} features` : ghost.words);

  function draw() {
    if (!result || !width) return;
    law.show(values.law);
    drawTokens();
    [beats, board.node, hint, clock.node, events.node].forEach((node) => (node.hidden = guess.isAsking));
    rows = drawBeats();
    const sprints = sprintsShown();
    clock.load({ end: sprints.length, stops: sprints.map(({ sprint }) => sprint) });
    drawCosts();
    if (!guess.isAsking) events.show(sprints.filter(({ sprint }) => [1, 2].includes(sprint) || sprint % 5 === 0).map((row) => [plainWithUnit(row.sprint, row.sprint === 1 ? "sprint" : "sprints"), doneBy(row)]));
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
