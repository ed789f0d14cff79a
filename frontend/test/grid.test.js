import assert from "node:assert/strict";
import { test } from "node:test";

import { neighbour } from "../src/grid.js";

const table = { rows: 4, columns: 3 };

test("arrows go to the next cell and stop at the edge", () => {
  assert.deepEqual(neighbour({ ...table, row: 1, column: 1, key: "ArrowDown" }), { row: 2, column: 1 });
  assert.deepEqual(neighbour({ ...table, row: 1, column: 1, key: "ArrowLeft" }), { row: 1, column: 0 });
  assert.deepEqual(neighbour({ ...table, row: 3, column: 2, key: "ArrowDown" }), { row: 3, column: 2 });
  assert.deepEqual(neighbour({ ...table, row: 0, column: 2, key: "ArrowRight" }), { row: 0, column: 2 });
});

test("control and an arrow go to the edge", () => {
  assert.deepEqual(neighbour({ ...table, row: 1, column: 1, key: "ArrowUp", toEdge: true }), { row: 0, column: 1 });
  assert.deepEqual(neighbour({ ...table, row: 1, column: 0, key: "ArrowRight", toEdge: true }), { row: 1, column: 2 });
});

test("Home and End go along the row, with control to the corners", () => {
  assert.deepEqual(neighbour({ ...table, row: 2, column: 1, key: "Home" }), { row: 2, column: 0 });
  assert.deepEqual(neighbour({ ...table, row: 2, column: 1, key: "End", toEdge: true }), { row: 3, column: 2 });
});

test("other keys lead nowhere", () => {
  assert.equal(neighbour({ ...table, row: 0, column: 0, key: "a" }), null);
});
