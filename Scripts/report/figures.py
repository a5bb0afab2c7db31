"""Draws the paper's analytic figures from the CSV that `insight figure` writes; usually called by it.

    python3 Scripts/report/figures.py information DIR
    python3 Scripts/report/figures.py weights DIR

Needs matplotlib.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#00875f", "#b8528f", "#a87400")
Rows = list[dict[str, float]]


def read(path: Path) -> Rows:
    """Returns the rows of a CSV of numbers; ends the program with a sentence where there is none."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SystemExit(
            f"figures: {path} is not what `insight figure` writes: {error}; run that again"
        ) from error
    if not rows:
        raise SystemExit(f"figures: {path} has no row; run `insight figure` again")
    return rows


def information(folder: Path) -> Figure:
    """Expected variance reduction and information, above against the mean, below against the evidence."""
    rows = read(folder / "information.csv")
    figure, grid = plt.subplots(2, 3, figsize=(10.5, 6), layout="constrained")
    quantities = {
        "varianceReduction": "expected variance reduction, 1 rollout",
        "information1": "information of 1 rollout (nats)",
        "information8": "information of 8 rollouts (nats)",
    }
    for (upper, lower), (key, label) in zip(grid.T, quantities.items(), strict=True):
        for colour, evidence in zip(COLOURS, (2, 4, 8, 16, 32), strict=True):
            at = [row for row in rows if row["evidence"] == evidence]
            _line(upper, at, "mean", key, f"n = {evidence:g}", colour)
        for colour, mean in zip(COLOURS, (0.5, 0.3, 0.1, 0.02), strict=False):
            at = [row for row in rows if row["mean"] == mean]
            _line(lower, at, "evidence", key, f"φ̄ = {mean:g}", colour)
        upper.set(xlabel="mean φ̄", ylabel=label, ylim=(0, None))
        lower.set(xlabel="evidence n", ylabel=label, xscale="log", yscale="log")
    for axes in grid[:, 2]:
        axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def weights(folder: Path) -> Figure:
    """The weight for the paper's η and three μ, and for the paper's μ and four η; dots mark the peaks."""
    rows, peaks = read(folder / "weights.csv"), read(folder / "weights-peaks.csv")
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.6), layout="constrained", sharey=True)
    _weights(left, rows, peaks, [(mu, 3.0, f"μ = {mu:g}") for mu in (0.1, 0.3, 0.7)])
    _weights(right, rows, peaks, [(0.3, eta, f"η = {eta:g}") for eta in (0.0, 1.0, 3.0, 10.0)])
    left.set(title="η = 3", xlabel="mean φ̄", ylabel="weight w(φ̄)", ylim=(0, None))
    right.set(title="μ = 0.3", xlabel="mean φ̄")
    return figure


def _weights(axes: Axes, rows: Rows, peaks: Rows, lines: Iterable[tuple[float, float, str]]) -> None:
    for colour, (mu, eta, label) in zip(COLOURS, lines, strict=False):
        _line(axes, [r for r in rows if (r["mu"], r["eta"]) == (mu, eta)], "mean", "weight", label, colour)
        for peak in peaks:
            if (peak["mu"], peak["eta"]) == (mu, eta):
                axes.plot(peak["peak"], peak["weight"], "o", color=colour, markersize=5)
    axes.legend(frameon=False)


def _line(axes: Axes, rows: Rows, x: str, y: str, label: str, colour: str) -> None:
    axes.plot([row[x] for row in rows], [row[y] for row in rows], label=label, color=colour, linewidth=1.6)


FIGURES = {"information": information, "weights": weights}


def draw(name: str, folder: Path) -> list[Path]:
    """Draws `folder`/`name`.svg and .png and returns their paths."""
    plt.rcParams.update({"svg.hashsalt": "insight", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3})
    figure = FIGURES[name](folder)
    paths = [folder / f"{name}.{suffix}" for suffix in ("svg", "png")]
    for path in paths:
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
    return paths


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=FIGURES)
    parser.add_argument("directory", type=Path, help="the folder with the CSV")
    arguments = parser.parse_args()
    for path in draw(arguments.name, arguments.directory):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
