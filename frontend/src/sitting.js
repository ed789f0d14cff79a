// The clock of an assignment, counted down from the server's end time; and handing in only once what is typed is saved.

import { announcement, asClock } from "./time_left.js";

const GRACE_MILLISECONDS = 11_000; // the server takes what was sent in time for ten seconds more
const SAVING_MILLISECONDS = 3_000;
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
const unsaved = new Set();
document.addEventListener("input", ({ target }) => {
  const typed = target.closest(".question .typed");
  if (typed) unsaved.add(typed);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  unsaved.delete(detail.elt);
  if (detail.elt.matches("form")) detail.elt.querySelectorAll(".typed").forEach((typed) => unsaved.delete(typed));
});

document.querySelectorAll("form.hand-in").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (unsaved.size === 0) return;
    event.preventDefault();
    const waitUntil = Date.now() + SAVING_MILLISECONDS;
    const send = () => {
      if (unsaved.size > 0 && Date.now() < waitUntil) setTimeout(send, 100);
      else form.submit();
    };
    send();
  });
});
