// A chain as blocks on the rail that is their shared cause: twin a block, plug the twins into the rail, pull a block's
// power. The exact downtime of a year stands on a log axis above the years that were played, a square each.

import { html, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { Handle } from "../handle.js";
import { liveRegion } from "../live.js";
import { figure, plain, withUnit } from "../numbers.js";
import { valueOf } from "../results.js";
import { Scale } from "../scale.js";

const AREA = 132;
const LARGEST = 20;
const AXIS = { top: 54, height: 106 };
const PLUGGED = 0.1;
const ROW = 10;
const REPAIRS = [1, 8, 24];
const REPLICAS = [2, 3];
const YEAR_MINUTES = 525600;
const LEAST_MINUTES = 0.01;
const MARKS = [[1 / 60, "1 s"], [1, "1 min"], [60, "1 h"], [1440, "1 day"], [43800, "1 month"], [YEAR_MINUTES, "1 year"]];
// How long a year was down, in hours, by the shade of its square.
const SHADES = [[1 / 60, "under 1 min"], [1, "under 1 h"], [10, "under 10 h"], [100, "under 100 h"], [Infinity, "longer"]];

const lengthOf = (minutes) => (minutes >= 120 ? withUnit(minutes / 60, "h") : minutes >= 1 ? withUnit(minutes, "min") : withUnit(60 * minutes, "s"));

export function mount(host, { set: send, fields }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const sharedField = fieldOf("shared_cause");
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const blocks = html("div", { class: "blocks", role: "group", "aria-label": "Components of the chain" });
  const rail = html("div", { class: "picture" });
  const share = new Handle({ label: "Share of a replica's downtime that strikes all replicas", words: (value) => `${figure(100 * value)}%`, onMove: (value) => set({ shared_cause: value }) });
  const plug = html("button", { type: "button", class: "chip", onclick: () => set({ shared_cause: values.shared_cause ? 0 : PLUGGED }) }, "Plugged into the rail");
  const axis = html("div", { class: "picture" });
  const years = html("div", { class: "picture years" });
  const words = html("p", { class: "told" });
  const live = liveRegion();
  const count = html("p", { class: "soft played" });
  const chips = (name, options, label) => options.map((option) => html("button", { type: "button", class: "chip", "data-option": option, onclick: () => set({ [name]: option }) }, label(option)));
  const replicas = chips("replicas", REPLICAS, (number) => `${number} replicas`);
  const repairs = chips("repair_hours", REPAIRS, (hours) => `${hours} h`);
  host.replaceChildren(
    html("div", { class: "settings" }, html("span", {}, "A twinned block has"), replicas, ghost.node),
    blocks,
    html("div", { class: "plane rail" }, rail, share.node),
    html("div", { class: "settings" }, plug),
    axis,
    html("div", { class: "scene-bar" }, words),
    years,
    count,
    html("div", { class: "settings" }, html("span", {}, "A repair takes"), repairs),
    live.node,
    html("p", { class: "scene-keep" }, "Redundancy multiplies small chances, as long as the causes are apart. What the twins share is added, and soon it is all that is left."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let twinned = new Set();
  let unpowered = null;
  let rows = [];

  // The engine counts redundant components; which of the equal blocks they are is kept here.
  function matchTwins() {
    const wanted = Math.min(values.redundant, values.components);
    twinned = new Set([...twinned].filter((index) => index < values.components).slice(0, wanted));
    for (let index = 0; twinned.size < wanted; index += 1) twinned.add(index);
    if (unpowered !== null && unpowered >= values.components) unpowered = null;
  }

  function twin(index) {
    if (!twinned.delete(index)) twinned.add(index);
    unpowered = null;
    set({ redundant: twinned.size, ...(twinned.size && values.replicas < 2 ? { replicas: 2 } : {}) });
  }

  function pull(index) {
    unpowered = unpowered === index ? null : index;
    draw();
    live.say(sentence());
  }

  function makeRow(index) {
    const units = html("span", { class: "units", "aria-hidden": "true" });
    const state = html("span", { class: "visually-hidden" });
    const block = html("button", { type: "button", class: "part", onclick: () => twin(index) }, units, html("span", { class: "number" }, `${index + 1}`), state);
    const power = html("button", { type: "button", class: "power", "aria-label": `Off: power of ${index + 1}`, title: "Pull its power", onclick: () => pull(index) }, "Off");
    return { node: html("div", { class: "component" }, block, power), block, power, units, state };
  }

  // What is left of the year when one replica of the kind stays off: the engine's answer.
  const leftSo = () => (unpowered === null ? null : result.frames.unpowered_hours[twinned.has(unpowered) ? "redundant" : "single"]);

  const standsStill = () => leftSo() !== null && leftSo() >= YEAR_MINUTES / 60;

  function drawBlocks() {
    if (rows.length !== values.components) {
      rows = Array.from({ length: values.components }, (_, index) => makeRow(index));
      blocks.replaceChildren(...rows.map(({ node }) => node));
    }
    blocks.classList.toggle("many", values.components > ROW);
    blocks.style.setProperty("--columns", Math.min(ROW, values.components));
    blocks.classList.toggle("halted", standsStill());
    rows.forEach(({ node, block, power, units, state }, index) => {
      const isTwin = twinned.has(index);
      const number = isTwin ? values.replicas : 1;
      if (units.childElementCount !== number) units.replaceChildren(...Array.from({ length: number }, () => html("i")));
      units.classList.toggle("off", unpowered === index);
      node.classList.toggle("plugged", isTwin && values.shared_cause > 0);
      block.setAttribute("aria-pressed", isTwin);
      state.textContent = isTwin ? ` of ${number} replicas` : " single";
      power.setAttribute("aria-pressed", unpowered === index);
    });
  }

  function drawRail() {
    const place = { field: sharedField, value: values.shared_cause, from: 18, to: width - 18, at: 20 };
    const scale = new Scale("linear", sharedField.minimum, sharedField.maximum);
    const x = (value) => place.from + scale.place(value) * (place.to - place.from);
    rail.replaceChildren(
      svg("svg", { width, height: 68, viewBox: `0 0 ${width} 68`, "aria-hidden": "true" },
        svg("line", { class: "rail-line", x1: place.from, x2: place.to, y1: 20, y2: 20 }),
        svg("line", { class: "rail-live", x1: place.from, x2: x(values.shared_cause), y1: 20, y2: 20 }),
        [0, 0.1, 0.2, 0.3].map((tick) => svg("text", { x: x(tick), y: 44, "text-anchor": tick === 0 ? "start" : tick === 0.3 ? "end" : "middle" }, `${100 * tick}%`)),
        svg("text", { x: width / 2, y: 63, "text-anchor": "middle" }, "of a replica's downtime strikes all of them at once")),
    );
    share.place(place);
    plug.setAttribute("aria-pressed", values.shared_cause > 0);
  }

  function drawAxis() {
    const exact = valueOf(result, "downtime_minutes");
    const played = valueOf(result, "played_minutes");
    const earlier = ghost.result && valueOf(ghost.result, "downtime_minutes");
    const left = leftSo();
    const scale = new Scale("log", Math.min(LEAST_MINUTES, exact / 3), YEAR_MINUTES);
    const x = (minutes) => 8 + Math.max(0, scale.place(minutes)) * (width - 16);
    const base = AXIS.top + 10;
    const anchor = (at) => (at > width - 110 ? "end" : at < 110 ? "start" : "middle");
    const flag = (minutes, label, kind, y) => [
      svg("line", { class: `stem ${kind}`, x1: x(minutes), x2: x(minutes), y1: y + 4, y2: base }),
      svg("circle", { class: `dot ${kind}`, cx: x(minutes), cy: base, r: 5.5 }),
      svg("text", { class: `label ${kind}`, x: x(minutes), y, "text-anchor": anchor(x(minutes)) }, label),
    ];
    const ticks = MARKS.filter(([minutes], index) => minutes >= scale.minimum && (width > 480 || index % 2 || index === 0));
    axis.replaceChildren(
      svg("svg", { width, height: AXIS.height, viewBox: `0 0 ${width} ${AXIS.height}`, role: "img", "aria-label": `Down in a year: ${lengthOf(exact)} exactly, ${lengthOf(played)} as played.` },
        svg("line", { class: "base", x1: 8, x2: width - 8, y1: base, y2: base }),
        ticks.map(([minutes, label]) => [svg("line", { class: "grid", x1: x(minutes), x2: x(minutes), y1: base - 8, y2: base + 8 }), svg("text", { x: x(minutes), y: base + 22, "text-anchor": minutes === YEAR_MINUTES ? "end" : "middle" }, label)]).flat(),
        svg("text", { x: width / 2, y: base + 40, "text-anchor": "middle" }, "down in a year, logarithmic"),
        earlier === null ? [] : svg("g", { class: "pale" }, svg("circle", { class: "dot s1", cx: x(earlier), cy: base, r: 5.5 }), svg("line", { class: "soft-line", x1: x(earlier), x2: x(exact), y1: base, y2: base })),
        left === null ? [] : flag(60 * left, `left so: ${lengthOf(60 * left)}`, "s2", 12),
        played > 0 ? svg("circle", { class: "dot lifted", cx: x(played), cy: base, r: 8.5 }) : [],
        flag(exact, `exactly ${lengthOf(exact)}`, "s1", 34)),
    );
  }

  // A square a year, in rows; its shade is how long that year was down.
  function drawYears() {
    const hours = result.frames.down_hours_by_year;
    const size = Math.max(4, Math.min(LARGEST, Math.floor(Math.sqrt((width * AREA) / hours.length))));
    const columns = Math.floor(width / size);
    const shadeOf = (value) => (value === 0 ? -1 : SHADES.findIndex(([limit]) => value < limit));
    const paths = SHADES.map(() => "");
    let clear = "";
    hours.forEach((value, index) => {
      const cell = `M${(index % columns) * size} ${Math.floor(index / columns) * size}h${size - 1}v${size - 1}h${1 - size}z`;
      const shade = shadeOf(value);
      if (shade < 0) clear += cell;
      else paths[shade] += cell;
    });
    years.replaceChildren(
      svg("svg", { width, height: AREA + 8, viewBox: `0 0 ${width} ${AREA + 8}`, role: "img", "aria-label": `${hours.length} years played, ${hours.filter((value) => value > 0).length} of them with an outage.` },
        svg("path", { class: "year-clear", d: clear }), paths.map((d, shade) => svg("path", { class: `year shade-${shade}`, d }))),
    );
    const hit = hours.filter((value) => value > 0).length;
    const span = result.frames.years >= 1 ? `${plain(result.frames.years)} years, one square each` : "less than a year, as one square";
    count.replaceChildren(
      `Played: ${span}. ${hit === hours.length ? "Every one" : plain(hit)} had an outage; ${lengthOf(valueOf(result, "played_minutes"))} a year on average, beside ${lengthOf(valueOf(result, "downtime_minutes"))} exactly. `,
      html("span", { class: "shades" }, "Down ", SHADES.map(([, label], shade) => html("span", {}, html("i", { class: `shade-${shade}` }), ` ${label} `))),
    );
  }

  function sentence() {
    const exact = lengthOf(valueOf(result, "downtime_minutes"));
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    if (unpowered !== null) {
      const which = `Component ${unpowered + 1}`;
      if (standsStill()) return `${which} has no power: the chain is down until it comes back.`;
      return `One replica of component ${unpowered + 1} has no power and the chain works on. Left so, it would be down ${lengthOf(60 * leftSo())} a year instead of ${exact}.`;
    }
    if (!twinned.size) return `Every block is needed, and one is enough to fail: down ${exact} a year. Press a block to twin it.${pale}`;
    return `${twinned.size === values.components ? "All blocks are" : twinned.size === 1 ? "One block is" : `${twinned.size} blocks are`} redundant: down ${exact} a year.${values.shared_cause ? "" : " Now drag what the twins share."}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    drawBlocks();
    drawRail();
    drawAxis();
    drawYears();
    words.textContent = sentence();
    [[replicas, values.replicas], [repairs, values.repair_hours]].forEach(([list, value]) => list.forEach((chip) => chip.setAttribute("aria-pressed", Number(chip.dataset.option) === value)));
  }

  const stop = onWidth(axis, (next) => ((width = next), draw()));
  return {
    stop: () => (stop(), live.stop()),
    update(nextResult, nextValues, pinned) {
      [result, values] = [nextResult, nextValues];
      matchTwins();
      ghost.observe(result, values, pinned);
      draw();
    },
  };
}
