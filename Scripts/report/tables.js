// Sortable tables, what they hold, and what a speed-up says.

const escaped = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const percent = (fraction) => (isNumber(fraction) ? `${+(100 * fraction).toFixed(1)} %` : "–");

/** An element with text, class and children: `make("td", { className: "text" }, "a", node)`. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const sorting = new WeakMap();

/**
 * Fills `table` with `rows`. A column is `{ key, label, hint, value(row), show(row), text, sorts }`: `value` is what
 * the column sorts by (nulls come last either way), `show` what it shows, `text` whether it is set to the left.
 */
function fillTable(table, columns, rows, { chosen } = {}) {
  const order = sorting.get(table) || {};
  const column = columns.find(({ key }) => key === order.key);
  const sorted = [...rows];
  if (column) {
    const sign = order.ascending ? 1 : -1;
    const missing = (value) => value === null || value === undefined || Number.isNaN(value);
    sorted.sort((a, b) => {
      const [p, q] = [column.value(a), column.value(b)];
      if (missing(p) || missing(q)) return missing(p) - missing(q);
      return sign * (typeof p === "string" ? p.localeCompare(q, "en", { numeric: true }) : p - q);
    });
  }
  const head = make("tr");
  for (const { key, label, hint, text } of columns) {
    const button = make("button", { type: "button", title: hint || "" }, label);
    button.addEventListener("click", () => {
      // Text from A on, figures from the largest on.
      const ascending = order.key === key ? !order.ascending : Boolean(text);
      sorting.set(table, { key, ascending });
      fillTable(table, columns, rows, { chosen });
      table.querySelector(`th[data-column="${key}"] button`).focus();
    });
    const cell = make("th", { scope: "col", className: text ? "text" : "" }, button);
    cell.dataset.column = key;
    if (order.key === key) cell.setAttribute("aria-sort", order.ascending ? "ascending" : "descending");
    head.append(cell);
  }
  const body = make("tbody");
  for (const row of sorted) {
    const line = make("tr", { className: chosen && chosen(row) ? "chosen" : "" });
    columns.forEach(({ key, show, text }, i) => {
      const cell = make(i === 0 ? "th" : "td", { className: text ? "text" : "" });
      if (i === 0) cell.scope = "row";
      cell.dataset.column = key;
      cell.append(...[show(row)].flat());
      line.append(cell);
    });
    body.append(line);
  }
  table.querySelectorAll("thead, tbody").forEach((part) => part.remove());
  table.append(make("thead", {}, head), body);
}

function methodLabel(name) {
  const swatch = make("span", { className: "swatch" });
  swatch.style.borderTopColor = `light-dark(${styles[name].light}, ${styles[name].dark})`;
  return make("span", { className: "key" }, swatch, name);
}

/** A method’s races against the reference chosen; none where the two were not compared. */
function racesOf(method) {
  if (state.against === report.reference) return method.toTarget;
  const found = method.against.find(({ reference }) => reference === state.against);
  return found ? found.toTarget : [];
}

const targetOf = (method) => racesOf(method).find((entry) => entry.fraction === state.target) || null;

/** What a method's speed-up to the target chosen says. */
function verdictOf(method) {
  const target = targetOf(method);
  if (method.name === state.against) return { kind: "none", text: "baseline" };
  if (!target) return { kind: "none", text: "not measured yet" };
  if (!target.reached) return { kind: "missed", text: "✕ target not reached" };
  const { low, high } = target.speedup;
  if (!isNumber(low) || !isNumber(high)) return { kind: "none", text: "no interval" };
  if (low > 1) return { kind: "faster", text: "▲ faster" };
  if (high < 1) return { kind: "slower", text: "▼ slower" };
  return { kind: "none", text: "○ no difference shown: interval holds 1" };
}

function fillSpeedup() {
  const entry = (read) => (method) => {
    const target = targetOf(method);
    return target ? read(target) : null;
  };
  const ratio = (key, label, hint) => ({
    key, label, hint, value: entry((t) => t[key].estimate),
    show: (m) => {
      const target = targetOf(m);
      if (!target) return "–";
      const { estimate } = target[key];
      return [isNumber(estimate) ? `${decimal(estimate, 2)}×` : "–", make("small", {}, interval(target[key], 2))];
    },
  });
  const columns = [
    { key: "method", label: "Method", text: true, value: (m) => m.name, show: (m) => methodLabel(m.name) },
    ratio("speedup", "Speed-up"),
    {
      key: "verdict", label: `Against ${state.against}`, text: true, value: (m) => verdictOf(m).text,
      show: (m) => make("span", { className: `verdict ${verdictOf(m).kind}` }, verdictOf(m).text),
    },
    { key: "rollouts", label: "Rollouts", value: entry((t) => t.rollouts), show: (m) => count(entry((t) => t.rollouts)(m)) },
    { key: "seconds", label: "Time", value: entry((t) => t.seconds), show: (m) => duration(entry((t) => t.seconds)(m)) },
  ];
  if (state.regime.methods.some((m) => targetOf(m) && isNumber(targetOf(m).secondsRatio.estimate))) {
    const hint = "the reference’s training seconds to the target divided by the method’s";
    columns.splice(3, 0, ratio("secondsRatio", "In seconds", hint));
  }
  const ofAll = report.overall.filter((entry) => !entry.regimeSet && (entry.reference || report.reference) === state.against);
  const overall = (method) => ofAll.find((entry) => entry.name === method.name && entry.fraction === state.target);
  if (report.regimes.length > 1 && ofAll.some((entry) => entry.fraction === state.target)) {
    columns.splice(3, 0, {
      key: "overall", label: `All ${ofAll[0].regimes} regimes`, hint: "geometric mean of the speed-ups",
      value: (m) => (overall(m) ? overall(m).speedup.estimate : null),
      show: (m) => {
        const entry = overall(m);
        if (!entry || !isNumber(entry.speedup.estimate)) return "–";
        return [`${decimal(entry.speedup.estimate, 2)}×`, make("small", {}, interval(entry.speedup, 2))];
      },
    });
  }
  fillTable(document.getElementById("speedup-table"), columns, state.regime.methods);
}

/** The columns of what was chosen for a run; `read` finds it in a row. */
function cellColumns(read) {
  return [
    {
      key: "learningRate", label: "Learning rate", value: (row) => read(row).learningRate,
      show: (row) => {
        const rate = read(row).learningRate;
        return isNumber(rate) ? rate.toExponential().replace("e-", "e−") : "–";
      },
    },
    {
      key: "rolloutsPerPrompt", label: "K", hint: "rollouts of a prompt",
      value: (row) => read(row).rolloutsPerPrompt, show: (row) => count(read(row).rolloutsPerPrompt),
    },
    {
      key: "promptsPerStep", label: "M", hint: "prompts of a step",
      value: (row) => read(row).promptsPerStep, show: (row) => count(read(row).promptsPerStep),
    },
  ];
}

function fillCells() {
  const rows = state.regime.referenceCells;
  document.getElementById("cells").hidden = rows.length === 0;
  const estimate = (key, label) => ({
    key, label, value: (row) => row[key].estimate,
    show: (row) => [decimal(row[key].estimate), make("small", {}, interval(row[key]))],
  });
  fillTable(document.getElementById("cells-table"), [
    ...cellColumns((row) => row.cell),
    estimate("areaUnderCurve", "Area under curve"),
    estimate("finalAccuracy", "Final accuracy"),
    { key: "isBest", label: "Best", text: true, value: (row) => (row.isBest ? "best" : ""), show: (row) => (row.isBest ? "best here" : "") },
  ], rows);
}

function fillClaims() {
  const rows = report.claims.flatMap(({ claim, tests }) => tests.map((test) => ({ ...claim, ...test })));
  document.getElementById("claims").hidden = rows.length === 0;
  const chance = (key, label) => ({
    key, label, value: (row) => (row.test ? row.test[key] : null), show: (row) => (!row.test ? "–" : row.test[key] < 1e-4 ? "< 0.0001" : decimal(row.test[key], 4)),
  });
  const text = (key, label, value) => ({ key, label, text: true, value, show: value });
  fillTable(document.getElementById("claims-table"), [
    text("method", "Method", (row) => row.method),
    text("over", "Over", (row) => row.over),
    text("measure", "Measure", (row) => row.measure),
    text("regime", "Regime", (row) => row.regime || `mean of ${row.regimeSet || "all"}`),
    {
      key: "estimate", label: "Estimate", value: (row) => row.estimate.estimate,
      show: (row) => {
        const digits = row.measure === "speed-up" ? 2 : 3;
        return [decimal(row.estimate.estimate, digits), make("small", {}, interval(row.estimate, digits))];
      },
    },
    chance("p", "p"),
    chance("holm", "p, Holm"),
  ], rows);
}

function fillFigures() {
  const estimate = (key, label, hint, digits = 3) => ({
    key, label, hint,
    value: (m) => m[key].estimate,
    show: (m) => [decimal(m[key].estimate, digits), make("small", {}, interval(m[key], digits))],
  });
  const columns = [
    { key: "method", label: "Method", text: true, value: (m) => m.name, show: (m) => methodLabel(m.name) },
    ...cellColumns((m) => m),
    { key: "seeds", label: "Seeds", value: (m) => m.seeds.length, show: (m) => make("span", { title: m.seeds.join(", ") }, String(m.seeds.length)) },
    estimate("finalAccuracy", "Final accuracy", "held-out accuracy at the end of the budget"),
    {
      key: "finalDifference", label: `Difference to ${report.reference}`, hint: "of the final accuracy, over paired seeds",
      value: (m) => m.finalDifference.estimate,
      show: (m) => {
        const { estimate: value, low, high } = m.finalDifference;
        if (!isNumber(value) || isBaseline(m.name)) return "–";
        const shown = `${value > 0 ? "+" : ""}${decimal(value)}`;
        const clear = isNumber(low) && isNumber(high) && (low > 0 || high < 0);
        return [make(clear ? "strong" : "span", {}, shown), make("small", {}, interval(m.finalDifference))];
      },
    },
    estimate("areaUnderCurve", "Area under curve", "mean held-out accuracy over the budget"),
    estimate("mixedShare", "Mixed groups", "share of groups with some right and some wrong outcomes"),
    estimate("brier", "Brier score", "mean square of predicted less observed success rate; smaller is better"),
    estimate("rankCorrelation", "Rank correlation", "of predicted and observed success rates"),
    estimate("poolBrier", "Brier score, pool", "of the final beliefs about the whole pool; smaller is better"),
    estimate("starvedShare", "Starved", "share of the pool that was visited once or never"),
    {
      key: "starvedSuccessRate", label: "Success rate of starved", hint: "of the trained policy on the starved prompts",
      value: (m) => m.starvedSuccessRate, show: (m) => decimal(m.starvedSuccessRate),
    },
    {
      key: "samplingError", label: "Sampling error", hint: "the part of a run’s standard error that more completions would take away",
      value: (m) => m.samplingError, show: (m) => decimal(m.samplingError, 4),
    },
    { key: "secondsSelecting", label: "Selecting", hint: "seconds of a run in select and report", value: (m) => m.secondsSelecting, show: (m) => duration(m.secondsSelecting) },
    { key: "seconds", label: "Run", hint: "training time, evaluations apart", value: (m) => m.seconds, show: (m) => duration(m.seconds) },
  ];
  // What no method has measured would be a column of dashes.
  const measured = columns.filter(({ value }) => state.regime.methods.some((m) => value(m) !== null && value(m) !== undefined));
  fillTable(document.getElementById("figures-table"), measured, state.regime.methods);
}
