"""The sampler in verl's own trainer and loader, up to 0.7.1."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import verl
from verl.experimental.dataset.sampler import AbstractCurriculumSampler
from verl07_tiny import Rollouts, Trainer, half_right, run_config, sums, train

import insight_rl.verl_sampler
from insight_rl import ConfigurationError, InsightError, OutcomeError, PoolError, Selector, SnapshotError
from insight_rl.verl_sampler import InsightSampler

NAMES = [f"sums/{index}" for index in range(40)]
STEPS = "trainer.total_training_steps"
COUNTING = "+data.insight.method=insight"
"""The paper's method, whose beliefs are counts of outcomes."""


def beliefs(trainer: Trainer) -> list[tuple[float, float]]:
    """What the trainer's selector believes of every prompt."""
    held = trainer.selection.selector.beliefs()
    return list(zip(held.alpha.tolist(), held.beta.tolist(), strict=True))


def test_a_run_picks_and_believes_what_a_selector_does_that_is_told_the_same(tmp_path: Path) -> None:
    # Seven steps are more than an epoch of five: the loader begins another.
    trainer, rollouts = train(
        run_config(tmp_path, f"{STEPS}=7", "trainer.total_epochs=2", "+data.insight.seed=3")
    )
    oracle = Selector(NAMES, domains=["sums"] * 40, configuration={"rollouts": 4}, seed=3)
    for step, picked in enumerate(rollouts.picks, start=1):
        picks = oracle.select(8)
        assert picked == picks.positions.tolist()
        outcomes = [[half_right(index, step, row)[0] for row in range(4)] for index in picked]
        oracle.report(picks.tickets, outcomes, policy_version=step)
    assert len(rollouts.picks) == 7
    assert trainer.selection.selector.snapshot() == oracle.snapshot()


def test_rows_may_come_in_any_order(tmp_path: Path) -> None:
    plain, _ = train(run_config(tmp_path / "plain", f"{STEPS}=2"))

    class Shuffled(Trainer):
        def _update_actor(self, batch: Any) -> Any:
            batch.reorder(torch.randperm(len(batch), generator=torch.Generator().manual_seed(1)))
            return super()._update_actor(batch)

    shuffled = Shuffled(run_config(tmp_path / "shuffled", f"{STEPS}=2"), Rollouts())
    shuffled.fit()
    assert beliefs(shuffled) == beliefs(plain)


def test_nothing_is_fetched_ahead_and_no_pick_is_dropped(tmp_path: Path) -> None:
    # 42 prompts make five whole batches; verl drops the rest of an epoch, which would stay pending.
    trainer = Trainer(run_config(tmp_path, prompts=42), Rollouts())
    sampler = trainer.train_dataloader.sampler
    assert isinstance(sampler, AbstractCurriculumSampler)
    assert len(sampler) == 40
    loader, pending = iter(trainer.train_dataloader), trainer.selection.selector
    assert len(pending.pending) == 0
    next(loader)
    assert len(pending.pending) == 8
    assert len(list(loader)) == 4
    assert len(pending.pending) == 40


def test_a_generation_batch_of_another_size_is_chosen_at_once(tmp_path: Path) -> None:
    trainer = Trainer(run_config(tmp_path, "+data.gen_batch_size=12"), Rollouts())
    batch = next(iter(trainer.train_dataloader))
    assert (
        batch["index"].tolist()
        == Selector(NAMES, configuration={"rollouts": 4}).select(12).positions.tolist()
    )


@pytest.mark.parametrize("save", [3, 5, 6])
def test_a_run_that_is_resumed_is_the_run_that_was_not_interrupted(tmp_path: Path, save: int) -> None:
    both = ("trainer.total_epochs=2", f"{STEPS}=8")
    whole, expected = train(run_config(tmp_path / "whole", *both))
    _, first = train(run_config(tmp_path / "half", both[0], f"{STEPS}={save}", f"trainer.save_freq={save}"))
    resumed, second = train(run_config(tmp_path / "half", *both))
    assert first.picks + second.picks == expected.picks
    assert resumed.selection.selector.snapshot() == whole.selection.selector.snapshot()


def test_an_older_checkpoint_is_gone_on_from_too_and_again(tmp_path: Path) -> None:
    _, expected = train(run_config(tmp_path, f"{STEPS}=5", "trainer.save_freq=1"))
    config = run_config(
        tmp_path,
        f"{STEPS}=5",
        "trainer.save_freq=1",
        "trainer.resume_mode=resume_path",
        f"trainer.resume_from_path={tmp_path}/checkpoints/global_step_2",
    )
    for _ in range(2):
        _, again = train(config)
        assert again.picks == expected.picks[2:]


def test_a_step_that_was_done_over_is_gone_on_from_as_it_was_done_last(tmp_path: Path) -> None:
    train(run_config(tmp_path, f"{STEPS}=2", "trainer.save_freq=1"))
    again = run_config(
        tmp_path,
        f"{STEPS}=2",
        "trainer.save_freq=1",
        "trainer.resume_mode=resume_path",
        f"trainer.resume_from_path={tmp_path}/checkpoints/global_step_1",
    )
    over, _ = train(again, Rollouts(lambda *_: (1.0, {})))
    resumed = Trainer(run_config(tmp_path), Rollouts())
    resumed._load_checkpoint()
    iter(resumed.train_dataloader)
    assert beliefs(resumed) == beliefs(over)


def killed_before_the_update(folder: Path) -> None:
    """A run that stops after it wrote the checkpoint of its third step."""

    class Killed(Trainer):
        def _save_checkpoint(self) -> None:
            super()._save_checkpoint()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Killed(run_config(folder, f"{STEPS}=5", "trainer.save_freq=3"), Rollouts()).fit()


def test_a_run_that_was_killed_before_its_update_says_so_and_frees_the_picks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    killed_before_the_update(tmp_path)
    trainer, rollouts = train(run_config(tmp_path, f"{STEPS}=4"))
    assert "insight-updates.jsonl has nothing of the step" in caplog.text
    assert len(rollouts.picks) == 1
    assert len(trainer.selection.selector.pending) == 0
    assert trainer.selection.selector.metrics()["groups"] == 3 * 8


def test_a_line_of_the_journal_that_was_cut_off_costs_only_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole, expected = train(run_config(tmp_path / "whole", f"{STEPS}=5"))
    train(run_config(tmp_path, f"{STEPS}=2", "trainer.save_freq=2"))
    journal = tmp_path / "checkpoints" / "insight-updates.jsonl"
    with journal.open("a") as file:
        file.write('{"after":"12')
    train(run_config(tmp_path, f"{STEPS}=4", "trainer.save_freq=4"))
    trainer, rollouts = train(run_config(tmp_path, f"{STEPS}=5"))
    assert "cut off" in caplog.text
    assert rollouts.picks == expected.picks[4:]
    assert trainer.selection.selector.snapshot() == whole.selection.selector.snapshot()


def test_the_journal_may_be_elsewhere(tmp_path: Path) -> None:
    journal = tmp_path / "elsewhere" / "updates.jsonl"
    train(run_config(tmp_path, f"{STEPS}=1", "trainer.save_freq=1", f"+data.insight.journal={journal}"))
    (entry,) = [json.loads(line) for line in journal.read_text().splitlines() if line]
    assert len(entry["groups"]) == 8


@pytest.mark.parametrize(
    ("settings", "info"),
    [
        ([], lambda right: {"acc": right}),
        (["+data.insight.outcome=strict"], lambda right: {"acc": 0.5, "strict": right}),
        (["+data.insight.outcome_threshold=0.9"], lambda right: {"acc": 0.5}),
        (["+data.insight.outcome_threshold=0.9"], lambda right: {}),
    ],
)
def test_a_shaped_score_is_for_the_policy_and_the_outcome_for_the_belief(
    tmp_path: Path, settings: list[str], info: Any
) -> None:
    def judge(index: int, step: int, row: int) -> tuple[float, dict[str, Any]]:
        right = bool(half_right(index, step, row)[0])
        # 0.9 is less than 0.9 in 32 bits, which is what verl keeps scores in.
        return (0.9 if right else 0.1), info(right)

    shaped, _ = train(run_config(tmp_path, f"{STEPS}=2", *settings), Rollouts(judge))
    plain, _ = train(run_config(tmp_path, f"{STEPS}=2"))
    assert beliefs(shaped) == beliefs(plain)


@pytest.mark.parametrize(
    ("settings", "judged", "message"),
    [
        ([], (0.3, {}), r"0\.3.*outcome_threshold"),
        (["+data.insight.outcome=right"], (1.0, {"acc": 1, "format": 0}), '"right".*acc, format'),
    ],
)
def test_a_score_that_is_no_outcome_is_never_guessed_about(
    tmp_path: Path, settings: list[str], judged: tuple[float, dict[str, Any]], message: str
) -> None:
    with pytest.raises(OutcomeError, match=message):
        train(run_config(tmp_path, f"{STEPS}=1", *settings), Rollouts(lambda *_: judged))


def test_a_rollout_without_an_outcome_is_missing_in_the_journal_too(tmp_path: Path) -> None:
    judge = Rollouts(lambda index, step, row: (0.0, {"acc": np.nan if row else 1.0}))
    trainer, _ = train(run_config(tmp_path, f"{STEPS}=1", COUNTING, "trainer.save_freq=1"), judge)
    assert Counter(beliefs(trainer)) == {(2.0, 1.0): 8, (1.0, 1.0): 32}
    resumed = Trainer(run_config(tmp_path, COUNTING), Rollouts())
    resumed._load_checkpoint()
    iter(resumed.train_dataloader)
    assert beliefs(resumed) == beliefs(trainer)


def test_figures_go_to_pythons_log_as_a_line_of_verls_console(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    train(run_config(tmp_path, f"{STEPS}=2"))
    lines = [record.getMessage() for record in caplog.records if record.name == "insight_rl.verl_sampler"]
    assert [line.split(" - ")[0] for line in lines] == ["step:1", "step:2"]
    assert " - insight/pending:0 - " in lines[1]
    assert " - insight/signal_share:" in lines[1]


def test_two_sources_with_the_same_indices_are_told_apart(tmp_path: Path) -> None:
    files = [sums(tmp_path / f"{source}.parquet", 8, source) for source in ("easy", "hard")]
    judge = Rollouts(lambda index, step, row: (1.0, {}))
    config = run_config(tmp_path, f"data.train_files=[{','.join(files)}]", f"{STEPS}=2", COUNTING)
    trainer, _ = train(config, judge)
    assert beliefs(trainer) == [(5.0, 1.0)] * 16


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("data.dataloader_num_workers=8", r"Add data\.dataloader_num_workers=0"),
        ("+data.insight.sede=1", "'sede'; known are .*seed"),
        ("+data.insight.engine.rollouts=16", "rollouts is 16.*4"),
        ("+data.insight.engine.allocation.minimum=2", r"engine\.allocation gives .* rollout\.n times"),
        ("+data.insight.method=ragen-top-p", "does not rank the groups"),
        ("+data.insight.method=dynamic-sampling", r"algorithm\.filter_groups\.enable=True"),
        ("+data.insight.engine.filter={}", r"remove engine\.filter"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path, override: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Trainer(run_config(tmp_path, override), Rollouts())


@pytest.mark.parametrize("extra", [lambda _: {"split": "train"}, lambda _: {"index": 0}])
def test_rows_that_do_not_name_their_prompt_are_refused_with_the_line_to_add(
    tmp_path: Path, extra: Any
) -> None:
    sums(tmp_path / "train.parquet", 8, extra=extra)
    with pytest.raises(PoolError, match=r"dataset = dataset\.map\("):
        Trainer(run_config(tmp_path), Rollouts())


def test_a_sampler_that_does_not_know_where_checkpoints_go_is_refused(tmp_path: Path) -> None:
    trainer = Trainer(run_config(tmp_path), Rollouts())
    detached = trainer.config.data.copy()
    detached._set_parent(None)
    with pytest.raises(InsightError, match=r"engine\.rollouts"):
        InsightSampler(trainer.train_dataset, detached)
    detached = type(detached)({**detached, "insight": {"engine": {"rollouts": 4}}})
    with pytest.raises(ConfigurationError, match=r"data\.insight\.journal"):
        InsightSampler(trainer.train_dataset, detached)


def test_the_state_of_another_data_set_is_refused(tmp_path: Path) -> None:
    state = Trainer(run_config(tmp_path), Rollouts()).train_dataloader.state_dict()
    more = sums(tmp_path / "more.parquet", 41)
    other = Trainer(run_config(tmp_path, f"data.train_files={more}"), Rollouts())
    other.train_dataloader.load_state_dict(state)
    with pytest.raises(SnapshotError, match=r"40 prompts.* 41"):
        iter(other.train_dataloader)


@pytest.mark.parametrize("lost", ["data.pt", "insight"])
def test_a_resume_without_selections_state_is_refused_unless_it_is_asked_for(
    tmp_path: Path, lost: str
) -> None:
    plain = ["data.sampler.class_path=null"] if lost == "insight" else []
    train_plainly = Trainer(run_config(tmp_path, f"{STEPS}=2", "trainer.save_freq=2", *plain), Rollouts())
    train_plainly.fit()
    if lost == "data.pt":
        (tmp_path / "checkpoints" / "global_step_2" / "data.pt").unlink()
    with pytest.raises(SnapshotError, match=r"global_step_2 .*\+data\.insight\.start_afresh=True"):
        train(run_config(tmp_path, f"{STEPS}=4"))
    trainer, rollouts = train(run_config(tmp_path, f"{STEPS}=4", "+data.insight.start_afresh=True"))
    assert len(rollouts.picks) == 2 and trainer.selection.selector.metrics()["groups"] == 16


def test_an_epoch_after_a_checkpoint_of_this_very_run_goes_on(tmp_path: Path) -> None:
    """The checkpoint that a run has written itself is not one that it lost."""
    trainer, rollouts = train(run_config(tmp_path, f"{STEPS}=7", "trainer.save_freq=1"))
    assert len(rollouts.picks) == 7 and trainer.selection.selector.metrics()["groups"] == 56


def test_the_adapter_of_verl_0_9_says_that_this_is_another() -> None:
    with pytest.raises(ImportError, match=r"this is verl 0\.7.*use insight_rl\.verl_sampler"):
        import insight_rl.verl  # noqa: F401


def test_an_untested_version_of_verl_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("0.9.1", "0.4.1"):
        monkeypatch.setattr(verl, "__version__", version)
        with pytest.raises(ImportError, match=version):
            runpy.run_path(insight_rl.verl_sampler.__file__)
