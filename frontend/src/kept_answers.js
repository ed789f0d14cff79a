// An answer sent while the site can't be reached is kept in this browser and sent when it can.

import { tell } from "./fragments.js";

const PREFIX = "kept-answer:";
const KEPT = "The site can't be reached. Your answer is kept in this browser and sent by itself when it is; no try is spent until then.";
const NOT_SAVED = "Not saved: the site can't be reached. What you type stays here.";

const keyOf = (form) => PREFIX + (form.getAttribute("hx-post") || form.getAttribute("action"));

const isAnswer = (node) => node.matches?.(".question form") && /submit\/?$/.test(keyOf(node));

function keep(form) {
  const entries = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  localStorage.setItem(keyOf(form), JSON.stringify(entries));
}

// Fill a form as it was; false where it has moved on to another variant.
function restore(form, entries) {
  const variant = entries.find(([name]) => name === "variant")?.[1];
  if (variant !== undefined && form.elements.variant?.value !== variant) return false;
  for (const [name, value] of entries) {
    const fields = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
    fields.forEach((field) => {
      if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
    });
  }
  form.dispatchEvent(new Event("restored"));
  return true;
}

function sendKept() {
  document.querySelectorAll(".question form").forEach((form) => {
    const kept = localStorage.getItem(keyOf(form));
    if (!kept) return;
    if (restore(form, JSON.parse(kept))) form.requestSubmit();
    else localStorage.removeItem(keyOf(form));
  });
}

document.addEventListener("htmx:sendError", ({ detail }) => {
  if (isAnswer(detail.elt)) {
    keep(detail.elt);
    tell(detail.elt, KEPT);
  } else if (detail.target?.matches(".saved")) detail.target.textContent = NOT_SAVED;
});

// Whatever the site answered, it has the answer now or has refused it. The form itself may be gone from the page.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.requestConfig.elt;
  if (isAnswer(form) && detail.xhr.status > 0) localStorage.removeItem(keyOf(form));
});

addEventListener("online", sendKept);
document.addEventListener("DOMContentLoaded", () => navigator.onLine && sendKept());
