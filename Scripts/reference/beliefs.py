"""Writes the reference values for functions of a Beta belief other than its information.

Computed from the defining formulas with mpmath at 60 digits and written with 20: the cumulative distribution
by its power series, whose terms are all positive, the weight by quadrature at 40 digits. Inputs are the
doubles nearest to the decimals in the file.

Usage: python3 Scripts/reference/beliefs.py   (needs mpmath; takes about a minute)
"""

import json
import re
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 60
OUTPUT = Path(__file__).parents[2] / "Tests/InsightNumericsTests/Resources/beliefs.json"


def log_beta(a: mpf, b: mpf) -> mpf:
    """Ln B(a, b)."""
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def cumulative(x: mpf, a: mpf, b: mpf) -> mpf:
    """Probability that a Beta(a, b) variable is at most x."""
    if x in (0, 1):
        return x
    # A series at an argument next to 1 would take a million terms, and this one a moment.
    complement = x > (a + 1) / (a + b + 2) if 0.001 < x < 0.999 else x > 0.5
    if complement:
        return 1 - series(1 - x, b, a)
    return series(x, a, b)


def series(x: mpf, a: mpf, b: mpf) -> mpf:
    """The cumulative probability as a power series."""
    term = total = mpf(1)
    k = 0
    while term > total * mpf(10) ** -55:
        term *= (a + b + k) / (a + 1 + k) * x
        total += term
        k += 1
    return mp.exp(a * mp.log(x) + b * mp.log1p(-x) - log_beta(a, b)) / a * total


def distance(c: mpf, a: mpf, b: mpf) -> mpf:
    """E|φ − c|."""
    m = a / (a + b)
    return c * (2 * cumulative(c, a, b) - 1) + m * (1 - 2 * cumulative(c, a + 1, b))


def signal(k: int, a: mpf, b: mpf) -> mpf:
    """Chance that k rollouts do not all end alike."""
    log_all = [log_beta(a + k, b) - log_beta(a, b), log_beta(a, b + k) - log_beta(a, b)]
    return 1 - mp.exp(log_all[0]) - mp.exp(log_all[1])


def weight(a: mpf, b: mpf, eta: mpf, mu: mpf) -> mpf:
    """E[φ(1 − φ)·exp(−η(φ − μ)²)], by quadrature in the logit of φ."""
    centre, spread = mp.log(a + 1) - mp.log(b + 1), mp.sqrt(1 / (a + 1) + 1 / (b + 1))
    scale = log_beta(a, b)

    def parts(z: mpf) -> mpf:
        phi = 1 / (1 + mp.exp(-z))
        rest = 1 / (1 + mp.exp(z))
        log_density = (a + 1) * mp.log(phi) + (b + 1) * mp.log(rest) - scale
        return mp.exp(log_density - eta * (phi - mu) ** 2)

    breaks = (-60, -30, -15, *range(-8, 9), 15, 30, 60)
    with mp.workdps(40):
        value, error = mp.quad(parts, [centre + spread * j for j in breaks], error=True)
    assert error < value * mpf(10) ** -15
    return value


def digits(value: mpf) -> str:
    """The value with 20 significant digits."""
    return mp.nstr(value, 20, min_fixed=0, max_fixed=0)


def rows(table: list) -> str:
    """A JSON array with one row a line, in which the strings of digits() are numbers."""
    text = "[\n" + ",\n".join("  " + json.dumps(row) for row in table) + "\n]"
    return re.sub(r'"(-?\d[^"]*)"', r"\1", text)


SMALL = [1e-2, 0.3, 1.0, 3.7, 25.0, 200.0]
BELIEFS = [(a, b) for a in SMALL for b in SMALL]
BELIEFS += [(1e3, 1e3), (1e4, 3e3), (1e6, 1e6), (1e6, 1e-2), (1e-2, 1e6), (1e6, 1e3), (2.5, 1e5)]
HUGE = [(1e9, 1e9), (1e9, 1e-2), (1e-2, 1e9), (1e9, 1.0), (3e8, 7e5)]


def points(a: float, b: float) -> list[float]:
    """Where to look at Beta(a, b): its bulk, its tails, and fixed places."""
    mean = a / (a + b)
    deviation = (mean * (1 - mean) / (a + b + 1)) ** 0.5
    near = [mean + j * deviation for j in (-30, -8, -3, -1, 0, 0.5, 2, 6, 20)]
    fixed = [1e-30, 1e-3, 0.3, 0.5, 0.97] if a + b < 1e3 else []
    return [x for x in near + fixed if 0 < x < 1]


def main() -> None:
    """Writes the file."""
    cumulatives, distances, signals, weights = [], [], [], []
    for alpha, beta in BELIEFS:
        a, b = mpf(alpha), mpf(beta)
        belief = {"alpha": alpha, "beta": beta}
        for x in points(alpha, beta):
            value = cumulative(mpf(x), a, b)
            if value > 1e-300:
                cumulatives.append(belief | {"x": x, "value": digits(value)})
        mean = alpha / (alpha + beta)
        for target in (0.5, 0.3, mean, min(1.0, mean + 3 * (mean * (1 - mean) / (alpha + beta + 1)) ** 0.5)):
            distances.append(belief | {"x": target, "value": digits(distance(mpf(target), a, b))})
        for eta, mu in ((3.0, 0.3), (0.0, 0.5), (50.0, 0.7)):
            value = weight(a, b, mpf(eta), mpf(mu))
            weights.append(belief | {"eta": eta, "mu": mu, "value": digits(value)})
    for alpha, beta in BELIEFS + HUGE:
        for rollouts in (2, 3, 8, 128):
            value = signal(rollouts, mpf(alpha), mpf(beta))
            signals.append({"alpha": alpha, "beta": beta, "rollouts": rollouts, "value": digits(value)})
    sections = {
        "cumulative": cumulatives,
        "distance": distances,
        "signal": signals,
        "weight": weights,
    }
    body = ",\n".join(f'"{name}": {rows(table)}' for name, table in sections.items())
    OUTPUT.write_text("{\n" + body + "\n}\n")


if __name__ == "__main__":
    main()
