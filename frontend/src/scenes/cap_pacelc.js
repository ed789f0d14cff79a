// Replicas between two clients, cables with their round trips, and a cut: who still gets an answer, and who a wrong one.
// Both clients' requests are bars in time with the checker's verdict; below them every choice of W and R is a dot.

import { Clock, eventTable } from "../clock.js";
import { calmMotion, html, onWidth, svg } from "../dom.js";
import { Ghost } from "../ghost.js";
import { Guess } from "../guess.js";
import { follow } from "../handle.js";
import { plain, plainWithUnit } from "../numbers.js";
import { plane } from "../plane.js";
import { chartOf, curveOf, valueOf } from "../results.js";
import { Scale } from "../scale.js";
import { choiceButtons } from "../segmented.js";
import { Ticks } from "../ticks.js";

const NARROW = 560;
const MAP = { height: 236, middle: 104, rise: 62, least: 22, radius: 15, side: 74, narrowSide: 54 };
const LANES = { height: 132, near: 34, far: 78, axis: 112, label: 44, pill: 26, after: 1 };
const PLANE_HEIGHT = 270;
const MOVE_MS = 420;
// Of the nine requests the first two and the last are made while all are connected.
const BEFORE_CUT = 2;
const CLIENTS = { near: "near client", far: "far client" };
const VERBS = { write: "writes", read: "reads" };
const KINDS = { answered: "fine", refused: "refused", "answered wrong": "wrong" };

const ms = (value) => plainWithUnit(Number(value.toPrecision(4)), "ms");
const seconds = (value) => plainWithUnit(Number((value / 1000).toPrecision(3)), "s");
const isRequest = ({ event }) => event === "write" || event === "read";
const saidOf = ({ event, value, answer }) => (answer === "refused" ? "refused" : `${event} ${plain(value)}`);
const lengthOf = (words) => 14 + 6.6 * words.length;

export function mount(host, { set: send, veil, fields, kept }) {
  const fieldOf = (name) => fields.find((field) => field.name === name);
  // What is pressed next goes by what was asked for last, answered or not.
  const set = (changes) => ((values = { ...values, ...changes }), send(changes));
  const ghost = new Ghost({ fields, onChange: () => draw() });
  const brief = (field) => ({ ...field, options: field.options.map(({ value, label }) => ({ value, label: label.split(/[:,]/)[0] })) });
  const mode = choiceButtons(brief(fieldOf("mode")), set);
  const quorums = ["write_quorum", "read_quorum"].map((name) => ({ name, node: html("div", { class: "segmented", role: "group", "aria-label": fieldOf(name).label }), buttons: [] }));
  const map = html("div", { class: "picture" });
  const surface = html("div", { class: "cutting", onpointerdown: (event) => stroke(event), ontouchstart: (event) => keepStill(event) });
  const cuts = html("div", { class: "cuts", role: "group", "aria-label": "Cut the network" });
  const lanes = html("div", { class: "picture" });
  const dots = html("div", { class: "picture configurations" });
  const words = html("p", { class: "told" });
  const clock = new Clock({ unit: "s", seconds: 1, onTime: (time) => seek(time), tell: (time) => happened(1000 * time) });
  const events = eventTable();
  const healedWords = html("p", { class: "soft" });
  const healedRows = html("tbody");
  const healed = html("details", { class: "healed" }, html("summary", {}, "What healing makes of two carts"), healedWords, html("table", {}, healedRows));
  const ticks = new Ticks({ label: "Requests that get an answer", name: "answers", onChange: () => draw() });
  const guess = new Guess({ invitation: "Tick who gets an answer", curves: [ticks], veil, kept, begin: () => begin(), onChange: () => draw(), words: () => sentence(), how: "Tick the requests that you expect to be answered.", forget: "Remove my ticks" });
  host.replaceChildren(
    html("div", { class: "settings" }, mode.node),
    html("div", { class: "settings" }, quorums.map(({ name, node }) => html("div", { class: "settings pair" }, html("span", {}, fieldOf(name).label), node)), ghost.node),
    html("div", { class: "plane" }, map, surface, cuts),
    html("div", { class: "scene-bar" }, words),
    lanes,
    clock.node,
    ticks.node,
    guess.node,
    dots,
    events.node,
    healed,
    html("p", { class: "scene-keep" }, "A cut makes you choose between a refusal and a wrong answer; without one you still pay for every replica that you wait for."),
  );
  let result = null;
  let values = null;
  let width = 0;
  let drawn = null;
  let stood = null;

  const requests = () => result.trace.filter(isRequest);
  const whileCut = () => requests().slice(BEFORE_CUT, -1);

  // There is something to guess only about a cut.
  function begin() {
    if (!values.cut_off && values.replicas > 1) set({ cut_off: 1 });
    ticks.start(whileCut().map(({ client, event, at }) => `${client} ${VERBS[event]}, ${seconds(at)}`), kept?.prompt.names);
  }

  function showQuorums() {
    quorums.forEach((quorum) => {
      if (quorum.buttons.length !== values.replicas) {
        quorum.buttons = Array.from({ length: values.replicas }, (_, index) => html("button", { type: "button", onclick: () => set({ [quorum.name]: index + 1 }) }, `${index + 1}`));
        quorum.node.replaceChildren(...quorum.buttons);
      }
      quorum.buttons.forEach((button, index) => {
        button.setAttribute("aria-pressed", values[quorum.name] === index + 1);
        button.disabled = values.mode === "leader";
      });
    });
  }

  const sideOf = () => (width < NARROW ? MAP.narrowSide : MAP.side);
  const nodeX = (index) => (values.replicas === 1 ? width / 2 : sideOf() + (index / (values.replicas - 1)) * (width - 2 * sideOf()));
  const gapX = (gap) => (nodeX(gap) + nodeX(gap + 1)) / 2;

  // The cut parts the last replicas from the rest, so a gap says how many.
  const cutAt = (gap) => set({ cut_off: values.cut_off === values.replicas - 1 - gap ? 0 : values.replicas - 1 - gap });

  // A finger that sets down near a cable cuts, whichever way it goes; elsewhere it may scroll. Browsers heed touch-action on
  // no shape of a picture, so the touch itself is taken.
  const keepStill = (event) => event.touches.length === 1 && event.target.matches(".near-cable") && event.preventDefault();

  function stroke(event) {
    if (event.button > 0 || values.replicas < 2) return;
    const box = map.getBoundingClientRect();
    const points = [];
    const trail = svg("path", { class: "stroke" });
    const add = (next) => {
      points.push([next.clientX - box.left, next.clientY - box.top]);
      trail.setAttribute("d", `M${points.map((point) => point.map((part) => part.toFixed(1)).join(" ")).join("L")}`);
    };
    add(event);
    drawn.root.append(trail);
    const scrolled = () => (points.length = 0);
    addEventListener("pointercancel", scrolled, { once: true });
    follow(add, () => {
      trail.remove();
      removeEventListener("pointercancel", scrolled);
      if (points.length < 2) return;
      const middle = points.reduce((sum, [x]) => sum + x, 0) / points.length;
      const gaps = Array.from({ length: values.replicas - 1 }, (_, gap) => gap);
      cutAt(gaps.reduce((best, gap) => (Math.abs(gapX(gap) - middle) < Math.abs(gapX(best) - middle) ? gap : best)));
    });
  }

  function drawCuts() {
    const gaps = values.replicas - 1;
    if (cuts.childElementCount !== gaps) cuts.replaceChildren(...Array.from({ length: gaps }, (_, gap) => html("button", { type: "button", class: "cut", "aria-label": `Cut between ${gap + 1} and ${gap + 2}`, title: "Press again to heal", onclick: () => cutAt(gap) }, "cut")));
    [...cuts.children].forEach((button, gap) => {
      const isCut = values.cut_off === values.replicas - 1 - gap;
      button.setAttribute("aria-pressed", isCut);
      button.style.left = `${gapX(gap)}px`;
    });
  }

  // The near client's cables above, the far one's below, each with its round trip.
  function cablesOf({ name, round_trips: trips }) {
    const isNear = name === "near";
    const home = isNear ? 0 : values.replicas - 1;
    const way = isNear ? -1 : 1;
    const start = MAP.middle + way * (MAP.radius - 1);
    return trips.flatMap((trip, index) => {
      if (index === home) return [];
      const [from, to] = [nodeX(home), nodeX(index)];
      const rise = MAP.least + (MAP.rise * Math.abs(index - home)) / Math.max(1, values.replicas - 1);
      const d = `M${from} ${start}Q${(from + to) / 2} ${start + 2 * way * rise} ${to} ${start}`;
      const path = svg("path", { class: "cable", d });
      const reach = svg("path", { class: "near-cable", d });
      const text = svg("text", { class: "trip", x: (from + to) / 2, y: start + way * rise + 4, "text-anchor": "middle" }, values.replicas > 5 ? plain(trip) : ms(trip));
      return [{ client: name, replica: index + 1, isSevered: isParted(home, index), path, reach, text }];
    });
  }

  const isParted = (one, other) => values.cut_off > 0 && one < values.replicas - values.cut_off !== other < values.replicas - values.cut_off;

  function drawMap() {
    const { replicas, clients } = result.frames;
    const cables = clients.flatMap(cablesOf);
    const nodes = replicas.map(({ number }) => ({ number, circle: svg("circle", { class: "replica", cx: nodeX(number - 1), cy: MAP.middle, r: MAP.radius }) }));
    const line = values.cut_off ? gapX(values.replicas - 1 - values.cut_off) : null;
    const client = (name, x, anchor, replica) => [
      svg("line", { class: "cable", x1: x, x2: nodeX(replica), y1: MAP.middle, y2: MAP.middle }),
      svg("text", { class: "label", x, y: MAP.middle - 8, "text-anchor": anchor }, name),
      svg("text", { x, y: MAP.middle + 18, "text-anchor": anchor }, "client"),
    ];
    const torn = line === null ? null : svg("path", { class: "torn", d: `M${line} 2${Array.from({ length: 20 }, (_, index) => `L${line + (index % 2 ? 4 : -4)} ${2 + (index + 0.5) * ((MAP.height - 36) / 20)}`).join("")}` });
    const root = svg(
      "svg",
      { width, height: MAP.height, viewBox: `0 0 ${width} ${MAP.height}`, role: "img", "aria-label": `${replicas.length} replicas between two clients; ${values.cut_off ? `the last ${values.cut_off} are cut off with the far client` : "all are connected"}.` },
      client("near", 0, "start", 0),
      client("far", width, "end", values.replicas - 1),
      cables.map(({ path }) => path),
      torn,
      nodes.flatMap(({ number, circle }) => [circle, svg("text", { class: "label number", x: nodeX(number - 1), y: MAP.middle + 4, "text-anchor": "middle" }, number)]),
      cables.map(({ text }) => text),
    );
    map.replaceChildren(root);
    surface.replaceChildren(svg("svg", { width, height: MAP.height, "aria-hidden": "true" }, cables.map(({ reach }) => reach)));
    return { root, cables, nodes, torn };
  }

  function drawLanes() {
    const end = result.frames.end / 1000;
    const [left, right] = [LANES.label, width - 20];
    const scale = new Scale("linear", 0, Math.ceil(end) + LANES.after);
    const x = (time) => left + scale.place(time / 1000) * (right - left);
    const [one, next] = whileCut();
    const isNarrow = x(next.at) - x(one.at) < lengthOf("refused");
    const { cut } = result.frames;
    const asked = new Map(whileCut().map((request, index) => [request.at, index]));
    const pills = requests().map((request, number) => {
      const y = LANES[request.client];
      // What is read after healing would tell which writes were taken.
      const isHidden = guess.isAsking && number >= BEFORE_CUT;
      const said = isHidden ? "?" : saidOf(request);
      const short = isHidden ? "?" : request.answer === "refused" ? "no" : `${request.event[0]}${plain(request.value)}`;
      const length = Math.max(isNarrow ? 22 : lengthOf(said), x(request.until) - x(request.at));
      const mine = !guess.isAsking && guess.isDrawn && ticks.has(asked.get(request.at));
      const node = svg(
        "g",
        { class: `operation ${isHidden ? "unknown" : KINDS[request.answer]}` },
        svg("rect", { x: x(request.at), y: y - LANES.pill / 2, width: length, height: LANES.pill, rx: 4 }),
        svg("text", { x: x(request.at) + length / 2, y: y + 4, "text-anchor": "middle" }, isNarrow ? short : said),
        request.answer === "answered wrong" && !isHidden ? svg("path", { class: "crossed", d: `M${x(request.at)} ${y + LANES.pill / 2}l${length} ${-LANES.pill}` }) : [],
        mine ? svg("circle", { class: "ticked", cx: x(request.at) + length, cy: y - LANES.pill / 2, r: 5 }) : [],
      );
      return { request, node };
    });
    const now = svg("line", { class: "now", y1: 8, y2: LANES.axis });
    lanes.replaceChildren(
      svg(
        "svg",
        { width, height: LANES.height, viewBox: `0 0 ${width} ${LANES.height}`, role: "img", "aria-label": "Requests of both clients in time, with the checker's verdict." },
        cut ? [svg("rect", { class: "band", x: x(cut.from), width: x(cut.until) - x(cut.from), y: 0, height: LANES.axis }), svg("text", { class: "band-name", x: x(cut.from) + 4, y: 12 }, "cut")] : [],
        ["near", "far"].flatMap((name) => [svg("line", { class: "grid", x1: left, x2: right, y1: LANES[name], y2: LANES[name] }), svg("text", { class: "label", x: 0, y: LANES[name] + 4 }, name)]),
        svg("line", { class: "base", x1: left, x2: right, y1: LANES.axis, y2: LANES.axis }),
        scale.ticks(right - left, 46).map((tick) => svg("text", { x: x(1000 * tick), y: LANES.axis + 16, "text-anchor": "middle" }, tick === 0 ? "0 s" : plain(tick))),
        pills.map(({ node }) => node),
        now,
      ),
    );
    return { pills, now, x };
  }

  // The last request that has begun shows on the map whom it waits for.
  function seek(time) {
    if (!drawn) return;
    const at = 1000 * time;
    const { cut, end } = result.frames;
    const last = requests().findLast((request) => request.at <= at + 1e-6);
    const isCut = cut && (at >= end - 1e-6 || (at >= cut.from && at < cut.until));
    drawn.now.setAttribute("x1", drawn.x(at));
    drawn.now.setAttribute("x2", drawn.x(at));
    drawn.torn?.classList.toggle("passed", !isCut);
    drawn.pills.forEach(({ request, node }) => node.classList.toggle("ahead", request.at > at + 1e-6));
    const isWaited = (client, replica) => !guess.isAsking && at < end - 1e-6 && last?.client === client && last.replicas.includes(replica);
    drawn.cables.forEach(({ client, replica, isSevered, path, text }) => {
      path.classList.toggle("severed", Boolean(isCut && isSevered));
      text.classList.toggle("severed", Boolean(isCut && isSevered));
      path.classList.toggle("busy", Boolean(isWaited(client, replica)));
    });
    drawn.nodes.forEach(({ number, circle }) => circle.classList.toggle("busy", Boolean(last && isWaited(last.client, number))));
  }

  function happened(at) {
    const event = result.trace.findLast((each) => each.at <= at + 1e-6);
    return event ? told(event) : "";
  }

  function told(event) {
    if (!isRequest(event)) return event.event === "cut" ? "The network is cut." : "The network heals.";
    const whom = event.replicas.length ? ` by ${event.replicas.length === 1 ? "replica" : "replicas"} ${event.replicas.join(", ")} after ${ms(event.until - event.at)}` : "";
    return `The ${CLIENTS[event.client]} ${VERBS[event.event]}${event.value === null ? "" : ` ${plain(event.value)}`}: ${event.answer}${whom}.`;
  }

  function pale(frame) {
    const { x, y } = curveOf(ghost.result, "plane", "here");
    return svg("circle", { class: "here pale", cx: frame.x(x[0]), cy: frame.y(y[0]), r: 9 });
  }

  function drawPlane() {
    dots.hidden = guess.isAsking;
    if (guess.isAsking) return;
    const chart = chartOf(result, "plane");
    const groups = chart.series.filter(({ name }) => name !== "here");
    const here = curveOf(result, "plane", "here");
    const earlier = ghost.result ? curveOf(ghost.result, "plane", "here").y : [];
    const most = Math.max(10, ...earlier, ...chart.series.flatMap(({ y }) => y));
    const frame = plane({ width, height: PLANE_HEIGHT, right: 24, top: 44, x: { scale: "linear", minimum: 0, maximum: 100, title: "answered while cut, %" }, y: { scale: "linear", minimum: 0, maximum: 1.15 * most, title: "an operation takes, uncut, ms" } });
    const [x, y] = [frame.x(here.x[0]), frame.y(here.y[0])];
    const me = svg("g", {}, svg("circle", { class: "here", cx: x, cy: y, r: 9 }), svg("text", { class: "label", x: x > width - 150 ? x - 14 : x + 14, y: y + 4, "text-anchor": x > width - 150 ? "end" : "start" }, values.mode === "leader" ? "one leader" : `W ${values.write_quorum}, R ${values.read_quorum}`));
    dots.replaceChildren(
      svg(
        "svg",
        { width, height: PLANE_HEIGHT, viewBox: `0 0 ${width} ${PLANE_HEIGHT}`, role: "img", "aria-label": chart.caption },
        frame.axes,
        groups.map(({ name, label }, index) => [svg("circle", { class: `choice ${name}`, cx: 6 + 150 * index, cy: 27, r: 5 }), svg("text", { x: 16 + 150 * index, y: 31 }, label)]).flat(),
        ghost.result ? pale(frame) : [],
        groups.flatMap(({ name, x: xs, y: ys }) => xs.map((value, index) => svg("circle", { class: `choice ${name}`, cx: frame.x(value), cy: frame.y(ys[index]), r: 5 }))),
        me,
      ),
    );
    if (stood && !calmMotion() && (stood[0] !== x || stood[1] !== y)) me.animate([{ transform: `translate(${stood[0] - x}px, ${stood[1] - y}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "ease-out" });
    stood = [x, y];
  }

  // Where both sides took a write, healing has two to make one of.
  function showHealed() {
    const table = result.tables.find(({ name }) => name === "healed");
    healed.hidden = guess.isAsking;
    healed.style.visibility = table ? "visible" : "hidden";
    if (!table) healed.open = false;
    if (table) healedRows.replaceChildren(...table.rows.map(([rule, cart, lost, undone]) => html("tr", {}, html("th", { scope: "row" }, rule), html("td", {}, `${cart}; lost: ${lost}; back though removed: ${undone}`))));
    healedWords.textContent = table?.caption ?? "";
  }

  function sentence() {
    if (guess.isAsking) return "Replica and far client behind the cut hear nobody on this side. Tick the requests that still get an answer.";
    const wrong = valueOf(result, "violations");
    const verdict = wrong ? `${plain(wrong)} ${wrong === 1 ? "answer is" : "answers are"} wrong.` : "No answer is wrong.";
    const alike = guess.isDrawn ? ` ${whileCut().filter((request, index) => (request.answer !== "refused") === ticks.has(index)).length} of six as you ticked.` : "";
    const waits = curveOf(result, "latency", "near").y;
    const all = values.mode !== "leader" && values.write_quorum < values.replicas ? `, waiting for all ${values.replicas} it would be ${ms(waits.at(-1))}` : "";
    const cut = values.cut_off ? `While cut, ${plain(valueOf(result, "near_answered"))} of 3 are answered near and ${plain(valueOf(result, "far_answered"))} of 3 far.` : "Whole: all are answered.";
    return `${cut} ${verdict}${alike} Uncut a write takes ${ms(valueOf(result, "write_latency"))}${all}; a read ${ms(valueOf(result, "read_latency"))}: ${result.frames.kind}.${ghost.result ? ` Pale: ${ghost.words}.` : ""}`;
  }

  function draw() {
    if (!result || !width) return;
    mode.show(values.mode);
    showQuorums();
    drawCuts();
    drawn = { ...drawMap(), ...drawLanes() };
    const { trace, frames } = result;
    clock.load({ end: frames.end / 1000, stops: trace.map(({ at }) => at / 1000) });
    clock.node.hidden = guess.isAsking;
    guess.asking.disabled = values.replicas < 2 && !guess.isFirst;
    showHealed();
    events.show(guess.isAsking ? [] : trace.map((event) => [seconds(event.at), told(event)]));
    drawPlane();
    words.textContent = sentence();
  }

  const stop = onWidth(map, (next) => ((width = next), draw()));
  return {
    stop: () => (stop(), clock.stop()),
    update(nextResult, nextValues, pinned) {
      // What is drawn has the replicas of the answer, also while the setting asks for others or for what is refused.
      const replicas = nextResult.frames.replicas.length;
      [result, values] = [nextResult, { ...nextValues, replicas, cut_off: Math.min(nextValues.cut_off, replicas - 1) }];
      ghost.observe(result, nextValues, pinned);
      guess.resume();
      draw();
    },
  };
}
