"""Nothing that comes through the C interface ends the process, whatever the arguments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("fuzz_program.py")


@pytest.mark.parametrize("seed", range(4))
def test_the_process_survives_whatever_is_called(seed: int) -> None:
    # In a process of its own: a trap would take this one along.
    result = subprocess.run(
        [sys.executable, str(PROGRAM), str(seed)], capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, f"the process ended with {result.returncode}: {result.stderr[-2000:]}"
    calls, refused = map(int, result.stdout.split())
    assert calls >= 6_000 and calls * 0.2 < refused < calls * 0.95
