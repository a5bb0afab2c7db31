"""The selector: which prompts to roll out next, and what their outcomes say."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from insight_rl import _library
from insight_rl._library import address, call
from insight_rl.errors import InsightError, OutcomeError, PoolError, SnapshotError
from insight_rl.picks import Beliefs, Picks

Ids = Sequence[str] | Sequence[int] | NDArray[Any]
"""Prompts' ids: texts, or whole numbers, which stand for their decimal texts."""


class Selector:
    """Chooses which prompts to roll out next, and learns from what comes back.

    ```python
    selector = Selector(ids, seed=7)
    picks = selector.select(256)
    outcomes = [verify(rollouts_of(pick)) for pick in picks]     # [M] groups of K outcomes in [0, 1]
    selector.report(picks.tickets, outcomes, policy_version=step)
    ```

    The same ids, configuration, seed and calls give the same picks. A call that raises leaves the state as it
    was. A pick is pending, and its prompt not chosen again, until it is reported or abandoned; pending picks
    are part of the saved state. Any number of threads may call. After a fork the child's copy refuses every
    call: it would drift apart from the original unseen.
    """

    def __init__(
        self,
        ids: Ids,
        *,
        domains: Sequence[str] | None = None,
        method: str | None = None,
        configuration: Mapping[str, Any] | str | None = None,
        seed: int = 0,
    ) -> None:
        """A selector that has seen nothing.

        Args:
            ids: [N] distinct ids of the prompts.
            domains: [N] each prompt's domain, a label that says something about its difficulty: a level, a
                source, a bucket of prompt lengths or of offline pass rates. `recommended` takes domains for
                strata: it learns of each where its prompts begin and how far the policy has come. They divide
                a batch only where the configuration's `domains` has rules.
            method: The method's name, see `methods()`; `recommended` by default, `insight` for the paper's.
            configuration: What differs from the method's own settings: a mapping or its JSON, such as
                `{"rollouts": 16, "candidates": "all", "domains": {"math": {"quota": 64}}}`. Unknown keys are
                refused.
            seed: Decides every draw; 0 to 2^64 - 1.

        Raises:
            PoolError: for no ids, one that is empty or there twice, or domains that do not fit.
            ConfigurationError: for an unknown method or key, or a value out of range.
        """
        strings = _texts(ids)
        settings = _configuration(method, configuration)
        if not 0 <= seed < 1 << 64:
            raise InsightError(f"seed is {seed}, expected a whole number from 0 to 2^64 - 1")
        indices, names = None, None
        if domains is not None:
            if len(domains) != len(strings):
                raise PoolError(
                    f"{len(domains)} domains were given for {len(strings)} prompts; give one for each, or "
                    f"none"
                )
            if missing := [position for position, domain in enumerate(domains) if domain is None]:
                raise PoolError(f"the domain of prompt {missing[0]} is None; give every prompt one")
            labels = list(dict.fromkeys(map(str, domains)))
            numbers = {label: number for number, label in enumerate(labels)}
            indices = np.fromiter((numbers[str(domain)] for domain in domains), np.int32, len(domains))
            names = _library.Strings.of(labels)
        handle = ctypes.c_uint64()
        packed = _library.Strings.of(strings)
        call(
            "insight_create",
            ctypes.addressof(packed),
            address(indices),
            None if names is None else ctypes.addressof(names),
            settings,
            seed,
            ctypes.addressof(handle),
        )
        self._adopt(handle.value, len(strings))

    def _adopt(self, handle: int, count: int | None = None) -> None:
        self._handle = handle
        # Kept here: when the interpreter ends, modules go before objects do.
        self._destroy = _library.library().insight_destroy
        self._count = self._raw_metrics(-1).prompts if count is None else count

    @classmethod
    def _adopting(cls, handle: int) -> Selector:
        selector = cls.__new__(cls)
        selector._adopt(handle)
        return selector

    def __del__(self) -> None:
        """Frees the engine's side; in a forked child too, where nothing else is possible."""
        if handle := getattr(self, "_handle", 0):
            self._destroy(handle, None)

    # Choosing

    def select(self, count: int, *, rollouts: int | Sequence[int] | None = None) -> Picks:
        """Chooses and reserves prompts.

        Args:
            count: M, how many.
            rollouts: K of each; [M] for the i-th best pick's each; by default the configuration's K, or as
                many as its `allocation` gives each.

        Returns:
            [M] picks: the largest scores first, or in the order of the draws; probes last.

        Raises:
            SelectionError: where fewer than M prompts are free, or K is out of range.
        """
        rows = np.empty(max(count, 0), _library.PICK)
        if rollouts is None or isinstance(rollouts, (int, np.integer)):
            if rollouts is not None and rollouts < 1:
                raise InsightError(f"rollouts is {rollouts}, expected 1 or more")
            call("insight_select", self._handle, count, rollouts or 0, address(rows))
        else:
            each = np.ascontiguousarray(rollouts, np.int64)
            if each.shape != (count,):
                raise InsightError(
                    f"rollouts has shape {each.shape}, expected one number, or one for each of {count} picks"
                )
            call("insight_select_each", self._handle, address(each), count, address(rows))
        return Picks(rows, self)

    @property
    def pending(self) -> Picks:
        """The picks that are neither reported nor abandoned, in order of issue."""
        count = ctypes.c_int64()
        rows = np.empty(0, _library.PICK)
        while True:
            call("insight_pending", self._handle, address(rows), len(rows), ctypes.addressof(count))
            # Another thread may have changed it in between.
            if count.value <= len(rows):
                return Picks(rows[: count.value], self)
            rows = np.empty(count.value, _library.PICK)

    @property
    def available(self) -> int:
        """How many prompts can be chosen now."""
        return int(self._raw_metrics(-1).available)

    # Learning

    def report(
        self,
        tickets: int | ArrayLike,
        outcomes: ArrayLike | Sequence[ArrayLike],
        *,
        policy_version: int | None = None,
    ) -> NDArray[np.bool_]:
        """Learns from the outcomes of picks, from all of them or, where one cannot be, from none.

        Args:
            tickets: one ticket, or [M].
            outcomes: [K] of one ticket, or M groups of any lengths: verified outcomes in [0, 1], NaN for a
                rollout without one. Shaped scores do not belong here.
            policy_version: The version of the policy that made the rollouts, such as the training step.
                Needed where the method counts versions, as `recommended` does.

        Returns:
            [M] whether each was recorded; False for a ticket that was reported or abandoned before, which
            changes nothing.

        Raises:
            OutcomeError: for an unknown ticket, an outcome outside [0, 1], more outcomes than K and the
                configured slack, or a bad or missing policy version.
        """
        groups: Any = [outcomes] if np.ndim(tickets) == 0 else outcomes
        names = np.ascontiguousarray(np.atleast_1d(tickets), np.uint64)
        if len(groups) != len(names):
            raise OutcomeError(f"{len(groups)} groups of outcomes were reported for {len(names)} tickets")
        values, offsets = _ragged(groups)
        recorded = np.empty(len(names), np.bool_)
        call(
            "insight_report",
            self._handle,
            address(names),
            len(names),
            address(values),
            address(offsets),
            _version(policy_version),
            address(recorded),
        )
        return recorded

    def observe(self, id: str | int, outcomes: ArrayLike, *, policy_version: int | None = None) -> None:
        """Learns from rollouts that no pick asked for, such as logged ones.

        A pick of the same prompt stays pending.

        Args:
            id: The prompt's id.
            outcomes: [K] as in `report`.
            policy_version: as there.

        Raises:
            OutcomeError: for an unknown prompt, an outcome outside [0, 1], a bad or missing policy version.
        """
        values = _outcomes(outcomes)
        call(
            "insight_observe",
            self._handle,
            self._position(id),
            address(values),
            len(values),
            _version(policy_version),
        )

    def abandon(self, tickets: int | ArrayLike) -> None:
        """Frees picks that will not be reported; changes no belief. Settled ones stay settled.

        Raises:
            OutcomeError: for an unknown ticket; none is then freed.
        """
        names = np.ascontiguousarray(np.atleast_1d(tickets), np.uint64)
        call("insight_abandon", self._handle, address(names), len(names))

    def prime(self, id: str | int, *, successes: float, rollouts: float, weight: float = 1.0) -> None:
        """Starts a prompt off with what is known of it, such as a base model's pass rate.

        Args:
            id: The prompt's id.
            successes: of the offline rollouts.
            rollouts: of the offline policy.
            weight: How much one of them counts against one of the policy in training, in [0, 1].

        Raises:
            OutcomeError: for an unknown prompt, counts that contradict each other, or a prompt that was
                reported on already.
        """
        call("insight_prime", self._handle, self._position(id), successes, rollouts, weight)

    def set_reference_rates(self, id: str | int, *, weak: float, strong: float) -> None:
        """Gives two reference models' pass rates of a prompt, for implicit evidence as in `bots`."""
        call("insight_set_reference_rates", self._handle, self._position(id), weak, strong)

    # Looking

    def __len__(self) -> int:
        """N, the prompts in the pool."""
        return self._count

    @property
    def ids(self) -> list[str]:
        """[N] the prompts' ids."""
        return self.ids_at(None)

    def ids_at(self, positions: ArrayLike | None) -> list[str]:
        """The ids of the prompts at `positions` of the pool; of all where None."""
        where = None if positions is None else np.ascontiguousarray(positions, np.int64)
        count = self._count if where is None else len(where)
        offsets = np.empty(count + 1, np.int64)
        packed = _library.Bytes()
        call("insight_ids", self._handle, address(where), count, ctypes.addressof(packed), address(offsets))
        data = packed.take()
        ends = offsets.tolist()
        return [data[start:end].decode() for start, end in pairwise(ends)]

    def positions(self, ids: Ids) -> NDArray[np.int64]:
        """[M] where the prompts called `ids` are in the pool; -1 for one that is not."""
        strings = _texts(ids)
        result = np.empty(len(strings), np.int64)
        packed = _library.Strings.of(strings)
        call("insight_positions", self._handle, ctypes.addressof(packed), address(result))
        return result

    def _position(self, id: str | int) -> int:
        position = int(self.positions([str(id)])[0])
        if position < 0:
            raise OutcomeError(f"no prompt of the pool has the id {str(id)!r}")
        return position

    def beliefs(self, ids: Ids | None = None) -> Beliefs:
        """What is believed of prompts, as of the newest policy version.

        Args:
            ids: [M]; the whole pool in its order where None.

        Raises:
            OutcomeError: for an unknown id.
        """
        where = None
        if ids is not None:
            where = self.positions(ids)
            if (where < 0).any():
                raise OutcomeError(f"no prompt of the pool has the id {str(ids[int(np.argmin(where))])!r}")
        count = self._count if where is None else len(where)
        alpha, beta, score = (np.empty(count, np.float64) for _ in range(3))
        visits = np.empty(count, np.int64)
        call(
            "insight_beliefs",
            self._handle,
            address(where),
            count,
            address(alpha),
            address(beta),
            address(score),
            address(visits),
        )
        return Beliefs(alpha, beta, score, visits)

    @property
    def configuration(self) -> dict[str, Any]:
        """Every value of the configuration, the defaults too."""
        packed = _library.Bytes()
        call("insight_configuration", self._handle, ctypes.addressof(packed))
        values: dict[str, Any] = json.loads(packed.take())
        return values

    def metrics(self, *, starved_after: int = 50) -> dict[str, float]:
        """Sums over all reports so far, and the pool as it stands; see `insight_metrics` in insight.h.

        Args:
            starved_after: A prompt is starved when its last report is more policy versions old than this, or
                when it had none. -1 leaves out what needs a look at the whole pool.
        """
        metrics = self._raw_metrics(starved_after)
        return {name: getattr(metrics, name) for name, _ in metrics._fields_}

    def _raw_metrics(self, starved_after: int) -> _library.Metrics:
        metrics = _library.Metrics()
        call("insight_get_metrics", self._handle, starved_after, ctypes.addressof(metrics))
        return metrics

    # Saving

    def snapshot(self) -> bytes:
        """The whole state, pending picks and generators too; restoring it gives the very same future."""
        packed = _library.Bytes()
        call("insight_snapshot", self._handle, ctypes.addressof(packed))
        return packed.take()

    @classmethod
    def restore(cls, snapshot: bytes | bytearray | memoryview) -> Selector:
        """The selector that a snapshot was taken of.

        Raises:
            SnapshotError: where it is damaged or of another format.
        """
        data = np.frombuffer(snapshot, np.uint8)
        handle = ctypes.c_uint64()
        call("insight_restore", address(data), len(data), ctypes.addressof(handle))
        return cls._adopting(handle.value)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Saves a snapshot to a file, which is there whole or not at all.

        Raises:
            SnapshotError: where it cannot be written; a file that was there before is then as it was.
        """
        call("insight_save", self._handle, os.fsencode(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Selector:
        """The selector that was saved to a file.

        Raises:
            SnapshotError: where it cannot be read, or is damaged or of another format.
        """
        handle = ctypes.c_uint64()
        call("insight_load", os.fsencode(path), ctypes.addressof(handle))
        return cls._adopting(handle.value)

    def state_dict(self) -> dict[str, Any]:
        """The whole state, as trainers keep it: `{"format": 1, "snapshot": bytes}`."""
        return {"format": 1, "snapshot": self.snapshot()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes the state of a selector of the same prompts.

        Raises:
            SnapshotError: where it is damaged, or of another pool.
        """
        if state.get("format") != 1 or "snapshot" not in state:
            raise SnapshotError(
                f"this is no selector's state: it has {sorted(map(str, state))}, expected format 1 and "
                f"snapshot"
            )
        other = Selector.restore(state["snapshot"])
        if len(other) != len(self) or other.ids != self.ids:
            raise SnapshotError(
                f"the saved selector has {len(other)} prompts, this one {len(self)}, and they are not the "
                f"same; "
                "resume with the data set that the state was saved with"
            )
        self._handle, other._handle = other._handle, self._handle

    def __getstate__(self) -> dict[str, Any]:
        """For pickle: the state."""
        return self.state_dict()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """For pickle: a selector of its own with the state."""
        other = Selector.restore(state["snapshot"])
        self._adopt(other._handle)
        other._handle = 0

    def __copy__(self) -> Selector:
        """A second selector with the same state, to branch an experiment."""
        handle = ctypes.c_uint64()
        call("insight_copy", self._handle, ctypes.addressof(handle))
        return Selector._adopting(handle.value)

    def __deepcopy__(self, memo: dict[int, Any]) -> Selector:
        """The same as a copy: nothing is shared."""
        return self.__copy__()

    def __repr__(self) -> str:
        """The method and the pool's size."""
        return f"Selector({self._count} prompts, method {self.configuration['method']!r})"


def methods() -> list[dict[str, str]]:
    """The methods that a configuration can name, each with `name`, `summary` and `source`."""
    packed = _library.Bytes()
    call("insight_methods", ctypes.addressof(packed))
    values: list[dict[str, str]] = json.loads(packed.take())
    return values


def _texts(ids: Ids) -> Sequence[str]:
    """Ids as texts; PoolError for one that is neither text nor a whole number."""
    if isinstance(ids, str):
        raise PoolError(f"ids is the single text {ids!r}, expected a sequence of ids")
    values: Sequence[Any] = ids.tolist() if isinstance(ids, np.ndarray) else ids
    if all(type(value) is str for value in values):
        return values
    texts = []
    for position, value in enumerate(values):
        if isinstance(value, bool) or not isinstance(value, (str, int, np.integer, np.str_)):
            raise PoolError(f"the id at {position} is {value!r}, expected a text or a whole number")
        texts.append(str(value))
    return texts


def _configuration(method: str | None, configuration: Mapping[str, Any] | str | None) -> bytes | None:
    values: Any = configuration
    if isinstance(configuration, str):
        if method is None:
            return configuration.encode()
        values = json.loads(configuration)
    values = dict(values or {})
    if method is not None:
        if values.get("method", method) != method:
            raise InsightError(
                f"method is {method!r}, and the configuration says {values['method']!r}; leave one out"
            )
        values["method"] = method
    return json.dumps(values).encode()


def _outcomes(outcomes: ArrayLike) -> NDArray[np.float64]:
    values = np.ascontiguousarray(outcomes, np.float64)
    if values.ndim != 1:
        raise OutcomeError(f"a group of outcomes has shape {values.shape}, expected [K]")
    return values


def _ragged(groups: Sequence[ArrayLike]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Groups end to end, and where each begins: [sum of K], [M + 1]."""
    if isinstance(groups, np.ndarray) and groups.ndim == 2:
        count, width = groups.shape
        return np.ascontiguousarray(groups, np.float64).ravel(), np.arange(count + 1, dtype=np.int64) * width
    parts = [_outcomes(group) for group in groups]
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return np.concatenate(parts) if parts else np.empty(0), offsets


def _version(version: int | None) -> int:
    if version is None:
        return -1
    if not 0 <= version < 1 << 31:
        raise OutcomeError(f"policy_version is {version}, expected 0 to 2^31 - 1")
    return int(version)
