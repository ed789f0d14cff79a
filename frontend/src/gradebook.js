// The gradebook's cells by arrow keys, one of them in the tab order, and each one's history on focus and hover.
// Without this every cell is a link to the page that shows the same.

import { fragmentsReady } from "./fragments.js";
import { neighbour } from "./grid.js";

const WAIT_MILLISECONDS = 350;
const GAP_PIXELS = 6;

const table = document.querySelector("table[data-gradebook]");
const box = document.querySelector("#cell-history");
const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td > a")]);

let current = rows[0]?.[0];
let shown = null;
let timer = 0;
let isHovered = false;

function makeCurrent(link) {
  if (current) current.tabIndex = -1;
  current = link;
  current.tabIndex = 0;
}

function placeOf(link) {
  const row = rows.findIndex((links) => links.includes(link));
  return { row, column: rows[row].indexOf(link) };
}

function hide() {
  clearTimeout(timer);
  shown = null;
  if (!box.hidden) {
    box.hidePopover();
    box.hidden = true;
  }
}

// Below the cell where there is room, else above it; on a narrow screen the style sheet keeps it at the bottom.
function put(link) {
  box.style.inset = "";
  if (matchMedia("(max-width: 759.98px)").matches) return link.scrollIntoView({ block: "nearest" });
  const cell = link.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const left = Math.max(8, Math.min(cell.left, innerWidth - size.width - 8));
  const isRoomBelow = cell.bottom + GAP_PIXELS + size.height < innerHeight;
  const top = isRoomBelow ? cell.bottom + GAP_PIXELS : Math.max(8, cell.top - GAP_PIXELS - size.height);
  box.style.inset = `${top}px auto auto ${left}px`;
}

// The box asks for whatever cell is wanted when it is told to; htmx does the asking. Offline, the cell's link says so.
function show(link) {
  shown = link;
  fragmentsReady().then(() => shown && box.dispatchEvent(new Event("wanted")), () => {});
}

box.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.path = shown.href;
});

box.addEventListener("htmx:afterSwap", () => {
  if (!shown) return;
  box.hidden = false;
  box.showPopover();
  put(shown);
});

function showSoon(link, byPointer = false) {
  if (link === shown) return;
  clearTimeout(timer);
  isHovered = byPointer;
  timer = setTimeout(() => show(link), WAIT_MILLISECONDS);
}

for (const link of rows.flat()) link.tabIndex = link === current ? 0 : -1;

function focused({ target }) {
  const link = target.closest("tbody td > a");
  if (!link) return hide();
  makeCurrent(link);
  showSoon(link);
}

table.addEventListener("focusin", focused);
// A page that was slow to bring this may have a cell focused already.
if (table.contains(document.activeElement)) focused({ target: document.activeElement });

// A pointer that leaves, or comes to lie beside as the page settles, takes back what it asked for, never what the focus did.
table.addEventListener("mouseover", ({ target }) => {
  const link = target.closest("tbody td > a");
  if (link) showSoon(link, true);
  else if (isHovered) clearTimeout(timer);
});

table.addEventListener("keydown", (event) => {
  const link = event.target.closest("tbody td > a");
  if (!link || event.altKey || event.metaKey) return;
  if (event.key === "Escape") return hide();
  const { row, column } = placeOf(link);
  const next = neighbour({ row, column, key: event.key, toEdge: event.ctrlKey, rows: rows.length, columns: rows[0].length });
  if (!next) return;
  event.preventDefault();
  rows[next.row][next.column].focus();
});

addEventListener("keydown", (event) => event.key === "Escape" && hide());
addEventListener("click", ({ target }) => target.closest("#cell-history, table[data-gradebook] td") || hide());
