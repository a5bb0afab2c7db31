"""Reading report.json, and the files drawn from it."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path

import paper
from draw import page
from reading import PALETTE, ReportError, read_report, styles
from synthetic import synthetic, unfinished

FOLDER = Path(__file__).parent
Matrix = tuple[tuple[float, float, float], ...]
PROTANOPIA: Matrix = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTERANOPIA: Matrix = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
TO_XYZ: Matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))


class ReadingTests(unittest.TestCase):
    """What is refused, and what is filled in."""

    def setUp(self) -> None:
        """Makes an empty arena."""
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = Path(temporary.name)

    def write(self, text: str) -> None:
        """Writes report.json."""
        (self.directory / "report.json").write_text(text, encoding="utf-8")

    def refusal(self) -> str:
        """Returns why report.json is refused."""
        with self.assertRaises(ReportError) as caught:
            read_report(self.directory)
        return str(caught.exception)

    def test_a_missing_file_is_named_with_what_writes_it(self) -> None:
        """No report.json."""
        message = self.refusal()
        self.assertIn("report.json does not exist", message)
        self.assertIn("insight arena --config FILE", message)

    def test_a_folder_in_its_place_cannot_be_read(self) -> None:
        """Root reads every file, so a folder stands for what cannot be read."""
        (self.directory / "report.json").mkdir()
        self.assertIn("cannot be read", self.refusal())

    def test_every_cut_is_noticed(self) -> None:
        """A file that a full disk or a kill cut short, wherever."""
        text = json.dumps(unfinished())
        for end in (0, 1, 100, len(text) // 2, len(text) - 1):
            self.write(text[:end])
            message = self.refusal()
            self.assertIn("cut short or damaged", message)
            self.assertIn("--resume", message)

    def test_what_does_not_fit_is_named_by_its_place(self) -> None:
        """JSON that is not a report."""
        curve = {"rollouts": [1, 2], "mean": [0.5]}
        method = {"name": "a", "accuracy": curve}
        for report, place in [
            ([], "the file"),
            ({"regimes": []}, "regimes"),
            ({"regimes": [{}]}, "regimes[0]"),
            ({"regimes": [{"name": "a"}, {"name": "a"}]}, "names that differ (twice: a)"),
            ({"regimes": [{"name": "a", "methods": [method]}]}, "regimes[0].methods[0].accuracy.mean"),
            ({"regimes": [{"name": "a", "methods": [{"name": "b", "toTarget": [1]}]}]}, "toTarget"),
        ]:
            self.write(json.dumps(report))
            self.assertIn(place, self.refusal())

    def test_what_was_not_measured_is_null(self) -> None:
        """A method that has only a name."""
        self.write('{"regimes": [{"name": "a", "baseline": NaN, "methods": [{"name": "insight"}]}]}')
        regime = read_report(self.directory)["regimes"][0]
        self.assertIsNone(regime["baseline"])
        method = regime["methods"][0]
        self.assertEqual(method["accuracy"]["mean"], [])
        self.assertEqual(method["brier"], {"estimate": None, "low": None, "high": None})
        self.assertIsNone(method["history"])
        self.assertEqual((method["against"], regime["referenceCells"], regime["clock"]), ([], [], "wall"))

    def test_a_report_of_an_earlier_version_has_one_reference_and_no_claims(self) -> None:
        """Races without seconds, and neither K nor M."""
        race = '{"fraction": 1, "speedup": {"estimate": 2}, "reached": true}'
        method = f'{{"name": "insight", "toTarget": [{race}]}}'
        self.write(f'{{"reference": "random", "regimes": [{{"name": "a", "methods": [{method}]}}]}}')
        report = read_report(self.directory)
        self.assertEqual((report["references"], report["claims"]), (["random"], []))
        found = report["regimes"][0]["methods"][0]
        self.assertIsNone(found["rolloutsPerPrompt"])
        self.assertEqual(found["toTarget"][0]["secondsRatio"], {"estimate": None, "low": None, "high": None})

    def test_a_method_looks_alike_in_every_regime_and_unlike_every_other(self) -> None:
        """Colour, dash and marker, also of more methods than there are colours."""
        names = ["Random", *(f"method {i}" for i in range(20))]
        regimes = [{"name": str(i), "methods": [{"name": n} for n in names[i:]]} for i in range(2)]
        looks = styles({"reference": "Random", "regimes": regimes})
        self.assertEqual(list(looks), names)
        self.assertEqual(len({json.dumps(look, sort_keys=True) for look in looks.values()}), len(names))

    def test_colours_can_be_told_apart_without_red_or_green_receptors(self) -> None:
        """CIE 1976 distances above 13, with both lacks simulated as by Machado et al. (2009)."""
        palette = json.loads(PALETTE.read_text(encoding="utf-8"))
        for scheme, matrix in itertools.product(("light", "dark"), (PROTANOPIA, DEUTERANOPIA)):
            looks = [palette["baseline"], *palette["methods"]]
            seen = {look[scheme]: _lab(look[scheme], matrix) for look in looks}
            for one, other in itertools.combinations(seen, 2):
                self.assertGreater(math.dist(seen[one], seen[other]), 13, f"{one} and {other}")

    def test_the_command_ends_with_a_sentence_and_no_traceback(self) -> None:
        """What a user sees."""
        command = [sys.executable, str(FOLDER / "draw.py"), str(self.directory)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("draw: ", result.stderr)
        self.assertNotIn("Traceback", result.stderr)


class DrawingTests(unittest.TestCase):
    """What comes out."""

    def test_no_text_of_the_report_can_leave_its_place_in_the_page(self) -> None:
        """Names that look like markup or like a mark of the template."""
        hostile = "</script><script>alert(1)</script><!-- {{script}} -->"
        report = unfinished()
        plain = page(_read(report)).lower().count("<script")
        report["title"] = report["regimes"][0]["name"] = report["regimes"][0]["methods"][0]["name"] = hostile
        text = page(_read(report)).lower()
        self.assertEqual(text.count("<script"), plain)
        self.assertNotIn("alert(1)</script>", text)

    def test_text_from_data_is_shown_for_what_it_is(self) -> None:
        """Direction marks, line ends, zero-width characters, half a surrogate pair, formulas and quotes."""
        report = unfinished()
        hostile = "a\u202eb\nc\u200bd\u2066e\ud800f\x1b[31m$x_{$'\"`"
        shown = "a\\u202eb\\u000ac\\u200bd\\u2066e\\ud800f\\u001b[31m$x_{$'\"`"
        regime = report["regimes"][0]
        regime["name"] = regime["summary"] = regime["methods"][0]["name"] = hostile
        report["title"] = report["note"] = hostile
        regime["methods"][3]["history"]["prompts"][0] |= {"id": hostile, "domain": hostile}
        found = _read(report)
        self.assertEqual(found["regimes"][0]["methods"][3]["history"]["prompts"][0]["id"], shown)
        self.assertEqual(found["title"], shown)
        data = page(found).split('id="report">')[1].split("</script>")[0]
        self.assertEqual(json.loads(data)["regimes"][0]["name"], shown)
        self.assertTrue(data.isprintable())
        with tempfile.TemporaryDirectory() as folder:
            self.assertGreater(len(list(paper.draw(found, Path(folder)))), 0)

    def test_the_page_is_the_same_each_time(self) -> None:
        """One report, one page."""
        self.assertEqual(page(_read(unfinished())), page(_read(unfinished())))

    def test_figures_are_drawn_where_there_is_something_to_show(self) -> None:
        """Three regimes of an unfinished arena: the last has no method, the second no target."""
        with tempfile.TemporaryDirectory() as folder:
            drawn = sorted(
                p.name for p in paper.draw(_read(unfinished()), Path(folder)) if p.suffix == ".svg"
            )
            regimes = ("countdown-weak", "half-unsolvable")
            kinds = ("accuracy", "belief", "calibration")
            self.assertEqual(drawn, [*(f"{k}-{r}.svg" for k in kinds for r in regimes), "speedup.svg"])

    def test_a_figure_has_the_same_bytes_each_time_and_a_png_beside_it(self) -> None:
        """One report, one figure."""
        report = _read(synthetic(methods=2, prompts=60, steps=20, per_step=8))
        report["regimes"] = report["regimes"][:1]
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            first = list(paper.draw(report, Path(one)))
            self.assertIn("speedup.png", [path.name for path in first])
            for path, again in zip(first, paper.draw(report, Path(two)), strict=True):
                self.assertEqual(path.read_bytes(), again.read_bytes(), path.name)


def _lab(colour: str, matrix: Matrix) -> tuple[float, float, float]:
    """Returns L*, a*, b* of an sRGB `colour` as an eye sees it that `matrix` stands for."""
    levels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [((v + 0.055) / 1.055) ** 2.4 if v > 0.04045 else v / 12.92 for v in levels]
    seen = [min(max(_dot(row, linear), 0), 1) for row in matrix]
    white = (0.9505, 1.0, 1.089)
    ratios = [_dot(row, seen) / w for row, w in zip(TO_XYZ, white, strict=True)]
    x, y, z = (r ** (1 / 3) if r > 0.008856 else 7.787 * r + 16 / 116 for r in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _dot(row: Sequence[float], column: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(row, column, strict=True))


def _read(report: dict[str, object]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.json").write_text(json.dumps(report), encoding="utf-8")
        return read_report(Path(folder))


if __name__ == "__main__":
    unittest.main()
