"""Compares run directories of `insight train`: a table on the terminal and a chart.

    python3 Scripts/plot-runs.py runs/a runs/b --output comparison

writes comparison.svg and comparison.png: held-out accuracy with its standard error, and the share of groups
that carried signal, both against training rollouts. Needs matplotlib.
"""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


@dataclass
class Run:
    """One run directory."""

    name: str
    baseline: dict[str, Any] | None
    metrics: list[dict[str, Any]]

    @property
    def accuracy(self) -> list[tuple[int, float, float]]:
        """Rollouts, held-out accuracy and standard error, where measured; the base model first."""
        base = [(0, self.baseline["mean"], self.baseline["standardError"])] if self.baseline else []
        return base + [
            (m["rollouts"], m["heldOutAccuracy"], m["heldOutStandardError"])
            for m in self.metrics
            if "heldOutAccuracy" in m
        ]


def read(directory: Path) -> Run:
    """Reads the run in `directory`; ends the program with a sentence where there is none."""
    try:
        config = json.loads((directory / "config.json").read_text())
        lines = (directory / "metrics.jsonl").read_text().splitlines()
        metrics = [json.loads(line) for line in lines]
    except (OSError, ValueError) as error:
        raise SystemExit(f"plot-runs: {directory} holds no readable run: {error}") from error
    if not metrics:
        raise SystemExit(f"plot-runs: {directory} has no step yet")
    baseline = directory / "baseline.json"
    training = config["training"]
    name = f"{training['selection']['method']}, seed {training['seed']}"
    return Run(name, json.loads(baseline.read_text()) if baseline.exists() else None, metrics)


def table(runs: list[Run]) -> str:
    """Returns one line a run, with a header."""
    lines = [
        f"{'run':<20} {'base':>14} {'final held-out':>16} {'rollouts':>9} "
        f"{'signal':>7} {'seconds':>8} {'in select':>10}"
    ]
    for run in runs:
        accuracy = run.accuracy
        final = f"{accuracy[-1][1]:.3f} ±{accuracy[-1][2]:.3f}" if accuracy else "-"
        base = f"{accuracy[0][1]:.3f} ±{accuracy[0][2]:.3f}" if run.baseline else "-"
        selecting = sum(m["secondsSelecting"] for m in run.metrics)
        total = selecting + sum(m["secondsRollingOut"] + m["secondsUpdating"] for m in run.metrics)
        signal = statistics.fmean(m["signalShare"] for m in run.metrics)
        lines.append(
            f"{run.name:<20} {base:>14} {final:>16} {run.metrics[-1]['rollouts']:>9} "
            f"{signal:>7.3f} {total:>8.1f} {selecting / total:>9.3%}"
        )
    return "\n".join(lines)


def chart(runs: list[Run], output: Path) -> None:
    """Writes `output`.svg and `output`.png."""
    plt.rcParams["svg.hashsalt"] = "insight"
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for run in runs:
        if run.accuracy:
            x, y, error = zip(*run.accuracy, strict=True)
            line = left.plot(x, y, marker="o", markersize=3, label=run.name)[0]
            low, high = ([a + s * b for a, b in zip(y, error, strict=True)] for s in (-1, 1))
            left.fill_between(x, low, high, alpha=0.2, color=line.get_color())
        right.plot(
            [m["rollouts"] for m in run.metrics], [m["signalShare"] for m in run.metrics], label=run.name
        )
    left.set(xlabel="training rollouts", ylabel="held-out accuracy (pass@1 ± standard error)")
    right.set(xlabel="training rollouts", ylabel="share of groups with signal", ylim=(0, 1))
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    for suffix in ("svg", "png"):
        figure.savefig(
            output.with_suffix(f".{suffix}"), dpi=150, metadata={"Date": None} if suffix == "svg" else None
        )


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
    chart(runs, arguments.output)
    print(f"chart: {arguments.output.with_suffix('.svg')}, {arguments.output.with_suffix('.png')}")


if __name__ == "__main__":
    main()
