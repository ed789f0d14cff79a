// Tokens of effort in columns, one column a sprint: filled ones repay, hollow ones build. A press puts tokens into a
// column or takes the topmost out again, a stroke across columns fills each as high as it passes, and every column is a
// slider whose neighbours are reached with the arrows to either side.

import { html } from "./dom.js";
import { follow } from "./handle.js";
import { plain } from "./numbers.js";

const STROKE = 6;
const NARROWEST = 25;
const HALF = 0.5;
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 2, PageDown: -2 };
const TURNS = { ArrowLeft: -1, ArrowRight: 1 };

export class TokenBoard {
  #isStroked = false;
  #columns;

  // `onPlace(changes)` is given a Map from a column, counted from 0, to its tokens.
  constructor({ columns, tokens, onPlace }) {
    Object.assign(this, { tokens, onPlace, placed: Array(columns).fill(0), most: tokens, isAlike: false });
    this.#columns = Array.from({ length: columns }, (_, index) => this.#column(index));
    this.node = html("div", { class: "tokens", role: "group", "aria-label": "Tokens that repay", onpointerdown: (event) => this.#grab(event), onclick: (event) => this.#press(event) }, html("span", { class: "axis", "aria-hidden": "true" }, "sprint"), this.#columns.map(({ node }) => node));
  }

  // `placed` and `lost` are tokens by column; alike, the first column speaks for all and takes at most `most`.
  show({ placed, lost = [], most = this.tokens, isAlike = false, share = "" }) {
    Object.assign(this, { placed, most, isAlike });
    this.#columns.forEach(({ node, coins }, index) => {
      const [count, gone] = [placed[index], lost[index] ?? 0];
      coins.forEach((coin, place) => {
        // The lowest coin comes last.
        const height = this.tokens - 1 - place;
        coin.className = height >= count ? "" : height >= count - gone + HALF ? "lost" : "repays";
      });
      const speaks = !isAlike || index === 0;
      const words = isAlike ? share : `${plain(count)} of ${this.tokens} tokens repay${gone ? `, ${plain(gone)} lost` : ""}`;
      const aria = { role: "slider", "aria-label": isAlike ? "Every sprint" : `Sprint ${index + 1}`, "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": most, "aria-valuenow": Math.min(count, most), "aria-valuetext": words };
      for (const [name, value] of Object.entries(aria)) speaks ? node.setAttribute(name, value) : node.removeAttribute(name);
      speaks ? node.removeAttribute("aria-hidden") : node.setAttribute("aria-hidden", "true");
      node.title = words;
    });
    this.#turnTo(isAlike ? 0 : this.at ?? 0, false);
  }

  // Between the pixels at which the first column begins and the last one ends, or in two rows where that is too narrow.
  fit({ left, right, width }) {
    const isWide = (right - left) / this.#columns.length >= NARROWEST;
    this.node.classList.toggle("wide", isWide);
    this.node.style.setProperty("--columns", isWide ? this.#columns.length : this.#columns.length / 2);
    this.node.style.marginInline = isWide ? `${left}px ${width - right}px` : "0";
    return isWide;
  }

  #column(index) {
    const coins = Array.from({ length: this.tokens }, () => html("i"));
    return { coins, node: html("div", { class: "sprint", onkeydown: (event) => this.#key(event, index) }, html("span", { class: "stack", "aria-hidden": "true" }, coins), html("span", { class: "soft", "aria-hidden": "true" }, `${index + 1}`)) };
  }

  #place(changes) {
    const kept = new Map([...changes].map(([index, count]) => [index, Math.min(this.most, Math.max(0, count))]).filter(([index, count]) => count !== this.placed[index]));
    if (kept.size) this.onPlace(kept);
  }

  #turnTo(index, isFocused = true) {
    this.at = index;
    this.#columns.forEach(({ node }, other) => (this.isAlike && other > 0 ? node.removeAttribute("tabindex") : (node.tabIndex = other === index ? 0 : -1)));
    if (isFocused) this.#columns[index].node.focus({ preventScroll: true });
  }

  #key(event, index) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const turn = this.isAlike ? 0 : (TURNS[event.key] ?? 0);
    const steps = (STEPS[event.key] ?? (this.isAlike ? TURNS[event.key] : 0) ?? 0) * (event.shiftKey ? this.tokens : 1);
    const end = { Home: 0, End: this.most }[event.key];
    if (!turn && !steps && end === undefined) return;
    event.preventDefault();
    if (turn) this.#turnTo(Math.min(this.#columns.length - 1, Math.max(0, index + turn)));
    else this.#place(new Map([[index, end ?? this.placed[index] + steps]]));
  }

  // The column under or nearest to a pointer, and how high in it: 0 below the lowest token.
  #under({ clientX, clientY }) {
    const far = (low, high, at) => Math.max(low - at, at - high, 0);
    const boxes = this.#columns.map(({ node }) => node.firstChild.getBoundingClientRect());
    const away = boxes.map((box) => far(box.left, box.right, clientX) + 2 * far(box.top, box.bottom, clientY));
    const index = away.indexOf(Math.min(...away));
    const { bottom, height } = boxes[index];
    return { index, level: Math.min(this.tokens, Math.max(0, Math.ceil(((bottom - clientY) / height) * this.tokens))) };
  }

  #press(event) {
    if (this.#isStroked || event.detail === 0) return;
    const { index, level } = this.#under(event);
    if (!level) return;
    this.#turnTo(this.isAlike ? 0 : index);
    const least = Math.min(level, this.most);
    this.#place(new Map([[index, this.placed[index] === least ? least - 1 : least]]));
  }

  // A stroke begins once the pointer has moved, a finger across the columns: up and down it scrolls the page.
  #grab(event) {
    this.#isStroked = false;
    if (event.button > 0) return;
    const begun = this.#under(event);
    let last = begun.index;
    follow((next) => {
      const [across, up] = [next.clientX - event.clientX, event.pointerType === "touch" ? 0 : next.clientY - event.clientY];
      if (!this.#isStroked && Math.hypot(across, up) < STROKE) return;
      const { index, level } = this.#under(next);
      const changes = new Map(this.#isStroked ? [] : [[begun.index, begun.level]]);
      for (let column = Math.min(last, index); column <= Math.max(last, index); column += 1) {
        if (column !== last || column === index) changes.set(column, level);
      }
      [last, this.#isStroked] = [index, true];
      this.#place(changes);
    });
  }
}
