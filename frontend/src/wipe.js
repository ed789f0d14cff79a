// The truth comes in from the left once a guess is made; at once where motion is unwanted.

import { calmMotion } from "./dom.js";

const WIPE_MS = 1300;

// `frame` is the plane that `node` is drawn on.
export function wipe(node, { left, right }) {
  if (calmMotion()) return;
  node.animate([{ clipPath: `inset(-20px ${right - left}px -20px 0)` }, { clipPath: "inset(-20px -20px -20px 0)" }], { duration: WIPE_MS, easing: "ease-in-out" });
}
