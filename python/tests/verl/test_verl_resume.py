"""Resuming through the checkpoints that verl's trainers write."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import transfer_queue as tq
from verl_tiny import Rollouts, run_config, train

from insight_rl import SnapshotError

pytestmark = pytest.mark.usefixtures("queue")
STEPS = "trainer.total_training_steps"
ASYNC = ("trainer.v1.trainer_mode=colocate_async", "trainer.v1.colocate_async.num_warmup_batches=2")


def forget_the_queue() -> None:
    """What the end of a run's processes does to the transfer queue."""
    for partition, keys in (tq.kv_list() or {}).items():
        if keys:
            tq.kv_clear(keys=list(keys), partition_id=partition)


def test_a_sync_run_that_is_resumed_is_the_run_that_was_not_interrupted(tmp_path: Path) -> None:
    whole, expected = train(run_config(tmp_path / "whole", f"{STEPS}=5"))
    _, first = train(run_config(tmp_path / "half", f"{STEPS}=3", "trainer.save_freq=3"))
    resumed, second = train(run_config(tmp_path / "half", f"{STEPS}=5"))
    assert first.dispatched + second.dispatched == expected.dispatched
    one, other = (trainer.train_dataset.selection.selector for trainer in (whole, resumed))
    assert one.snapshot() == other.snapshot()


def test_a_checkpoint_has_what_its_step_taught(tmp_path: Path) -> None:
    # verl samples, trains and then saves: were it to save first, the step's picks would still be pending.
    trainer, _ = train(run_config(tmp_path, f"{STEPS}=2", "trainer.save_freq=2"))
    saved = torch.load(tmp_path / "checkpoints" / "global_step_2" / "data.pt", weights_only=False)
    state = trainer.train_dataset.state_dict()["selection"]["snapshot"]
    assert find(saved, "snapshot") == state
    assert len(trainer.train_dataset.selection.selector.pending) == 0


@pytest.mark.parametrize("lost", ["data.pt", "insight"])
def test_a_resume_without_selections_state_is_refused_unless_it_is_asked_for(
    tmp_path: Path, lost: str
) -> None:
    """Where data.pt is gone, and where it is of a run without the two lines."""
    plain = ["data.custom_cls.path=null", "trainer.v1.sampler.custom_sampler.path=null"]
    config = run_config(tmp_path, f"{STEPS}=2", "trainer.save_freq=2", *(plain if lost == "insight" else []))
    train(config, Rollouts(config, lambda row, session: (session % 2, {"acc": session % 2})))
    if lost == "data.pt":
        (tmp_path / "checkpoints" / "global_step_2" / "data.pt").unlink()
    with pytest.raises(SnapshotError, match=r"global_step_2 .*\+data\.insight\.start_afresh=True"):
        train(run_config(tmp_path, f"{STEPS}=4"))
    trainer, rollouts = train(run_config(tmp_path, f"{STEPS}=4", "+data.insight.start_afresh=True"))
    assert len(rollouts.dispatched) == 16
    assert trainer.train_dataset.selection.selector.metrics()["groups"] == 16


def find(state: Any, key: str) -> Any:
    """The value of a key somewhere in nested dictionaries."""
    if not isinstance(state, dict):
        return None
    return (
        state[key]
        if key in state
        else next(filter(None, (find(value, key) for value in state.values())), None)
    )


def test_in_flight_prompts_find_their_picks_after_an_async_run_is_resumed(tmp_path: Path) -> None:
    def run(folder: str, *overrides: str) -> tuple[Any, Rollouts]:
        forget_the_queue()
        config = run_config(tmp_path / folder, *ASYNC, *overrides)
        return train(config, Rollouts(config, held=True))

    whole, expected = run("whole", f"{STEPS}=5")
    half, first = run("half", f"{STEPS}=3", "trainer.save_freq=3")
    # Two batches are out, of which verl keeps the prompts with their tickets in its own checkpoint.
    in_flight = [row["ticket"] for row in first.dispatched[24:]]
    assert [pick.ticket for pick in half.train_dataset.selection.selector.pending] == in_flight
    resumed, second = run("half", f"{STEPS}=5")
    assert sorted(row["ticket"] for row in second.dispatched[:16]) == in_flight
    assert (
        first.dispatched[:24] + second.dispatched[16:] == expected.dispatched[:24] + expected.dispatched[40:]
    )
    one, other = (trainer.train_dataset.selection.selector for trainer in (whole, resumed))
    assert one.metrics() == other.metrics()
    assert (one.beliefs().alpha == other.beliefs().alpha).all()
    assert (one.beliefs().beta == other.beliefs().beta).all()
    assert one.pending.tickets.tolist() == other.pending.tickets.tolist()


def test_picks_whose_prompts_a_restart_lost_are_freed(tmp_path: Path) -> None:
    config = run_config(tmp_path, *ASYNC, f"{STEPS}=2", "trainer.save_freq=2")
    train(config, Rollouts(config, held=True))
    forget_the_queue()
    shutil.rmtree(tmp_path / "checkpoints" / "global_step_2" / "transfer_queue")
    config = run_config(tmp_path, *ASYNC, f"{STEPS}=3")
    resumed, rollouts = train(config, Rollouts(config, held=True))
    pending = resumed.train_dataset.selection.selector.pending
    assert {pick.ticket for pick in pending} == {row["ticket"] for row in rollouts.dispatched[8:]}
    assert resumed.train_dataset.selection.selector.metrics()["groups"] == 3 * 8


def test_a_group_that_comes_twice_is_learned_from_once(tmp_path: Path) -> None:
    trainer, rollouts = train(run_config(tmp_path, *ASYNC, f"{STEPS}=1"))
    before = trainer.train_dataset.selection.selector.metrics()
    keys = [key for key, tag in tq.kv_list("train")["train"].items() if not tag.get("is_prompt")]
    trainer.replay_buffer._learn(keys)
    trainer.replay_buffer._learn(keys)
    after = trainer.train_dataset.selection.selector.metrics()
    assert after["groups"] == before["groups"] + 16 == len(rollouts.dispatched)
