import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Evaluation } from "../src/evaluation.js";

const realFetch = globalThis.fetch;
afterEach(() => (globalThis.fetch = realFetch));

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function answering(handler) {
  const asked = [];
  globalThis.fetch = async (url, { signal }) => {
    asked.push(url.split("?")[1]);
    await pause(30);
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
    return handler(asked.at(-1));
  };
  return asked;
}

const json = (data, status = 200) => new Response(JSON.stringify(data), { status });

function listening() {
  const seen = { answers: [], problems: [], busy: [] };
  const evaluation = new Evaluation("/evaluate", {
    onAnswer: (data, query) => seen.answers.push([query, data]),
    onProblem: (problem) => seen.problems.push(problem),
    onBusy: (busy) => seen.busy.push(busy),
  });
  return { seen, evaluation };
}

test("of many settings asked at once the latest is answered, one request in flight", async () => {
  const asked = answering((query) => json({ query }));
  const { seen, evaluation } = listening();
  for (const query of ["a=1", "a=2", "a=3"]) evaluation.ask(query);
  await pause(10);
  for (const query of ["a=4", "a=5"]) evaluation.ask(query);
  await pause(400);
  assert.deepEqual(asked, ["a=3", "a=5"]);
  assert.equal(seen.answers.at(-1)[0], "a=5");
  assert.equal(seen.busy.at(-1), false);
});

test("a known setting is answered without asking again", async () => {
  const asked = answering((query) => json({ query }));
  const { seen, evaluation } = listening();
  evaluation.ask("a=1");
  await pause(80);
  evaluation.ask("a=1");
  assert.deepEqual(asked, ["a=1"]);
  assert.equal(seen.answers.length, 2);
});

test("a refusal brings its faults by field", async () => {
  const faults = [{ field: "calls", value: "0", message: "calls must lie between 1 and 100; you gave 0." }];
  answering(() => json({ detail: "Refused.", faults }, 400));
  const { seen, evaluation } = listening();
  evaluation.ask("calls=0");
  await pause(80);
  assert.deepEqual(seen.problems[0].faults, faults);
  assert.equal(seen.problems[0].offline, false);
});

test("an unreachable site is told apart from a refusal", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("fetch failed");
  };
  const { seen, evaluation } = listening();
  evaluation.ask("a=1");
  await pause(40);
  assert.equal(seen.problems[0].offline, true);
});

test("once stopped nothing is answered", async () => {
  answering((query) => json({ query }));
  const { seen, evaluation } = listening();
  evaluation.ask("a=1");
  await pause(10);
  evaluation.stop();
  await pause(80);
  assert.deepEqual([seen.answers, seen.problems], [[], []]);
});
