// An outage to drag through its day, whose cost is the area that it takes out of the curve, and the nines below: what each
// further one saves a month against a price to drag, with a mark to set where it stops paying.

import { html, newId, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { Handle } from "../handle.js";
import { Mark } from "../mark.js";
import { brief, figure, plain, plainWithUnit, withUnit } from "../numbers.js";
import { pathThrough, plane } from "../plane.js";
import { curveOf, valueOf } from "../results.js";
import { wipe } from "../wipe.js";

const NARROW = 520;
const DAY = { height: 250, hours: 24 };
const NINES = { height: 300, shares: { minimum: 0.9, maximum: 0.999999, step: 1e-6, scale: "logit" }, ticks: [0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999] };
const PRICE = { minimum: 1000, maximum: 1e9, step: 1000, scale: "log" };
const END_ABOVE = 42;
const NAMED_AT = 7;
const IMPACTS = [[1, "the checkout"], [0.1, "search"], [0.01, "a tool inside"]];

const dollars = (value) => (value < 1000 ? `$${figure(value)}` : value < 1e6 ? `$${plain(Number(value.toPrecision(4)))}` : value < 1e9 ? `$${figure(value / 1e6)} M` : `$${figure(value / 1e9)} G`);
const percent = (share) => `${Number((100 * share).toFixed(4))}%`;
const clockTime = (hour) => `${String(Math.floor(hour) % 24).padStart(2, "0")}:${String(Math.round((hour % 1) * 60)).padStart(2, "0")}`;

export function mount(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const impacts = IMPACTS.map(([impact, label]) => html("button", { type: "button", "data-value": impact, onclick: () => set({ impact }) }, label));
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const day = html("div", { class: "picture" });
  const nines = html("div", { class: "picture" });
  const words = html("p", { class: "told-after" });
  const worth = html("p", { class: "told" });
  const clip = newId("outage");
  const begins = new Handle({ label: "Outage begins at", words: clockTime, onMove: (value) => set({ hour: value }) });
  const lasts = new Handle({ label: "Outage takes", words: (value) => plainWithUnit(value, "min"), onMove: (value) => set({ minutes: value }) });
  const swing = new Handle({ label: "Swing of the day", words: (value) => `peak ${plain(100 * value)}% above the average`, isVertical: true, onMove: (value) => set({ swing: value }) });
  const held = new Handle({ label: "Availability", words: percent, onMove: (value) => set({ availability: Number((100 * value).toFixed(4)) }) });
  const price = new Handle({ label: "Price of the next nine a month", words: dollars, isVertical: true, onMove: (value) => set({ running: value }) });
  const mark = new Mark({ label: "Where the next nine stops paying", field: NINES.shares, words: percent, onChange: () => draw() });
  const guess = new Guess({ invitation: "Mark where the next nine stops paying", curves: [mark], veil, kept, begin: () => mark.start(NINES.ticks[1]), onChange: (isRevealed) => (draw(), isRevealed && wipe(nines.querySelector(".wiped"), frame)), words: () => worthSentence(), how: "Drag the mark along the nines.", forget: "Remove my mark" });
  host.replaceChildren(
    html("div", { class: "settings" }, html("span", {}, "What stops is"), html("div", { class: "segmented", role: "group", "aria-label": fieldOf("impact").label }, impacts), ghost.node),
    html("div", { class: "plane" }, day, begins.node, lasts.node, swing.node),
    html("div", { class: "scene-bar" }, words),
    html("div", { class: "plane" }, nines, held.node, price.node, mark.node),
    html("div", { class: "scene-bar" }, worth),
    guess.node,
    html("p", { class: "scene-keep" }, "An outage costs what its hour earns. Each nine saves a tenth of what the one before it saved, and one of them no longer pays."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let frame = null;

  function drawDay() {
    const { hours, minute, peak } = result.frames.day;
    const pale = ghost.result?.frames.day;
    const highest = Math.max(peak[1], pale?.peak[1] ?? 0);
    const frame = plane({ width, height: DAY.height, right: 16, x: { scale: "linear", minimum: 0, maximum: DAY.hours, title: "hour of the day", ticks: [0, 6, 12, 18, 24], words: clockTime }, y: { scale: "linear", minimum: 0, maximum: 1.08 * highest, title: "what a minute of downtime costs, $", words: brief } });
    const { x, y, top, bottom, right } = frame;
    const [from, until] = [values.hour, values.hour + values.minutes / 60];
    // What lasts past midnight goes on at the left, the next day being like this one.
    const parts = [[from, Math.min(until, DAY.hours)], ...(until > DAY.hours ? [[0, Math.min(until - DAY.hours, DAY.hours)]] : [])];
    const line = pathThrough(frame, hours, minute);
    const end = until > DAY.hours ? until - DAY.hours : until;
    const isRight = x(from) > width / 2;
    day.replaceChildren(
      svg(
        "svg",
        { width, height: DAY.height, viewBox: `0 0 ${width} ${DAY.height}`, role: "img", "aria-label": `What a minute costs through the day; the outage from ${clockTime(from)} costs ${dollars(valueOf(result, "outage"))}.` },
        svg("clipPath", { id: clip }, parts.map(([one, other]) => svg("rect", { x: x(one), width: Math.max(1.5, x(other) - x(one)), y: 0, height: bottom }))),
        frame.axes,
        pale ? svg("g", { class: "pale", "clip-path": frame.clip }, svg("path", { class: "line s1", d: pathThrough(frame, pale.hours, pale.minute) })) : [],
        svg("path", { class: "outage", "clip-path": `url(#${clip})`, d: `${line}L${x(DAY.hours)} ${bottom}L${x(0)} ${bottom}Z` }),
        svg("line", { class: "limit", x1: frame.left, x2: right, y1: y(peak[0]), y2: y(peak[0]) }),
        svg("path", { class: "line s1", d: line }),
        svg("text", { class: "label faint", x: frame.left + 6, y: y(peak[0]) + 16 }, "on average"),
        svg("text", { class: "label s2", x: isRight ? x(from) - 8 : Math.max(x(from), x(end)) + 22, y: Math.max(top + 14, bottom - END_ABOVE - 22), "text-anchor": isRight ? "end" : "start" }, dollars(valueOf(result, "outage"))),
      ),
    );
    begins.place({ field: fieldOf("hour"), value: values.hour, from: x(0), to: x(DAY.hours), at: bottom });
    const shift = until > DAY.hours ? DAY.hours : 0;
    const { minimum, maximum } = fieldOf("minutes");
    lasts.place({ field: { minimum, maximum, step: 1, scale: "linear" }, value: values.minutes, from: x(values.hour + minimum / 60 - shift), to: x(values.hour + maximum / 60 - shift), at: bottom - END_ABOVE });
    swing.place({ field: fieldOf("swing"), value: values.swing, from: y(peak[0]), to: y(peak[1]), at: x(values.peak_hour) });
  }

  function drawNines() {
    const share = (down) => 1 - down / 100;
    const lines = ["saved", "price"].map((name) => ({ name, ...curveOf(result, "loss", name) })).filter(({ x }) => x);
    const heights = lines.flatMap(({ y }) => y);
    const decade = (value, round) => 10 ** round(Math.log10(value));
    const { minimum, maximum } = NINES.shares;
    const isNarrow = width < NARROW;
    frame = plane({ width, height: NINES.height, right: 34, x: { scale: "logit", minimum, maximum, title: "availability", ticks: NINES.ticks.filter((_, index) => !isNarrow || index % 2 === 0), words: percent }, y: { scale: "log", minimum: decade(Math.min(...heights), Math.floor), maximum: decade(Math.max(...heights), Math.ceil), title: "a month, $", words: brief } });
    const { x, y, top, bottom, right } = frame;
    const kinds = { saved: ["s1", null], price: ["s2", "2 3"] };
    const path = ({ name, x: xs, y: ys }) => svg("path", { class: `line ${kinds[name][0]}`, "stroke-dasharray": kinds[name][1], d: pathThrough(frame, xs.map(share), ys) });
    const shown = guess.isAsking ? lines.filter(({ name }) => name === "price") : lines;
    const upTo = valueOf(result, "worth_up_to");
    const until = upTo === undefined ? minimum : Math.min(maximum, Math.max(minimum, upTo / 100));
    const saves = lines[0];
    const pale = ghost.result && !guess.isAsking ? curveOf(ghost.result, "loss", "saved") : null;
    nines.replaceChildren(
      svg(
        "svg",
        { width, height: NINES.height, viewBox: `0 0 ${width} ${NINES.height}`, role: "img", "aria-label": "What an availability loses a month, what the next nine saves, and its price." },
        guess.isAsking ? [] : [svg("rect", { class: "band", x: x(until), width: Math.max(0, right - x(until)), y: top, height: bottom - top }), right - x(until) > 96 && !(isNarrow && guess.isDrawn) ? svg("text", { class: "band-name", x: right - 4, y: top + 14, "text-anchor": "end" }, "a nine too many") : []].flat(),
        frame.axes,
        pale ? svg("g", { class: "pale", "clip-path": frame.clip }, path({ name: "saved", ...pale })) : [],
        svg("g", { class: "wiped" }, shown.map(path)),
        guess.isAsking
          ? []
          : [
              svg("line", { class: "stem faint", x1: x(values.availability / 100), x2: x(values.availability / 100), y1: top, y2: bottom }),
              svg("circle", { class: "dot s1", cx: x(values.availability / 100), cy: y(valueOf(result, "next_nine")), r: 6 }),
              svg("text", { class: "label s1", x: x(share(saves.x.at(-NAMED_AT))) + 10, y: y(saves.y.at(-NAMED_AT)) }, "what the next nine saves"),
            ],
        guess.lines(frame),
        svg("text", { class: "label s2", x: frame.left + 8, y: y(Math.max(values.running, PRICE.minimum)) - 7 }, `what it costs: ${dollars(values.running)}`),
      ),
    );
    held.node.hidden = guess.isAsking;
    held.place({ field: NINES.shares, value: values.availability / 100, from: x(minimum), to: x(maximum), at: bottom });
    price.place({ field: PRICE, value: Math.max(PRICE.minimum, values.running), from: y(PRICE.minimum), to: y(PRICE.maximum), at: right + 12 });
    guess.place(frame);
  }

  function sentence() {
    const busy = valueOf(result, "busyness");
    const compared = Math.abs(busy - 1) < 0.005 ? "as much as at any other hour" : `${figure(busy)} times what such minutes cost on average`;
    return `${plainWithUnit(values.minutes, "min")} down from ${clockTime(values.hour)} cost ${dollars(valueOf(result, "outage"))}, ${compared}.${ghost.result ? ` Pale: ${ghost.words}.` : ""}`;
  }

  function worthSentence() {
    if (guess.isAsking) return `The next nine costs ${dollars(values.running)} a month. Mark up to which availability it saves at least that much.`;
    const upTo = valueOf(result, "worth_up_to");
    const limit = upTo === undefined ? "At this price no nine pays" : `At this price a further nine pays up to ${percent(upTo / 100)}`;
    return `At ${withUnit(values.availability, "%")} expect to lose ${dollars(valueOf(result, "month"))} a month. The next nine would save ${dollars(valueOf(result, "next_nine"))} of it. ${limit}${guess.isDrawn ? `; you marked ${percent(mark.value)}` : ""}.`;
  }

  function draw() {
    if (!result || !width) return;
    impacts.forEach((button) => button.setAttribute("aria-pressed", Number(button.dataset.value) === values.impact));
    drawDay();
    drawNines();
    words.textContent = sentence();
    worth.textContent = worthSentence();
  }

  const stop = onWidth(day, (next) => ((width = next), draw()));
  return {
    stop,
    update(nextResult, nextValues, pinned) {
      [result, values] = [nextResult, nextValues];
      ghost.observe(result, values, pinned);
      guess.resume();
      draw();
    },
  };
}
