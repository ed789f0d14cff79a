// Parts of one scene, one shown at a time: each is mounted when it is first looked at, and keeps what was done in it.

import { html } from "./dom.js";

// `parts` are [label, mount]; the one at `first` is shown.
export function tabs(host, context, parts, first = 0) {
  const area = html("div");
  const buttons = parts.map(([label], index) => html("button", { type: "button", "aria-pressed": "false", onclick: () => show(index) }, label));
  host.replaceChildren(html("div", { class: "segmented scene-tabs", role: "group", "aria-label": "What to try" }, buttons), area);
  const mounted = [];
  let current = null;
  let latest = null;

  function show(index) {
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", at === index));
    mounted[index] ??= (() => {
      const own = html("div");
      return { own, scene: parts[index][1](own, context) };
    })();
    current = mounted[index];
    area.replaceChildren(current.own);
    if (latest) current.scene.update(...latest);
  }

  show(first);
  return {
    stop: () => mounted.forEach(({ scene }) => scene.stop()),
    update(...next) {
      latest = next;
      current.scene.update(...next);
    },
  };
}
