"""Prompt selection inside verl 0.9 (trainer v1), without a fork.

```sh
python3 -m verl.trainer.main_ppo ... \
    data.custom_cls.path=pkg://insight_rl.verl data.custom_cls.name=InsightDataset \
    trainer.v1.sampler.custom_sampler.path=pkg://insight_rl.verl \
    trainer.v1.sampler.custom_sampler.name=replay_buffer data.dataloader_num_workers=0
```

The data set decides and the replay buffer learns, in every trainer mode (sync, colocate_async,
separate_async). Settings are those of `SelectionConfig`, below `data.insight`: `+data.insight.seed=1
+data.insight.outcome=acc +data.insight.domain_field=extra_info.level`. A prompt is known by its row's
`extra_info.index` within its `data_source`, which is also its domain unless `domain_field` names another
field. Selection learns from each domain apart; rules in `engine.domains` divide a batch among them.

Both parts live in the trainer's process and share one selector: verl builds the replay buffer first, and the
training set joins it. The selector is in the loader's part of a checkpoint (`data.pt`), with all pending
picks. A row carries its pick's ticket, so a group that comes batches later, or after a resume, settles its
own pick. `+data.insight.start_afresh=True` goes on, knowing nothing, from a checkpoint without that state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch.utils.data import get_worker_info
from verl.utils.dataset.rl_dataset import RLHFDataset

from insight_rl.errors import ConfigurationError, InsightError
from insight_rl.picks import Pick
from insight_rl.rows import column_of
from insight_rl.selection import Selection
from insight_rl.verl_buffer import TICKET, join, refuse_without_buffer, replay_buffer
from insight_rl.verl_rows import (
    START_AFRESH,
    RowReader,
    of_run,
    refuse_lost_state,
    resumes_from,
    settings_of,
    unsupported,
)

__all__ = ["InsightDataset", "replay_buffer"]


class InsightDataset(RLHFDataset):
    """verl's data set. Its training copy hands out the selector's picks, whatever row it is asked for.

    verl builds the same class for validation, and that copy hands out the row that it is asked for.

    Args:
        data_files: Files to read; where they are `data.train_files`, this is the training set.
        tokenizer: As verl's.
        config: verl's `data` node.
        processor: As verl's.
        max_samples: As verl's.

    Raises:
        ConfigurationError: Where prompts would be fetched, or learned from, in another process; where the
            files to train and to validate on are the same; where a setting is unknown.
        PoolError: Where the rows do not name their prompts.
    """

    def __init__(
        self, data_files: Any, tokenizer: Any, config: Any, processor: Any = None, max_samples: int = -1
    ) -> None:
        """Reads the files and, for training, makes the selector."""
        self.selection: Selection | None = None
        self.ahead: list[Pick] = []
        """Picks that were chosen with their batch and are still to be handed out."""
        self._lost: str | None = None
        train = _paths(config.get("train_files"))
        if _paths(data_files) != train:
            super().__init__(data_files, tokenizer, config, processor, max_samples)
            return
        settings, rollouts, own = settings_of(config, own=(START_AFRESH,))
        # Looked up before this run writes checkpoints itself.
        self._lost = None if own.get(START_AFRESH) else resumes_from(config)
        if train == _paths(config.get("val_files")):
            raise ConfigurationError(
                "data.train_files and data.val_files are the same, and by them training is told from "
                "validation: give the files to validate on under another path (a copy or a link)."
            )
        if of_run(config, 1, "skip.rollout_tq.enable"):
            raise ConfigurationError(
                "skip.rollout_tq replays recorded rollouts, whose prompts were not picked now: turn it off."
            )
        refuse_without_buffer()
        super().__init__(data_files, tokenizer, config, processor, max_samples)
        reader = RowReader(settings)
        ids, domains = reader.pool(self.dataframe)
        prompts = column_of(self.dataframe, self.prompt_key)
        self.selection = Selection(
            ids,
            domains=domains,
            prompts=None if None in prompts else prompts,
            config=settings,
            rollouts=rollouts,
            unsupported=unsupported(config),
        )
        allocation = self.selection.selector.configuration["allocation"]
        if allocation is not None and allocation["minimum"] < 2:
            raise ConfigurationError(
                "data.insight.engine.allocation.minimum is 1, and a group of one rollout has no baseline: "
                "some of verl's advantage estimators then train on the raw score, and others fail. Set it to "
                "2 or more."
            )
        # Quotas and the division of rollouts concern a batch, and async trainers fetch prompts one by one.
        self._at_once = (
            int(config.train_batch_size) if {"allocation", "domains"} & set(settings.engine) else 1
        )
        join(self, reader)

    def __getitem__(self, item: int) -> dict[str, Any]:
        """Returns the selector's next pick in training, row `item` in validation."""
        return super().__getitem__(item) if self.selection is None else self.__getitems__([item])[0]

    def __getitems__(self, items: Sequence[int]) -> list[dict[str, Any]]:
        """Returns one pick for each item, chosen together; verl's loader calls this."""
        if self.selection is None:
            return [super(InsightDataset, self).__getitem__(item) for item in items]
        if get_worker_info() is not None:
            raise InsightError(
                "A worker of the data loader asked for prompts, from a copy of the selector: set "
                "data.dataloader_num_workers=0."
            )
        refuse_lost_state(self._lost)
        if (missing := len(items) - len(self.ahead)) > 0:
            self.ahead += self.selection.take(
                max(missing, min(self._at_once, self.selection.selector.available))
            )
        picks, self.ahead = self.ahead[: len(items)], self.ahead[len(items) :]
        rows = [super(InsightDataset, self).__getitem__(pick.position) for pick in picks]
        for row, pick in zip(rows, picks, strict=True):
            # The extra information goes with every rollout of the prompt, and into verl's own checkpoint.
            row["extra_info"] = {**row["extra_info"], TICKET: pick.ticket}
            # verl's agent loop worker reads this in place of rollout.n.
            row["__rollout_n__"] = pick.rollouts
        return rows

    def state_dict(self) -> dict[str, Any]:
        """Returns the selector with its pending picks; torchdata's loader puts it into `data.pt`."""
        if self.selection is None:
            return {}
        return {"selection": self.selection.state_dict(), "ahead": [pick.ticket for pick in self.ahead]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from `state_dict`.

        Raises:
            SnapshotError: Where the state is damaged, or of another data set or other settings.
        """
        if self.selection is not None:
            self.selection.load_state_dict(state["selection"])
            pending = {pick.ticket: pick for pick in self.selection.selector.pending}
            self.ahead = [pending[ticket] for ticket in state["ahead"]]
            self._lost = None


def _paths(files: Any) -> list[str]:
    """Files as verl's settings give them, one or many, as a list."""
    return [files] if isinstance(files, str) else [str(file) for file in files or []]
