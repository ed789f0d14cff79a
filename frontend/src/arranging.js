// Cards put in order or into bins by hand. The form's own fields stay the answer; this only sets them in another way.

import { moved, orderOf, rowAt } from "./arrangement.js";
import { html } from "./dom.js";

const ORDINALS = ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th"];

const textOf = (node) => node.textContent.trim().replace(/\s+/g, " ");

const grip = () => html("span", { class: "grip", "aria-hidden": "true" }, "⠿");

// Follow the pointer from a press on a grip until it is let go; Escape, or the browser taking over, calls it off.
function drag(event, { move, drop, cancel }) {
  if (event.button !== 0) return;
  event.preventDefault();
  const listening = new AbortController();
  const { signal } = listening;
  const end = (finish) => (last) => {
    listening.abort();
    finish(last);
  };
  addEventListener("pointermove", move, { signal });
  addEventListener("pointerup", end(drop), { signal });
  addEventListener("pointercancel", end(cancel), { signal });
  addEventListener("keydown", (pressed) => pressed.key === "Escape" && end(cancel)(pressed), { signal });
}

class Arranged extends HTMLElement {
  connectedCallback() {
    if (this.status) return;
    this.status = html("span", { class: "visually-hidden", role: "status" });
    this.append(this.status);
    this.classList.add("arranged");
    this.prepare();
    this.arrange();
    // A kept answer, filled in again after a time without connection.
    this.closest("form")?.addEventListener("restored", () => this.arrange());
  }

  say(words) {
    this.status.textContent = words;
  }
}

class Order extends Arranged {
  prepare() {
    this.list = this.querySelector("ol");
    for (const card of this.cards()) {
      const name = textOf(card.querySelector("label"));
      const button = (label, sign, step) =>
        html("button", { type: "button", class: "nudge", "aria-label": `Move ${label}: ${name}`, onclick: () => this.step(card, step) }, sign);
      card.querySelector("select").hidden = true;
      card.prepend(grip());
      card.append(html("span", { class: "nudges" }, button("up", "↑", -1), button("down", "↓", 1)));
      card.querySelector(".grip").addEventListener("pointerdown", (event) => this.pick(event, card));
      card.addEventListener("keydown", (event) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!step || !event.target.matches(".nudge")) return;
        event.preventDefault();
        this.step(card, step);
      });
    }
  }

  cards() {
    return [...this.list.children];
  }

  // Show the cards as the fields say, and give every card the place at which it stands.
  arrange() {
    const cards = this.cards();
    this.put(orderOf(cards.map((card) => card.querySelector("select").value)).map((index) => cards[index]));
  }

  put(cards) {
    if (cards.some((card, index) => card !== this.list.children[index])) this.list.append(...cards);
    cards.forEach((card, index) => {
      card.querySelector("select").value = String(index + 1);
      const [up, down] = card.querySelectorAll(".nudge");
      up.setAttribute("aria-disabled", index === 0);
      down.setAttribute("aria-disabled", index === cards.length - 1);
    });
  }

  settle(card) {
    const cards = this.cards();
    const place = ORDINALS[cards.indexOf(card)];
    this.say(`${textOf(card.querySelector("label"))}: ${place} of ${cards.length}.`);
    card.querySelector("select").dispatchEvent(new Event("input", { bubbles: true }));
  }

  step(card, by) {
    const cards = this.cards();
    const from = cards.indexOf(card);
    const to = from + by;
    if (to < 0 || to >= cards.length) return this.say(`${textOf(card.querySelector("label"))} is ${by < 0 ? "first" : "last"} already.`);
    const focused = document.activeElement;
    this.put(moved(cards, from, to));
    focused.focus({ preventScroll: true });
    this.settle(card);
  }

  pick(event, card) {
    const before = this.cards();
    card.classList.add("dragged");
    drag(event, {
      move: ({ clientY }) => {
        const others = this.cards().filter((other) => other !== card);
        const middles = others.map((other) => other.getBoundingClientRect()).map(({ top, height }) => top + height / 2);
        const at = rowAt(middles, clientY);
        this.put([...others.slice(0, at), card, ...others.slice(at)]);
      },
      drop: () => {
        card.classList.remove("dragged");
        if (this.cards().some((other, index) => other !== before[index])) this.settle(card);
      },
      cancel: () => {
        card.classList.remove("dragged");
        this.put(before);
      },
    });
  }
}

class Bins extends Arranged {
  prepare() {
    this.list = this.querySelector("ul");
    this.all = [...this.list.children];
    const first = this.all[0].querySelectorAll("input");
    this.bins = new Map([...first].map((field) => [field.value, this.bin(textOf(field.parentElement))]));
    this.list.classList.add("tray");
    this.list.after(html("div", { class: "bins" }, [...this.bins.values()].map(({ box }) => box)));
    for (const card of this.all) {
      card.prepend(grip());
      card.querySelector(".grip").addEventListener("pointerdown", (event) => this.pick(event, card));
      card.addEventListener("change", ({ target }) => {
        this.arrange();
        target.focus({ preventScroll: true });
        this.tell(card);
      });
    }
  }

  bin(name) {
    const cards = html("ul", { role: "list", "aria-label": name });
    return { name, cards, box: html("div", { class: "bin-box" }, html("p", { class: "bin-name", "aria-hidden": "true" }, name), cards) };
  }

  // Lay every card where its fields say.
  arrange() {
    for (const card of this.all) {
      const picked = card.querySelector("input:checked");
      const place = picked ? this.bins.get(picked.value).cards : this.list;
      if (card.parentElement !== place) place.append(card);
    }
    this.list.classList.toggle("is-empty", this.list.childElementCount === 0);
  }

  tell(card) {
    const name = this.bins.get(card.querySelector("input:checked").value).name;
    const left = this.list.childElementCount;
    this.say(`${textOf(card.querySelector("legend"))}: ${name}. ${left ? `${left} left to sort.` : "All are sorted."}`);
  }

  pick(event, card) {
    const { clientX, clientY } = event;
    let over = null;
    const light = (box) => {
      over?.classList.remove("is-over");
      over = box;
      over?.classList.add("is-over");
    };
    const finish = () => {
      const box = over;
      light(null);
      card.classList.remove("dragged");
      card.style.translate = "";
      return box;
    };
    card.classList.add("dragged");
    drag(event, {
      move: (now) => {
        card.style.translate = `${now.clientX - clientX}px ${now.clientY - clientY}px`;
        const box = document.elementFromPoint(now.clientX, now.clientY)?.closest(".bin-box");
        light(box && this.contains(box) ? box : null);
      },
      drop: () => {
        const box = finish();
        const value = [...this.bins].find(([, bin]) => bin.box === box)?.[0];
        const field = [...card.querySelectorAll("input")].find((input) => input.value === value);
        if (!field || field.checked) return;
        field.checked = true;
        this.arrange();
        this.tell(card);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      },
      cancel: finish,
    });
  }
}

customElements.define("headroom-order", Order);
customElements.define("headroom-bins", Bins);
