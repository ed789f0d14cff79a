// Forms and fragments by htmx: no inline style, no eval, the CSRF token on every write, refusals shown in the form.
// htmx is more than half of a page's script, so it is fetched when a form or fragment is near the window; what
// is typed or sent before it has come waits for it.

import { whenNear } from "./near.js";
import { csrfToken } from "./request.js";

const ASKING = "[hx-post], [hx-get]";

const CONFIGURATION = {
  includeIndicatorStyles: false,
  allowEval: false,
  historyCacheSize: 0,
  // Not "style": an inline style copied from an element to its successor is one that the policy forbids.
  attributesToSettle: ["class"],
  // A refused form comes back as 422 with its errors in place; every other refusal is told beside the form.
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
};

let isReady = false;
let loading = null;

// It reads its configuration as it starts, and starts by itself only in a page that is complete.
async function start() {
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  if (!document.querySelector("meta[name=htmx-config]")) {
    document.head.append(Object.assign(document.createElement("meta"), { name: "htmx-config", content: JSON.stringify(CONFIGURATION) }));
  }
  await import("htmx.org/dist/htmx.min.js");
  isReady = true;
}

// Fetch htmx once; rejected while the site can't be reached, and then tried again when next asked.
export function fragmentsReady() {
  loading ??= start().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

const fetchFragments = () => fragmentsReady().catch(() => {}); // what fails is told where something is sent

// What asks by itself does so at once. Where a form is near is known once the page has taken its height, which instruments
// do as they come: it is looked for at the reader's first sign.
whenNear("[hx-get]", fetchFragments);
const first = new AbortController();
for (const sign of ["scroll", "pointerdown", "keydown", "focusin"]) {
  const look = () => {
    first.abort();
    whenNear(ASKING, fetchFragments);
  };
  addEventListener(sign, look, { capture: true, passive: true, signal: first.signal });
}

// As htmx says it of a request that never left.
function sayUnsent(node) {
  const target = document.querySelector(node.getAttribute("hx-target"));
  node.dispatchEvent(new CustomEvent("htmx:sendError", { bubbles: true, detail: { elt: node, target } }));
}

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (isReady || !form.matches(ASKING)) return;
    event.preventDefault();
    event.stopPropagation();
    fragmentsReady().then(
      () => form.isConnected && form.requestSubmit(submitter),
      () => sayUnsent(form),
    );
  },
  { capture: true },
);

document.addEventListener(
  "input",
  ({ target }) => {
    const typed = target.closest("[hx-trigger^=input]");
    if (isReady || !typed) return;
    fragmentsReady().then(
      () => target.dispatchEvent(new Event("input", { bubbles: true })),
      () => sayUnsent(typed),
    );
  },
  { capture: true },
);

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
