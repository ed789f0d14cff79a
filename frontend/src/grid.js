// Which cell of a table a key leads to.

const STEPS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

const within = (number, count) => Math.max(0, Math.min(count - 1, number));

// The cell's row and column, or null for a key that leads nowhere. Home and End go along the row, with Control to the
// table's corners.
export function neighbour({ row, column, key, toEdge = false, rows, columns }) {
  if (key === "Home") return { row: toEdge ? 0 : row, column: 0 };
  if (key === "End") return { row: toEdge ? rows - 1 : row, column: columns - 1 };
  if (!STEPS[key]) return null;
  const [down, right] = STEPS[key].map((step) => step * (toEdge ? Math.max(rows, columns) : 1));
  return { row: within(row + down, rows), column: within(column + right, columns) };
}
