import assert from "node:assert/strict";
import { test } from "node:test";

import { inPlaces } from "../src/figures.js";

const figures = (...names) => names.map((name) => ({ name, value: 1 }));
const told = (places) => places.map(({ name, value }) => (value === null ? `no ${name}` : name));

test("a figure that a setting lacks keeps its place", () => {
  const known = inPlaces(figures("one", "two", "three"));
  assert.deepEqual(told(inPlaces(figures("one", "three"), known)), ["one", "no two", "three"]);
});

test("a figure first seen later stands behind the one that it follows", () => {
  const known = inPlaces(figures("one", "three"));
  assert.deepEqual(told(inPlaces(figures("zero", "one", "two", "three", "four"), known)), ["zero", "one", "two", "three", "four"]);
});
