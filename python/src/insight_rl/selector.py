"""The selector: chooses the prompts to roll out next, and learns from their outcomes."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from insight_rl import _arguments, _files, _library
from insight_rl._library import address, call
from insight_rl.errors import (
    ArgumentValueError,
    OutcomeError,
    SelectionError,
    SnapshotError,
)
from insight_rl.picks import Beliefs, Picks

Ids = Iterable[str] | Iterable[int] | NDArray[Any]
"""Prompts' ids: texts, or whole numbers, which stand for their decimal texts."""


class Selector:
    """Chooses the prompts to roll out next, and learns from their outcomes.

    ```python
    selector = Selector(ids, seed=7)
    picks = selector.select(256)
    outcomes = [verify(rollouts_of(pick)) for pick in picks]     # [M] groups of K outcomes in [0, 1]
    selector.report(picks.tickets, outcomes, policy_version=step)
    ```

    The same ids, configuration, seed and calls give the same picks. A call that raises leaves the state as it
    was. A pick is pending, and its prompt is not chosen again, until it is reported or abandoned. Pending
    picks are part of the saved state. Any number of threads may call. After a fork the child's copy refuses
    every call, because it would drift apart from the original without anyone noticing.
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
        """Makes a selector that has seen nothing.

        Args:
            ids: [N] distinct ids of the prompts.
            domains: [N] each prompt's domain, a label that says something about its difficulty: a level, a
                source, a bucket of prompt lengths or of offline pass rates. `recommended` learns from each
                domain how difficult its unseen prompts are and how far the policy has come. Domains divide a
                batch only where the configuration's `domains` has rules.
            method: The method's name, see `methods()`; `recommended` by default, `insight` for the paper's.
            configuration: Settings that differ from the method's own: a mapping or its JSON, such as
                `{"rollouts": 16, "candidates": "all", "domains": {"math": {"quota": 64}}}`. Unknown keys are
                refused. See `needs` for settings that your loop has to act on.
            seed: Decides every draw; 0 to 2^64 - 1.

        Raises:
            PoolError: For no ids, an id that is empty or appears twice, or domains that do not fit.
            ConfigurationError: For an unknown method or key, or a value out of range.
        """
        strings = _arguments.texts(ids)
        settings = _arguments.configuration(method, configuration)
        seed = _arguments.whole(seed, "seed", 0, (1 << 64) - 1)
        indices, names = None, None
        if domains is not None:
            labels = _arguments.labels(domains, len(strings))
            numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
            indices = np.fromiter((numbers[label] for label in labels), np.int32, len(labels))
            names = _library.Strings.of(list(numbers))
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
        """Frees the engine's side, also in a forked child."""
        if handle := getattr(self, "_handle", 0):
            self._destroy(handle, None)

    # Choosing

    def select(self, count: int, *, rollouts: int | Sequence[int] | None = None) -> Picks:
        """Chooses and reserves prompts.

        Args:
            count: M, how many.
            rollouts: K of each; [M] for the i-th best pick's each; by default the configuration's K, or as
                many as its `allocation` gives each, or those of the first of its `stages`.

        Returns:
            [M] picks: the largest acquisitions first, or in the order of the draws; probes last.

        Raises:
            SelectionError: Where fewer than M prompts are free, or K is out of range.
        """
        count = _arguments.whole(count, "count", 0, 1 << 63, kind=SelectionError)
        if count > self._count:
            # Before room is made for them.
            raise SelectionError(
                f"{count} prompts were asked for and {self.available} are free; the pool has {self._count}"
            )
        rows = np.empty(count, _library.PICK)
        if rollouts is None or _arguments.is_single(rollouts):
            k = 0 if rollouts is None else _arguments.whole(rollouts, "rollouts", 1, kind=SelectionError)
            call("insight_select", self._handle, count, k, address(rows))
        else:
            each = _arguments.wholes(rollouts, "rollouts", "a number of rollouts", SelectionError)
            if len(each) != count:
                raise ArgumentValueError(
                    f"rollouts has the shape {each.shape}, expected one number, or one for each of "
                    f"the {count} picks"
                )
            call("insight_select_each", self._handle, address(each), count, address(rows))
        return Picks(rows, self)

    @property
    def pending(self) -> Picks:
        """The picks that are neither reported nor abandoned, in the order of their tickets."""
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
        """Learns from the outcomes of picks. If one of them cannot be learned from, none is.

        Args:
            tickets: One ticket, or [M].
            outcomes: [K] of one ticket, or M groups of any lengths: verified outcomes in [0, 1]. NaN, None
                and masked entries are rollouts without an outcome. Shaped rewards do not belong here.
            policy_version: The version of the policy that made the rollouts, such as the training step.
                Needed where the method counts versions, as `recommended` does.

        Returns:
            [M] whether each was recorded; False for a ticket that was reported or abandoned before, which
            changes nothing.

        Raises:
            OutcomeError: For an unknown ticket, an outcome outside [0, 1], more outcomes than K and the
                configured slack, or a bad or missing policy version.
        """
        names, values, offsets = self._groups(tickets, outcomes)
        recorded = np.empty(len(names), np.bool_)
        self._report(names, values, offsets, policy_version, recorded, None)
        return recorded

    def report_with_baselines(
        self,
        tickets: int | ArrayLike,
        outcomes: ArrayLike | Sequence[ArrayLike],
        *,
        policy_version: int | None = None,
    ) -> list[NDArray[np.float64]]:
        """Learns as `report` does, and says what was expected of each outcome.

        The baseline of a rollout comes from the belief before the group and from the group's other outcomes,
        not from its own. The advantage is the outcome less its baseline, and a group of one has one too. The
        configuration's `baseline` says how much the belief counts.

        Args:
            tickets: As in `report`.
            outcomes: As in `report`.
            policy_version: As in `report`.

        Returns:
            M arrays [K]: the baseline of each outcome. NaN for a missing one, and for a pick that was settled
            before.

        Raises:
            OutcomeError: As in `report`.
        """
        names, values, offsets = self._groups(tickets, outcomes)
        baselines = np.empty(len(values), np.float64)
        self._report(names, values, offsets, policy_version, None, baselines)
        return np.split(baselines, offsets[1:-1])

    @staticmethod
    def _groups(
        tickets: int | ArrayLike, outcomes: ArrayLike | Sequence[ArrayLike]
    ) -> tuple[NDArray[np.uint64], NDArray[np.float64], NDArray[np.int64]]:
        """Tickets, all their outcomes end to end, and where each group begins."""
        names = _arguments.tickets(tickets)
        if _arguments.is_single(tickets):
            values = _arguments.outcomes(outcomes)
            offsets = np.array([0, len(values)], np.int64)
        else:
            values, offsets = _arguments.ragged(outcomes)
        if len(offsets) - 1 != len(names):
            raise OutcomeError(
                f"{len(offsets) - 1} groups of outcomes were reported for {len(names)} tickets; give one "
                "group for each"
            )
        return names, values, offsets

    def _report(
        self,
        names: NDArray[np.uint64],
        values: NDArray[np.float64],
        offsets: NDArray[np.int64],
        policy_version: int | None,
        recorded: NDArray[np.bool_] | None,
        baselines: NDArray[np.float64] | None,
    ) -> None:
        call(
            "insight_report",
            self._handle,
            address(names),
            len(names),
            address(values),
            address(offsets),
            _arguments.version(policy_version),
            address(recorded),
            address(baselines),
        )

    def report_stage(
        self, ticket: int, outcomes: ArrayLike, *, policy_version: int | None = None, settling: bool = True
    ) -> int:
        """Learns from the outcomes that a pick's group has so far, where the configuration has `stages`.

        ```python
        outcomes = verify(rollouts_of(pick))
        while more := selector.report_stage(pick.ticket, outcomes, policy_version=step):
            outcomes += verify(rollouts_of(pick, more))
        ```

        A pick is pending until its group is complete. The same outcomes again get the same answer and are not
        learned twice. `report` ends a group with what it has, and `abandon` keeps what was learned. Without
        `stages` a group is complete with the pick's rollouts.

        Args:
            ticket: The pick's ticket.
            outcomes: All outcomes of the group so far, in the order of the rollouts, as in `report`.
            policy_version: The version that made the newest rollouts; as in `report`.
            settling: Whether a complete group is settled. If not, its pick stays pending, and
                `report_with_baselines` settles it and gives its baselines.

        Returns:
            How many more rollouts of the same prompt to make; 0 where the group is complete. With fewer
            outcomes than were asked for it is how many are missing, and nothing is learned.

        Raises:
            OutcomeError: As `report` does, and for outcomes that contradict those of an earlier stage.
        """
        names = _arguments.tickets(ticket)
        if len(names) != 1:
            raise OutcomeError(f"{len(names)} tickets were given; report the stages of one pick at a time")
        values = _arguments.outcomes(outcomes)
        more = ctypes.c_int64()
        call(
            "insight_report_stage",
            self._handle,
            int(names[0]),
            address(values),
            len(values),
            _arguments.version(policy_version),
            settling,
            ctypes.addressof(more),
        )
        return more.value

    def observe(self, id: str | int, outcomes: ArrayLike, *, policy_version: int | None = None) -> None:
        """Learns from rollouts that no pick asked for, such as logged ones.

        A pick of the same prompt stays pending.

        Args:
            id: The prompt's id.
            outcomes: [K] as in `report`.
            policy_version: As in `report`.

        Raises:
            OutcomeError: For an unknown prompt, an outcome outside [0, 1], a bad or missing policy version.
        """
        values = _arguments.outcomes(outcomes)
        call(
            "insight_observe",
            self._handle,
            self._position(id),
            address(values),
            len(values),
            _arguments.version(policy_version),
        )

    def abandon(self, tickets: int | ArrayLike) -> None:
        """Frees picks that will not be reported; changes no belief. Settled ones stay settled.

        Raises:
            OutcomeError: For an unknown ticket; none is then freed.
        """
        names = _arguments.tickets(tickets)
        call("insight_abandon", self._handle, address(names), len(names))

    def prime(self, id: str | int, *, successes: float, rollouts: float, weight: float = 1.0) -> None:
        """Starts a prompt with offline rollouts, such as a base model's.

        Args:
            id: The prompt's id.
            successes: How many of the offline rollouts were right.
            rollouts: How many offline rollouts there were.
            weight: What an offline rollout counts against one of the policy in training, in [0, 1].

        Raises:
            OutcomeError: For an unknown prompt, counts that contradict each other, or a prompt that was
                reported on before.
        """
        call(
            "insight_prime",
            self._handle,
            self._position(id),
            _arguments.real(successes, "successes"),
            _arguments.real(rollouts, "rollouts"),
            _arguments.real(weight, "weight"),
        )

    def set_reference_rates(self, id: str | int, *, weak: float, strong: float) -> None:
        """Gives two reference models' pass rates of a prompt, for implicit evidence as in `bots`."""
        call(
            "insight_set_reference_rates",
            self._handle,
            self._position(id),
            _arguments.real(weak, "weak"),
            _arguments.real(strong, "strong"),
        )

    # Looking

    def __len__(self) -> int:
        """N, the prompts in the pool."""
        return self._count

    @property
    def ids(self) -> list[str]:
        """[N] the prompts' ids."""
        return self.ids_at(None)

    def ids_at(self, positions: ArrayLike | None) -> list[str]:
        """Returns the ids of the prompts at `positions` of the pool; of the whole pool where None."""
        where = None
        if positions is not None:
            where = _arguments.wholes(positions, "positions", "a position", ArgumentValueError)
        count = self._count if where is None else len(where)
        offsets = np.empty(count + 1, np.int64)
        packed = _library.Bytes()
        call("insight_ids", self._handle, address(where), count, ctypes.addressof(packed), address(offsets))
        data = packed.take()
        ends = offsets.tolist()
        return [data[start:end].decode() for start, end in pairwise(ends)]

    def positions(self, ids: Ids) -> NDArray[np.int64]:
        """Finds the [M] positions of the prompts called `ids`; -1 for an id that the pool does not have."""
        strings = _arguments.texts(ids)
        result = np.empty(len(strings), np.int64)
        packed = _library.Strings.of(strings)
        call("insight_positions", self._handle, ctypes.addressof(packed), address(result))
        return result

    def _position(self, id: str | int) -> int:
        position = int(self.positions(_arguments.texts([id]))[0])
        if position < 0:
            raise OutcomeError(f"no prompt of the pool has the id {str(id)!r}")
        return position

    def beliefs(self, ids: Ids | None = None) -> Beliefs:
        """Returns the beliefs about prompts, as of the newest policy version.

        Args:
            ids: [M]; the whole pool in its order where None.

        Raises:
            OutcomeError: For an unknown id.
        """
        where = None
        if ids is not None:
            names = _arguments.texts(ids)
            where = self.positions(names)
            if (where < 0).any():
                raise OutcomeError(f"no prompt of the pool has the id {names[int(np.argmin(where))]!r}")
        count = self._count if where is None else len(where)
        alpha, beta, acquisition = (np.empty(count, np.float64) for _ in range(3))
        visits = np.empty(count, np.int64)
        call(
            "insight_beliefs",
            self._handle,
            address(where),
            count,
            address(alpha),
            address(beta),
            address(acquisition),
            address(visits),
        )
        return Beliefs(alpha, beta, acquisition, visits)

    @property
    def configuration(self) -> dict[str, Any]:
        """Every value of the configuration, the defaults too."""
        packed = _library.Bytes()
        call("insight_configuration", self._handle, ctypes.addressof(packed))
        values: dict[str, Any] = json.loads(packed.take())
        return values

    @property
    def needs(self) -> list[str]:
        """What the engine leaves to the trainer; empty for most methods.

        - `filter`: the trainer drops groups whose outcomes are all equal, reports them too, and selects more
          prompts in their place. The methods `dynamic-sampling`, `greso`, `speed-rl` and `pilot-commit` set
          it.
        - `varianceFilter`, the setting `filter` of the kind `variance`: the trainer trains on the fewest
          groups that hold a share of the batch's reward variance, and reports all. The method `ragen-top-p`
          sets it.
        - `allocation`: picks differ in `rollouts`, and the trainer makes as many as each pick says.
        - `stages`: the trainer reports each group by `report_stage` and makes as many rollouts more as that
          says. The methods `speed-rl`, `pilot-commit` and `reinforce-ada` set it.

        A loop that does not do what is listed here runs another method than the one that was asked for.
        """
        packed = _library.Bytes()
        call("insight_needs", self._handle, ctypes.addressof(packed))
        names: list[str] = json.loads(packed.take())
        return names

    def metrics(self, *, starved_after: int = 50) -> dict[str, float]:
        """Returns sums over all reports, and the pool as it stands; see `insight_metrics` in insight.h.

        Args:
            starved_after: A prompt is starved when its last report is more policy versions old than this, or
                when it had none. -1 leaves out the figures that need a look at the whole pool.
        """
        metrics = self._raw_metrics(_arguments.whole(starved_after, "starved_after", -1))
        return {name: getattr(metrics, name) for name, _ in metrics._fields_}

    def _raw_metrics(self, starved_after: int) -> _library.Metrics:
        metrics = _library.Metrics()
        call("insight_get_metrics", self._handle, starved_after, ctypes.addressof(metrics))
        return metrics

    # Saving

    def snapshot(self) -> bytes:
        """Returns the whole state, with pending picks; a restored selector makes the same picks."""
        packed = _library.Bytes()
        call("insight_snapshot", self._handle, ctypes.addressof(packed))
        return packed.take()

    @classmethod
    def restore(cls, snapshot: bytes | bytearray | memoryview) -> Selector:
        """Makes the selector that a snapshot was taken of.

        Raises:
            SnapshotError: Where it is damaged or has another format.
        """
        data = _arguments.data(snapshot)
        handle = ctypes.c_uint64()
        call("insight_restore", address(data), len(data), ctypes.addressof(handle))
        return cls._adopting(handle.value)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Saves a snapshot to a file, which is complete or unchanged.

        Raises:
            StorageError: Where it cannot be written; a file that was there before is then as it was.
        """
        name = _arguments.path(path)
        with _files.replacing(name) as partial, _files.named(name, os.fsencode(partial)):
            if _files.is_utf8(os.fsencode(partial)):
                # The engine writes column by column, without a second copy of a large state.
                call("insight_save", self._handle, os.fsencode(partial))
            else:
                partial.write_bytes(self.snapshot())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Selector:
        """Makes the selector that was saved to a file.

        Raises:
            SnapshotError: Where it is damaged or has another format.
            StorageError: Where it cannot be read.
        """
        name = _arguments.path(path)
        handle = ctypes.c_uint64()
        with _files.named(name, name):
            if not _files.is_utf8(name):
                return cls.restore(_files.read(name))
            call("insight_load", name, ctypes.addressof(handle))
        return cls._adopting(handle.value)

    def state_dict(self) -> dict[str, Any]:
        """Returns the whole state, as trainers keep it: `{"format": 1, "snapshot": bytes}`."""
        return {"format": 1, "snapshot": self.snapshot()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes the state of a selector of the same prompts.

        Raises:
            SnapshotError: Where it is damaged, or of another pool.
        """
        if not isinstance(state, Mapping) or state.get("format") != 1 or "snapshot" not in state:
            found = sorted(map(str, state)) if isinstance(state, Mapping) else type(state).__name__
            raise SnapshotError(
                f"this is not a selector's state: it has {found}, expected format 1 and snapshot"
            )
        other = Selector.restore(state["snapshot"])
        if len(other) != len(self) or other.ids != self.ids:
            raise SnapshotError(
                f"the saved selector has {len(other)} prompts, this one {len(self)}, and they are not the "
                "same; resume with the data set that the state was saved with"
            )
        self._handle, other._handle = other._handle, self._handle

    def __getstate__(self) -> dict[str, Any]:
        """Returns the state, for pickle."""
        return self.state_dict()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Makes an independent selector of the state, for pickle."""
        other = Selector.restore(state["snapshot"])
        self._adopt(other._handle)
        other._handle = 0

    def __copy__(self) -> Selector:
        """Makes a second selector with the same state, to branch an experiment."""
        handle = ctypes.c_uint64()
        call("insight_copy", self._handle, ctypes.addressof(handle))
        return Selector._adopting(handle.value)

    def __deepcopy__(self, memo: dict[int, Any]) -> Selector:
        """Makes a copy; copies share nothing."""
        return self.__copy__()

    def __repr__(self) -> str:
        """Names the method and the pool's size."""
        return f"Selector({self._count} prompts, method {self.configuration['method']!r})"


def methods() -> list[dict[str, Any]]:
    """Lists the methods that a configuration can name.

    Returns:
        For each a `name`, a `summary`, a `source`, and in `needs` the settings of the method that the engine
        leaves to the trainer; see `Selector.needs`.
    """
    packed = _library.Bytes()
    call("insight_methods", ctypes.addressof(packed))
    values: list[dict[str, Any]] = json.loads(packed.take())
    return values
