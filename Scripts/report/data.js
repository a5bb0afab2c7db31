// What the page knows: the report, each method's look, and groups by the step in which they were rolled out.

const report = JSON.parse(document.getElementById("report").textContent);
const styles = JSON.parse(document.getElementById("styles").textContent);
const darkness = window.matchMedia("(prefers-color-scheme: dark)");

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const isBaseline = (name) => name === report.reference;
const colourOf = (name) => styles[name][darkness.matches ? "dark" : "light"];

/** A number with `digits` decimals, or a dash where there is none. */
function decimal(value, digits = 3) {
  return isNumber(value) ? value.toFixed(digits).replace(/^-/, "−") : "–";
}

/** A count with its thousands parted. */
function count(value) {
  return isNumber(value) ? Math.round(value).toLocaleString("en-US") : "–";
}

/** The base model's accuracy; an evaluation names it `accuracy`, a mean over seeds `mean`. */
function baseOf({ baseline }) {
  return baseline ? (baseline.mean ?? baseline.accuracy ?? null) : null;
}

/** Seconds in the unit one would say them in. */
function duration(seconds) {
  if (!isNumber(seconds)) return "–";
  if (seconds < 0.995) return `${(1000 * seconds).toPrecision(2)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** `[low, high]`, or nothing where the interval was not measured. */
function interval({ low, high }, digits = 3) {
  return isNumber(low) && isNumber(high) ? `[${decimal(low, digits)}, ${decimal(high, digits)}]` : "";
}

const indices = new WeakMap();

/**
 * A method's groups by step: `steps` in rising order, `groups` a map from step to `{prompt, visit}`s, and
 * `rollouts` the training rollouts spent up to the end of each of `steps`. Null where no history was kept.
 */
function stepsOf(method) {
  if (!method || !method.history || !method.history.prompts) return null;
  let index = indices.get(method);
  if (index) return index;
  const groups = new Map();
  for (const prompt of method.history.prompts) {
    for (const visit of prompt.visits || []) {
      const [step] = visit;
      if (!groups.has(step)) groups.set(step, []);
      groups.get(step).push({ prompt, visit });
    }
  }
  const steps = [...groups.keys()].sort((a, b) => a - b);
  let spent = 0;
  const rollouts = steps.map((step) => {
    // The third number counts verdicts. Where some are missing, the sixth is larger; version 0.1 has no sixth.
    for (const { visit } of groups.get(step)) spent += visit[5] ?? visit[2];
    return spent;
  });
  index = { steps, groups, rollouts };
  indices.set(method, index);
  return index;
}

/** Training rollouts spent up to the end of each step of a method's history, on the scale of its curves. */
function rolloutsOf(method) {
  const index = stepsOf(method);
  const total = index.rollouts[index.rollouts.length - 1];
  // The history may hold only the groups that a filter kept, and then falls short of what the curves count.
  const end = Math.max(0, ...method.mixed.rollouts, ...method.accuracy.rollouts);
  const stretch = Math.max(1, end / total);
  return index.rollouts.map((spent) => spent * stretch);
}

/**
 * A curve's places on the axis `name`: as measured where the report has them. Steps are otherwise read off the
 * history, which knows how many rollouts each took. Null where neither tells.
 */
function placesOf(method, curve, name) {
  if (curve[name]) return curve[name];
  const index = stepsOf(method);
  if (name !== "steps" || !index || index.steps.length === 0) return null;
  const spent = [0, ...rolloutsOf(method)];
  const steps = [0, ...index.steps];
  let at = 1;
  return curve.rollouts.map((rollouts) => {
    while (at < spent.length - 1 && spent[at] < rollouts) at += 1;
    const part = Math.min((rollouts - spent[at - 1]) / (spent[at] - spent[at - 1]), 1);
    return steps[at - 1] + part * (steps[at] - steps[at - 1]);
  });
}

/**
 * The step of a method's history whose end is nearest to the entry `position` of `curve`.
 *
 * The curve's own steps count where it has them; otherwise the rollouts decide.
 */
function stepAt(method, curve, position) {
  const index = stepsOf(method);
  if (!index || index.steps.length === 0) return null;
  const [wanted, value] = curve.steps
    ? [index.steps, curve.steps[position]]
    : [rolloutsOf(method), curve.rollouts[position]];
  let best = 0;
  for (let i = 1; i < wanted.length; i += 1) {
    if (Math.abs(wanted[i] - value) < Math.abs(wanted[best] - value)) best = i;
  }
  return index.steps[best];
}
