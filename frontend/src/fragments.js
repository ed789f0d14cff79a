// Forms and fragments by htmx: no inline style, no eval, the CSRF token on every write, refusals shown in the form.

import htmx from "htmx.org/dist/htmx.min.js";

import { csrfToken } from "./request.js";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.historyCacheSize = 0;
// Not "style": an inline style copied from an element to its successor is one that the policy forbids.
htmx.config.attributesToSettle = ["class"];
// A refused form comes back as 422 with its errors in place; every other refusal is told beside the form.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

// The sentence of a problem document, or of an error page.
function detailOf(request) {
  if (request.getResponseHeader("Content-Type")?.includes("json")) {
    const { detail, faults = [] } = JSON.parse(request.responseText);
    return [detail, ...faults.map((fault) => fault.message)].filter(Boolean).join(" ");
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  return page.querySelector("[data-problem-detail]")?.textContent.trim();
}

export function tell(source, words) {
  const form = source.closest("form") ?? source;
  let box = form.querySelector(".form-problem");
  if (!box) {
    box = document.createElement("div");
    box.className = "form-problem notice bad";
    box.setAttribute("role", "alert");
    form.prepend(box);
  }
  box.hidden = words === "";
  box.textContent = words;
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken();
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const box = detail.elt.closest("form")?.querySelector(".form-problem");
  if (box) box.hidden = true;
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  const words = detailOf(detail.xhr) ?? `The site answered ${detail.xhr.status}. What you typed stays here; try again.`;
  tell(detail.elt, words);
});

// After an answer the eyes go to what was said about it; so do the focus and the screen reader.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const question = detail.elt;
  if (!question.matches?.(".question") || question.querySelector("[autofocus]")) return;
  const said = question.querySelector(".feedback, .verdict");
  if (!said) return;
  said.tabIndex = -1;
  said.focus({ preventScroll: true });
  said.scrollIntoView({ block: "nearest" });
});
