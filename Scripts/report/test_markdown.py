"""The tables of markdown.py, of summaries of this version and of an earlier one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ESTIMATE = {"estimate": 0.5, "low": 0.4, "high": 0.6}
RACE = {"fraction": 1, "speedup": {"estimate": 1.5, "low": 1.2, "high": 1.8}}


def entry(method: str) -> dict[str, Any]:
    """Returns a method's figures as an earlier version wrote them."""
    return {
        "regime": "sorting",
        "method": method,
        "seeds": 5,
        "learningRate": 0.0001,
        "target": 0.7,
        "areaInterval": ESTIMATE,
        "areaDifference": ESTIMATE,
        "finalAccuracyInterval": ESTIMATE,
        "finalDifference": ESTIMATE,
        "targets": [RACE],
        "mixedShare": 0.5,
        "brier": 0.1,
        "steps": 500,
        "seconds": 60,
        "secondsSelecting": 0.5,
    }


class MarkdownTests(unittest.TestCase):
    """What the command prints."""

    def printed(self, summary: dict[str, Any]) -> str:
        """Returns what it prints of a summary."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
            command = [sys.executable, str(FOLDER / "markdown.py"), folder]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_a_summary_of_an_earlier_version_has_no_column_of_what_it_lacks(self) -> None:
        """No K, M, seconds, other references or claims."""
        text = self.printed({"commit": "abc", "results": [entry("random")], "overall": []})
        self.assertIn("| method | rate | mean over the run |", text)
        for word in ("in seconds", "Against", "Claims", "| K |", "Seconds are"):
            self.assertNotIn(word, text)

    def test_cells_references_seconds_and_claims_are_shown(self) -> None:
        """Each in its place."""
        race = RACE | {"secondsRatio": {"estimate": 1.25, "low": 1.0, "high": 1.5}}
        other = {
            "reference": "random-k8",
            "areaDifference": ESTIMATE,
            "finalDifference": ESTIMATE,
            "toTarget": [race],
        }
        chosen = {"rolloutsPerPrompt": 4, "promptsPerStep": 64, "clock": "processor"}
        found = entry("insight") | chosen | {"targets": [race], "against": [other]}
        cell = {"learningRate": 0.0002, "rolloutsPerPrompt": 8, "promptsPerStep": 32}
        claim = {"method": "insight", "over": "random-k8", "measure": "speed-up", "regimeSet": "test"}
        means = {
            "name": "insight",
            "regimes": 2,
            "fraction": 1,
            "speedup": RACE["speedup"],
            "interpolatedSpeedup": RACE["speedup"],
            "secondsRatio": race["secondsRatio"],
            "areaDifference": ESTIMATE,
        }
        text = self.printed(
            {
                "commit": "abc",
                "results": [found],
                "overall": [means, means | {"reference": "random-k8", "regimeSet": "test"}],
                "referenceCells": {
                    "sorting": [
                        {"cell": cell, "isBest": True, "finalAccuracy": ESTIMATE, "areaUnderCurve": ESTIMATE}
                    ]
                },
                "claims": [
                    {
                        "claim": claim,
                        "tests": [
                            {"regime": "sorting", "estimate": ESTIMATE, "test": {"p": 0.01, "holm": 0.02}},
                            {"estimate": {}},
                        ],
                    }
                ],
            }
        )
        for part in (
            "Seconds are the processor's.",
            "| `insight` | 0.0001 | 4 | 64 | 0.500 (0.400 to 0.600)",
            "Against `random-k8`",
            "| 1.50 (1.20 to 1.80) | 1.25 (1.00 to 1.50) |",
            "| 0.0002 | 8 | 32 | 0.500 (0.400 to 0.600) | 0.500 (0.400 to 0.600) | best here |",
            "**Means over all 2 regimes**",
            "**Means over the set `test`, against `random-k8`**",
            "mean over the run, less random-k8's",
            "| `insight` over `random-k8` | speed-up | sorting | 0.50 (0.40 to 0.60) | 0.0100 | 0.0200 |",
            "| `insight` over `random-k8` | speed-up | mean of test | not reached | – | – |",
        ):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()
