"""Writes a small data set with the fields that verl and prompt selection need.

    python3 make_dataset.py --output data

Sums, easy and hard, which a small instruct model solves some of. What selection needs of a row is
`extra_info.index`, unique within the row's `data_source`; all else is verl's own format. The `data_source`
says easy or hard, and selection learns of both apart.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets import Dataset

ASK = "What is {problem}? Work it out, and end with the answer as #### and the number."


def problems(source: str, largest: int, count: int, numbers: random.Random) -> Iterator[dict[str, Any]]:
    """Yields `count` rows of a source, whose problems have factors and summands up to `largest`."""
    for index in range(count):
        first, second, third = (numbers.randint(2, largest) for _ in range(3))
        yield {
            "data_source": source,
            "prompt": [{"role": "user", "content": ASK.format(problem=f"{first} + {second} * {third}")}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": str(first + second * third)},
            "extra_info": {"index": index},
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
        rows = [*problems("easy", 12, count, numbers), *problems("hard", 60, count, numbers)]
        Dataset.from_list(rows).to_parquet(options.output / f"{name}.parquet")


if __name__ == "__main__":
    main()
