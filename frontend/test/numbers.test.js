import assert from "node:assert/strict";
import { test } from "node:test";

import { brief, decimal, duration, figure, inFile, plain, rangeWithUnit, tickOf, typed, withUnit } from "../src/numbers.js";

test("a figure keeps what a reader needs", () => {
  assert.deepEqual([28.51, 1505.48, 18.209, 0.0161, 0, -12.34].map(figure), ["28.5", "1,505", "18.2", "0.016", "0", "\u221212.3"]);
});

test("a share close to a hundred keeps what sets it apart", () => {
  assert.deepEqual([99.5, 99.9498, 99.99, 99, 99.99999999999997].map(figure), ["99.5", "99.95", "99.99", "99.0", "100"]);
});

test("a chosen value has no idle zeros", () => {
  assert.deepEqual([20, 0.01, 13.5, 10000].map(plain), ["20", "0.01", "13.5", "10,000"]);
  assert.deepEqual([-0, -1e-12, -3].map(plain), ["0", "0", "\u22123"]);
});

test("units stand apart but for the per cent sign", () => {
  assert.equal(withUnit(18.2, "%"), "18.2%");
  assert.equal(withUnit(500, "ms"), "500 ms");
  assert.equal(withUnit(500, "/day"), "500/day");
  assert.equal(withUnit(500, "1/s"), "500/s");
  assert.equal(withUnit(20, ""), "20.0");
  assert.equal(withUnit(790, "$"), "$790");
  assert.equal(rangeWithUnit(790, 13_000, "$"), "$790 to $13,000");
  assert.equal(rangeWithUnit(100, 900, "ms"), "100 to 900 ms");
});

test("the canonical form has no exponent and no noise", () => {
  assert.deepEqual([0.1 + 0.2, 1e-7, 20, 1e21, 0.5].map(decimal), ["0.3", "0.0000001", "20", "1000000000000000000000", "0.5"]);
});

test("a number is read as people type it", () => {
  assert.deepEqual(["1,500", " 0.5 ", "1 500", ".5", "\u22122"].map(typed), [1500, 0.5, 1500, 0.5, -2]);
  for (const text of ["", "abc", "1.2.3", "NaN", "Infinity", "0x10"]) assert.ok(Number.isNaN(typed(text)), text);
});

test("a duration changes its unit as it grows", () => {
  assert.deepEqual([4.4, 89, 120, 7200].map(duration), ["4 s", "89 s", "2 min", "2.0 h"]);
});

test("a huge number on an axis goes by its power of ten", () => {
  assert.deepEqual([0.01, 100_000_000, 1e9, 3e13, 1e16].map(tickOf), ["0.01", "100,000,000", "10⁹", "3 × 10¹³", "10¹⁶"]);
});

test("a tick with little room goes by thousands", () => {
  assert.deepEqual([0.5, 100, 1000, 300_000, 1e7, 2.5e9].map(brief), ["0.5", "100", "1 k", "300 k", "10 M", "2.5 G"]);
});

test("a unit loses its plural after exactly one", () => {
  assert.deepEqual(["writes/s", "first features", "years", "times the mean", "million rows", "ms", "req/s", "%"].map((unit) => withUnit(1, unit)), ["1 write/s", "1 first feature", "1 year", "1 times the mean", "1 million rows", "1 ms", "1 req/s", "1%"]);
  assert.deepEqual([0, 0.5, 1.25, 2].map((value) => withUnit(value, "writes")), ["0 writes", "0.50 writes", "1.25 writes", "2 writes"]);
});

test("an answer is yes or no, on the page and in a file", () => {
  assert.deepEqual([1, 0].map((value) => withUnit(value, "yes/no")), ["yes", "no"]);
  assert.deepEqual([{ value: 1, unit: "yes/no" }, { value: 0, unit: "yes/no" }, { value: 1.23456, unit: "ms" }].map(inFile), ["yes", "no", 1.23456]);
});
