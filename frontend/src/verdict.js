// What became of a prediction, in words.

import { html } from "./dom.js";
import { rangeWithUnit, withUnit } from "./numbers.js";

// A percentile's name fits into a sentence; other labels are headings, and the question has named what was asked.
const nameOf = (label) => (/^p\d/.test(label) ? label : "it");

export function verdictOf(prediction, prompt, label) {
  const truth = `${nameOf(label)} is ${withUnit(prediction.truth, prompt.unit)}.`;
  if (prediction.held === null) return html("p", { class: "verdict-line" }, html("b", {}, "Shown."), ` Here ${truth}`);
  return html(
    "p",
    { class: `verdict-line ${prediction.held ? "held" : "missed"}` },
    html("b", {}, prediction.held ? "Held." : "Missed."),
    ` You said ${rangeWithUnit(prediction.low, prediction.high, prompt.unit)}; ${truth}`,
  );
}

export function calibrationOf({ held, total, aimed }) {
  if (!total) return null;
  const words =
    total === 1
      ? `Your first interval. Of ten like it, ${Math.round(10 * aimed)} should hold.`
      : `Of your ${total} intervals ${held} held; you aimed for ${Math.round(aimed * total)}.`;
  return html("p", { class: "calibration-line" }, words);
}

// A link that asks somebody else before it shows them this interval.
export function challengeOf({ challenge_url: address }) {
  return address ? html("p", { class: "calibration-line" }, html("a", { href: address }, "Let somebody try to beat your interval")) : null;
}
