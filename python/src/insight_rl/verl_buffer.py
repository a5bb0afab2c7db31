"""The replay buffers of verl 0.9 that learn; `insight_rl.verl` says how they are used."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import verl
from packaging.specifiers import SpecifierSet

VERSIONS = SpecifierSet(">=0.9.1,<0.10")
"""The versions of verl that are accepted; the tests run 0.9.1."""

# Before anything of trainer v1 is imported, whose absence would say less.
if verl.__version__ not in VERSIONS:
    raise ImportError(
        f"insight_rl.verl is made for verl {VERSIONS}, and this is verl {verl.__version__}. Install one of "
        "those, or, with verl up to 0.7.1, use insight_rl.verl_sampler."
    )


import transfer_queue as tq  # noqa: E402
from verl.trainer.ppo.v1.replay_buffer import ReplayBuffer, ReplayBufferAsync  # noqa: E402

from insight_rl.errors import ConfigurationError, InsightError  # noqa: E402
from insight_rl.picks import Pick  # noqa: E402
from insight_rl.selection import Group, Selection  # noqa: E402
from insight_rl.verl_rows import RowReader, of_run  # noqa: E402

TRAIN = "train"
"""verl's partition of the transfer queue that is trained on; validation has another."""
TICKET = "insight_ticket"
"""Where a row's `extra_info` has its pick's ticket."""

logger = logging.getLogger(__name__)
_waiting: list[_Learning] = []
"""The newest replay buffer of this process, until a training set joins it."""


if TYPE_CHECKING:
    # The class that learns uses methods of the buffer that comes after it among the bases.
    from verl.trainer.ppo.v1.replay_buffer import ReplayBuffer as _Buffer
else:
    _Buffer = object


class Chooser(Protocol):
    """The training set, as far as a replay buffer knows it."""

    selection: Selection | None
    ahead: list[Pick]


def refuse_without_buffer() -> None:
    """Refuses to go on where no replay buffer of this process waits for a training set.

    Raises:
        ConfigurationError: Naming what to add.
    """
    if not _waiting:
        raise ConfigurationError(
            "This process has no replay buffer that would learn from what the data set decides. Add "
            "trainer.v1.sampler.custom_sampler.path=pkg://insight_rl.verl and "
            "trainer.v1.sampler.custom_sampler.name=replay_buffer, with trainer.use_v1=True. Trainers that "
            "load data in another process than they train in, such as those of "
            "verl.experimental.fully_async_policy, cannot be used so."
        )


def join(dataset: Chooser, reader: RowReader) -> None:
    """Makes the waiting replay buffer learn for a training set."""
    refuse_without_buffer()
    _waiting.pop().join(dataset, reader)


class _Learning(_Buffer):
    """Learns from every group that leaves verl's replay buffer: sampled, filtered, stale, or left over."""

    trainer_mode: str
    partitions: dict[str, dict[str, dict[str, Any]]]

    def __init__(self, **settings: Any) -> None:
        """As the replay buffer, whose settings are all given by name."""
        super().__init__(**settings)
        self._dataset: Chooser | None = None
        self._reader: RowReader | None = None
        self._step = 0
        _waiting[:] = [self]

    def join(self, dataset: Chooser, reader: RowReader) -> None:
        """Takes up a training set, whose selector is told what came of its picks."""
        self._dataset, self._reader = dataset, reader

    @property
    def _selection(self) -> Selection:
        return self._joined[0]

    @property
    def _joined(self) -> tuple[Selection, RowReader, list[Pick]]:
        """The training set's selection, the reader of its rows, and its picks still to be handed out."""
        if self._dataset is None or self._reader is None or self._dataset.selection is None:
            raise ConfigurationError(
                "The replay buffer learns for a data set that this process does not have. Add "
                "data.custom_cls.path=pkg://insight_rl.verl data.custom_cls.name=InsightDataset."
            )
        return self._dataset.selection, self._reader, self._dataset.ahead

    def sample(
        self, global_steps: int, partition_id: str, batch_size: int
    ) -> tuple[tq.KVBatchMeta, dict[str, Any]]:
        """Samples as verl does, then learns; what is returned beside the batch goes to verl's logger."""
        if partition_id != TRAIN:
            return super().sample(global_steps, partition_id, batch_size)
        selection, self._step = self._selection, global_steps
        batch, metrics = super().sample(global_steps, partition_id, batch_size)
        self._learn(batch.keys)
        self._free_lost_picks()
        return batch, {**metrics, **selection.metrics()}

    def _evict_terminal_groups(
        self, global_steps: int, *args: Any
    ) -> tuple[set[str], int, int, dict[str, Any]]:
        """Notes the policy's version for what is evicted; trainers evict between samples, too."""
        self._step = global_steps
        return super()._evict_terminal_groups(global_steps, *args)

    def _clear_groups(self, partition_id: str, uids: set[str]) -> None:
        """Learns from groups that will not be trained on: their rollouts were paid for and tell as much."""
        if partition_id == TRAIN:
            self._learn([key for key in self.partitions[TRAIN] if key.split("_")[0] in uids])
        super()._clear_groups(partition_id, uids)

    def _learn(self, keys: Sequence[str]) -> None:
        """Learns from finished rollouts.

        Args:
            keys: Their keys, `{uid}_{session}_{output}`; a prompt's rollouts share the uid.
        """
        selection, reader, _ = self._joined
        # A rollout may have several outputs, to all of which verl gives its score: one is enough.
        keys = list({key.rsplit("_", 1)[0]: key for key in keys}.values())
        rows = _rows(keys, [*reader.columns, "extra_info", "extra_fields", "rm_scores"])
        if any("rm_scores" not in row for row in rows):
            raise InsightError(
                "The rollouts have no scores yet when the batch is sampled: a colocated reward model scores "
                "them later. Set reward.reward_model.enable_resource_pool=True, or use a reward function."
            )
        outcomes = reader.outcomes(
            [row["rm_scores"].sum().numpy()[()] for row in rows],
            [(row.get("extra_fields") or {}).get("reward_extra_info") or {} for row in rows],
            [row.get("data_source") for row in rows],
        )
        groups: dict[str, list[int]] = {}
        for place, key in enumerate(keys):
            groups.setdefault(key.split("_")[0], []).append(place)
        selection.learn(
            [
                Group(
                    id=reader.identity(rows[places[0]]) or "",
                    outcomes=outcomes[places],
                    ticket=rows[places[0]]["extra_info"].get(TICKET),
                )
                for places in groups.values()
            ],
            self._step,
        )

    def _free_lost_picks(self) -> None:
        """Abandons picks whose prompt verl no longer has: every rollout failed, or a restart lost them."""
        selection, _, ahead = self._joined
        pending = selection.selector.pending
        keys = (tq.kv_list(TRAIN) or {}).get(TRAIN, {})
        prompts = [key for key, tag in keys.items() if tag.get("is_prompt")]
        # Sync trainers keep no rows of prompts in flight, and have none in flight when a batch is complete.
        if len(pending) <= len(prompts) + len(ahead) or (prompts and self.trainer_mode == "sync"):
            return
        held = {pick.ticket for pick in ahead}
        held |= {row["extra_info"].get(TICKET) for row in _rows(prompts, ["extra_info"])}
        lost = [pick.id for pick in pending if pick.ticket not in held]
        logger.warning("Nothing came of %d picks; their prompts may be chosen again.", len(lost))
        selection.abandon(lost)


class InsightReplayBuffer(_Learning, ReplayBuffer):
    """verl's replay buffer of the sync trainer, learning."""


class InsightReplayBufferAsync(_Learning, ReplayBufferAsync):
    """verl's replay buffer of the async trainers, learning."""


def replay_buffer(*, trainer_mode: str, sampler_kwargs: Any, **settings: Any) -> ReplayBuffer:
    """Makes the learning replay buffer of a trainer mode; this is what `custom_sampler.name` names.

    verl does not hand a custom buffer the settings of its group filter (DAPO), and filtering would silently
    be off. So they are read here from where verl's own buffer has them, `algorithm.filter_groups`, through
    `sampler_kwargs`, which is a node of the run's configuration.

    Args:
        trainer_mode: sync, colocate_async or separate_async.
        sampler_kwargs: verl's `trainer.v1.sampler.sampler_kwargs`, with nothing in it.
        **settings: What else verl hands a replay buffer.

    Returns:
        The replay buffer, waiting for the training set to join it.

    Raises:
        ConfigurationError: Where `sampler_kwargs` has something in it, or is not part of a run's
            configuration.
    """
    if sampler_kwargs:
        raise ConfigurationError(
            f"trainer.v1.sampler.sampler_kwargs has {', '.join(sampler_kwargs)}, which nothing here reads: "
            "settings of selection go below data.insight, those of the group filter below "
            "algorithm.filter_groups."
        )
    group_filter = of_run(sampler_kwargs, 4, "algorithm.filter_groups")
    if group_filter is None:
        raise ConfigurationError(
            "Nothing says whether groups are filtered: sampler_kwargs is not "
            "trainer.v1.sampler.sampler_kwargs of a run's configuration, from which algorithm.filter_groups "
            "is read."
        )
    kind = InsightReplayBuffer if trainer_mode == "sync" else InsightReplayBufferAsync
    return kind(
        trainer_mode=trainer_mode,
        sampler_kwargs=sampler_kwargs,
        filter_groups_metric=group_filter.metric if group_filter.enable else None,
        train_batch_size=of_run(sampler_kwargs, 4, "data.train_batch_size"),
        # Where groups are refilled verl fetches prompts one by one, and elsewhere it does not look.
        gen_batch_size=1,
        max_inflight_gen_batches=group_filter.get("max_inflight_gen_batches", 1),
        sync_refill_failed_groups=bool(of_run(sampler_kwargs, 1, "sync_refill_failed_groups")),
        **settings,
    )


def _rows(keys: Sequence[str], fields: Iterable[str]) -> list[Mapping[str, Any]]:
    """Reads rows of the training partition; fields that no row has are left out."""
    if not keys:
        return []
    data = tq.kv_batch_get(keys=list(keys), partition_id=TRAIN, select_fields=list(dict.fromkeys(fields)))
    # Values other than tensors come wrapped or not, depending on the queue's store.
    columns = {
        name: [value if name == "rm_scores" else getattr(value, "data", value) for value in data[name]]
        for name in data.keys()  # noqa: SIM118
    }
    return [{name: column[row] for name, column in columns.items()} for row in range(len(keys))]
