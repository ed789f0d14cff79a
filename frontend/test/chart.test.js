import assert from "node:assert/strict";
import { test } from "node:test";

import { linesOf, placeOf } from "../src/chart.js";

test("a name stays on one line where there is room", () => {
  assert.deepEqual(linesOf("nodes of the store", 18), ["nodes of the store"]);
});

test("a name breaks between words where there is none", () => {
  assert.deepEqual(linesOf("nodes of the store", 12), ["nodes of the", "store"]);
  assert.deepEqual(linesOf("nodes of the store", 3), ["nodes", "of", "the", "store"]);
});

test("a value stands where a dot of this setting shows it, and nowhere else", () => {
  const here = { name: "here", kind: "dots", x: [20, 20], y: [28.5, 1505.4813] };
  const chart = { series: [{ name: "p99", kind: "line", x: [1, 20], y: [12, 1505.4813] }, here] };
  assert.equal(placeOf(chart, 1505.48128), 20);
  assert.equal(placeOf(chart, 12), undefined);
  assert.equal(placeOf(chart, undefined), undefined);
  assert.equal(placeOf({ series: [] }, 12), undefined);
});
