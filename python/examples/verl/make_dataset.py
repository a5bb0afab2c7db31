"""Writes a small data set with the fields that verl and prompt selection need.

    python3 make_dataset.py --output data

Sums, easy and hard. A small instruct model solves some of them. Selection needs `extra_info.index`, unique
within a row's `data_source`; the rest is verl's format. The `data_source` says easy or hard, and selection
learns from both apart.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets import Dataset

ASK = "What is {problem}? Work it out, and end with the answer as #### and the number."


def problems(source: str, terms: range, count: int, numbers: random.Random) -> Iterator[dict[str, Any]]:
    """Yields `count` distinct problems of a source, whose factors and summands are in `terms`."""
    base = len(terms)
    # A problem's number says what it asks, so it names the same problem in any order and any run.
    for number in numbers.sample(range(base**3), count):
        first, second, third = (terms[number // base**place % base] for place in range(3))
        yield {
            "data_source": source,
            "prompt": [{"role": "user", "content": ASK.format(problem=f"{first} + {second} * {third}")}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": str(first + second * third)},
            "extra_info": {"index": number},
        }


def main() -> None:
    """Writes train.parquet and test.parquet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path("data"), help="folder to write to")
    parser.add_argument("--count", type=int, default=2000, help="training problems of each source")
    parser.add_argument("--seed", type=int, default=1, help="decides the problems")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for name, count, seed in (("train", options.count, options.seed), ("test", 100, options.seed + 1)):
        numbers = random.Random(seed)
        easy = problems("easy", range(2, 21), count, numbers)
        rows = [*easy, *problems("hard", range(21, 61), count, numbers)]
        Dataset.from_list(rows).to_parquet(options.output / f"{name}.parquet")


if __name__ == "__main__":
    main()
