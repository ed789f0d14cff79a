import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../styles/tokens.css", import.meta.url), "utf8");
const tokens = Object.fromEntries([...css.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, name, light, dark]) => [name, { light, dark }]));

// Relative luminance and contrast ratio: WCAG 2.2.
function luminance(hex) {
  const channels = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = channels.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["paper", "panel", "sunk"];
const TEXT = ["ink", "soft", "accent", "accent-strong", "good", "warn", "bad"];
const CONTROLS = ["edge", "accent", "series-1", "series-2", "series-3", "series-4"];
const PAIRS = [
  ...GROUNDS.flatMap((ground) => TEXT.map((text) => [text, ground, 4.5])),
  ...GROUNDS.flatMap((ground) => CONTROLS.map((control) => [control, ground, 3])),
  ...["series-1", "series-2", "series-3", "series-4"].map((series) => [series, "panel", 4.5]),
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-strong", 4.5],
  ["ink", "accent-wash", 4.5],
  ["accent", "accent-wash", 4.5],
  ["ink", "mark", 4.5],
  ["accent", "mark", 4.5],
  ["good", "good-wash", 4.5],
  ["warn", "warn-wash", 4.5],
  ["bad", "bad-wash", 4.5],
];

for (const theme of ["light", "dark"]) {
  test(`text has 4.5:1 and controls 3:1 in the ${theme} theme`, () => {
    const failing = PAIRS.map(([front, ground, least]) => ({ front, ground, least, found: contrast(tokens[front][theme], tokens[ground][theme]) }))
      .filter(({ found, least }) => found < least)
      .map(({ front, ground, least, found }) => `${front} on ${ground}: ${found.toFixed(2)} < ${least}`);
    assert.deepEqual(failing, []);
  });
}
