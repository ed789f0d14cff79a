// Wrong or refused: twelve operations to place on a line before ours and the cohort's are shown, and one operation on a plane of what its
// wrong answers cost against its refusals, where a bar that crosses the diagonal says that the numbers do not decide.

import { html, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { Handle, follow } from "../handle.js";
import { brief, plain, withUnit } from "../numbers.js";
import { plane } from "../plane.js";
import { curveOf, valueOf } from "../results.js";
import { Scale } from "../scale.js";
import { tabs } from "../tabs.js";

const NARROW = 520;
const PLANE_HEIGHT = 380;
const COSTS = [1, 1e7];
const COVERED = 12;
const CLOUD = 11;
const WITHIN = [2, 10, 100];
const EXAMPLES = { cart: "Adding to a cart", seat: "Assigning a seat" };
const PRICES = ["conflict_probability", "conflict_cost", "refusal_probability", "margin", "impact"];

const dollars = (value) => `$${plain(Number(value.toPrecision(3)))}`;
const leaning = (value) => (value < 0.5 ? "consistency first" : value > 0.5 ? "availability first" : "in the middle");

// What the shaded bands are, and of how many people.
function crowdWords({ cohort, people, spread }) {
  if (!spread) return `Where others of ${cohort} placed theirs joins once five of them have.`;
  return `Shaded: where the middle half of ${people} others of ${cohort} placed each card, with a stroke at their median. They are counted in fives, so that nobody can be picked out.`;
}

// Twelve rows with a handle each; ours join as hollow dots, and the cohort's as bands, once they are asked for.
function cards(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const picture = html("div", { class: "picture" });
  const grips = html("div", {});
  const words = html("p", { class: "told" });
  const compare = html("button", { type: "button", class: "btn small", onclick: () => compareOrHide() });
  const locked = html("p", { class: "verdict-line", tabindex: -1 });
  const again = html("button", { type: "button", class: "btn small quiet", onclick: () => set({ ...mine(), seed: kept.settings.seed, compare: true }) }, "See the places that you locked");
  const problem = html("p", { class: "field-error", role: "alert" });
  const why = html("div");
  const crowd = html("p", { class: "soft crowd" });
  const handles = new Map();
  const placed = new Set();
  host.replaceChildren(
    html("div", { class: "plane" }, picture, grips),
    html("div", { class: "scene-bar" }, words, compare),
    crowd,
    html("div", { class: "guess" }, locked, html("div", { class: "settings" }, again), problem, why),
    html("p", { class: "scene-keep" }, "Place operations, never products: one product holds several of these, each with its own answer. Our places are a judgement."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let looked = null;
  // Whether ours were in sight before the places were locked: then they are no guess any more.
  let hasSeen = false;
  let cloud = null;

  const isAsked = () => kept && !kept.prediction && values.seed === kept.settings.seed;
  const areAllPlaced = () => result.frames.cards.every(isPlaced);
  const mine = () => Object.fromEntries(Object.entries(kept.prediction.guess).map(([name, [place]]) => [`place_${name}`, place]));

  // The first look at ours locks the twelve places, which the site scores; before all are placed it scores nothing.
  async function compareOrHide() {
    if (!values.compare && isAsked()) {
      compare.disabled = true;
      problem.textContent = "";
      try {
        await kept.commit(areAllPlaced() && !hasSeen ? Object.fromEntries(result.frames.cards.map(({ name }) => [name, values[`place_${name}`]])) : null);
        explain();
      } catch (error) {
        problem.textContent = error.message;
        return;
      } finally {
        compare.disabled = false;
      }
    }
    set({ compare: !values.compare });
  }

  function explain() {
    locked.textContent = kept.prediction.verdict;
    if (kept.prediction.guess) kept.why().then((form) => why.replaceChildren(form));
    gather();
  }

  async function gather() {
    try {
      cloud = await kept.cloud();
      crowd.textContent = cloud ? crowdWords(cloud) : "";
    } catch (error) {
      crowd.textContent = `Where your cohort placed theirs is missing here. ${error.message}`;
    }
    draw();
  }

  // The cohort's quartiles of a card, beside ours and of the cards that were asked about.
  const crowdOf = ({ name }) => (values.compare && values.seed === kept?.settings.seed ? cloud?.spread?.[name]?.[0] : undefined);

  function cloudOf(card, x, y) {
    const quartiles = crowdOf(card);
    if (!quartiles) return [];
    const [low, middle, high] = quartiles.map(x);
    return [
      svg("rect", { class: "crowd", x: low, y: y - CLOUD, width: Math.max(high - low, 2), height: 2 * CLOUD, rx: 4 }),
      svg("line", { class: "crowd-median", x1: middle, x2: middle, y1: y - CLOUD, y2: y + CLOUD }),
    ];
  }

  function handleOf({ name, operation }) {
    if (!handles.has(name)) {
      const handle = new Handle({ label: operation, words: (value) => `${plain(value)}, ${leaning(value)}`, onMove: (value) => (placed.add(name), set({ [`place_${name}`]: value }), draw()) });
      handle.node.addEventListener("focus", () => ((looked = name), tell()));
      handles.set(name, handle);
    }
    return handles.get(name);
  }

  const isPlaced = ({ name }) => placed.has(name) || values[`place_${name}`] !== fieldOf(`place_${name}`).default;

  function draw() {
    if (!result || !width) return;
    const { cards: drawn } = result.frames;
    const isNarrow = width < NARROW;
    const [row, top, left, right] = isNarrow ? [46, 34, 18, width - 18] : [34, 34, 176, width - 18];
    const scale = new Scale("linear", 0, 1);
    const x = (place) => left + scale.place(place) * (right - left);
    const height = top + drawn.length * row;
    const lineOf = (index) => top + index * row + (isNarrow ? 30 : 16);
    picture.replaceChildren(
      svg(
        "svg",
        { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Twelve operations between consistency first and availability first." },
        svg("text", { class: "label", x: left, y: 12 }, "consistency first"),
        svg("text", { class: "label", x: right, y: 12, "text-anchor": "end" }, "availability first"),
        svg("line", { class: "grid", x1: x(0.5), x2: x(0.5), y1: 20, y2: height }),
        drawn.flatMap((card, index) => {
          const y = lineOf(index);
          const mine = x(values[`place_${card.name}`]);
          const ours = card.place === undefined ? [] : [
            svg("line", { class: card.alike ? "apart alike" : "apart", x1: mine, x2: x(card.place), y1: y, y2: y }),
            svg("circle", { class: "ours", cx: x(card.place), cy: y, r: 8 }),
          ];
          return [
            ...cloudOf(card, x, y),
            svg("line", { class: "base", x1: left, x2: right, y1: y, y2: y }),
            svg("text", { class: `label ${isPlaced(card) ? "" : "faint"}`, x: 0, y: isNarrow ? y - 15 : y + 4 }, card.operation),
            ...ours,
          ];
        }),
      ),
    );
    const wanted = drawn.map(handleOf);
    if (wanted.some((handle, index) => handle.node !== grips.children[index])) grips.replaceChildren(...wanted.map(({ node }) => node));
    drawn.forEach((card, index) => {
      wanted[index].node.classList.toggle("waiting", !isPlaced(card));
      wanted[index].place({ field: fieldOf(`place_${card.name}`), value: values[`place_${card.name}`], from: x(0), to: x(1), at: lineOf(index) });
    });
    const done = drawn.filter(isPlaced).length;
    compare.textContent = values.compare ? "Hide ours" : done < drawn.length ? `Show ours, ${done} of ${drawn.length} placed` : isAsked() ? "Lock in and compare with ours" : "Compare with ours";
    const standsAside = kept?.prediction?.guess && Object.entries(mine()).some(([name, place]) => values[name] !== place);
    again.hidden = !standsAside && (values.compare || !kept?.prediction?.guess);
    why.hidden = !values.compare || Boolean(standsAside);
    crowd.hidden = !values.compare || values.seed !== kept?.settings.seed;
    compare.classList.toggle("quiet", values.compare || done < drawn.length);
    tell();
  }

  function tell() {
    words.textContent = sentence();
  }

  function sentence() {
    // Ours come with a result: between asking for them and that, the result at hand has none.
    if (result.frames.cards.every(({ place }) => place === undefined)) return "Where should each stand if replicas cannot hear each other: better refused than wrong on the left, better wrong than refused on the right?";
    const whole = `${plain(valueOf(result, "ours"))} of ${result.frames.cards.length} lie where we put them, ${withUnit(valueOf(result, "mean_miss"), "")} off on average.`;
    const card = result.frames.cards.find(({ name }) => name === looked);
    return card?.place === undefined ? `${whole} Touch a card for our reason.` : `${whole} ${card.operation}: ours is ${plain(card.place)}. At worst ${card.worst}; it falls on ${card.pays}; put right by: ${card.recovery}.${half(card)}`;
  }

  // What the band shows, for whoever does not see it.
  function half(card) {
    const quartiles = crowdOf(card);
    return quartiles ? ` Half of the others put it between ${plain(quartiles[0])} and ${plain(quartiles[2])}.` : "";
  }

  if (kept?.prediction) explain();
  // Nothing is to be hidden before the first card is placed.
  if (kept?.isOpening) {
    kept.opened();
    veil(false);
  }
  const stop = onWidth(picture, (next) => ((width = next), draw()));
  return {
    stop,
    update(nextResult, nextValues) {
      [result, values] = [nextResult, nextValues];
      hasSeen ||= values.compare && isAsked();
      draw();
    },
  };
}

// One operation's two prices; the dot is dragged, or each of its sides along its axis.
function prices(host, { set: send, fields, presets }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const picture = html("div", { class: "picture" });
  const words = html("p", { class: "told" });
  const share = (value) => withUnit(100 * value, "%");
  const conflicts = new Handle({ label: "Operations that conflict if all are answered", words: share, isVertical: true, onMove: (value) => set({ conflict_probability: value }) });
  const refusals = new Handle({ label: "Operations refused if none may conflict", words: share, onMove: (value) => set({ refusal_probability: value }) });
  const dot = html("div", { class: "both-ways", onpointerdown: (event) => grab(event) });
  const within = WITHIN.map((times) => html("button", { type: "button", "data-value": times, onclick: () => set({ within: times }) }, `${times} times`));
  const chips = presets.filter(({ name }) => EXAMPLES[name]).map(({ name, values: preset }) => html("button", { type: "button", class: "chip", onclick: () => set(Object.fromEntries(PRICES.map((price) => [price, preset[price]]))) }, EXAMPLES[name]));
  host.replaceChildren(
    html("div", { class: "settings" }, chips, ghost.node),
    html("div", { class: "settings" }, html("span", {}, "Each cost is known within"), html("div", { class: "segmented", role: "group", "aria-label": fieldOf("within").label }, within)),
    html("div", { class: "plane" }, picture, dot, conflicts.node, refusals.node),
    html("div", { class: "scene-bar" }, words),
    html("p", { class: "scene-keep" }, "Price both mistakes. Far from the diagonal a rough guess decides; across it no estimate of yours will, and something else must."),
  );
  let result = null;
  let values = null;
  let width = 0;

  function grab(event) {
    if (event.button > 0) return;
    event.preventDefault();
    const box = picture.getBoundingClientRect();
    follow((next) => set({ conflict_probability: conflicts.valueAt(next.clientY - box.top), refusal_probability: refusals.valueAt(next.clientX - box.left) }));
  }

  function scales() {
    const { x, y } = curveOf(result, "plane", "even");
    const decade = (value, round) => 10 ** round(Math.log10(value));
    const ends = { scale: "log", minimum: Math.min(COSTS[0], decade(Math.min(...x), Math.floor)), maximum: Math.max(COSTS[1], decade(Math.max(...y), Math.ceil)) };
    return { x: { ...ends, title: "refusing costs a million operations, $", words: brief }, y: { ...ends, title: "answering costs a million operations, $", words: brief } };
  }

  function draw() {
    if (!result || !width) return;
    const frame = plane({ width, height: PLANE_HEIGHT, right: 16, ...scales() });
    const { x, y, left, right, top, bottom } = frame;
    const isDecided = valueOf(result, "decided") === 1;
    const pointOf = (from) => (({ x: [across], y: [up] }) => [x(across), y(up)])(curveOf(from, "plane", "here"));
    const [across, up] = pointOf(result);
    const bar = (name) => {
      const { x: xs, y: ys } = curveOf(result, "plane", name);
      return svg("line", { class: `doubt ${isDecided ? "" : "crossing"}`, x1: x(xs[0]), x2: x(xs[1]), y1: y(ys[0]), y2: y(ys[1]) });
    };
    const examples = curveOf(result, "plane", "examples");
    picture.replaceChildren(
      svg(
        "svg",
        { width, height: PLANE_HEIGHT, viewBox: `0 0 ${width} ${PLANE_HEIGHT}`, role: "img", "aria-label": `Answering costs ${dollars(valueOf(result, "answering"))}, refusing ${dollars(valueOf(result, "refusing"))} a million operations; both axes logarithmic.` },
        svg("path", { class: "answer-side", d: `M${left} ${bottom}H${right}V${top}Z` }),
        svg("path", { class: "refuse-side", d: `M${left} ${bottom}V${top}H${right}Z` }),
        frame.axes,
        svg("line", { class: "even", x1: left, x2: right, y1: bottom, y2: top }),
        svg("text", { class: "label s1", x: right - 8, y: bottom - 12, "text-anchor": "end" }, "answer"),
        svg("text", { class: "label s2", x: left + 10, y: top + 18 }, "refuse"),
        examples.x.map((value, index) => Math.hypot(x(value) - across, y(examples.y[index]) - up) < COVERED ? [] : [svg("circle", { class: "ours", cx: x(value), cy: y(examples.y[index]), r: 5 }), svg("text", { x: x(value) + 9, y: y(examples.y[index]) + 4 }, ["cart", "seat"][index])]).flat(),
        svg("line", { class: "stem faint", x1: left, x2: across, y1: up, y2: up }),
        svg("line", { class: "stem faint", x1: across, x2: across, y1: up, y2: bottom }),
        ghost.result ? (([paleX, paleY]) => svg("circle", { class: "dot pale", cx: paleX, cy: paleY, r: 7 }))(pointOf(ghost.result)) : [],
        bar("refusing_error"),
        bar("answering_error"),
        svg("circle", { class: "here-dot", cx: across, cy: up, r: 7 }),
      ),
    );
    Object.assign(dot.style, { left: `${across}px`, top: `${up}px` });
    const { reach } = result.frames;
    conflicts.place({ field: fieldOf("conflict_probability"), value: values.conflict_probability, from: y(reach.answering[0]), to: y(reach.answering[1]), at: left });
    refusals.place({ field: fieldOf("refusal_probability"), value: values.refusal_probability, from: x(reach.refusing[0]), to: x(reach.refusing[1]), at: bottom });
    within.forEach((button) => button.setAttribute("aria-pressed", Number(button.dataset.value) === values.within));
    words.textContent = sentence(isDecided);
  }

  function sentence(isDecided) {
    const cheaper = valueOf(result, "answer") === 1 ? "answering" : "refusing";
    const verdict = isDecided ? `That stands if one of them is ${plain(values.within)} times off.` : `If one of them is ${plain(values.within)} times off it does not stand: the bar crosses the diagonal, so the numbers do not decide.`;
    return `A million operations cost ${dollars(valueOf(result, "answering"))} in wrong answers or ${dollars(valueOf(result, "refusing"))} in refusals: ${cheaper} is ${plain(Number(valueOf(result, "advantage").toPrecision(3)))} times cheaper. ${verdict}${ghost.result ? ` Pale: ${ghost.words}.` : ""}`;
  }

  const stop = onWidth(picture, (next) => ((width = next), draw()));
  return {
    stop,
    update(nextResult, nextValues, pinned) {
      [result, values] = [nextResult, nextValues];
      ghost.observe(result, values, pinned);
      draw();
    },
  };
}

export const mount = (host, context) => tabs(host, context, [["Place twelve cards", cards], ["Price one of them", prices]]);
