// The numbers behind the pictures: as tables on the page and as a CSV file.

import { html } from "./dom.js";
import { inFile, plain } from "./numbers.js";

// Two decimals or more: in a table, unlike in a picture, values stand beside others that differ little.
const shown = (value) => (typeof value === "number" ? plain(value) : (value ?? "none"));

function tableOf({ caption, columns, rows }) {
  const isNumeric = columns.map((_, index) => index > 0 && rows.some((row) => typeof row[index] === "number"));
  const align = (index) => (isNumeric[index] ? "n" : null);
  const head = columns.map((column, index) => html("th", { scope: "col", class: align(index) }, column));
  const body = rows.map((row) =>
    html("tr", {}, row.map((value, index) => (index ? html("td", { class: align(index) }, shown(value)) : html("th", { scope: "row" }, shown(value))))),
  );
  return html(
    "div",
    { class: "data-table", tabindex: 0, role: "region", "aria-label": caption },
    html("table", {}, html("caption", {}, caption), html("thead", {}, html("tr", {}, head)), html("tbody", {}, body)),
  );
}

// Points of a chart: lines that share their x with the first beside it, the others one below the other.
export function pointsOf(chart) {
  const [first] = chart.series;
  const isAlong = (series) => series.x.length === first.x.length && series.x.every((value, index) => value === first.x[index]);
  const together = chart.series.filter(isAlong);
  const others = chart.series.filter((series) => !isAlong(series));
  const unit = (axis) => (axis.unit ? `${axis.label} (${axis.unit})` : axis.label);
  const caption = `${chart.title}: ${unit(chart.y)}`;
  const besides = {
    caption: `${caption}, on their own`,
    columns: ["line", unit(chart.x), unit(chart.y)],
    rows: others.flatMap(({ label, x, y }) => x.map((value, index) => [label, value, y[index]])),
  };
  return [
    { caption, columns: [unit(chart.x), ...together.map((series) => series.label)], rows: first.x.map((value, index) => [value, ...together.map((series) => series.y[index])]) },
    ...(others.length ? [besides] : []),
  ];
}

export function tablesOf(result, chart) {
  return [...result.tables, ...(chart ? pointsOf(chart) : [])].map(tableOf);
}

const cell = (value) => {
  const text = String(value ?? "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

// One long table: parameters, figures, then every point of every chart, all at full precision.
export function csvOf(parameters, result) {
  const rows = [
    ["part", "name", "series", "x", "y", "unit"],
    ...Object.entries(parameters).map(([name, value]) => ["parameter", name, "", "", value, ""]),
    ...result.figures.map((row) => ["figure", row.name, "", "", inFile(row), row.unit]),
    ...result.charts.flatMap((chart) => chart.series.flatMap((series) => series.x.map((value, index) => ["chart", chart.name, series.name, value, series.y[index], chart.y.unit]))),
  ];
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = html("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
