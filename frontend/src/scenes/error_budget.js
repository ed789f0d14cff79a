// An error budget: the incident as a rectangle of length and errors, under the lines at which alerts speak; what it spends
// of the period's budget; and when that is forgiven. Drag the incident; draw how the budget comes back.

import { calmMotion, html, newId, onWidth, svg } from "../dom.js";
import { DrawnCurve } from "../drawn_curve.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { plain, plainWithUnit, withUnit } from "../numbers.js";
import { pathThrough, plane } from "../plane.js";
import { chartOf, curveOf, valueOf } from "../results.js";
import { choiceButtons } from "../segmented.js";

const HEIGHTS = { incident: 300, bar: 84, days: 230 };
const BAR = { top: 24, bottom: 56 };
const ALERTS = [["hour", "s1", null], ["six_hours", "s2", "7 4"], ["day", "s3", "2 3"], ["three_days", "s4", "10 3 2 3"]];
const MOST_DEPLOYS = 150;
const WIPE_MS = 1300;
const WHOLE_ROOM = 106;
const LETTER = 6.8;
const LINE_HEIGHT = 15;
const NARROW = 520;

// Minutes as people say them: "10 min", "28.8 h", "7 d".
function spell(minutes) {
  const [unit, size] = minutes < 120 ? ["min", 1] : minutes < 2880 ? ["h", 60] : ["d", 1440];
  return plainWithUnit(Number((minutes / size).toPrecision(3)), unit);
}

export function mount(host, { set: send, veil, fields, presets, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const length = new Handle({ label: "Length of the incident", words: spell, onMove: (value) => set({ minutes: value }) });
  const errors = new Handle({ label: "Errors in the incident", words: (value) => plainWithUnit(value, "%"), isVertical: true, onMove: (value) => set({ errors: value }) });
  const incident = html("div", { class: "picture" });
  const bar = html("div", { class: "picture" });
  const days = html("div", { class: "picture" });
  const words = html("p", { class: "told" });
  const clip = newId("clip");
  const share = { minimum: 0, maximum: 100, step: 1, scale: "linear", unit: "%" };
  const expected = new DrawnCurve({ key: "left", label: "Budget left as you expect it", across: "d", field: share, onChange: () => draw() });
  const guess = new Guess({ invitation: "Draw how the budget comes back", curves: [expected], veil, kept, begin: (knots) => begin(knots), words: () => sentence(), onChange: (isRevealed) => (draw(), isRevealed && wipe()) });
  const starts = presets.slice(0, 3).map((preset) => html("button", { type: "button", class: "chip", onclick: () => set(preset.values) }, preset.label));
  const accounting = choiceButtons(fieldOf("accounting"), set);
  const top = html("div", { class: "plane" }, incident, length.node, errors.node);
  host.replaceChildren(
    html("div", { class: "settings" }, starts, ghost.node),
    top,
    bar,
    html("div", { class: "scene-bar" }, words),
    html("div", { class: "settings" }, accounting.node),
    html("div", { class: "plane" }, days, expected.node),
    guess.node,
    html("p", { class: "scene-keep" }, "What an incident spends, deploys go without. An alert is worth what it lets you lose before it speaks."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let over = null;

  const rowsOf = (from) => from.tables.find(({ name }) => name === "alerts").rows;

  function drawIncident() {
    const [lasting, failing] = ["minutes", "errors"].map(fieldOf);
    const frame = plane({ width, height: HEIGHTS.incident, right: 20, x: { scale: "log", minimum: lasting.minimum, maximum: lasting.maximum, title: "length of the incident, min" }, y: { scale: "log", minimum: failing.minimum, maximum: failing.maximum, title: "requests that fail, %" } });
    const { x, y, left, right, top: ceiling, bottom } = frame;
    const [across, up] = [x(values.minutes), y(values.errors)];
    const told = valueOf(result, "alert_after");
    const heard = told === undefined ? across : Math.min(across, Math.max(left, x(Math.max(told, lasting.minimum))));
    const path = (from, name, kind, dash) => {
      const line = curveOf(from, "detection", name);
      return line ? [svg("path", { class: `line ${kind}`, "stroke-dasharray": dash, d: pathThrough(frame, line.y, line.x) })] : [];
    };
    // Below the end of its line, and above another's name that is there already.
    const names = [];
    const label = ([name, kind]) => {
      const line = curveOf(result, "detection", name);
      if (!line) return [];
      const end = Math.min(x(line.y[0]), right);
      const own = { end, start: end - LETTER * line.label.length, level: Math.min(y(line.x[0]) + 17, bottom - 6) };
      while (names.some(({ start, end, level }) => own.start < end && start < own.end && Math.abs(own.level - level) < LINE_HEIGHT)) own.level -= 1;
      names.push(own);
      return [svg("text", { class: `label ${kind}`, x: end, y: own.level, "text-anchor": "end" }, line.label)];
    };
    const whole = curveOf(result, "detection", "all");
    const fired = rowsOf(result).map(([, , after], index) => ({ after, kind: ALERTS[index][1] })).filter(({ after }) => after !== null);
    incident.replaceChildren(
      svg(
        "svg",
        { width, height: HEIGHTS.incident, viewBox: `0 0 ${width} ${HEIGHTS.incident}`, role: "img", "aria-label": `An incident of ${spell(values.minutes)} in which ${plainWithUnit(values.errors, "%")} of requests fail, and when each alert speaks. Both axes logarithmic.` },
        svg("clipPath", { id: clip }, svg("rect", { x: left, y: ceiling - 6, width: right - left, height: bottom - ceiling + 6 })),
        frame.axes,
        svg("rect", { class: "unheard", x: left, y: up, width: Math.max(0, heard - left), height: bottom - up }),
        svg("rect", { class: "heard", x: heard, y: up, width: Math.max(0, across - heard), height: bottom - up }),
        svg("g", { "clip-path": `url(#${clip})` }, ghost.result ? svg("g", { class: "pale" }, [...ALERTS.map((alert) => path(ghost.result, ...alert)), ...path(ghost.result, "all", "whole", null)].flat()) : [], ALERTS.map((alert) => path(result, ...alert)).flat(), path(result, "all", "whole", null)),
        ALERTS.map(label).flat(),
        whole ? wholeLabel(frame, whole) : [],
        fired.map(({ after, kind }) => svg("circle", { class: `dot ${kind}`, cx: Math.max(left, x(Math.max(after, lasting.minimum))), cy: up, r: 5 })),
      ),
    );
    // Low, where no alert is named.
    length.place({ field: lasting, value: values.minutes, from: left, to: right, at: (up + 3 * bottom) / 4 });
    errors.place({ field: failing, value: values.errors, from: bottom, to: ceiling, at: (left + across) / 2 });
  }

  // Above the line, where it runs out of the picture.
  function wholeLabel({ x, y, right }, { x: shares, y: lengths }) {
    const at = lengths.findIndex((value) => x(value) <= right - WHOLE_ROOM);
    const [index, anchor] = at < 0 ? [lengths.length - 1, "end"] : [at, "start"];
    return [svg("text", { class: "label", x: x(lengths[index]) + (at < 0 ? -8 : 0), y: y(shares[index]) + (at < 0 ? 14 : -9), "text-anchor": anchor }, "all of the budget")];
  }

  // The period's budget as a bar: what every day takes, what the incident takes before and after somebody is told, the rest.
  function drawBar() {
    const value = (name) => valueOf(result, name) ?? 0;
    const spent = value("share");
    const unheard = valueOf(result, "alert_after") === undefined ? spent : value("spent_unnoticed");
    const parts = [["daily", value("background")], ["unheard", unheard], ["heard", spent - unheard]];
    const total = parts.reduce((sum, [, part]) => sum + part, 0);
    const x = (percent) => 1 + (percent / Math.max(100, total)) * (width - 2);
    const { top: high, bottom: low } = BAR;
    const deploys = Math.floor(value("deploys"));
    let from = 0;
    const drawn = parts.map(([kind, part]) => {
      const start = from;
      from += part;
      return part > 0 && svg("rect", { class: kind, x: x(start), width: Math.max(1, x(from) - x(start)), y: high, height: low - high });
    });
    const each = deploys ? (100 - total) / value("deploys") : 0;
    const marks = deploys <= MOST_DEPLOYS ? Array.from({ length: deploys }, (_, index) => `M${x(total + (index + 1) * each).toFixed(1)} ${high}V${low}`).join("") : "";
    const rest = total >= 100 ? (width < NARROW ? `${withUnit(total, "%")} is gone` : `overspent: ${withUnit(total, "%")} of it is gone`) : deploys ? `left: ${plain(deploys)} deploys` : "left: not one deploy";
    bar.replaceChildren(
      svg(
        "svg",
        { width, height: HEIGHTS.bar, viewBox: `0 0 ${width} ${HEIGHTS.bar}`, role: "img", "aria-label": `Of the budget of ${withUnit(value("budget"), "min")}, ${withUnit(total, "%")} is spent.` },
        svg("text", { x: 0, y: 14 }, `the budget of ${plain(values.days)} days, ${withUnit(value("budget"), "min")}`),
        total < 100 ? svg("rect", { class: "rest", x: x(total), width: Math.max(0, x(100) - x(total)), y: high, height: low - high }) : [],
        svg("path", { class: "deploys", d: marks }),
        drawn,
        svg("line", { class: "exact", x1: x(100), x2: x(100), y1: high - 4, y2: low + 4 }),
        svg("text", { class: "label", x: width, y: low + 20, "text-anchor": "end" }, rest),
        svg("text", { x: 0, y: low + 20 }, unheard > 0 ? `${withUnit(unheard, "%")} before anybody is told` : ""),
      ),
    );
  }

  const daysScale = (lines) => Math.min(0, ...lines.flatMap(({ y }) => y));

  // The week before the incident, then seven days over the time after it, all at what it leaves.
  function begin(knots) {
    const line = curveOf(result, "budget", "left");
    const last = line.x.at(-1);
    const xs = knots ?? [0.05, 0.2, 0.4, 0.6, 0.75, 0.9, 1].map((place) => Number((place * last).toFixed(1)));
    share.minimum = Math.floor(daysScale([line]));
    expected.start(xs, xs.map(() => line.y[0]));
  }

  function drawDays() {
    const line = curveOf(result, "budget", "left");
    const pale = ghost.result && !guess.isAsking ? curveOf(ghost.result, "budget", "left") : null;
    const lowest = daysScale(pale ? [line, pale] : [line]);
    const frame = plane({ width, height: HEIGHTS.days, right: 16, x: { scale: "linear", minimum: line.x[0], maximum: line.x.at(-1), title: "days since the incident began" }, y: { scale: "linear", minimum: lowest, maximum: 100, title: "budget left, %" } });
    const seen = guess.isAsking ? line.x.filter((day) => day <= 0) : line.x;
    const path = ({ x: xs, y: ys }) => svg("path", { class: "line s1", d: pathThrough(frame, xs, ys) });
    over = frame;
    days.replaceChildren(
      svg(
        "svg",
        { width, height: HEIGHTS.days, viewBox: `0 0 ${width} ${HEIGHTS.days}`, role: "img", "aria-label": `${chartOf(result, "budget").title}.` },
        frame.axes,
        lowest < 0 ? svg("line", { class: "limit", x1: frame.left, x2: frame.right, y1: frame.y(0), y2: frame.y(0) }) : [],
        svg("line", { class: "stem faint", x1: frame.x(values.days), x2: frame.x(values.days), y1: frame.top, y2: frame.bottom }),
        svg("text", { x: frame.x(values.days) - 5, y: frame.bottom - 7, "text-anchor": "end" }, "a period later"),
        svg("g", { class: "pale", "clip-path": frame.clip }, pale ? path(pale) : []),
        svg("g", { class: "wiped" }, path({ x: seen, y: line.y })),
        guess.lines(frame),
      ),
    );
    guess.place(frame);
  }

  function wipe() {
    if (calmMotion()) return;
    days.querySelector(".wiped").animate([{ clipPath: `inset(-20px ${over.right - over.left}px -20px 0)` }, { clipPath: "inset(-20px -20px -20px 0)" }], { duration: WIPE_MS, easing: "ease-in-out" });
  }

  function sentence() {
    const what = `${spell(values.minutes)} with ${plainWithUnit(values.errors, "%")} of requests failing`;
    if (guess.isAsking) return `An incident: ${what}. Draw the budget left from then on.`;
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    const drawn = guess.isDrawn ? " Your curve is the dotted line." : "";
    const after = valueOf(result, "alert_after");
    const isPaged = rowsOf(result).some(([label, , fires]) => fires !== null && label.includes("page"));
    const told = after === undefined ? "no alert ever fires" : after === 0 ? "the errors of every day alone keep an alert firing" : `the first alert comes after ${spell(after)}${isPaged ? "" : ", and nobody is woken"}`;
    return `${what} spend ${withUnit(valueOf(result, "share"), "%")} of the budget; ${told}.${drawn}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    top.hidden = bar.hidden = guess.isAsking;
    drawIncident();
    drawBar();
    drawDays();
    accounting.show(values.accounting);
    words.textContent = sentence();
  }

  const stop = onWidth(days, (next) => ((width = next), draw()));
  return {
    stop: () => (stop(), guess.live.stop()),
    update(nextResult, nextValues, pinned) {
      [result, values] = [nextResult, nextValues];
      ghost.observe(result, values, pinned);
      guess.resume();
      draw();
    },
  };
}
