// What the page knows: the report, each method's look, and groups by the step in which they were rolled out.

const report = JSON.parse(document.getElementById("report").textContent);
const styles = JSON.parse(document.getElementById("styles").textContent);
const darkness = window.matchMedia("(prefers-color-scheme: dark)");

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const isBaseline = (name) => name.toLowerCase() === "random";
const colourOf = (name) => styles[name][darkness.matches ? "dark" : "light"];

/** A number with `digits` decimals, or a dash where there is none. */
function decimal(value, digits = 3) {
  return isNumber(value) ? value.toFixed(digits).replace(/^-/, "−") : "–";
}

/** A count with its thousands parted. */
function count(value) {
  return isNumber(value) ? Math.round(value).toLocaleString("en-US") : "–";
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
    for (const group of groups.get(step)) spent += group.visit[2];
    return spent;
  });
  index = { steps, groups, rollouts };
  indices.set(method, index);
  return index;
}

/**
 * The step of a method's history whose end is nearest to the entry `position` of `curve`.
 *
 * The curve's own steps count where it has them. Otherwise the rollouts decide; the history may hold only the
 * groups that a filter kept, so its rollouts are stretched to those of the whole curve.
 */
function stepAt(method, curve, position) {
  const index = stepsOf(method);
  if (!index || index.steps.length === 0) return null;
  const last = index.steps.length - 1;
  let wanted = index.steps;
  let value = curve.steps ? curve.steps[position] : curve.rollouts[position];
  if (!curve.steps) {
    const end = Math.max(...method.signal.rollouts, ...method.accuracy.rollouts);
    const stretch = end / index.rollouts[last];
    wanted = index.rollouts.map((spent) => spent * stretch);
  }
  let best = 0;
  for (let i = 1; i <= last; i += 1) {
    if (Math.abs(wanted[i] - value) < Math.abs(wanted[best] - value)) best = i;
  }
  return index.steps[best];
}
