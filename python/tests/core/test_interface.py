"""The ctypes declarations are those of insight.h."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from insight_rl import Selector, _library, methods

HEADER = Path(__file__).parents[3] / "Sources" / "CInsight" / "include" / "insight.h"
TYPES = {"uint64_t": np.uint64, "int64_t": np.int64, "double": np.float64}


@pytest.fixture(scope="module")
def header() -> str:
    """The header without its comments."""
    return re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)


def fields(header: str, name: str) -> list[tuple[str, str]]:
    """A struct's fields with their types."""
    body = re.search(rf"typedef struct {name} {{(.*?)}}", header, re.DOTALL)
    return [(field, kind) for kind, field in re.findall(r"(\w+) (\w+);", body[1])]


def test_the_version_is_the_header_s(header: str) -> None:
    assert int(re.search(r"INSIGHT_ABI_VERSION (\d+)", header)[1]) == _library.ABI_VERSION
    assert _library.library().insight_abi_version() == _library.ABI_VERSION


def test_picks_and_metrics_have_the_header_s_fields(header: str) -> None:
    assert np.dtype([(name, TYPES[kind]) for name, kind in fields(header, "insight_pick")]) == _library.PICK
    declared = [(name, np.dtype(TYPES[kind])) for name, kind in fields(header, "insight_metrics")]
    assert [(name, np.dtype(kind)) for name, kind in _library.Metrics._fields_] == declared


def test_every_function_of_the_header_is_declared_with_as_many_arguments(header: str) -> None:
    declared = dict(re.findall(r"insight_status (insight_\w+)\((.*?)\);", header, re.DOTALL))
    assert {name: arguments.count(",") for name, arguments in declared.items()} == {
        name: len(arguments) for name, arguments in _library._ARGUMENTS.items()
    }


def test_what_a_trainer_must_do_is_named() -> None:
    needed = {entry["name"]: entry["needs"] for entry in methods() if entry["needs"]}
    assert needed == {
        "dynamic-sampling": ["filter"],
        "greso": ["filter"],
        "ragen-top-p": ["varianceFilter"],
        "speed-rl": ["filter", "stages"],
        "pilot-commit": ["filter", "stages"],
        "reinforce-ada": ["stages"],
    }
    assert Selector(["a"]).needs == [] and Selector(["a"], method="greso").needs == ["filter"]
    assert Selector(["a"], method="greso", configuration={"filter": None}).needs == []
    assert Selector(["a"], configuration={"filter": {"kind": "variance"}}).needs == ["varianceFilter"]
    both = {"filter": {}, "allocation": {"minimum": 2, "maximum": 16}}
    assert Selector(["a"], configuration=both).needs == ["filter", "allocation"]
