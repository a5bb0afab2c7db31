"""Prompt selection inside TRL's `GRPOTrainer`, for two changed lines of a training script.

```python
from insight_rl.trl import InSightGRPOTrainer   # instead of: from trl import GRPOTrainer
trainer = InSightGRPOTrainer(model=model, reward_funcs=accuracy_reward, args=args, train_dataset=dataset)
```

The data set needs a column `id` that names each prompt; `insight={"id_field": "prompt"}` takes the prompt
itself. With several reward functions, say which one tells right from wrong:
`insight={"outcome": "accuracy_reward"}`. Where a column says something about difficulty, such as a level or a
source, name it: `insight={"domain_field": "level"}`. To give selection to another trainer, write
`class MyTrainer(InSightMixin, MyGRPOTrainer): ...`, the mixin first.

The rows of TRL's loader only set the pace. They are replaced just before their completions are made, and the
rewards are learned from before the next rows are chosen. So `shuffle_dataset`, `ignore_data_skip` and the
loader's workers, which fetch ahead, do not change the choice.

A resumed run chooses as one that was never interrupted. TRL does not keep the completions of a generation
batch that serves several steps: after a checkpoint within such a batch, another batch is chosen and made.
"""

from __future__ import annotations

import copy
import dataclasses
import logging
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from accelerate.utils import broadcast_object_list, send_to_device
from datasets import Dataset
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR
from trl import GRPOTrainer, RLOOTrainer

from insight_rl.config import SelectionConfig
from insight_rl.errors import ConfigurationError, InsightError, PoolError
from insight_rl.picks import Picks
from insight_rl.rows import column_of, outcomes_of, prompt_ids
from insight_rl.selection import Group, Selection

TRAINERS = (GRPOTrainer, RLOOTrainer)
STATE_FILE = "insight.state"
ADD_IDS = (
    'Take the prompt for its id: insight={"id_field": "prompt"}. Or make ids of it. Add: import hashlib; '
    'dataset = dataset.map(lambda row: {"id": hashlib.sha256(str(row["prompt"]).encode()).hexdigest()[:16]})'
)
UNSUPPORTED = {
    "allocation": "TRL rolls out every prompt num_generations times",
    "filter": "TRL trains on every group that it rolls out and does not refill",
    "varianceFilter": "TRL trains on every group that it rolls out",
    "stages": "TRL rolls out each prompt once",
}
OFFSET = "version_offset"
"""Where a selection's state has the policy versions of earlier calls of `train`."""
logger = logging.getLogger(__name__)
Result = TypeVar("Result")


if TYPE_CHECKING:
    # The mixin uses attributes of the trainer that comes after it among the bases.
    from trl import GRPOTrainer as _Trainer
else:
    _Trainer = object


class InSightMixin(_Trainer):
    """Chooses what a `GRPOTrainer` rolls out; among a class's bases it comes before the trainer.

    The main process holds the selector and broadcasts what it decides. Equal selectors everywhere would save
    the broadcast, but would have to stay equal to the last bit on machines that may differ.

    Args:
        *args: As the trainer's.
        insight: What selection needs to be told: a `SelectionConfig`, or its fields by name. `outcome` is the
            name of a reward function; `id_field` is `"id"` by default.
        insight_start_afresh: Whether to go on, knowing nothing, from a checkpoint without selection's state.
        **kwargs: As the trainer's.

    Raises:
        PoolError: Where the data set streams, lacks ids, or is smaller than a generation batch.
        ConfigurationError: Where the outcome is not one of the reward functions, where TRL cannot act on a
            setting (`filter`, `allocation`, `stages`), or where the engine refuses.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuses an order of bases in which the trainer would never ask the mixin."""
        super().__init_subclass__(**kwargs)
        order = cls.__mro__
        if any(order.index(trainer) < order.index(InSightMixin) for trainer in TRAINERS if trainer in order):
            raise TypeError(f"put InSightMixin first: class {cls.__name__}(InSightMixin, ...)")

    def __init__(
        self,
        *args: Any,
        insight: SelectionConfig | Mapping[str, Any] | None = None,
        insight_start_afresh: bool = False,
        **kwargs: Any,
    ) -> None:
        """As the trainer; the pool is `train_dataset`."""
        if not isinstance(self, TRAINERS):
            raise TypeError(
                f"{type(self).__name__} is neither a GRPOTrainer nor an RLOOTrainer; a trainer whose prompts "
                "another process fetches, such as AsyncGRPOTrainer, cannot be given selection this way"
            )
        config = SelectionConfig.parse(insight)
        # Before the model is loaded, which takes minutes: what can be refused by now.
        config.refuse(UNSUPPORTED)
        given = kwargs.get("train_dataset", args[3] if len(args) > 3 else None)
        # Of several processes the main one reads the ids later, so that none waits for one that gave up.
        alone = int(os.environ.get("WORLD_SIZE", "1")) == 1
        self._insight_ids = _ids(given, config) if alone and given is not None else None
        if config.outcome_threshold is not None:
            # TRL holds rewards in float32, where 0.9 is less than the 0.9 that was configured.
            rounded = float(np.float32(config.outcome_threshold))
            config = dataclasses.replace(config, outcome_threshold=rounded)
        super().__init__(*args, **kwargs)
        self._insight_config = config
        self._insight_column = self._outcome_column()
        self._insight_dataset = self.train_dataset
        self._insight_rows: Dataset | None = None
        self._insight_start_afresh = insight_start_afresh
        self._insight_selection: Selection | None = None
        self._insight_picks: Picks | None = None
        self._insight_is_training = False
        self._on_main_process(self._make_selection)

    def _outcome_column(self) -> int:
        """Which of the reward functions says whether a completion is right."""
        names, outcome = self.reward_func_names, self._insight_config.outcome
        if outcome is None and len(names) == 1:
            return 0
        if names.count(outcome) != 1:
            if outcome in names or len(set(names)) < len(names):
                # A name that several have cannot name one of them.
                advice = (
                    "give each a __name__ that differs from the others', and name the one that tells right"
                )
            else:
                advice = "name the one that tells right"
            found = "no outcome is named" if outcome is None else f"'{outcome}' is not exactly one of them"
            example = next((name for name in names if names.count(name) == 1), "NAME")
            raise ConfigurationError(
                f"the reward functions are {', '.join(names)}, and {found}; {advice} "
                f'from wrong: insight={{"outcome": "{example}"}}'
            )
        return names.index(outcome)

    def _make_selection(self) -> None:
        """Reads the pool's ids and domains, and makes the selector."""
        config, size = self._insight_config, self.args.generation_batch_size // self.num_generations
        ids = self._insight_ids if self.train_dataset is self._insight_dataset else None
        ids = _ids(self.train_dataset, config) if ids is None else ids
        self._insight_ids = None
        if size > len(self.train_dataset):
            raise PoolError(
                f"a generation batch has {size} prompts (generation_batch_size / num_generations), the data "
                f"set {len(self.train_dataset)}: TRL would stop before the first step; use smaller batches"
            )
        domains = None if config.domain_field is None else column_of(self.train_dataset, config.domain_field)
        if domains is not None and None in domains:
            raise PoolError(
                f"{domains.count(None)} rows have no {config.domain_field}, which domain_field names"
            )
        prompts = column_of(self.train_dataset, "prompt")
        self._insight_selection = Selection(
            ids,
            domains=domains,
            prompts=None if None in prompts else prompts,
            config=config,
            rollouts=self.num_generations,
            unsupported=UNSUPPORTED,
        )

    def _on_main_process(self, decide: Callable[[], Result]) -> Result:
        """Lets the main process decide for all; raises its error in all, so that none waits forever."""
        decided: list[Any] = [None, None]
        error: Exception | None = None
        if self.accelerator.is_main_process:
            try:
                decided[0] = decide()
            except Exception as raised:  # raised again once the others know
                error, decided[1] = raised, f"{type(raised).__name__}: {raised}"
        broadcast_object_list(decided)
        if error is not None:
            raise error
        if decided[1] is not None:
            raise InsightError(f"the main process failed with {decided[1]}")
        return decided[0]

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        """Rolls out the selector's picks in place of the rows that training was to be given."""
        # As TRL tells evaluation from training. Read once: what generates may change the model's mode.
        self._insight_is_training = self.model.training
        if not self._insight_is_training:
            return super()._generate_and_score_completions(inputs)
        share = len(inputs)
        count, first = share * self.accelerator.num_processes, share * self.accelerator.process_index
        if count != self.args.generation_batch_size:
            raise InsightError(
                f"the processes were given {count} rows, and a generation batch has "
                f"{self.args.generation_batch_size}; leave the loader's batches to TRL (no split_batches)"
            )
        if self.train_dataset is not self._insight_dataset:
            raise PoolError("train_dataset was replaced after selection was made for it; make a new trainer")
        positions = self._on_main_process(partial(self._take, count // self.num_generations))
        # Laid out as by TRL's RepeatSampler: a prompt's rollouts in a row, the processes' shares in a row.
        picks = [(first + row) // self.num_generations for row in range(share)]
        if self._insight_rows is None:
            self._insight_rows = self._remove_unused_columns(self.train_dataset, description="training")
        fetched = self._insight_rows.__getitems__(positions[picks[0] : picks[-1] + 1])
        fetched = send_to_device(fetched, self.accelerator.device)  # as TRL's loader does
        # A separate row for each rollout, since TRL writes into them; fetching each would take far longer.
        rows = [_copied(fetched[pick - picks[0]]) for pick in picks]
        output = super()._generate_and_score_completions(rows)
        if self._insight_picks is not None:
            raise InsightError(
                f"{type(self).__name__} made no use of _calculate_rewards, where selection learns"
            )
        return output

    @property
    def _selection(self) -> Selection:
        """The selection, which the main process alone has."""
        if self._insight_selection is None:
            raise InsightError("this process holds no selection; the main process decides")
        return self._insight_selection

    def prediction_step(self, *args: Any, **kwargs: Any) -> Any:
        """Evaluates a batch in evaluation mode, also after one whose generation has switched it off."""
        self.model.eval()
        return super().prediction_step(*args, **kwargs)

    def _take(self, count: int) -> list[int]:
        """Chooses prompts; returns their [M] places in the data set."""
        if self._insight_picks is not None:
            # TRL scores a batch before it asks for another: the step of this one was interrupted.
            self._selection.abandon(self._insight_picks.ids)
        self._insight_picks = self._selection.take(count)
        return self._insight_picks.positions.tolist()

    def _calculate_rewards(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """Returns [M * K, functions] rewards of all processes, and learns from those of training."""
        rewards = super()._calculate_rewards(*args, **kwargs)
        if self._insight_is_training:
            learn = partial(self._learn, rewards[:, self._insight_column])
            for name, value in self._on_main_process(learn).items():
                self._metrics["train"][name].append(value)  # TRL averages what is logged together
        return rewards

    def _learn(self, rewards: torch.Tensor) -> dict[str, float]:
        """Learns from the rewards [M * K] of the picks, in their order; returns figures for the log."""
        selection, picks = self._selection, self._insight_picks
        if picks is None:
            raise InsightError(
                f"{type(self).__name__} scored a batch of training that selection did not choose"
            )
        what = f"the rewards of {self.reward_func_names[self._insight_column]}"
        outcomes = outcomes_of(
            rewards.float().cpu().numpy(),
            self._insight_config,
            what=what,
            setting='insight={{"{name}": {value}}}',
        )
        groups = outcomes.reshape(len(picks), self.num_generations)
        # Steps count from 0 again when train() is called again; versions go on. The offset is saved, since it
        # cannot be told from the newest version alone.
        step = self.state.global_step
        offset = max(selection.extra.get(OFFSET, 0), selection.policy_version - step)
        selection.extra[OFFSET] = offset
        selection.learn(map(Group, picks.ids, groups, picks.tickets.tolist()), policy_version=offset + step)
        self._insight_picks = None
        return selection.metrics()

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Writes selection's state first, before TRL completes the checkpoint and removes older ones."""
        if self._insight_selection is not None:
            run = self._get_output_dir(trial=trial)
            folder = Path(run, f"{PREFIX_CHECKPOINT_DIR}-{self.state.global_step}")
            folder.mkdir(parents=True, exist_ok=True)
            self._insight_selection.save(folder / STATE_FILE)
        super()._save_checkpoint(model, trial)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        """Loads the selection's state where TRL loads its optimizer's."""
        super()._load_optimizer_and_scheduler(checkpoint)
        if checkpoint is not None:
            self._on_main_process(partial(self._load_selection, Path(checkpoint, STATE_FILE)))

    def _load_selection(self, path: Path) -> None:
        """Goes on from the state at `path`."""
        if path.is_file():
            self._selection.load(path)
            self._insight_picks = None
        elif self._insight_start_afresh:
            logger.warning("there is no %s: selection starts afresh, as insight_start_afresh says", path)
        else:
            raise InsightError(
                f"there is no {path}, so what selection had learned is lost; resume from a checkpoint that "
                "has it, or pass insight_start_afresh=True to go on knowing nothing"
            )


def _ids(dataset: Any, config: SelectionConfig) -> list[str]:
    """[N] the ids of a training set's rows."""
    if not isinstance(dataset, Dataset):
        raise PoolError(
            "rows are looked up by their place, which an IterableDataset does not have; load the data set "
            "whole, without streaming=True, or take its first rows: "
            "Dataset.from_generator(lambda: itertools.islice(stream, 10_000))"
        )
    field = config.id_field or "id"
    return prompt_ids(column_of(dataset, field), field=field, fix=ADD_IDS)


def _copied(row: Mapping[str, Any]) -> dict[str, Any]:
    """Copies a row so that writing into it changes no other. Most values are plain and need no copy."""
    return {
        name: value if type(value) in (str, int, float, bool) else copy.deepcopy(value)
        for name, value in row.items()
    }


class InSightGRPOTrainer(InSightMixin, GRPOTrainer):
    """TRL's `GRPOTrainer` with its prompts chosen by InSight."""
