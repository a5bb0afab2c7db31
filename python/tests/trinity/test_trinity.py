"""The Trinity adapter under Trinity's own explorer, pipeline, registries and checkpoints; see conftest."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from trinity.buffer.operators import EXPERIENCE_OPERATORS
from trinity.buffer.selector import SELECTORS
from trinity.common.config import OperatorConfig, load_config
from trinity.common.config_validator import BufferConfigValidator
from trinity.common.experience import EID, Experience
from trinity.utils.plugin_loader import load_plugins

from insight_rl import ConfigurationError, OutcomeError, PoolError, SnapshotError
from insight_rl.trinity import InSightMonitor, InSightSelector, OutcomesOperator

K = 4
EXAMPLE = Path(__file__).parents[2] / "examples" / "trinity"
COUNTING = {
    "method": "insight",
    "engine": {"rollouts": K},
}  # the paper's, whose beliefs are counts of outcomes
STOCK = [OperatorConfig(name="pass_rate_calculator")]


def evidence(selector: InSightSelector, positions: list[int]) -> list[float]:
    """The rollouts that beliefs rest on, beyond the prior's two."""
    return (selector.selection.selector.beliefs().evidence[positions] - 2).tolist()


def experience(task: int, run: int, reward: float | None, step: int = 0, **metrics: float) -> Experience:
    return Experience(
        eid=EID(run=run, step=step),
        tokens=[1, 2],
        prompt_length=1,
        reward=reward,
        info={"task_index": {"taskset_id": 0, "index": task}},
        metrics=metrics,
    )


class TestSelecting:
    def test_the_explorer_rolls_out_what_insight_picks(self, make_config: Any, start: Any) -> None:
        run = start(make_config(COUNTING))
        assert isinstance(run.selector, InSightSelector)
        batch = run.step()
        assert len(set(batch)) == 8
        assert evidence(run.selector, batch) == [K] * 8
        assert sum(evidence(run.selector, list(range(40)))) == 8 * K

    def test_tasks_in_flight_are_not_chosen_again(self, make_config: Any, start: Any) -> None:
        run = start(make_config())
        batches = run.explore(steps=4)
        assert len({index for batch in batches for index in batch}) == 32
        assert len(run.selector.selection.selector.pending) == 32
        run.finish()
        assert len(run.selector.selection.selector.pending) == 0

    # Over six seeds recommended had a share of 0.52 or more, random of 0.38 or less.
    @pytest.mark.parametrize(("method", "last", "share"), [("insight", 1, 0.7), ("recommended", 6, 0.45)])
    def test_selection_moves_to_tasks_with_signal(
        self, make_config: Any, start: Any, method: str, last: int, share: float
    ) -> None:
        run = start(make_config({"method": method, "engine": {"rollouts": K}}))
        batches = [run.step() for _ in range(12)]
        late = [index for batch in batches[-last:] for index in batch]
        assert np.mean([index % 3 == 1 for index in late]) > share  # a third of the tasks has any

    def test_extra_information_is_what_the_choice_was_made_by(self, make_config: Any, start: Any) -> None:
        run = start(make_config(COUNTING))
        indices, info = run.selector.get_indices(3, return_extra_info=True)
        assert info["indices"] == indices
        assert info["alpha"] == info["beta"] == [1.0] * 3
        assert len(info["acquisition"]) == 3

    def test_domains_share_a_batch_by_quota(self, make_config: Any, start: Any) -> None:
        engine = {"rollouts": K, "domains": {"math": {"quota": 6}, "code": {"quota": 2}}}
        run = start(make_config(kwargs={"domain_field": "source", "engine": engine}))
        assert [index % 2 for index in run.step()].count(0) == 6

    def test_insight_shares_a_batch_with_trinitys_own_selectors(
        self, make_config: Any, start: Any, tmp_path: Path
    ) -> None:
        config, other = make_config(COUNTING), make_config(kwargs={}, selector_type="shuffle")
        config.buffer.explorer_input.tasksets += other.buffer.explorer_input.tasksets
        run = start(config)
        for _ in range(4):
            run.step()
        mine = sum(evidence(run.selector, list(range(40))))
        assert 0 < mine < 4 * 8 * K


class TestLearning:
    def test_a_shaped_reward_reaches_the_belief_as_its_outcome(
        self, make_config: Any, start: Any, workflow: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workflow, "format_score", 0.3)  # 1.3 right, 0.3 wrong: no pass rate
        run = start(make_config(COUNTING))
        for _ in range(5):
            run.step()
        never = list(range(0, 40, 3))
        beliefs = run.selector.selection.selector.beliefs()
        assert (beliefs.alpha[never] == 1).all()

    def test_a_shaped_reward_without_a_named_outcome_stops_the_run(
        self, make_config: Any, start: Any, workflow: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workflow, "format_score", 0.3)
        run = start(make_config(operators=[OperatorConfig(name="insight_rl.trinity.OutcomesOperator")]))
        run.explore()
        with pytest.raises(OutcomeError, match=r"rewards of task \d+ hold"):
            run.finish()

    def test_trinitys_mean_rewards_are_refused(self, make_config: Any, start: Any) -> None:
        run = start(make_config(operators=STOCK))
        run.explore()
        with pytest.raises(ConfigurationError, match="OutcomesOperator in place of pass_rate_calculator"):
            run.finish()

    def test_a_task_whose_workflow_fails_is_given_back(
        self, make_config: Any, start: Any, workflow: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = start(make_config(COUNTING))
        (batch,) = run.explore()
        monkeypatch.setattr(workflow, "broken", frozenset({f"question {batch[0]}"}))
        run.finish()
        assert evidence(run.selector, batch) == [0] + [K] * 7
        assert len(run.selector.selection.selector.pending) == 0

    def test_tasks_of_a_step_without_any_group_are_given_back_with_the_next(
        self, make_config: Any, start: Any, workflow: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = start(make_config(COUNTING))
        first, second = run.explore(steps=2)
        monkeypatch.setattr(
            workflow, "broken", frozenset(f"question {index}" for index in [*first, second[0]])
        )
        run.finish()
        assert evidence(run.selector, first + second) == [0] * 9 + [K] * 7
        assert len(run.selector.selection.selector.pending) == 0

    def test_tasks_that_over_rollout_cuts_off_are_given_back(self, make_config: Any, start: Any) -> None:
        run = start(make_config(COUNTING))
        run.explorer.min_wait_num = 6
        batch = run.step()
        assert sorted(evidence(run.selector, batch)) == [0, 0] + [K] * 6
        assert len(run.selector.selection.selector.pending) == 0

    def test_the_experiences_go_on_to_the_trainer_unchanged(self, make_config: Any, start: Any) -> None:
        run = start(make_config())
        run.step()
        written = Path(run.config.buffer.trainer_input.experience_buffer.path).read_text(encoding="utf-8")
        assert len(written.splitlines()) == 8 * K

    def test_a_missing_rollout_is_no_wrong_one(self, make_config: Any, start: Any) -> None:
        run = start(make_config(COUNTING))
        (batch,) = run.explore()
        run.selector.feedback([batch[0]], [[1.0, float("nan"), 1.0]])
        beliefs = run.selector.selection.selector.beliefs()
        assert (beliefs.alpha[batch[0]], beliefs.beta[batch[0]]) == (3, 1)

    def test_more_rollouts_than_configured_are_refused(self, make_config: Any, start: Any) -> None:
        run = start(make_config(kwargs={"engine": {"rollouts": 2}}))
        run.explore()
        with pytest.raises(OutcomeError):
            run.finish()


class TestOutcomesOperator:
    def collect(self, experiences: list[Experience], **args: Any) -> dict[str, Any]:
        kept, metrics = asyncio.run(OutcomesOperator(**args).process(experiences))
        assert kept == experiences
        return metrics

    def test_it_groups_rollouts_by_task_in_their_order(self) -> None:
        experiences = [experience(5, 1, 1.0), experience(2, 0, 0.0), experience(5, 0, 0.0)]
        metrics = self.collect(experiences)
        assert metrics["selector_metric"] == {0: {"indices": [2, 5], "values": [[0.0], [0.0, 1.0]]}}
        assert metrics["insight/signal_share"] == 0.5
        assert metrics["insight/success_rate"] == pytest.approx(1 / 3)

    def test_the_last_step_says_how_a_rollout_ended(self) -> None:
        experiences = [experience(1, 0, 1.0, step=1), experience(1, 0, 0.0, step=0), experience(1, 1, 0.0)]
        assert self.collect(experiences)["selector_metric"][0]["values"] == [[1.0, 0.0]]

    def test_a_rollout_without_reward_is_missing(self) -> None:
        metrics = self.collect([experience(1, 0, None), experience(1, 1, 1.0)])
        assert np.isnan(metrics["selector_metric"][0]["values"][0]).tolist() == [True, False]
        assert metrics["insight/success_rate"] == 1

    def test_a_threshold_makes_rewards_outcomes(self) -> None:
        metrics = self.collect([experience(1, 0, 0.9), experience(1, 1, 0.2)], outcome_threshold=0.5)
        assert metrics["selector_metric"][0]["values"] == [[1.0, 0.0]]

    def test_a_missing_metric_is_named_with_those_that_are_there(self) -> None:
        with pytest.raises(OutcomeError, match=r"no 'acc'; name one of \['accuracy', 'task_index'\]"):
            self.collect([experience(1, 0, 1.0, accuracy=1.0)], outcome="acc")

    def test_rollouts_without_numbers_are_refused_rather_than_merged(
        self, make_config: Any, start: Any, workflow: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workflow, "numbered", False)
        run = start(make_config())
        run.explore()
        with pytest.raises(OutcomeError, match=r"must set eid.run"):
            run.finish()


class TestResume:
    def test_the_picks_are_those_of_a_run_without_interruption(self, make_config: Any, start: Any) -> None:
        whole = start(make_config(name="whole"))
        expected = [whole.step() for _ in range(10)]
        killed = start(make_config(name="killed"))
        for _ in range(4):
            killed.step()
        killed.explore()  # never finished
        resumed = start(make_config(name="killed"))
        assert [resumed.step() for _ in range(6)] == expected[4:]

    def test_the_checkpoint_is_trinitys_json(self, make_config: Any, start: Any) -> None:
        run = start(make_config())
        run.step()
        state = json.loads(Path(run.state.explorer_state_path).read_text(encoding="utf-8"))
        assert state["latest_iteration"] == 1
        assert set(state["taskset_states"][0]) == {"insight", "snapshot", "step"}

    def test_picks_in_flight_at_a_checkpoint_are_given_back(self, make_config: Any, start: Any) -> None:
        """A fully asynchronous explorer saves with batches in flight, and does not repeat them."""
        run = start(make_config())
        run.explore()
        asyncio.run(run.explorer.save_checkpoint())
        assert len(run.selector.selection.selector.pending) == 8
        assert len(start(make_config()).selector.selection.selector.pending) == 0

    def test_another_selectors_checkpoint_is_refused(self, make_config: Any, start: Any) -> None:
        start(make_config(kwargs={}, operators=STOCK, selector_type="shuffle")).step()
        with pytest.raises(SnapshotError, match=r"another selector \(it has \['current_index'\]\)"):
            start(make_config())

    def test_other_settings_are_refused(self, make_config: Any, start: Any) -> None:
        start(make_config()).step()
        with pytest.raises(SnapshotError, match="belief"):
            start(make_config(kwargs={"engine": {"rollouts": K, "belief": {"discount": 0.9}}}))

    def test_another_taskset_is_refused(self, make_config: Any, start: Any, taskset: Path) -> None:
        start(make_config(kwargs={"id_field": "uid", "engine": {"rollouts": K}})).step()
        file = taskset / "train.jsonl"
        file.write_text(file.read_text(encoding="utf-8").replace("q39", "q40"), encoding="utf-8")
        with pytest.raises(SnapshotError, match="not the 40 of this data set"):
            start(make_config(kwargs={"id_field": "uid", "engine": {"rollouts": K}}))


class TestSettings:
    def test_the_rollouts_must_be_said(self, make_config: Any, start: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"engine.rollouts to algorithm.repeat_times"):
            start(make_config(kwargs={}))

    def test_the_outcome_belongs_to_the_operator(self, make_config: Any, start: Any) -> None:
        with pytest.raises(ConfigurationError, match="args of the operator"):
            start(make_config(kwargs={"engine": {"rollouts": K}, "outcome": "accuracy"}))

    @pytest.mark.parametrize("setting", ["allocation", "stages"])
    def test_an_allocation_and_stages_are_refused(self, make_config: Any, start: Any, setting: str) -> None:
        with pytest.raises(ConfigurationError, match=f"engine.{setting}"):
            start(make_config(kwargs={"engine": {"rollouts": K, setting: {}}}))

    @pytest.mark.parametrize(
        ("method", "engine", "message"),
        [
            ("dynamic-sampling", {}, "the method 'dynamic-sampling' drops groups"),
            ("greso", {}, "engine.filter to null"),
            ("ragen-top-p", {}, "no filter that ranks the groups"),
            ("recommended", {"filter": {}}, "remove engine.filter"),
        ],
    )
    def test_a_filter_that_nobody_applies_is_refused(
        self, make_config: Any, start: Any, method: str, engine: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=message):
            start(make_config(kwargs={"method": method, "engine": {"rollouts": K} | engine}))

    def test_a_method_may_run_without_its_filter(self, make_config: Any, start: Any) -> None:
        start(make_config(kwargs={"method": "greso", "engine": {"rollouts": K, "filter": None}})).step()

    def test_an_unknown_setting_is_refused(self, make_config: Any, start: Any) -> None:
        with pytest.raises(ConfigurationError, match="'rollout'"):
            start(make_config(kwargs={"rollout": 8}))

    def test_repeated_ids_are_refused(self, make_config: Any, start: Any) -> None:
        with pytest.raises(PoolError, match="taskset 'toy'"):
            start(make_config(kwargs={"id_field": "source", "engine": {"rollouts": K}}))

    def test_a_row_without_domain_is_refused(self, make_config: Any, start: Any) -> None:
        with pytest.raises(PoolError, match="row 0 of taskset 'toy' has no 'origin'"):
            start(make_config(kwargs={"domain_field": "origin", "engine": {"rollouts": K}}))

    def test_the_seed_is_trinitys_unless_insight_has_its_own(self, make_config: Any, start: Any) -> None:
        def first_batch(seed: int, kwargs: dict[str, Any]) -> list[int]:
            config = make_config(
                kwargs={"engine": {"rollouts": K}} | kwargs, seed=seed, name=f"{seed}-{len(kwargs)}"
            )
            return start(config).step()

        assert first_batch(3, {}) == first_batch(9, {"seed": 3}) != first_batch(9, {})


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example's plug-in folder, loaded by Trinity as `trinity run` loads it."""
    monkeypatch.setenv("TRINITY_PLUGIN_DIRS", str(EXAMPLE / "plugins"))
    # Trinity copies plug-ins into its package, for its other processes; a test should not.
    monkeypatch.setattr("trinity.utils.plugin_loader.shutil.copy2", lambda *_: None)
    sys.modules.pop("trinity.plugins.insight", None)
    load_plugins()


def test_trinitys_plug_in_loader_gives_the_short_names(plugins: None, make_config: Any, start: Any) -> None:
    assert SELECTORS.get("insight") is InSightSelector
    assert EXPERIENCE_OPERATORS.get("insight_outcomes") is OutcomesOperator
    operator = OperatorConfig(name="insight_outcomes", args={"outcome": "accuracy"})
    run = start(make_config(COUNTING, selector_type="insight", operators=[operator]))
    assert evidence(run.selector, run.step()) == [K] * 8


def test_the_example_runs_as_trinitys_parser_reads_it(
    plugins: None, tmp_path: Path, taskset: Path, make_config: Any, start: Any
) -> None:
    config = load_config(str(EXAMPLE / "gsm8k.yaml"))
    BufferConfigValidator()._check_explorer_input(config)
    (tasks,) = config.buffer.explorer_input.tasksets
    assert tasks.repeat_times == tasks.data_selector.kwargs["engine"]["rollouts"] == 8
    # The same selector, operators and monitor on a taskset and a workflow that are here.
    tasks.path, tasks.subset_name, tasks.batch_size = str(taskset), None, 8
    tasks.default_workflow_type, tasks.default_reward_fn_type = "simulated", None
    here = make_config()
    here.buffer.explorer_input, here.monitor.monitor_type = (
        config.buffer.explorer_input,
        config.monitor.monitor_type,
    )
    here.monitor.monitor_args = config.monitor.monitor_args
    here.data_processor.experience_pipeline.operators = config.data_processor.experience_pipeline.operators
    run = start(here)
    assert isinstance(run.monitor, InSightMonitor)
    selector, batch = run.selector.selection.selector, run.step()
    assert (selector.beliefs().last_visit >= 0).nonzero()[0].tolist() == sorted(batch)
    assert selector.metrics()["rollouts"] == 8 * 8


def test_another_trinity_is_refused_at_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trinity.__version__", "0.7.0")
    spec = importlib.util.spec_from_file_location("again", sys.modules[InSightSelector.__module__].__file__)
    assert spec is not None and spec.loader is not None
    with pytest.raises(ImportError, match=r"made for Trinity-RFT .* and found 0\.7\.0"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def test_metrics_reach_trinitys_monitor(
    make_config: Any, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "insight_rl.trinity._LIVE", weakref.WeakSet()
    )  # other tests' selectors may be uncollected
    config = make_config()
    config.monitor.monitor_type = "insight_rl.trinity.InSightMonitor"
    run = start(config)
    inner = run.monitor.inner
    seen: list[dict[str, Any]] = []
    write = inner.log
    inner.log = lambda data, step, **k: (seen.append(data), write(data, step, **k))
    run.step()
    step = next(data for data in seen if "rollout/model_version" in data)
    assert {"insight/belief_mean", "insight/calibration_bias"} <= set(step)
    assert step["insight/signal_share"] == step["experience_pipeline/insight/signal_share"]
    events = Path(config.monitor.cache_dir) / "tensorboard" / "explorer"
    assert any(name.startswith("events") for name in os.listdir(events))


def test_metrics_of_several_tasksets_carry_their_names(
    make_config: Any, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insight_rl.trinity._LIVE", weakref.WeakSet())
    config = make_config()
    config.monitor.monitor_type = "insight_rl.trinity.InSightMonitor"
    other = make_config().buffer.explorer_input.tasksets[0]
    other.name = "other"
    config.buffer.explorer_input.tasksets.append(other)
    run = start(config)
    seen: list[dict[str, Any]] = []
    run.monitor.inner.log = lambda data, step, **_: seen.append(data)
    run.step()
    assert {"insight/toy/belief_mean", "insight/other/belief_mean"} <= set().union(*seen)
