"""Two processes that train together, over gloo."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from trl_tiny import ROLLOUTS, make_dataset, replay

IDS = make_dataset(8)["id"][:]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each process saw."""
    folder = tmp_path_factory.mktemp("processes")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    script = Path(__file__).with_name("trl_processes.py")
    done = subprocess.run([*launch, str(script), str(folder)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-5000:]
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(2)]


def together(seen: list[dict[str, Any]], run: str) -> list[tuple[list[str], list[float]]]:
    """The generation batches of all processes, their shares in a row."""
    return [
        (first[0] + second[0], first[1] + second[1])
        for first, second in zip(seen[0][run], seen[1][run], strict=True)
    ]


def test_the_processes_roll_out_their_shares_of_the_main_ones_picks(seen: list[dict[str, Any]]) -> None:
    """Each pick's rollouts in a row across them, chosen after the batch before was learned from both."""
    batches = together(seen, "whole")
    assert len(batches) == 6
    assert {len(ids) for ids, _ in seen[0]["whole"] + seen[1]["whole"]} == {6}
    for (ids, _), picks in zip(batches, replay(batches, IDS), strict=True):
        assert ids == [name for name in picks for _ in range(ROLLOUTS)]
    late = replay(batches, IDS, late=1)
    assert [ids[::ROLLOUTS] for ids, _ in batches] != late


def test_only_the_main_process_holds_a_selector(seen: list[dict[str, Any]]) -> None:
    """The metrics, as TRL's own, are logged by all."""
    assert [process["selector"] for process in seen] == [True, False]
    rates = [sum(outcomes) / len(outcomes) for _, outcomes in together(seen, "whole")]
    for process in seen:
        assert process["logged"] == pytest.approx(rates)


def test_they_resume_as_if_they_had_not_been_interrupted(seen: list[dict[str, Any]]) -> None:
    """To the last rollout."""
    assert together(seen, "resumed") == together(seen, "whole")[3:]


@pytest.mark.parametrize(
    ("refused", "kind"), [("outcome", "OutcomeError"), ("ids", "PoolError"), ("state", "InsightError")]
)
def test_what_the_main_process_refuses_every_process_does(
    seen: list[dict[str, Any]], refused: str, kind: str
) -> None:
    """None is left waiting for the others until it is timed out."""
    first, second = (process[refused] for process in seen)
    assert first.startswith(kind)
    assert second == f"InsightError: the main process failed with {first}"
