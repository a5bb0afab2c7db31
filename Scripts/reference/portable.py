"""Writes reference values of the elementary functions of InsightNumerics.

Computed with mpmath at 60 digits and written with 20. Arguments are written with all digits of the double.
Half of them are drawn at random from a fixed seed. The others are where an approximation changes its formula
or cancels.

Usage: python3 Scripts/reference/portable.py   (needs mpmath; takes a second)
"""

import json
import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 60
OUTPUT = Path(__file__).parents[2] / "Tests/InsightNumericsTests/Resources/portable.json"
LARGEST, SMALLEST = 1.7e308, 2.3e-308
rng = random.Random(20260301)


def digits(value: mpf) -> str:
    """The value with 20 significant digits."""
    return mp.nstr(value, 20, min_fixed=0, max_fixed=0)


def table(function: Callable[..., mpf], arguments: Iterable[tuple[float, ...]]) -> list[dict[str, object]]:
    """Rows of arguments and value, where the value is a normal number or 0."""
    rows = []
    for x in arguments:
        value = function(*(mpf(part) for part in x))
        if value == 0 or SMALLEST < abs(value) < LARGEST:
            rows.append({"x": list(x), "value": digits(value)})
    return rows


def spread(count: int, low: float, high: float) -> list[float]:
    """Numbers whose decimal exponents are uniform between two."""
    return [10 ** rng.uniform(low, high) for _ in range(count)]


def near(x: float, *, steps: int = 12) -> list[float]:
    """Numbers on both sides of x, from a thousandth off to a few units in the last place."""
    return [x + sign * x * 10.0**-k for k in range(3, 3 + steps) for sign in (1, -1)]


def logs() -> list[float]:
    """Arguments of the logarithm."""
    fixed = [1.0, 2.0, 0.5, SMALLEST, LARGEST, 5e-324, 1e-310, 2**0.5, 0.5**0.5]
    return fixed + near(1.0) + near(2**0.5) + spread(150, -307, 308) + spread(150, -1, 1)


def logs_one_plus() -> list[float]:
    """Arguments of ln(1 + x)."""
    small = spread(80, -300, 0)
    larger = spread(60, -2, 300) + near(1.0) + near(2.0**52)
    return small + [-x for x in small] + larger + [x - 1 for x in spread(60, -15, 0)]


def exponents() -> list[float]:
    """Arguments of the exponential."""
    fixed = [0.0, 1.0, -1.0, 699.9, 700.0, 700.1, 709.7, -699.9, -700.0, -700.1, -708.3]
    small = spread(60, -20, 0)
    return fixed + small + [-x for x in small] + [rng.uniform(-708, 709) for _ in range(300)]


def powers() -> list[tuple[float, float]]:
    """Bases and exponents of the power."""
    bases = [rng.random() for _ in range(60)] + [0.0, 1.0, 1e-12, 0.999999999, 3.7, 1e20]
    exponents = [0.0, 1.0, 2.0, 3.0, 64.0, 0.5, 2.5, 65.0, 99.5, 1e-3]
    return [(x, y) for x in bases for y in exponents]


def main() -> None:
    """Writes the file."""
    positive = spread(150, -100, 1.1) + near(1.0) + near(2.0) + spread(50, 1, 12) + [10.0, 9.999, 1e-300]
    tails = [rng.uniform(-6, 26) for _ in range(150)] + [0.0, 2.0, 26.5] + near(2.0) + spread(30, -20, 0)
    sections = {
        "log": table(mp.log, ((x,) for x in logs())),
        "logOnePlus": table(mp.log1p, ((x,) for x in logs_one_plus())),
        "exp": table(mp.exp, ((x,) for x in exponents())),
        "pow": table(lambda x, y: mpf(1) if y == 0 else x**y, powers()),
        "logGamma": table(mp.loggamma, ((x,) for x in positive)),
        "erfc": table(mp.erfc, ((x,) for x in tails)),
    }
    body = ",\n".join(f'"{name}": {lines(rows)}' for name, rows in sections.items())
    OUTPUT.write_text("{\n" + body + "\n}\n")


def lines(rows: list) -> str:
    """A JSON array with one row a line, in which the strings of digits() are numbers."""
    text = "[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]"
    return re.sub(r'"(-?\d[^"]*)"', r"\1", text)


if __name__ == "__main__":
    main()
