import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Evaluation } from "../src/evaluation.js";

const realFetch = globalThis.fetch;

// The site, answering only when it is told to: what was asked, and how each is answered.
let asked = [];
beforeEach(() => {
  asked = [];
  globalThis.fetch = (url, { signal }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
      asked.push({ query: url.split("?")[1], signal, answer: (data, status = 200) => resolve(new Response(JSON.stringify(data), { status })), fail: reject });
    });
});
afterEach(() => (globalThis.fetch = realFetch));

// Wait for a condition however long the machine takes; a test that never comes to it is ended by the runner.
async function until(isSo) {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const queries = () => asked.map(({ query }) => query);

function listening() {
  const seen = { answers: [], problems: [], busy: [] };
  const evaluation = new Evaluation("/evaluate", {
    onAnswer: (data, query) => seen.answers.push([query, data]),
    onProblem: (problem) => seen.problems.push(problem),
    onBusy: (busy) => seen.busy.push(busy),
  });
  return { seen, evaluation, isIdle: () => seen.busy.at(-1) === false };
}

test("of many settings asked at once the latest is answered, one request in flight", async () => {
  const { seen, evaluation, isIdle } = listening();
  for (const query of ["a=1", "a=2", "a=3"]) evaluation.ask(query);
  await until(() => asked.length === 1);
  for (const query of ["a=4", "a=5"]) evaluation.ask(query);
  asked[0].answer({ value: 3 });
  await until(() => asked.length === 2);
  asked[1].answer({ value: 5 });
  await until(isIdle);
  assert.deepEqual(queries(), ["a=3", "a=5"]);
  // The first is drawn in passing, as a drag goes by it.
  assert.deepEqual(seen.answers, [["a=3", { value: 3 }], ["a=5", { value: 5 }]]);
});

test("a known setting is answered without asking again", async () => {
  const { seen, evaluation, isIdle } = listening();
  evaluation.ask("a=1");
  await until(() => asked.length === 1);
  asked[0].answer({ value: 1 });
  await until(isIdle);
  evaluation.ask("a=1");
  assert.deepEqual(queries(), ["a=1"]);
  assert.deepEqual(seen.answers, [["a=1", { value: 1 }], ["a=1", { value: 1 }]]);
});

test("going back to a known setting calls off what was asked for between", async () => {
  const { seen, evaluation, isIdle } = listening();
  evaluation.ask("a=1");
  await until(() => asked.length === 1);
  asked[0].answer({ value: 1 });
  await until(isIdle);

  evaluation.ask("a=2");
  assert.equal(isIdle(), false);
  evaluation.ask("a=1");
  assert.equal(isIdle(), true, "nothing is waited for, sent or not");

  evaluation.ask("a=3");
  await until(() => asked.length === 2);
  evaluation.ask("a=1");
  asked[1].answer({ value: 3 });
  evaluation.ask("a=4");
  await until(() => asked.length === 3);
  asked[2].answer({ value: 4 });
  await until(isIdle);
  assert.deepEqual(queries(), ["a=1", "a=3", "a=4"]);
  assert.equal(seen.answers.at(-1)[0], "a=4");
});

test("a refusal brings its faults by field", async () => {
  const faults = [{ field: "calls", value: "0", message: "calls must lie between 1 and 100; you gave 0." }];
  const { seen, evaluation, isIdle } = listening();
  evaluation.ask("calls=0");
  await until(() => asked.length === 1);
  asked[0].answer({ detail: "Refused.", faults }, 400);
  await until(isIdle);
  assert.deepEqual(seen.problems[0].faults, faults);
  assert.equal(seen.problems[0].offline, false);
});

test("an unreachable site is told apart from a refusal", async () => {
  const { seen, evaluation, isIdle } = listening();
  evaluation.ask("a=1");
  await until(() => asked.length === 1);
  asked[0].fail(new TypeError("fetch failed"));
  await until(isIdle);
  assert.equal(seen.problems[0].offline, true);
});

test("once stopped nothing is answered", async () => {
  const { seen, evaluation, isIdle } = listening();
  evaluation.ask("a=1");
  await until(() => asked.length === 1);
  evaluation.stop();
  assert.equal(asked[0].signal.aborted, true);
  await until(isIdle);
  assert.deepEqual([seen.answers, seen.problems], [[], []]);
});
