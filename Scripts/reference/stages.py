"""Writes what each rule for groups in stages must ask for and keep, apart from the Swift code.

Each rule is written as its publication states it, over a recorded row of outcomes that is as long as a group
can become. A row says after how many rollouts the rule looked: the last is where the group ended.

Usage, with nothing but Python:
    python3 Scripts/reference/stages.py > Tests/InsightTests/Resources/stages.json
"""

import itertools
import json
import random
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

SEED = 20261128
GROUPS = 60

Row = dict[str, Any]


def speed(outcomes: list[int], screening: int, continuation: int) -> Row:
    """SPEED-RL (arXiv 2506.09016): more rollouts where the screening's pass rate is neither 0 nor 1."""
    passed = Fraction(sum(outcomes[:screening]), screening)
    qualifies = 0 < passed < 1
    asked = [screening, screening + continuation] if qualifies else [screening]
    return {"asked": asked, "trained": qualifies}


def pilot(outcomes: list[int], pilots: int, commits: int) -> Row:
    """Pilot-Commit (arXiv 2605.26606): p_low ≤ p̂ ≤ 1 − p_up with p_low = 1/8 and p_up = 1/4."""
    passed = Fraction(sum(outcomes[:pilots]), pilots)
    commit = Fraction(1, 8) <= passed <= 1 - Fraction(1, 4)
    return {"asked": [pilots, pilots + commits] if commit else [pilots], "trained": commit}


def ada(outcomes: list[int], size: int, round_size: int, rounds: int) -> Row:
    """Reinforce-Ada, balanced (arXiv 2510.04996).

    Rounds go on until there are size / 2 of each kind. The first of each kind are kept, and where one kind is
    short the other fills up. A reward is compared with the mean of all that were drawn, without a division.
    """
    asked = []
    drawn: list[int] = []
    for number in range(1, rounds + 1):
        drawn = outcomes[: number * round_size]
        asked.append(len(drawn))
        if min(drawn.count(1), drawn.count(0)) >= size // 2:
            break
    rights = [place for place, outcome in enumerate(drawn) if outcome == 1]
    wrongs = [place for place, outcome in enumerate(drawn) if outcome == 0]
    kept = rights[: size // 2] + wrongs[: size // 2]
    spare = rights[size // 2 :] + wrongs[size // 2 :]
    kept = sorted(kept + spare[: size - len(kept)])
    mean = Fraction(sum(drawn), len(drawn))
    advantages = [float(drawn[place] - mean) if place in kept else 0.0 for place in range(len(drawn))]
    return {"asked": asked, "kept": kept, "advantages": advantages}


def agreement(outcomes: list[int], prior: tuple[int, int], first: int, more: int, chance: Fraction) -> Row:
    """This project's rule: a group that agrees goes on while the next outcome may well differ.

    The chance that it does is the posterior predictive of the other outcome, from the prior and the group.
    """
    asked = [first]
    while True:
        group = outcomes[: asked[-1]]
        if len(set(group)) > 1 or len(group) == len(outcomes):
            return {"asked": asked}
        counts = {1: prior[0] + group.count(1), 0: prior[1] + group.count(0)}
        differs = Fraction(counts[1 - group[0]], counts[0] + counts[1])
        assert differs != chance, "a chance on its bound would be decided by rounding"
        if differs < chance:
            return {"asked": asked}
        asked.append(min(asked[-1] + more, len(outcomes)))


def rows() -> Iterator[Row]:
    """Groups of each rule, of prompts from hopeless to trivial."""
    dice = random.Random(SEED)
    rates = itertools.cycle([0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98])

    def stream(length: int) -> list[int]:
        rate = next(rates)
        return [int(dice.random() < rate) for _ in range(length)]

    for _ in range(GROUPS):
        for size, screening in ((24, 4), (8, 2), (4, 2)):
            outcomes = stream(size)
            row = speed(outcomes, screening, size - screening)
            yield {"method": "speed-rl", "rollouts": size, "outcomes": outcomes} | row
        for size, pilots in ((128, 32), (64, 16), (8, 2), (4, 2)):
            outcomes = stream(size)
            row = pilot(outcomes, pilots, size - pilots)
            yield {"method": "pilot-commit", "rollouts": size, "outcomes": outcomes} | row
        for size in (4, 8):
            outcomes = stream(8 * size)
            row = ada(outcomes, size, 2 * size, 4)
            yield {"method": "reinforce-ada", "rollouts": size, "outcomes": outcomes} | row
        prior = (dice.randint(1, 9), dice.randint(1, 9))
        first, more = dice.choice([(2, 1), (2, 2), (4, 3), (1, 1)])
        outcomes = stream(16)
        row = agreement(outcomes, prior, first, more, Fraction(10007, 100_000))
        own = {"prior": list(prior), "first": first, "more": more, "chance": 0.10007}
        yield {"method": "agreement", "rollouts": 16, "outcomes": outcomes} | own | row


def main() -> None:
    """Prints one row a line."""
    header = {"script": "Scripts/reference/stages.py", "seed": SEED}
    lines = [json.dumps(row, separators=(",", ":")) for row in rows()]
    sys.stdout.write('{\n"header":' + json.dumps(header) + ',\n"groups":[\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
