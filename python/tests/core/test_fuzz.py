"""Whatever comes through the C or the Python interface is taken as it is or refused; the process goes on."""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from insight_rl import Group, InsightError, Selection, Selector

PROGRAM = Path(__file__).with_name("fuzz_program.py")
IDS = [f"p{number}" for number in range(40)]


@pytest.mark.parametrize("seed", range(4))
def test_the_process_survives_whatever_is_called(seed: int) -> None:
    # In another process: a trap would end this one.
    result = subprocess.run(
        [sys.executable, str(PROGRAM), str(seed)], capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, f"the process ended with {result.returncode}: {result.stderr[-2000:]}"
    calls, refused = map(int, result.stdout.split())
    assert calls >= 6_000 and calls * 0.2 < refused < calls * 0.95


class Hostile:
    """An object whose every conversion fails."""

    # ruff: noqa: D105

    def __repr__(self) -> str:
        raise RuntimeError("no text")

    def __index__(self) -> int:
        raise TypeError("no number")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise ValueError("no array")


SINGLE = [
    None, True, False, 0, 1, -1, 2, 7, 39, 40, 1 << 31, 1 << 62, 1 << 63, 1 << 64, 1 << 100, -(1 << 70),
    0.0, 1.0, 0.5, -0.5, 1.7, 1e300, math.nan, math.inf, -math.inf, 1j, "", "0", "1", "p1", "p1\0",
    "\ud800", "é" * 300, b"", b"p1", bytearray(b"p1"), fractions.Fraction(1, 2), decimal.Decimal(1),
    Hostile(), object(), datetime.date(2020, 1, 1), np.int64(3), np.uint64(1 << 63), np.float32(1),
    np.float64(0.5), np.bool_(True), np.array(3), np.array(0.5), np.ma.masked, int, len, ..., range(3), {},
    set(), {"p1": 1},
    {1: 2}, [], (),
]  # fmt: skip


class Values:
    """Arguments right, wrong and absurd."""

    def __init__(self, seed: int) -> None:
        """Args: seed: decides every value."""
        self.random = random.Random(seed)

    def one(self) -> Any:
        """Anything."""
        return self.random.choice(SINGLE)

    def some(self) -> Any:
        """A sequence of anything, or anything."""
        kind = self.random.random()
        count = self.random.choice([0, 1, 2, 3, 8])
        if kind < 0.3:
            return [self.random.choice([0, 1, 2, 3, 5]) for _ in range(count)]
        if kind < 0.5:
            return [self.random.choice([0.0, 1.0, math.nan]) for _ in range(count)]
        if kind < 0.7:
            return [self.one() for _ in range(count)]
        if kind < 0.8:
            return [self.some() for _ in range(min(count, 3))]
        if kind < 0.95:
            dtype = self.random.choice(
                ["u1", "i8", "u8", "f4", "f8", "?", "c16", "U3", "M8[D]", "m8[s]", "O"]
            )
            shape = self.random.choice([(), (0,), (2,), (8,), (2, 4), (1, 1, 1)])
            array = np.zeros(shape, dtype)
            return np.ma.array(array, mask=True) if self.random.random() < 0.2 else array
        return self.one()


def calls(values: Values, selector: Selector, selection: Selection) -> list[Callable[[], object]]:
    """Every method, with whatever comes."""
    one, some = values.one, values.some
    return [
        lambda: selector.select(one(), rollouts=values.random.choice([None, one(), some()])),
        lambda: selector.report(some(), some(), policy_version=one()),
        lambda: selector.report(some(), [some(), some()], policy_version=1),
        lambda: selector.observe(one(), some(), policy_version=one()),
        lambda: selector.abandon(some()),
        lambda: selector.prime(one(), successes=one(), rollouts=one(), weight=one()),
        lambda: selector.set_reference_rates(one(), weak=one(), strong=one()),
        lambda: selector.ids_at(some()),
        lambda: selector.positions(some()),
        lambda: selector.beliefs(some()),
        lambda: selector.metrics(starved_after=one()),
        lambda: selector.load_state_dict(values.random.choice([one(), {"format": one(), "snapshot": one()}])),
        lambda: selector.save(values.random.choice([one(), "/no/such/folder/a"])),
        lambda: Selector.load(one()),
        lambda: Selector.restore(one()),
        lambda: Selector(some(), domains=values.random.choice([None, some()]), seed=one()),
        lambda: Selector(IDS, method=one(), configuration=values.random.choice([one(), {"rollouts": one()}])),
        lambda: selection.take(one()),
        lambda: selection.learn([Group(one(), some(), one()), Group("p3", some())], one()),
        lambda: selection.learn([Group("p4", some()), Group("p5", some())], 1),
        lambda: selection.abandon([one(), one()]),
        lambda: selection.load_state_dict(
            values.random.choice([one(), selection.state_dict() | {"pool": one()}])
        ),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_python_arguments_are_accepted_or_refused_and_a_refusal_changes_nothing(
    seed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    values = Values(seed)
    selector, selection = Selector(IDS, method="insight", seed=seed), Selection(IDS, config={"seed": seed})
    refused = accepted = 0
    for turn in range(2_000):
        if turn % 50 == 0:
            selector, selection = Selector(IDS, method="insight", seed=turn), Selection(IDS)
            selector.select(12)
            selection.take(12)
        before = selector.snapshot(), selection.state_dict()
        try:
            values.random.choice(calls(values, selector, selection))()
            accepted += 1
        except InsightError as error:
            refused += 1
            assert isinstance(error, (TypeError, ValueError, OSError)) and str(error)
            assert (selector.snapshot(), selection.state_dict()) == before
    assert accepted > 100 and refused > 1_000
