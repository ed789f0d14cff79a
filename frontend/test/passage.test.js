import assert from "node:assert/strict";
import { test } from "node:test";

import { findPassage, LONGEST_QUOTE, passageAt } from "../src/passage.js";

const TEXT = "A call waits.\n  Another call waits longer, and a call waits for both.";

function kept(quote, from = 0) {
  const start = TEXT.indexOf(quote, from);
  return passageAt(TEXT, start, start + quote.length);
}

test("a passage is found where it was selected, of several alike too", () => {
  for (const from of [0, 10, 30]) {
    const start = TEXT.indexOf("call waits", from);
    assert.deepEqual(findPassage(TEXT, kept("call waits", from)), { start, end: start + 10 });
  }
});

test("a passage is found in other white space and other surroundings", () => {
  const revised = "New words. Another\ncall   waits longer now.";
  const { start, end } = findPassage(revised, kept("call waits longer"));
  assert.equal(revised.slice(start, end), "call   waits longer");
});

test("a passage that is gone is nowhere, and neither is an empty one", () => {
  assert.equal(findPassage("Nothing of it.", kept("call waits")), null);
  assert.equal(findPassage(TEXT, { quote: " ", prefix: "", suffix: "" }), null);
});

test("of a long selection the beginning is kept", () => {
  const long = "word ".repeat(400);
  const passage = passageAt(long, 0, long.length);
  assert.ok(passage.quote.length <= LONGEST_QUOTE);
  assert.equal(findPassage(long, passage).start, 0);
});
