"""The paper's analytic figures, from tables as `insight figure` writes them."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from figures import draw


class FigureTests(unittest.TestCase):
    """What figures.py makes of CSV."""

    def setUp(self) -> None:
        """Makes a folder."""
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def write(self, name: str, *lines: str) -> None:
        """Writes a CSV file."""
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def test_both_figures_are_drawn_as_svg_and_png(self) -> None:
        """Two points a line are enough to draw."""
        beliefs = [f"{n},{mean},0.1,0.2,0.3,0.4" for n in (2, 4) for mean in (0.1, 0.5)]
        self.write(
            "information.csv",
            "evidence,mean,varianceReduction,information1,information8,information64",
            *beliefs,
        )
        self.write("weights.csv", "mu,eta,mean,weight", "0.3,3,0.2,0.1", "0.3,3,0.4,0.2")
        self.write("weights-peaks.csv", "mu,eta,peak,weight", "0.3,3,0.4,0.2")
        for name in ("information", "weights"):
            drawn = draw(name, self.folder)
            self.assertEqual([path.name for path in drawn], [f"{name}.svg", f"{name}.png"])
            first = drawn[0].read_bytes()
            self.assertIn(b"<svg", first)
            draw(name, self.folder)
            self.assertEqual(drawn[0].read_bytes(), first)

    def test_a_table_that_is_missing_empty_or_cut_short_is_refused_by_its_name(self) -> None:
        """With what to do about it."""
        header = "mu,eta,mean,weight"
        for lines in (None, [header], [header, "0.3,3,0.2"], [header, "0.3,3,0.2,x"], [header, "1,2,3,4,5"]):
            if lines is not None:
                self.write("weights.csv", *lines)
            with self.assertRaises(SystemExit) as caught:
                draw("weights", self.folder)
            self.assertIn("weights.csv", str(caught.exception))
            self.assertIn("insight figure", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
