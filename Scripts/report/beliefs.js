// Charts of beliefs: the map of what was picked, and the history of one prompt.

/**
 * The cell of the belief map that a belief lies in: 2 % of evidence wide and 0.01 of the mean high, less than a mark.
 *
 * With counts as evidence thousands of groups share a few hundred beliefs; where evidence fades hardly two are
 * equal, and so many marks would hide each other and slow the page down.
 */
function cellOf([, , , alpha, beta]) {
  const evidence = alpha + beta;
  return `${Math.round(50 * Math.log(evidence))}|${Math.round((100 * alpha) / evidence)}`;
}

function drawBelief(method) {
  const index = stepsOf(method);
  if (!index || index.steps.length === 0) {
    return drawNothing("belief", "No method of this regime has kept its history.");
  }
  const marks = new Map();
  for (const step of index.steps) {
    if (step < state.from || step > state.to) continue;
    for (const { visit } of index.groups.get(step)) {
      const [, , , alpha, beta] = visit;
      if (!isNumber(alpha) || !isNumber(beta)) continue;
      const cell = cellOf(visit);
      let mark = marks.get(cell);
      if (!mark) {
        mark = { cell, alpha: 0, beta: 0, groups: 0, steps: 0 };
        marks.set(cell, mark);
      }
      mark.alpha += alpha;
      mark.beta += beta;
      mark.groups += 1;
      mark.steps += step;
    }
  }
  // Small marks last, so that large ones do not hide them.
  const all = [...marks.values()].sort((a, b) => b.groups - a.groups);
  for (const mark of all) {
    for (const sum of ["alpha", "beta", "steps"]) mark[sum] /= mark.groups;
  }
  const evidence = all.map((mark) => mark.alpha + mark.beta);
  const wide = evidence.length > 0 && Math.max(...evidence) > 20 * Math.min(...evidence);
  return draw("belief", [{
    x: evidence,
    y: all.map((mark) => mark.alpha / (mark.alpha + mark.beta)),
    customdata: all.map((mark) => [mark.alpha, mark.beta, count(mark.groups), mark.steps.toFixed(0), mark.cell]),
    mode: "markers",
    marker: {
      size: all.map((mark) => Math.min(5 + Math.sqrt(mark.groups - 1), 28)),
      color: all.map((mark) => mark.steps),
      cmin: index.steps[0],
      cmax: index.steps[index.steps.length - 1],
      colorscale: "Viridis",
      colorbar: { title: { text: "step", side: "right" }, thickness: 12, outlinewidth: 0 },
      line: { width: 0.6, color: variable("--muted") },
      opacity: 0.85,
    },
    hovertemplate:
      "Beta(%{customdata[0]:.4~g}, %{customdata[1]:.4~g}), mean %{y:.3f}<br>%{customdata[2]} groups, mean step %{customdata[3]}<extra></extra>",
  }], {
    xaxis: { title: "evidence α + β", ...(wide ? { type: "log", tickvals: roundNumbers } : {}) },
    yaxis: { title: "mean of the belief", range: [-0.03, 1.03] },
  }, `belief map ${method.name}`);
}

function drawHistory(method, prompt) {
  const visits = prompt.visits.filter((visit) => visit[2] > 0);
  const colour = colourOf(method.name);
  const x = visits.map(([step]) => step);
  const believed = visits.filter(([, , , alpha, beta]) => isNumber(alpha) && isNumber(beta));
  const times = believed.map(([step]) => step);
  const means = believed.map(([, , , alpha, beta]) => alpha / (alpha + beta));
  const bounds = [0.025, 0.975].map((p) => believed.map(([, , , alpha, beta]) => betaQuantile(p, alpha, beta)));
  return draw("history", [
    band(times, bounds[0], bounds[1], translucent(colour, 0.18)),
    {
      x: times,
      y: means,
      customdata: believed.map((_, i) => [interval({ low: bounds[0][i], high: bounds[1][i] })]),
      name: "belief before the group",
      mode: "lines+markers",
      line: { color: colour, width: 2 },
      marker: { size: 5 },
      // A band needs two visits.
      error_y: {
        visible: times.length === 1, type: "data", symmetric: false, thickness: 1.5,
        array: bounds[1].map((high, i) => high - means[i]), arrayminus: bounds[0].map((low, i) => means[i] - low),
      },
      hovertemplate: "step %{x}: believed %{y:.3f} %{customdata[0]}<extra></extra>",
    },
    {
      x,
      y: visits.map(([, successes, verdicts]) => successes / verdicts),
      customdata: visits.map(([, successes, verdicts]) => [decimal(successes, successes % 1 ? 2 : 0), verdicts]),
      name: "outcomes of the group",
      mode: "markers",
      marker: { size: 9, symbol: "circle-open", color: variable("--text"), line: { width: 1.8 } },
      hovertemplate: "step %{x}: %{customdata[0]} of %{customdata[1]} right<extra></extra>",
    },
  ], {
    showlegend: true,
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    margin: { l: 50, r: 60, t: 30, b: 44 },
    xaxis: { title: "step" },
    yaxis: { title: "success rate", range: [-0.04, 1.04] },
    shapes: isNumber(prompt.finalRate) ? [level(prompt.finalRate, "dash", variable("--muted"))] : [],
    annotations: isNumber(prompt.finalRate)
      ? [{ xref: "paper", x: 1, xanchor: "left", y: prompt.finalRate, text: "final rate", showarrow: false, font: { size: 11 } }]
      : [],
  }, `prompt ${prompt.id}`);
}
