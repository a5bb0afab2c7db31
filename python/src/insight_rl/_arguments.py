"""Strict conversions of what callers hand over: nothing is rounded, parsed or cut to fit.

Each function returns what the engine takes, or raises an `InsightError` that names the argument.
"""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insight_rl.errors import (
    ArgumentError,
    ArgumentValueError,
    ConfigurationError,
    InsightError,
    OutcomeError,
    PoolError,
)

MAXIMUM = (1 << 31) - 1
"""The largest count and the largest policy version."""


def whole(
    value: Any,
    name: str,
    low: int,
    high: int = MAXIMUM,
    *,
    kind: type[InsightError] = ArgumentValueError,
) -> int:
    """A whole number of `low` to `high`.

    Args:
        value: Python's or numpy's whole number; a bool or a float is refused, whatever its value.
        name: The argument's name, for errors.
        low: The smallest that is accepted.
        high: The largest that is accepted.
        kind: What to raise for a number out of range.

    Raises:
        ArgumentError: For anything but a whole number.
    """
    if not isinstance(value, (bool, np.bool_)):
        try:
            number = operator.index(value)
        except TypeError:
            pass
        else:
            if low <= number <= high:
                return number
            raise kind(f"{name} is {number}, expected a whole number from {low} to {high}")
    raise ArgumentError(f"{name} is {shown(value)}, expected a whole number")


def real(value: Any, name: str) -> float:
    """A number as float64; a bool, a text or a complex number is refused."""
    if not isinstance(value, (bool, np.bool_)) and isinstance(value, (int, float, np.integer, np.floating)):
        try:
            return float(value)
        except OverflowError:
            raise ArgumentValueError(f"{name} is too large for a 64-bit float") from None
    raise ArgumentError(f"{name} is {shown(value)}, expected a number")


def version(value: Any) -> int:
    """A policy version as the engine takes it; -1 for None."""
    return -1 if value is None else whole(value, "policy_version", 0, kind=OutcomeError)


def is_single(value: Any) -> bool:
    """Whether `value` is one thing, not a sequence of things."""
    if isinstance(value, (str, bytes)):
        return True
    dimensions = getattr(value, "ndim", None)
    return not isinstance(value, Iterable) if dimensions is None else dimensions == 0


def wholes(value: Any, name: str, element: str, kind: type[InsightError]) -> NDArray[np.int64]:
    """[M] whole numbers from 0 to 2^63 - 1, from one or from a sequence.

    Args:
        value: One number, or an iterable of numbers in order; an array must have one dimension.
        name: The argument's name, for errors.
        element: What one of them is, for errors.
        kind: What to raise for a negative number or one that is too large.

    Raises:
        ArgumentError: For floats, bools, texts, masked arrays, sets, mappings, or more than one dimension.
    """
    high = (1 << 63) - 1
    if is_single(value) and not hasattr(value, "__array__"):
        return np.array([whole(value, element, 0, high, kind=kind)], np.int64)
    array = _array(value, name)
    if array is None:
        numbers = [whole(item, element, 0, high, kind=kind) for item in _listed(value, name)]
        return np.array(numbers, np.int64)
    if array.ndim == 0:
        array = array[None]
    if array.size == 0 and array.ndim == 1:
        return np.empty(0, np.int64)
    if array.dtype.kind not in "iu":
        raise ArgumentError(f"{name} has the type {array.dtype}, expected whole numbers")
    if array.ndim != 1:
        raise ArgumentError(f"{name} has the shape {array.shape}, expected one dimension")
    wrong = array[(array < 0) | (array > high)] if array.dtype.kind == "i" else array[array > np.uint64(high)]
    if len(wrong):
        whole(wrong[0].item(), element, 0, high, kind=kind)
    return np.ascontiguousarray(array, np.int64)


def tickets(value: Any) -> NDArray[np.uint64]:
    """[M] tickets, from one or from a sequence.

    Raises:
        OutcomeError: For a number that cannot be a ticket.
        ArgumentError: As `wholes` does.
    """
    try:
        return wholes(value, "tickets", "a ticket", OutcomeError).view(np.uint64)
    except OutcomeError as error:
        raise OutcomeError(f"{error}: it was never issued; tickets count up from 0") from None


def outcomes(value: Any) -> NDArray[np.float64]:
    """[K] outcomes as float64; NaN where a rollout has none.

    Args:
        value: An iterable of numbers or bools; None, NaN and masked entries are rollouts without an outcome.

    Raises:
        OutcomeError: For texts, complex numbers, dates and other things that are not numbers, for sets and
            mappings, or where there is not exactly one dimension.
    """
    values = numbers(value)
    if values.ndim != 1:
        raise OutcomeError(f"a group of outcomes has the shape {values.shape}, expected [K]")
    return np.ascontiguousarray(values)


def ragged(groups: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Groups of outcomes end to end, and where each begins: [sum of K], [M + 1]."""
    array = _array(groups, "outcomes")
    if array is not None and array.ndim == 2:
        count, width = array.shape
        return np.ascontiguousarray(numbers(array)).ravel(), np.arange(count + 1, dtype=np.int64) * width
    if array is not None and array.ndim == 0:
        raise OutcomeError(f"outcomes is {shown(groups)}, expected a group of outcomes for each ticket")
    parts = [outcomes(group) for group in (_listed(groups, "outcomes") if array is None else array)]
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return np.concatenate(parts) if parts else np.empty(0), offsets


def texts(ids: Any) -> list[str]:
    """[N] ids as texts.

    Args:
        ids: An iterable of texts or whole numbers; an iterator is read once, to its end.

    Raises:
        PoolError: For a single text, a set, or an id that is neither a text nor a whole number.
    """
    if isinstance(ids, (str, bytes, bytearray, memoryview)):
        raise PoolError(f"ids is the single text {shown(ids)}, expected a sequence of ids")
    if isinstance(ids, (set, frozenset)):
        raise PoolError("ids is a set, whose order differs from run to run; give a list, such as sorted(ids)")
    try:
        values = ids.tolist() if isinstance(ids, np.ndarray) else list(ids)
    except TypeError:
        raise PoolError(f"ids is {shown(ids)}, expected a sequence of ids") from None
    if not isinstance(values, list):
        raise PoolError(f"ids is {shown(ids)}, expected a sequence of ids")
    for position, value in enumerate(values):
        if type(value) is str:
            continue
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (str, int, np.integer)):
            raise PoolError(f"the id at {position} is {shown(value)}, expected a text or a whole number")
        values[position] = str.__str__(value) if isinstance(value, str) else str(int(value))
    return values


def labels(domains: Any, count: int) -> list[str]:
    """[N] domains as texts: of texts, numbers or bools.

    Raises:
        PoolError: Where there are not `count` of them, or one is missing or something else.
    """
    if isinstance(domains, (str, bytes, Mapping, set, frozenset)) or not isinstance(domains, Iterable):
        raise PoolError(f"domains is {shown(domains)}, expected one for each prompt")
    values = domains.tolist() if isinstance(domains, np.ndarray) else list(domains)
    if len(values) != count:
        raise PoolError(
            f"{len(values)} domains were given for {count} prompts; give one for each prompt, or none"
        )
    for position, value in enumerate(values):
        if value is None or (isinstance(value, (float, np.floating)) and value != value):
            raise PoolError(f"the domain of prompt {position} is {value}; give every prompt one")
        if not isinstance(value, (str, int, float, np.generic)):
            raise PoolError(f"the domain of prompt {position} is {shown(value)}, expected a text")
    return [str(value) for value in values]


def path(value: Any) -> bytes:
    """A file's name as the system takes it; any name that the system accepts, UTF-8 or not.

    Raises:
        ArgumentError: For anything but a path.
        ArgumentValueError: For a name that is empty or holds a zero byte.
    """
    try:
        name = os.fsencode(value)
    except TypeError:
        raise ArgumentError(f"path is {shown(value)}, expected a file's name") from None
    except UnicodeEncodeError:
        raise ArgumentValueError(f"path is {shown(value)}, which is not a valid file name") from None
    if not name or b"\0" in name:
        raise ArgumentValueError(f"path is {shown(value)}, expected a file's name without zero bytes")
    return name


def data(value: Any) -> NDArray[np.uint8]:
    """Bytes as an array.

    Raises:
        ArgumentError: For anything but contiguous bytes.
    """
    if isinstance(value, np.ndarray) and value.dtype != np.uint8:
        raise ArgumentError(f"the snapshot is an array of {value.dtype}, expected bytes")
    try:
        view = memoryview(value).cast("B")
    except (TypeError, ValueError, BufferError):
        raise ArgumentError(f"the snapshot is {shown(value)}, expected bytes") from None
    return np.frombuffer(view, np.uint8) if len(view) else np.empty(0, np.uint8)


def numbers(value: Any) -> NDArray[np.float64]:
    """Outcomes of any shape as float64."""
    array = _array(value, "outcomes", kind=OutcomeError)
    if array is None:
        values = _listed(value, "outcomes", kind=OutcomeError)
        if any(item is np.ma.masked for item in values):
            values = [None if item is np.ma.masked else item for item in values]
        try:
            array = np.array(values)
        except (TypeError, ValueError, OverflowError) as error:
            raise OutcomeError(f"a group of outcomes is ragged, expected [K] numbers: {error}") from None
    if isinstance(array, np.ma.MaskedArray):
        masked = np.ma.getmaskarray(array)
        return np.where(masked, np.nan, numbers(np.asarray(array.filled(0))))
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    if array.dtype.kind == "O":
        flat = [_number(item) for item in array.ravel()]
        return np.array(flat, np.float64).reshape(array.shape)
    raise OutcomeError(
        f"outcomes have the type {array.dtype}, expected numbers in [0, 1], or NaN for a rollout without one"
    )


def _number(value: Any) -> float:
    """One outcome of a mixed sequence."""
    if value is None:
        return float("nan")
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        try:
            return float(value)
        except OverflowError:
            pass
    raise OutcomeError(
        f"an outcome is {shown(value)}, expected a number in [0, 1], or NaN for a rollout without one"
    )


def _array(value: Any, name: str, kind: type[InsightError] = ArgumentError) -> NDArray[Any] | None:
    """What is an array already, as numpy's; None for anything else."""
    if isinstance(value, np.ma.MaskedArray) and kind is ArgumentError and name != "outcomes":
        raise ArgumentError(f"{name} is a masked array, expected plain whole numbers")
    if isinstance(value, np.ndarray):
        return value
    if hasattr(value, "__array__"):
        try:
            array: NDArray[Any] = np.asanyarray(value)
        except (TypeError, ValueError, RuntimeError) as error:
            raise kind(f"{name} cannot be read as an array: {error}") from None
        return array
    return None


def _listed(value: Any, name: str, kind: type[InsightError] = ArgumentError) -> list[Any]:
    """What can be read in order, as a list."""
    if isinstance(value, (str, bytes, bytearray, Mapping, set, frozenset)) or not isinstance(value, Iterable):
        raise kind(f"{name} is {shown(value)}, expected a sequence of numbers")
    return list(value)


def shown(value: Any) -> str:
    """A value for an error, cut where it is long."""
    try:
        text = repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def configuration(method: str | None, stated: Mapping[str, Any] | str | None) -> bytes | None:
    """The configuration as JSON; None for the engine's default."""
    if method is not None and not isinstance(method, str):
        raise ConfigurationError(
            f"method is {shown(method)}, expected a name; insight_rl.methods() lists them"
        )
    try:
        values: Any = stated
        if isinstance(stated, str):
            if method is None:
                return _without_zero(stated.encode())
            values = json.loads(stated)
        if not isinstance(values, (Mapping, type(None))):
            raise ConfigurationError(f"the configuration is {shown(values)}, expected an object or its JSON")
        values = dict(values or {})
        if method is not None:
            if values.get("method", method) != method:
                raise ConfigurationError(
                    f"method is {method!r}, and the configuration says "
                    f"{shown(values['method'])}; leave one out"
                )
            values["method"] = method
        return json.dumps(values, default=_plain).encode()
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error, ConfigurationError):
            raise
        raise ConfigurationError(f"the configuration is not JSON: {error}") from None


def _without_zero(text: bytes) -> bytes:
    if b"\0" in text:
        raise ConfigurationError("the configuration holds a zero byte, which JSON does not have")
    return text


def _plain(value: Any) -> Any:
    """Numpy's numbers and other mappings, as JSON has them."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
