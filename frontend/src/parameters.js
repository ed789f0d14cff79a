// Settings of a model: what its fields describe, written as the engine's canonical query.

import { decimal, plainWithUnit } from "./numbers.js";

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

export function inWords(field, value) {
  if (field.kind === "number") return plainWithUnit(value, field.unit);
  return field.kind === "flag" ? write(field, value) : (field.options?.find((option) => option.value === value)?.label ?? value);
}

// What differs between two settings, in words: "Parallel calls 20, Hedge on".
export function difference(fields, values, others) {
  return fields
    .filter((field) => write(field, values[field.name]) !== write(field, others[field.name]))
    .map((field) => `${field.label} ${inWords(field, values[field.name])}`)
    .join(", ");
}
