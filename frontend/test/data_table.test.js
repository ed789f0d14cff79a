import assert from "node:assert/strict";
import { test } from "node:test";

import { pointsOf } from "../src/data_table.js";

const line = (label, x, y) => ({ name: label, label, x, y });
const chart = (...series) => ({ title: "The history", x: { label: "time", unit: "ms" }, y: { label: "client", unit: "" }, series });

test("lines along the same points stand beside each other, those along others below, and none is left out", () => {
  const [together, others] = pointsOf(chart(line("one", [0, 70], [1, 1]), line("two", [0, 70], [2, 3]), line("three", [20, 30], [2, 2])));
  assert.deepEqual(together.columns, ["time (ms)", "one", "two"]);
  assert.deepEqual(together.rows, [[0, 1, 2], [70, 1, 3]]);
  assert.deepEqual(others.columns, ["line", "time (ms)", "client"]);
  assert.deepEqual(others.rows, [["three", 20, 2], ["three", 30, 2]]);
});

test("a chart whose lines share all their points is one table", () => {
  assert.equal(pointsOf(chart(line("one", [0], [1]))).length, 1);
});
