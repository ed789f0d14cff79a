// In a chapter: mark the section being read in the outline, and step through sections by "n" and "p".

import { isTyping } from "./typing.js";

const sections = [...document.querySelectorAll(".read > section[id]")];
const outline = document.querySelector(".outline");
const links = new Map([...(outline?.querySelectorAll('a[href^="#"]') ?? [])].map((link) => [link.hash.slice(1), link]));
const TOP_SHARE = 0.3;

// The last section that began above the upper third of the window.
function current() {
  const line = innerHeight * TOP_SHARE;
  return sections.findLastIndex((section) => section.getBoundingClientRect().top <= line);
}

function mark() {
  const id = sections[current()]?.id;
  links.forEach((link, anchor) => {
    if (anchor === id) link.parentElement.setAttribute("aria-current", "true");
    else link.parentElement.removeAttribute("aria-current");
  });
}

if (sections.length && links.size) {
  const observer = new IntersectionObserver(mark, { rootMargin: `0px 0px -${100 - 100 * TOP_SHARE}% 0px`, threshold: [0, 0.01] });
  sections.forEach((section) => observer.observe(section));
  outline.addEventListener("click", (event) => event.target.closest("a") && outline.matches(":popover-open") && outline.hidePopover());
  mark();
}

function step(by) {
  const next = sections[current() + by];
  if (next) {
    next.scrollIntoView();
    const heading = next.querySelector("h2") ?? next;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  } else document.querySelector(`.chapter-turn [rel="${by > 0 ? "next" : "prev"}"]`)?.click();
}

if (sections.length) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(event.target)) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
}
