"""Measures what Python adds to the engine's own time: 256 prompts of a million, chosen and reported.

    Scripts/build-library && INSIGHT_LIBRARY=... PYTHONPATH=python/src python3 Benchmarks/python_overhead.py

Each turn times `Selector.select` and the same function of the library called with everything prepared, on two
selectors in the same state; the difference is what Python adds. Prints JSON: medians in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from insight_rl import Selector, _library
from insight_rl._library import PICK, Error, address, library


def milliseconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long `work` takes, and what it returns."""
    begin = time.perf_counter()
    result = work()
    return (time.perf_counter() - begin) * 1e3, result


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prompts", type=int, default=1_000_000, help="the pool's size")
    parser.add_argument("--batch", type=int, default=256, help="prompts a step")
    parser.add_argument("--rollouts", type=int, default=8, help="rollouts of each")
    parser.add_argument("--turns", type=int, default=200, help="steps that are timed")
    arguments = parser.parse_args()
    batch, rollouts = arguments.batch, arguments.rollouts

    ids = [f"prompt-{number}" for number in range(arguments.prompts)]
    making, python = milliseconds(lambda: Selector(ids, configuration={"rollouts": rollouts}, seed=1))
    plain = Selector(ids, configuration={"rollouts": rollouts}, seed=1)
    error, rows, recorded = Error(), np.empty(batch, PICK), np.empty(batch, np.bool_)
    error_address, offsets = _library.ctypes.addressof(error), np.arange(batch + 1, dtype=np.int64) * rollouts
    select, report = library().insight_select, library().insight_report
    rng = np.random.default_rng(0)
    times: dict[str, list[float]] = {}

    def note(name: str, work: Callable[[], Any]) -> Any:
        time_, result = milliseconds(work)
        times.setdefault(name, []).append(time_)
        return result

    for step in range(arguments.turns):
        chosen: Any = None
        # Who goes first finds the caches cold.
        for turn in ("python", "library") if step % 2 else ("library", "python"):
            if turn == "library":
                note("librarySelect", lambda: select(plain._handle, batch, 0, address(rows), error_address))
            else:
                chosen = note("select", lambda: python.select(batch))
        note("ids", lambda picks=chosen: picks.ids)
        outcomes = (rng.random((batch, rollouts)) < 0.4).astype(np.float64)
        tickets = np.ascontiguousarray(chosen.tickets)
        flat = [
            plain._handle, address(tickets), batch, address(outcomes), address(offsets), step,
            address(recorded), None, error_address,
        ]  # fmt: skip
        note("libraryReport", lambda values=flat: report(*values))
        note(
            "report",
            lambda picks=chosen, values=outcomes, version=step: python.report(
                picks.tickets, values, policy_version=version
            ),
        )
        note("metrics", python.metrics)
    assert error.status == 0 and python.snapshot() == plain.snapshot()
    found = {name: statistics.median(values) for name, values in times.items()}
    overheads = {
        name: statistics.median(
            a - b for a, b in zip(times[name], times["library" + name.capitalize()], strict=True)
        )
        for name in ("select", "report")
    }
    print(
        json.dumps(
            {
                "prompts": arguments.prompts,
                "batch": batch,
                "rollouts": rollouts,
                "turns": arguments.turns,
                "createMilliseconds": making,
                "milliseconds": found,
                "pythonAddsMilliseconds": overheads,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
