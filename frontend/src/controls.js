// Controls derived from a model's fields: a range with an exact number, radios or a select, a check box.

import { html, newId } from "./dom.js";
import { decimal, figure, plain, plainWithUnit, typed, unitAfter } from "./numbers.js";
import { Scale, nudge, settle } from "./scale.js";

const PLACES = 1000;
const LONGEST_RADIO = 22;
const MOST_RADIOS = 3;
const SHOWN_AT_FIRST = 5;
// A letter's width, in those of a figure.
const LETTER = 0.84;

// A share is typed as the engine reads it and shown as a percentage beside.
const beside = (field, value) => (field.unit ? unitAfter(plain(value), field.unit) : field.scale === "logit" ? `${figure(100 * value)}%` : "");

// How many characters a control keeps free for its number, so that nothing beside it moves while it changes.
function roomFor({ minimum, maximum, step, scale }) {
  if (scale !== "linear") return Math.max(8, decimal(maximum).length);
  return Math.max(decimal(minimum).length, decimal(maximum).length) + (step < 1 ? decimal(step).length - 1 : 0);
}

function numberControl(field, onChange) {
  const id = newId("control");
  const scale = new Scale(field.scale, field.minimum, field.maximum);
  const range = html("input", { type: "range", min: 0, max: PLACES, step: 1, id, "aria-describedby": `${id}-help` });
  const exact = html("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `${field.label}, exact value`, "aria-describedby": `${id}-help ${id}-error` });
  const unit = html("span", { class: "unit" });
  const error = html("span", { class: "field-error", id: `${id}-error`, role: "alert" });
  let value = field.default;
  exact.style.setProperty("--room", roomFor(field));
  unit.style.setProperty("--room", field.unit ? LETTER * field.unit.length : Math.max(beside(field, field.minimum).length, beside(field, field.maximum).length));

  const show = () => {
    const place = scale.place(value);
    range.value = Math.round(place * PLACES);
    range.style.setProperty("--at", `${(100 * place).toFixed(2)}%`);
    range.setAttribute("aria-valuetext", plainWithUnit(value, field.unit));
    if (document.activeElement !== exact) exact.value = decimal(value);
    unit.textContent = beside(field, value);
  };
  const change = (next) => {
    refuse("");
    if (next === value) return show();
    value = next;
    show();
    onChange(field.name, value);
  };
  const refuse = (message) => {
    error.textContent = message;
    exact.setAttribute("aria-invalid", message !== "");
  };

  range.addEventListener("input", () => change(settle(field, scale.value(range.value / PLACES))));
  range.addEventListener("keydown", (event) => {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    change(nudge(field, value, direction * (event.shiftKey ? 10 : 1)));
  });
  const take = () => {
    const number = typed(exact.value);
    const whole = field.integer && !Number.isInteger(number);
    if (Number.isNaN(number) || whole || number < field.minimum || number > field.maximum) {
      const kind = Number.isNaN(number) || whole ? `be ${field.integer ? "a whole number" : "a number"}` : "lie";
      const bounds = `between ${plain(field.minimum)} and ${plainWithUnit(field.maximum, field.unit)}`;
      refuse(`${field.label} must ${kind} ${bounds}; you gave ${exact.value.trim() || "nothing"}.`);
    } else change(number);
  };
  exact.addEventListener("change", take);
  exact.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), take()));
  exact.addEventListener("blur", () => exact.getAttribute("aria-invalid") !== "true" && show());

  show();
  return {
    node: html(
      "div",
      { class: "control" },
      html("div", { class: "top-row" }, html("label", { for: id }, field.label), html("span", { class: "exact" }, exact, beside(field, value) ? unit : null)),
      range,
      html("div", { class: "below" }, html("small", { id: `${id}-help` }, field.help), error),
    ),
    set: (next) => ((value = next), refuse(""), show()),
    refuse,
  };
}

function choiceControl(field, onChange) {
  const id = newId("control");
  const error = html("span", { class: "field-error", role: "alert" });
  const help = html("small", { id: `${id}-help` }, field.help);
  const refuse = (message) => (error.textContent = message);
  if (field.options.length > MOST_RADIOS || field.options.some(({ label }) => label.length > LONGEST_RADIO)) {
    const options = field.options.map(({ value, label }) => html("option", { value }, label));
    const select = html("select", { id, "aria-describedby": `${id}-help`, onchange: () => onChange(field.name, select.value) }, options);
    return { node: html("div", { class: "control" }, html("label", { for: id }, field.label), select, help, error), set: (value) => (select.value = value), refuse };
  }
  const radios = field.options.map(({ value }) => html("input", { type: "radio", name: id, value, onchange: () => onChange(field.name, value) }));
  const labels = field.options.map(({ label }, index) => html("label", {}, radios[index], label));
  return {
    node: html("fieldset", { class: "control", "aria-describedby": `${id}-help` }, html("legend", {}, field.label), html("div", { class: "segmented" }, labels), help, error),
    set: (value) => radios.forEach((radio) => (radio.checked = radio.value === value)),
    refuse,
  };
}

function flagControl(field, onChange) {
  const id = newId("control");
  const error = html("span", { class: "field-error", role: "alert" });
  const box = html("input", { type: "checkbox", id, "aria-describedby": `${id}-help`, onchange: () => onChange(field.name, box.checked) });
  return {
    node: html("div", { class: "control" }, html("label", { class: "check", for: id }, box, field.label), html("small", { id: `${id}-help` }, field.help), error),
    set: (value) => (box.checked = value),
    refuse: (message) => (error.textContent = message),
  };
}

const MAKERS = { number: numberControl, choice: choiceControl, flag: flagControl };

// Returns { nodes, set(values), refuse(faults) }; the first five fields are open, the rest fold away.
export function makeControls(fields, onChange) {
  const controls = new Map(fields.map((field) => [field.name, MAKERS[field.kind](field, onChange)]));
  const nodes = [...controls.values()].map((control) => control.node);
  const folded = nodes.length > SHOWN_AT_FIRST + 1 ? nodes.splice(SHOWN_AT_FIRST) : [];
  if (folded.length) nodes.push(html("details", { class: "more" }, html("summary", {}, `${folded.length} more settings`), folded));
  let refused = [];
  return {
    nodes,
    set: (values) => controls.forEach((control, name) => control.set(values[name])),
    // The next answer takes back what the site has refused, never what was refused here and is not sent.
    refuse: (faults) => {
      refused.forEach((control) => control.refuse(""));
      refused = faults.map(({ field }) => controls.get(field)).filter(Boolean);
      faults.forEach((fault) => controls.get(fault.field)?.refuse(fault.message));
    },
  };
}
