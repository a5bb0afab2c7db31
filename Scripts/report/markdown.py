"""Prints an arena's summary as Markdown tables, for a RESULT.md.

python3 Scripts/report/markdown.py experiments/published
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

COLUMNS = (
    "method",
    "rate",
    "final accuracy",
    "less Random's",
    "speed-up to 50 %",
    "80 %",
    "100 %",
    "signal",
    "Brier",
    "rank corr.",
    "starved (solved)",
    "steps",
    "s training",
    "s selecting",
)


def interval(value: dict[str, Any], digits: int, sign: str = "") -> str:
    """Returns `0.61 (0.58 to 0.63)`, or less where there is less."""
    if value.get("estimate") is None:
        return "not reached"
    text = f"{value['estimate']:{sign}.{digits}f}"
    if value.get("low") is None:
        return text
    return f"{text} ({value['low']:{sign}.{digits}f} to {value['high']:{sign}.{digits}f})"


def row(entry: dict[str, Any]) -> tuple[str, ...]:
    """Returns the cells of a method in a regime."""
    starved = "–" if entry.get("starvedShare") is None else f"{entry['starvedShare']:.2f}"
    if entry.get("starvedSuccessRate") is not None:
        starved += f" ({entry['starvedSuccessRate']:.2f})"
    return (
        f"`{entry['method']}`",
        f"{entry['learningRate']:g}",
        interval(entry["finalAccuracyInterval"], 3),
        interval(entry["finalDifference"], 3, "+"),
        *(interval(target["speedup"], 2) for target in entry["targets"]),
        f"{entry['signalShare']:.2f}",
        f"{entry['brier']:.3f}",
        f"{entry['rankCorrelation']:.2f}" if entry.get("rankCorrelation") is not None else "–",
        starved,
        f"{entry['steps']:.0f}",
        f"{entry['seconds']:.0f}",
        f"{entry['secondsSelecting']:.2f}",
    )


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Returns a Markdown table."""
    return (
        "\n".join("| " + " | ".join(cells) + " |" for cells in (header, ("---",) * len(header), *rows)) + "\n"
    )


def main() -> int:
    """Runs the command line."""
    summary = json.loads((Path(sys.argv[1]) / "summary.json").read_text(encoding="utf-8"))
    print(f"Commit {summary['commit']}, {summary['machine']}.", summary.get("note") or "", "\n")
    for regime, entries in itertools.groupby(summary["results"], key=lambda entry: entry["regime"]):
        found = list(entries)
        error = max(entry.get("samplingError") or 0 for entry in found)
        print(
            f"**{regime}**: {found[0]['seeds']} seeds; target {found[0]['target']:.3f}; standard error over ",
            end="",
        )
        print(f"completions at most {100 * error:.2f} points.\n")
        print(table(COLUMNS, [row(entry) for entry in found]))
    fractions = sorted({entry["fraction"] for entry in summary["overall"]})
    names = dict.fromkeys(entry["name"] for entry in summary["overall"])
    speedups = {(entry["name"], entry["fraction"]): entry["speedup"] for entry in summary["overall"]}
    print("**Geometric mean of the speed-ups over the regimes**\n")
    header = ("method", *(f"to {100 * fraction:.0f} %" for fraction in fractions))
    print(table(header, [(f"`{n}`", *(interval(speedups[n, f], 2) for f in fractions)) for n in names]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
