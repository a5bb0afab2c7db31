"""Writes the first numbers of seeded generators, computed apart from the Swift code.

xoshiro256** and SplitMix64 are written here with Python's unbounded integers from their authors' descriptions
(https://prng.di.unimi.it). Both are first checked against vectors that other implementations publish.

Usage: python3 Scripts/reference/generator.py
"""

import json
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "Tests/InsightNumericsTests/Resources/generator.json"
MODULUS = 2**64
GOLDEN = 0x9E3779B97F4A7C15


def mix(z: int) -> int:
    """The output function of SplitMix64."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % MODULUS
    z = (z ^ z >> 27) * 0x94D049BB133111EB % MODULUS
    return z ^ z >> 31


def split_mix(state: int, count: int) -> list[int]:
    """The first outputs of SplitMix64 from a state."""
    return [mix((state + (i + 1) * GOLDEN) % MODULUS) for i in range(count)]


def rotate(x: int, k: int) -> int:
    """X rotated left by k of its 64 bits."""
    return (x * 2**k % MODULUS) + (x // 2 ** (64 - k))


def xoshiro(state: list[int], count: int) -> list[int]:
    """The first outputs of xoshiro256** from a state of four words."""
    a, b, c, d = state
    outputs = []
    for _ in range(count):
        outputs.append(rotate(b * 5 % MODULUS, 7) * 9 % MODULUS)
        a, b, c, d = a ^ b ^ d, a ^ b ^ c, c ^ a ^ (b * 2**17 % MODULUS), rotate(b ^ d, 45)
    return outputs


def seeded(seed: int, stream: int, count: int) -> list[int]:
    """The first outputs of SeededGenerator(seed:stream:)."""
    return xoshiro(split_mix(seed ^ mix((stream + GOLDEN) % MODULUS), 4), count)


def main() -> None:
    """Checks against published vectors and prints ours."""
    # The vector for seed 1234567 in Rosetta Code, and the one of rand_xoshiro for the state 1, 2, 3, 4.
    assert split_mix(1234567, 3) == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert xoshiro([1, 2, 3, 4], 6) == [
        11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600,
    ]  # fmt: skip
    rows = [
        {"seed": seed, "stream": stream, "numbers": seeded(seed, stream, 8)}
        for seed, stream in [(0, 0), (1, 0), (7, 0), (7, 1), (7, 12345), (MODULUS - 1, 0), (7, MODULUS - 1)]
    ]
    OUTPUT.write_text("[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main()
