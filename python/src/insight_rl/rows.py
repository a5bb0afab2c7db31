"""Reading a framework's rows: ids, domains, prompts and outcomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from insight_rl import _arguments
from insight_rl.config import SelectionConfig
from insight_rl.errors import OutcomeError, PoolError


def outcomes_of(
    rewards: ArrayLike, config: SelectionConfig, *, what: str = "rewards", setting: str = "{name}: {value}"
) -> NDArray[np.float64]:
    """Turns a framework's rewards into verified outcomes. A shaped reward is refused, not guessed about.

    Args:
        rewards: Any shape; NaN where a rollout has none.
        config: Its `outcome_threshold` decides. Without one, every reward must be 0 or 1.
        what: Names the rewards in the error.
        setting: How the adapter's user writes a setting, with `{name}` and `{value}`, for the error.

    Returns:
        0, 1 or NaN, in the shape of `rewards`.

    Raises:
        OutcomeError: For a reward that is neither 0 nor 1 while no threshold is given.
    """
    values = _arguments.numbers(rewards)
    if config.outcome_threshold is not None:
        return np.where(np.isnan(values), np.nan, values >= config.outcome_threshold)
    shaped = ~(np.isnan(values) | (values == 0) | (values == 1))
    if shaped.any():
        outcome = setting.format(name="outcome", value="NAME")
        threshold = setting.format(name="outcome_threshold", value="1.0")
        raise OutcomeError(
            f"{what} hold {values[shaped].flat[0]:g}, which is neither 0 nor 1: beliefs learn from verified "
            f"outcomes, not from shaped rewards. Name the binary outcome ({outcome}), or say from which "
            f"reward on an answer is right ({threshold})"
        )
    return values


def prompt_ids(values: Iterable[Any], *, field: str, fix: str) -> list[str]:
    """Checks the rows' ids and turns them into texts.

    Args:
        values: [N] each row's id; None or NaN where it has none.
        field: Where the ids come from, for errors.
        fix: How to give the data set ids, for errors.

    Raises:
        PoolError: Where ids are missing, equal for all rows, or repeated: beliefs are kept by id.
    """
    values = list(values)
    if not values:
        raise PoolError("the data set has no rows")
    ids = [str(value) for value in values if not is_missing(value)]
    if missing := len(values) - len(ids):
        raise PoolError(f"{missing} of {len(values)} rows have no {field}: beliefs are kept by id. {fix}")
    if len(ids) > 1 and len(set(ids)) == 1:
        raise PoolError(f"all {len(ids)} rows have the {field} {ids[0]!r}: beliefs are kept by id. {fix}")
    seen: dict[str, int] = {}
    for position, name in enumerate(ids):
        if (first := seen.setdefault(name, position)) != position:
            raise PoolError(
                f"rows {first} and {position} both have the {field} {name!r}: beliefs are kept by id. Remove "
                f"rows that repeat a prompt first. {fix}"
            )
    return ids


def is_missing(value: Any) -> bool:
    """Whether a row's value is absent: None, NaN or not-a-time."""
    return value is None or (isinstance(value, (float, np.generic)) and bool(value != value))


def field_of(row: Mapping[str, Any], path: str) -> Any:
    """Reads a row's field: the column of that whole name, else the dotted path such as `extra_info.index`.

    Returns:
        The value; None where there is none, or where it is NaN.
    """
    value: Any = row
    for key in [path] if path in row else path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return None if is_missing(value) else value


def column_of(dataset: Any, path: str) -> list[Any]:
    """Reads a field of every row, as the data set stores it.

    A transform or a format that the data set was given does not come between, and a column is read whole.

    Args:
        dataset: A `datasets.Dataset` of N rows, or a sequence of N mappings.
        path: As `field_of` takes it.

    Returns:
        [N] values; None where a row has none.
    """
    if not hasattr(dataset, "column_names"):
        return [field_of(row, path) for row in dataset]
    name = path if path in dataset.column_names else path.split(".")[0]
    if name not in dataset.column_names:
        return [None] * len(dataset)
    # `dataset[name]` alone would decode row by row, which takes a hundred times as long.
    column = dataset.with_format(None)[name][:]
    return [field_of({name: value}, path) for value in column]


def rows_of(dataset: Any) -> Iterator[dict[str, Any]]:
    """Reads all rows of a `datasets.Dataset` as it stores them, some at a time."""
    for part in dataset.with_format(None).iter(batch_size=1000):
        for values in zip(*part.values(), strict=True):
            yield dict(zip(part, values, strict=True))


class Fingerprint(NamedTuple):
    """What a pool's prompts say, in brief."""

    digest: str
    """Of all prompts in their order."""
    distinct: int
    """How many of them differ."""

    @classmethod
    def of(cls, prompts: Iterable[Any]) -> Fingerprint:
        """Reads prompts: texts, chat messages, or whatever JSON can hold."""
        rows = np.fromiter((_digest(prompt) for prompt in prompts), np.uint64)
        return cls(hashlib.sha256(rows.astype("<u8").tobytes()).hexdigest(), len(np.unique(rows)))


def _digest(prompt: Any) -> int:
    text = prompt if isinstance(prompt, str) else json.dumps(prompt, sort_keys=True, default=_plain)
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def _plain(value: Any) -> Any:
    """What JSON cannot hold, as something that is the same in every process."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, (bytes, bytearray)):
        return hashlib.sha256(value).hexdigest()
    # Of other objects, such as decoded images, the text may hold an address.
    return str(value) if isinstance(value, (date, time, timedelta, Decimal)) else type(value).__name__
