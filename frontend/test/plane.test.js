import assert from "node:assert/strict";
import { test } from "node:test";

import { KNOTS, knotsBetween } from "../src/drawn_curve.js";
import { pathThrough } from "../src/plane.js";
import { Scale } from "../src/scale.js";

test("seven knots stand evenly on their scale, the first and last at its ends", () => {
  assert.deepEqual(knotsBetween(new Scale("linear", 0, 60)), [0, 10, 20, 30, 40, 50, 60]);
  const stretched = knotsBetween(new Scale("log", 1, 64));
  assert.equal(stretched.length, KNOTS);
  assert.deepEqual(stretched, [1, 2, 4, 8, 16, 32, 64]);
});

test("a line leaves a gap where its axis can hold nothing", () => {
  const frame = { x: (value) => value, y: (value) => Math.log(value) };
  assert.equal(pathThrough(frame, [0, 1, 2, 3], [1, 1, 0, 1]), "M0.0 0.0L1.0 0.0M3.0 0.0");
});
