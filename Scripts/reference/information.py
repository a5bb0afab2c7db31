"""Writes the reference values that the tests of InsightNumerics compare with.

Every value is computed from the textbook formula with mpmath at 90 digits, so that the 40 digits that cancel
at evidence 1e12 do no harm, and written with 20. Inputs are the doubles nearest to the decimals in the file.

Usage: python3 Scripts/reference/information.py   (needs mpmath; takes about 10 seconds)
"""

import functools
import json
import re
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 90
OUTPUT = Path(__file__).parents[2] / "Tests/InsightNumericsTests/Resources/information.json"

log_gamma = functools.cache(lambda x: mp.loggamma(x))
psi = functools.cache(lambda x: mp.digamma(x))


def log_beta(a: mpf, b: mpf) -> mpf:
    """Ln B(a, b)."""
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)


def entropy(a: mpf, b: mpf) -> mpf:
    """Differential entropy of Beta(a, b), Eq. 11."""
    n = a + b
    return log_beta(a, b) + (n - 2) * psi(n) - (a - 1) * psi(a) - (b - 1) * psi(b)


def beta_binomial(s: int, k: int, a: mpf, b: mpf) -> mpf:
    """Probability of s successes among k rollouts, Eq. 12."""
    return mp.binomial(k, s) * mp.exp(log_beta(a + s, b + k - s) - log_beta(a, b))


def information(k: int, a: mpf, b: mpf) -> mpf:
    """Mutual information of k rollouts and the success rate, Eq. 13."""
    expected = mp.fsum(beta_binomial(s, k, a, b) * entropy(a + s, b + k - s) for s in range(k + 1))
    return entropy(a, b) - expected


def variance_reduction(a: mpf, b: mpf) -> mpf:
    """Prior variance less the variance expected after one rollout, Eq. 7."""

    def variance(a: mpf, b: mpf) -> mpf:
        return a * b / ((a + b) ** 2 * (a + b + 1))

    n = a + b
    return variance(a, b) - a / n * variance(a + 1, b) - b / n * variance(a, b + 1)


def digits(value: mpf) -> str:
    """The value with 20 significant digits."""
    return mp.nstr(value, 20, min_fixed=0, max_fixed=0)


ROLLOUTS = [1, 2, 3, 5, 8, 16, 64, 128]
WIDE = [1e-2, 5e-2, 0.2, 0.5, 1.0, 2.5, 7.0, 9.99, 10.0, 31.0, 1e2, 1e3, 1e4, 1e5, 1e6]
HUGE = [3e7, 1e9, 1e11, 9.9e11]
BELIEFS = [(a, b) for a in WIDE for b in WIDE]
BELIEFS += [pair for a in [1e-2, 0.3, 1.0, 8.0, 1e3, 1e6] for b in HUGE for pair in ((a, b), (b, a))]
BELIEFS += [
    (1e12, 1e-2),
    (1e-2, 1e12),
    (5e11, 5e11),
    (1e11, 9e11),
    (1e9, 1e9),
    (1e9, 1e11),
    (3e7, 1e9),
    (1e7, 3e7),
]

COUNTS = [
    (0, 1),
    (1, 1),
    (0, 8),
    (3, 8),
    (8, 8),
    (0, 64),
    (20, 64),
    (64, 64),
    (1, 128),
    (77, 128),
    (128, 128),
]
COUNT_BELIEFS = [(a, b) for a in WIDE[::2] for b in WIDE[::2]] + [(1e-2, 1e12), (5e11, 5e11), (9e11, 8.0)]

DIGAMMA = [1e-8, 1e-2, 0.1, 0.5, 1.0, 1.4, 1.46163, 1.47, 2.0, 3.7, 6.0, 9.5, 9.999, 10.0, 10.5, 19.0, 123.0]
DIGAMMA += [1e4, 1e6, 1e9, 1e15]


def main() -> None:
    """Writes the file."""
    beliefs = []
    for alpha, beta in BELIEFS:
        a, b = mpf(alpha), mpf(beta)
        beliefs.append(
            {
                "alpha": alpha,
                "beta": beta,
                "entropy": digits(entropy(a, b)),
                "varianceReduction": digits(variance_reduction(a, b)),
                "information": [digits(information(k, a, b)) for k in ROLLOUTS],
            }
        )
    counts = []
    for alpha, beta in COUNT_BELIEFS:
        for successes, rollouts in COUNTS:
            value = beta_binomial(successes, rollouts, mpf(alpha), mpf(beta))
            if value > 1e-300:
                belief = {"alpha": alpha, "beta": beta}
                counts.append(belief | {"successes": successes, "rollouts": rollouts, "value": digits(value)})
    sections = {
        "rollouts": json.dumps(ROLLOUTS),
        "digamma": lines([{"x": x, "value": digits(psi(mpf(x)))} for x in DIGAMMA]),
        "beliefs": lines(beliefs),
        "betaBinomial": lines(counts),
    }
    body = ",\n".join(f'"{name}": {text}' for name, text in sections.items())
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text("{\n" + body + "\n}\n")


def lines(rows: list) -> str:
    """A JSON array with one row a line, in which the strings of digits() are numbers."""
    text = "[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]"
    return re.sub(r'"(-?\d[^"]*)"', r"\1", text)


if __name__ == "__main__":
    main()
