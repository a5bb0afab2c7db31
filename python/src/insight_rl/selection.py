"""A selector inside a trainer, and what every adapter shares: settings, ids and outcomes."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from insight_rl import _arguments, _files
from insight_rl.config import SelectionConfig
from insight_rl.errors import ConfigurationError, OutcomeError, SnapshotError
from insight_rl.picks import Picks
from insight_rl.rows import Fingerprint, column_of, field_of, is_missing, outcomes_of, prompt_ids
from insight_rl.selector import Selector

__all__ = [
    "Group",
    "Selection",
    "SelectionConfig",
    "column_of",
    "field_of",
    "is_missing",
    "outcomes_of",
    "prompt_ids",
]

_FORMAT = 2
_KEYS = {1: {"format", "snapshot", "pool", "reported"}}
_KEYS[2] = _KEYS[1] | {"prompts", "extra"}
_OLD_SUMS = {"groups_with_signal": "mixed_groups", "predicted_signal": "predicted_mixed"}
"""The names of sums in states of format 1."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Group:
    """The rollouts of one prompt as a framework hands them back."""

    id: str
    outcomes: ArrayLike
    """[K] verified outcomes in [0, 1]; NaN for a rollout without one."""
    ticket: int | None = None
    """The pick's ticket, where the framework kept it."""


class Selection:
    """A selector inside a trainer."""

    def __init__(
        self,
        ids: Iterable[str],
        *,
        domains: Iterable[str] | None = None,
        prompts: Iterable[Any] | None = None,
        config: SelectionConfig | Mapping[str, Any] | None = None,
        rollouts: int | None = None,
        unsupported: Mapping[str, str] | None = None,
    ) -> None:
        """Makes a selection that has seen nothing.

        Args:
            ids: [N] the prompts' ids.
            domains: [N] each prompt's domain, as `Selector` takes them; None for none.
            prompts: [N] what each prompt says: a text or chat messages. A saved state is then refused where
                the same ids name other prompts, and prompts that repeat are warned of. None for no check.
            config: The settings.
            rollouts: K, the framework's rollouts of each prompt. The configuration may repeat it, but not
                contradict it.
            unsupported: The settings that this trainer does not act on; see `SelectionConfig.refuse`.

        Raises:
            PoolError, ConfigurationError: As `Selector` does.
            ConfigurationError: For a setting in `unsupported`.
        """
        self.config = SelectionConfig.parse(config)
        self.config.refuse(unsupported or {})
        engine = dict(self.config.engine)
        if rollouts is not None and engine.setdefault("rollouts", rollouts) != rollouts:
            raise ConfigurationError(
                f"engine.rollouts is {engine['rollouts']}, and the trainer rolls out {rollouts} of each "
                "prompt; leave it out"
            )
        names = _arguments.texts(ids)
        labels = None if domains is None else _arguments.labels(domains, len(names))
        self.selector = Selector(
            names, domains=labels, method=self.config.method, configuration=engine, seed=self.config.seed
        )
        self.extra: dict[str, Any] = {}
        """What an adapter keeps beside the selection; saved with it, as JSON."""
        self._pool = _digest(names, labels or ())
        self._prompts: str | None = None
        if prompts is not None:
            self._prompts, distinct = Fingerprint.of(prompts)
            if distinct < len(names):
                logger.warning(
                    "There are %d distinct prompts in %d rows. Each row has its own belief, so nothing that "
                    "is learned from one helps its copies: remove repeated rows.",
                    distinct,
                    len(names),
                )
        self._quotas = _quotas(self.selector.configuration, labels)
        self._tickets: dict[str, int] = {}
        self._reported: dict[str, float] = {}
        self._looked = 0

    @property
    def ids(self) -> list[str]:
        """[N] the prompts' ids, read from the engine."""
        return self.selector.ids

    @property
    def policy_version(self) -> int:
        """The newest policy version that was reported on."""
        return int(self.selector.metrics(starved_after=-1)["policy_version"])

    def position_of(self, id: str) -> int:
        """Finds the row of the prompt called `id`.

        Raises:
            OutcomeError: Where there is none.
        """
        return int(self._known([id])[0])

    def _known(self, names: Sequence[str]) -> NDArray[np.int64]:
        """[M] the positions of prompts; OutcomeError for an unknown one."""
        positions = self.selector.positions(names)
        if len(unknown := np.flatnonzero(positions < 0)):
            raise OutcomeError(f"no prompt of the pool has the id {names[unknown[0]]!r}")
        return positions

    # Choosing and learning

    def take(self, count: int, rollouts: int | Sequence[int] | None = None) -> Picks:
        """Chooses and reserves `count` prompts; see `Selector.select`."""
        picks = self.selector.select(count, rollouts=rollouts)
        self._tickets.update(zip(picks.ids, picks.tickets.tolist(), strict=True))
        for name, (quota, members) in list(self._quotas.items()):
            if (found := int(members[picks.positions].sum())) < quota:
                del self._quotas[name]
                logger.warning(
                    "The domain %r has a quota of %d and got %d of a batch of %d: its free prompts or the "
                    "batch did not suffice. This is said once.",
                    name,
                    quota,
                    found,
                    count,
                )
        return picks

    def ticket_of(self, id: str) -> int | None:
        """Returns the ticket of the prompt's pending pick, if there is one."""
        return self._tickets.get(id)

    def learn(self, groups: Iterable[Group], policy_version: int | None) -> int:
        """Learns from groups. If one of them cannot be learned from, none is.

        A group settles the pick of its ticket, or the pending pick of its prompt where the framework lost the
        ticket. A group that no pick asked for is learned from as it is. A ticket that was settled before
        changes nothing. Picks are learned from in the order of their tickets, whatever order they come in.

        Args:
            groups: Whatever came back, also groups that the framework does not train on: they were paid for.
            policy_version: The version that rolled them out, such as the training step.

        Returns:
            How many groups were learned from.

        Raises:
            OutcomeError: For an unknown prompt or ticket, a ticket that two groups have, or an outcome
                outside [0, 1].
        """
        groups = list(groups)
        names = _arguments.texts(group.id for group in groups)
        self._known(names)
        version = _arguments.version(policy_version)
        picked: dict[int, tuple[str, NDArray[np.float64]]] = {}
        others: list[tuple[str, NDArray[np.float64]]] = []
        # Explicit tickets first: a group without one settles its prompt's pick only where no other group
        # does.
        for name, group in zip(names, groups, strict=True):
            if group.ticket is not None:
                ticket = int(_arguments.tickets(group.ticket)[0])
                if ticket in picked:
                    raise OutcomeError(f"two groups have the ticket {ticket}; report each pick once")
                picked[ticket] = (name, _arguments.outcomes(group.outcomes))
        for name, group in zip(names, groups, strict=True):
            if group.ticket is None:
                entry = (name, _arguments.outcomes(group.outcomes))
                waiting = self._tickets.get(name)
                if waiting is None or waiting in picked:
                    others.append(entry)
                else:
                    picked[waiting] = entry
        for name, values in others:
            if ((values < 0) | (values > 1)).any():
                raise OutcomeError(
                    f"the outcomes of {name!r} are {values}, expected numbers in [0, 1], or NaN"
                )
        # From here on only a report can fail, and it comes first: it checks the version for all of them.
        recorded = 0
        if picked:
            ordered = sorted(picked.items())
            results = self.selector.report(
                [ticket for ticket, _ in ordered],
                [values for _, (_, values) in ordered],
                policy_version=policy_version,
            )
            recorded = int(results.sum())
            for ticket, (name, _) in ordered:
                if self._tickets.get(name) == ticket:
                    del self._tickets[name]
        for name, values in others:
            self.selector.observe(name, values, policy_version=None if version < 0 else version)
        return recorded + len(others)

    def abandon(self, picks: Iterable[str | int]) -> None:
        """Frees pending picks that will not come back; changes no belief. Settled ones stay settled.

        Args:
            picks: Prompts by id, or picks by ticket.

        Raises:
            OutcomeError: For an unknown prompt or ticket; none is then freed.
        """
        picks = list(picks)
        names = [pick for pick in picks if isinstance(pick, str)]
        self._known(names)
        tickets = {self._tickets[name] for name in names if name in self._tickets}
        tickets.update(_arguments.tickets([pick for pick in picks if not isinstance(pick, str)]).tolist())
        self.selector.abandon(sorted(tickets))
        self._tickets = {name: ticket for name, ticket in self._tickets.items() if ticket not in tickets}

    # Looking

    def metrics(self) -> dict[str, float]:
        """Gives figures for the framework's logger. Rates cover the reports since the last call.

        `insight/mixed_share` is the share of groups whose outcomes differ and `insight/success_rate` that of
        right rollouts; `insight/mixed_predicted` and `insight/success_predicted` are what the beliefs said of
        them before. `insight/signal_share` and `insight/signal_predicted` repeat the mixed ones under the
        names of earlier versions: an adapter sees outcomes and no advantages.
        `insight/calibration_bias` is predicted minus observed success rate, `insight/brier` the mean squared
        error of the prediction per rollout. Means and shares of the pool are as it stands; they take a look
        at every prompt, so pools of over two million prompts have them only every n-th time, n being the
        millions of prompts.
        """
        every = max(1, len(self.selector) // 1_000_000)
        looks = self._looked % every == 0
        self._looked += 1
        now = self.selector.metrics(starved_after=self.config.starved_after if looks else -1)
        since = {name: now[name] - self._reported.get(name, 0) for name in _SUMS}
        self._reported = {name: now[name] for name in _SUMS}
        shown = (*(_WHOLE_POOL if looks else ()), "pending", "available", "solved")
        figures = {f"insight/{name}": float(now[name]) for name in shown}
        figures["insight/missing"] = float(since["missing"])
        if since["groups"]:
            for name in ("mixed", "signal"):
                figures[f"insight/{name}_share"] = since["mixed_groups"] / since["groups"]
                figures[f"insight/{name}_predicted"] = since["predicted_mixed"] / since["groups"]
            figures["insight/success_rate"] = since["successes"] / since["rollouts"]
            figures["insight/success_predicted"] = since["predicted_successes"] / since["rollouts"]
            figures["insight/calibration_bias"] = (
                figures["insight/success_predicted"] - figures["insight/success_rate"]
            )
            figures["insight/brier"] = since["squared_error"] / since["rollouts"]
        return figures

    # Saving

    def state_dict(self) -> dict[str, Any]:
        """Returns the whole state: the selector's snapshot as bytes, and beside it what JSON can hold."""
        return {
            "format": _FORMAT,
            "snapshot": self.selector.snapshot(),
            "pool": self._pool,
            "prompts": self._prompts,
            "reported": dict(self._reported),
            "extra": dict(self.extra),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state, pending picks included. States of format 1 are read, too.

        Raises:
            SnapshotError: Where it is damaged, or of other prompts or settings, naming the difference.
        """
        if not isinstance(state, Mapping) or set(state) != _KEYS.get(state.get("format", 0)):
            found = sorted(map(str, state)) if isinstance(state, Mapping) else type(state).__name__
            raise SnapshotError(
                f"this is not a selection's state: it has {found}, expected {sorted(_KEYS[_FORMAT])} of "
                f"format {_FORMAT}"
            )
        other = Selector.restore(state["snapshot"])
        if state["pool"] != self._pool:
            raise SnapshotError(
                f"the saved state is of {len(other)} prompts that are not the {len(self.selector)} of this "
                f"data set: {_difference(other.ids, self.ids)}. Resume with the data set that the state was "
                "saved with (the same ids and domains in the same order), or start selection afresh"
            )
        if None not in (state.get("prompts"), self._prompts) and state["prompts"] != self._prompts:
            raise SnapshotError(
                "the saved state has the ids of this data set, but under them other prompts: ids by place "
                "name other rows once the data set is shuffled or filtered. Resume with the data set that "
                "the state was saved with, and make ids from what the prompts say"
            )
        mine, theirs = self.selector.configuration, other.configuration
        if differing := {key for key in mine if mine[key] != theirs.get(key)}:
            # Of another method other settings follow.
            key = "method" if "method" in differing else min(differing)
            raise SnapshotError(
                f"the saved state was selected with {key} {json.dumps(theirs.get(key))}, and the "
                f"configuration says {json.dumps(mine[key])}; resume with the settings of the run, or start "
                "a new one"
            )
        self.selector = other
        self.extra = dict(state.get("extra", {}))
        self._tickets = dict(zip((pending := other.pending).ids, pending.tickets.tolist(), strict=True))
        self._reported = {_OLD_SUMS.get(name, name): value for name, value in state["reported"].items()}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Saves the state to one file, which is complete or unchanged.

        Raises:
            StorageError: Where it cannot be written; a file that was there before is then as it was.
        """
        state = self.state_dict()
        snapshot = state.pop("snapshot")
        # A zip archive keeps a checksum of each part.
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("state.json", json.dumps(state))
            archive.writestr("snapshot", snapshot)
        _files.write(path, [packed.getbuffer()])

    def load(self, path: str | os.PathLike[str]) -> None:
        """Goes on from a file that `save` wrote.

        Raises:
            SnapshotError: Where it cannot be read, is damaged, or is of other prompts or settings.
        """
        data = _files.read(path)
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                state = json.loads(archive.read("state.json"))
                state["snapshot"] = archive.read("snapshot")
        except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise SnapshotError(f"{os.fspath(path)} does not hold a selection's state: {error}") from error
        self.load_state_dict(state)


_WHOLE_POOL = ("belief_mean", "belief_evidence", "unvisited_share", "starved_share")
_SUMS = (
    "groups",
    "mixed_groups",
    "predicted_mixed",
    "rollouts",
    "successes",
    "predicted_successes",
    "squared_error",
    "missing",
)


def _digest(ids: Sequence[str], domains: Sequence[str]) -> str:
    """Names a pool."""
    digest = hashlib.sha256()
    for name in (*ids, *domains):
        data = name.encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


def _quotas(
    configuration: Mapping[str, Any], labels: Sequence[str] | None
) -> dict[str, tuple[int, NDArray[np.bool_]]]:
    """Each domain's quota and its prompts, by name, for those that have a quota."""
    rules = configuration.get("domains") or {}
    wanted = {name: rule["quota"] for name, rule in rules.items() if rule.get("quota")}
    if not wanted or labels is None:
        return {}
    column = np.array(labels)
    return {name: (int(quota), column == name) for name, quota in wanted.items()}


def _difference(theirs: Sequence[str], mine: Sequence[str]) -> str:
    """How two pools differ, as a clause."""
    if list(theirs) == list(mine):
        return "the ids are the same, the domains are not"
    new, gone = (sorted(set(one) - set(other)) for one, other in ((mine, theirs), (theirs, mine)))
    if not new and not gone:
        place = next(place for place, name in enumerate(theirs) if name != mine[place])
        return (
            f"they are the same prompts in another order; row {place} was {theirs[place]!r} and is "
            f"{mine[place]!r}"
        )
    parts = [
        f"{len(some)} {word} (such as {some[0]!r})" for some, word in ((new, "new"), (gone, "gone")) if some
    ]
    return " and ".join(parts)
