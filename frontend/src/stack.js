// Dots on a line, one upon another where they would touch: a distribution that can be counted.

export const DOT = 3.8;

// A place for each value along `x` above `base`, and the radius at which the highest stack keeps below `height`.
export function stacked(values, x, base, height) {
  const columns = values.map((value) => Math.round(x(value) / (2 * DOT)));
  const highest = Math.max(...columns.map((column) => columns.filter((other) => other === column).length), 1);
  const radius = Math.min(DOT, height / (2 * highest));
  const seen = new Map();
  return columns.map((column) => {
    const level = seen.get(column) ?? 0;
    seen.set(column, level + 1);
    return { cx: column * 2 * DOT, cy: base - radius - level * 2 * radius, r: Math.max(1, radius - 0.35) };
  });
}
