"""Draws an arena's results: one page that opens offline, and figures for a paper.

    "$(Scripts/setup-python plotly matplotlib)" Scripts/report/draw.py DIR

reads DIR/report.json and writes DIR/report.html and DIR/figures/*.svg and *.png. Needs plotly and matplotlib.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from importlib import resources
from pathlib import Path
from typing import Any

from reading import ReportError, read_report, styles

FOLDER = Path(__file__).parent
# In the order in which they build upon each other; page.js starts everything.
SCRIPTS = ("beta.js", "data.js", "charts.js", "beliefs.js", "tables.js", "drilldown.js", "page.js")


def page(report: dict[str, Any]) -> str:
    """Returns the page: text, style, scripts, charting library and data in one."""
    library = resources.files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")
    parts = {
        "title": _escaped(report["title"]),
        "style": (FOLDER / "page.css").read_text(encoding="utf-8"),
        "library": _script(library),
        "data": _json(report),
        "styles": _json(styles(report)),
        "script": _script("\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)),
    }
    text = (FOLDER / "page.html").read_text(encoding="utf-8")
    pieces: list[str] = []
    # One pass over the template: what is put in is never looked at again, so it may hold a {{mark}} itself.
    for index, piece in enumerate(text.replace("{{", "\0").replace("}}", "\0").split("\0")):
        pieces.append(parts[piece] if index % 2 else piece)
    return "".join(pieces)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _script(text: str) -> str:
    """Returns JavaScript so that nothing in it can end its script element or hide the end in a comment."""
    return re.sub("<(/script|!--)", r"<\\\1", text, flags=re.IGNORECASE)


def _json(value: Any) -> str:
    """Returns `value` as JSON that may stand in a script element: no `<` at all."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c")


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path, help="the output folder of `insight arena`")
    parser.add_argument("--no-figures", action="store_true", help="write report.html alone")
    arguments = parser.parse_args()
    try:
        report = read_report(arguments.directory)
    except ReportError as error:
        print(f"draw: {error}", file=sys.stderr)
        return 1
    output = arguments.directory / "report.html"
    output.write_text(page(report), encoding="utf-8")
    print(output)
    if not arguments.no_figures:
        import paper

        for path in paper.draw(report, arguments.directory / "figures"):
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
