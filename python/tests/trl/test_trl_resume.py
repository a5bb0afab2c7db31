"""Checkpoints of a trainer with selection, written and resumed from by TRL's own `train()`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from trl import GRPOTrainer
from trl_tiny import Right, make_dataset, make_trainer, replay

from insight_rl import InsightError, SnapshotError
from insight_rl.trl import STATE_FILE

IDS = make_dataset()["id"][:]
SAVING = {"save_strategy": "steps", "save_steps": 2, "max_steps": 6}


def weights(trainer: Any) -> list[torch.Tensor]:
    """The policy's."""
    return [weight.detach().clone() for weight in trainer.model.parameters()]


@pytest.mark.parametrize(
    ("options", "before", "exact"),
    [
        ({}, 2, True),
        ({"shuffle_dataset": False, "dataloader_num_workers": 1}, 2, True),
        ({"gradient_accumulation_steps": 2}, 2, True),
        ({"gradient_accumulation_steps": 2, "steps_per_generation": 4}, 1, True),
        ({"num_iterations": 2}, 1, True),
        # The epoch begins anew, which draws a number from torch's generator that the other run did not draw.
        ({"ignore_data_skip": True}, 2, False),
    ],
)
def test_a_resumed_run_chooses_as_one_that_was_never_interrupted(
    tmp_path: Path, options: dict[str, Any], before: int, exact: bool
) -> None:
    """And ends with the same weights, wherever TRL by itself would."""
    whole, resumed = Right(), Right()
    uninterrupted = make_trainer(tmp_path / "whole", whole, **SAVING, **options)
    uninterrupted.train()
    again = make_trainer(tmp_path / "resumed", resumed, **SAVING, **options)
    again.train(resume_from_checkpoint=str(tmp_path / "whole" / "checkpoint-2"))
    assert whole.picks[:before] + resumed.picks == replay(whole.batches[:before] + resumed.batches, IDS)
    if exact:
        assert resumed.batches == whole.batches[before:]
        assert all(map(torch.equal, weights(again), weights(uninterrupted)))


def test_a_trainer_that_has_gone_on_can_be_taken_back_to_a_checkpoint(tmp_path: Path) -> None:
    """Also after a second training, whose policy versions went on from the first one's."""
    right = Right()
    trainer = make_trainer(tmp_path, right, **SAVING)
    trainer.train()
    checkpoint = (tmp_path / "checkpoint-2").rename(tmp_path / "kept")
    trainer.train()
    trainer.train(resume_from_checkpoint=str(checkpoint))
    assert right.batches[12:] == right.batches[2:6]
    assert trainer._insight_selection.policy_version == 5


def test_a_second_training_that_is_resumed_counts_on_from_the_first_one_s_versions(tmp_path: Path) -> None:
    """The offset of its policy versions is in the checkpoint."""
    whole = make_trainer(tmp_path, Right(), **SAVING)
    whole.train()
    whole.train()
    again = make_trainer(tmp_path, Right(), **SAVING)
    again.train(resume_from_checkpoint=str(tmp_path / "checkpoint-4"))
    one, other = (trainer._insight_selection for trainer in (whole, again))
    assert one.policy_version == other.policy_version
    assert one.selector.snapshot() == other.selector.snapshot()


def test_other_prompts_under_the_ids_of_a_checkpoint_are_refused(tmp_path: Path) -> None:
    """Such as ids by place after another shuffle: beliefs would be of other prompts."""
    plain = make_dataset().remove_columns("id")
    placed = [
        plain.shuffle(seed=seed).map(lambda _, index: {"id": index}, with_indices=True) for seed in (1, 2)
    ]
    make_trainer(tmp_path, Right(), dataset=placed[0], **SAVING).train()
    with pytest.raises(SnapshotError, match="under them other prompts"):
        make_trainer(tmp_path, Right(), dataset=placed[1], **SAVING).train(
            resume_from_checkpoint=str(tmp_path / "checkpoint-2")
        )


def test_a_checkpoint_within_a_generation_batch_keeps_what_the_batch_taught(tmp_path: Path) -> None:
    """TRL does not keep its completions: others are chosen and made, and nothing is learned twice."""
    options = {"steps_per_generation": 4, "max_steps": 4, "save_strategy": "steps", "save_steps": 1}
    options["trainer"] = {"insight": {"method": "insight"}}  # whose evidence counts rollouts
    make_trainer(tmp_path, Right(), **options).train()
    again = Right()
    trainer = make_trainer(tmp_path, again, **options)
    loaded: list[float] = []
    choose = trainer._take

    def noting(count: int) -> list[int]:
        selector = trainer._insight_selection.selector
        loaded.extend([selector.beliefs().evidence.sum(), len(selector.pending)])
        return choose(count)

    trainer._take = noting
    prior = trainer._insight_selection.selector.beliefs().evidence.sum()
    trainer.train(resume_from_checkpoint=str(tmp_path / "checkpoint-1"))
    assert loaded == [prior + 64, 0]
    assert len(again.batches) == 1


def test_a_checkpoint_without_selections_state_is_refused_unless_it_is_asked_for(tmp_path: Path) -> None:
    """Such as one of a run without selection."""
    make_trainer(tmp_path, Right(), kind=GRPOTrainer, **SAVING).train()
    checkpoint = str(tmp_path / "checkpoint-2")
    with pytest.raises(InsightError, match=r"insight\.state.*insight_start_afresh=True"):
        make_trainer(tmp_path, Right(), **SAVING).train(resume_from_checkpoint=checkpoint)
    right = Right()
    make_trainer(tmp_path, right, trainer={"insight_start_afresh": True}, **SAVING).train(
        resume_from_checkpoint=checkpoint
    )
    assert len(right.batches) == 4


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"dataset": make_dataset(21)}, "20 prompts"),
        ({"trainer": {"insight": {"method": "random"}}}, "method"),
    ],
)
def test_a_state_of_another_pool_or_configuration_is_refused(
    tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    """Naming the difference."""
    make_trainer(tmp_path, Right(), **SAVING).train()
    with pytest.raises(SnapshotError, match=reason):
        make_trainer(tmp_path, Right(), **SAVING, **changed).train(
            resume_from_checkpoint=str(tmp_path / "checkpoint-2")
        )


@pytest.mark.parametrize("culprit", ["_save_optimizer_and_scheduler", "_insight_selection.save"])
def test_a_crash_while_saving_leaves_the_older_checkpoint_usable(tmp_path: Path, culprit: str) -> None:
    """Also where TRL keeps one checkpoint only: the older one goes when the newer is whole."""
    whole, crashed, resumed = Right(), Right(), Right()
    make_trainer(tmp_path / "whole", whole, **SAVING).train()
    trainer = make_trainer(tmp_path / "run", crashed, save_total_limit=1, **SAVING)
    *path, name = culprit.split(".")
    owner = getattr(trainer, path[0]) if path else trainer
    save = getattr(owner, name)

    def full(*args: Any, **kwargs: Any) -> Any:
        if trainer.state.global_step == 4:
            raise OSError("no space left on device")
        return save(*args, **kwargs)

    setattr(owner, name, full)
    with pytest.raises(OSError, match="no space left"):
        trainer.train()
    assert (tmp_path / "run" / "checkpoint-2" / STATE_FILE).is_file()
    assert not (tmp_path / "run" / "checkpoint-4" / "trainer_state.json").exists()
    make_trainer(tmp_path / "run", resumed, save_total_limit=1, **SAVING).train(
        resume_from_checkpoint=str(tmp_path / "run" / "checkpoint-2")
    )
    assert resumed.batches == whole.batches[2:]


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    """Rather than half read."""
    make_trainer(tmp_path, Right(), **SAVING).train()
    file = tmp_path / "checkpoint-2" / STATE_FILE
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(SnapshotError, match=STATE_FILE):
        make_trainer(tmp_path, Right(), **SAVING).train(resume_from_checkpoint=str(file.parent))
