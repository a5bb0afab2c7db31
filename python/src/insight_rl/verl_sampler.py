"""Prompt selection inside verl up to 0.7.1: a curriculum sampler, without a fork.

```sh
python3 -m verl.trainer.main_ppo ... data.dataloader_num_workers=0 \
    data.sampler.class_path=pkg://insight_rl.verl_sampler data.sampler.class_name=InsightSampler
```

Settings are those of `SelectionConfig`, below `data.insight`: `+data.insight.seed=1
+data.insight.outcome=acc`. A prompt is known by its row's `extra_info.index` within its `data_source`, which
is also its domain unless `domain_field` names another field.

verl writes a step's checkpoint before it tells the sampler the step's outcomes. The outcomes are therefore
appended to a journal, `insight-updates.jsonl` beside the checkpoints (`data.insight.journal` for another
place), and a resume reads them there. `+data.insight.start_afresh=True` goes on, knowing nothing, from a
checkpoint without selection's state. This API gives a sampler no access to verl's logger: figures go to
Python's, as a line of the console's form.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import verl
from packaging.specifiers import SpecifierSet

VERSIONS = SpecifierSet(">=0.5.0,<=0.7.1")
"""The versions of verl that were run: 0.5.0, 0.6.0, 0.6.1, 0.7.0, and by the tests 0.7.1."""

# Before the sampler's base class is imported, whose absence would say less.
if verl.__version__ not in VERSIONS:
    raise ImportError(
        f"insight_rl.verl_sampler is made for verl {VERSIONS}, and this is verl {verl.__version__}. Install "
        "one of those, or, with verl 0.9, use insight_rl.verl."
    )


from omegaconf import DictConfig  # noqa: E402
from verl import DataProto  # noqa: E402
from verl.experimental.dataset.sampler import AbstractCurriculumSampler  # noqa: E402

from insight_rl.errors import ConfigurationError  # noqa: E402
from insight_rl.rows import column_of  # noqa: E402
from insight_rl.selection import Group, Selection  # noqa: E402
from insight_rl.verl_rows import (  # noqa: E402
    START_AFRESH,
    RowReader,
    of_run,
    refuse_lost_state,
    resumes_from,
    settings_of,
    unsupported,
)

JOURNAL = "insight-updates.jsonl"
"""The journal's name in the folder of the checkpoints."""

logger = logging.getLogger(__name__)
# As verl's own modules: its root logger is silent below WARNING.
logger.setLevel(os.getenv("VERL_LOGGING_LEVEL", "INFO"))


class InsightSampler(AbstractCurriculumSampler):
    """Yields the rows that the selector picks, a batch at a time, each batch when it is asked for.

    Args:
        data_source: verl's training set.
        data_config: verl's `data` node.

    Raises:
        ConfigurationError: Where prompts would be fetched ahead or rollouts allocated; where a setting is
            unknown.
        PoolError: Where the rows do not name their prompts.
    """

    def __init__(self, data_source: Any, data_config: DictConfig) -> None:
        """Reads the pool and makes the selector."""
        config, rollouts, own = settings_of(data_config, own=("journal", START_AFRESH))
        fixed = {"allocation": "verl up to 0.7.1 rolls out every prompt rollout.n times; verl 0.9 does not"}
        # Looked up before this run writes checkpoints itself.
        self._lost = None if own.get(START_AFRESH) else resumes_from(data_config)
        folder = of_run(data_config, 1, "trainer.default_local_dir")
        if folder is None and "journal" not in own:
            raise ConfigurationError(
                "Nothing says where checkpoints go: this `data` node is not part of a run's configuration. "
                "Add data.insight.journal with a file beside them."
            )
        self.journal = Path(own.get("journal") or Path(folder) / JOURNAL)
        self.batch_size = int(data_config.get("gen_batch_size", None) or data_config.train_batch_size)
        self.batches = len(data_source) // self.batch_size
        self._reader = RowReader(config)
        self._columns = {*data_source.dataframe.column_names, "uid", "index", "raw_prompt", "tools_kwargs"}
        ids, domains = self._reader.pool(data_source.dataframe)
        prompts = column_of(data_source.dataframe, data_config.get("prompt_key", "prompt"))
        self.selection = Selection(
            ids,
            domains=domains,
            prompts=None if None in prompts else prompts,
            config=config,
            rollouts=rollouts,
            unsupported=fixed | unsupported(data_config),
        )
        self._handed_out = 0
        self._steps = 0
        self._saved: str | None = None

    def __len__(self) -> int:
        """Rows an epoch yields: whole batches, since verl drops the rest, and picks must not be dropped."""
        return self.batches * self.batch_size

    def __iter__(self) -> Iterator[int]:
        """Yields an epoch's rows, or what is left of the epoch that was resumed."""
        return _Epoch(self)

    def _rows(self) -> Iterator[int]:
        # Here and not in __iter__, which torchdata calls before it loads a state, too.
        refuse_lost_state(self._lost)
        while self._handed_out < self.batches:
            self._handed_out += 1
            yield from self.selection.take(self.batch_size).positions.tolist()
        self._handed_out = 0

    def refuse_foreign_state(self) -> None:
        """Refuses the state of another sampler's iterator, unless the settings allow it."""
        refuse_lost_state(self._lost)

    def update(self, batch: DataProto) -> None:
        """Learns from a step's rollouts; verl calls this once a step.

        Args:
            batch: R rollouts, a prompt's K of them in any order, with `token_level_scores` [R, T].
        """
        columns, rows = batch.non_tensor_batch, range(len(batch))
        # What the reward function returned beside the score stands among the data set's own columns.
        extra = [name for name, column in columns.items() if name not in self._columns and column.ndim == 1]
        scores = batch.batch["token_level_scores"].sum(-1).float().cpu().numpy()
        infos = ({key: columns[key][row] for key in extra} for row in rows)
        outcomes = self._reader.outcomes(scores, infos, columns.get("data_source"))
        groups: dict[str, list[float]] = {}
        for row, outcome in zip(rows, outcomes.tolist(), strict=True):
            prompt = self._reader.identity({name: columns[name][row] for name in self._reader.columns})
            groups.setdefault(prompt or "", []).append(outcome)
        if self._saved is not None:
            self._append({"after": self._saved, "groups": groups})
            self._saved = None
        self._learn(groups)
        figures = " - ".join(f"{name}:{value:.6g}" for name, value in self.selection.metrics().items())
        logger.info("step:%d - %s", self._steps, figures)

    def state_dict(self) -> dict[str, Any]:
        """Returns the selector with its pending picks; torchdata's loader puts it into `data.pt`."""
        state = self.selection.state_dict()
        self._saved = _digest(state)
        return {"selection": state, "handed_out": self._handed_out, "steps": self._steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from `state_dict`, with what the journal has of the step that it was taken in.

        Raises:
            SnapshotError: Where the state is damaged, or of another data set or other settings.
        """
        self.selection.load_state_dict(state["selection"])
        self._lost = None
        # After the last batch of an epoch verl resumes in the next one, which is not to be over before it
        # begins.
        self._handed_out, self._steps = state["handed_out"] % self.batches, state["steps"]
        if not len(self.selection.selector.pending):
            return
        groups = self._find(_digest(state["selection"]))
        if groups is not None:
            self._learn(groups)
        else:
            logger.warning(
                "%s has nothing of the step that the checkpoint was written in: the selector does not learn "
                "from it.",
                self.journal,
            )
        # What else was in flight is gone: verl fetches the next batch after a resume.
        self.selection.abandon(self.selection.selector.pending.ids)

    def _learn(self, groups: dict[str, list[float]]) -> None:
        self._steps += 1
        self.selection.learn(
            [Group(id=prompt, outcomes=each) for prompt, each in groups.items()], self._steps
        )

    def _append(self, entry: dict[str, Any]) -> None:
        """Adds a line to the journal, on disk before it returns."""
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        with self.journal.open("a", encoding="utf-8") as file:
            # A line that a killed run left half done must not swallow this one.
            file.write("\n" + json.dumps(entry, separators=(",", ":")) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _find(self, after: str) -> dict[str, list[float]] | None:
        """The outcomes learned after a saved state; the newest, where a run went on from it before."""
        found = None
        text = self.journal.read_text(encoding="utf-8") if self.journal.exists() else ""
        for line in filter(None, text.split("\n")):
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                logger.warning("%s has a line that was cut off, which is passed over.", self.journal)
                continue
            if entry["after"] == after:
                found = entry["groups"]
        return found


class _Epoch(Iterator[int]):
    """An epoch's rows. Its state is the sampler's; torchdata hands it that of another sampler's iterator."""

    def __init__(self, sampler: InsightSampler) -> None:
        self._sampler, self._rows = sampler, sampler._rows()

    def __next__(self) -> int:
        return next(self._rows)

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._sampler.refuse_foreign_state()


def _digest(state: dict[str, Any]) -> str:
    """Names a saved state of the selector."""
    return hashlib.sha256(state["snapshot"]).hexdigest()
