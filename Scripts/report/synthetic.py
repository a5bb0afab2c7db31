"""Makes the report.json of an arena that never ran, for tests and for a look at the page.

    python3 Scripts/report/synthetic.py DIR [--methods 8] [--steps 200] [--unfinished]

Prompts differ in difficulty, a policy that improves with the groups that were mixed answers them, and each
method picks by its own simple rule from Beta beliefs. The shapes are those of real runs; the numbers mean
nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

K = 8
Rule = Callable[[float, float, random.Random], float]
RULES: dict[str, Rule] = {
    "random": lambda a, b, rng: rng.random(),
    "insight": lambda a, b, rng: a * b / (a + b) ** 2 / (a + b + 1) * math.exp(-3 * (a / (a + b) - 0.3) ** 2),
    "mopps": lambda a, b, rng: -abs(rng.betavariate(a, b) - 0.5),
    "dynamic-sampling": lambda a, b, rng: rng.random(),
    "inverse-evidence": lambda a, b, rng: -(a + b) + rng.random(),
    "expected-difficulty": lambda a, b, rng: -abs(a / (a + b) - 0.5) + 1e-6 * rng.random(),
    "mapp-ps": lambda a, b, rng: math.log(rng.random()) / (a * b / (a + b) ** 2),
    "dps": lambda a, b, rng: -abs(a / (a + b) - 0.45) + 0.02 * rng.random(),
}
REGIMES = {
    "countdown-weak": ("A weak base; Countdown with 3 or 4 numbers.", -1.6),
    "half-unsolvable": ("Half of the prompts can never be solved: their labels are wrong.", -0.9),
    "mostly-solved": ("A strong base that solves most of the pool already.", 1.7),
}


def synthetic(
    methods: int = 4, prompts: int = 2000, steps: int = 200, per_step: int = 32, seeds: int = 5
) -> dict[str, Any]:
    """Returns a report with three regimes; what is not known is left out, as the arena leaves it out."""
    regimes = [
        _regime(name, summary, level, list(RULES)[:methods], prompts, steps, per_step, seeds)
        for name, (summary, level) in REGIMES.items()
    ]
    report = {
        "title": "Synthetic arena",
        "command": "insight arena --config synthetic.json --output synthetic",
        "commit": "0000000",
        "machine": "none: these numbers were drawn, not measured",
        "reference": "random",
        "references": ["random", "dynamic-sampling"] if methods > 3 else None,
        "note": "These numbers were drawn to test the page. </script><!-- They mean nothing. -->",
        "regimes": regimes,
        "overall": _overall(regimes),
        "claims": _claims(regimes),
    }
    return _known(report)


def unfinished() -> dict[str, Any]:
    """Returns a small report in which a method is missing, one has a single seed and one has only begun."""
    report = synthetic(prompts=200, steps=40, per_step=8)
    first, second, third = report["regimes"]
    first["methods"][1] |= {"seeds": [1], "toTarget": [], "calibration": [], "history": None}
    for key in ("low", "high"):
        first["methods"][1]["accuracy"][key] = [None] * len(first["methods"][1]["accuracy"]["mean"])
    empty = {"rollouts": [], "mean": [], "low": [], "high": [], "seeds": []}
    first["methods"][2] = {"name": "mopps", "seeds": [], "accuracy": empty, "mixed": empty}
    # One seed never got there.
    speedup = {"estimate": 0.4, "low": 0, "high": 1}
    first["methods"][3]["toTarget"][-1] |= {"reached": True, "rollouts": 2400, "speedup": speedup}
    second["methods"] = second["methods"][:1]
    second["targets"] = []
    third |= {"methods": [], "targets": [], "baseline": None}
    return report


def _regime(
    name: str,
    summary: str,
    level: float,
    methods: list[str],
    prompts: int,
    steps: int,
    per_step: int,
    seeds: int,
) -> dict[str, Any]:
    rng = random.Random(f"{name}")
    base = statistics.fmean(_sigmoid(level + rng.gauss(0, 2)) for _ in range(4000))
    runs = {
        m: [_run(m, level, prompts, steps, per_step, s, name) for s in range(1, seeds + 1)] for m in methods
    }
    reference = [
        statistics.fmean(column) for column in zip(*(r["accuracy"] for r in runs["random"]), strict=True)
    ]
    targets = [{"fraction": f, "accuracy": base + f * (reference[-1] - base)} for f in (0.5, 0.75, 0.9, 1.0)]
    return {
        "name": name,
        "summary": summary,
        "prompts": prompts,
        "promptsPerStep": per_step,
        "rolloutsPerPrompt": K,
        "budget": steps * per_step * K,
        "baseline": {"step": 0, "rollouts": 0, "seconds": 0, "accuracy": base, "standardError": 0.004},
        "clock": "processor",
        "targets": targets,
        "methods": [_method(m, runs, targets, base) for m in methods],
        "referenceCells": _reference_cells(runs["random"]),
    }


def _run(
    method: str, level: float, prompts: int, steps: int, per_step: int, seed: int, regime: str
) -> dict[str, Any]:
    """Trains the pretended policy; only seed 1 keeps its prompts, and the others take fewer of them."""
    rng = random.Random(f"{regime} {method} {seed}")
    rule, filters = RULES[method], method == "dynamic-sampling"
    scale = 1
    if seed > 1:
        scale = 4
        prompts, per_step = prompts // scale, per_step // scale
    difficulty = [level + rng.gauss(0, 2) for _ in range(prompts)]
    if "unsolvable" in regime:
        difficulty = [d if i % 2 else -40.0 for i, d in enumerate(difficulty)]
    beliefs = [[1.0, 1.0] for _ in range(prompts)]
    visits: list[list[list[float]]] = [[] for _ in range(prompts)]
    skill, accuracy, mixed, rollouts, spent = 0.0, [], [], [], 0
    pairs: list[tuple[float, float]] = []
    noise = rng.gauss(0, 0.008)
    for step in range(1, steps + 1):
        if spent >= steps * per_step:
            break
        candidates = rng.sample(range(prompts), min(prompts, 4 * per_step))
        candidates.sort(key=lambda i: rule(*beliefs[i], rng), reverse=True)
        kept, made = 0, 0
        for i in candidates:
            successes = sum(rng.random() < _sigmoid(difficulty[i] + skill) for _ in range(K))
            made += 1
            if filters and successes in (0, K):
                continue
            a, b = beliefs[i]
            # Some verdicts are missing: they are neither right nor wrong, and their rollouts count.
            verdicts = K - 1 if successes < K and (step + i) % 10 == 0 else K
            visits[i].append([step, successes, verdicts, a, b, K])
            pairs.append((a / (a + b), successes / verdicts))
            fade = 0.5 if method == "mopps" else 1.0
            beliefs[i] = [fade * a + 1 - fade + successes, fade * b + 1 - fade + verdicts - successes]
            kept += 1
            if kept == per_step:
                break
        last = [visits[i][-1] for i in candidates[:made] if visits[i]]
        mixed_groups = sum(1 for _, successes, verdicts, *_ in last if 0 < successes < verdicts)
        mixed.append(mixed_groups / made)
        skill += 0.03 * (mixed_groups / per_step) ** 0.5
        spent += made
        rollouts.append(spent)
        if step % 10 == 0:
            rate = statistics.fmean(_sigmoid(level + q + skill) for q in _QUANTILES)
            accuracy.append(rate + noise + rng.gauss(0, 0.004))
    return {
        "rollouts": [r * K * scale for r in rollouts],
        "accuracy": accuracy,
        "mixed": mixed,
        "pairs": pairs,
        "visits": visits,
        "rates": [_sigmoid(d + skill) for d in difficulty],
    }


def _method(
    name: str, all_runs: dict[str, list[dict[str, Any]]], targets: list[Any], base: float
) -> dict[str, Any]:
    runs, reference = all_runs[name], all_runs["random"]
    first = runs[0]
    grid = first["rollouts"]
    bins = [[p for p in first["pairs"] if low <= p[0] < low + 0.1] for low in (b / 10 for b in range(10))]
    starved = [rate for rate, visits in zip(first["rates"], first["visits"], strict=True) if len(visits) < 2]
    finals = [run["accuracy"][-1] for run in runs]
    accuracy = _curve([0, *grid[9::10]], [[base, *run["accuracy"]] for run in runs])
    return {
        "name": name,
        "learningRate": 1e-4,
        "rolloutsPerPrompt": 4 if name == "insight" else K,
        "promptsPerStep": 64 if name == "insight" else 32,
        "seeds": list(range(1, len(runs) + 1)),
        "accuracy": accuracy,
        "mixed": _curve(grid, [run["mixed"] for run in runs]),
        "finalAccuracy": _interval(finals),
        "areaUnderCurve": _interval([statistics.fmean(run["accuracy"]) for run in runs]),
        "finalDifference": _difference(runs, reference),
        "toTarget": [_to_target(t, accuracy, runs, reference, grid) for t in targets],
        "against": [
            {
                "reference": other,
                "finalDifference": _difference(runs, all_runs[other]),
                "areaDifference": _difference(runs, all_runs[other]),
                "toTarget": [_to_target(_lower(t), accuracy, runs, all_runs[other], grid) for t in targets],
            }
            for other in ("dynamic-sampling",)
            if other in all_runs
        ],
        "mixedShare": _interval([statistics.fmean(run["mixed"]) for run in runs]),
        "brier": _interval([statistics.fmean((p - o) ** 2 for p, o in run["pairs"]) for run in runs]),
        "rankCorrelation": _interval(
            [statistics.correlation(*zip(*run["pairs"], strict=True)) for run in runs]
        ),
        "calibration": [
            {
                "predicted": statistics.fmean(p for p, _ in pairs),
                "observed": statistics.fmean(o for _, o in pairs),
                "groups": len(pairs),
            }
            for pairs in bins
            if pairs
        ],
        "samplingError": 0.0041,
        "poolBrier": _interval([0.05 + 0.01 * value for value in finals]),
        "starvedShare": _interval(
            [sum(len(v) < 2 for v in run["visits"]) / len(run["visits"]) for run in runs]
        ),
        "starvedSuccessRate": statistics.fmean(starved) if starved else None,
        "secondsSelecting": 0.012,
        "seconds": 84.0 * grid[-1] / 51200,
        "history": {
            "seed": 1,
            "prompts": [
                {
                    "id": f"p{i}",
                    "domain": "three" if i % 2 else "four",
                    "finalRate": first["rates"][i],
                    "visits": v,
                }
                for i, v in enumerate(first["visits"])
            ],
        },
    }


def _difference(runs: list[dict[str, Any]], others: list[dict[str, Any]]) -> dict[str, float]:
    """Returns final accuracies less those of others on the same seeds."""
    return _interval(
        [run["accuracy"][-1] - other["accuracy"][-1] for run, other in zip(runs, others, strict=True)]
    )


def _lower(target: dict[str, float]) -> dict[str, float]:
    """Returns a target of the same share of another reference's gain."""
    return target | {"accuracy": 0.97 * target["accuracy"]}


def _reference_cells(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns two cells of the reference, of which the second is the better one on the reported seeds."""
    finals = [run["accuracy"][-1] for run in runs]
    return [
        {
            "cell": {"learningRate": rate, "rolloutsPerPrompt": K, "promptsPerStep": 32},
            "isBest": gain > 0,
            "finalAccuracy": _interval([final + gain for final in finals]),
            "areaUnderCurve": _interval([0.9 * final + gain for final in finals]),
        }
        for rate, gain in ((1e-4, 0.0), (2e-4, 0.004))
    ]


def _claims(regimes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns one claim about a speed-up and one about the final accuracy, the last without results."""
    if len(regimes[0]["methods"]) < 2:
        return []
    method = regimes[0]["methods"][1]
    speedup = {"method": method["name"], "over": "random", "measure": "speed-up", "regimeSet": "test"}
    final = {"method": method["name"], "over": "random", "measure": "final"}
    return [
        {
            "claim": speedup,
            "tests": [
                {
                    "regime": regime["name"],
                    "estimate": regime["methods"][1]["toTarget"][-1]["speedup"],
                    "test": {"p": 0.0125, "holm": 0.05},
                }
                for regime in regimes
            ],
        },
        {"claim": final, "tests": [{"regime": None, "estimate": {"estimate": None}, "test": None}]},
    ]


def _to_target(
    target: Any, accuracy: Any, runs: list[Any], reference: list[Any], grid: list[float]
) -> dict[str, Any]:
    def reach(values: list[float]) -> int:
        return next((i for i, value in enumerate(values) if value >= target["accuracy"]), len(values) - 1)

    ratios = [
        (reach(other["accuracy"]) + 1) / (reach(run["accuracy"]) + 1)
        for run, other in zip(runs, reference, strict=True)
    ]
    reached = max(accuracy["mean"]) >= target["accuracy"]
    rollouts = accuracy["rollouts"][reach(accuracy["mean"])] if reached else None
    return {
        "fraction": target["fraction"],
        "accuracy": target["accuracy"],
        "rollouts": rollouts,
        "seconds": rollouts / 600 if rollouts else None,
        "speedup": _interval(ratios) if reached else {"estimate": None, "low": None, "high": None},
        "secondsRatio": _interval([0.8 * ratio for ratio in ratios]) if reached else None,
        "reached": reached,
    }


def _curve(rollouts: list[float], seeds: list[list[float]]) -> dict[str, Any]:
    # Seeds of a method that filters take different numbers of steps.
    length = min(len(rollouts), *map(len, seeds))
    rollouts, seeds = rollouts[:length], [seed[:length] for seed in seeds]
    bands = [_interval(list(column)) for column in zip(*seeds, strict=True)]
    return {
        "rollouts": rollouts,
        "seconds": [rollout / 600 for rollout in rollouts],
        "mean": [band["estimate"] for band in bands],
        "low": [band["low"] for band in bands],
        "high": [band["high"] for band in bands],
        "seeds": seeds,
    }


def _overall(regimes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the geometric means of the speed-ups over `regimes`, of methods that have all of them."""
    found = []
    for method in regimes[0]["methods"]:
        for index, target in enumerate(regimes[0]["targets"]):
            races = [
                m["toTarget"][index] for r in regimes for m in r["methods"] if m["name"] == method["name"]
            ]
            estimates = [race["speedup"]["estimate"] for race in races]
            mean = statistics.geometric_mean(estimates) if None not in estimates else None
            speedup = {"estimate": mean, "low": mean and 0.9 * mean, "high": mean and 1.1 * mean}
            found.append(
                {
                    "name": method["name"],
                    "fraction": target["fraction"],
                    "speedup": speedup,
                    "regimes": len(regimes),
                }
            )
    return found


def _known(value: Any) -> Any:
    """Returns `value` without the fields that are None."""
    if isinstance(value, dict):
        return {key: _known(field) for key, field in value.items() if field is not None}
    return [_known(element) for element in value] if isinstance(value, list) else value


def _interval(values: list[float]) -> dict[str, float]:
    mean = statistics.fmean(values)
    half = 2.78 * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return {"estimate": mean, "low": mean - half, "high": mean + half}


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


_QUANTILES = [2 * statistics.NormalDist().inv_cdf((i + 0.5) / 64) for i in range(64)]


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--methods", type=int, default=4, choices=range(1, len(RULES) + 1))
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--unfinished", action="store_true")
    arguments = parser.parse_args()
    report = unfinished() if arguments.unfinished else synthetic(arguments.methods, steps=arguments.steps)
    arguments.directory.mkdir(parents=True, exist_ok=True)
    (arguments.directory / "report.json").write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
