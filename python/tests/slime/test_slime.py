"""The slime adapter under slime's call order, with `Sample` and data source of slime where it is installed.

Where it is not, they are the stand-in of this folder's conftest: these tests then say that the adapter fits
what slime's code did when it was read, not that slime runs with it.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from slime.utils.types import Sample

from insight_rl import ConfigurationError, InsightError, OutcomeError, PoolError, SnapshotError
from insight_rl import slime as adapter

K = 4
COUNTING = {"method": "insight"}  # the paper's, whose beliefs are counts of outcomes
MakeArgs = Callable[..., Namespace]


def simulated(sample: Sample, rollout_id: int, reward: Callable[[float], Any]) -> None:
    """A rollout that is right, with the reward that the function makes of it."""
    sample.response, sample.response_length, sample.status = "text", 4, Sample.Status.COMPLETED
    sample.reward = reward(float((sample.index + rollout_id) % 2))


def has_signal(group: list[Sample]) -> bool:
    """DAPO's filter."""
    return len({sample.reward for sample in group}) > 1


def evidence(source: Any, prompts: list[str]) -> np.ndarray:
    """What the beliefs about these prompts rest on, in rollouts beyond the prior."""
    prior = adapter.InSightDataSource(source.args).selection.selector.beliefs().evidence[0]
    positions = [int(prompt.split()[-1]) for prompt in prompts]
    return source.selection.selector.beliefs().evidence[positions] - prior


class TestGettingSamples:
    def test_groups_are_numbered_as_slime_numbers_them(self, make_args: MakeArgs) -> None:
        source = adapter.InSightDataSource(make_args())
        groups = source.get_samples(5) + source.get_samples(3)
        assert [len(group) for group in groups] == [K] * 8
        assert [[sample.group_index for sample in group] for group in groups] == [[i] * K for i in range(8)]
        assert [sample.index for group in groups for sample in group] == list(range(8 * K))
        assert len({group[0].prompt for group in groups}) == 8
        assert len(source) == 90

    def test_samples_share_nothing_with_the_data_set(self, make_args: MakeArgs) -> None:
        source = adapter.InSightDataSource(make_args())
        ((first, second, *_),) = source.get_samples(1)
        first.metadata["rate"] = "overwritten"
        assert second.metadata["rate"] != "overwritten"
        assert all(sample.metadata["rate"] != "overwritten" for sample in source.dataset.origin_samples)

    def test_a_prompt_that_is_out_is_not_handed_out_again(self, make_args: MakeArgs) -> None:
        source = adapter.InSightDataSource(make_args())
        prompts = [group[0].prompt for _ in range(9) for group in source.get_samples(10)]
        assert len(set(prompts)) == 90

    def test_what_is_left_is_handed_out_and_then_the_error_says_what_to_do(self, make_args: MakeArgs) -> None:
        source = adapter.InSightDataSource(make_args())
        assert len(source.get_samples(80)) == 80
        assert len(source.get_samples(80)) == 10
        with pytest.raises(InsightError, match=r"all 90 prompts are out.*over-sampling-batch-size"):
            source.get_samples(1)

    def test_the_counters_of_slimes_own_data_source_go_on(
        self, make_args: MakeArgs, make_trainer: Any
    ) -> None:
        trainer = make_trainer(make_args())
        handed_out = sum(len(trainer.generate()) for _ in range(10))
        source = trainer.source
        assert handed_out > 90
        assert source.epoch_id * 90 + source.sample_offset == handed_out == source.sample_group_index


class TestLearning:
    def test_every_group_counts_the_filtered_ones_too(self, make_args: MakeArgs, make_trainer: Any) -> None:
        trainer = make_trainer(make_args(insight=COUNTING), keep=has_signal)
        trainer.generate()
        trained = {group[0].prompt for group in trainer.trained}
        every = {group[0].prompt for group in trainer.all_groups}
        assert len(trained) == 6
        assert len(every) > 6
        assert (evidence(trainer.source, sorted(every)) == K).all()

    def test_an_aborted_sample_is_a_missing_rollout(self, make_args: MakeArgs) -> None:
        args = make_args(insight=COUNTING)
        source = adapter.InSightDataSource(args)
        (group,) = source.get_samples(1)
        for sample in group:
            simulated(sample, 0, float)
        group[0].status = Sample.Status.ABORTED
        adapter.learn(args, [group], source.get_samples)
        assert evidence(source, [group[0].prompt]).tolist() == [K - 1]
        assert len(source.selection.selector.pending) == 0

    def test_a_sample_without_reward_is_missing_and_a_truncated_one_counts(self, make_args: MakeArgs) -> None:
        args = make_args(insight=COUNTING)
        source = adapter.InSightDataSource(args)
        (group,) = source.get_samples(1)
        for sample in group:
            simulated(sample, 0, float)
        group[0].reward, group[0].status = None, Sample.Status.FAILED
        group[1].status = Sample.Status.TRUNCATED
        adapter.learn(args, [group], source)
        assert evidence(source, [group[0].prompt]).tolist() == [K - 1]

    def test_partial_groups_stay_pending_and_go_out_first(
        self, make_args: MakeArgs, make_trainer: Any
    ) -> None:
        trainer = make_trainer(make_args(partial_rollout=True, over_sampling_batch_size=12))
        trainer.generate()
        partial = [group[0].prompt for group in trainer.source.buffer]
        assert partial
        pending = trainer.source.selection.selector.pending
        assert set(partial) <= {f"question {position}" for position in pending.positions}
        assert trainer.generate()[: len(partial)] == partial

    def test_a_partial_group_is_learnt_when_it_is_whole(self, make_args: MakeArgs, make_trainer: Any) -> None:
        trainer = make_trainer(make_args(insight=COUNTING, partial_rollout=True, over_sampling_batch_size=12))
        trainer.generate()
        (prompt, *_) = [group[0].prompt for group in trainer.source.buffer]
        assert evidence(trainer.source, [prompt]).tolist() == [0]
        for _ in range(100):
            trainer.generate()
            if prompt in {group[0].prompt for group in trainer.all_groups}:
                break
        assert evidence(trainer.source, [prompt]).tolist() == [K]

    def test_partial_groups_that_wait_for_several_rollouts_stay_pending(self, make_args: MakeArgs) -> None:
        args = make_args(insight=COUNTING, partial_rollout=True)
        source = adapter.InSightDataSource(args)
        waiting = source.get_samples(3)
        adapter.learn(args, [], source.get_samples)
        source.add_samples(waiting)
        for left in (2, 1, 0):
            (group,) = source.get_samples(1)
            for sample in group:
                simulated(sample, 0, float)
            adapter.learn(args, [group], source.get_samples)
            assert len(source.selection.selector.pending) == left
        assert (evidence(source, [group[0].prompt for group in waiting]) == K).all()

    def test_what_slime_drops_unfinished_can_be_chosen_again(
        self, make_args: MakeArgs, make_trainer: Any
    ) -> None:
        trainer = make_trainer(make_args())
        for _ in range(30):  # 10 out, 6 used: without giving back, 90 prompts last for 22 rollouts
            trainer.generate()
        assert len(trainer.source.selection.selector.pending) == 4

    def test_a_rollout_of_several_samples_is_one_outcome(self, make_args: MakeArgs) -> None:
        args = make_args(insight=COUNTING)
        source = adapter.InSightDataSource(args)
        (group,) = source.get_samples(1)
        for sample in group:
            simulated(sample, 0, float)
        adapter.learn(args, [[[sample, sample, sample] for sample in group]], source)
        assert evidence(source, [group[0].prompt]).tolist() == [K]

    def test_rewards_split_over_a_rollouts_samples_are_refused(self, make_args: MakeArgs) -> None:
        args = make_args()
        source = adapter.InSightDataSource(args)
        ((first, second, *_),) = source.get_samples(1)
        for sample, reward in ((first, 0.25), (second, 0.75)):
            simulated(sample, 0, lambda _, reward=reward: reward)
        with pytest.raises(OutcomeError, match=r"\[0.25, 0.75\].*insight.outcome"):
            adapter.learn(args, [[[first, second]] * K], source)

    def test_a_group_that_is_learnt_twice_is_refused_and_changes_nothing(self, make_args: MakeArgs) -> None:
        args = make_args(insight=COUNTING)
        source = adapter.InSightDataSource(args)
        one, two = source.get_samples(2)
        for sample in one + two:
            simulated(sample, 0, float)
        adapter.learn(args, [one], source)
        with pytest.raises(InsightError, match="group_index 0 is not out"):
            adapter.learn(args, [two, one], source)
        assert evidence(source, [one[0].prompt, two[0].prompt]).tolist() == [K, 0]

    # Over six seeds recommended had a share of 0.48 or more, random of 0.35 or less.
    @pytest.mark.parametrize(("method", "share"), [("insight", 0.6), ("recommended", 0.4)])
    def test_selection_moves_to_prompts_with_signal(
        self, make_args: MakeArgs, make_trainer: Any, method: str, share: float
    ) -> None:
        trainer = make_trainer(make_args(insight={"method": method}))
        for _ in range(25):
            trainer.generate()
        late = [metrics["insight/signal_share"] for metrics in trainer.logged[15:]]
        assert np.mean(late) > share  # a third of the pool has signal, and each group of it 7 times in 8


class TestOutcomes:
    def learn(self, args: Namespace, reward: Callable[[float], Any]) -> Any:
        source = adapter.InSightDataSource(args)
        (group,) = source.get_samples(1)
        for sample in group:
            simulated(sample, 0, reward)
        adapter.learn(args, [group], source.get_samples)
        (mean,) = source.selection.selector.beliefs(
            [source.selection.ids[int(group[0].prompt.split()[-1])]]
        ).mean
        return mean

    def test_a_shaped_reward_is_refused(self, make_args: MakeArgs) -> None:
        with pytest.raises(OutcomeError, match=r"0.9.*outcome_threshold"):
            self.learn(make_args(), lambda right: 0.9 * right)

    def test_a_threshold_makes_it_an_outcome(self, make_args: MakeArgs) -> None:
        args = make_args(insight={"method": "insight", "outcome_threshold": 0.5})
        assert self.learn(args, lambda right: 2 * right - 1) == pytest.approx(0.5)

    def test_a_part_of_a_reward_can_be_the_outcome(self, make_args: MakeArgs) -> None:
        args = make_args(insight={"method": "insight", "outcome": "acc"}, reward_key="score")
        assert self.learn(args, lambda right: {"score": 2 * right - 1, "acc": bool(right)}) == pytest.approx(
            0.5
        )

    def test_reward_key_names_the_part_where_no_outcome_does(self, make_args: MakeArgs) -> None:
        args = make_args(insight={"method": "insight"}, reward_key="acc")
        assert self.learn(args, lambda right: {"score": 7 * right, "acc": right}) == pytest.approx(0.5)

    def test_a_reward_of_parts_without_either_is_refused(self, make_args: MakeArgs) -> None:
        with pytest.raises(OutcomeError, match=r"\['acc', 'score'\].*insight.outcome"):
            self.learn(make_args(), lambda right: {"score": right, "acc": right})

    def test_an_outcome_may_lie_in_the_metadata(self, make_args: MakeArgs) -> None:
        args = make_args(insight={"outcome": "metadata.solved"})
        source = adapter.InSightDataSource(args)
        (group,) = source.get_samples(1)
        for sample in group:
            simulated(sample, 0, lambda right: 0.1 * right)
            sample.metadata["solved"] = 1
        adapter.learn(args, [group], source)
        assert source.selection.selector.beliefs().mean.max() > 0.5

    def test_a_missing_part_is_named(self, make_args: MakeArgs) -> None:
        with pytest.raises(ConfigurationError, match=r"no 'reward.acc'"):
            self.learn(make_args(insight={"outcome": "acc"}), lambda right: {"score": right})


class TestResume:
    @pytest.mark.parametrize("partial", [False, True])
    def test_the_picks_are_those_of_a_run_without_interruption(
        self, make_args: MakeArgs, make_trainer: Any, tmp_path: Path, partial: bool
    ) -> None:
        args = {"partial_rollout": partial, "over_sampling_batch_size": 12}
        whole = make_trainer(make_args(**args), keep=has_signal)
        expected = [whole.generate() for _ in range(12)]

        killed = make_trainer(make_args(**args), keep=has_signal)
        for _ in range(5):
            killed.generate()
        killed.save()
        killed.generate()  # lost
        resumed = make_trainer(make_args(load=killed.args.save, start_rollout_id=5, **args), keep=has_signal)
        assert [resumed.generate() for _ in range(7)] == expected[5:]
        if partial:
            assert any(whole.source.buffer)

    def test_state_survives_slimes_recovery_of_its_rollout_manager(
        self, make_args: MakeArgs, make_trainer: Any
    ) -> None:
        """Newer slime keeps `state_dict()` of the data source itself, and loads it into a new one."""
        first = make_trainer(make_args(partial_rollout=True))
        first.generate()
        state = first.source.state_dict()
        second = make_trainer(make_args(partial_rollout=True))
        second.source.load_state_dict(state)
        second.next = first.next
        assert second.generate() == first.generate()

    def test_a_new_run_loads_nothing(self, make_args: MakeArgs, tmp_path: Path) -> None:
        adapter.InSightDataSource(make_args(load=str(tmp_path))).load(-1)

    def test_a_checkpoint_without_state_is_refused(self, make_args: MakeArgs, tmp_path: Path) -> None:
        with pytest.raises(InsightError, match=r"there is no .*_7.pt; .*fresh: true"):
            adapter.InSightDataSource(make_args(load=str(tmp_path))).load(7)

    def test_slimes_own_state_is_taken_over_only_if_asked(self, make_args: MakeArgs, tmp_path: Path) -> None:
        import torch

        path = tmp_path / "rollout" / "global_dataset_state_dict_7.pt"
        path.parent.mkdir()
        torch.save({"sample_offset": 5, "epoch_id": 1, "sample_group_index": 95, "sample_index": 380}, path)
        with pytest.raises(InsightError, match="no InSight belief"):
            adapter.InSightDataSource(make_args(load=str(tmp_path))).load(7)
        source = adapter.InSightDataSource(make_args(load=str(tmp_path), insight={"fresh": True}))
        source.load(7)
        ((sample, *_),) = source.get_samples(1)
        assert (sample.group_index, sample.index) == (95, 380)

    def test_a_state_file_that_would_run_code_is_refused(
        self, make_args: MakeArgs, make_trainer: Any, tmp_path: Path
    ) -> None:
        import torch

        trainer = make_trainer(make_args())
        trainer.generate()
        trainer.save()
        path = Path(trainer.args.save) / "rollout" / "global_dataset_state_dict_0.pt"
        mark = tmp_path / "ran"

        class Evil:
            def __reduce__(self) -> tuple[Any, ...]:
                return (Path.touch, (mark,))

        torch.save(torch.load(path, weights_only=True) | {"buffer": [Evil()]}, path)
        with pytest.raises(SnapshotError, match="cannot be read as plain data"):
            make_trainer(make_args(load=trainer.args.save, start_rollout_id=1))
        assert not mark.exists()

    def test_a_partial_group_with_more_than_plain_data_is_begun_again(
        self, make_args: MakeArgs, make_trainer: Any
    ) -> None:
        trainer = make_trainer(make_args(partial_rollout=True))
        trainer.generate()
        group, *others = trainer.source.buffer
        group[0].metadata["image"] = object()
        trainer.save()
        resumed = make_trainer(make_args(partial_rollout=True, load=trainer.args.save, start_rollout_id=1))
        assert len(resumed.source.buffer) == len(others)
        pending = set(resumed.source.selection.selector.pending.ids)
        resumed.generate()
        assert len(pending) == len(others) + 1 and resumed.source.selection.selector.metrics()["groups"] >= 12

    def test_another_data_set_is_refused(
        self, make_args: MakeArgs, make_trainer: Any, tmp_path: Path
    ) -> None:
        trainer = make_trainer(make_args())
        trainer.generate()
        trainer.save()
        other = tmp_path / "other.jsonl"
        lines = Path(trainer.args.prompt_data).read_text(encoding="utf-8").splitlines()
        other.write_text("\n".join(lines[:-1]), encoding="utf-8")
        with pytest.raises(InsightError):
            make_trainer(make_args(prompt_data=str(other), load=trainer.args.save, start_rollout_id=1))

    def test_the_order_of_slimes_shuffle_does_not_matter(
        self, make_args: MakeArgs, make_trainer: Any
    ) -> None:
        trainer = make_trainer(make_args())
        trainer.generate()
        trainer.save()
        other = make_args(rollout_shuffle=False, load=trainer.args.save, start_rollout_id=1)
        assert make_trainer(other).generate() == trainer.generate()

    def test_a_save_that_fails_leaves_the_old_file(
        self, make_args: MakeArgs, make_trainer: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trainer = make_trainer(make_args())
        trainer.generate()
        trainer.save()
        path = Path(trainer.args.save) / "rollout" / "global_dataset_state_dict_0.pt"
        before = path.read_bytes()

        def fill_the_disk(state: Any, target: Path) -> None:
            target.write_bytes(b"half")
            raise OSError("no space left")

        monkeypatch.setattr(adapter.torch, "save", fill_the_disk)
        with pytest.raises(OSError, match="no space left"):
            trainer.save()
        assert path.read_bytes() == before


class TestSettings:
    def test_ids_are_prompts_and_labels_unless_a_field_is_named(self, make_args: MakeArgs) -> None:
        assert adapter.InSightDataSource(make_args()).selection.ids[3] not in ("q3", "3")
        named = adapter.InSightDataSource(make_args(insight={"id_field": "metadata.id"}))
        assert named.selection.ids[3] == "q3"

    def test_repeated_prompts_are_refused(self, make_args: MakeArgs, tmp_path: Path) -> None:
        path = tmp_path / "repeated.jsonl"
        path.write_text('{"text": "same", "label": "1"}\n' * 3, encoding="utf-8")
        with pytest.raises(PoolError, match="metadata-key"):
            adapter.InSightDataSource(make_args(prompt_data=str(path)))

    def test_domains_share_the_picks_by_quota(self, make_args: MakeArgs) -> None:
        settings = {
            "domain_field": "metadata.source",
            "engine": {"domains": {"math": {"quota": 8}, "code": {"quota": 2}}},
        }
        source = adapter.InSightDataSource(make_args(insight=settings))
        sources = [group[0].metadata["source"] for group in source.get_samples(10)]
        assert sources.count("math") == 8

    def test_a_domain_that_is_not_there_is_named(self, make_args: MakeArgs) -> None:
        with pytest.raises(ConfigurationError, match=r"no 'metadata.origin'.*\['id', 'rate', 'source'\]"):
            adapter.InSightDataSource(make_args(insight={"domain_field": "metadata.origin"}))

    def test_an_unknown_setting_is_refused(self, make_args: MakeArgs) -> None:
        with pytest.raises(ConfigurationError, match="thresold"):
            adapter.InSightDataSource(make_args(insight={"thresold": 1}))

    def test_a_data_source_that_would_never_learn_is_refused(self, make_args: MakeArgs) -> None:
        with pytest.raises(
            ConfigurationError, match=r"add --rollout-all-samples-process-path insight_rl.slime.learn"
        ):
            adapter.InSightDataSource(make_args(rollout_all_samples_process_path=None))

    def test_fully_async_rollouts_are_refused(self, make_args: MakeArgs) -> None:
        path = "slime.rollout.fully_async_rollout.generate_rollout_fully_async"
        with pytest.raises(ConfigurationError, match="does not call"):
            adapter.InSightDataSource(make_args(rollout_function_path=path))

    def test_a_rollout_function_that_skips_the_hook_is_noticed_at_the_first_save(
        self, make_args: MakeArgs
    ) -> None:
        source = adapter.InSightDataSource(make_args(rollout_function_path="mine.generate_rollout"))
        source.get_samples(1)
        with pytest.raises(InsightError, match=r"mine.generate_rollout does not call"):
            source.save(0)

    @pytest.mark.parametrize("setting", ["allocation", "stages"])
    def test_an_allocation_and_stages_are_refused(self, make_args: MakeArgs, setting: str) -> None:
        with pytest.raises(ConfigurationError, match=f"engine.{setting}"):
            adapter.InSightDataSource(make_args(insight={"engine": {setting: {}}}))

    @pytest.mark.parametrize("settings", [{"method": "dynamic-sampling"}, {"engine": {"filter": {}}}])
    def test_a_filter_is_refused_unless_slime_filters(self, make_args: MakeArgs, settings: dict) -> None:
        with pytest.raises(ConfigurationError, match=r"--dynamic-sampling-filter-path"):
            adapter.InSightDataSource(make_args(insight=settings))
        own = "slime.rollout.filter_hub.dynamic_sampling_filters.check_reward_nonzero_std"
        adapter.InSightDataSource(make_args(insight=settings, dynamic_sampling_filter_path=own))

    def test_a_filter_by_variance_is_refused_although_slime_filters(self, make_args: MakeArgs) -> None:
        own = "slime.rollout.filter_hub.dynamic_sampling_filters.check_reward_nonzero_std"
        with pytest.raises(ConfigurationError, match=r"does not rank the groups"):
            adapter.InSightDataSource(
                make_args(insight={"method": "ragen-top-p"}, dynamic_sampling_filter_path=own)
            )

    def test_no_data_set_is_refused(self, make_args: MakeArgs) -> None:
        with pytest.raises(PoolError, match="--prompt-data"):
            adapter.InSightDataSource(make_args(prompt_data=None))

    def test_the_hook_without_the_data_source_is_refused(self, make_args: MakeArgs) -> None:
        with pytest.raises(
            ConfigurationError, match=r"add --data-source-path insight_rl.slime.InSightDataSource"
        ):
            adapter.learn(make_args(), [], object())

    def test_the_examples_settings_are_read_as_slime_reads_them(self, make_args: MakeArgs) -> None:
        yaml = pytest.importorskip("yaml")
        example = Path(__file__).parents[2] / "examples" / "slime" / "insight.yaml"
        args = make_args()
        for key, value in yaml.safe_load(example.read_text(encoding="utf-8")).items():
            setattr(args, key, value)
        source = adapter.InSightDataSource(args)
        assert source.config.domain_field is None
        assert source.selection.selector.configuration["parameters"] == {"sharpness": 2}


def test_metrics_arrive_in_slimes_log_beside_its_own(make_args: MakeArgs, make_trainer: Any) -> None:
    trainer = make_trainer(make_args(), keep=has_signal)
    trainer.generate()
    (metrics,) = trainer.logged
    assert {"rollout/dynamic_filter/drop", "insight/signal_share", "insight/belief_mean"} <= set(metrics)
    groups = trainer.all_groups
    assert metrics["insight/signal_share"] == pytest.approx(sum(map(has_signal, groups)) / len(groups))


def test_the_adapter_finds_slimes_older_place_of_data_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    old = types.ModuleType("slime.rollout.data_source")
    old.RolloutDataSourceWithBuffer = type("Old", (), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "slime.data.data_source", None)
    monkeypatch.setitem(sys.modules, "slime.data", None)
    monkeypatch.setitem(sys.modules, "slime.rollout", types.ModuleType("slime.rollout"))
    monkeypatch.setitem(sys.modules, "slime.rollout.data_source", old)
    spec = importlib.util.spec_from_file_location("again", adapter.__file__)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.InSightDataSource.__mro__[1] is old.RolloutDataSourceWithBuffer
