import assert from "node:assert/strict";
import { test } from "node:test";

import { Scale, nudge, settle } from "../src/scale.js";

const calls = { scale: "log", minimum: 1, maximum: 100, step: 1, integer: true };
const share = { scale: "logit", minimum: 0.0001, maximum: 0.5, step: 0.0001 };

test("every scale gives back what it placed", () => {
  for (const [kind, low, high] of [["linear", 0, 10], ["log", 1, 10000], ["logit", 0.0001, 0.5]]) {
    const scale = new Scale(kind, low, high);
    assert.equal(scale.place(low), 0);
    assert.equal(scale.place(high), 1);
    for (const place of [0.1, 0.37, 0.9]) assert.ok(Math.abs(scale.place(scale.value(place)) - place) < 1e-12);
  }
});

test("log ticks are round and within the axis", () => {
  assert.deepEqual(new Scale("log", 10, 3000).ticks(300, 34), [10, 20, 50, 100, 200, 500, 1000, 2000]);
  assert.deepEqual(new Scale("log", 10, 3000).ticks(220, 34), [10, 30, 100, 300, 1000, 3000]);
  assert.deepEqual(new Scale("log", 1, 1e9).ticks(100, 34), [1, 1e5]);
});

test("what is counted has no ticks in between", () => {
  assert.deepEqual(new Scale("linear", 0, 3).ticks(238, 34), [0, 0.5, 1, 1.5, 2, 2.5, 3]);
  assert.deepEqual(new Scale("linear", 0, 3).ticks(238, 34, true), [0, 1, 2, 3]);
});

test("a log axis shorter than a decade takes even ticks", () => {
  assert.deepEqual(new Scale("log", 100, 200).ticks(200, 40), [100, 120, 140, 160, 180, 200]);
});

test("an axis of one value still has a length", () => {
  assert.equal(new Scale("linear", 0, 0).maximum, 1);
});

test("a settled value keeps step and range", () => {
  assert.equal(settle(calls, 20.4), 20);
  assert.equal(settle(calls, 1000), 100);
  assert.equal(settle(share, 0.012345), 0.0123);
  assert.equal(settle(share, 0), 0.0001);
});

test("a key press always moves, by a hundredth of the range and at least a step", () => {
  assert.equal(nudge(calls, 1, 1), 2);
  assert.equal(nudge(calls, 2, -1), 1);
  assert.equal(nudge(calls, 1, -1), 1);
  assert.equal(nudge(calls, 100, 10), 100);
  assert.ok(nudge(calls, 20, 10) > nudge(calls, 20, 1));
});

test("a percentage close to 100 has a place, and settles to three figures of what is missing", () => {
  const objective = { scale: "logit", minimum: 90, maximum: 99.999, step: 0.001 };
  const scale = new Scale("logit", 90, 99.999);
  assert.ok(Math.abs(scale.value(scale.place(99.9)) - 99.9) < 1e-9);
  assert.ok(scale.place(99.9) > 0.45 && scale.place(99.9) < 0.55);
  assert.equal(settle(objective, 99.95423), 99.954);
  assert.equal(settle(objective, 92.344), 92.34);
  assert.notEqual(nudge(objective, 99.9, 1), 99.9);
});
