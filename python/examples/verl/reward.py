"""The reward function of the example: a score to train with, and beside it whether the answer is right."""

from __future__ import annotations

import re
from typing import Any


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: Any = None
) -> dict[str, Any]:
    """Scores a completion; verl calls this.

    Args:
        data_source: The row's.
        solution_str: The completion.
        ground_truth: The right answer.
        extra_info: The row's.

    Returns:
        `score`, which pays a little for the form of the answer, and `acc`, the outcome that beliefs learn
        from.
    """
    answer = re.search(r"#### *(-?\d+)\s*$", solution_str)
    right = answer is not None and answer.group(1) == ground_truth
    return {"score": 1.0 if right else 0.1 if answer else 0.0, "acc": right}
