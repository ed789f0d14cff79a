// Show a number as a person reads it, and write one as the engine reads it.

const MINUS = "\u2212";

// Below this a figure is nothing that anybody could measure.
const NOTHING = 1e-9;

// Four figures at most, none for a small count; a share close to 100 keeps what sets it apart from 100.
function decimals(value) {
  const size = Math.abs(value);
  if (size < NOTHING || size >= 100 || (Number.isInteger(size) && size < 10)) return 0;
  if (Math.abs(100 - size) < NOTHING) return 0;
  if (size > 99) return Math.max(1, -Math.floor(Math.log10(100 - size) + 1e-9));
  if (size >= 10) return 1;
  if (size >= 1) return 2;
  return Math.min(8, 1 - Math.floor(Math.log10(size)));
}

// What rounds to nothing has no sign.
function grouped(value, least, most) {
  const text = value.toLocaleString("en-GB", { minimumFractionDigits: least, maximumFractionDigits: most, signDisplay: "negative" });
  return text.replace("-", MINUS);
}

// A measured figure: "28.5", "1,505", "0.016".
export const figure = (value) => grouped(value, decimals(value), decimals(value));

// A chosen value or a tick: as figure, without idle zeros.
export const plain = (value) => grouped(value, 0, Math.abs(value) >= 100 ? 2 : Math.max(decimals(value), 2));

const SIZES = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];

// A round number where there is little room: "300 k", "10 M".
export function brief(value) {
  const [size, letter] = SIZES.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
  return `${plain(value / size)}${letter && ` ${letter}`}`;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const HUGE = 1e9;

// A number on an axis: plain, and by its power of ten where the digits would take the picture's room.
export function tickOf(value) {
  if (Math.abs(value) < HUGE) return plain(value);
  const power = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  const raised = `10${[...String(power)].map((digit) => RAISED[digit]).join("")}`;
  const times = plain(value / 10 ** power);
  return times === "1" ? raised : `${times} × ${raised}`;
}

// The unit of a figure that answers a question: 1 is yes, 0 is no.
const YES_NO = "yes/no";

// A unit counts in the plural; after exactly one it stands in the singular: "1 write/s".
const PLURAL = /^(?!times|million)([A-Za-z ]{3,})s(?=\/|$)/;

export const unitAfter = (text, unit) => (unit && text === "1" ? unit.replace(PLURAL, "$1") : unit);

// A written number with its unit in three parts: what stands before it (money), the number, and what stands behind. A rate
// stands against its number, "300,000/s", whether the engine says "/s" or "1/s". An answer is its number.
export function parts(text, unit) {
  if (unit === YES_NO) return ["", text === "0" ? "no" : "yes", ""];
  if (unit === "$") return [unit, text, ""];
  return ["", text, unit ? (/^(%|1?\/)/.test(unit) ? unit.replace(/^1\//, "/") : ` ${unitAfter(text, unit)}`) : ""];
}

const joined = (text, unit) => parts(text, unit).join("");

// A figure's value in a file: as the engine gave it, or the answer.
export const inFile = ({ value, unit }) => (unit === YES_NO ? joined(String(value), unit) : value);

export const withUnit = (value, unit) => joined(figure(value), unit);

export const plainWithUnit = (value, unit) => joined(plain(value), unit);

// An interval: "100 to 900 ms".
export const rangeWithUnit = (low, high, unit) => (unit === "$" ? `${joined(plain(low), unit)} to ${joined(plain(high), unit)}` : joined(`${plain(low)} to ${plain(high)}`, unit));

// The shortest decimal form, without an exponent: what canonical parameters are made of.
export const decimal = (value) =>
  Number(Number(value).toPrecision(12)).toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 20 });

// A number typed by a person: "1,500", "1 500", "0.5"; NaN where it is none.
export function typed(text) {
  const cleaned = text.trim().replace(/[\s\u00a0\u202f,]/g, "").replace(MINUS, "-");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i.test(cleaned) ? Number(cleaned) : Number.NaN;
}

export function duration(seconds) {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
