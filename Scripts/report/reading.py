"""Reads the report.json of `insight arena` and fills in what an unfinished arena has not measured yet."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

PALETTE = Path(__file__).with_name("palette.json")

# What a later reader may rely on; anything not measured is null or empty.
_REPORT = {
    "title": "InSight arena",
    "command": None,
    "commit": None,
    "machine": None,
    "note": None,
    "reference": "random",
}
_INTERVAL = {"estimate": None, "low": None, "high": None}
_REGIME = {
    "summary": "",
    "prompts": None,
    "promptsPerStep": None,
    "rolloutsPerPrompt": None,
    "budget": None,
    "baseline": None,
    "clock": "wall",
}
_METHOD = {
    "learningRate": None,
    "rolloutsPerPrompt": None,
    "promptsPerStep": None,
    "samplingError": None,
    "steps": None,
    "starvedSuccessRate": None,
    "secondsSelecting": None,
    "seconds": None,
    "history": None,
}
_CURVES = ("accuracy", "mixed")
_INTERVALS = (
    "finalAccuracy",
    "areaUnderCurve",
    "finalDifference",
    "mixedShare",
    "brier",
    "rankCorrelation",
    "poolBrier",
    "starvedShare",
)
_REMEDY = "let `insight arena` write it again: insight arena --config FILE --output {directory} --resume"


# Control, format (direction marks, zero width), line and paragraph ends, halves of surrogate pairs.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Cs"}


class ReportError(Exception):
    """Why there is nothing to draw, and what to do about it."""


def read_report(directory: Path) -> dict[str, Any]:
    """Returns `directory`/report.json with every field present.

    Raises:
        ReportError: The file is missing, unreadable, cut short, or not what `insight arena` writes.
    """
    path = directory / "report.json"
    remedy = _REMEDY.format(directory=directory)
    try:
        # JSON has no NaN; where one was written all the same, it is a number that was not measured.
        report = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda _: None)
    except FileNotFoundError as error:
        raise ReportError(
            f"{path} does not exist; name the output folder of an arena, or {remedy}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path} cannot be read: {error}; check its permissions, or {remedy}") from error
    except ValueError as error:
        raise ReportError(
            f"{path} is cut short or damaged (expected JSON: {error}); delete it and {remedy}"
        ) from error
    try:
        return _complete(visible(report))
    except ReportError as error:
        raise ReportError(f"{path}: {error}; {remedy}") from error


def visible(value: Any) -> Any:
    r"""Returns `value` with every character that a reader would not see written out, as in `\u202e`.

    Ids, domains and names come from data. Direction marks in them would turn the text around them. Line ends,
    zero-width characters and halves of surrogate pairs would hide what an id is, or end the drawing.
    """
    if isinstance(value, dict):
        return {visible(key): visible(item) for key, item in value.items()}
    if isinstance(value, list):
        return [visible(item) for item in value]
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in _UNSEEN else c for c in value)


def styles(report: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Returns each method's colours, dash and marker: the same in every regime, chart and file."""
    palette = json.loads(PALETTE.read_text(encoding="utf-8"))
    names = dict.fromkeys(m["name"] for regime in report["regimes"] for m in regime["methods"])
    found: dict[str, dict[str, str]] = {}
    for name in names:
        if name == report["reference"]:
            found[name] = palette["baseline"]
            continue
        round_, index = divmod(sum(other != report["reference"] for other in found), len(palette["methods"]))
        dash = palette["dashes"][round_ % len(palette["dashes"])]
        found[name] = palette["methods"][index] | {"dash": dash}
    return found


def _complete(report: Any) -> dict[str, Any]:
    _expect(isinstance(report, dict), "the file", "an object")
    report = _REPORT | report
    regimes = report.get("regimes")
    _expect(isinstance(regimes, list) and len(regimes) > 0, "regimes", "a list with one regime or more")
    report["regimes"] = [_regime(regime, f"regimes[{i}]") for i, regime in enumerate(regimes)]
    _unique([regime["name"] for regime in report["regimes"]], "regimes")
    report["references"] = report.get("references") or [report["reference"]]
    report["overall"] = report.get("overall") or []
    for entry in report["overall"]:
        entry["speedup"] = _INTERVAL | (entry.get("speedup") or {})
    report["claims"] = report.get("claims") or []
    for claim in report["claims"]:
        for test in claim["tests"]:
            test["estimate"] = _INTERVAL | (test.get("estimate") or {})
    return report


def _regime(regime: Any, place: str) -> dict[str, Any]:
    _expect(isinstance(regime, dict) and isinstance(regime.get("name"), str), place, "an object with a name")
    regime = _REGIME | regime
    regime["targets"] = regime.get("targets") or []
    regime["referenceCells"] = regime.get("referenceCells") or []
    methods = regime.get("methods") or []
    _expect(isinstance(methods, list), f"{place}.methods", "a list")
    regime["methods"] = [_method(method, f"{place}.methods[{i}]") for i, method in enumerate(methods)]
    _unique([method["name"] for method in regime["methods"]], f"{place}.methods")
    return regime


def _method(method: Any, place: str) -> dict[str, Any]:
    _expect(isinstance(method, dict) and isinstance(method.get("name"), str), place, "an object with a name")
    method = _METHOD | method
    for key in ("seeds", "toTarget", "calibration"):
        method[key] = method.get(key) or []
    for key in _CURVES:
        method[key] = _curve(method.get(key) or {}, f"{place}.{key}")
    for key in _INTERVALS:
        method[key] = _INTERVAL | (method.get(key) or {})
    method["against"] = method.get("against") or []
    for races in (method["toTarget"], *(other["toTarget"] for other in method["against"])):
        for entry in races:
            _expect(
                isinstance(entry, dict) and "fraction" in entry,
                f"{place}.toTarget",
                "objects with a fraction",
            )
            for key in ("speedup", "secondsRatio"):
                entry[key] = _INTERVAL | (entry.get(key) or {})
    return method


def _curve(curve: dict[str, Any], place: str) -> dict[str, Any]:
    length = len(curve.get("rollouts") or [])
    complete: dict[str, Any] = dict(curve) | {"rollouts": curve.get("rollouts") or []}
    for key in ("mean", "low", "high"):
        complete[key] = curve.get(key) or [None] * length
        _expect(len(complete[key]) == length, f"{place}.{key}", f"{length} entries, as many as rollouts")
    complete["seeds"] = curve.get("seeds") or []
    return complete


def _unique(names: list[str], place: str) -> None:
    twice = {name for name in names if names.count(name) > 1}
    _expect(not twice, place, f"names that differ (twice: {', '.join(sorted(twice))})")


def _expect(holds: bool, place: str, expected: str) -> None:
    if not holds:
        raise ReportError(f"{place} is not what `insight arena` writes: expected {expected}")
