"""InSight in a training loop of your own: choose, roll out, verify, report, update, save.

The loop is `train`, below. Around it stand a toy task with a verifier and a simulated policy, so that it runs
anywhere in a second; put your own in their place.

    python train_loop.py --output runs/toy
    python train_loop.py --output runs/toy --steps 120 --resume    # goes on, with the same picks
    python train_loop.py --output runs/random --method random       # to compare
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
from dataclasses import dataclass
from pathlib import Path

from insight_rl import Selector

PROMPTS, ROLLOUTS = 32, 8


def train(
    selector: Selector, policy: Policy, problems: list[Problem], first: int, steps: int, output: Path
) -> None:
    """The loop. Nothing else has to change in a trainer."""
    for step in range(first, steps):
        picks = selector.select(PROMPTS)
        outcomes = []
        for pick in picks:
            completions = policy.sample(problems[pick.position], pick.rollouts, step)
            # Verified outcomes: 1 right, 0 wrong, NaN for none. A shaped score goes to the policy alone.
            outcomes.append([float(verify(problems[pick.position], text)) for text in completions])
        selector.report(picks.tickets, outcomes, policy_version=step)
        policy.update([problems[position] for position in picks.positions], outcomes)
        log(step, picks.ids, outcomes, policy, problems, output)
        if (step + 1) % 10 == 0 or step + 1 == steps:
            save(selector, policy, step + 1, output)


@dataclass(frozen=True)
class Problem:
    """A sum with a number of terms; more terms are harder."""

    terms: tuple[int, ...]

    @property
    def id(self) -> str:
        """A name that is the same in every run: what a belief is kept under."""
        return "+".join(map(str, self.terms))


def make_problems(seed: int = 0, per_length: int = 60) -> list[Problem]:
    """Distinct sums of 2 to 9 terms."""
    dice = random.Random(seed)
    problems: dict[str, Problem] = {}
    for length in range(2, 10):
        while sum(len(p.terms) == length for p in problems.values()) < per_length:
            problem = Problem(tuple(dice.randint(10, 99) for _ in range(length)))
            problems[problem.id] = problem
    return list(problems.values())


def verify(problem: Problem, completion: str) -> bool:
    """Whether a completion ends in the sum."""
    answer = completion.rsplit("=", 1)[-1].strip()
    return answer == str(sum(problem.terms))


class Policy:
    """Stands for a model: right with a rate that falls with length and rises where it gets a gradient."""

    def __init__(self, skill: float = 2.5, seed: int = 0) -> None:
        """Begin with the number of terms that comes out right half the time."""
        self.skill, self.seed = skill, seed

    def rate(self, problem: Problem) -> float:
        """The success rate."""
        return 1 / (1 + math.exp(1.5 * (len(problem.terms) - self.skill)))

    def sample(self, problem: Problem, count: int, step: int) -> list[str]:
        """`count` completions; the dice depend on the step alone, so that a resumed run throws the same."""
        dice = random.Random(f"{self.seed}/{step}/{problem.id}")
        total = sum(problem.terms)
        errors = (
            0 if dice.random() < self.rate(problem) else dice.choice((-10, -1, 1, 10)) for _ in range(count)
        )
        return [f"{problem.id} = {total + error}" for error in errors]

    def update(self, problems: list[Problem], outcomes: list[list[float]]) -> None:
        """Learn from groups with signal only: those with some right and some wrong answers."""
        signal = [min(group) < max(group) for group in outcomes]
        self.skill += 0.08 * sum(signal) / len(signal)


def log(
    step: int, ids: list[str], outcomes: list[list[float]], policy: Policy, problems: list, output: Path
) -> None:
    """One line a step in picks.jsonl, and every tenth on the screen."""
    right = sum(map(sum, outcomes)) / sum(map(len, outcomes))
    signal = sum(min(group) < max(group) for group in outcomes) / len(outcomes)
    accuracy = sum(map(policy.rate, problems)) / len(problems)
    record = {"step": step, "right": right, "signal": signal, "accuracy": accuracy, "picks": list(ids)}
    with (output / "picks.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    if (step + 1) % 10 == 0:
        print(f"step {step + 1:4}  right {right:.3f}  signal {signal:.3f}  accuracy {accuracy:.3f}")


def save(selector: Selector, policy: Policy, step: int, output: Path) -> None:
    """Selector and policy in one folder that appears at once, so that no crash can part them."""
    partial, final = output / f".checkpoint-{step:06}", output / f"checkpoint-{step:06}"
    if final.exists():
        return
    partial.mkdir(exist_ok=True)
    selector.save(partial / "selector.insight")
    (partial / "policy.json").write_text(json.dumps(vars(policy)), encoding="utf-8")
    os.replace(partial, final)


def resume(output: Path) -> tuple[Selector, Policy, int]:
    """The newest checkpoint of `output`."""
    checkpoints = sorted(output.glob("checkpoint-*"))
    if not checkpoints:
        raise SystemExit(f"{output} has no checkpoint: run without --resume")
    newest = checkpoints[-1]
    policy = Policy(**json.loads((newest / "policy.json").read_text(encoding="utf-8")))
    return Selector.load(newest / "selector.insight"), policy, int(newest.name.removeprefix("checkpoint-"))


def main(arguments: list[str] | None = None) -> None:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--method", default="recommended", help="any method of `insight methods`")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args(arguments)
    problems = make_problems()
    options.output.mkdir(parents=True, exist_ok=True)
    if options.resume:
        selector, policy, first = resume(options.output)
    elif any(options.output.glob("checkpoint-*")):
        raise SystemExit(f"{options.output} has a run already: pass --resume, or another --output")
    else:
        selector = Selector(
            [problem.id for problem in problems],
            # What says something about difficulty: of a long sum that failed, other long sums learn.
            domains=[f"{len(problem.terms)} terms" for problem in problems],
            method=options.method,
            configuration={"rollouts": ROLLOUTS},
            seed=options.seed,
        )
        policy, first = Policy(seed=options.seed), 0
    train(selector, policy, problems, first, options.steps, options.output)


if __name__ == "__main__":
    main()
