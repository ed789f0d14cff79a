// Draw a chart of the engine as SVG at the width of its container: axes with units, lines that differ by dash as well
// as by colour, labels at their ends. Nothing is computed here but where a point goes.

import { html, onWidth, svg } from "./dom.js";
import { tickOf, withUnit } from "./numbers.js";
import { Scale } from "./scale.js";

const HEIGHT = { wide: 330, narrow: 290 };
const NARROW = 520;
const TOP = 30;
const LEGEND = 18;
const BOTTOM = 46;
const LETTER = 6.7;
const LINE_HEIGHT = 15;
const DASHES = ["", "7 4", "2 3", "10 3 2 3"];
// Apart by rounding alone.
const SAME = 1e-5;
const FEW = 4;
const LINES = new Set(["line", "bars"]);

const isLine = (series) => series.kind === "line";

// Where the setting stands: the dots of that name, or in a chart without it what few dots there are. Others are a cloud.
const isHere = (series, chart) => series.kind === "dots" && (series.name === "here" || (series.x.length <= FEW && !chart.series.some(({ name }) => name === "here")));

const hereOf = (chart) => chart.series.find((series) => isHere(series, chart));

// Where along a chart its dots of this setting show a value; undefined where none does.
export function placeOf(chart, value) {
  const here = hereOf(chart);
  return here?.x[here.y.findIndex((height) => Math.abs(height - value) <= SAME * Math.abs(value))];
}

// Values whose extent the axis must hold; an axis on a log scale can't hold what isn't positive.
function extent(values, kind) {
  const usable = kind === "log" ? values.filter((value) => value > 0) : values;
  return [Math.min(...usable), Math.max(...usable)];
}

function verticalScale(axis, values, hasBars) {
  let [low, high] = extent(values, axis.scale);
  if (axis.scale === "log") return new Scale("log", low / 1.15, high * 1.15);
  if (hasBars || low >= 0) low = 0;
  if (axis.unit === "%" && high > 90 && high <= 100) high = 100;
  else high += (high - low) * 0.06;
  return new Scale("linear", low, high || 1);
}

// Keep an axis still while something is dragged: the earlier one stays while the new fits well inside it.
function steady(earlier, next) {
  if (!earlier || earlier.kind !== next.kind) return next;
  const low = earlier.place(next.minimum);
  const high = earlier.place(next.maximum);
  return low >= -1e-9 && high <= 1 + 1e-9 && high - low > 0.62 ? earlier : next;
}

// Spread labels so that none covers another, each as near to its line's end as it can be.
function spread(labels, bottom) {
  const sorted = [...labels].sort((one, other) => one.y - other.y);
  sorted.forEach((label, index) => {
    if (index > 0) label.y = Math.max(label.y, sorted[index - 1].y + sorted[index - 1].lines.length * LINE_HEIGHT);
  });
  let limit = bottom + LINE_HEIGHT;
  for (const label of sorted.reverse()) {
    limit -= label.lines.length * LINE_HEIGHT;
    label.y = Math.min(label.y, limit);
  }
  return sorted;
}

// The words of a name in lines of at most so many letters; a longer word has a line of its own.
export function linesOf(name, letters) {
  const lines = [];
  for (const word of name.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && longer.length <= letters) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

const axisTitle = (axis) => (axis.unit && axis.unit !== "%" ? `${axis.label}, ${axis.unit}` : axis.unit ? `${axis.label}, %` : axis.label);

// Nodes, pieces, clients: no unit, and nothing in between.
const isCounted = (axis, values) => !axis.unit && values.every(Number.isInteger);

// A view of one chart. `draw({ chart, ghost, prediction })`; `stop()` ends watching the width.
export function chartView({ caption = true } = {}) {
  const picture = html("div", { class: "picture" });
  const words = html("figcaption");
  const node = html("figure", { class: "figure" }, picture, caption ? words : null);
  const memory = { name: "", x: null, y: null };
  let shown = null;
  const redraw = (width) => shown && width && picture.replaceChildren(drawn(shown, width, memory));
  const stop = onWidth(picture, redraw);
  return {
    node,
    stop,
    draw(next) {
      shown = next;
      words.textContent = next.chart.caption;
      if (memory.name !== next.chart.name) Object.assign(memory, { name: next.chart.name, x: null, y: null });
      redraw(Math.round(picture.clientWidth));
    },
  };
}

function drawn({ chart, ghost, prediction }, width, memory) {
  const layers = [chart, ...(ghost ? [ghost] : [])];
  const all = layers.flatMap((layer) => layer.series);
  const hasBars = all.some((series) => series.kind === "bars");
  const extra = prediction ? { x: prediction.x ?? [], y: prediction.y ?? [] } : { x: [], y: [] };
  const height = width < NARROW ? HEIGHT.narrow : HEIGHT.wide;
  const horizontal = new Scale(chart.x.scale, ...extent([...all.flatMap((series) => series.x), ...extra.x], chart.x.scale));
  memory.x = steady(memory.x, horizontal);
  memory.y = steady(memory.y, verticalScale(chart.y, [...all.flatMap((series) => series.y), ...extra.y], hasBars));

  const clouds = chart.series.filter((series) => series.kind === "dots" && !isHere(series, chart));
  const top = TOP + (clouds.length ? LEGEND : 0);
  const plotHeight = height - top - BOTTOM;
  const yTicks = memory.y.ticks(plotHeight, 34, isCounted(chart.y, chart.series.flatMap((series) => series.y)));
  const named = chart.series.filter((series) => LINES.has(series.kind));
  const left = Math.max(34, 14 + LETTER * Math.max(...yTicks.map((tick) => tickOf(tick).length)));
  const right = width - Math.min(width * 0.26, 16 + LETTER * Math.max(0, ...named.filter(isLine).map((series) => series.label.length)));
  const x = (value) => left + memory.x.place(value) * (right - left);
  const y = (value) => top + (1 - memory.y.place(value)) * plotHeight;
  const bottom = height - BOTTOM;

  const xIsCounted = isCounted(chart.x, chart.series.flatMap((series) => series.x));
  const longest = Math.max(...memory.x.ticks(right - left, 40, xIsCounted).map((tick) => tickOf(tick).length));
  const xTicks = memory.x.ticks(right - left, Math.max(40, 14 + LETTER * longest), xIsCounted);
  const grid = svg("g", {}, yTicks.map((tick) => [
    svg("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }),
    svg("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, tickOf(tick)),
  ]).flat(), svg("line", { class: "base", x1: left, x2: right, y1: bottom, y2: bottom }), xTicks.map((tick) =>
    svg("text", { x: x(tick), y: bottom + 19, "text-anchor": "middle" }, tickOf(tick)),
  ), svg("text", { x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, axisTitle(chart.x)), svg("text", { x: 0, y: 11 }, axisTitle(chart.y)));

  const frame = { x, y, top, bottom, left, right, width };
  const marks = svg("g", { class: "plot" }, seriesOf(chart, frame));
  const pale = ghost ? svg("g", { class: "ghost" }, seriesOf(ghost, frame)) : null;
  const root = svg(
    "svg",
    { class: "chart", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${chart.title}. Vertical axis: ${axisTitle(chart.y)}${chart.y.scale === "log" ? ", logarithmic" : ""}. Horizontal axis: ${axisTitle(chart.x)}${chart.x.scale === "log" ? ", logarithmic" : ""}.` },
    grid,
    pale,
    prediction ? predictionMark(prediction, frame) : null,
    marks,
    lineLabels(named, chart, frame),
    legendOf(clouds, chart),
  );
  addReadout(root, chart, frame);
  return root;
}

const place = (chart, series) => {
  const lines = chart.series.filter((other) => other.kind !== "band-low" && other.kind !== "band-high" && !isHere(other, chart));
  return Math.max(0, lines.indexOf(series)) % 4;
};

function pathOf(series, { x, y }, from = 0) {
  let pen = from ? "L" : "M";
  return series.x.map((value, index) => {
    const height = y(series.y[index]);
    const drawn = Number.isFinite(height) ? `${pen}${x(value).toFixed(1)} ${height.toFixed(1)}` : "";
    pen = drawn ? "L" : "M"; // what a log scale can't hold leaves a gap
    return drawn;
  }).join("");
}

function seriesOf(chart, frame) {
  const { x, y, top, bottom } = frame;
  const low = chart.series.find((series) => series.kind === "band-low");
  const high = chart.series.find((series) => series.kind === "band-high");
  const band = [];
  if (low && high) {
    // Where the lower edge ends first it has left the axis: the band then reaches down to it.
    const floor = low.x.at(-1) < high.x.at(-1) ? `L${x(high.x.at(-1))} ${bottom}L${x(low.x.at(-1))} ${bottom}` : "";
    const back = { x: [...low.x].reverse(), y: [...low.y].reverse() };
    band.push(svg("path", { class: "area s3", d: `${pathOf(high, frame)}${floor}${pathOf(back, frame, 1)}Z` }));
  }
  const lines = chart.series.filter(isLine);
  const rest = chart.series.filter((series) => !series.kind.startsWith("band")).map((series) => {
    const index = place(chart, series);
    if (series.kind === "line") return svg("path", { class: `line s${index + 1}`, "stroke-dasharray": DASHES[index] || null, d: pathOf(series, frame) });
    if (series.kind === "bars") {
      const width = series.x.length > 1 ? Math.max(1, Math.abs(x(series.x[1]) - x(series.x[0])) - 1) : 12;
      return svg("g", { class: `bars s${index + 1}` }, series.x.map((value, at) =>
        svg("rect", { x: x(value) - width / 2, width, y: y(series.y[at]), height: Math.max(0, bottom - y(series.y[at])) })));
    }
    const few = isHere(series, chart);
    const cloud = index ? "hollow" : "";
    return svg("g", {}, series.x.map((value, at) =>
      svg("circle", { class: few ? `dot s${series.x.length === lines.length ? at + 1 : 1}` : `dot s${index + 1} ${cloud}`, cx: x(value), cy: y(series.y[at]), r: few ? 5 : 3 })));
  });
  const here = hereOf(chart);
  const cursor = here ? [svg("line", { class: "cursor", x1: x(here.x[0]), x2: x(here.x[0]), y1: top, y2: bottom })] : [];
  return [...cursor, ...band, ...rest];
}

// At the end of its line; bars have no end and are named on the left, where they leave room.
function lineLabels(named, chart, { x, y, top, bottom, left, width }) {
  const nameAt = (series, index) => (y(series.y[0]) < (top + bottom) / 2 ? bottom - 10 - index * LINE_HEIGHT : top + 12 + index * LINE_HEIGHT);
  const atEnds = named.filter(isLine).map((series) => {
    const from = x(series.x.at(-1)) + 9;
    return { series, x: from, y: y(series.y.at(-1)) + 4, lines: linesOf(series.label, Math.floor((width - from) / LETTER)) };
  });
  const bars = named.filter((series) => !isLine(series)).map((series, index) => ({ series, x: left + 10, y: nameAt(series, index), lines: [series.label] }));
  return svg("g", { class: "late" }, [...spread(atEnds, bottom), ...bars].map((label) =>
    svg("text", { class: `label s${place(chart, label.series) + 1}`, x: label.x, y: label.y }, label.lines.map((line, index) =>
      svg("tspan", { x: label.x, dy: index ? LINE_HEIGHT : 0 }, line)))));
}

// Clouds of dots have no end either: they are named above, each beside its dot.
function legendOf(clouds, chart) {
  let x = 0;
  return svg("g", { class: "late" }, clouds.flatMap((series) => {
    const index = place(chart, series);
    const from = x;
    x += 21 + LETTER * series.label.length;
    return [svg("circle", { class: `dot s${index + 1} ${index ? "hollow" : ""}`, cx: from + 5, cy: TOP - 1, r: 3 }), svg("text", { class: `label s${index + 1}`, x: from + 13, y: TOP + 3 }, series.label)];
  }));
}

function predictionMark({ x: across, y: up, label }, { x, y, top, bottom, left, right }) {
  const box = up
    ? { x: x(across[0]) - 9, width: 18, y: y(up[1]), height: Math.max(2, y(up[0]) - y(up[1])) }
    : { x: x(across[0]), width: Math.max(2, x(across[1]) - x(across[0])), y: top, height: bottom - top };
  const room = right - box.x - box.width > label.length * LETTER + 8;
  const text = up && !room
    ? { x: box.x - 6, "text-anchor": "end", y: box.y + box.height / 2 + 4 }
    : { x: up ? Math.max(left + 4, box.x + box.width + 6) : Math.min(Math.max(left, box.x), right - label.length * LETTER), y: up ? box.y + box.height / 2 + 4 : top - 5 };
  return svg("g", { class: "prediction" }, svg("rect", box), svg("text", { class: "label", ...text }, label));
}

// What the lines read under the pointer, taken from the nearest point that the engine gave.
function addReadout(root, chart, { x, y, top, bottom, left, right }) {
  const lines = chart.series.filter(isLine);
  if (!lines.length) return;
  const layer = svg("g", { class: "readout", "aria-hidden": "true" });
  root.append(layer);
  root.addEventListener("pointerleave", () => layer.replaceChildren());
  root.addEventListener("pointermove", (event) => {
    const at = event.clientX - root.getBoundingClientRect().left;
    if (event.pointerType === "touch" || at < left - 6 || at > right + 6) return layer.replaceChildren();
    const xs = lines[0].x;
    const nearest = xs.reduce((best, value, index) => (Math.abs(x(value) - at) < Math.abs(x(xs[best]) - at) ? index : best), 0);
    const rows = [withUnit(xs[nearest], chart.x.unit) + (chart.x.unit ? "" : ` ${chart.x.label}`), ...lines.filter((series) => series.x[nearest] === xs[nearest]).map((series) => `${series.label} ${withUnit(series.y[nearest], chart.y.unit)}`)];
    const boxWidth = 16 + LETTER * Math.max(...rows.map((row) => row.length));
    const boxX = x(xs[nearest]) + boxWidth + 16 > right ? x(xs[nearest]) - boxWidth - 10 : x(xs[nearest]) + 10;
    layer.replaceChildren(
      svg("line", { class: "cursor", x1: x(xs[nearest]), x2: x(xs[nearest]), y1: top, y2: bottom }),
      svg("rect", { x: boxX, y: top, width: boxWidth, height: 12 + rows.length * LINE_HEIGHT, rx: 4 }),
      ...rows.map((row, index) => svg("text", { x: boxX + 8, y: top + 17 + index * LINE_HEIGHT }, row)),
    );
  });
}
