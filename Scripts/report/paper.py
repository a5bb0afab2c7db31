"""The arena's figures for a paper, as SVG and PNG by matplotlib; page.html draws the same data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from reading import styles

MARKERS = {
    "circle": "o",
    "circle-open": "o",
    "square": "s",
    "diamond": "D",
    "triangle-up": "^",
    "triangle-down": "v",
    "cross": "P",
    "x": "X",
    "star": "*",
}
DASHES = {"solid": "-", "dash": "--", "dot": ":", "dashdot": "-.", "longdash": (0, (8, 3))}


def draw(report: dict[str, Any], folder: Path) -> Iterator[Path]:
    """Writes every figure that has something to show into `folder` and returns the paths."""
    plt.rcParams.update({"svg.hashsalt": "insight", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3})
    folder.mkdir(parents=True, exist_ok=True)
    look = styles(report)
    for regime in report["regimes"]:
        name = slug(regime["name"])
        yield from _save(_accuracy(regime, look), folder / f"accuracy-{name}")
        yield from _save(_calibration(regime, look), folder / f"calibration-{name}")
        yield from _save(_belief_map(regime), folder / f"belief-{name}")
    yield from _save(_speedup(report, look), folder / "speedup")


def slug(name: str) -> str:
    """Returns `name` as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "regime"


def _text(name: str) -> str:
    """Returns `name` so that matplotlib shows it and reads no formula in it."""
    return name.replace("$", r"\$")


def _save(figure: Figure | None, stem: Path) -> Iterator[Path]:
    if figure is None:
        return
    for suffix in ("svg", "png"):
        path = stem.with_name(f"{stem.name}.{suffix}")
        figure.savefig(path, dpi=200, metadata={"Date": None} if suffix == "svg" else None)
        yield path
    plt.close(figure)


def _line(look: dict[str, str]) -> dict[str, Any]:
    filled = {} if not look["symbol"].endswith("open") else {"markerfacecolor": "white"}
    return {
        "color": look["light"],
        "linestyle": DASHES[look["dash"]],
        "marker": MARKERS[look["symbol"]],
        "markersize": 3.5,
        "linewidth": 1.4,
    } | filled


def _accuracy(regime: dict[str, Any], look: dict[str, Any]) -> Figure | None:
    methods = [m for m in regime["methods"] if m["accuracy"]["rollouts"]]
    if not methods:
        return None
    figure, axes = plt.subplots(figsize=(6.2, 3.4), layout="constrained")
    for target in regime["targets"]:
        axes.axhline(target["accuracy"], color="0.6", linewidth=0.7, linestyle="--", zorder=0)
    base = regime["baseline"] or {}
    base = base.get("mean", base.get("accuracy"))
    if base is not None:
        axes.axhline(base, color="0.6", linewidth=0.7, linestyle=":", zorder=0)
    for method in methods:
        curve = method["accuracy"]
        axes.plot(*_present(curve, "mean"), label=_text(method["name"]), **_line(look[method["name"]]))
        x, low, high = _present(curve, "low", "high")
        axes.fill_between(x, low, high, color=look[method["name"]]["light"], alpha=0.15, linewidth=0)
    axes.set(xlabel="training rollouts", ylabel="held-out accuracy", title=_text(regime["name"]))
    _legend(axes)
    return figure


def _present(curve: dict[str, Any], *keys: str) -> list[list[float]]:
    """Returns rollouts and `keys` at the places where all of them were measured."""
    rows = [row for row in zip(*(curve[key] for key in ("rollouts", *keys)), strict=True) if None not in row]
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in ("rollouts", *keys)]


def _speedup(report: dict[str, Any], look: dict[str, Any]) -> Figure | None:
    """One row a regime; each method's speed-up to the last target that the regime sets."""
    rows: list[tuple[str, list[tuple[str, dict[str, Any]]]]] = []
    for regime in report["regimes"]:
        last = regime["targets"][-1]["fraction"] if regime["targets"] else None
        entries = [
            (method["name"], target["speedup"])
            for method in regime["methods"]
            for target in method["toTarget"]
            if target["fraction"] == last and method["name"] != report["reference"]
        ]
        if entries:
            rows.append((regime["name"], entries))
    if not any(speedup["estimate"] for _, entries in rows for _, speedup in entries):
        return None
    height = sum(len(entries) + 1 for _, entries in rows)
    figure, axes = plt.subplots(figsize=(6, 0.8 + 0.22 * height), layout="constrained")
    axes.set_xscale("log")
    position, ticks, labels = 0.0, [], []
    for regime_name, entries in rows:
        position -= 0.4
        axes.text(
            0, position, _text(regime_name), transform=axes.get_yaxis_transform(), weight="bold", va="center"
        )
        for name, speedup in entries:
            position -= 1
            ticks.append(position)
            labels.append(_text(name))
            _interval(axes, position, speedup, _line(look[name]))
        position -= 1
    # A seed that never got there makes an interval that begins at 0, off a logarithmic axis to the left.
    ends = [end for _, entries in rows for _, s in entries for end in s.values() if end and s["estimate"]]
    axes.set_xlim(min(*ends, 1) / 1.1, max(*ends, 1) * 1.1)
    axes.axvline(1, color="0.4", linewidth=1, zorder=0)
    axes.set(xlabel=f"speed-up over {_text(report['reference'])} in rollouts (×), 95 % interval")
    axes.set_yticks(ticks, labels)
    axes.set_ylim(position + 0.4, 0.4)
    axes.grid(axis="y", visible=False)
    low, high = axes.get_xlim()
    _round_ticks(axes, [i / 10 for i in range(1, 100)] if high / low < 2 else None)
    return figure


def _interval(axes: Axes, y: float, speedup: dict[str, Any], line: dict[str, Any]) -> None:
    if speedup["estimate"] is None:
        axes.text(
            0.01,
            y,
            "target not reached",
            transform=axes.get_yaxis_transform(),
            va="center",
            color="0.4",
            fontsize=8,
        )
        return
    if speedup["low"] is not None and speedup["high"] is not None:
        axes.plot([max(speedup["low"], 1e-3), speedup["high"]], [y, y], color=line["color"], linewidth=1.4)
    axes.plot(speedup["estimate"], y, **line | {"linestyle": "none", "markersize": 5})


def _round_ticks(axes: Axes, ticks: list[float] | None = None) -> None:
    """Labels a logarithmic axis with plain numbers, at `ticks` or at 1, 2 and 5 of each decade."""
    low, high = axes.get_xlim()
    ticks = ticks or [digit * 10.0**power for power in range(-3, 9) for digit in (1, 2, 5)]
    axes.set_xticks([tick for tick in ticks if low <= tick <= high])
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlim(low, high)


def _legend(axes: Axes) -> None:
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))


def _calibration(regime: dict[str, Any], look: dict[str, Any]) -> Figure | None:
    methods = [m for m in regime["methods"] if m["calibration"]]
    if not methods:
        return None
    figure, axes = plt.subplots(figsize=(4.9, 3.4), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=0.8, linestyle="--")
    for method in methods:
        bins = method["calibration"]
        axes.plot(
            [b["predicted"] for b in bins],
            [b["observed"] for b in bins],
            label=_text(method["name"]),
            **_line(look[method["name"]]),
        )
    axes.set(
        xlim=(0, 1),
        ylim=(0, 1),
        xlabel="predicted success rate",
        ylabel="observed success rate",
        title=_text(regime["name"]),
    )
    _legend(axes)
    return figure


def _belief_map(regime: dict[str, Any]) -> Figure | None:
    """One panel a method; a dot is one belief before its rollouts, larger where more groups had it."""
    maps = {m["name"]: _beliefs(m["history"]) for m in regime["methods"] if m["history"]}
    maps = {name: beliefs for name, beliefs in maps.items() if beliefs}
    if not maps:
        return None
    columns = min(len(maps), 4)
    rows = -(-len(maps) // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(0.6 + 2.5 * columns, 2.5 * rows),
        layout="constrained",
        sharey=True,
        squeeze=False,
    )
    last = max(step for beliefs in maps.values() for _, _, _, step in beliefs)
    for axes, (name, beliefs) in zip(grid.flat, maps.items(), strict=False):
        evidence, mean, groups, step = zip(*beliefs, strict=True)
        # As an image within the SVG: thousands of marks would make a file that no viewer likes.
        dots = axes.scatter(
            evidence,
            mean,
            s=[3 + g**0.7 for g in groups],
            c=step,
            vmin=0,
            vmax=last,
            linewidths=0,
            rasterized=True,
        )
        axes.set(title=_text(name), ylim=(-0.03, 1.03), xlabel="evidence α + β")
        if max(evidence) > 20 * min(evidence):
            axes.set_xscale("log")
            _round_ticks(axes)
    for axes in list(grid.flat)[len(maps) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel("mean of the belief")
    figure.colorbar(dots, ax=grid, label="mean step", shrink=0.9)
    figure.suptitle(_text(regime["name"]))
    return figure


def _beliefs(history: dict[str, Any]) -> list[tuple[float, float, int, float]]:
    """Returns evidence, mean, number of groups and their mean step for each belief that was picked."""
    found: dict[tuple[float, float], list[float]] = {}
    for prompt in history["prompts"]:
        for step, _, _, alpha, beta, *_ in prompt["visits"]:
            if alpha is not None and beta is not None:
                found.setdefault((alpha, beta), []).append(step)
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    return [(a + b, a / (a + b), len(steps), sum(steps) / len(steps)) for (a, b), steps in ordered]
