// Boxes of a graph, each [left, top, width, height] in pixels, and the straight edges between them.

// Straight across or down between two boxes; the longer box is met where the shorter one stands.
export function edgePath([left, top, width, height], [toLeft, toTop, toWidth, toHeight]) {
  const isAcross = toLeft >= left + width - 1;
  if (isAcross) {
    const y = Math.min(height, toHeight) === height ? top + height / 2 : toTop + toHeight / 2;
    return { d: `M${left + width} ${y}H${toLeft}`, middle: [(left + width + toLeft) / 2, y] };
  }
  const x = Math.min(width, toWidth) === width ? left + width / 2 : toLeft + toWidth / 2;
  return { d: `M${x} ${top + height}V${toTop}`, middle: [x, (top + height + toTop) / 2] };
}

// Put a node over its box.
export function placed(node, [left, top, width, height]) {
  Object.assign(node.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  return node;
}
