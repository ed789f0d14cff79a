// A field that is one of few, as a row of buttons; a flag, as one that stays pressed.

import { html } from "./dom.js";

export function choiceButtons(field, onPick) {
  const buttons = field.options.map(({ value, label }) => html("button", { type: "button", "data-value": value, onclick: () => onPick({ [field.name]: value }) }, label));
  return {
    node: html("div", { class: "segmented", role: "group", "aria-label": field.label }, buttons),
    show: (value) => buttons.forEach((button) => button.setAttribute("aria-pressed", button.dataset.value === value)),
  };
}

export function flagButton(field, onPick, label = field.label) {
  let isOn = false;
  const show = (value) => node.setAttribute("aria-pressed", (isOn = value));
  const node = html("button", { type: "button", class: "chip", title: field.help, onclick: () => (show(!isOn), onPick({ [field.name]: isOn })) }, label);
  return { node, show };
}
