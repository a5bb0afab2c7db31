"""Prints the tables of README.md from a result file, as Markdown.

python3 Benchmarks/tables.py Benchmarks/results/<machine>-<commit>.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

# A step of 256 × 8 rollouts: of the smallest policy here, and of a 7B model as arXiv:2603.01907 reports it,
# about 12.5 hours for 100 steps.
LARGE_MODEL_STEP_SECONDS = 12.5 * 3600 / 100


def number(milliseconds: float) -> str:
    """Three significant digits, in milliseconds."""
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:.3g}"


def methods(report: dict[str, Any], kind: str) -> str:
    """Milliseconds of a step by method (rows) and pool size (columns); `kind` is `all` or `drawn`."""
    rows = [row for row in report["methods"]["steps"] if (row["candidates"] == "all") == (kind == "all")]
    sizes = sorted({row["prompts"] for row in rows})
    header = "| method | candidates | " + " | ".join(f"{size:,}" for size in sizes) + " | of a 7B step |"
    lines = [header, "|---" * (len(sizes) + 3) + "|"]
    for name in dict.fromkeys(row["method"] for row in rows):
        own = {row["prompts"]: row for row in rows if row["method"] == name}
        cells = [number(own[size]["milliseconds"]) if size in own else "" for size in sizes]
        largest = own[max(own)]["milliseconds"]
        share = largest / 1e3 / LARGE_MODEL_STEP_SECONDS
        candidates = own[max(own)]["candidates"]
        lines.append(f"| `{name}` | {candidates} | " + " | ".join(cells) + f" | {share:.1g} |")
    return "\n".join(lines)


def scale(report: dict[str, Any]) -> str:
    """Time and memory of every stage of the largest pool."""
    lines = ["| stage | seconds | peak memory |", "|---|---|---|"]
    for stage in report["scale"]["stages"]:
        lines.append(f"| {stage['stage']} | {stage['seconds']:.1f} | {stage['peakBytes'] / 1e9:.2f} GB |")
    return "\n".join(lines)


def incremental(report: dict[str, Any]) -> str:
    """Steps against one pass over the scores."""
    lines = [
        "| prompts | whole pool | 16 M candidates | reading the scores once | whole pool ÷ reading |",
        "|---|---|---|---|---|",
    ]
    for row in report["incremental"]:
        whole, drawn = row["wholePoolStepMilliseconds"], row["candidatesStepMilliseconds"]
        read = row["readScoresOnceMilliseconds"]
        lines.append(
            f"| {row['prompts']:,} | {number(whole)} ms | {number(drawn)} ms | {number(read)} ms | "
            f"{whole / read:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Prints every table that the file has figures for."""
    report = json.loads(Path(sys.argv[1]).read_text())
    for title, table in [
        ("A step of 256 × 8, milliseconds, candidates as published", methods(report, "drawn")),
        ("A step of 256 × 8, milliseconds, the whole pool as candidates", methods(report, "all")),
        ("Steps against reading", incremental(report)),
        ("The largest pool", scale(report)),
    ]:
        print(f"{title}\n\n{table}\n")


if __name__ == "__main__":
    main()
