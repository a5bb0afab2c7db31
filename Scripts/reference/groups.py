"""Reference values about groups that were rolled out: which a filter keeps, and what their tokens earn."""

import random
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf
from rollouts import number

BATCHES = 24

Row = dict[str, Any]
Rewards = list[Fraction]


def variance(rewards: Rewards) -> Fraction:
    """The sample variance; 0 for fewer than two rewards."""
    if len(rewards) < 2:
        return Fraction(0)
    mean = sum(rewards, Fraction(0)) / len(rewards)
    return sum(((r - mean) ** 2 for r in rewards), Fraction(0)) / (len(rewards) - 1)


def kept(groups: list[Rewards], share: Fraction) -> Row:
    """RAGEN-2's top-p filter (arXiv 2604.06268): the fewest groups that hold a share of the variance.

    `above` are surely kept; the rest of the `count` are any of the `ties`, which have equal variances.
    """
    variances = [variance(rewards) for rewards in groups]
    descending = sorted(variances, reverse=True)
    count = next(n for n in range(len(groups) + 1) if sum(descending[:n]) >= share * sum(descending))
    if count == 0:
        return {"count": 0, "above": [], "ties": []}
    least = descending[count - 1]
    return {
        "count": count,
        "above": [i for i, v in enumerate(variances) if v > least],
        "ties": [i for i, v in enumerate(variances) if v == least],
    }


def filters(seed: int) -> list[Row]:
    """Random batches with the groups that are kept; the first has no variance, the second one group."""
    generator = random.Random(seed)
    rows = []
    for batch in range(BATCHES):
        size = 1 if batch == 1 else 4 + int(20 * generator.random())
        groups: list[Rewards] = []
        for _ in range(size):
            rate = 0.0 if batch == 0 else generator.random()
            # Half of the batches have wrong answers in the right format, in the groups that are mostly right.
            wrong = Fraction(1, 4) if batch % 2 == 0 and rate > 0.5 else Fraction(0)
            count = 8 if batch % 3 else 2 + int(7 * generator.random())
            groups.append([Fraction(1) if generator.random() < rate else wrong for _ in range(count)])
        share = [Fraction(9, 10), Fraction(1, 2), Fraction(1)][batch % 3]
        rewards = [[number(float(r)) for r in group] for group in groups]
        rows.append({"share": number(float(share)), "rewards": rewards} | kept(groups, share))
    return rows


def token_advantages(seed: int) -> list[Row]:
    """RL-ZVP's advantages (arXiv 2509.21880, Eq. 5) of every token of groups of four rollouts.

    Mixed groups have GRPO's advantage, (r - mean) / (s + 1e-6). A group that is all right has alpha * H of
    the token, one that is all wrong -alpha * (the largest H of the completion - H).
    """
    generator = random.Random(seed + 1)
    rows = []
    for case in range(12):
        outcomes = [[1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 0, 1]][case % 3]
        alpha = [mpf(1) / 10, mpf(1) / 4][case % 2]
        entropies = [
            [round(3 * generator.random(), 4) for _ in range(1 + int(6 * generator.random()))]
            for _ in outcomes
        ]
        mean = mpf(sum(outcomes)) / len(outcomes)
        deviation = mp.sqrt(sum((r - mean) ** 2 for r in outcomes) / (len(outcomes) - 1))
        table = []
        for outcome, tokens in zip(outcomes, entropies, strict=True):
            if deviation > 0:
                values = [(outcome - mean) / (deviation + mpf(10) ** -6)] * len(tokens)
            elif outcome == 1:
                values = [alpha * mpf(h) for h in tokens]
            else:
                values = [-alpha * (max(map(mpf, tokens)) - mpf(h)) for h in tokens]
            table.append([number(value) for value in values])
        rows.append(
            {"outcomes": outcomes, "alpha": number(alpha), "entropies": entropies, "advantages": table}
        )
    return rows
