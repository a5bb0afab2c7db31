"""What every adapter shares: settings, ids, outcomes, and a selector that knows prompts by id."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from insight_rl.errors import ConfigurationError, OutcomeError, PoolError, SnapshotError
from insight_rl.picks import Picks
from insight_rl.selector import Selector

_FILE_FORMAT = 1


@dataclass(frozen=True)
class SelectionConfig:
    """How an adapter selects: what a user may write in the framework's own configuration."""

    method: str = "recommended"
    """The method's name, see `insight_rl.methods()`; `insight` is the paper's."""
    seed: int = 0
    """Decides every draw."""
    engine: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the method's own settings: `parameters`, `belief`, `candidates`, `domains`,
    `allocation`, `probeShare`, `solved` …, as `Selector` takes it."""
    id_field: str | None = None
    """The field of a row that holds its id, with dots for parts; each adapter has its own default."""
    domain_field: str | None = None
    """The field of a row that holds its domain: a level, a source, a bucket of prompt lengths or of offline
    pass rates. Domains are the strata that `recommended` learns from, and divide a batch only where
    `engine.domains` has rules. None for no domains, or the adapter's default."""
    outcome: str | None = None
    """The name of the framework's own binary outcome: a reward function, or a key beside the reward."""
    outcome_threshold: float | None = None
    """Where there is no binary outcome: a reward of this much or more counts as right."""
    starved_after: int = 50
    """A prompt counts as starved after this many policy versions without a report."""

    @classmethod
    def parse(cls, values: Mapping[str, Any] | SelectionConfig | None) -> SelectionConfig:
        """Settings from a mapping, as YAML or a framework's configuration gives it.

        Raises:
            ConfigurationError: for an unknown key, with those that are known, or a value of the wrong kind.
        """
        if isinstance(values, SelectionConfig):
            return values
        if type(values).__module__.startswith("omegaconf"):
            from omegaconf import OmegaConf

            values = OmegaConf.to_container(values, resolve=True)
        if values is None:
            return cls()
        if not isinstance(values, Mapping):
            raise ConfigurationError(
                f"InSight's settings are {values!r}, expected a mapping such as {{method: recommended}}"
            )
        known = {item.name for item in dataclasses.fields(cls)}
        if unknown := sorted(map(str, set(values) - known)):
            raise ConfigurationError(
                f"InSight has no setting '{unknown[0]}'; known are {', '.join(sorted(known))} "
                "(settings of the method go below 'engine')"
            )
        config = cls(**values)
        kinds: dict[str, tuple[type, ...]] = {
            "method": (str,),
            "seed": (int,),
            "engine": (Mapping,),
            "id_field": (str, type(None)),
            "domain_field": (str, type(None)),
            "outcome": (str, type(None)),
            "outcome_threshold": (int, float, type(None)),
            "starved_after": (int,),
        }
        for name, expected in kinds.items():
            value = getattr(config, name)
            if isinstance(value, bool) or not isinstance(value, expected):
                raise ConfigurationError(f"InSight's {name} is {value!r}, expected {expected[0].__name__}")
        if config.outcome_threshold is not None and not np.isfinite(config.outcome_threshold):
            raise ConfigurationError(
                f"outcome_threshold is {config.outcome_threshold}, expected a finite reward"
            )
        return config


def outcomes_of(rewards: ArrayLike, config: SelectionConfig, *, what: str = "rewards") -> NDArray[np.float64]:
    """Verified outcomes from a framework's rewards; a shaped score is never guessed about.

    Args:
        rewards: any shape; NaN where a rollout has none.
        config: its `outcome_threshold` decides; without one every reward must be 0 or 1.
        what: names the rewards in the error.

    Returns:
        0, 1 or NaN, in the shape of `rewards`.

    Raises:
        OutcomeError: for a reward that is neither 0 nor 1 while no threshold is given.
    """
    values = np.asarray(rewards, np.float64)
    if config.outcome_threshold is not None:
        return np.where(np.isnan(values), np.nan, values >= config.outcome_threshold)
    shaped = ~(np.isnan(values) | (values == 0) | (values == 1))
    if shaped.any():
        raise OutcomeError(
            f"{what} hold {values[shaped].flat[0]:g}, which is neither 0 nor 1: beliefs learn from verified "
            f"outcomes and not "
            "from shaped scores. Name the binary outcome (outcome: NAME), or say from which reward on an "
            "answer is right "
            "(outcome_threshold: 1.0)"
        )
    return values


def prompt_ids(values: Iterable[Any], *, field: str, fix: str) -> list[str]:
    """The rows' ids as texts.

    Args:
        values: [N] each row's id; None where it has none.
        field: where they come from, for errors.
        fix: the line that gives the data set ids, for errors.

    Raises:
        PoolError: where ids are missing, equal for all rows, or there twice: beliefs are kept by id.
    """
    values = list(values)
    if not values:
        raise PoolError("the data set has no rows")
    ids = [str(value) for value in values if value is not None]
    if missing := len(values) - len(ids):
        raise PoolError(f"{missing} of {len(values)} rows have no {field}: beliefs are kept by id. {fix}")
    if len(ids) > 1 and len(set(ids)) == 1:
        raise PoolError(f"all {len(ids)} rows have the {field} {ids[0]!r}: beliefs are kept by id. {fix}")
    seen: dict[str, int] = {}
    for position, name in enumerate(ids):
        if (first := seen.setdefault(name, position)) != position:
            raise PoolError(
                f"rows {first} and {position} both have the {field} {name!r}: beliefs are kept by id. {fix}"
            )
    return ids


def field_of(row: Mapping[str, Any], path: str) -> Any:
    """What a row holds at a dotted path such as `extra_info.index`; None where there is nothing."""
    value: Any = row
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


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
        ids: Sequence[str],
        *,
        domains: Sequence[str] | None = None,
        config: SelectionConfig | Mapping[str, Any] | None = None,
        rollouts: int | None = None,
    ) -> None:
        """A selection that has seen nothing.

        Args:
            ids: [N] the prompts' ids.
            domains: [N] each prompt's domain, as `Selector` takes them; None for none.
            config: the settings.
            rollouts: K, the framework's rollouts of each prompt; the configuration may repeat it and not
                contradict it.

        Raises:
            PoolError, ConfigurationError: as `Selector` does.
        """
        self.config = SelectionConfig.parse(config)
        engine = dict(self.config.engine)
        if rollouts is not None and engine.setdefault("rollouts", rollouts) != rollouts:
            raise ConfigurationError(
                f"engine.rollouts is {engine['rollouts']}, and the trainer rolls out {rollouts} of each "
                f"prompt; leave it out"
            )
        self.selector = Selector(
            ids, domains=domains, method=self.config.method, configuration=engine, seed=self.config.seed
        )
        self.ids = list(ids)
        self._domains = None if domains is None else list(map(str, domains))
        self._positions = {name: position for position, name in enumerate(self.ids)}
        self._tickets: dict[str, int] = {}
        self._reported: dict[str, float] = {}

    @property
    def policy_version(self) -> int:
        """The newest policy version that was reported on."""
        return int(self.selector.metrics(starved_after=-1)["policy_version"])

    def position_of(self, id: str) -> int:
        """The row of the prompt called `id`.

        Raises:
            OutcomeError: where there is none.
        """
        try:
            return self._positions[id]
        except KeyError:
            raise OutcomeError(f"no prompt of the pool has the id {id!r}") from None

    # Choosing and learning

    def take(self, count: int, rollouts: int | Sequence[int] | None = None) -> Picks:
        """Chooses and reserves `count` prompts; see `Selector.select`."""
        picks = self.selector.select(count, rollouts=rollouts)
        self._tickets.update(zip(picks.ids, picks.tickets.tolist(), strict=True))
        return picks

    def ticket_of(self, id: str) -> int | None:
        """The ticket of the prompt's pending pick, if there is one."""
        return self._tickets.get(id)

    def learn(self, groups: Iterable[Group], policy_version: int | None) -> int:
        """Learns from groups, from all of them or from none.

        A group settles the pick of its ticket, or the pending pick of its prompt where the framework lost the
        ticket. One that no pick asked for is learned from as it is. A ticket that was settled before changes
        nothing. Picks are learned from in the order of their tickets, whatever order they come in.

        Args:
            groups: whatever came back, also groups that the framework does not train on: they were paid for.
            policy_version: the version that rolled them out, such as the training step.

        Returns:
            how many groups were learned from.

        Raises:
            OutcomeError: for an unknown prompt or ticket, or an outcome outside [0, 1].
        """
        picked: dict[int, Group] = {}
        others: list[Group] = []
        recorded = 0
        for group in groups:
            self.position_of(group.id)
            ticket = self._tickets.get(group.id) if group.ticket is None else int(group.ticket)
            if ticket is None or (group.ticket is None and ticket in picked):
                others.append(group)
            else:
                picked.setdefault(ticket, group)
        for group in others:
            values = np.asarray(group.outcomes, np.float64)
            if ((values < 0) | (values > 1)).any():
                raise OutcomeError(
                    f"the outcomes of {group.id!r} are {values}, expected numbers in [0, 1], or NaN"
                )
        if picked:
            picked = dict(sorted(picked.items()))
            results = self.selector.report(
                np.fromiter(picked, np.uint64, len(picked)),
                [group.outcomes for group in picked.values()],
                policy_version=policy_version,
            )
            recorded = int(results.sum())
            for ticket, group in picked.items():
                self._forget(group.id, ticket)
        for group in others:
            self.selector.observe(group.id, group.outcomes, policy_version=policy_version)
        return recorded + len(others)

    def abandon(self, picks: Iterable[str | int]) -> None:
        """Frees pending picks that will not come back; changes no belief. Settled ones stay settled.

        Args:
            picks: prompts by id, or picks by ticket.

        Raises:
            OutcomeError: for an unknown prompt or ticket; none is then freed.
        """
        tickets: set[int] = set()
        for pick in picks:
            if isinstance(pick, str):
                self.position_of(pick)
                tickets.update({self._tickets[pick]} if pick in self._tickets else ())
            else:
                tickets.add(int(pick))
        self.selector.abandon(np.fromiter(tickets, np.uint64, len(tickets)))
        self._tickets = {name: ticket for name, ticket in self._tickets.items() if ticket not in tickets}

    def _forget(self, name: str, ticket: int) -> None:
        if self._tickets.get(name) == ticket:
            del self._tickets[name]

    # Looking

    def metrics(self) -> dict[str, float]:
        """Figures for the framework's logger, rates over what was reported since the last call.

        `insight/mixed_share` is the share of groups whose outcomes differ and `insight/success_rate` that of
        right rollouts; `insight/mixed_predicted` and `insight/success_predicted` are what the beliefs said of
        them before. `insight/signal_share` and `insight/signal_predicted` repeat the mixed ones under the
        names of earlier versions: an adapter sees outcomes and no advantages.
        `insight/calibration_bias` is predicted minus observed success rate, `insight/brier` the mean squared
        error of the prediction per rollout. Means and shares of the pool are as it stands.
        """
        now = self.selector.metrics(starved_after=self.config.starved_after)
        since = {name: now[name] - self._reported.get(name, 0) for name in _SUMS}
        self._reported = {name: now[name] for name in _SUMS}
        figures = {
            f"insight/{name}": float(now[name])
            for name in (
                "belief_mean",
                "belief_evidence",
                "unvisited_share",
                "starved_share",
                "pending",
                "available",
                "solved",
            )
        }
        figures["insight/missing"] = float(since["missing"])
        if since["groups"]:
            # A group is mixed when its outcomes differ. The second pair of names is that of earlier versions.
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
        """The whole state: `{"format": 1, "snapshot": bytes, "pool": text, "reported": {...}}`."""
        return {
            "format": _FILE_FORMAT,
            "snapshot": self.selector.snapshot(),
            "pool": self._digest(),
            "reported": dict(self._reported),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state, pending picks included.

        Raises:
            SnapshotError: where it is damaged, or of other prompts or settings, naming the difference.
        """
        expected = {"format", "snapshot", "pool", "reported"}
        if set(state) != expected or state["format"] != _FILE_FORMAT:
            raise SnapshotError(
                f"this is no state of a selection: it has {sorted(map(str, state))}, expected "
                f"{sorted(expected)} "
                f"of format {_FILE_FORMAT}"
            )
        other = Selector.restore(state["snapshot"])
        if state["pool"] != self._digest():
            raise SnapshotError(
                f"the saved state is of {len(other)} prompts that are not the {len(self.ids)} of this data "
                f"set; "
                "resume with the data set that it was saved with: the same ids and domains in the same order"
            )
        mine, theirs = self.selector.configuration, other.configuration
        if differing := {key for key in mine if mine[key] != theirs.get(key)}:
            # Of another method other settings follow.
            key = "method" if "method" in differing else min(differing)
            raise SnapshotError(
                f"the saved state was selected with {key} {json.dumps(theirs.get(key))}, and the "
                f"configuration says "
                f"{json.dumps(mine[key])}; resume with the settings of the run, or start a new one"
            )
        self.selector = other
        self._tickets = dict(zip((pending := other.pending).ids, pending.tickets.tolist(), strict=True))
        self._reported = dict(state["reported"])

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name in (*self.ids, *(self._domains or ())):
            data = name.encode()
            digest.update(len(data).to_bytes(8, "little") + data)
        return digest.hexdigest()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Saves the state to one file, which is there whole or not at all.

        Raises:
            OSError: where it cannot be written; a file that was there before is then as it was.
        """
        path = Path(path)
        state = self.state_dict()
        snapshot = state.pop("snapshot")
        handle, partial = tempfile.mkstemp(prefix=path.name + ".", suffix=".partial", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    archive.writestr("state.json", json.dumps(state))
                    archive.writestr("snapshot", snapshot)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise

    def load(self, path: str | os.PathLike[str]) -> None:
        """Goes on from a file that `save` wrote.

        Raises:
            SnapshotError: where it cannot be read, is damaged, or is of other prompts or settings.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                state = json.loads(archive.read("state.json"))
                state["snapshot"] = archive.read("snapshot")
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise SnapshotError(f"{os.fspath(path)} holds no selection's state: {error}") from error
        self.load_state_dict(state)


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
