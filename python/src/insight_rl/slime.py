"""Prompt selection inside slime: the data source chooses, and a hook after each rollout learns.

    --data-source-path insight_rl.slime.InSightDataSource
    --rollout-all-samples-process-path insight_rl.slime.learn
    --custom-rollout-log-function-path insight_rl.slime.log   # metrics beside slime's own; optional
    --custom-config-path insight.yaml                         # settings below the key `insight`; optional

slime copies that file's keys onto its arguments. `args.insight` holds the settings of `SelectionConfig` and
one more, `fresh`: whether to go on, knowing nothing, from a checkpoint without selection's state. Under
`train.py` prompts are chosen after the rollout before was learned from; `train_async.py` chooses one rollout
ahead.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import math
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from insight_rl import _files
from insight_rl.config import SelectionConfig
from insight_rl.errors import ConfigurationError, OutcomeError, PoolError, SelectionError, SnapshotError
from insight_rl.rows import field_of, outcomes_of, prompt_ids
from insight_rl.selection import Group, Selection

try:  # newer slime has its data sources here
    from slime.data.data_source import RolloutDataSourceWithBuffer
except ModuleNotFoundError:
    from slime.rollout.data_source import RolloutDataSourceWithBuffer
from slime.utils.types import Sample

_LOGGER = logging.getLogger(__name__)
_HOOK = "--rollout-all-samples-process-path"
_FRESH = "to begin with an empty belief all the same, set `fresh: true` below `insight:`"
_STATE = ("sample_offset", "epoch_id", "sample_group_index", "sample_index", "metadata", "buffer")


class InSightDataSource(RolloutDataSourceWithBuffer):
    """slime's data source with the prompts chosen by InSight. Reading the data and the buffer stay slime's.

    A prompt's id is `insight.id_field`, a path such as `metadata.id`; by default a digest of prompt and
    label. Its domain is `insight.domain_field`, such as `metadata.level`; selection learns from each domain
    apart.
    """

    def __init__(self, args: Any) -> None:
        """Reads the data set and makes all of it the pool.

        Raises:
            ConfigurationError: Where a setting is unknown, slime does not act on it, or nothing would be
                learned.
            PoolError: Where there is no data set, or ids are missing or repeated.
        """
        super().__init__(args)
        settings = getattr(args, "insight", None) or {}
        self._fresh = False
        if isinstance(settings, Mapping):
            self._fresh = bool(settings.get("fresh"))
            settings = {key: value for key, value in settings.items() if key != "fresh"}
        self.config = SelectionConfig.parse(settings)
        if getattr(args, "rollout_all_samples_process_path", None) is None:
            raise ConfigurationError(f"nothing would be learned: add {_HOOK} insight_rl.slime.learn")
        if "fully_async" in args.rollout_function_path:
            raise ConfigurationError(
                f"{args.rollout_function_path} does not call {_HOOK}, so nothing would be learned; "
                "use slime.rollout.sglang_rollout.generate_rollout"
            )
        unsupported = {
            "allocation": "slime rolls out n_samples_per_prompt of each prompt",
            # Also with a filter: it sees one group at a time, and slime refills.
            "varianceFilter": "slime's filter does not rank the groups of a batch",
            "stages": "slime rolls out each prompt once",
        }
        if not getattr(args, "dynamic_sampling_filter_path", None):
            unsupported["filter"] = (
                "slime trains on every group unless --dynamic-sampling-filter-path names its filter"
            )
        if not self.dataset:
            raise PoolError("there is no prompt to choose from: set --prompt-data")
        # The file's order: slime shuffles `samples` anew by seed and epoch.
        self._prompts = list(getattr(self.dataset, "origin_samples", None) or self.dataset.samples)
        field, domain = self.config.id_field, self.config.domain_field
        ids = prompt_ids(
            [_digest(prompt) if field is None else field_of(vars(prompt), field) for prompt in self._prompts],
            field=field or "prompt and label",
            fix="Give each row of --prompt-data an id in its --metadata-key and set insight.id_field to "
            "metadata.NAME; rows that repeat a prompt have to go",
        )
        domains = None if domain is None else [str(_required(prompt, domain)) for prompt in self._prompts]
        self.selection = Selection(
            ids,
            domains=domains,
            prompts=[prompt.prompt for prompt in self._prompts],
            config=self.config,
            rollouts=args.n_samples_per_prompt,
            unsupported=unsupported,
        )
        self.rollouts = 0  # learned from so far: the policy version
        self._out: dict[int, tuple[int, str]] = {}  # group_index -> ticket and id of each group handed out
        self._unreturned: set[int] = set()  # what the last rollout neither finished nor, so far, returned

    def get_samples(self, num_samples: int) -> list[list[Sample]]:
        """Hands out partial groups first, then the prompts worth rolling out.

        Returns:
            `num_samples` groups of K; fewer where all other prompts are out, and slime then asks again.

        Raises:
            SelectionError: Where every prompt is out.
        """
        self._give_back()
        groups = list(self._get_samples_from_buffer(num_samples))
        count = min(num_samples - len(groups), self.selection.selector.available)
        if count > 0:
            groups += [self._group(pick) for pick in self.selection.take(count)]
        if not groups and num_samples > 0:
            raise SelectionError(
                f"all {len(self._prompts)} prompts are out: lower --over-sampling-batch-size, loosen "
                "--dynamic-sampling-filter-path, or add prompts"
            )
        return groups

    def add_samples(self, samples: list[list[Sample]]) -> None:
        """Takes partial groups back; their picks stay pending."""
        super().add_samples(samples)
        self._unreturned -= {_first(group).group_index for group in samples}

    def learn(self, groups: Sequence[Sequence[Any]]) -> dict[str, float]:
        """Learns from the groups that a rollout finished, also those that its filter dropped: all or none.

        Args:
            groups: `[G][K]` samples; a rollout may be a list of samples.

        Returns:
            The metrics of this rollout.

        Raises:
            OutcomeError: Where a reward is not an outcome, or a group was not handed out or came before.
        """
        numbers = [_first(group).group_index for group in groups]
        if unknown := [number for number in numbers if number not in self._out]:
            raise OutcomeError(
                f"group_index {unknown[0]} is not out: a custom generate function must keep the sample's "
                "group_index, and a rollout function must pass each group on once"
            )
        learned = []
        for number, group in zip(numbers, groups, strict=True):
            ticket, name = self._out[number]
            values = [self._outcome(item if isinstance(item, list) else [item]) for item in group]
            outcomes = outcomes_of(
                values, self.config, what=f"rewards of prompt {name}", setting="insight.{name}: {value}"
            )
            learned.append(Group(name, outcomes, ticket))
        self.selection.learn(learned, self.rollouts + 1)
        self.rollouts += 1
        for number in numbers:
            del self._out[number]
        # slime calls add_samples right after this; what it aborted and does not add then, it has dropped.
        self._unreturned = set(self._out) - {_first(group).group_index for group in self.buffer}
        return self.selection.metrics()

    def state_dict(self) -> dict[str, Any]:
        """Returns slime's counters and buffer, and the selection with its pending picks.

        Buffered samples are plain data in it. A group that holds anything else, such as images, is left out;
        a resumed run frees its pick.
        """
        self._give_back()
        state = {name: copy.deepcopy(getattr(self, name)) for name in _STATE}
        groups = [_packed(group) for group in state["buffer"]]
        state["buffer"] = [group for group in groups if _is_plain(group)]
        if left_out := len(groups) - len(state["buffer"]):
            _LOGGER.warning(
                "%d partial groups hold more than plain data and are not saved; a resumed run begins them "
                "again.",
                left_out,
            )
        return state | {"insight": [self.selection.state_dict(), dict(self._out), self.rollouts]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from `state`.

        Raises:
            SnapshotError: Where it has no belief and `fresh` is off, or is of another pool or settings.
        """
        if "insight" in state:
            selection, out, rollouts = state["insight"]
            self.selection.load_state_dict(selection)
            self._out, self.rollouts = dict(out), rollouts
            kept = {_first(_unpacked(group)).group_index for group in state.get("buffer", [])}
            self._unreturned = set(self._out) - kept
        elif not self._fresh:
            raise SnapshotError(f"the checkpoint has no InSight belief, only {sorted(state)}; {_FRESH}")
        for name in set(_STATE) & set(state):
            value = copy.deepcopy(state[name])
            setattr(self, name, [_unpacked(group) for group in value] if name == "buffer" else value)

    def save(self, rollout_id: int) -> None:
        """Writes the state where slime keeps that of its data source. The file is complete or unchanged."""
        if self._out and self.rollouts == 0:
            raise ConfigurationError(
                f"rollout {rollout_id} is done and nothing was learned: "
                f"{self.args.rollout_function_path} does not call {_HOOK}"
            )
        path = _path(self.args.save, rollout_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _files.replacing(path) as partial:
            torch.save(self.state_dict(), partial)

    def load(self, rollout_id: int | None = None) -> None:
        """Reads the state of `rollout_id`. With -1 slime begins a new run, and nothing is read.

        Raises:
            SnapshotError: Where there is none and `fresh` is off, or it holds more than plain data.
        """
        if self.args.load is None or rollout_id is None or rollout_id < 0:
            return
        path = _path(self.args.load, rollout_id)
        if path.exists():
            try:
                # Plain data only: unpickling anything else can run code.
                state = torch.load(path, weights_only=True)
            except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, ValueError) as error:
                raise SnapshotError(
                    f"{path} cannot be read as plain data: it is damaged, or insight-rl 0.1 wrote it with "
                    f"samples in its buffer ({error})"
                ) from None
            self.load_state_dict(state)
        elif not self._fresh:
            raise SnapshotError(f"there is no {path}; {_FRESH}")

    def _group(self, pick: Any) -> list[Sample]:
        group = [copy.deepcopy(self._prompts[pick.position]) for _ in range(pick.rollouts)]
        for sample in group:
            sample.group_index, sample.index = self.sample_group_index, self.sample_index
            self.sample_index += 1
        self._out[self.sample_group_index] = (pick.ticket, pick.id)
        self.sample_group_index += 1
        # There are no epochs; these count as if there were, for whoever goes back to slime's own order.
        self.sample_offset: int
        offset = self.sample_offset + 1
        self.sample_offset = offset % len(self._prompts)
        self.epoch_id += offset // len(self._prompts)
        return group

    def _give_back(self) -> None:
        self.selection.abandon([self._out.pop(number)[1] for number in sorted(self._unreturned)])
        self._unreturned = set()

    def _outcome(self, samples: list[Sample]) -> float:
        """Reads one rollout's value; NaN where a sample was aborted or has no reward."""
        if any(sample.status == Sample.Status.ABORTED or sample.reward is None for sample in samples):
            return math.nan
        if (key := self.config.outcome) is None:
            values = [sample.get_reward_value(self.args) for sample in samples]
        else:
            path = key if key.startswith("metadata.") else f"reward.{key}"
            values = [_required(sample, path) for sample in samples]
        if isinstance(values[0], Mapping):
            raise OutcomeError(f"a reward has the parts {sorted(values[0])}: name one in insight.outcome")
        if len(set(values)) > 1:
            raise OutcomeError(
                f"one rollout's samples have the rewards {values}: put the rollout's outcome into the "
                "metadata of each and set insight.outcome to metadata.NAME"
            )
        return float(values[0])


def learn(args: Any, all_groups: list[list[Any]], data_source: Any) -> None:
    """Learns from a rollout; slime passes the data source's bound `get_samples` as `data_source`."""
    source = getattr(data_source, "__self__", data_source)
    if not isinstance(source, InSightDataSource):
        raise ConfigurationError(
            f"{source!r} does not learn: add --data-source-path insight_rl.slime.InSightDataSource"
        )
    args.insight_metrics = figures = source.learn(all_groups)
    text = " ".join(f"{name.removeprefix('insight/')}={value:.4g}" for name, value in figures.items())
    _LOGGER.info("insight rollout %d: %s", source.rollouts, text)


def log(rollout_id: int, args: Any, samples: Any, rollout_extra_metrics: Any, rollout_time: float) -> bool:
    """Adds the metrics to those that slime logs of a rollout; returns False, so that slime logs them."""
    if rollout_extra_metrics is not None:
        rollout_extra_metrics.update(getattr(args, "insight_metrics", {}))
    return False


def _path(folder: str, rollout_id: int) -> Path:
    return Path(folder) / "rollout" / f"global_dataset_state_dict_{rollout_id}.pt"


def _packed(value: Any) -> Any:
    """A sample, or nested lists of samples, as mappings."""
    return [_packed(item) for item in value] if isinstance(value, list) else value.to_dict()


def _unpacked(value: Any) -> Any:
    """The samples that `_packed` packed."""
    return [_unpacked(item) for item in value] if isinstance(value, list) else Sample.from_dict(value)


def _is_plain(value: Any) -> bool:
    """Whether PyTorch reads a value back without running code."""
    if isinstance(value, dict):
        return all(map(_is_plain, value)) and all(map(_is_plain, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or type(value) in (str, int, float, bool, bytes, torch.Tensor)


def _first(group: Sequence[Any]) -> Sample:
    return group[0][0] if isinstance(group[0], list) else group[0]


def _digest(prompt: Sample) -> str:
    return hashlib.sha256(repr((prompt.prompt, prompt.label)).encode()).hexdigest()[:16]


def _required(sample: Sample, path: str) -> Any:
    if (value := field_of(vars(sample), path)) is None:
        raise ConfigurationError(f"a sample has no {path!r}; its metadata has {sorted(sample.metadata)}")
    return value
