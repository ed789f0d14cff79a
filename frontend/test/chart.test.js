import assert from "node:assert/strict";
import { test } from "node:test";

import { linesOf } from "../src/chart.js";

test("a name stays on one line where there is room", () => {
  assert.deepEqual(linesOf("nodes of the store", 18), ["nodes of the store"]);
});

test("a name breaks between words where there is none", () => {
  assert.deepEqual(linesOf("nodes of the store", 12), ["nodes of the", "store"]);
  assert.deepEqual(linesOf("nodes of the store", 3), ["nodes", "of", "the", "store"]);
});
