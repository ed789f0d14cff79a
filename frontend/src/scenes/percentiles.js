// Percentiles: of a page that waits for many calls, of two servers together, and of a sample too small for them.

import { html, onWidth, svg } from "../dom.js";
import { dotScene } from "../dots.js";
import { Guess } from "../guess.js";
import { Marker } from "../marker.js";
import { plain, withUnit } from "../numbers.js";
import { tabs } from "../tabs.js";
import { timeAxis, timeFrame } from "../time_axis.js";

const CURVES = { top: 26, bottom: 250, height: 300 };
const LEAST_SHARE = 1;
const ROW = 44;

const valueOf = (result, name) => result.figures.find((item) => item.name === name)?.value;

// Two servers' curves; drag the mark to where the p99 of all requests falls, then see the merged curve. It stays hidden until
// a mark stands beside it, or the site keeps one.
function twoServers(host, { set, veil, presets, kept }) {
  const picture = html("div", { class: "picture" });
  const words = html("p", { role: "status" });
  const marker = new Marker({ label: "Where the p99 of both servers falls", unit: "ms", onMove: () => draw() });
  const mark = {
    name: "p99 of both",
    node: marker.node,
    numbers: html("div"),
    answer: () => ({ mark: marker.value }),
    restore: ({ mark: [place] }) => (marker.value = place),
    focus: () => marker.node.focus({ preventScroll: true }),
  };
  let guess = null;
  guess = new Guess({ invitation: "Mark where both fall together", curves: [mark], kept, veil: (isVeiled) => veil(isVeiled || !isRevealed()), begin: () => begin(), onChange: () => draw(), words: () => sentence(), how: "Drag the mark along the axis.", forget: "Remove my mark" });
  const servers = presets.find((preset) => preset.name === "two_servers");
  const example = html("button", { type: "button", class: "btn small quiet", onclick: () => set(servers.values) }, "Take p99 of 50 and 500 ms");
  example.hidden = !servers;
  host.replaceChildren(html("div", { class: "scene-area" }, picture, marker.node), html("div", { class: "scene-bar" }, words, example), guess.node, html("p", { class: "scene-keep" }, "Merge the measurements, never the percentiles."));
  let result = null;
  let width = 0;

  const begin = () => (marker.value = Number(valueOf(result, "first_p99").toPrecision(2)));

  function isRevealed() {
    return !guess?.isAsking && Boolean(guess?.isDrawn || kept?.prediction);
  }

  function sentence() {
    if (!isRevealed()) return "The two servers share one service's requests. Mark where the p99 of all of them falls.";
    const own = guess.isDrawn ? `You marked ${plain(marker.value)} ms. ` : "";
    return `${own}All requests together have a p99 of ${withUnit(valueOf(result, "merged_p99"), "ms")}; averaging both would say ${withUnit(valueOf(result, "average_p99"), "ms")}.`;
  }

  function draw() {
    const chart = result?.charts.find((item) => item.name === "merged");
    if (!chart || !width) return;
    const seen = chart.series.flatMap((item) => item.x.filter((_, at) => item.y[at] >= LEAST_SHARE));
    const frame = timeFrame([...seen, valueOf(result, "other_p99")], width);
    const { x } = frame;
    const y = (share) => CURVES.bottom - (share / 100) * (CURVES.bottom - CURVES.top);
    const curve = (item, index) => svg("path", { class: `line s${index + 1}`, "stroke-dasharray": ["", "7 4", "2 3"][index], d: item.x.map((value, at) => (value < frame.scale.minimum ? "" : `L${x(value).toFixed(1)} ${y(item.y[at]).toFixed(1)}`)).join("").replace("L", "M") });
    const flag = (name, label, className, level) => {
      const at = x(valueOf(result, name));
      const end = at > width - 170;
      return [svg("line", { class: `stem ${className}`, x1: at, x2: at, y1: y(99), y2: CURVES.bottom }), svg("text", { class: `label ${className}`, x: end ? at - 6 : at + 6, y: level, "text-anchor": end ? "end" : "start" }, `${label} ${withUnit(valueOf(result, name), "ms")}`)];
    };
    const revealed = isRevealed();
    // Between the question and the engine's answer to its settings there is no mark yet.
    const isMarked = marker.value !== undefined && (guess.isAsking || guess.isDrawn);
    const shown = revealed ? chart.series : chart.series.slice(0, 2);
    picture.replaceChildren(
      svg(
        "svg",
        { width, height: CURVES.height, viewBox: `0 0 ${width} ${CURVES.height}`, role: "img", "aria-label": "Share of requests answered by a time, for each server." },
        timeAxis(frame, CURVES.bottom, "response time, ms, logarithmic", CURVES.top),
        svg("line", { class: "deadline soft-line", x1: frame.left, x2: frame.right, y1: y(99), y2: y(99) }),
        svg("text", { x: frame.left, y: y(99) + 15 }, "99% answered"),
        svg("g", { class: "curves" }, shown.map(curve)),
        flag("first_p99", "first server", "s1", CURVES.bottom - 44),
        flag("other_p99", "second server", "s2", CURVES.bottom - 26),
        revealed ? [flag("merged_p99", "both", "s3", CURVES.bottom - 62), flag("average_p99", "averaged", "faint", CURVES.bottom - 80)].flat() : [],
        isMarked ? svg("text", { class: "label guess", x: Math.min(Math.max(x(marker.value), 60), width - 60), y: 12, "text-anchor": "middle" }, `your mark, ${plain(marker.value)} ms`) : [],
        guess.isDrawn ? svg("line", { class: "stem", x1: x(marker.value), x2: x(marker.value), y1: CURVES.top, y2: CURVES.bottom }) : [],
      ),
    );
    if (guess.isAsking && isMarked) marker.place(frame, CURVES.top - 8, CURVES.bottom - CURVES.top + 8);
    words.textContent = sentence();
  }

  const stop = onWidth(picture, (next) => ((width = next), draw()));
  return {
    stop,
    update(next) {
      result = next;
      guess.resume();
      draw();
    },
  };
}

// Where each percentile typically lies in a sample of this size; one without an upper end is greyed out.
function trust(host, { veil }) {
  const picture = html("div", { class: "picture" });
  const words = html("p", { class: "told-after", role: "status" });
  host.replaceChildren(picture, html("div", { class: "scene-bar" }, words), html("p", { class: "scene-keep" }, "Bars run over the middle 95% of such samples; the tick is exact, the dot is this sample."));
  let result = null;
  let values = null;
  let width = 0;

  function draw() {
    const table = result?.tables.find((item) => item.name === "percentiles");
    if (!table || !width) return;
    const rows = table.rows.map(([name, exact, measured, low, high]) => ({ name, exact, measured, low, high }));
    const frame = timeFrame(rows.flatMap((row) => [row.exact, row.measured, row.low, row.high].filter((value) => value !== null)), width - 60);
    const x = (value) => 60 + frame.x(value);
    const bottom = rows.length * ROW + 16;
    const line = (row, index) => {
      const y = index * ROW + ROW / 2 + 6;
      const doubtful = row.high === null;
      const end = doubtful ? 60 + frame.right : x(row.high);
      return svg(
        "g",
        { class: doubtful ? "doubtful" : null },
        svg("text", { class: "label", x: 0, y: y + 4 }, row.name),
        svg("line", { class: "lane-bar range", x1: x(row.low), x2: end, y1: y, y2: y, "stroke-dasharray": doubtful ? "2 9" : null }),
        svg("line", { class: "exact", x1: x(row.exact), x2: x(row.exact), y1: y - 10, y2: y + 10 }),
        svg("circle", { class: "dot slowest", cx: x(row.measured), cy: y, r: 5 }),
        svg("text", { x: x(row.measured), y: y + 22, "text-anchor": "middle" }, withUnit(row.measured, "ms")),
      );
    };
    const group = svg("g", { transform: "translate(60 0)" }, timeAxis(frame, bottom, "response time, ms, logarithmic", 0));
    picture.replaceChildren(svg("svg", { width, height: bottom + 48, viewBox: `0 0 ${width} ${bottom + 48}`, role: "img", "aria-label": table.caption }, group, rows.map(line)));
    const open = rows.filter((row) => row.high === null).map((row) => row.name);
    words.textContent = open.length
      ? `${plain(values.samples)} measurements say nothing above ${open.join(" and ")}: there the sample's maximum speaks alone.`
      : `${plain(values.samples)} measurements bound every percentile shown from both sides.`;
  }

  const stop = onWidth(picture, (next) => ((width = next), draw()));
  return { stop, update: (nextResult, nextValues) => ([result, values] = [nextResult, nextValues], veil(false), draw()) };
}

const TABS = [
  ["One call, one page", (host, context) => dotScene(host, { ...context, lanes: false })],
  ["Two servers", twoServers],
  ["A sample", trust],
];

// A page that opens with the question opens where it is asked.
export const mount = (host, context) => tabs(host, context, TABS, context.kept?.isOpening ? TABS.findIndex(([, part]) => part === twoServers) : 0);
