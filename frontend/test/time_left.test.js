import assert from "node:assert/strict";
import { test } from "node:test";

import { announcement, asClock } from "../src/time_left.js";

test("shows minutes and seconds, hours, then days", () => {
  assert.equal(asClock(545), "09:05");
  assert.equal(asClock(0.2), "00:01");
  assert.equal(asClock(-4), "00:00");
  assert.equal(asClock(3600), "1 h 0 min");
  assert.equal(asClock(3 * 3600 + 20 * 60), "3 h 20 min");
  assert.equal(asClock(50 * 3600), "2 days");
});

test("announces ten minutes, one minute and the end, each once", () => {
  assert.match(announcement(601, 600), /10 minutes/);
  assert.equal(announcement(600, 599), "");
  assert.match(announcement(61, 60), /One minute/);
  assert.match(announcement(1, 0), /over/);
  assert.equal(announcement(0, -1), "");
});

test("says only the last of several marks passed at once, as after sleep", () => {
  assert.match(announcement(700, 30), /One minute/);
  assert.match(announcement(700, -30), /over/);
});
