// Map a quantity to a place between 0 and 1 and back; find round ticks.

// A share of `whole`, which is 1, or 100 for a percentage.
const logit = (whole) => ({ forward: (value) => Math.log(value / (whole - value)), back: (place) => whole / (1 + Math.exp(-place)) });

const wholeOf = (maximum) => (maximum > 1 ? 100 : 1);

const KINDS = {
  linear: () => ({ forward: (value) => value, back: (place) => place }),
  log: () => ({ forward: Math.log, back: Math.exp }),
  logit: (maximum) => logit(wholeOf(maximum)),
};

export class Scale {
  constructor(kind, minimum, maximum) {
    this.kind = kind;
    // A single value stands at the end of an axis from zero, or of a decade where there is no zero.
    const alone = maximum === minimum && minimum > 0;
    this.minimum = alone ? (kind === "linear" ? 0 : minimum / 10) : minimum;
    this.maximum = maximum === minimum && !alone ? minimum + 1 : maximum;
    const { forward, back } = KINDS[kind](this.maximum);
    const start = forward(this.minimum);
    const length = forward(this.maximum) - start;
    this.place = (value) => (forward(value) - start) / length;
    this.value = (place) => back(start + place * length);
  }

  // Round ticks, at most one every `spacing` of `length` pixels; none between the numbers of what can only be counted.
  ticks(length, spacing, isCounted = false) {
    const most = Math.max(2, Math.floor(length / spacing));
    return this.kind === "log" && this.maximum / this.minimum >= 8 ? this.#logTicks(most) : this.#evenTicks(most, isCounted);
  }

  #within = (value) => value >= this.minimum * (1 - 1e-9) && value <= this.maximum * (1 + 1e-9);

  #logTicks(most) {
    const first = Math.floor(Math.log10(this.minimum));
    const last = Math.ceil(Math.log10(this.maximum));
    const powers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const choices = [[1, 2, 5], [1, 3], [1]].map((steps) =>
      powers.flatMap((power) => steps.map((step) => step * 10 ** power)).filter(this.#within),
    );
    const fitting = choices.find((ticks) => ticks.length <= most);
    if (fitting) return fitting;
    const every = Math.ceil(choices[2].length / most);
    return choices[2].filter((_, index) => index % every === 0);
  }

  #evenTicks(most, isCounted) {
    const raw = (this.maximum - this.minimum) / most;
    const power = 10 ** Math.floor(Math.log10(raw));
    const round = [1, 2, 5, 10].find((factor) => factor * power >= raw) * power;
    const step = isCounted ? Math.max(1, round) : round;
    const first = Math.ceil(this.minimum / step - 1e-9);
    const last = Math.floor(this.maximum / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  }
}

// A control's value, kept to its step and range and to three figures on a stretched scale: of a share close to its whole,
// to three figures of what is missing.
export function settle(field, value) {
  const bounded = Math.min(field.maximum, Math.max(field.minimum, value));
  const size = field.scale === "logit" ? Math.min(bounded, wholeOf(field.maximum) - bounded) : Math.abs(bounded);
  const fine = field.scale === "linear" ? field.step : Math.max(field.step, 10 ** (Math.floor(Math.log10(size || 1)) - 2));
  const stepped = Number((Math.round(bounded / fine) * fine).toPrecision(12));
  return Math.min(field.maximum, Math.max(field.minimum, stepped));
}

// The next value a key press leads to: a hundredth of the range, and one step at least.
export function nudge(field, value, steps) {
  const scale = new Scale(field.scale, field.minimum, field.maximum);
  const place = Math.min(1, Math.max(0, scale.place(value) + steps / 100));
  const moved = settle(field, scale.value(place));
  return moved === value ? settle(field, value + Math.sign(steps) * field.step) : moved;
}
