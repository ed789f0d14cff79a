// The form before the first look, and the one that asks why after it.

import { html, newId } from "./dom.js";
import { intervalInput } from "./interval.js";
import { send } from "./request.js";

const PREDICTIONS = "/api/v1/predictions/";
const LONGEST_SENTENCE = 500;

// The question with its axis. `onLocked(prediction)` is called once the site has taken the answer; where nothing is kept,
// as in a preview of a chapter, it is called at once, without a prediction. `begun` is what was typed of its ends already.
export function predictionForm(instrument, onLocked, begun) {
  const prompt = instrument.prediction_prompt;
  const isKept = Boolean(instrument.offering);
  const interval = intervalInput(prompt, begun);
  const problem = html("p", { class: "field-error", role: "alert" });
  const lock = html("button", { type: "submit", class: "btn" }, "Lock it in");
  const show = html("button", { type: "button", class: "btn quiet", onclick: () => commit(null, null) }, "Show me");
  const id = newId("prompt");

  async function commit(low, high) {
    problem.textContent = "";
    if (!isKept) return interval.stop(), onLocked(null);
    const pressed = document.activeElement;
    lock.disabled = show.disabled = true;
    try {
      const { data } = await send(PREDICTIONS, {
        method: "POST",
        body: { offering: instrument.offering, model: instrument.model, prompt: prompt.name, low, high, ...(instrument.item ? { item: instrument.item } : {}) },
      });
      interval.stop();
      onLocked(data);
    } catch (error) {
      problem.textContent = error.offline ? "The site can't be reached, so your interval is not locked yet. It stays as you set it; try again when the connection is back." : error.message;
      lock.disabled = show.disabled = false;
      pressed.focus({ preventScroll: true });
    }
  }

  return html(
    "form",
    {
      class: "predict",
      "aria-labelledby": id,
      onsubmit: (event) => {
        event.preventDefault();
        try {
          commit(...interval.read());
        } catch (error) {
          problem.textContent = error.message;
        }
      },
    },
    html("p", { class: "prompt", id }, prompt.question),
    html("p", { class: "prompt-help" }, "Set an interval that you would bet nine to one on. The first one counts towards your calibration, never towards a grade."),
    interval.node,
    html("div", { class: "interval-numbers" }, interval.numbers, html("span", { class: "actions" }, lock, show)),
    problem,
    html("p", { class: "caption" }, isKept ? "“Show me” reveals the curve and scores nothing." : "Nothing is kept here: either button reveals the curve, without a verdict."),
  );
}

// One tap for the cause, one sentence; kept, shown again, and open to a second thought.
export function whyForm(prediction, causes) {
  const node = html("div", { class: "why" });
  const chosen = () => causes.find((cause) => cause.name === prediction.cause)?.label;

  function told() {
    const change = html("button", { type: "button", class: "text-button", onclick: () => ask().focus() }, "Change");
    node.replaceChildren(html("p", { class: "verdict-line" }, html("b", {}, "Why: "), `${chosen() ?? prediction.cause}. `, html("q", {}, prediction.explanation), " ", change));
    return change;
  }

  function ask() {
    const name = newId("cause");
    const sentence = html("input", { type: "text", maxlength: LONGEST_SENTENCE, required: true, value: prediction.explanation, "aria-label": "Why, in one sentence", placeholder: "In one sentence" });
    const problem = html("p", { class: "field-error", role: "alert" });
    const save = html("button", { type: "submit", class: "btn small" }, "Keep it");
    const chips = causes.map((cause) => html("label", { class: "chip" }, html("input", { type: "radio", name, required: true, value: cause.name, checked: cause.name === prediction.cause }), cause.label));
    const submit = async (event) => {
      event.preventDefault();
      problem.textContent = "";
      save.disabled = true;
      const cause = new FormData(event.target).get(name);
      try {
        await send(`${PREDICTIONS}${prediction.id}/`, { method: "PATCH", body: { cause, explanation: sentence.value } });
        Object.assign(prediction, { cause, explanation: sentence.value });
        told().focus();
      } catch (error) {
        problem.textContent = error.faults?.[0]?.message ?? error.message;
        save.disabled = false;
        save.focus({ preventScroll: true });
      }
    };
    node.replaceChildren(
      html(
        "form",
        { onsubmit: submit, class: "why-form" },
        html("fieldset", {}, html("legend", {}, "Why is it so?"), html("div", { class: "causes" }, chips)),
        html("div", { class: "sentence" }, sentence, save),
        problem,
      ),
    );
    return sentence;
  }

  if (prediction.explanation) told();
  else ask();
  return node;
}
