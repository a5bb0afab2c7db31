"""Measures how fast NumPy and SciPy score prompts by weighted mutual information, the Swift kernel's bar.

    OMP_NUM_THREADS=1 python3 Benchmarks/scoring.py --count 4096 --rollouts 8

Needs numpy and scipy. The expression is Eq. 13 to 16 of arXiv:2603.01907 as they are written, broadcast over
all prompts and success counts at once, on one thread. Prints JSON; the time is the fastest repetition's.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, gammaln

Values = NDArray[np.float64]
ETA, MU = 3.0, 0.3


def entropy(alpha: Values, beta: Values) -> Values:
    """Differential entropy of Beta(α, β) in nats, Eq. 11; any shape."""
    n = alpha + beta
    return (
        betaln(alpha, beta) - (alpha - 1) * digamma(alpha) - (beta - 1) * digamma(beta) + (n - 2) * digamma(n)
    )


def scores(alpha: Values, beta: Values, rollouts: int) -> Values:
    """Weighted information A = w·I of prompts, Eq. 12 to 16.

    Args:
        alpha: α of each prompt, `[N]`.
        beta: β of each prompt, `[N]`.
        rollouts: K.

    Returns:
        A, `[N]`, in nats.
    """
    s = np.arange(rollouts + 1.0)
    after_success, after_failure = alpha[:, None] + s, beta[:, None] + (rollouts - s)
    log_choose = gammaln(rollouts + 1) - gammaln(s + 1) - gammaln(rollouts - s + 1)
    log_probability = log_choose + betaln(after_success, after_failure) - betaln(alpha, beta)[:, None]
    expected = (np.exp(log_probability) * entropy(after_success, after_failure)).sum(1)
    mean = alpha / (alpha + beta)
    weight = mean * (1 - mean) * np.exp(-ETA * (mean - MU) ** 2)
    return weight * (entropy(alpha, beta) - expected)


def main() -> None:
    """Times the expression and prints the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=4096, help="prompts")
    parser.add_argument("--rollouts", type=int, default=8, help="K")
    parser.add_argument("--integers", action="store_true", help="α, β of 1…50, not log-uniform in 0.5…200")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long to repeat")
    arguments = parser.parse_args()

    generator = np.random.default_rng(1)
    shape = (2, arguments.count)
    if arguments.integers:
        alpha, beta = generator.integers(1, 51, shape).astype(np.float64)
    else:
        alpha, beta = np.exp(generator.uniform(np.log(0.5), np.log(200), shape))

    scores(alpha, beta, arguments.rollouts)
    fastest = float("inf")
    end = time.perf_counter() + arguments.seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        scores(alpha, beta, arguments.rollouts)
        fastest = min(fastest, time.perf_counter() - start)
    result = {
        "nanosecondsPerPrompt": fastest / arguments.count * 1e9,
        "count": arguments.count,
        "rollouts": arguments.rollouts,
        "beliefs": "integers" if arguments.integers else "logUniform",
        "numpy": np.__version__,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
