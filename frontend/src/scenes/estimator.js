// An estimate as a walk along a logarithmic ruler: every factor is a length, to be dragged by its end, and what is uncertain
// in it widens the band. Mark where a walk ends before it is shown.

import { html, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { Mark } from "../mark.js";
import { plain, plainWithUnit } from "../numbers.js";
import { Scale } from "../scale.js";

const ROW = 46;
const SIDE = 16;
const TICK_SPACING = 54;
const LETTER = 6.8;
const PREFIXES = ["", "k", "M", "G", "T", "P", "E"];
const WHOLE_RULER = { minimum: 1, maximum: 1e15, step: 0.001, scale: "log" };

// To three figures with a prefix: "52.1 k", "1.5 G"; with its unit, "54.8 TB".
function short(value, unit = "") {
  const power = value >= 1000 ? Math.min(PREFIXES.length - 1, Math.floor(Math.log10(value * 1.0005) / 3)) : 0;
  const text = plain(Number((value / 1000 ** power).toPrecision(3)));
  if (unit === "$") return `$${text}${power ? ` ${PREFIXES[power]}` : ""}`;
  return power || unit ? `${text} ${PREFIXES[power]}${unit}` : text;
}

function amount({ unit }, value) {
  if (unit === "B") return short(value, unit);
  return unit === "%" ? plainWithUnit(value, unit) : `${short(value)}${unit && !unit.startsWith("/") ? " " : ""}${unit}`;
}

export function mount(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const picture = html("div", { class: "picture" });
  const words = html("p", { class: "told" });
  const tabs = html("div", { class: "segmented", role: "group", "aria-label": "What to estimate" });
  const handles = new Map();
  const area = html("div", { class: "plane" }, picture);
  const mark = new Mark({ label: "Where you expect it to end", field: WHOLE_RULER, words: (value) => short(value, walk().unit), onChange: () => draw() });
  const guess = new Guess({ invitation: "Mark where it ends", curves: [mark], veil, kept, begin: (knots) => begin(knots), onChange: () => draw(), words: () => sentence(), how: "Work it out from the factors, then drag the mark along the ruler.", forget: "Remove my mark" });
  area.append(mark.node);
  host.replaceChildren(
    html("div", { class: "settings" }, tabs),
    area,
    html("div", { class: "scene-bar" }, words),
    guess.node,
    html("div", { class: "settings" }, ghost.node),
    html("p", { class: "scene-keep" }, "On this ruler to multiply is to go on by a length. A factor known to within two times moves the end more than all the digits of the others."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let shown = 0;
  // The walk whose end is marked: of them all the site keeps the first.
  let marked = 0;

  const walk = (from = result) => from.frames.walks[shown];
  const isMarked = () => guess.isDrawn && shown === marked;

  function turnTo(index) {
    shown = index;
    draw();
  }

  function begin(knots) {
    if (knots) shown = 0;
    marked = shown;
    mark.start(Number(walk().stops[0].value.toPrecision(1)));
  }

  // Whole decades around all that is drawn.
  function ruler() {
    if (guess.isAsking) return new Scale("log", WHOLE_RULER.minimum, WHOLE_RULER.maximum);
    const stops = [walk(), ...(ghost.result ? [walk(ghost.result)] : [])].flatMap((one) => one.stops);
    const places = stops.flatMap(({ value, within }) => [value / within, value * within]).concat(isMarked() ? mark.value : []).filter((value) => value > 0);
    return new Scale("log", 10 ** Math.floor(Math.log10(Math.min(...places) * 0.7)), 10 ** Math.ceil(Math.log10(Math.max(...places) * 1.5)));
  }

  // One handle a field, made when it is first met and kept, so that focus stays where it is.
  function handleOf(field) {
    if (!handles.has(field.name)) {
      const handle = new Handle({ label: field.label, words: (value) => plainWithUnit(value, field.unit), onMove: (value) => set({ [field.name]: value }) });
      handles.set(field.name, handle);
      area.insertBefore(handle.node, mark.node);
    }
    return handles.get(field.name);
  }

  // A field's ends lie where its least and most would lead from the stop before.
  function placeHandle(stop, x, at) {
    const field = fieldOf(stop.field);
    const least = Math.max(field.minimum, field.step);
    const leads = (value) => x(stop.value * (value / stop.at) ** stop.sign);
    handleOf(field).place({ field: { ...field, minimum: least, scale: "log" }, value: Math.max(least, values[stop.field]), from: leads(least), to: leads(field.maximum), at });
  }

  function factor(stop, index) {
    if (!stop.field) return index ? "" : "from ";
    return `${index ? (stop.sign > 0 ? "× " : "÷ ") : ""}${amount(fieldOf(stop.field), values[stop.field])} ${index ? "→ " : ""}`;
  }

  function drawRuler() {
    const { stops, unit } = walk();
    const scale = ruler();
    const foot = stops.length * ROW + 24;
    const height = foot + 26;
    const [left, right] = [SIDE, width - SIDE];
    const x = (value) => left + scale.place(value) * (right - left);
    const level = (index) => index * ROW + 32;
    const drawn = stops.filter(({ value }) => value > 0);
    const last = drawn.length - 1;
    const parts = stops.map((stop, index) => {
      const y = level(index);
      const title = svg("text", { x: 0, y: y - 16 }, `${factor(stop, index)}${stop.label}`);
      if (stop.value <= 0) return [title, svg("text", { class: "label", x: left, y: y + 4 }, "nothing")];
      if (guess.isAsking && index) return [title, svg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y })];
      const at = x(stop.value);
      const before = index ? x(stops[index - 1].value) : left;
      const text = short(stop.value, index === last ? unit : "");
      // On the side that the stride does not come from, or below where there is no room.
      const isLeft = index > 0 && at < before;
      const room = 22 + LETTER * text.length;
      const isTight = isLeft ? at - room < 0 : at + room > width;
      const lift = isTight ? 18 : 4;
      const anchor = isLeft !== isTight ? "end" : "start";
      return [
        title,
        svg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }),
        svg("rect", { class: "known", x: x(stop.value / stop.within), width: x(stop.value * stop.within) - x(stop.value / stop.within), y: y - 9, height: 18, rx: 3 }),
        index ? [svg("line", { class: "stem faint", x1: before, x2: before, y1: y - ROW, y2: y }), svg("line", { class: `stride ${at < before ? "back" : "on"}`, x1: before, x2: at, y1: y, y2: y })] : [],
        stop.field ? [] : svg("circle", { class: "dot s1", cx: at, cy: y, r: 5 }),
        svg("text", { class: "label", x: anchor === "end" ? at - 20 : at + 20, y: y + lift, "text-anchor": anchor }, text),
      ].flat();
    });
    const pale = ghost.result && !guess.isAsking ? walk(ghost.result).stops.filter(({ value }) => value > 0) : [];
    const frame = { x, left, right, top: level(last) + 4, bottom: foot };
    picture.replaceChildren(
      svg(
        "svg",
        { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${walk().label} as a walk along a logarithmic ruler: ${stops.map(({ label }) => label).join(", ")}.` },
        parts.flat(),
        svg("g", { class: "pale" }, pale.length > 1 ? svg("path", { class: "line faint", d: pale.map(({ value }, index) => `${index ? "H" : "M"}${x(value).toFixed(1)}${index ? "" : ` ${level(0)}`}${index < pale.length - 1 ? `V${level(index + 1)}` : ""}`).join("") }) : []),
        guess.isAsking || isMarked() ? guess.lines(frame) : [],
        svg("line", { class: "base", x1: left, x2: right, y1: foot, y2: foot }),
        scale.ticks(right - left, TICK_SPACING).map((tick) => [svg("line", { class: "base", x1: x(tick), x2: x(tick), y1: foot, y2: foot + 5 }), svg("text", { x: x(tick), y: foot + 19, "text-anchor": "middle" }, short(tick))]).flat(),
      ),
    );
    for (const [name, handle] of handles) handle.node.hidden = guess.isAsking || !drawn.some(({ field }) => field === name);
    if (!guess.isAsking) drawn.forEach((stop, index) => stop.field && placeHandle(stop, x, level(index)));
    guess.place(frame);
  }

  function sentence() {
    const { label, stops, unit, at_hand: atHand } = walk();
    const { value, within } = stops.at(-1);
    if (guess.isAsking) return `${label}: multiply the factors, and mark where you end.`;
    const marked = isMarked() ? ` You marked ${short(mark.value, unit)}.` : "";
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    const band = within > 1 ? ` What is uncertain leaves ${short(value / within, unit)} to ${short(value * within, unit)}.` : " Every factor of it counts as known.";
    return `${label}: ${short(value, unit)}; say ${short(atHand, unit)}.${value > 0 ? band : ""}${marked}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    if (!tabs.childElementCount) tabs.replaceChildren(...result.frames.walks.map(({ label }, index) => html("button", { type: "button", onclick: () => turnTo(index) }, label)));
    [...tabs.children].forEach((tab, index) => (tab.setAttribute("aria-pressed", index === shown), (tab.disabled = guess.isAsking)));
    drawRuler();
    words.textContent = sentence();
  }

  const stop = onWidth(picture, (next) => ((width = next), draw()));
  return {
    stop,
    update(nextResult, nextValues, pinned) {
      [result, values] = [nextResult, nextValues];
      ghost.observe(result, values, pinned);
      guess.resume();
      draw();
    },
  };
}
