"""Compares run directories of `insight train`: a table on the terminal and a chart.

    python3 Scripts/plot-runs.py runs/a runs/b --output comparison

writes comparison.svg and comparison.png: held-out accuracy with its standard error against training
rollouts, and beside it the share of mixed groups. Where a run has groups of one, which cannot be mixed,
held-out accuracy against training seconds takes the place of that share. A run with several evaluation sets
gets a line for each. Runs of earlier versions, which have no evaluations.jsonl, are read too. Needs
matplotlib.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

sys.path.insert(0, str(Path(__file__).resolve().parent / "report"))
from reading import visible

# Rollouts, accuracy and standard error of each evaluation.
Curve = list[tuple[int, float, float]]


@dataclass
class Run:
    """One run directory: its steps, and its accuracy on each evaluation set, the base model's first."""

    name: str
    metrics: list[dict[str, Any]]
    accuracy: dict[str, Curve]
    rollouts: int

    @property
    def seconds(self) -> dict[int, float]:
        """Training seconds by rollouts: the processor's, or the clock's where a run does not have those."""
        total, seconds = 0.0, {0: 0.0}
        for m in self.metrics:
            total += m.get(
                "secondsOfProcessor", m["secondsSelecting"] + m["secondsRollingOut"] + m["secondsUpdating"]
            )
            seconds[m["rollouts"]] = total
        return seconds

    def seconds_at(self, rollouts: int) -> float:
        """The seconds up to an evaluation, whose step a run that was cut off may not have logged."""
        return max(spent for count, spent in self.seconds.items() if count <= rollouts)

    @property
    def mixed(self) -> list[float]:
        """The share of mixed groups of each step; earlier versions called a mixed group one with signal."""
        return [m.get("mixedShare", m["signalShare"]) for m in self.metrics]


def rows(path: Path) -> list[dict[str, Any]]:
    """Returns the objects in a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read(directory: Path) -> Run:
    """Reads the run in `directory`; ends the program with a sentence if there is none."""
    try:
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        metrics = rows(directory / "metrics.jsonl")
        accuracy = evaluations(directory, metrics)
        training = config["training"]
        rollouts = training["selection"]["rollouts"]
        name = f"{training['selection']['method']}, K {rollouts}, seed {training['seed']}"
        run = Run(name, metrics, accuracy, rollouts)
        # What a damaged file lacks is found here, and not while the chart is drawn.
        _ = (
            run.seconds,
            run.mixed,
            [float(x) for curve in accuracy.values() for point in curve for x in point],
        )
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        raise SystemExit(f"plot-runs: {directory} holds no readable run: {error!r}") from error
    if not metrics:
        raise SystemExit(f"plot-runs: {directory} has no step yet")
    return run


def evaluations(directory: Path, metrics: list[dict[str, Any]]) -> dict[str, Curve]:
    """Returns the curve of each evaluation set, or that of the columns which earlier runs have."""
    path = directory / "evaluations.jsonl"
    if path.exists():
        curves: dict[str, Curve] = {}
        for row in rows(path):
            point = (row["rollouts"], row["accuracy"], row["standardError"])
            curves.setdefault(row["set"], []).append(point)
        return curves
    baseline = directory / "baseline.json"
    curve: Curve = []
    if baseline.exists():
        base = json.loads(baseline.read_text(encoding="utf-8"))
        curve.append((0, base["mean"], base["standardError"]))
    curve += [
        (m["rollouts"], m["heldOutAccuracy"], m["heldOutStandardError"])
        for m in metrics
        if m.get("heldOutAccuracy") is not None
    ]
    return {"held-out": curve} if curve else {}


def table(runs: list[Run]) -> str:
    """Returns one line for each run and evaluation set, with a header."""
    lines = [
        f"{'run':<24} {'set':<12} {'first':>14} {'last':>14} {'rollouts':>9} "
        f"{'mixed':>7} {'seconds':>8} {'in select':>10}"
    ]
    for run in runs:
        selecting = sum(m["secondsSelecting"] for m in run.metrics)
        total = selecting + sum(m["secondsRollingOut"] + m["secondsUpdating"] for m in run.metrics)
        for name, curve in run.accuracy.items() or [("-", [])]:
            first, last = (f"{c[1]:.3f} ±{c[2]:.3f}" for c in (curve[0], curve[-1])) if curve else ("-", "-")
            lines.append(
                f"{run.name:<24} {visible(name):<12} {first:>14} {last:>14} {run.metrics[-1]['rollouts']:>9} "
                f"{statistics.fmean(run.mixed):>7.3f} {total:>8.1f} {selecting / max(total, 1e-9):>9.3%}"
            )
    return "\n".join(lines)


def chart(runs: list[Run], output: Path) -> None:
    """Writes `output`.svg and `output`.png."""
    plt.rcParams["svg.hashsalt"] = "insight"
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    accuracy = "held-out accuracy (pass@1 ± standard error)"
    plot_accuracy(left, runs, lambda run, rollouts: rollouts)
    left.set(xlabel="training rollouts", ylabel=accuracy)
    if all(run.rollouts > 1 for run in runs):
        for run in runs:
            right.plot([m["rollouts"] for m in run.metrics], run.mixed, label=run.name)
        right.set(xlabel="training rollouts", ylabel="share of mixed groups", ylim=(0, 1))
    else:
        plot_accuracy(right, runs, Run.seconds_at)
        right.set(xlabel="training seconds", ylabel=accuracy)
    for axes in (left, right):
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False)
    for suffix, metadata in (("svg", {"Date": None}), ("png", None)):
        path = output.with_name(f"{output.name}.{suffix}")
        try:
            figure.savefig(path, dpi=150, metadata=metadata)
        except OSError as error:
            raise SystemExit(f"plot-runs: cannot write {path}: {error.strerror}") from error


def plot_accuracy(axes: Axes, runs: list[Run], cost: Callable[[Run, int], float]) -> None:
    """Draws the accuracy of each run and evaluation set against what its rollouts cost."""
    for run in runs:
        for name, curve in run.accuracy.items():
            rollouts, y, error = zip(*curve, strict=True)
            x = [cost(run, count) for count in rollouts]
            label = run.name if len(run.accuracy) == 1 else f"{run.name}, {visible(name)}"
            # Otherwise matplotlib reads formulas between dollar signs.
            label = label.replace("$", r"\$")
            line = axes.plot(x, y, marker="o", markersize=3, label=label)[0]
            low, high = ([a + s * b for a, b in zip(y, error, strict=True)] for s in (-1, 1))
            axes.fill_between(x, low, high, alpha=0.2, color=line.get_color())


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="+", type=Path, help="run directories")
    parser.add_argument(
        "--output", type=Path, default=Path("comparison"), help="path of the chart without its ending"
    )
    arguments = parser.parse_args()
    runs = [read(directory) for directory in arguments.runs]
    print(table(runs))
    if not arguments.output.name:
        raise SystemExit("plot-runs: --output names no file; name one without its ending, such as comparison")
    chart(runs, arguments.output)
    print(f"chart: {arguments.output}.svg, {arguments.output}.png")


if __name__ == "__main__":
    main()
