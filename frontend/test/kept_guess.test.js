import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { keptGuessOf } from "../src/kept_guess.js";

const FIELDS = [
  { name: "load", kind: "number", default: 4 },
  { name: "overhead", kind: "number", default: 1 },
  { name: "realistic", kind: "flag", default: false },
];
const ASKED = "load=4&overhead=0.8&realistic=off";
const LOCKED = { id: "7", guess: { up: [1, 2] }, verdict: "Your curve is a factor of 2.0 off on average." };

let sent;
let answer;
beforeEach(() => {
  sent = [];
  answer = { ok: true, status: 201, headers: new Headers(), json: async () => LOCKED };
  globalThis.document = { cookie: "csrftoken=token" };
  globalThis.fetch = async (url, request) => (sent.push({ url, ...request }), answer);
});

const part = () => ({ inert: false });

function instrument(data = {}) {
  return {
    data: { offering: "open", model: "scaling_cost", item: null, guessed: null, guess_prompt: { name: "both_costs", parameters: { overhead: "0.8" }, knots: [2, 64] }, ...data },
    fields: FIELDS,
    seen: new Set(),
    scene: { querySelectorAll: () => [] },
    side: part(),
    spoken: { textContent: "" },
    tools: part(),
    views: part(),
    set(values) {
      this.values = values;
    },
  };
}

test("nothing is kept where nothing is asked", () => {
  assert.equal(keptGuessOf(instrument({ guess_prompt: null })), null);
});

test("the guess is sent under the prompt's name, and what the site locked is what stands", async () => {
  const page = instrument();
  const kept = keptGuessOf(page);
  await kept.commit({ up: [100, 200] });
  assert.equal(sent.length, 1);
  assert.equal(sent[0].url, "/api/v1/predictions/");
  assert.equal(sent[0].method, "POST");
  assert.equal(sent[0].headers["X-CSRFToken"], "token");
  assert.deepEqual(JSON.parse(sent[0].body), { offering: "open", model: "scaling_cost", prompt: "both_costs", guess: { up: [100, 200] } });
  assert.equal(kept.prediction, LOCKED);
});

test("to be shown sends no guess, and an item of the course goes with it", async () => {
  await keptGuessOf(instrument({ item: "chapter/costs" })).commit(null);
  const body = JSON.parse(sent[0].body);
  assert.equal(body.guess, null);
  assert.equal(body.item, "chapter/costs");
});

test("a refusal locks nothing and says why", async () => {
  answer = { ok: false, status: 400, headers: new Headers(), json: async () => ({ detail: "guess.up must be a list of 7 numbers", faults: [] }) };
  const kept = keptGuessOf(instrument());
  await assert.rejects(kept.commit({}), /guess.up must be a list/);
  assert.equal(kept.prediction, null);
});

test("it is asked at the prompt's settings, the others at their defaults", () => {
  const page = instrument();
  const kept = keptGuessOf(page);
  kept.show();
  assert.deepEqual(page.values, { load: 4, overhead: 0.8, realistic: false });
  Object.assign(page, { query: ASKED, shown: "load=4&overhead=1&realistic=off" });
  assert.equal(kept.isHere(), false, "the engine's answer is still of another setting");
  page.shown = ASKED;
  assert.equal(kept.isHere(), true);
});

test("what the page has shown already is no guess", () => {
  const page = instrument();
  assert.equal(keptGuessOf(page).isSeen(), false);
  page.seen.add(ASKED);
  assert.equal(keptGuessOf(page).isSeen(), true);
});

test("while it is open, controls, tools and other views are out of reach, of the scene all but what is drawn, and what was read aloud", () => {
  const page = instrument();
  page.spoken.textContent = "Many machines are cheaper beyond 4.85 times the load.";
  const kept = keptGuessOf(page);
  const [knot, chip] = [part(), part()];
  page.scene.querySelectorAll = () => [knot, chip];
  const curve = { contains: (node) => node === knot };
  kept.hold(true, [curve]);
  assert.equal(page.spoken.textContent, "");
  assert.deepEqual([knot.inert, chip.inert], [false, true]);
  assert.deepEqual([page.held, page.side.inert, page.tools.inert, page.views.inert], [true, true, true, true]);
  kept.hold(false, [curve]);
  assert.deepEqual([knot.inert, chip.inert], [false, false]);
  assert.deepEqual([page.held, page.side.inert, page.tools.inert, page.views.inert], [false, false, false, false]);
});

test("a page opens with the question once, where it is to come first", () => {
  assert.equal(keptGuessOf(instrument()).isOpening, false);
  const kept = keptGuessOf(Object.assign(instrument(), { opening: true }));
  assert.equal(kept.isOpening, true);
  kept.opened();
  assert.equal(kept.isOpening, false);
});

test("how the cohort guessed is asked of the site, and is nothing outside a cohort", async () => {
  const page = instrument({ offering: "autumn" });
  answer = { ok: true, status: 200, headers: new Headers(), json: async () => ({ cohort: "Autumn", people: 5, spread: { up: [[1, 2, 3]] } }) };
  assert.equal((await keptGuessOf(page).cloud()).people, 5);
  assert.equal(sent[0].url, "/api/v1/guesses/autumn/scaling_cost/");
  answer = { ...answer, json: async () => ({ cohort: "", people: 0, spread: null }) };
  assert.equal(await keptGuessOf(page).cloud(), null);
});
