"""Prints an arena's summary as Markdown tables, for a RESULT.md.

python3 Scripts/report/markdown.py experiments/published
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

RESULTS = (
    "method",
    "rate",
    "mean over the run",
    "less Random's",
    "p, Holm",
    "final accuracy",
    "less Random's",
    "p, Holm",
    "speed-up to 50 %",
    "80 %",
    "100 %",
)
DETAILS = (
    "method",
    "mixed groups",
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


def chance(test: dict[str, Any] | None) -> str:
    """Returns the p value that Holm's correction gives, or a dash for the reference."""
    if test is None:
        return "–"
    return "< 0.001" if test["holm"] < 0.001 else f"{test['holm']:.3f}"


def results(entry: dict[str, Any]) -> tuple[str, ...]:
    """Returns the cells of a method in a regime: what it came to."""
    return (
        f"`{entry['method']}`",
        f"{entry['learningRate']:g}",
        interval(entry["areaInterval"], 3),
        interval(entry["areaDifference"], 3, "+"),
        chance(entry.get("areaTest")),
        interval(entry["finalAccuracyInterval"], 3),
        interval(entry["finalDifference"], 3, "+"),
        chance(entry.get("finalTest")),
        *(interval(target["speedup"], 2) for target in entry["targets"]),
    )


def details(entry: dict[str, Any]) -> tuple[str, ...]:
    """Returns the cells of a method in a regime: its beliefs, its choice and its time."""
    starved = "–" if entry.get("starvedShare") is None else f"{entry['starvedShare']:.2f}"
    if entry.get("starvedSuccessRate") is not None:
        starved += f" ({entry['starvedSuccessRate']:.2f})"
    return (
        f"`{entry['method']}`",
        f"{entry['mixedShare']:.2f}",
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


def means(entries: list[dict[str, Any]]) -> str:
    """Returns the table of means over regimes of one set."""
    fractions = sorted({entry["fraction"] for entry in entries})
    header = ("method", "mean over the run, less Random's", *(f"to {100 * f:.0f} %" for f in fractions))
    header += tuple(f"to {100 * f:.0f} %, no floor" for f in fractions)
    rows = []
    for _, found in itertools.groupby(entries, key=lambda entry: entry["name"]):
        of = {entry["fraction"]: entry for entry in found}
        first = of[fractions[0]]
        rows.append(
            (
                f"`{first['name']}`",
                interval(first["areaDifference"], 3, "+"),
                *(interval(of[fraction]["speedup"], 2) for fraction in fractions),
                *(interval(of[fraction]["interpolatedSpeedup"], 2) for fraction in fractions),
            )
        )
    return table(header, rows)


def main() -> int:
    """Runs the command line."""
    summary = json.loads((Path(sys.argv[1]) / "summary.json").read_text(encoding="utf-8"))
    print(f"Figures at commit {summary['commit']}.", summary.get("note") or "")
    for regime, entries in itertools.groupby(summary["results"], key=lambda entry: entry["regime"]):
        found = list(entries)
        error = max(entry.get("samplingError") or 0 for entry in found)
        print(f"\n**{regime}**: {found[0]['seeds']} seeds; target {found[0]['target']:.3f};", end=" ")
        print(f"standard error over completions at most {100 * error:.2f} points.\n")
        print(table(RESULTS, [results(entry) for entry in found]))
        print(table(DETAILS, [details(entry) for entry in found]), end="")
    sets = dict.fromkeys(entry.get("regimeSet") for entry in summary["overall"])
    for name in sets:
        entries = [entry for entry in summary["overall"] if entry.get("regimeSet") == name]
        if name is None and entries[0]["regimes"] == 1:
            continue
        of = f"all {entries[0]['regimes']} regimes" if name is None else f"the set `{name}`"
        print(f"\n**Means over {of}**: geometric for speed-ups, arithmetic for differences\n")
        print(means(entries), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
