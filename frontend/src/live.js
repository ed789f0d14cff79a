// One live region a scene: says what has changed once things are still, never what passes by meanwhile.

import { html } from "./dom.js";

const STILL_MS = 700;

export function liveRegion() {
  const node = html("p", { class: "visually-hidden", "aria-live": "polite" });
  let timer = 0;
  return {
    node,
    say(words) {
      clearTimeout(timer);
      timer = setTimeout(() => node.textContent === words || (node.textContent = words), STILL_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
