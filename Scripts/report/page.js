// The page's state, its controls, and what is drawn anew when one of them changes.

const state = {
  regime: report.regimes[0],
  hidden: new Set(),
  axis: "rollouts",
  seeds: false,
  smooth: true,
  against: report.reference,
  target: null,
  beliefMethod: null,
  from: 1,
  to: 1,
  moved: false,
  picked: { method: null, step: 1, belief: null, search: "" },
  prompt: null,
};

const byId = (id) => document.getElementById(id);
const methodNamed = (name) => state.regime.methods.find((method) => method.name === name) || null;
const shownMethods = () => state.regime.methods.filter((method) => !state.hidden.has(method.name));
const lastStep = (method) => (stepsOf(method) ? stepsOf(method).steps[stepsOf(method).steps.length - 1] || 1 : 1);

/** What a click on a chart's point does. */
const clicks = { accuracy: clickTrend, mixed: clickTrend, belief: clickBelief };

/** Replaces the choices of a fieldset, keeping its legend. */
function fillChoices(id, type, entries, onChange) {
  const fieldset = byId(id);
  fieldset.querySelectorAll(".choice").forEach((choice) => choice.remove());
  for (const { value, content, checked } of entries) {
    const input = make("input", { type, name: id, value, checked });
    input.addEventListener("change", () => onChange(value, input.checked));
    fieldset.append(make("label", { className: "choice" }, input, make("span", {}, ...[content].flat())));
  }
}

function fillSelect(id, values, chosen, labels = {}) {
  byId(id).replaceChildren(
    ...values.map((value) => make("option", { value, selected: value === chosen }, labels[value] || value)),
  );
  byId(id).disabled = values.length === 0;
}

function drawCurves() {
  drawAccuracy();
  drawMixed();
}

function drawCharts() {
  drawCurves();
  drawSpeedup();
  drawCalibration();
  drawBelief(methodNamed(state.beliefMethod));
  if (state.prompt) drawHistory(methodNamed(state.picked.method), state.prompt);
}

function showTarget() {
  drawSpeedup();
  fillSpeedup();
}

/** Shows the comparison with the reference chosen, to the targets of its own curve. */
function showReference() {
  byId("speedup-title").textContent = `Speed-up over ${state.against}`;
  const races = state.regime.methods.map(racesOf).find((found) => found.length > 0) || [];
  const targets = state.against === report.reference ? state.regime.targets : races;
  const fractions = targets.map((target) => target.fraction);
  if (!fractions.includes(state.target)) state.target = fractions.length ? fractions[fractions.length - 1] : null;
  fillChoices(
    "targets", "radio",
    targets.map(({ fraction, accuracy }) => ({
      value: fraction, content: `${percent(fraction)} · ${decimal(accuracy)}`, checked: fraction === state.target,
    })),
    (fraction) => {
      state.target = fraction;
      showTarget();
    },
  );
  byId("targets").hidden = fractions.length === 0;
  showTarget();
}

/** Sets the sliders to all of a method's steps. */
function chooseBelief(name) {
  state.beliefMethod = name;
  const last = lastStep(methodNamed(name));
  state.from = 1;
  state.to = last;
  for (const id of ["from-step", "to-step"]) Object.assign(byId(id), { max: last, disabled: last === 1 });
  byId("from-step").value = 1;
  byId("to-step").value = last;
  showRange();
}

function showRange() {
  byId("step-range").textContent = `steps ${state.from} to ${state.to}`;
  drawBelief(methodNamed(state.beliefMethod));
}

/** A slider moved: drawn once a frame, however often it moves. */
function moveRange() {
  const ends = ["from-step", "to-step"].map((id) => Number(byId(id).value));
  const waits = state.moved;
  [state.from, state.to, state.moved] = [Math.min(...ends), Math.max(...ends), true];
  if (waits) return;
  requestAnimationFrame(() => {
    state.moved = false;
    showRange();
  });
}

/** Lists the groups that `choice` names; the rest of the last choice no longer counts. */
function pick(choice) {
  const { method } = state.picked;
  state.picked = { method, step: state.picked.step, belief: null, search: "", ...choice };
  byId("picked-method").value = state.picked.method || "";
  byId("picked-step").value = state.picked.step;
  byId("picked-step").max = lastStep(methodNamed(state.picked.method));
  if (!state.picked.search) byId("picked-search").value = "";
  hidePrompt();
  fillPicked();
}

/** A point of a trend was clicked: the prompts of its step. */
function clickTrend(event) {
  const point = event.points.find(({ customdata }) => Array.isArray(customdata));
  if (!point) return;
  const [name, key, position] = point.customdata;
  const method = methodNamed(name);
  const step = stepAt(method, method[key], position);
  pick(step === null ? { method: name } : { method: name, step });
  reveal();
}

function clickBelief(event) {
  const [alpha, beta, , , cell] = event.points[0].customdata;
  pick({ method: state.beliefMethod, belief: { alpha, beta, cell } });
  reveal();
}

function reveal() {
  byId("picked-title").focus({ preventScroll: true });
  byId("picked-title").scrollIntoView({ block: "start" });
}

function showRegime(regime) {
  state.regime = regime;
  byId("regime-title").textContent = regime.name;
  byId("regime-summary").textContent = regime.summary;
  fillFacts("regime-facts", [
    ["prompts in the pool", count(regime.prompts)],
    ["prompts a step", count(regime.promptsPerStep)],
    ["rollouts a prompt", count(regime.rolloutsPerPrompt)],
    ["rollouts of a run", count(regime.budget)],
    ["base model", regime.baseline ? `${decimal(baseOf(regime))} ± ${decimal(regime.baseline.standardError)}` : null],
  ]);
  const names = regime.methods.map((method) => method.name);
  fillChoices(
    "methods", "checkbox",
    names.map((name) => ({ value: name, content: methodLabel(name), checked: !state.hidden.has(name) })),
    (name, checked) => {
      if (checked) state.hidden.delete(name);
      else state.hidden.add(name);
      drawCurves();
      drawCalibration();
    },
  );
  const axes = Object.keys(axisTitles).filter((axis) =>
    regime.methods.some((method) => placesOf(method, method.accuracy, axis)),
  );
  if (!axes.includes(state.axis)) state.axis = "rollouts";
  fillSelect("axis", axes, state.axis, { rollouts: "rollouts", steps: "steps", seconds: "seconds" });

  byId("clock").textContent = regime.clock === "processor" ? " Seconds are the processor’s." : "";
  const kept = regime.methods.filter(stepsOf).map((method) => method.name);
  const first = (name) => (kept.includes(name) ? name : kept.find((other) => !isBaseline(other)) || kept[0] || null);
  fillSelect("belief-method", kept, first(state.beliefMethod));
  fillSelect("picked-method", kept, first(state.picked.method));
  drawCurves();
  drawCalibration();
  showReference();
  fillFigures();
  fillCells();
  chooseBelief(first(state.beliefMethod));
  pick({ method: first(state.picked.method), step: 1 });
}

function start() {
  byId("note").textContent = report.note || "";
  byId("note").hidden = !report.note;
  fillFacts("origin", [["command", report.command], ["commit", report.commit], ["machine", report.machine]]);
  fillChoices(
    "regimes", "radio",
    report.regimes.map((regime) => ({ value: regime.name, content: regime.name, checked: regime === state.regime })),
    (name) => showRegime(report.regimes.find((regime) => regime.name === name)),
  );
  fillChoices(
    "references", "radio",
    report.references.map((name) => ({ value: name, content: name, checked: name === state.against })),
    (name) => {
      state.against = name;
      showReference();
    },
  );
  byId("references").hidden = report.references.length < 2;
  fillClaims();
  showRegime(state.regime);

  byId("axis").addEventListener("change", (event) => {
    state.axis = event.target.value;
    drawCurves();
  });
  byId("seeds").addEventListener("change", (event) => {
    state.seeds = event.target.checked;
    drawCurves();
  });
  byId("smooth").addEventListener("change", (event) => {
    state.smooth = event.target.checked;
    drawMixed();
  });
  byId("belief-method").addEventListener("change", (event) => chooseBelief(event.target.value));
  for (const id of ["from-step", "to-step"]) {
    byId(id).addEventListener("input", moveRange);
  }
  byId("picked-method").addEventListener("change", (event) => pick({ method: event.target.value }));
  byId("picked-step").addEventListener("change", (event) => {
    const last = lastStep(methodNamed(state.picked.method));
    pick({ step: Math.min(Math.max(Math.round(Number(event.target.value)) || 1, 1), last) });
  });
  byId("picked-search").addEventListener("input", (event) => pick({ search: event.target.value.trim() }));
  darkness.addEventListener("change", drawCharts);
}

start();
