// Settings of a model: what its fields describe, written as the engine's canonical query.

import { decimal, plainWithUnit } from "./numbers.js";

const MOST_NAMED = 2;

// Canonical text to a value that a control holds.
export function read(field, text) {
  if (field.kind === "flag") return text === true || text === "on" || text === "true";
  return field.kind === "number" ? Number(text) : text;
}

export function write(field, value) {
  if (field.kind === "flag") return value ? "on" : "off";
  return field.kind === "number" ? decimal(value) : value;
}

// `texts` may name some fields only; the others come from `base`.
export function readAll(fields, texts, base = {}) {
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      texts[field.name] === undefined ? (base[field.name] ?? field.default) : read(field, texts[field.name]),
    ]),
  );
}

export const canonical = (fields, values) => Object.fromEntries(fields.map((field) => [field.name, write(field, values[field.name])]));

export const query = (fields, values) => new URLSearchParams(canonical(fields, values)).toString();

function inWords(field, value) {
  if (field.kind === "number") return field.scale === "logit" && !field.unit ? plainWithUnit(100 * value, "%") : plainWithUnit(value, field.unit);
  return field.kind === "flag" ? write(field, value) : (field.options?.find((option) => option.value === value)?.label ?? value);
}

// Fields as rows of { label, text }. Neighbours that are numbered on and hold the same are one row: "Sprint 1 to 4".
export function inRows(fields, values) {
  const rows = [];
  for (const field of fields) {
    const text = inWords(field, values[field.name]);
    const [, stem, digits] = field.label.match(/^(.+) (\d+)$/) ?? [];
    const last = rows.at(-1);
    if (stem && last?.stem === stem && last.text === text && last.number + 1 === Number(digits)) Object.assign(last, { number: last.number + 1, label: `${stem} ${last.first} to ${digits}` });
    else rows.push({ label: field.label, text, stem, first: digits, number: Number(digits) });
  }
  return rows;
}

// What differs between two settings, in words: "Parallel calls 20, Hedge on"; of more than a few, the first and how many more.
export function difference(fields, values, others) {
  const changed = fields.filter((field) => write(field, values[field.name]) !== write(field, others[field.name]));
  const words = inRows(changed, values).map(({ label, text }) => `${label} ${text}`);
  if (words.length <= MOST_NAMED + 1) return words.join(", ");
  return `${words.slice(0, MOST_NAMED).join(", ")} and ${words.length - MOST_NAMED} more`;
}

// Faults as a person reads them: the engine names fields, the page their labels. A name of one word is a name at the
// beginning only; further on it may be any word.
export function labelled(fields, faults) {
  const labels = new Map(fields.map(({ name, label }) => [name, `“${label}”`]));
  return faults.map((fault) => ({ ...fault, message: fault.message.replace(/^[a-z0-9_]+(?= )|\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g, (name) => labels.get(name) ?? name) }));
}
