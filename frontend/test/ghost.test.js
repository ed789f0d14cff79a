import assert from "node:assert/strict";
import { test } from "node:test";

// As much of a document as a button needs.
globalThis.document = {
  createElement: () => ({ style: {}, attributes: {}, setAttribute(name, value) { this.attributes[name] = value; }, addEventListener(name, action) { this[name] = action; }, append() {} }),
};
const { Ghost } = await import("../src/ghost.js");

const fields = [{ name: "retries", kind: "number", label: "Retries", unit: "", default: 2 }];
const make = () => new Ghost({ fields, onChange() {} });
const seen = (ghost, retries, at, pinned = null) => ghost.observe(`result of ${retries}`, { retries }, pinned, at);

test("a setting that has stood is left behind, what a drag passes through is not", () => {
  const ghost = make();
  seen(ghost, 2, 0);
  assert.equal(ghost.result, null);
  seen(ghost, 3, 1000);
  assert.equal(ghost.result, "result of 2");
  assert.equal(ghost.words, "Retries 2");
  seen(ghost, 4, 1100);
  seen(ghost, 5, 1200);
  assert.equal(ghost.result, "result of 2");
  seen(ghost, 0, 3000);
  assert.equal(ghost.result, "result of 5");
});

test("a setting answered again has stood since it was first shown", () => {
  const ghost = make();
  seen(ghost, 2, 0);
  seen(ghost, 2, 800);
  seen(ghost, 3, 1000);
  assert.equal(ghost.result, "result of 2");
});

test("what is pinned wins, and no setting is its own ghost", () => {
  const ghost = make();
  const pinned = { result: "pinned", values: { retries: 1 } };
  seen(ghost, 2, 0, pinned);
  assert.equal(ghost.result, "pinned");
  seen(ghost, 1, 100, pinned);
  assert.equal(ghost.result, null);
  assert.equal(ghost.node.style.visibility, "hidden");
});

test("the reader may hide it", () => {
  const ghost = make();
  seen(ghost, 2, 0);
  seen(ghost, 3, 1000);
  ghost.node.click();
  assert.equal(ghost.result, null);
  assert.equal(ghost.node.attributes["aria-pressed"], false);
});
