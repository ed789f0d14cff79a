import assert from "node:assert/strict";
import { test } from "node:test";

import { DOT, stacked } from "../src/stack.js";

test("dots of one column stand on each other, none above the height given", () => {
  const places = stacked([10, 10, 10, 50], (value) => value, 100, 12);
  assert.deepEqual(places.map(({ cx }) => Math.round(cx / (2 * DOT))), [1, 1, 1, 7]);
  assert.deepEqual(places.map(({ cy }) => cy), [98, 94, 90, 98]);
});

test("what has room is drawn at full size", () => {
  const [dot] = stacked([10], (value) => value, 100, 50);
  assert.equal(dot.cy, 100 - DOT);
});
