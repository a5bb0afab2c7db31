"""Scripts/plot-runs.py on run directories of this version and of earlier ones."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent.parent / "plot-runs.py"
SECONDS = {"secondsSelecting": 1, "secondsRollingOut": 2, "secondsUpdating": 1}


def write(folder: Path, name: str, lines: list[dict[str, Any]]) -> None:
    """Writes a file of JSON lines."""
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


class PlotRunsTests(unittest.TestCase):
    """The table that the command prints, and the files it leaves."""

    def setUp(self) -> None:
        """Makes an older and a newer run directory with the same numbers."""
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        steps = [{"step": i, "rollouts": 64 * i, "signalShare": 0.5, **SECONDS} for i in (1, 2)]
        measured = {"heldOutAccuracy": 0.75, "heldOutStandardError": 0.01}
        config = {"training": {"seed": 3, "selection": {"method": "mopps", "rollouts": 8}}}
        for name in ("old", "new"):
            (self.folder / name).mkdir()
            (self.folder / name / "config.json").write_text(json.dumps(config), encoding="utf-8")
        write(self.folder / "old", "metrics.jsonl", [steps[0], steps[1] | measured])
        (self.folder / "old" / "baseline.json").write_text('{"mean": 0.25, "standardError": 0.02}')
        # What has signal is another thing than what is mixed in the newer run.
        newer = [step | {"mixedShare": 0.5, "signalShare": 0.9} for step in steps]
        write(self.folder / "new", "metrics.jsonl", [newer[0], newer[1] | measured])
        sets = [("held-out", 0, 0.25, 0.02), ("held-out", 128, 0.75, 0.01), ("hard", 128, 0.125, 0.01)]
        rows = [
            {"step": r // 64, "rollouts": r, "set": s, "accuracy": a, "standardError": e, "problems": 9}
            for s, r, a, e in sets
        ]
        write(self.folder / "new", "evaluations.jsonl", rows)

    def run_script(self, *names: str) -> subprocess.CompletedProcess[str]:
        """Runs the command on run directories."""
        paths = [str(self.folder / name) for name in names]
        output = str(self.folder / "chart")
        command = [sys.executable, str(SCRIPT), *paths, "--output", output]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_older_and_newer_runs_give_the_same_line(self) -> None:
        """Accuracy of the held-out problems, and the share of mixed groups."""
        result = self.run_script("old", "new")
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[1], lines[2])
        self.assertIn("0.250 ±0.020", lines[1])
        self.assertIn("0.750 ±0.010", lines[1])
        self.assertIn("0.500", lines[1])
        self.assertIn("hard", lines[3])
        self.assertTrue((self.folder / "chart.svg").exists() and (self.folder / "chart.png").exists())

    def test_a_run_with_groups_of_one_is_drawn_against_seconds(self) -> None:
        """They cannot be mixed."""
        path = self.folder / "new" / "config.json"
        config = json.loads(path.read_text(encoding="utf-8"))
        config["training"]["selection"]["rollouts"] = 1
        path.write_text(json.dumps(config), encoding="utf-8")
        charts = []
        for names in (("old",), ("old", "new")):
            result = self.run_script(*names)
            self.assertEqual(result.returncode, 0, result.stderr)
            charts.append((self.folder / "chart.svg").read_text(encoding="utf-8"))
        self.assertIn("share of mixed groups", charts[0])
        self.assertIn("training seconds", charts[1])
        self.assertNotIn("share of mixed groups", charts[1])

    def test_hostile_names_and_damaged_files_end_with_a_chart_or_a_sentence(self) -> None:
        """A set named like a formula or a control character, a lost step, missing values."""
        rows = [
            {"step": r // 64, "rollouts": r, "set": s, "accuracy": 0.5, "standardError": 0.1, "problems": 9}
            for s in ("a$b_$", "red\x1b[31m")
            for r in (0, 128, 192)
        ]
        write(self.folder / "new", "evaluations.jsonl", rows)
        config = {"training": {"seed": 3, "selection": {"method": "mopps", "rollouts": 1}}}
        (self.folder / "new" / "config.json").write_text(json.dumps(config), encoding="utf-8")
        result = self.run_script("new")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("\x1b", result.stdout)
        for broken in ([3], [{"step": 1, "rollouts": 64, "signalShare": 0.5}]):
            write(self.folder / "new", "metrics.jsonl", broken)
            result = self.run_script("new")
            self.assertEqual((result.returncode, "Traceback" in result.stderr), (1, False), result.stderr)

    def test_a_folder_that_is_no_run_ends_with_a_sentence(self) -> None:
        """Nothing there, and a file of something else."""
        (self.folder / "old" / "config.json").write_text("[]")
        for name in ("none", "old"):
            result = self.run_script(name)
            self.assertEqual(result.returncode, 1)
            self.assertIn("holds no readable run", result.stderr)
            self.assertNotIn("Traceback", result.stderr)


if __name__ == "__main__":
    unittest.main()
