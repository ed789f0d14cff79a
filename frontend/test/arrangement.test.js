import assert from "node:assert/strict";
import test from "node:test";

import { moved, orderOf, rowAt } from "../src/arrangement.js";

test("cards stand by their places, those without one behind in the order shown", () => {
  assert.deepEqual(orderOf(["2", "", "1", ""]), [2, 0, 1, 3]);
  assert.deepEqual(orderOf(["", "", ""]), [0, 1, 2]);
});

test("two cards at one place keep their order", () => {
  assert.deepEqual(orderOf(["1", "1", "1"]), [0, 1, 2]);
});

test("a card is moved within the list and never beyond its ends", () => {
  const cards = ["a", "b", "c", "d"];
  assert.deepEqual(moved(cards, 0, 2), ["b", "c", "a", "d"]);
  assert.deepEqual(moved(cards, 3, 0), ["d", "a", "b", "c"]);
  assert.deepEqual(moved(cards, 1, 9), ["a", "c", "d", "b"]);
  assert.deepEqual(moved(cards, 1, -9), ["b", "a", "c", "d"]);
  assert.deepEqual(cards, ["a", "b", "c", "d"]);
});

test("a pointer puts a card before the first row whose middle is below it", () => {
  assert.equal(rowAt([10, 30, 50], 5), 0);
  assert.equal(rowAt([10, 30, 50], 30), 2);
  assert.equal(rowAt([10, 30, 50], 99), 3);
  assert.equal(rowAt([], 5), 0);
});
