import assert from "node:assert/strict";
import { test } from "node:test";

import { canonical, difference, inRows, labelled, query, readAll } from "../src/parameters.js";

const fields = [
  { name: "calls", kind: "number", label: "Parallel calls", unit: "", default: 20 },
  { name: "hedge", kind: "flag", label: "Hedge", default: false },
  { name: "family", kind: "choice", label: "Shape", default: "lognormal" },
  { name: "slow_mean", kind: "number", label: "Slow path", unit: "ms", default: 500 },
];

test("canonical text is read and written without loss, in the order of the fields", () => {
  const texts = { calls: "5", hedge: "on", family: "pareto", slow_mean: "0.3" };
  assert.deepEqual(canonical(fields, readAll(fields, texts)), texts);
  assert.equal(query(fields, readAll(fields, texts)), "calls=5&hedge=on&family=pareto&slow_mean=0.3");
});

test("what is not named comes from the base, then from the default", () => {
  assert.deepEqual(readAll(fields, { calls: 7 }, { family: "pareto" }), { calls: 7, hedge: false, family: "pareto", slow_mean: 500 });
});

test("a difference names what changed, in words", () => {
  const one = readAll(fields, {});
  const other = readAll(fields, { calls: 50, hedge: true });
  assert.equal(difference(fields, other, one), "Parallel calls 50, Hedge on");
  assert.equal(difference(fields, one, one), "");
});

test("a difference in more than a few names the first, and how many more there are", () => {
  const one = readAll(fields, {});
  const other = readAll(fields, { calls: 50, hedge: true, family: "pareto", slow_mean: 10 });
  assert.equal(difference(fields, other, one), "Parallel calls 50, Hedge on and 2 more");
});

test("a share is written as a percentage", () => {
  const share = { name: "slow", kind: "number", label: "Slow calls", unit: "", scale: "logit", default: 0.01 };
  assert.deepEqual(inRows([share], { slow: 0.01 }).map(({ text }) => text), ["1%"]);
});

test("neighbours that are numbered on and hold the same are one row", () => {
  const sprints = [1, 2, 3, 4].map((sprint) => ({ name: `sprint_${sprint}`, kind: "number", label: `Sprint ${sprint}`, unit: "tokens", default: 0 }));
  const values = { sprint_1: 2, sprint_2: 2, sprint_3: 2, sprint_4: 5 };
  assert.deepEqual(inRows(sprints, values).map(({ label, text }) => `${label}: ${text}`), ["Sprint 1 to 3: 2 tokens", "Sprint 4: 5 tokens"]);
  const apart = [sprints[0], sprints[2]];
  assert.deepEqual(inRows(apart, values).map(({ label }) => label), ["Sprint 1", "Sprint 3"]);
});

test("a refusal names fields by their labels", () => {
  const named = [{ name: "needed", label: "Needed" }, { name: "store_replicas", label: "Store, replicas" }];
  const [fault] = labelled(named, [{ field: "needed", message: "needed must not exceed store_replicas, which is 2, when 3 are needed." }]);
  assert.equal(fault.message, "“Needed” must not exceed “Store, replicas”, which is 2, when 3 are needed.");
});
