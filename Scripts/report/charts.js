// One function a chart. Each draws a regime (or a method) into its element, anew or over what is there.

const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const axisTitles = {
  rollouts: "training rollouts",
  steps: "training steps",
  seconds: "seconds of training",
};

/** What all charts have in common, in the colours of the page; `more` is merged in, axis by axis. */
function layout(more) {
  const axis = {
    gridcolor: variable("--grid"),
    linecolor: variable("--line"),
    zeroline: false,
    automargin: true,
    title: { standoff: 8 },
  };
  const merged = (own = {}) => ({ ...axis, ...own, title: { ...axis.title, text: own.title } });
  return {
    font: { family: getComputedStyle(document.body).fontFamily, size: 12.5, color: variable("--text") },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 50, r: 16, t: 12, b: 44 },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: variable("--muted"), activecolor: variable("--text") },
    showlegend: false,
    hovermode: "closest",
    hoverlabel: { bgcolor: variable("--card"), bordercolor: variable("--line"), font: { color: variable("--text") } },
    ...more,
    xaxis: merged(more.xaxis),
    yaxis: merged(more.yaxis),
  };
}

/** Draws, with the button that saves the chart as SVG; `filename` names the file. */
function draw(id, traces, more, filename) {
  const element = document.getElementById(id);
  if (element.classList.contains("empty")) {
    element.classList.remove("empty");
    element.textContent = "";
  }
  Plotly.react(element, traces, layout(more), {
    responsive: true,
    displaylogo: false,
    displayModeBar: "hover",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    toImageButtonOptions: { format: "svg", filename: `${filename} ${state.regime.name}`, width: 800, height: 450 },
  });
  // A chart that was purged has lost its listeners, one that was redrawn has kept them.
  element.removeAllListeners("plotly_click");
  if (clicks[id]) element.on("plotly_click", clicks[id]);
}

/** Says in a chart's place why there is none. */
function drawNothing(id, sentence) {
  const element = document.getElementById(id);
  Plotly.purge(element);
  element.classList.add("empty");
  element.textContent = sentence;
}

const translucent = (colour, alpha) => {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return `rgba(${r},${g},${b},${alpha})`;
};

/** A closed band between `low` and `high`, without the places where either is missing. */
function band(x, low, high, colour) {
  const at = x.map((_, i) => i).filter((i) => isNumber(x[i]) && isNumber(low[i]) && isNumber(high[i]));
  const back = [...at].reverse();
  return {
    x: [...at, ...back].map((i) => x[i]),
    y: [...at.map((i) => high[i]), ...back.map((i) => low[i])],
    mode: "lines",
    name: "95 % interval",
    line: { width: 0 },
    fill: "toself",
    fillcolor: colour,
    hoverinfo: "skip",
  };
}

/** The mean of each value and its neighbours within a window of `width`; what is missing is left out. */
function smoothed(values, width) {
  const reach = Math.floor(width / 2);
  return values.map((_, i) => {
    const near = values.slice(Math.max(i - reach, 0), i + reach + 1).filter(isNumber);
    return near.length > 0 ? near.reduce((sum, value) => sum + value, 0) / near.length : null;
  });
}

/**
 * Traces of one curve of every method shown: band, single seeds where wanted, and the mean above them, each the
 * mean of `width` neighbours.
 */
function curveTraces(key, marked, width = 1) {
  const under = [];
  const over = [];
  // The more bands lie upon each other, the thinner they must be for the lines to be seen.
  const alpha = shownMethods().length > 4 ? 0.07 : 0.14;
  for (const method of shownMethods()) {
    const measured = method[key];
    const x = placesOf(method, measured, state.axis);
    if (!x || x.length === 0) continue;
    const [mean, low, high] = [measured.mean, measured.low, measured.high].map((values) => smoothed(values, width));
    const colour = colourOf(method.name);
    const dash = styles[method.name].dash;
    under.push(band(x, low, high, translucent(colour, alpha)));
    if (state.seeds) {
      measured.seeds.forEach((seed) =>
        under.push({ x, y: smoothed(seed, width), mode: "lines", line: { width: 1, color: translucent(colour, 0.45) }, hoverinfo: "skip" }),
      );
    }
    over.push({
      x,
      y: mean,
      customdata: mean.map((_, i) => [method.name, key, i, interval({ low: low[i], high: high[i] })]),
      name: method.name,
      mode: marked ? "lines+markers" : "lines",
      line: { width: 2, color: colour, dash },
      marker: { size: 6, symbol: styles[method.name].symbol },
      connectgaps: true,
      hovertemplate: "%{x:,.4~r} · %{y:.3f} %{customdata[3]}<extra>%{fullData.name}</extra>",
    });
  }
  return [...under, ...over];
}

const level = (y, dash, colour) => ({
  type: "line", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, layer: "below", line: { width: 1, dash, color: colour },
});

/** Labels of levels; those that would lie upon each other become one, such as “base … 80 %”. */
function levelLabels(lines, traces) {
  const values = [...traces.flatMap((trace) => trace.y), ...lines.map((line) => line.y)].filter(isNumber);
  const apart = 0.05 * (Math.max(...values) - Math.min(...values));
  const labels = [];
  for (const line of [...lines].sort((a, b) => a.y - b.y)) {
    const last = labels[labels.length - 1];
    if (last && line.y - last.top < apart) Object.assign(last, { top: line.y, end: line.text });
    else labels.push({ y: line.y, top: line.y, text: line.text, end: null });
  }
  return labels.map(({ y, top, text, end }) => ({ y: (y + top) / 2, text: end ? `${text} … ${end}` : text }));
}

function drawAccuracy() {
  const muted = variable("--muted");
  const lines = state.regime.targets
    .filter((target) => isNumber(target.accuracy))
    .map((target) => ({ y: target.accuracy, text: percent(target.fraction), dash: "dash" }));
  const base = baseOf(state.regime);
  if (isNumber(base)) lines.push({ y: base, text: "base", dash: "dot" });
  const traces = curveTraces("accuracy", true);
  if (traces.length === 0) return drawNothing("accuracy", "No method has been evaluated in this regime yet.");
  const labels = levelLabels(lines, traces);
  return draw("accuracy", traces, {
    xaxis: { title: axisTitles[state.axis], rangemode: "tozero" },
    yaxis: { title: "held-out accuracy" },
    margin: { l: 50, r: 14 + 6 * Math.max(5, ...labels.map(({ text }) => text.length)), t: 12, b: 44 },
    shapes: lines.map((line) => level(line.y, line.dash, muted)),
    annotations: labels.map((line) => ({
      xref: "paper", x: 1, xanchor: "left", y: line.y, text: line.text, showarrow: false, font: { size: 11, color: muted },
    })),
  }, "accuracy");
}

function drawMixed() {
  // Single steps scatter too much to be told apart.
  const longest = Math.max(0, ...shownMethods().map((method) => method.mixed.mean.length));
  const width = state.smooth && longest > 50 ? 2 * Math.round(longest / 50) + 1 : 1;
  document.getElementById("smooth-label").hidden = longest <= 50;
  document.getElementById("smoothing").textContent = width > 1 ? `; means of ${width} neighbouring steps` : "";
  const traces = curveTraces("mixed", longest <= 50, width);
  if (traces.length === 0) return drawNothing("mixed", "No method has trained in this regime yet.");
  return draw("mixed", traces, {
    xaxis: { title: axisTitles[state.axis], rangemode: "tozero" },
    yaxis: { title: "share of mixed groups", range: [0, 1.02] },
  }, "mixed");
}

const roundNumbers = [-1, 0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
const tenths = Array.from({ length: 40 }, (_, i) => (i + 1) / 10);

function drawSpeedup() {
  const rows = state.regime.methods
    .map((method) => ({ method, target: targetOf(method), verdict: verdictOf(method) }))
    .filter(({ method, target }) => target && method.name !== state.against)
    .reverse();
  const measured = rows.filter(({ target }) => isNumber(target.speedup.estimate));
  if (rows.length === 0) return drawNothing("speedup", "No method has a speed-up in this regime yet.");
  const ends = measured.flatMap(({ target: { speedup } }) => [speedup.low, speedup.estimate, speedup.high]);
  const finite = [...ends.filter((end) => isNumber(end) && end > 0), 1];
  const [least, most] = [Math.min(...finite) / 1.1, Math.max(...finite) * 1.1];
  // A seed that never got there makes an interval that begins at 0, which is off a logarithmic axis to the left.
  const lowest = ({ low, estimate }) => (isNumber(low) ? Math.max(low, least / 10) : estimate);
  const traces = measured.map(({ method, target: { speedup } }) => ({
    x: [speedup.estimate],
    y: [method.name],
    error_x: {
      type: "data", symmetric: false, thickness: 2, width: 5,
      array: [isNumber(speedup.high) ? speedup.high - speedup.estimate : 0],
      arrayminus: [speedup.estimate - lowest(speedup)],
    },
    mode: "markers",
    marker: { size: 10, color: colourOf(method.name), symbol: styles[method.name].symbol },
    hovertemplate: `%{x:.2f}× ${interval(speedup, 2)}<extra>${escaped(method.name)}</extra>`,
  }));
  document.getElementById("speedup").style.height = `${90 + 38 * rows.length}px`;
  return draw("speedup", traces, {
    xaxis: {
      title: `speed-up over ${escaped(state.against)} (×)`, type: "log",
      range: [Math.log10(least), Math.log10(most)],
      tickvals: most / least < 2 ? tenths : roundNumbers,
    },
    yaxis: {
      type: "category", categoryorder: "array", categoryarray: rows.map(({ method }) => method.name),
      range: [-0.6, rows.length - 0.4],
    },
    shapes: [{
      type: "line", yref: "paper", y0: 0, y1: 1, x0: 1, x1: 1, layer: "below", line: { width: 1.5, color: variable("--muted") },
    }],
    annotations: rows.filter(({ target }) => !isNumber(target.speedup.estimate)).map(({ method, verdict }) => ({
      xref: "paper", x: 0.02, xanchor: "left", y: method.name, text: verdict.text, showarrow: false,
      font: { color: variable("--muted") },
    })),
  }, "speed-up");
}

function drawCalibration() {
  const methods = shownMethods().filter((method) => method.calibration.length > 0);
  if (methods.length === 0) return drawNothing("calibration", "No method’s predictions have been measured in this regime yet.");
  const most = Math.max(...methods.flatMap((method) => method.calibration.map((bin) => bin.groups || 0)), 1);
  const traces = methods.map((method) => ({
    x: method.calibration.map((bin) => bin.predicted),
    y: method.calibration.map((bin) => bin.observed),
    customdata: method.calibration.map((bin) => count(bin.groups)),
    name: method.name,
    mode: "lines+markers",
    line: { width: 1.5, color: colourOf(method.name), dash: styles[method.name].dash },
    marker: {
      symbol: styles[method.name].symbol,
      size: method.calibration.map((bin) => 5 + 11 * Math.sqrt((bin.groups || 0) / most)),
    },
    hovertemplate: "predicted %{x:.3f}, came %{y:.3f}<br>%{customdata} groups<extra>%{fullData.name}</extra>",
  }));
  return draw("calibration", traces, {
    xaxis: { title: "predicted success rate", range: [-0.02, 1.02] },
    yaxis: { title: "observed success rate", range: [-0.02, 1.02] },
    shapes: [{
      type: "line", x0: 0, x1: 1, y0: 0, y1: 1, layer: "below", line: { width: 1.5, dash: "dash", color: variable("--muted") },
    }],
  }, "calibration");
}
