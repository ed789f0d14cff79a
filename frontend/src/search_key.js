// "/" leads to the box that searches the course: the one in view, or the one in the contents where they are folded away.

import { isTyping } from "./typing.js";

const boxes = [...document.querySelectorAll("[data-search]")];

function openBox() {
  const seen = boxes.find((box) => box.checkVisibility());
  const box = seen ?? boxes[0];
  if (!seen) box.closest("[popover]")?.showPopover();
  box.focus();
  box.select();
}

if (boxes.length) {
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    openBox();
  });
}
