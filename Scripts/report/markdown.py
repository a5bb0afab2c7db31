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


def small(p: float) -> str:
    """Returns a p value with four digits."""
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def chosen(entry: dict[str, Any], sizes: bool) -> tuple[str, ...]:
    """Returns the cells of what was chosen: the rate, and K and M where there are `sizes`."""
    rate = f"{entry['learningRate']:g}"
    return (rate, f"{entry['rolloutsPerPrompt']}", f"{entry['promptsPerStep']}") if sizes else (rate,)


def seconds(targets: list[dict[str, Any]]) -> tuple[str, ...]:
    """Returns the cell of the ratio of seconds to the last target; none from before it was measured."""
    ratio = targets[-1].get("secondsRatio") if targets else None
    return () if ratio is None else (interval(ratio, 2),)


def results(entry: dict[str, Any], sizes: bool) -> tuple[str, ...]:
    """Returns the cells of a method in a regime: what it came to."""
    return (
        f"`{entry['method']}`",
        *chosen(entry, sizes),
        interval(entry["areaInterval"], 3),
        interval(entry["areaDifference"], 3, "+"),
        chance(entry.get("areaTest")),
        interval(entry["finalAccuracyInterval"], 3),
        interval(entry["finalDifference"], 3, "+"),
        chance(entry.get("finalTest")),
        *(interval(target["speedup"], 2) for target in entry["targets"]),
        *seconds(entry["targets"]),
    )


def against(entries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Returns a heading and a table for each reference beside the main one."""
    found = []
    for reference in dict.fromkeys(a["reference"] for e in entries for a in e.get("against") or []):
        rows = [
            (
                f"`{entry['method']}`",
                interval(other["areaDifference"], 3, "+"),
                interval(other["finalDifference"], 3, "+"),
                *(interval(target["speedup"], 2) for target in other["toTarget"]),
                *seconds(other["toTarget"]),
            )
            for entry in entries
            for other in entry.get("against") or []
            if other["reference"] == reference and entry["method"] != reference
        ]
        if not rows:
            continue
        header: tuple[str, ...] = ("method", "mean over the run, less its", "final accuracy, less its")
        fractions = [target["fraction"] for target in entries[0]["targets"]]
        header += tuple(f"speed-up to {100 * fraction:.0f} %" for fraction in fractions)
        header += ("in seconds",) * (len(rows[0]) - len(header))
        found.append((f"Against `{reference}`", table(header, rows)))
    return found


def reference_cells(cells: list[dict[str, Any]]) -> str:
    """Returns the table of the reference's best cells on the reported seeds."""
    rows = [
        (
            *chosen(entry["cell"], True),
            interval(entry["areaUnderCurve"], 3),
            interval(entry["finalAccuracy"], 3),
            "best here" if entry["isBest"] else "",
        )
        for entry in cells
    ]
    return table(("rate", "K", "M", "mean over the run", "final accuracy", ""), rows)


def claims(made: list[dict[str, Any]]) -> str:
    """Returns the table of the claims' tests."""
    rows = []
    for entry in made:
        claim = entry["claim"]
        ratio = claim["measure"] == "speed-up"
        for test in entry["tests"]:
            figures = test.get("test")
            rows.append(
                (
                    f"`{claim['method']}` over `{claim['over']}`",
                    claim["measure"],
                    test.get("regime") or f"mean of {claim.get('regimeSet') or 'all'}",
                    interval(test["estimate"], 2 if ratio else 3, "" if ratio else "+"),
                    *("–" if figures is None else small(figures[key]) for key in ("p", "holm")),
                )
            )
    return table(("claim", "measure", "regime", "estimate", "p", "p, Holm"), rows)


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
    """Returns the table of means over regimes of one set, against one reference."""
    fractions = sorted({entry["fraction"] for entry in entries})
    less = "Random's" if entries[0].get("reference") is None else f"{entries[0]['reference']}'s"
    header = ("method", f"mean over the run, less {less}", *(f"to {100 * f:.0f} %" for f in fractions))
    header += tuple(f"to {100 * f:.0f} %, no floor" for f in fractions)
    header += ("in seconds",) * len(seconds(entries))
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
                *seconds([of[fractions[-1]]]),
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
        clock = {"processor": " Seconds are the processor's.", "wall": " Seconds are wall-clock seconds."}
        print(f"standard error over completions at most {100 * error:.2f} points.", end="")
        print(clock.get(found[0].get("clock", ""), ""), end="\n\n")
        sizes = found[0].get("rolloutsPerPrompt") is not None
        header = ("method", "rate", *(("K", "M") if sizes else ()), *RESULTS)
        header += ("100 %, in seconds",) * len(seconds(found[0]["targets"]))
        print(table(header, [results(entry, sizes) for entry in found]))
        print(table(DETAILS, [details(entry) for entry in found]), end="")
        for heading, text in against(found):
            print(f"\n{heading}\n\n{text}", end="")
        if cells := (summary.get("referenceCells") or {}).get(regime):
            print("\nThe main reference's best cells on the tuning seeds, on the reported seeds\n")
            print(reference_cells(cells), end="")
    groups = dict.fromkeys((entry.get("regimeSet"), entry.get("reference")) for entry in summary["overall"])
    for name, reference in groups:
        entries = [
            entry
            for entry in summary["overall"]
            if (entry.get("regimeSet"), entry.get("reference")) == (name, reference)
        ]
        if name is None and entries[0]["regimes"] == 1:
            continue
        of = f"all {entries[0]['regimes']} regimes" if name is None else f"the set `{name}`"
        over = "" if reference is None else f", against `{reference}`"
        print(f"\n**Means over {of}{over}**: geometric for speed-ups, arithmetic for differences\n")
        print(means(entries), end="")
    if summary.get("claims"):
        print("\n**Claims**: Holm's correction counts these tests and no others\n")
        print(claims(summary["claims"]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
