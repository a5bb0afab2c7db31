"""Reads verl's rows and settings: which prompt, which domain, right or wrong.

The adapters of verl 0.9 (`insight_rl.verl`) and of verl up to 0.7.1 (`insight_rl.verl_sampler`) share it.
They differ in where the rows come from, not in their contents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from omegaconf import OmegaConf
from omegaconf.errors import ConfigKeyError

from insight_rl.config import SelectionConfig
from insight_rl.errors import ConfigurationError, OutcomeError, PoolError, SnapshotError
from insight_rl.rows import column_of, field_of, is_missing, outcomes_of, prompt_ids

ADD_INDEX = (
    'import hashlib; dataset = dataset.map(lambda row: {"extra_info": {**(row.get("extra_info") or {}), '
    '"index": int(hashlib.sha256(str(row["prompt"]).encode()).hexdigest()[:12], 16)}})   '
    "# before dataset.to_parquet(...)"
)
START_AFRESH = "start_afresh"
"""The adapters' setting that allows a resume without selection's state."""


def of_run(node: Any, up: int, key: str) -> Any:
    """Reads a setting of the whole run, of which verl hands its plug-ins one node.

    Args:
        node: The node that was handed over, such as `data`.
        up: How many levels below the root it is.
        key: The setting's path from the root.

    Returns:
        The setting, or None where it is not set or `node` was cut out of its run's configuration.
    """
    if not OmegaConf.is_config(node):
        return None
    try:
        return OmegaConf.select(node, "." * (up + 1) + key)
    except ConfigKeyError:
        return None


def settings_of(
    data: Mapping[str, Any], own: Sequence[str] = ()
) -> tuple[SelectionConfig, int, dict[str, Any]]:
    """Reads `data.insight`.

    Args:
        data: verl's `data` node.
        own: Keys below `data.insight` that belong to the adapter and not to the selection.

    Returns:
        The selection's settings, rollouts per prompt, and the adapter's own settings.

    Raises:
        ConfigurationError: Where a key is unknown, or nothing says how many rollouts a prompt gets.
    """
    given = data.get("insight") or {}
    given = dict(OmegaConf.to_container(given, resolve=True) if OmegaConf.is_config(given) else given)
    mine = {key: given.pop(key) for key in own if key in given}
    if not isinstance(mine.get(START_AFRESH, False), bool):
        raise ConfigurationError(
            f"data.insight.{START_AFRESH} is {mine[START_AFRESH]!r}, expected true or false"
        )
    config = SelectionConfig.parse(given)
    rollouts = of_run(data, 1, "actor_rollout_ref.rollout.n") or config.engine.get("rollouts")
    if rollouts is None:
        raise ConfigurationError(
            "Nothing says how many rollouts a prompt gets: this `data` node is not part of a run's "
            "configuration. Add data.insight.engine.rollouts with the value of actor_rollout_ref.rollout.n."
        )
    workers = data.get("dataloader_num_workers")
    if workers != 0:
        raise ConfigurationError(
            f"data.dataloader_num_workers is {workers}, and must be 0: a worker process would choose prompts "
            "from a copy of the selector, which learns nothing. Add data.dataloader_num_workers=0 to the "
            "command."
        )
    return config, int(rollouts), mine


def unsupported(data: Any) -> dict[str, str]:
    """Lists the engine's settings that verl does not act on in this run; see `SelectionConfig.refuse`."""
    # Also with verl's filter on: it drops groups of equal outcomes and refills.
    never = {
        "varianceFilter": "verl's filter does not rank the groups of a batch",
        "stages": "verl rolls out each prompt once",
    }
    if of_run(data, 1, "algorithm.filter_groups.enable"):
        return never
    return never | {
        "filter": "verl trains on every group unless algorithm.filter_groups.enable=True turns on its filter"
    }


def resumes_from(data: Any) -> str | None:
    """Finds the checkpoint that verl will resume from, as `_load_checkpoint` of its trainers does.

    Args:
        data: verl's `data` node.

    Returns:
        The checkpoint's folder; None where the run begins at step 0, or `data` does not tell.
    """
    mode = of_run(data, 1, "trainer.resume_mode")
    if mode == "resume_path":
        return str(of_run(data, 1, "trainer.resume_from_path"))
    folder = of_run(data, 1, "trainer.default_local_dir")
    if mode != "auto" or folder is None:
        return None
    tracker = Path(folder) / "latest_checkpointed_iteration.txt"
    try:
        checkpoint = Path(folder) / f"global_step_{int(tracker.read_text(encoding='utf-8'))}"
    except (OSError, ValueError):
        return None
    return str(checkpoint) if checkpoint.exists() else None


def refuse_lost_state(checkpoint: str | None) -> None:
    """Refuses to choose in a run that resumes and was given no state of the selection.

    Args:
        checkpoint: What `resumes_from` found when the run began; None to allow it.

    Raises:
        SnapshotError: Saying how to go on all the same.
    """
    if checkpoint is not None:
        raise SnapshotError(
            f"{checkpoint} has no state of the selection (its data.pt is missing, or of a run without "
            "InSight), so what selection had learned is lost. Resume from a checkpoint that has it, or add "
            f"+data.insight.{START_AFRESH}=True to go on knowing nothing."
        )


class RowReader:
    """Reads verl's rows as the settings say.

    A prompt is known by `extra_info.index` within its `data_source`, unless `id_field` names another place.
    Its domain is its `data_source`, unless `domain_field` names another place. Where neither that nor rules
    in the engine's `domains` ask for domains, a data set with a row that has no `data_source` has no domains.

    Args:
        config: The selection's settings.
    """

    def __init__(self, config: SelectionConfig) -> None:
        """Remembers where to look."""
        self.config = config
        self.domain_field = config.domain_field or "data_source"
        paths = ["data_source", config.id_field or "extra_info.index"]
        self.columns = list(dict.fromkeys(path.split(".")[0] for path in paths))
        """The columns that tell which prompt a row is of."""

    def identity(self, row: Mapping[str, Any]) -> str | None:
        """Reads the id of a row's prompt; None where the row does not say."""
        value = field_of(row, self.config.id_field or "extra_info.index")
        if value is None or self.config.id_field is not None:
            return None if value is None else str(value)
        return f"{row.get('data_source')}/{value}"

    def pool(self, frame: Any) -> tuple[list[str], list[str] | None]:
        """Reads a whole data set.

        Args:
            frame: verl's `dataframe`, a `datasets.Dataset` of N rows.

        Returns:
            [N] ids and [N] domains; None for the latter where there are none.

        Raises:
            PoolError: Where ids are missing, all equal or repeated, or a domain asked for is missing.
        """
        ids: list[str | None] = [
            None if value is None else str(value)
            for value in column_of(frame, self.config.id_field or "extra_info.index")
        ]
        if self.config.id_field is None:
            sources = column_of(frame, "data_source")
            ids = [value and f"{source}/{value}" for source, value in zip(sources, ids, strict=True)]
        domains = column_of(frame, self.domain_field)
        where = self.config.id_field or "extra_info.index (within its data_source)"
        names = prompt_ids(ids, field=where, fix=f"Add this line: {ADD_INDEX}")
        if None in domains:
            if self.config.domain_field is None and not self.config.engine.get("domains"):
                return names, None
            raise PoolError(
                f"Row {domains.index(None)} has no {self.domain_field}, which is to be its domain: add it to "
                "every row, or name another field as data.insight.domain_field."
            )
        return names, [str(domain) for domain in domains]

    def outcomes(
        self,
        scores: Iterable[float],
        infos: Iterable[Mapping[str, Any]],
        sources: Iterable[Any] | None = None,
    ) -> np.ndarray:
        """Tells right from wrong, apart from the score that the policy is trained with.

        Settings come first: `outcome` names a key of what the reward function returned beside the score, and
        `outcome_threshold` judges the score. With neither, verl's own "acc" counts where there is one, and
        else the score, which must then be exactly 0 or 1. A key whose value is None is a missing outcome.

        Args:
            scores: [R] scores, NaN where there is none.
            infos: [R] what the reward function returned beside the score (`reward_extra_info`).
            sources: [R] each row's `data_source`, for errors.

        Returns:
            [R] outcomes, 0 or 1; NaN where there is none.

        Raises:
            OutcomeError: Where the named key is missing, or a value is neither 0 nor 1 and no threshold was
                set.
        """
        key, threshold, values = self.config.outcome, self.config.outcome_threshold, []
        scores = list(scores)
        sources = [None] * len(scores) if sources is None else sources
        for score, info, source in zip(scores, infos, sources, strict=True):
            if key is not None and key not in info:
                rows = "" if source is None else f" for rows of data_source {str(source)!r}"
                raise OutcomeError(
                    f'data.insight.outcome is "{key}", and beside the score the reward function returned'
                    f"{rows} {', '.join(map(str, info)) or 'nothing'}: name one of those, or return it."
                )
            value = (
                info[key] if key is not None else score if threshold is not None else info.get("acc", score)
            )
            if isinstance(value, np.float32):
                # Scores are 32-bit in verl: as decimals again, or 0.9 would not reach a threshold of 0.9.
                value = str(value)
            values.append(np.nan if is_missing(value) else float(value))
        what = (
            "scores"
            if key is None and threshold is not None
            else f"values of {key or 'acc, or else scores,'}"
        )
        return outcomes_of(values, self.config, what=what, setting="+data.insight.{name}={value}")
