"""A training history as the reference values of the selection methods see it: its simulation and its reading.

The policy is a logistic curve per prompt that drifts upward. Only `random.Random.random` is drawn from, whose
sequence Python guarantees, so that the same seed writes the same file with any version.
"""

import json
import math
import random
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

POOL = 1200
STEPS = 100
GROUPS = 104
ROLLOUTS = 8
SHORT = 4
# Of the pool: how many prompts, and how likely one is to be chosen beside one of weight 1.
FREQUENCY = [(30, 0.0), (350, 0.25), (670, 1.0), (150, 6.0)]

Row = dict[str, Any]


@dataclass(frozen=True)
class Prompt:
    """A prompt of the pool with the pass rates of a weak and a strong reference model."""

    name: str
    weak: float
    strong: float


@dataclass(frozen=True)
class Group:
    """The outcomes of one prompt's rollouts that did happen, each in [0, 1]."""

    position: int
    outcomes: tuple[float, ...]

    @property
    def successes(self) -> float:
        """S, the sum of r."""
        return math.fsum(self.outcomes)

    @property
    def failures(self) -> float:
        """F, the sum of 1 − r."""
        return math.fsum(1 - r for r in self.outcomes)

    @property
    def rate(self) -> float:
        """S / (S + F)."""
        return self.successes / len(self.outcomes)


@dataclass(frozen=True)
class History:
    """The pool, and for each step its groups with at least one outcome, in the order of their reports."""

    pool: list[Prompt]
    steps: list[list[Group]]


def read(folder: Path) -> History:
    """The history in the two files of a folder; groups without any outcome are left out."""
    prompts = [json.loads(line) for line in (folder / "prompts.jsonl").read_text().splitlines()]
    pool = [Prompt(row["prompt"], row["weak"], row["strong"]) for row in prompts]
    positions = {prompt.name: position for position, prompt in enumerate(pool)}
    steps: list[list[Group]] = [[] for _ in range(STEPS)]
    for line in (folder / "history.jsonl").read_text().splitlines():
        row = json.loads(line)
        outcomes = tuple(float(r) for r in row["outcomes"] if r is not None)
        if outcomes:
            steps[row["step"] - 1].append(Group(positions[row["prompt"]], outcomes))
    return History(pool, steps)


def record(folder: Path, seed: int) -> None:
    """Simulates a training run and writes prompts.jsonl and history.jsonl."""
    generator = random.Random(seed)
    difficulties = [2.5 * normal(generator) for _ in range(POOL)]
    speeds = [0.4 + 1.2 * generator.random() for _ in range(POOL)]
    weights = shuffled([weight for count, weight in FREQUENCY for _ in range(count)], generator)
    # Names are shuffled so that the order of the pool is not the order of the names.
    names = shuffled([f"p{i:04d}" for i in range(POOL)], generator)
    prompts: list[Row] = []
    for name, difficulty in zip(names, difficulties, strict=True):
        weak = logistic(-1 - difficulty + normal(generator))
        strong = logistic(2 - difficulty + normal(generator))
        prompts.append({"prompt": name, "weak": round(weak, 3), "strong": round(strong, 3)})
    reports: list[Row] = []
    for step in range(1, STEPS + 1):
        for i in chosen(weights, generator):
            rate = logistic(3 * speeds[i] * step / STEPS - 1 - difficulties[i])
            reports.append({"step": step, "prompt": names[i], "outcomes": rolled_out(rate, generator)})
    for file, rows in (("prompts.jsonl", prompts), ("history.jsonl", reports)):
        lines = [json.dumps(row, separators=(",", ":")) for row in rows]
        (folder / file).write_text("\n".join(lines) + "\n")


def chosen(weights: list[float], generator: random.Random) -> list[int]:
    """The prompts of a step, without replacement: whose exponential clocks ring first."""
    clocks = [(-math.log1p(-generator.random()) / w, i) for i, w in enumerate(weights) if w > 0]
    return [i for _, i in sorted(clocks)[:GROUPS]]


def rolled_out(rate: float, generator: random.Random) -> list[float | None]:
    """The outcomes of a group; a few groups are short, lack outcomes or hold a fraction."""
    size = SHORT if generator.random() < 0.03 else ROLLOUTS
    outcomes: list[float | None] = [1 if generator.random() < rate else 0 for _ in range(size)]
    accident = generator.random()
    if accident < 0.02:
        outcomes[int(size * generator.random())] = 0.5
    elif accident < 0.05:
        for i in range(1 + int(3 * generator.random())):
            outcomes[i] = None
    elif accident < 0.0515:
        outcomes = [None] * size
    return outcomes


def shuffled(items: list[Any], generator: random.Random) -> list[Any]:
    """The items in random order."""
    return [item for _, _, item in sorted((generator.random(), i, item) for i, item in enumerate(items))]


def normal(generator: random.Random) -> float:
    """A draw of the standard normal distribution."""
    return NormalDist().inv_cdf(generator.random())


def logistic(x: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-x))
