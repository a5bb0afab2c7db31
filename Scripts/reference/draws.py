"""Writes how often methods that draw pick each ordered pair of six prompts, for the tests of the engine.

Six prompts have had one group of eight rollouts each. A batch of two is drawn by the published rule, twenty
million times with NumPy's generators, so that the shares are known to about 1e-4; the tests compare the
engine's own draws with them by chi-squared.

Usage: python3 Scripts/reference/draws.py   (needs numpy and scipy; takes about a minute)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from methods import dare, mapp_ps, mutual_information, spo
from numpy.typing import NDArray

Values = NDArray[np.float64]
OUTPUT = Path(__file__).parents[2] / "Tests/InsightTests/Resources/draws.json"
SUCCESSES = np.array([4, 3, 6, 0, 8, 0], dtype=np.float64)
ROLLOUTS = 8
SAMPLES, CHUNK = 20_000_000, 1_000_000

ALPHA, BETA = 1 + SUCCESSES, 1 + ROLLOUTS - SUCCESSES
Scores = Callable[[np.random.Generator, int], Values]


def of_each(function: Callable[[float, float], float]) -> Values:
    """`function` of each prompt's belief, `[6]`."""
    return np.array([float(function(a, b)) for a, b in zip(ALPHA.tolist(), BETA.tolist(), strict=True)])


def nearest_half(generator: np.random.Generator, count: int) -> Values:
    """MoPPS and BOTS: minus the distance of a drawn rate from one half, `[count, 6]`."""
    return -np.abs(generator.beta(ALPHA, BETA, (count, 6)) - 0.5)


def drawn_weight(generator: np.random.Generator, count: int) -> Values:
    """InSight with a drawn rate in its weight: w(φ̂)·I, `[count, 6]`."""
    rate = generator.beta(ALPHA, BETA, (count, 6))
    nats = of_each(mutual_information)
    return rate * (1 - rate) * np.exp(-3 * (rate - 0.3) ** 2) * nats


def one_after_another(weights: Values) -> Scores:
    """Sampling without replacement in proportion to `weights`: the order of ln(u)/w has that law."""
    return lambda generator, count: np.log(generator.random((count, 6))) / weights


def kept_first(generator: np.random.Generator, count: int) -> Values:
    """GRESO: kept prompts in random order, then the skipped ones in random order.

    One step is over, in which one of six groups was all right and two all wrong: both shares are above their
    targets, 1/12 and 1/6, so p is 0.49 for both kinds.
    """
    keep = np.where((SUCCESSES == 0) | (SUCCESSES == ROLLOUTS), 0.49, 1.0)
    return (generator.random((count, 6)) < keep) + generator.random((count, 6))


def pairs(scores: Scores, seed: int) -> list[list[float]]:
    """The share of each ordered pair (first, second), `[6][6]`."""
    generator = np.random.default_rng(seed)
    counts = np.zeros((6, 6))
    for _ in range(SAMPLES // CHUNK):
        order = np.argsort(-scores(generator, CHUNK), axis=1)
        np.add.at(counts, (order[:, 0], order[:, 1]), 1)
    return [[round(share, 6) for share in row] for row in counts / SAMPLES]


def main() -> None:
    """Draws and writes."""
    methods: dict[str, Scores] = {
        "mopps": nearest_half,
        "bots": nearest_half,
        "insight-drawn": drawn_weight,
        "mapp-ps": one_after_another(of_each(mapp_ps)),
        "spo": one_after_another(of_each(spo)),
        "greso": kept_first,
        # At the paper's κ of 100 the first prompt would be drawn first nine times in ten.
        "dare": one_after_another(of_each(lambda a, b: dare(a, b, kappa=4.0))),
    }
    result = {
        "script": "Scripts/reference/draws.py",
        "successes": SUCCESSES.astype(int).tolist(),
        "rollouts": ROLLOUTS,
        "pairs": {name: pairs(rule, seed) for seed, (name, rule) in enumerate(methods.items())},
    }
    OUTPUT.write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
