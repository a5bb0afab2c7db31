"""The replay buffer that learns, in verl's own trainers and over its own transfer queue."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import transfer_queue as tq
from omegaconf import OmegaConf
from verl_tiny import Rollouts, SyncTrainer, half_right, run_config, train

from insight_rl import ConfigurationError, InsightError, OutcomeError, Selector
from insight_rl.verl import replay_buffer

pytestmark = pytest.mark.usefixtures("queue")
NAMES = [f"sums/{index}" for index in range(40)]
STEPS = "trainer.total_training_steps"
DAPO = "algorithm.filter_groups.enable=True"
COUNTING = "+data.insight.method=insight"
"""The paper's method, whose beliefs are counts of outcomes."""


def log_of(folder: Path) -> list[dict[str, Any]]:
    """What verl's own logger wrote, step by step."""
    return [json.loads(line)["data"] for line in (folder / "log.jsonl").read_text().splitlines()]


def by_index(row: dict[str, Any], session: int) -> tuple[float, dict[str, Any]]:
    """Prompts of odd index are solved always, the others half of the time."""
    right = row["index"] % 2 == 1 or session % 2 == 0
    return float(right), {"acc": right}


def beliefs(trainer: Any) -> list[tuple[float, float]]:
    """What the trainer's selector believes of every prompt."""
    held = trainer.train_dataset.selection.selector.beliefs()
    return list(zip(held.alpha.tolist(), held.beta.tolist(), strict=True))


def test_a_sync_run_picks_and_believes_what_a_selector_does_that_is_told_the_same(tmp_path: Path) -> None:
    trainer, rollouts = train(run_config(tmp_path, f"{STEPS}=4", "+data.insight.seed=3"))
    oracle = Selector(NAMES, domains=["sums"] * 40, configuration={"rollouts": 4}, seed=3)
    expected = []
    for step in range(1, 5):
        for pick in (picks := oracle.select(8)):
            expected.append(pick.position)
        outcomes = [
            [
                half_right({"index": pick.position, "extra_info": {"insight_ticket": pick.ticket}}, row)[0]
                for row in range(4)
            ]
            for pick in picks
        ]
        oracle.report(picks.tickets, outcomes, policy_version=step)
    assert [row["index"] for row in rollouts.dispatched] == expected
    selector = trainer.train_dataset.selection.selector
    assert selector.snapshot() == oracle.snapshot()


def test_what_is_known_of_the_pool_is_in_verls_own_log(tmp_path: Path) -> None:
    train(run_config(tmp_path, f"{STEPS}=2"), Rollouts(run_config(tmp_path), by_index))
    for figures in (log := log_of(tmp_path)):
        assert all(math.isfinite(value) for name, value in figures.items() if name.startswith("insight/"))
        assert figures["insight/pending"] == 0
        assert figures["critic/score/mean"] == pytest.approx(figures["insight/success_rate"])
    assert len(log) == 2
    assert {"insight/signal_share", "insight/belief_mean", "insight/brier", "insight/starved_share"} <= log[
        0
    ].keys()


def test_validation_teaches_nothing_and_takes_no_picks(tmp_path: Path) -> None:
    def judge(row: dict[str, Any], session: int) -> tuple[float, dict[str, Any]]:
        return half_right(row, session) if "insight_ticket" in row["extra_info"] else (1.0, {"acc": True})

    config = run_config(tmp_path, f"{STEPS}=2", "trainer.test_freq=1")
    validated, rollouts = train(config, Rollouts(config, judge))
    assert log_of(tmp_path)[0]["val-core/sums/acc/mean@1"] == 1
    plain, _ = train(run_config(tmp_path, f"{STEPS}=2"))
    assert sum(row["ticket"] is None for row in rollouts.dispatched) == 6
    assert beliefs(validated) == beliefs(plain)


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
    def judge(row: dict[str, Any], session: int) -> tuple[float, dict[str, Any]]:
        right = bool(half_right(row, session)[0])
        # 0.9 is less than 0.9 in 32 bits, which is what verl keeps scores in.
        return (0.9 if right else 0.1), info(right)

    config = run_config(tmp_path, f"{STEPS}=2", *settings)
    shaped, _ = train(config, Rollouts(config, judge))
    assert log_of(tmp_path)[0]["critic/score/max"] == pytest.approx(0.9)
    plain, _ = train(run_config(tmp_path, f"{STEPS}=2"))
    assert beliefs(shaped) == beliefs(plain)


@pytest.mark.parametrize(
    ("settings", "judged", "message"),
    [
        ([], (0.3, {}), r"0\.3.*outcome_threshold"),
        ([], (1.0, {"acc": 0.3}), r"0\.3.*outcome_threshold"),
        (["+data.insight.outcome=right"], (1.0, {"acc": 1, "format": 0}), '"right".*acc, format: name one'),
    ],
)
def test_a_score_that_is_no_outcome_is_never_guessed_about(
    tmp_path: Path, settings: list[str], judged: tuple[float, dict[str, Any]], message: str
) -> None:
    config = run_config(tmp_path, f"{STEPS}=1", *settings)
    with pytest.raises(OutcomeError, match=message):
        train(config, Rollouts(config, lambda row, session: judged))


def test_scores_that_come_after_sampling_are_refused(tmp_path: Path) -> None:
    config = run_config(tmp_path, f"{STEPS}=1")
    with pytest.raises(InsightError, match="enable_resource_pool=True"):
        train(config, Rollouts(config, lambda row, session: (None, {})))


def test_a_rollout_without_an_outcome_is_missing_and_not_wrong(tmp_path: Path) -> None:
    config = run_config(tmp_path, f"{STEPS}=1", COUNTING, "+data.insight.outcome=acc")
    trainer, _ = train(config, Rollouts(config, lambda row, session: (0.0, {"acc": None if session else 1})))
    assert log_of(tmp_path)[0]["insight/missing"] == 24
    assert Counter(beliefs(trainer)) == {(2.0, 1.0): 8, (1.0, 1.0): 32}


def test_a_rollout_of_several_outputs_counts_once(tmp_path: Path) -> None:
    config = run_config(tmp_path, f"{STEPS}=1")
    several, _ = train(config, Rollouts(config, outputs=3))
    plain, _ = train(run_config(tmp_path, f"{STEPS}=1"))
    assert beliefs(several) == beliefs(plain)


@pytest.mark.parametrize("mode", ["sync", "colocate_async"])
def test_rollouts_per_prompt_differ_where_the_engine_allocates_them(tmp_path: Path, mode: str) -> None:
    overrides = [f"{STEPS}=4", "+data.insight.engine.allocation={minimum:2,maximum:8}"]
    config = run_config(tmp_path, *overrides, f"trainer.v1.trainer_mode={mode}", prompts=20)
    made: Counter[int] = Counter()

    def judge(row: dict[str, Any], session: int) -> tuple[float, dict[str, Any]]:
        made[row["extra_info"]["insight_ticket"]] += 1
        return by_index(row, session)

    train(config, Rollouts(config, judge))
    assert len(set(made.values())) > 2
    batches = [sum(made[ticket] for ticket in range(first, first + 8)) for first in range(0, 32, 8)]
    assert batches == [8 * 4] * 4


def test_groups_that_dapo_filters_are_learned_from_and_not_trained_on(tmp_path: Path) -> None:
    config = run_config(tmp_path, f"{STEPS}=3", COUNTING, DAPO)
    trainer, rollouts = train(config, Rollouts(config, by_index))
    log = log_of(tmp_path)
    assert sum(figures.get("training/filter_groups/evicted_samples", 0) for figures in log) > 0
    # Only half-solved prompts were trained on, so that every batch's mean score is one half ...
    assert {figures["critic/score/mean"] for figures in log} == {0.5}
    # ... while every group is in the belief: those filtered, and the surplus that verl refilled and threw
    # away.
    metrics = trainer.train_dataset.selection.selector.metrics()
    assert metrics["groups"] == len(rollouts.dispatched) > 24
    assert metrics["pending"] == 0
    assert any(alpha > 1 and beta == 1 for alpha, beta in beliefs(trainer))


def test_dapo_filters_by_another_key_than_beliefs_learn_from(tmp_path: Path) -> None:
    def judge(row: dict[str, Any], session: int) -> tuple[float, dict[str, Any]]:
        return 1.0, {"acc": row["index"] % 2, "shape": session if row["index"] % 3 else 0}

    config = run_config(tmp_path, f"{STEPS}=1", DAPO, "algorithm.filter_groups.metric=shape")
    trainer, rollouts = train(config, Rollouts(config, judge))
    filtered = log_of(tmp_path)[0]["training/filter_groups/evicted_samples"]
    assert filtered == sum(row["index"] % 3 == 0 for row in rollouts.dispatched)
    assert trainer.train_dataset.selection.selector.metrics()["groups"] == len(rollouts.dispatched)


def test_a_buffer_that_cannot_see_the_filters_settings_is_refused(tmp_path: Path) -> None:
    handed = {
        "trainer_mode": "sync",
        "trainer_config": {},
        "max_off_policy_threshold": 8,
        "max_off_policy_strategy": "drop",
        "refill_fn": lambda count: count,
    }
    for detached in ({}, OmegaConf.create({})):
        with pytest.raises(ConfigurationError, match=r"algorithm\.filter_groups is read"):
            replay_buffer(sampler_kwargs=detached, **handed)
    with pytest.raises(ConfigurationError, match=r"has metric, which nothing here reads"):
        SyncTrainer(run_config(tmp_path, "+trainer.v1.sampler.sampler_kwargs.metric=acc"))


@pytest.mark.parametrize("mode", ["sync", "colocate_async", "separate_async"])
def test_a_buffer_filters_as_verls_own_of_the_mode_does(tmp_path: Path, mode: str) -> None:
    overrides = [
        DAPO,
        "algorithm.filter_groups.metric=acc",
        "algorithm.filter_groups.max_inflight_gen_batches=3",
        "trainer.v1.sampler.sync_refill_failed_groups=True",
        f"trainer.v1.trainer_mode={mode}",
    ]
    ours = SyncTrainer(run_config(tmp_path, *overrides)).replay_buffer
    plain = SyncTrainer(
        run_config(tmp_path, *overrides, "trainer.v1.sampler.custom_sampler.path=null")
    ).replay_buffer
    assert isinstance(ours, type(plain))
    read = ["filter_groups_metric", "sync_refill_failed_groups", "max_off_policy_threshold", "poll_interval"]
    read += ["train_batch_size", "gen_batch_size", "max_inflight_gen_batches"] if mode == "sync" else []
    assert [getattr(ours, name) for name in read] == [getattr(plain, name) for name in read]


def test_a_buffer_without_its_data_set_is_refused(tmp_path: Path) -> None:
    config = run_config(tmp_path, "data.custom_cls.path=null", f"{STEPS}=1")
    with pytest.raises(ConfigurationError, match=r"data\.custom_cls\.name=InsightDataset"):
        train(config)


def failing(row: dict[str, Any], session: int) -> tuple[float, dict[str, Any]]:
    """Prompts of index 0, 4, ... cannot be rolled out; of the others, one rollout in four cannot."""
    if row["index"] % 4 == 0 or session == 3:
        raise RuntimeError("the tool that this prompt needs is down")
    return 1.0, {"acc": True}


@pytest.mark.parametrize("mode", ["sync", "colocate_async"])
def test_failed_rollouts_cost_a_prompt_nothing_and_free_it(tmp_path: Path, mode: str) -> None:
    config = run_config(
        tmp_path,
        f"{STEPS}=2",
        COUNTING,
        f"trainer.v1.trainer_mode={mode}",
        "trainer.v1.colocate_async.num_warmup_batches=0",
    )
    # verl's async trainers refill failed groups, those that are missing one rollout included.
    judge = failing if mode == "sync" else lambda row, session: failing(row, 0)
    trainer, rollouts = train(config, Rollouts(config, judge))
    failed = {row["index"] for row in rollouts.dispatched if row["index"] % 4 == 0}
    assert failed
    for index, (alpha, beta) in enumerate(beliefs(trainer)):
        seen = sum(row["index"] == index for row in rollouts.dispatched)
        assert (alpha, beta) == (1.0 if index in failed else 1.0 + seen * (3 if mode == "sync" else 4), 1.0)
    held = [key for key, tag in tq.kv_list("train").get("train", {}).items() if tag.get("is_prompt")]
    assert log_of(tmp_path)[-1]["insight/pending"] == len(held)


def test_failed_groups_are_refilled_where_verl_is_told_to(tmp_path: Path) -> None:
    config = run_config(tmp_path, f"{STEPS}=2", "trainer.v1.sampler.sync_refill_failed_groups=True")
    trainer, rollouts = train(config, Rollouts(config, lambda row, session: failing(row, 0)))
    assert sum(row["index"] % 4 != 0 for row in rollouts.dispatched) == 16 < len(rollouts.dispatched)
    assert trainer.train_dataset.selection.selector.metrics()["groups"] == 16


def test_an_async_run_keeps_picks_pending_until_their_own_group_comes(tmp_path: Path) -> None:
    config = run_config(
        tmp_path,
        f"{STEPS}=4",
        "trainer.v1.trainer_mode=colocate_async",
        "trainer.v1.colocate_async.num_warmup_batches=2",
    )
    trainer, rollouts = train(config, Rollouts(config, held=True))
    assert len(rollouts.dispatched) == 16 + 4 * 8
    assert [figures["insight/pending"] for figures in log_of(tmp_path)] == [16] * 4
    selection = trainer.train_dataset.selection
    assert selection.selector.metrics()["groups"] == 32
    waiting = {row["ticket"] for row in rollouts.dispatched[32:]}
    assert {pick.ticket for pick in selection.selector.pending} == waiting


def test_groups_that_became_stale_are_learned_from(tmp_path: Path) -> None:
    config = run_config(
        tmp_path,
        f"{STEPS}=4",
        "trainer.v1.trainer_mode=colocate_async",
        "trainer.v1.colocate_async.num_warmup_batches=1",
        "trainer.v1.sampler.max_off_policy_threshold=1",
    )
    trainer, rollouts = train(config)
    dropped = sum(figures.get("training/off_policy/evicted_samples", 0) for figures in log_of(tmp_path))
    assert dropped >= 8
    metrics = trainer.train_dataset.selection.selector.metrics()
    assert metrics["groups"] == 4 * 8 + dropped
    assert metrics["groups"] + metrics["pending"] == len(rollouts.dispatched)


def test_dapo_filters_in_an_async_run_too(tmp_path: Path) -> None:
    config = run_config(tmp_path, f"{STEPS}=2", DAPO, "trainer.v1.trainer_mode=colocate_async")
    trainer, _ = train(config, Rollouts(config, by_index))
    filtered = sum(figures.get("training/filter_groups/evicted_samples", 0) for figures in log_of(tmp_path))
    assert filtered > 0
    assert trainer.train_dataset.selection.selector.metrics()["groups"] == 16 + filtered
