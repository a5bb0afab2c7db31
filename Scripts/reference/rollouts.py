"""Reference values about a group's rollouts: how many each prompt gets and what each outcome earns."""

import functools
import random
from typing import Any

import information
import numpy as np
from mpmath import mp, mpf

BATCHES = 20

Belief = tuple[float, float]
Row = dict[str, Any]


def number(x: Any) -> float | int:
    """X with 13 significant digits; an integer where it is one."""
    value = float(f"{float(x):.13g}")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def advantage(a: float, b: float, rollouts: int, outcome: int) -> mpf:
    """MaPP-AD: the standardised advantage marginalised over the group's other outcomes.

    With (α′, β′) the belief after the group less this outcome: Σ P(s−1; K−1, α′, β′)·√((K−s)/s) over
    s = 1 … K−1 for a right answer; for a wrong one the mirror image, negated.
    """
    right, wrong = mpf(a) - outcome, mpf(b) - (1 - outcome)
    own, other = (right, wrong) if outcome == 1 else (wrong, right)
    total = mp.fsum(
        information.beta_binomial(s - 1, rollouts - 1, own, other) * mp.sqrt(mpf(rollouts - s) / s)
        for s in range(1, rollouts)
    )
    return total if outcome == 1 else -total


AFTER_GROUPS: list[tuple[float, float, int]] = [
    (2.0, 2.0, 1),
    (2.0, 2.0, 2),
    (2.0, 2.0, 4),
    (5.0, 5.0, 8),
    (2.0, 8.0, 8),
    (8.0, 2.0, 8),
    (1.5, 8.5, 8),
    (3.7, 12.4, 8),
    (12.4, 3.7, 16),
    (40.0, 60.0, 16),
    (30.5, 33.5, 64),
    (1.0078125, 1.0078125, 8),
    (1.000001, 9.0, 8),
    (9.0, 1.000001, 8),
    (1.000001, 1000.0, 8),
    (2.0, 800.0, 8),
    (800.0, 2.0, 8),
    (1e6, 1e6, 8),
    (1e9, 1e3, 8),
    (1e3, 1e9, 64),
    (500.0, 20.0, 128),
]


def advantages() -> list[Row]:
    """Advantages of right and wrong answers; the belief is the one after the group."""
    return [
        {
            "alpha": number(a),
            "beta": number(b),
            "rollouts": k,
            "outcome": r,
            "advantage": number(advantage(a, b, k, r)),
        }
        for a, b, k in AFTER_GROUPS
        for r in (1, 0)
    ]


def baselines(seed: int) -> list[Row]:
    """Baselines and advantages of groups: what the belief and the group's other outcomes expect of each."""
    generator = np.random.default_rng(seed)
    rows = []
    for a, b in [(1.0, 1.0), (0.3, 4.0), (7.5, 0.5), (40.0, 25.0)]:
        for w in (0.01, 0.2, 1.0):
            for k in (1, 2, 3, 8):
                outcomes = [int(r) for r in generator.integers(0, 2, k)]
                expected = [
                    (mpf(w) * a + sum(outcomes[:i] + outcomes[i + 1 :])) / (mpf(w) * (mpf(a) + b) + k - 1)
                    for i in range(k)
                ]
                scales = [mp.sqrt(max(e * (1 - e), mpf("0.1"))) for e in expected]
                rows.append(
                    {
                        "alpha": a,
                        "beta": b,
                        "weight": w,
                        "outcomes": outcomes,
                        "baselines": [number(e) for e in expected],
                        "advantages": [
                            number((r - e) / s) for r, e, s in zip(outcomes, expected, scales, strict=True)
                        ],
                    }
                )
    return rows


@functools.cache
def gain(belief: Belief, rollouts: int) -> mpf:
    """The information that one more rollout adds to those given, in nats."""
    before = information.information(rollouts, *map(mpf, belief)) if rollouts else mpf(0)
    return information.information(rollouts + 1, *map(mpf, belief)) - before


def allocation(beliefs: list[Belief], budget: int, minimum: int, maximum: int) -> list[int]:
    """Rollouts of each prompt: each next one to whom it tells most, equals to the lower index.

    Fails where two different beliefs are so close that rounding would decide between them.
    """
    counts = [minimum] * len(beliefs)
    while sum(counts) < budget:
        gains = {i: gain(beliefs[i], count) for i, count in enumerate(counts) if count < maximum}
        best = max(gains, key=lambda i: (gains[i], -i))
        rivals = [value for i, value in gains.items() if beliefs[i] != beliefs[best]]
        assert not rivals or max(rivals) < gains[best] * (1 - mpf(10) ** -8), "too close"
        counts[best] += 1
    return counts


def allocations(seed: int) -> list[Row]:
    """Random batches, in which some beliefs occur more than once, with their allocations."""
    generator = random.Random(seed)

    def pick(low: int, high: int) -> int:
        return low + int((high + 1 - low) * generator.random())

    rows = []
    for batch in range(BATCHES):
        beliefs: list[Belief] = []
        for _ in range(1 if batch == 0 else pick(2, 16)):
            if beliefs and generator.random() < 0.25:
                beliefs.append(beliefs[pick(0, len(beliefs) - 1)])
            elif generator.random() < 0.15:
                beliefs.append((1.0, 1.0))
            else:
                a, b = (0.5 * 400 ** generator.random() for _ in range(2))
                beliefs.append((round(a, 3), round(b, 3)))
        minimum = [1, 1, 2, 4][pick(0, 3)]
        maximum = [8, 12, 16, 24][pick(0, 3)]
        low, high = len(beliefs) * minimum, len(beliefs) * maximum
        # The first three are a batch of one, a budget for the minimum only and one for the maximum.
        budget = pick(low, high) if batch not in (1, 2) else (low if batch == 1 else high)
        rows.append(
            {
                "beliefs": [[number(a), number(b)] for a, b in beliefs],
                "budget": budget,
                "minimum": minimum,
                "maximum": maximum,
                "counts": allocation(beliefs, budget, minimum, maximum),
            }
        )
    return rows
