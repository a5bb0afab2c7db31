"""What a selector hands out: picks and beliefs, in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from insight_rl.selector import Selector


@dataclass(frozen=True)
class Pick:
    """A prompt chosen for rolling out."""

    ticket: int
    """Names the pick in `report` and `abandon`."""
    id: str
    position: int
    """Where the prompt stands in the pool."""
    rollouts: int
    """K, the rollouts to make."""
    acquisition: float
    """The acquisition that it was chosen by; NaN of pending picks."""
    alpha: float
    beta: float
    """The belief Beta(alpha, beta) about its success rate, as it was chosen."""


class Picks(Sequence[Pick]):
    """M picks in columns; item i is a `Pick`."""

    def __init__(self, rows: NDArray[np.void], selector: Selector) -> None:
        """Args: rows: [M] of the library's type. selector: the one that chose them."""
        self._rows = rows
        self._selector = selector
        self._ids: list[str] | None = None

    @property
    def tickets(self) -> NDArray[np.uint64]:
        """[M] names of the picks in `report` and `abandon`."""
        return self._rows["ticket"]

    @property
    def positions(self) -> NDArray[np.int64]:
        """[M] positions in the pool."""
        return self._rows["position"]

    @property
    def rollouts(self) -> NDArray[np.int64]:
        """[M] K of each."""
        return self._rows["rollouts"]

    @property
    def acquisition(self) -> NDArray[np.float64]:
        """[M] the acquisition that each was chosen by; NaN of pending picks."""
        return self._rows["acquisition"]

    @property
    def alpha(self) -> NDArray[np.float64]:
        """[M] pseudo-counts of successes in the beliefs that the choice was made by."""
        return self._rows["alpha"]

    @property
    def beta(self) -> NDArray[np.float64]:
        """[M] pseudo-counts of failures in the beliefs that the choice was made by."""
        return self._rows["beta"]

    @property
    def ids(self) -> list[str]:
        """[M] ids of the prompts."""
        if self._ids is None:
            self._ids = self._selector.ids_at(self.positions)
        return self._ids

    def __len__(self) -> int:
        """M."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Pick]:
        """The picks, the largest acquisitions first."""
        for row, name in zip(self._rows.tolist(), self.ids, strict=True):
            yield Pick(row[0], name, *row[1:])

    @overload
    def __getitem__(self, index: int) -> Pick: ...

    @overload
    def __getitem__(self, index: slice) -> Picks: ...

    def __getitem__(self, index: int | slice) -> Pick | Picks:
        """One pick, or some of them."""
        if isinstance(index, slice):
            return Picks(self._rows[index], self._selector)
        row = self._rows[index].item()
        return Pick(row[0], self.ids[index], *row[1:])

    def __repr__(self) -> str:
        """How many, and the first."""
        return f"Picks({len(self)}{f', first {self[0]}' if len(self) else ''})"


@dataclass(frozen=True)
class Beliefs:
    """What is believed of N prompts' success rates, as of the newest policy version."""

    alpha: NDArray[np.float64]
    """[N] pseudo-counts of successes, the prior's included."""
    beta: NDArray[np.float64]
    """[N] pseudo-counts of failures, the prior's included."""
    acquisition: NDArray[np.float64]
    """[N] what the method would choose each prompt by now; the mean over its draws if it draws."""
    last_visit: NDArray[np.int64]
    """[N] the policy version of the last report; -1 for none."""

    @property
    def mean(self) -> NDArray[np.float64]:
        """[N] the mean success rate, alpha / (alpha + beta)."""
        return self.alpha / self.evidence

    @property
    def evidence(self) -> NDArray[np.float64]:
        """[N] alpha + beta, in rollouts, the prior's included."""
        return self.alpha + self.beta
