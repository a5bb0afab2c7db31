"""The settings that every adapter shares."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from insight_rl.errors import ConfigurationError
from insight_rl.selector import methods


@dataclass(frozen=True)
class SelectionConfig:
    """How an adapter selects: the settings that a user writes in the framework's own configuration."""

    method: str = "recommended"
    """The method's name, see `insight_rl.methods()`; `insight` is the paper's."""
    seed: int = 0
    """Decides every draw."""
    engine: Mapping[str, Any] = field(default_factory=dict)
    """Settings that differ from the method's own: `parameters`, `belief`, `candidates`, `domains`,
    `allocation`, `probeShare`, `solved` …, as `Selector` takes them."""
    id_field: str | None = None
    """The field of a row that holds its id, with dots for parts; each adapter has its own default."""
    domain_field: str | None = None
    """The field of a row that holds its domain: a level, a source, a bucket of prompt lengths or of offline
    pass rates. `recommended` learns from each domain how difficult its prompts are. Domains divide a batch
    only where `engine.domains` has rules. None for no domains, or the adapter's default."""
    outcome: str | None = None
    """The name of the framework's own binary outcome: a reward function, or a key beside the reward."""
    outcome_threshold: float | None = None
    """Where there is no binary outcome: a reward of this much or more counts as right."""
    starved_after: int = 50
    """A prompt counts as starved after this many policy versions without a report."""

    @classmethod
    def parse(cls, values: Mapping[str, Any] | SelectionConfig | None) -> SelectionConfig:
        """Reads settings from a mapping, as YAML or a framework's configuration gives it.

        Raises:
            ConfigurationError: For an unknown key, naming those that are known, or a value of the wrong kind.
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

    def refuse(self, unsupported: Mapping[str, str]) -> None:
        """Refuses settings that the engine leaves to a trainer and that this trainer does not act on.

        Args:
            unsupported: By its name in `Selector.needs` (`filter`, `varianceFilter`, `allocation`, `stages`),
                what the trainer does instead, as the end of a sentence.

        Raises:
            ConfigurationError: Where the engine's settings or the method itself ask for one of them.
        """
        presets = {entry["name"]: entry["needs"] for entry in methods()}
        for name, reason in unsupported.items():
            setting, meaning = _MEANINGS[name]
            if name not in self._asked_for(setting, presets.get(self.method, ())):
                continue
            if setting in self.engine:
                raise ConfigurationError(f"engine.{setting} {meaning}, and {reason}; remove engine.{setting}")
            raise ConfigurationError(
                f"the method {self.method!r} {meaning}, and {reason}; choose another method, or set "
                f"engine.{setting} to null to run it without its {setting}"
            )

    def _asked_for(self, setting: str, preset: Sequence[str]) -> Sequence[str]:
        """Lists what a setting asks of a trainer, where `preset` is what the method itself asks."""
        if setting not in self.engine:
            return preset
        stated = self.engine[setting]
        if stated is None:
            return ()
        if setting != "filter":
            return (setting,)
        kind = stated.get("kind") if isinstance(stated, Mapping) else None
        of_variance = "varianceFilter" in preset if kind is None else kind == "variance"
        return ("varianceFilter",) if of_variance else ("filter",)


_MEANINGS = {
    "filter": ("filter", "drops groups whose outcomes are all equal and selects more prompts in their place"),
    "varianceFilter": ("filter", "trains on the fewest groups that hold a share of the reward variance"),
    "allocation": ("allocation", "gives prompts different numbers of rollouts"),
    "stages": ("stages", "asks for more rollouts of a prompt after it has seen the first ones"),
}
"""The setting behind each name of `Selector.needs`, and what it does, as the middle of a sentence."""
