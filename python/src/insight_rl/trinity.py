"""Prompt selection inside Trinity-RFT 0.6: the tasks of a taskset that the explorer runs next.

Trinity chooses tasks in its explorer and sees rewards in another process, so two parts work together:

- `InSightSelector`, a taskset's `data_selector.selector_type`, chooses, learns, and is in the checkpoint;
- `OutcomesOperator`, in `data_processor.experience_pipeline.operators`, says which rollouts were right, in
  place of Trinity's `pass_rate_calculator`. That one hands on mean rewards: the number of rollouts is lost,
  and a sum of reward components is not a pass rate.

`InSightMonitor`, a `monitor.monitor_type`, is optional: it logs the belief's metrics beside Trinity's own.
"""

from __future__ import annotations

import base64
import weakref
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import trinity
from packaging.specifiers import SpecifierSet
from trinity.buffer.operators.experience_operator import ExperienceOperatorV1
from trinity.buffer.selector.selector import BaseSelector
from trinity.common.config import DataSelectorConfig
from trinity.common.constants import SELECTOR_METRIC
from trinity.common.experience import Experience
from trinity.utils.log import get_logger
from trinity.utils.monitor import MONITOR, Monitor

from insight_rl.config import SelectionConfig
from insight_rl.errors import ConfigurationError, OutcomeError, PoolError, SnapshotError
from insight_rl.rows import column_of, outcomes_of, prompt_ids, rows_of
from insight_rl.selection import Group, Selection

VERSIONS = SpecifierSet(">=0.6.0,<0.7")
"""The versions of Trinity-RFT that this adapter is made for; its tests run 0.6.0."""

if trinity.__version__ not in VERSIONS:
    raise ImportError(
        f"insight_rl.trinity is made for Trinity-RFT {VERSIONS} and found {trinity.__version__}: install one "
        "of those, or a newer insight-rl"
    )

UNSUPPORTED = {
    "allocation": "Trinity runs each task repeat_times times",
    "filter": "Trinity does not tell a selector to refill a batch",
    "varianceFilter": "Trinity has no filter that ranks the groups of a batch",
    "stages": "Trinity runs each task once",
}
_OPERATOR = "insight_rl.trinity.OutcomesOperator"
_LIVE: weakref.WeakSet[InSightSelector] = weakref.WeakSet()  # of this process, for InSightMonitor


class InSightSelector(BaseSelector):
    """Chooses tasks, learns their outcomes, and keeps both through a resume.

    `data_selector.kwargs` are the settings of `SelectionConfig`; the seed is `data_selector.seed` unless
    they have one. An id is the column `id_field`, else the row's position, by which Trinity knows a task.
    Its domain is the column `domain_field`, such as a level; selection learns of each domain apart.
    """

    def __init__(self, data_source: Any, config: DataSelectorConfig) -> None:
        """Makes every row of the taskset a prompt.

        Args:
            data_source: Trinity's reader, with `dataset` of N rows and `name`.
            config: The taskset's `data_selector`.

        Raises:
            ConfigurationError: Where a setting is unknown or misplaced, where Trinity does not act on it, or
                where `engine.rollouts` is missing.
            PoolError: Where ids or domains are missing, or ids repeated.
        """
        super().__init__(data_source, config)
        self.name = data_source.name
        settings = SelectionConfig.parse({"seed": config.seed} | dict(config.kwargs))
        if "rollouts" not in settings.engine:
            raise ConfigurationError(
                f"taskset {self.name!r}: set data_selector.kwargs.engine.rollouts to algorithm.repeat_times, "
                "which Trinity does not tell a selector"
            )
        if settings.outcome is not None or settings.outcome_threshold is not None:
            raise ConfigurationError(
                f"outcome and outcome_threshold are args of the operator {_OPERATOR}, which sees the rewards"
            )
        rows, id_field, domain_field = data_source.dataset, settings.id_field, settings.domain_field
        ids, domains = [str(position) for position in range(len(rows))], None
        if id_field is not None:
            fix = f"Give each row of taskset {self.name!r} its own {id_field!r}"
            ids = prompt_ids(column_of(rows, id_field), field=id_field, fix=fix)
        if domain_field is not None:
            domains = column_of(rows, domain_field)
            if None in domains:
                raise PoolError(f"row {domains.index(None)} of taskset {self.name!r} has no {domain_field!r}")
        # By whole rows: which of its columns is the prompt, Trinity does not tell a selector.
        self.selection = Selection(
            ids,
            domains=domains,
            prompts=rows_of(rows),
            config=settings,
            unsupported=UNSUPPORTED,
        )
        self.step = (
            0  # batches learned from: the policy version, as Trinity does not tell a selector the model's
        )
        self.latest: dict[str, float] = {}
        self._out: deque[list[int]] = deque()  # the positions of each batch handed out, the oldest first
        self._logger = get_logger(__name__, in_ray_actor=True)
        _LIVE.add(self)

    def get_indices(self, batch_size: int, return_extra_info: bool = False) -> Any:
        """Chooses the next tasks.

        Returns:
            `[batch_size]` positions; with `return_extra_info` also the columns that they were chosen by.
        """
        picks = self.selection.take(batch_size)
        indices = picks.positions.tolist()
        self._out.append(indices)
        if not return_extra_info:
            return indices
        columns = {name: getattr(picks, name).tolist() for name in ("acquisition", "alpha", "beta")}
        return indices, {"indices": indices} | columns

    def feedback(self, indices: Sequence[int], values: Sequence[Sequence[float]]) -> None:
        """Learns from the groups of one explorer step.

        A task of that step or an earlier one without a group failed, or over-rollout cut it off. The explorer
        closes its steps in order, so the group never comes: the pick is given back.

        Args:
            indices: `[G]` positions.
            values: `[G][K]` outcomes, NaN where a rollout has none.

        Raises:
            ConfigurationError: Where they are Trinity's mean rewards.
        """
        if any(np.ndim(value) == 0 for value in values):
            raise ConfigurationError(
                f"taskset {self.name!r} got mean rewards, which do not tell outcomes: put {_OPERATOR} "
                "in place of pass_rate_calculator in data_processor.experience_pipeline.operators"
            )
        names = self.selection.selector.ids_at(indices)
        groups = [Group(name, value) for name, value in zip(names, values, strict=True)]
        self.selection.learn(groups, self.step + 1)
        self.step += 1
        back = set(indices)
        closed = max((number for number, batch in enumerate(self._out) if back & set(batch)), default=-1)
        for _ in range(closed + 1):
            missing = [index for index in self._out.popleft() if index not in back]
            self.selection.abandon(self.selection.selector.ids_at(missing))
        self.latest = self.selection.metrics()
        text = " ".join(f"{name.removeprefix('insight/')}={value:.4g}" for name, value in self.latest.items())
        self._logger.info("insight %s step %d: %s", self.name, self.step, text)

    def state_dict(self) -> dict[str, Any]:
        """Returns the whole state, as the JSON that Trinity's checkpoints are."""
        state = self.selection.state_dict()
        snapshot = base64.b64encode(zlib.compress(state.pop("snapshot"))).decode()
        return {"insight": state, "snapshot": snapshot, "step": self.step}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Goes on from a checkpoint, or begins where Trinity has none.

        Trinity does not repeat steps that were running when it stopped: their picks are given back.

        Raises:
            SnapshotError: Where the checkpoint is another selector's, or of another pool or settings.
        """
        if dict(state_dict) == {"current_index": 0}:  # what Trinity loads at the start of a run
            return
        if "insight" not in state_dict:
            raise SnapshotError(
                f"the checkpoint of taskset {self.name!r} was written by another selector (it has "
                f"{sorted(state_dict)}): resume with that one, or give the run a new name"
            )
        snapshot = zlib.decompress(base64.b64decode(state_dict["snapshot"]))
        self.selection.load_state_dict(state_dict["insight"] | {"snapshot": snapshot})
        self.selection.abandon(self.selection.selector.pending.ids)
        self.step = state_dict["step"]
        self._out.clear()


class OutcomesOperator(ExperienceOperatorV1):
    """Tells selectors each rollout's outcome; leaves experiences as they are. Filters belong after it."""

    def __init__(self, outcome: str | None = None, outcome_threshold: float | None = None) -> None:
        """Says which rollouts count as right.

        Args:
            outcome: A name in an experience's metrics, else its info, such as `accuracy`; None for its
                reward, which Trinity's workflows add up from all reward components.
            outcome_threshold: Values of this much or more are right; None where all are 0 or 1.
        """
        self.config = SelectionConfig.parse({"outcome": outcome, "outcome_threshold": outcome_threshold})

    async def process(self, exps: list[Experience]) -> tuple[list[Experience], dict[str, Any]]:
        """Collects the outcomes of one explorer step.

        Args:
            exps: All of its experiences; where a rollout has several, the last one says how it ended.

        Returns:
            The experiences, and metrics with the selectors' `[G][K]` outcomes.

        Raises:
            OutcomeError: Where a value is not an outcome, or the workflow does not number its rollouts.
        """
        tasks: dict[tuple[int, int], dict[int, dict[int, float]]] = {}  # (taskset, index) -> run -> step
        for exp in exps:
            task = exp.info["task_index"]
            runs = tasks.setdefault((task["taskset_id"], task["index"]), {})
            if exp.eid.step in runs.setdefault(exp.eid.run, {}):
                raise OutcomeError(
                    f"task {task['index']} has two experiences of run {exp.eid.run}, step {exp.eid.step}: "
                    "the workflow must set eid.run, and eid.step where a run has several"
                )
            runs[exp.eid.run][exp.eid.step] = self._value(exp)
        feedback: dict[int, dict[str, list[Any]]] = {}
        groups = []
        for (taskset, index), runs in sorted(tasks.items()):
            values = [steps[max(steps)] for _, steps in sorted(runs.items())]
            outcomes = outcomes_of(
                values,
                self.config,
                what=f"rewards of task {index}",
                setting=f"args of {_OPERATOR}: {{name}}: {{value}}",
            )
            entry = feedback.setdefault(taskset, {"indices": [], "values": []})
            entry["indices"].append(index)
            entry["values"].append(outcomes.tolist())
            groups.append(outcomes[~np.isnan(outcomes)])
        metrics: dict[str, Any] = {SELECTOR_METRIC: feedback}
        if known := [group for group in groups if len(group)]:
            mixed = float(np.mean([group.min() < group.max() for group in known]))
            metrics["insight/mixed_share"] = metrics["insight/signal_share"] = mixed
            metrics["insight/success_rate"] = float(np.concatenate(known).mean())
        return exps, metrics

    def _value(self, exp: Experience) -> float:
        value: Any = exp.reward
        if (key := self.config.outcome) is not None:
            named = exp.info | exp.metrics
            if key not in named:
                raise OutcomeError(
                    f"an experience has no {key!r}; name one of {sorted(named)} as the outcome"
                )
            value = named[key]
        return float("nan") if value is None else float(value)


class InSightMonitor(Monitor):
    """The monitor that `monitor_args.monitor` names (tensorboard), with the selectors' metrics too."""

    def __init__(self, project: str, group: str, name: str, role: str, config: Any = None) -> None:
        """Builds it with the same arguments."""
        super().__init__(project, name, role, config)
        kind = (config.monitor.monitor_args or {}).get("monitor", "tensorboard")
        self.inner = MONITOR.get(kind)(project=project, group=group, name=name, role=role, config=config)
        self.log_table = self.inner.log_table

    def log(self, data: dict[str, Any], step: int, commit: bool = False) -> None:
        """Logs `data`, and what each selector learned since the last call."""
        several = len(self.config.buffer.explorer_input.tasksets) > 1
        for selector in _LIVE:
            prefix = f"insight/{selector.name}" if several else "insight"
            data = data | {
                name.replace("insight", prefix, 1): value for name, value in selector.latest.items()
            }
            selector.latest = {}
        self.inner.log(data, step, commit=commit)

    def close(self) -> None:
        """Closes it."""
        self.inner.close()
