// How long is left, in words and as a clock; pure, so that it is tested without a browser.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (number) => String(number).padStart(2, "0");

// Under an hour "09:05", under a day "3 h 20 min", beyond that "2 days".
export function asClock(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  if (left < HOUR) return `${two(Math.floor(left / MINUTE))}:${two(left % MINUTE)}`;
  if (left < 2 * DAY) return `${Math.floor(left / HOUR)} h ${Math.floor((left % HOUR) / MINUTE)} min`;
  return `${Math.floor(left / DAY)} days`;
}

const MARKS = [
  [10 * MINUTE, "10 minutes are left."],
  [MINUTE, "One minute is left. What you have typed is saved as you go."],
];

// What to say when the time left went from `before` to `after` seconds; nothing where no mark was passed.
export function announcement(before, after) {
  if (after <= 0 && before > 0) return "The time is over. What was saved is being handed in.";
  return MARKS.findLast(([mark]) => before > mark && after <= mark && after > 0)?.[1] ?? "";
}
