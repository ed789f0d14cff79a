// The clock of an assignment, counted down from the server's end time; and handing in only once what is typed is saved.

import { announcement, asClock } from "./time_left.js";

const GRACE_MILLISECONDS = 11_000; // the server takes what was sent in time for ten seconds more
const SAVING_MILLISECONDS = 10_000;
const SOON = 600;
const LAST = 60;

function start(clock) {
  const endsAt = Date.parse(clock.dataset.endsAt);
  const skew = Date.parse(clock.dataset.now) - Date.now();
  const shown = clock.querySelector(".left");
  const announced = clock.querySelector("[data-announce]");
  let before = Infinity;
  const tick = () => {
    const left = (endsAt - Date.now() - skew) / 1000;
    const words = announcement(before, left);
    if (words && before !== Infinity) announced.textContent = words;
    before = left;
    shown.hidden = false;
    shown.textContent = left > 0 ? `${asClock(left)} left` : "Time is over";
    clock.classList.toggle("soon", left <= SOON && left > LAST);
    clock.classList.toggle("last", left <= LAST);
    if (left > 0) return;
    clearInterval(timer);
    setTimeout(() => location.assign(clock.dataset.over), GRACE_MILLISECONDS);
  };
  const timer = setInterval(tick, 1000);
  tick();
}

document.querySelectorAll(".clock").forEach(start);

// A draft is sent a moment after the last key. Who hands in within that moment has it sent first, and waited for.
// What is typed while one is on the way is not in it.
const unsaved = new Set();
const onTheWay = new Set();
const partsOf = (node) => [node, ...(node.matches("form") ? node.querySelectorAll(".typed") : [])];
document.addEventListener("input", ({ target }) => {
  const typed = target.closest(".question .typed");
  if (typed) unsaved.add(typed);
});
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  for (const part of partsOf(detail.elt)) if (unsaved.delete(part)) onTheWay.add(part);
});
// By now the form itself may be gone from the page.
document.addEventListener("htmx:afterRequest", ({ detail }) => partsOf(detail.requestConfig.elt).forEach((part) => onTheWay.delete(part)));

document.querySelectorAll("form.hand-in").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (unsaved.size + onTheWay.size === 0) return;
    event.preventDefault();
    const waitUntil = Date.now() + SAVING_MILLISECONDS;
    const send = () => {
      if (unsaved.size + onTheWay.size > 0 && Date.now() < waitUntil) setTimeout(send, 100);
      else form.submit();
    };
    send();
  });
});
