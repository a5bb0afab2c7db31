"""The functions of `insight.h`, which documents them, through ctypes.

Nothing here is public. Arrays go over as addresses of C-contiguous numpy arrays, whose lengths the callers in
`selector.py` answer for; a call gives the GIL back while the engine works.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from insight_rl import errors

ABI_VERSION = 3

PICK = np.dtype(
    [
        ("ticket", np.uint64),
        ("position", np.int64),
        ("rollouts", np.int64),
        ("acquisition", np.float64),
        ("alpha", np.float64),
        ("beta", np.float64),
    ]
)
"""`insight_pick`."""


class Error(ctypes.Structure):
    """`insight_error`."""

    _fields_ = (("status", ctypes.c_int32), ("message", ctypes.c_char * 2044))


class Strings(ctypes.Structure):
    """`insight_strings`; keeps what it points to alive."""

    _fields_ = (("bytes", ctypes.c_void_p), ("offsets", ctypes.c_void_p), ("count", ctypes.c_int64))

    @classmethod
    def of(cls, strings: Sequence[str]) -> Strings:
        """Args: strings: any; PoolError where one has half of a surrogate pair, which UTF-8 lacks."""
        joined = "".join(strings)
        try:
            data = joined.encode()
        except UnicodeEncodeError as error:
            raise errors.PoolError(
                f"an id or a name holds {joined[error.start]!r}, half of a surrogate pair; decode it as "
                f"UTF-8 first"
            ) from None
        if len(data) == len(joined):
            lengths = np.fromiter(map(len, strings), np.int64, len(strings))
        else:
            lengths = np.fromiter((len(string.encode()) for string in strings), np.int64, len(strings))
        offsets = np.zeros(len(strings) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        buffer = ctypes.c_char_p(data)
        result = cls(ctypes.cast(buffer, ctypes.c_void_p), offsets.ctypes.data, len(strings))
        result._kept = (data, buffer, offsets)
        return result


class Bytes(ctypes.Structure):
    """`insight_bytes`."""

    _fields_ = (("bytes", ctypes.c_void_p), ("count", ctypes.c_int64))

    def take(self) -> bytes:
        """The bytes, which are given back to the library."""
        try:
            return ctypes.string_at(self.bytes, self.count) if self.count else b""
        finally:
            library().insight_bytes_free(ctypes.byref(self))


class Metrics(ctypes.Structure):
    """`insight_metrics`."""

    _fields_ = (
        ("groups", ctypes.c_int64),
        ("mixed_groups", ctypes.c_int64),
        ("predicted_mixed", ctypes.c_double),
        ("rollouts", ctypes.c_double),
        ("successes", ctypes.c_double),
        ("predicted_successes", ctypes.c_double),
        ("squared_error", ctypes.c_double),
        ("missing", ctypes.c_int64),
        ("prompts", ctypes.c_int64),
        ("available", ctypes.c_int64),
        ("pending", ctypes.c_int64),
        ("solved", ctypes.c_int64),
        ("policy_version", ctypes.c_int64),
        ("belief_mean", ctypes.c_double),
        ("belief_evidence", ctypes.c_double),
        ("unvisited_share", ctypes.c_double),
        ("starved_share", ctypes.c_double),
    )


_ADDRESS, _NUMBER, _HANDLE, _REAL = ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint64, ctypes.c_double

_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "insight_methods": (_ADDRESS,),
    "insight_create": (_ADDRESS, _ADDRESS, _ADDRESS, ctypes.c_char_p, ctypes.c_uint64, _ADDRESS),
    "insight_destroy": (_HANDLE,),
    "insight_copy": (_HANDLE, _ADDRESS),
    "insight_snapshot": (_HANDLE, _ADDRESS),
    "insight_restore": (_ADDRESS, _NUMBER, _ADDRESS),
    "insight_save": (_HANDLE, ctypes.c_char_p),
    "insight_load": (ctypes.c_char_p, _ADDRESS),
    "insight_select": (_HANDLE, _NUMBER, _NUMBER, _ADDRESS),
    "insight_select_each": (_HANDLE, _ADDRESS, _NUMBER, _ADDRESS),
    "insight_pending": (_HANDLE, _ADDRESS, _NUMBER, _ADDRESS),
    "insight_report": (_HANDLE, _ADDRESS, _NUMBER, _ADDRESS, _ADDRESS, _NUMBER, _ADDRESS, _ADDRESS),
    "insight_report_stage": (_HANDLE, _HANDLE, _ADDRESS, _NUMBER, _NUMBER, ctypes.c_uint8, _ADDRESS),
    "insight_observe": (_HANDLE, _NUMBER, _ADDRESS, _NUMBER, _NUMBER),
    "insight_abandon": (_HANDLE, _ADDRESS, _NUMBER),
    "insight_prime": (_HANDLE, _NUMBER, _REAL, _REAL, _REAL),
    "insight_set_reference_rates": (_HANDLE, _NUMBER, _REAL, _REAL),
    "insight_beliefs": (_HANDLE, _ADDRESS, _NUMBER, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS),
    "insight_positions": (_HANDLE, _ADDRESS, _ADDRESS),
    "insight_ids": (_HANDLE, _ADDRESS, _NUMBER, _ADDRESS, _ADDRESS),
    "insight_configuration": (_HANDLE, _ADDRESS),
    "insight_needs": (_HANDLE, _ADDRESS),
    "insight_get_metrics": (_HANDLE, _NUMBER, _ADDRESS),
}
"""The functions that end with an `insight_error *` and return a status."""

_ERRORS: dict[int, type[errors.InsightError]] = {
    3: errors.ForkedError,
    4: errors.ConfigurationError,
    5: errors.PoolError,
    6: errors.SelectionError,
    7: errors.OutcomeError,
    8: errors.SnapshotError,
}


def _path() -> Path:
    if named := os.environ.get("INSIGHT_LIBRARY"):
        return Path(named)
    folder = Path(__file__).parent
    for name in ("libInsightC.so", "libInsightC.dylib"):
        if (folder / name).exists():
            return folder / name
    raise errors.LibraryError(
        f"{folder} has no libInsightC; install the wheel of insight-rl, or build the library in a checkout "
        f"with "
        "Scripts/build-library and name it in INSIGHT_LIBRARY"
    )


@cache
def library() -> ctypes.CDLL:
    """The engine, loaded at its first use.

    Raises:
        LibraryError: where there is none, or it is of another version.
    """
    path = _path()
    try:
        loaded = ctypes.CDLL(str(path))
        loaded.insight_abi_version.restype = ctypes.c_uint32
        version = loaded.insight_abi_version()
    except (OSError, AttributeError) as error:
        raise errors.LibraryError(f"{path} cannot be loaded as InSight's engine: {error}") from error
    if version != ABI_VERSION:
        raise errors.LibraryError(
            f"{path} has interface version {version}, and this package needs {ABI_VERSION}; build it again"
        )
    loaded.insight_bytes_free.argtypes = (_ADDRESS,)
    loaded.insight_bytes_free.restype = None
    for name, arguments in _ARGUMENTS.items():
        function = getattr(loaded, name)
        function.argtypes = (*arguments, _ADDRESS)
        function.restype = ctypes.c_int32
    return loaded


def call(name: str, *arguments: Any) -> None:
    """Calls a function of the library.

    Raises:
        InsightError: of the kind that its status says.
    """
    error = Error()
    if getattr(library(), name)(*arguments, ctypes.addressof(error)):
        kind = _ERRORS.get(error.status, errors.ArgumentValueError)
        raise kind(error.message.decode(errors="replace"))


def address(array: np.ndarray | None) -> int | None:
    """Where a contiguous array begins; None for none."""
    return None if array is None else array.ctypes.data
