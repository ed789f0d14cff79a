// Private notes beside a chapter: each stands in the margin at its passage, and a new one is written where one reads.
// Without script "Note" beside a heading leads to the page of notes.

import { findPassage, passageAt } from "./passage.js";
import { csrfToken } from "./request.js";

const GAP = 10;
const APART = ".question, headroom-instrument, headroom-run, .note-link, .side-note, [popover]";
const main = document.querySelector("main.read");
const links = [...main.querySelectorAll(".note-link")];
let editor = null;

const sectionOf = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.(".read > section[id]");

// The pieces of text that a section's own prose consists of, with the offset at which each begins.
function textOf(section) {
  const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(APART) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const pieces = [];
  let text = "";
  while (walker.nextNode()) {
    pieces.push({ node: walker.currentNode, from: text.length });
    text += walker.currentNode.data;
  }
  return { text, pieces };
}

function pointAt(pieces, offset) {
  const piece = pieces.findLast(({ from }) => from <= offset);
  return [piece.node, Math.min(offset - piece.from, piece.node.length)];
}

function rangeOf(section, passage) {
  const { text, pieces } = textOf(section);
  const found = findPassage(text, passage);
  if (!found) return null;
  const range = document.createRange();
  range.setStart(...pointAt(pieces, found.start));
  const [node, end] = pointAt(pieces, found.end - 1);
  range.setEnd(node, end + 1);
  return range;
}

// What is selected within one section's prose, as a passage; null where nothing sensible is.
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const section = sectionOf(range.startContainer);
  if (!section || section !== sectionOf(range.endContainer)) return null;
  const { text, pieces } = textOf(section);
  const within = pieces.filter(({ node }) => range.intersectsNode(node));
  if (!within.length) return null;
  const [first, last] = [within[0], within.at(-1)];
  const start = first.from + (range.startContainer === first.node ? range.startOffset : 0);
  const end = last.from + (range.endContainer === last.node ? range.endOffset : last.node.length);
  if (!text.slice(start, end).trim()) return null;
  return { section, range, passage: passageAt(text, start, end) };
}

// Put the notes beside their passages, one under the other where they would meet, and mark the passages.
function place(list) {
  main.querySelectorAll(".side-note").forEach((note) => note.remove());
  const ranges = [];
  const counts = new Map();
  let lowest = 0;
  for (const note of list) {
    const section = note.dataset.anchor ? document.getElementById(note.dataset.anchor) : null;
    if (!section) continue;
    const range = rangeOf(section, note.dataset);
    if (range) ranges.push(range);
    const top = (range ?? section).getBoundingClientRect().top - main.getBoundingClientRect().top;
    main.append(note);
    note.style.top = `${Math.max(top, lowest)}px`;
    lowest = Math.max(top, lowest) + note.offsetHeight + GAP;
    counts.set(section, (counts.get(section) ?? 0) + 1);
  }
  if (globalThis.Highlight) CSS.highlights.set("noted", new Highlight(...ranges));
  for (const link of links) {
    const count = counts.get(link.closest("section")) ?? 0;
    link.textContent = count ? `Note (${count})` : "Note";
    link.ariaLabel = `${link.textContent} on ${link.closest("section").querySelector("h2").textContent}`;
  }
}

let shown = [];
let loads = 0;

async function load() {
  const mine = ++loads;
  const answer = await fetch(main.dataset.notes, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // An answer that a later one has overtaken does not know the newest note.
  if (!answer.ok || mine !== loads) return;
  shown = [...page.querySelectorAll(".side-note")].map((note) => document.importNode(note, true));
  // In the order of the text: of one section by where their passages stand.
  const height = (note) => {
    const section = document.getElementById(note.dataset.anchor);
    return section ? (rangeOf(section, note.dataset) ?? section).getBoundingClientRect().top : 0;
  };
  shown.sort((one, other) => height(one) - height(other));
  place(shown);
}

function close() {
  editor?.remove();
  editor = null;
}

function field(name, value) {
  const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  return input;
}

function open(link, found) {
  close();
  const section = link.closest("section");
  const passage = found?.passage ?? { quote: "", prefix: "", suffix: "" };
  editor = document.createElement("form");
  editor.className = "note-editor";
  editor.action = link.href.split("?")[0];
  editor.setAttribute("aria-label", "New note");
  editor.append(
    field("section", link.dataset.section),
    field("idempotency_key", crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`),
    ...Object.entries(passage).map(([name, value]) => field(name, value)),
  );
  if (passage.quote) editor.append(Object.assign(document.createElement("blockquote"), { className: "quoted", textContent: passage.quote }));
  const label = Object.assign(document.createElement("label"), { textContent: passage.quote ? "Your note" : `Your note on “${section.querySelector("h2").textContent}”` });
  const words = Object.assign(document.createElement("textarea"), { name: "text", rows: 4, required: true });
  label.append(words);
  const told = Object.assign(document.createElement("p"), { className: "notice bad", hidden: true });
  told.setAttribute("role", "alert");
  const keep = Object.assign(document.createElement("button"), { className: "btn small", textContent: "Keep", type: "submit" });
  const leave = Object.assign(document.createElement("button"), { className: "btn quiet small", textContent: "Cancel", type: "button" });
  const all = Object.assign(document.createElement("a"), { href: editor.action, textContent: "My notes" });
  const row = Object.assign(document.createElement("div"), { className: "row" });
  row.append(keep, leave, all);
  editor.append(label, told, row);
  main.append(editor);
  const at = (found?.range ?? link).getBoundingClientRect();
  editor.style.top = `${at.bottom + 8 - main.getBoundingClientRect().top}px`;
  const back = () => (close(), link.focus({ preventScroll: true }));
  leave.addEventListener("click", back);
  editor.addEventListener("keydown", (event) => event.key === "Escape" && back());
  editor.addEventListener("submit", (event) => save(event, told, keep, back));
  words.focus();
}

// A note that was refused, or could not be sent, stays in its form with what is wrong.
async function save(event, told, keep, back) {
  event.preventDefault();
  keep.disabled = true;
  const sent = event.target;
  let problem = "";
  try {
    const answer = await fetch(sent.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(sent)),
      headers: { "X-CSRFToken": csrfToken() },
    });
    if (answer.ok) {
      // Who has called it off and begun another note meanwhile keeps that one.
      if (editor === sent) back();
      await load();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    problem = page.querySelector("[data-problem-detail]")?.textContent.trim() ?? `The site answered ${answer.status}. What you typed stays here; try again.`;
  } catch {
    problem = "The site could not be reached. What you typed stays here; try again.";
  }
  told.textContent = problem;
  told.hidden = false;
  keep.disabled = false;
}

// The button beside a selection, for as long as there is one.
const offer = Object.assign(document.createElement("button"), { type: "button", className: "note-offer btn small", textContent: "Note", hidden: true });
main.append(offer);
let offered = null;

function offerNote() {
  offered = editor ? null : selected();
  offer.hidden = !offered;
  if (!offered) return;
  const [at, within] = [offered.range.getBoundingClientRect(), main.getBoundingClientRect()];
  offer.style.top = `${at.bottom + 6 - within.top}px`;
  offer.style.left = `${Math.max(0, Math.min(at.right - within.left - 30, within.width - 70))}px`;
}

document.addEventListener("selectionchange", offerNote);
offerNote(); // for what was selected before this came
offer.addEventListener("mousedown", (event) => event.preventDefault());
offer.addEventListener("click", () => {
  if (!offered) return;
  const found = offered;
  offer.hidden = true;
  open(found.section.querySelector(".note-link"), found);
});

for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const found = selected();
    open(link, found?.section === link.closest("section") ? found : null);
  });
}

if ("hasNotes" in main.dataset) {
  load();
  addEventListener("resize", () => place(shown));
}
