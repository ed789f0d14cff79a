// Tiers in a row, all needed, each of some replicas: add one or take one away, drag what they share, and see which tier the
// downtime comes from. Tick first where one more replica would be worth an hour.

import { html, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { plain, plainWithUnit, withUnit } from "../numbers.js";
import { curveOf, valueOf } from "../results.js";
import { Scale } from "../scale.js";
import { Ticks } from "../ticks.js";

const BARS = { height: 190, top: 30, foot: 166 };
const RAIL = { height: 74, y: 30, side: 18 };
const WIDEST_BAR = 84;

const minutes = (value) => (value >= 180 ? withUnit(value / 60, "h") : withUnit(value, "min"));

export function mount(host, { set: send, veil, fields, presets, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const [bars, rail] = [html("div", { class: "picture" }), html("div", { class: "picture" })];
  const row = html("div", { class: "tiers" });
  const words = html("p", { class: "told" });
  const cause = new Handle({ label: "Replicas share a cause", words: (value) => `${plain(value)} of a replica's downtime`, onMove: (value) => set({ shared_cause: value }) });
  const starts = presets.map((preset) => html("button", { type: "button", class: "chip", onclick: () => set(preset.values) }, preset.label));
  const ticks = new Ticks({ label: "Tiers where one more replica saves more than an hour", name: "tiers", onChange: () => draw() });
  const guess = new Guess({ invitation: "Tick where one more is worth an hour", curves: [ticks], veil, kept, begin: () => begin(), onChange: () => draw(), words: () => sentence(), how: "Tick the tiers where one more replica saves more than an hour; none, if you expect none.", forget: "Remove my ticks" });
  const railArea = html("div", { class: "plane" }, rail, cause.node);
  host.replaceChildren(
    html("div", { class: "settings" }, starts),
    row,
    bars,
    railArea,
    html("div", { class: "scene-bar" }, words),
    ticks.node,
    guess.node,
    html("div", { class: "settings" }, ghost.node),
    html("p", { class: "scene-keep" }, "A chain is down as long as its worst link and a little more. The next replica belongs there, unless what they share takes it back."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let columns = null;

  const ours = () => result.frames.tiers.filter(({ name }) => name);

  function begin() {
    ticks.start(ours().map(({ label }) => label), ours().map(({ name }) => name));
  }

  // Made once, so that a press never loses its focus.
  function makeColumns() {
    columns = result.frames.tiers.map(({ name, label }) => {
      const add = (step) => () => {
        const field = fieldOf(`${name}_replicas`);
        const next = Math.min(field.maximum, Math.max(values[`${name}_needed`] ?? field.minimum, values[field.name] + step));
        if (next !== values[field.name]) set({ [field.name]: next });
      };
      const step = (sign, by) => html("button", { type: "button", class: "chip", "aria-label": `${label}: one replica ${by > 0 ? "more" : "fewer"}`, onclick: add(by) }, sign);
      const column = { units: html("div", { class: "tier-units", "aria-hidden": "true" }), state: html("span", { class: "soft" }) };
      if (name) {
        column.fewer = step("−", -1);
        column.more = step("+", 1);
      }
      column.node = html("div", { class: "tier" }, html("b", {}, label), column.units, column.state, html("div", { class: "tier-steps" }, [column.fewer, column.more].filter(Boolean)));
      return column;
    });
    row.replaceChildren(...columns.map(({ node }) => node));
  }

  function drawColumns() {
    result.frames.tiers.forEach(({ label, replicas, needed, name }, index) => {
      const { units, state, fewer, more } = columns[index];
      units.replaceChildren(...Array.from({ length: replicas }, (_, unit) => html("i", { class: unit < needed ? "needed" : null })));
      state.textContent = name ? `${needed} of ${replicas} needed, ${plainWithUnit(values[name], "%")} each` : `${plainWithUnit(values.partner, "%")}, not ours`;
      if (!name) return;
      fewer.hidden = more.hidden = guess.isAsking;
      fewer.disabled = replicas <= needed;
      more.disabled = replicas >= fieldOf(`${name}_replicas`).maximum;
    });
  }

  function drawBars() {
    bars.hidden = guess.isAsking;
    const { tiers } = result.frames;
    const pale = ghost.result?.frames.tiers ?? [];
    const scale = new Scale("linear", 0, Math.max(...[...tiers, ...pale].map(({ down }) => down)));
    const column = width / tiers.length;
    const wide = Math.min(WIDEST_BAR, 0.6 * column);
    const y = (value) => BARS.foot - scale.place(value) * (BARS.foot - BARS.top);
    const best = Math.max(...tiers.map(({ saves }) => saves ?? 0));
    bars.replaceChildren(
      svg(
        "svg",
        { width, height: BARS.height, viewBox: `0 0 ${width} ${BARS.height}`, role: "img", "aria-label": `Downtime by tier: ${tiers.map(({ label, down }) => `${label} ${minutes(down)}`).join(", ")}.` },
        svg("line", { class: "base", x1: 0, x2: width, y1: BARS.foot, y2: BARS.foot }),
        tiers.flatMap(({ label, down, saves }, index) => {
          const middle = (index + 0.5) * column;
          const before = pale[index] ? [svg("rect", { class: "tier-before", x: middle - wide / 2 - 4, width: wide + 8, y: y(pale[index].down), height: BARS.foot - y(pale[index].down) })] : [];
          const worth = saves === null || saves <= 0 ? [] : [svg("text", { class: saves === best ? "label s1" : null, x: middle, y: BARS.foot + 18, "text-anchor": "middle" }, width > 520 ? `one more saves ${minutes(saves)}` : `+1: −${minutes(saves)}`)];
          return [
            ...before,
            svg("rect", { class: guess.isDrawn && ticks.has(index) ? "tier-down chosen" : "tier-down", x: middle - wide / 2, width: wide, y: y(down), height: Math.max(1, BARS.foot - y(down)) }),
            svg("text", { class: "label", x: middle, y: y(down) - 7, "text-anchor": "middle" }, minutes(down)),
            ...worth,
          ];
        }),
      ),
    );
  }

  // What replicas share, along a rail, with the engine's own line of downtime over it.
  function drawRail() {
    railArea.hidden = guess.isAsking;
    const field = fieldOf("shared_cause");
    const [left, right] = [RAIL.side, width - RAIL.side];
    const x = (value) => left + ((value - field.minimum) / (field.maximum - field.minimum)) * (right - left);
    const { x: causes, y: downs } = curveOf(result, "shared", "down");
    const ends = [0, causes.length - 1].map((at) => `${minutes(downs[at])}`);
    rail.replaceChildren(
      svg(
        "svg",
        { width, height: RAIL.height, viewBox: `0 0 ${width} ${RAIL.height}`, role: "img", "aria-label": `Replicas share ${plain(values.shared_cause)} of their downtime.` },
        svg("line", { class: "rail-line", x1: left, x2: right, y1: RAIL.y, y2: RAIL.y }),
        svg("line", { class: "rail-live", x1: left, x2: x(values.shared_cause), y1: RAIL.y, y2: RAIL.y }),
        svg("text", { x: 0, y: 11 }, "what replicas of a tier share"),
        svg("text", { x: left, y: RAIL.y + 28 }, `nothing: ${ends[0]}`),
        svg("text", { x: right, y: RAIL.y + 28, "text-anchor": "end" }, `all: ${ends[1]}`),
      ),
    );
    cause.place({ field, value: values.shared_cause, from: left, to: right, at: RAIL.y });
  }

  function sentence() {
    if (guess.isAsking) return "One more replica in each tier of ours: where does it take more than an hour of downtime away?";
    const best = ours().reduce((one, other) => (other.saves > one.saves ? other : one));
    const ticked = ours().filter((_, index) => guess.isDrawn && ticks.has(index));
    const said = guess.isDrawn ? ` You ticked ${ticked.map(({ label }) => label).join(" and ") || "none"}.` : "";
    const pale = ghost.result ? ` Pale: ${ghost.words}.` : "";
    const next = best.saves > 0 ? `One more replica saves most in the ${best.label}: ${minutes(best.saves)}.` : "No further replica saves anything.";
    return `A request gets through ${plainWithUnit(Number(valueOf(result, "availability").toPrecision(7)), "%")} of the time: down ${minutes(valueOf(result, "downtime"))} in ${fieldOf("window").options.find(({ value }) => value === values.window).label.toLowerCase()}. ${next}${said}${pale}`;
  }

  function draw() {
    if (!result || !width) return;
    if (!columns) makeColumns();
    drawColumns();
    drawBars();
    drawRail();
    words.textContent = sentence();
  }

  const stop = onWidth(host, (next) => ((width = next), draw()));
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
