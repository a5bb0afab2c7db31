// From a step to the prompts picked there, and from a prompt to its history.

const pickedLimit = 300;

/** The groups to list: those of one belief of the map, of prompts whose id was searched for, or of one step. */
function pickedGroups(method) {
  const { belief, search, step } = state.picked;
  const index = stepsOf(method);
  if (search) {
    const wanted = search.toLowerCase();
    return method.history.prompts
      .filter((prompt) => prompt.visits.length > 0 && String(prompt.id).toLowerCase().includes(wanted))
      .map((prompt) => ({ prompt, visit: prompt.visits[prompt.visits.length - 1] }));
  }
  if (belief) {
    return index.steps
      .filter((at) => at >= state.from && at <= state.to)
      .flatMap((at) => index.groups.get(at))
      .filter(({ visit }) => isNumber(visit[3]) && isNumber(visit[4]) && cellOf(visit) === belief.cell);
  }
  return index.groups.get(step) || [];
}

function pickedSentence(method, groups) {
  const { belief, search, step } = state.picked;
  const shown = groups.length > pickedLimit ? `, the first ${pickedLimit} shown` : "";
  const prompts = groups.length === 1 ? "1 group" : `${count(groups.length)} groups`;
  const seed = `${method.name}, seed ${method.history.seed}`;
  if (search) return `${seed}: ${count(groups.length)} prompts with “${search}” in their id${shown}, each with its last group.`;
  if (belief) {
    return `${seed}, steps ${state.from} to ${state.to}: ${prompts} whose belief was Beta(${+belief.alpha.toPrecision(5)}, ${+belief.beta.toPrecision(5)}) or next to it${shown}.`;
  }
  return `${seed}, step ${step}: ${prompts}${shown}. Click a prompt to see its history.`;
}

function fillPicked() {
  const method = methodNamed(state.picked.method);
  const table = document.getElementById("picked-table");
  const note = document.getElementById("picked-note");
  if (!stepsOf(method)) {
    fillTable(table, [], []);
    note.textContent = state.picked.method
      ? `${state.picked.method} has kept no history in this regime.`
      : "No method of this regime has kept its history.";
    return;
  }
  const groups = pickedGroups(method);
  note.textContent = pickedSentence(method, groups);
  const bySteps = Boolean(state.picked.search || state.picked.belief);
  const mean = ({ visit: [, , , alpha, beta] }) => (isNumber(alpha) && isNumber(beta) ? alpha / (alpha + beta) : null);
  const evidence = ({ visit: [, , , alpha, beta] }) => (isNumber(alpha) && isNumber(beta) ? alpha + beta : null);
  const columns = [
    {
      key: "prompt", label: "Prompt", text: true, value: ({ prompt }) => String(prompt.id),
      show: ({ prompt }) => {
        const button = make("button", { type: "button", className: "link" }, String(prompt.id));
        button.addEventListener("click", () => showPrompt(method, prompt));
        return button;
      },
    },
    { key: "domain", label: "Domain", text: true, value: ({ prompt }) => prompt.domain, show: ({ prompt }) => prompt.domain || "–" },
    { key: "step", label: "Step", value: ({ visit }) => visit[0], show: ({ visit }) => String(visit[0]) },
    {
      key: "outcomes", label: "Right", hint: "successes of the group's rollouts that have a verdict",
      value: ({ visit }) => (visit[2] > 0 ? visit[1] / visit[2] : null),
      show: ({ visit }) => `${decimal(visit[1], visit[1] % 1 ? 2 : 0)} of ${visit[2]}`,
    },
    { key: "mean", label: "Believed", hint: "mean of the belief before the group", value: mean, show: (group) => decimal(mean(group)) },
    { key: "evidence", label: "Evidence", value: evidence, show: (group) => decimal(evidence(group), 1) },
    { key: "visits", label: "Visits", value: ({ prompt }) => prompt.visits.length, show: ({ prompt }) => String(prompt.visits.length) },
    {
      key: "finalRate", label: "Final rate", hint: "success rate under the trained policy", value: ({ prompt }) => prompt.finalRate,
      show: ({ prompt }) => decimal(prompt.finalRate),
    },
  ].filter(({ key }) => (key !== "step" || bySteps) && (key !== "domain" || groups.some(({ prompt }) => prompt.domain)));
  fillTable(table, columns, groups.slice(0, pickedLimit), { chosen: ({ prompt }) => prompt === state.prompt });
}

/** Writes `pairs` of name and value into a list of facts. */
function fillFacts(id, pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== "–");
  document.getElementById(id).replaceChildren(
    ...known.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
  );
}

function showPrompt(method, prompt, { focus = true } = {}) {
  state.prompt = prompt;
  fillPicked();
  document.getElementById("prompt").hidden = false;
  const title = document.getElementById("prompt-title");
  title.textContent = `Prompt ${prompt.id}`;
  const right = prompt.visits.reduce((sum, visit) => sum + visit[1], 0);
  const rollouts = prompt.visits.reduce((sum, visit) => sum + visit[2], 0);
  fillFacts("prompt-facts", [
    ["domain", prompt.domain],
    ["visits", String(prompt.visits.length)],
    ["right", `${decimal(right, right % 1 ? 2 : 0)} of ${rollouts}`],
    ["final rate", decimal(prompt.finalRate)],
  ]);
  drawHistory(method, prompt);
  if (focus) title.focus({ preventScroll: window.innerWidth > 900 });
}

function hidePrompt() {
  state.prompt = null;
  document.getElementById("prompt").hidden = true;
}
