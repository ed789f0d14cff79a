// <headroom-instrument>: a model of the engine to predict, play with, compare and share. Everything drawn was returned
// by the engine. The server's rendering inside the element is replaced once script runs. What only some states need
// (the question, the reasons, tables, a run, a scene) is fetched when they do.

import { chartView, placeOf } from "./chart.js";
import { makeControls } from "./controls.js";
import { calmMotion, html, keepHeight, readJson } from "./dom.js";
import { Evaluation } from "./evaluation.js";
import { figuresOf } from "./figures.js";
import { keptGuessOf } from "./kept_guess.js";
import { rangeWithUnit } from "./numbers.js";
import { canonical, difference, inRows, labelled, query, readAll } from "./parameters.js";
import { send } from "./request.js";
import { SCENES } from "./scene_list.js";

const SCENE = "scene";
const DRAWN_BY_SCENES = "quantile_dots";
const RUN_SIZE = "requests";
const SETTLED_MS = 900;
const REVEAL_MS = 1700;

class HeadroomInstrument extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = readJson(this.dataset.instrument);
    this.heading = this.dataset.heading ?? (this.closest(".read") ? "h3" : "h2");
    this.fields = this.data.fields;
    this.start = readAll(this.fields, this.data.parameters);
    // A page that opens with the scene's guess shows nothing before it; what came in meanwhile was not seen.
    this.opening = Boolean(this.data.guess_first);
    this.values = this.opening ? readAll(this.fields, this.data.guess_prompt.parameters) : { ...this.start };
    this.seen = new Set();
    this.fold = { onToggle: () => (this.figures.style.minHeight = "") };
    this.evaluation = new Evaluation(this.data.evaluate_url, {
      onAnswer: (answer, asked) => this.#show(answer, asked),
      onProblem: (problem) => this.#refuse(problem),
      onBusy: (busy) => this.stage.classList.toggle("busy", busy),
    });
    // What a slow page let be typed into the server's form goes on in the one that takes its place.
    this.begun = ["low", "high"].map((name) => this.querySelector(`[name=${name}]`)?.value ?? "");
    this.typedIn = ["low", "high"].indexOf(this.contains(document.activeElement) && document.activeElement.name);
    this.#build();
    if (this.data.prediction_prompt && !this.data.prediction) this.#ask();
    else this.#play();
    addEventListener("online", this.#online);
  }

  disconnectedCallback() {
    removeEventListener("online", this.#online);
    this.evaluation.stop();
    this.chart.stop();
    this.mounted?.then((scene) => scene.stop?.(), () => {});
    clearTimeout(this.settling);
  }

  #online = () => this.interrupted && this.#evaluate();

  get query() {
    return query(this.fields, this.values);
  }

  #build() {
    this.state = html("p", { class: "state", role: "status" });
    this.trouble = html("p", { class: "trouble", role: "alert" });
    this.figures = html("div", { class: "figures-area" });
    this.views = html("div", { class: "views", role: "group", "aria-label": "Views" });
    this.chart = chartView();
    this.scene = html("div", { class: "scene", hidden: true });
    this.tables = html("div", { class: "tables-area", hidden: true });
    this.stage = html("div", { class: "stage" });
    this.side = html("div", { class: "controls" });
    this.foot = html("div", { class: "foot-row", hidden: true });
    this.experiments = html("details", { class: "experiments", hidden: true });
    this.spoken = html("p", { class: "visually-hidden", "aria-live": "polite" });
    this.tools = html("div", { class: "tools" });
    this.share = html("div", { class: "share-row", hidden: true });
    this.sim = html(
      "div",
      { class: "sim", role: "group", "aria-label": `${this.data.title}, simulation` },
      html("header", {}, html(this.heading, {}, this.data.title), html("p", { class: "summary" }, this.data.summary), this.tools),
      this.share,
      html("div", { class: "board" }, this.stage, this.side),
      this.experiments,
      this.foot,
      this.spoken,
      html("div", { class: "trouble-area" }, this.trouble),
    );
    this.replaceChildren(this.sim, ...(this.data.caption ? [html("p", { class: "caption" }, this.data.caption)] : []));
  }

  // Before the first look: the question, and the setting that it is about.
  async #ask() {
    const { predictionForm } = await this.#script(import("./prediction.js"));
    const prompt = this.data.prediction_prompt;
    this.values = readAll(this.fields, prompt.parameters, this.values);
    this.stage.replaceChildren(predictionForm(this.data, (prediction) => this.#reveal(prediction), this.begun));
    this.stage.querySelectorAll(".interval-numbers input")[this.typedIn]?.focus({ preventScroll: true });
    const rows = inRows(this.#shownFields(), this.values).flatMap(({ label, text }) => [html("dt", {}, label), html("dd", {}, text)]);
    this.side.replaceChildren(html("p", { class: "soft small" }, "The setting that the question is about. The controls open once your interval is locked."), html("dl", { class: "fixed-setting" }, rows));
  }

  #reveal(prediction) {
    this.data.prediction = prediction;
    this.revealing = !calmMotion();
    this.justLocked = true;
    this.#play();
    if (!prediction) this.#moveFocusTo(this.stage);
  }

  // A run's size is set where it is started; a rate under the same name is a setting like others.
  #shownFields() {
    return this.fields.filter((field) => field.name !== RUN_SIZE || !field.integer);
  }

  #play() {
    this.stage.replaceChildren(this.state, this.figures, this.views, this.chart.node, this.scene, this.tables);
    this.controls = makeControls(this.#shownFields(), (name, value) => this.#set({ [name]: value }));
    this.controls.set(this.values);
    this.figures.classList.toggle("veiled", this.opening);
    this.side.replaceChildren(...this.#presets(), ...this.controls.nodes);
    this.#buildTools();
    this.#showExperiments();
    if (this.data.result) this.#show({ result: this.data.result, shown: this.data.shown }, this.query);
    else this.#evaluate();
  }

  #presets() {
    const { presets } = this.data;
    if (!presets.length) return [];
    const options = presets.map((preset, index) => html("option", { value: index }, preset.label));
    const select = html("select", { "aria-label": "Start from a setting" }, html("option", { value: "" }, "Start from…"), options);
    select.addEventListener("change", () => select.value && this.#load(presets[select.value].parameters));
    return [html("div", { class: "control presets" }, select)];
  }

  #buildTools() {
    const tool = (label, action, pressed) => html("button", { type: "button", class: "text-button", "aria-pressed": pressed, onclick: action }, label);
    this.compareTool = tool("Compare", () => this.#compare(), "false");
    this.tableTool = tool("Table", () => this.#toggleTable(), "false");
    this.tools.replaceChildren(
      this.compareTool,
      tool("Share", () => this.#toggleShare()),
      this.tableTool,
      tool("CSV", () => this.#download()),
      tool("Picture", () => this.#savePicture()),
      tool("Reset", () => this.#load(canonical(this.fields, this.start))),
    );
  }

  // What is not named goes back to its default: a preset is a whole setting.
  #load(parameters) {
    this.#set(readAll(this.fields, parameters));
    this.controls.set(this.values);
  }

  #set(changes) {
    this.values = { ...this.values, ...changes };
    this.#evaluate();
  }

  // A scene sets values too; the controls follow.
  set(changes) {
    this.#set(changes);
    this.controls.set(this.values);
  }

  #evaluate() {
    if (!this.result) this.#say("Computing. The first answer takes a moment.");
    this.evaluation.ask(this.query);
  }

  #show(answer, asked) {
    this.result = answer.result;
    this.shown = asked;
    if (!this.held && !this.opening) this.seen.add(asked);
    this.interrupted = false;
    this.#say(this.pinned ? `Pinned: ${difference(this.fields, this.pinned.values, this.values) || "the same setting"}.` : "");
    this.controls.refuse([]);
    this.#showFigures();
    this.#showViews();
    this.#draw();
    if (!this.tables.hidden) this.#showTables();
    if (this.data.prediction && this.foot.hidden) this.#showVerdict();
    this.#showShare();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.#settled(answer, asked), SETTLED_MS);
  }

  #showFigures() {
    const veil = html("p", { class: "veil" }, "The figures show once you have said what you expect.");
    this.figures.replaceChildren(veil, ...figuresOf(this.result, this.pinned?.result, this.fold));
    keepHeight(this.figures);
  }

  #settled(answer, asked) {
    // While a guess is open, neither what is read aloud nor the address may give its truth away.
    if (asked !== this.query || this.held || this.opening) return;
    this.spoken.textContent = answer.result.narrative;
    if (location.pathname === this.data.share_url.split("?")[0]) history.replaceState(null, "", `?${asked}`);
    const found = new Set(answer.shown ?? []);
    this.data.experiments.filter((experiment) => found.has(experiment.name) && !experiment.discovered).forEach((experiment) => this.#discover(experiment));
  }

  #refuse(problem) {
    this.interrupted = problem.offline;
    const faults = labelled(this.fields, problem.faults);
    this.controls.refuse(faults);
    const earlier = this.result ? " The picture shows the setting before." : "";
    this.state.textContent = "";
    if (faults.length) return this.trouble.replaceChildren(faults.map((fault) => fault.message).join(" ") + earlier);
    const again = () => (this.#moveFocusTo(this.stage), this.#evaluate());
    this.trouble.replaceChildren(problem.message + earlier, " ", html("button", { type: "button", class: "text-button", onclick: again }, "Try again"));
  }

  // What only some states need is fetched then; where it can't be, the page has to be loaded again.
  async #script(loading) {
    try {
      return await loading;
    } catch (error) {
      const reload = html("button", { type: "button", class: "text-button", onclick: () => location.reload() }, "Load the page again");
      this.trouble.replaceChildren("Part of this page can't be loaded. What you locked is kept. ", reload);
      throw error;
    }
  }

  #say(words) {
    this.trouble.replaceChildren();
    this.state.textContent = words;
    this.state.classList.toggle("pinned", Boolean(this.pinned));
  }

  // Charts and the scene as views of one result.
  #showViews() {
    const scene = SCENES[this.data.model];
    const charts = this.result.charts.filter((chart) => !(scene && chart.name === DRAWN_BY_SCENES));
    const views = [...(scene ? [[SCENE, scene.label]] : []), ...charts.map((chart) => [chart.name, chart.title])];
    this.view ??= scene && !this.data.prediction_prompt ? SCENE : charts[0].name;
    if (this.views.childElementCount === views.length) return;
    this.views.replaceChildren(
      ...views.map(([name, label]) =>
        html("button", { type: "button", class: "chip", "data-view": name, onclick: () => ((this.view = name), this.#draw(), this.tables.hidden || this.#showTables()) }, label),
      ),
    );
  }

  get shownChart() {
    return this.result.charts.find((chart) => chart.name === (this.view === SCENE ? DRAWN_BY_SCENES : this.view)) ?? this.result.charts[0];
  }

  #draw() {
    this.views.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", button.dataset.view === this.view));
    const inScene = this.view === SCENE;
    this.chart.node.hidden = inScene;
    this.scene.hidden = !inScene;
    if (!inScene) this.figures.classList.remove("veiled");
    if (inScene) return this.#drawScene();
    const chart = this.shownChart;
    const ghost = this.pinned?.result.charts.find((other) => other.name === chart.name) ?? null;
    this.chart.draw({ chart, ghost, prediction: this.#predictionOn(chart) });
    if (this.revealing) this.#wipe();
  }

  #wipe() {
    this.revealing = false;
    this.chart.node.classList.add("revealing");
    setTimeout(() => this.chart.node.classList.remove("revealing"), REVEAL_MS);
  }

  async #drawScene() {
    if (!this.mounted) {
      this.mounted = SCENES[this.data.model].load().then((module) => module.mount(this.scene, this.#sceneContext()));
      this.scene.textContent = "Loading the scene.";
    }
    let scene;
    try {
      scene = await this.mounted;
    } catch {
      this.mounted = null;
      this.opening = false;
      this.scene.textContent = "The scene can't be loaded. The charts and controls work without it; choose another view.";
      return;
    }
    // While something is dragged the result lags behind the values.
    scene.update(this.result, this.values, this.pinned ?? null, this.shown === this.query);
  }

  // What a scene may do: set values, and veil the figures while it asks for a guess; with the fields and presets it may name,
  // and the guess that the site keeps.
  #sceneContext() {
    return {
      fields: this.fields,
      set: (changes) => (this.held ? this.#drawScene() : this.set(changes)),
      kept: keptGuessOf(this),
      veil: (veiled) => this.figures.classList.toggle("veiled", veiled),
      presets: this.data.presets.map((preset) => ({ name: preset.name, label: preset.label, values: readAll(this.fields, preset.parameters) })),
    };
  }

  // Where the prediction belongs on a chart: along the horizontal axis that is the figure's own, or up the vertical one
  // where, at the setting asked about, the dot of that setting shows the figure. An axis in the same unit is not enough.
  #predictionOn(chart) {
    const { prediction, prediction_prompt: prompt } = this.data;
    if (!prediction || prediction.low === null || !prompt) return null;
    const ends = [prediction.low, prediction.high];
    const label = `you: ${rangeWithUnit(...ends, prompt.unit)}`;
    if (prompt.along.includes(chart.name)) return { x: ends, label };
    if (query(this.fields, readAll(this.fields, prompt.parameters, this.start)) === this.shown) {
      const truth = this.result.figures.find(({ name }) => name === prompt.figure)?.value;
      this.predictedAt = new Map(this.result.charts.filter(({ y }) => y.unit === prompt.unit).map((each) => [each.name, placeOf(each, truth)]));
    }
    const at = this.predictedAt?.get(chart.name);
    return at === undefined ? null : { x: [at], y: ends, label };
  }

  async #showVerdict() {
    const { calibrationOf, challengeOf, verdictOf } = await this.#script(import("./verdict.js"));
    const { prediction, prediction_prompt: prompt } = this.data;
    const label = this.result.figures.find((figure) => figure.name === prompt.figure)?.label ?? prompt.figure;
    this.foot.hidden = false;
    this.foot.replaceChildren(verdictOf(prediction, prompt, label), ...[calibrationOf(prediction.calibration), challengeOf(prediction), this.#runButton()].filter(Boolean));
    if (this.justLocked) this.#moveFocusTo(this.foot);
    import("./prediction.js").then(({ whyForm }) => this.foot.append(whyForm(prediction, this.data.causes ?? [])));
    if (this.chart.node.classList.contains("revealing")) this.foot.animate?.([{ opacity: 0 }, { opacity: 0, offset: 0.75 }, { opacity: 1 }], { duration: REVEAL_MS });
  }

  // The button that was pressed is gone; whoever reads by ear hears the verdict next.
  #moveFocusTo(node) {
    this.justLocked = false;
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
  }

  #runButton() {
    const { run } = this.data;
    if (!run) return null;
    return html("button", { type: "button", class: "btn small end", onclick: () => this.#run() }, `Draw ${run.requests.toLocaleString("en-GB")} requests`);
  }

  async #run() {
    await this.#script(import("./run.js"));
    const { model, offering, item, run } = this.data;
    const panel = { model, offering, item, parameters: canonical(this.fields, this.values), requests: run.requests, estimated_seconds: run.seconds, title: this.data.title };
    const element = document.createElement("headroom-run");
    element.panel = panel;
    this.runPanel?.remove();
    this.runPanel = element;
    this.append(element);
    element.start();
  }

  #compare() {
    if (this.pinned) this.pinned = null;
    else if (this.result) this.pinned = { values: { ...this.values }, result: this.result };
    this.compareTool.setAttribute("aria-pressed", Boolean(this.pinned));
    this.compareTool.textContent = this.pinned ? "Stop comparing" : "Compare";
    this.#say(this.pinned ? "This setting is pinned as the pale line. Change something." : "");
    this.figures.style.minHeight = "";
    this.#showFigures();
    this.#draw();
  }

  #toggleTable() {
    if (!this.result) return;
    this.tables.hidden = !this.tables.hidden;
    this.tables.style.minHeight = "";
    this.tableTool.setAttribute("aria-pressed", !this.tables.hidden);
    if (!this.tables.hidden) this.#showTables();
  }

  async #showTables() {
    const { tablesOf } = await this.#script(import("./data_table.js"));
    this.tables.replaceChildren(...tablesOf(this.result, this.shownChart));
    keepHeight(this.tables);
  }

  async #download() {
    if (!this.result) return;
    const { csvOf, download } = await this.#script(import("./data_table.js"));
    download(`${this.data.model}.csv`, csvOf(canonical(this.fields, this.values), this.result));
  }

  async #savePicture() {
    // What is named is a picture; what is not belongs to buttons over it.
    const all = this.stage.querySelectorAll(`${this.view === SCENE ? ".scene" : ".figure"} svg[role=img]`);
    const drawn = [...all].filter((picture) => picture.getClientRects().length);
    if (!drawn.length) return this.#say("This view has no picture to save; choose a chart.");
    const { savePicture } = await this.#script(import("./picture.js"));
    await savePicture(`${this.data.model}-${this.view}`, drawn);
  }

  #toggleShare() {
    this.share.hidden = !this.share.hidden;
    this.#showShare();
    this.share.querySelector("input")?.select();
  }

  #showShare() {
    if (this.share.hidden) return;
    const address = new URL(`${this.data.share_url.split("?")[0]}?${this.query}`, location.href).href;
    const box = html("input", { type: "text", readonly: true, value: address, "aria-label": "Address of this setting" });
    const copied = html("span", { role: "status", class: "small soft" });
    const copy = async () => {
      await navigator.clipboard?.writeText(address).then(() => (copied.textContent = "Copied."), () => box.select());
    };
    this.share.replaceChildren(box, html("button", { type: "button", class: "btn small quiet", onclick: copy }, "Copy the link"), copied);
  }

  #showExperiments() {
    const { experiments } = this.data;
    if (!experiments.length) return;
    const found = experiments.filter((experiment) => experiment.discovered).length;
    this.experiments.hidden = false;
    this.experiments.replaceChildren(
      html("summary", {}, `Experiments: ${found} of ${experiments.length} found`),
      html("ul", {}, experiments.map((experiment) =>
        html("li", { class: experiment.discovered ? "found" : null }, html("span", { class: "tick", "aria-hidden": "true" }), html("b", {}, experiment.title, experiment.discovered ? html("span", { class: "tag" }, " found") : null), html("p", {}, experiment.goal)),
      )),
    );
  }

  async #discover(experiment) {
    experiment.discovered = true;
    try {
      await send("/api/v1/discoveries/", { method: "POST", body: { offering: this.data.offering, model: this.data.model, experiment: experiment.name, parameters: canonical(this.fields, this.values) } });
      this.#showExperiments();
      this.spoken.textContent = `Found: ${experiment.title}.`;
    } catch {
      experiment.discovered = false;
    }
  }
}

customElements.define("headroom-instrument", HeadroomInstrument);
