"""What the Python steps share: the problems, the vocabulary, the reward, and how a measurement is printed."""

from __future__ import annotations

import argparse
import ast
import json
import operator
import re
import statistics
from dataclasses import dataclass
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent / "models" / "countdown-base"
ROLLOUTS, NEW_TOKENS = 8, 24
LEARNING_RATE, BETAS, EPSILON, WEIGHT_DECAY, GRADIENT_NORM = 1e-6, (0.9, 0.999), 1e-8, 0.1, 1.0
WARM_UPS = 2
ANSWER = re.compile(r"[0-9+\-*/()]+")
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


@dataclass(frozen=True)
class Problem:
    """Numbers to make a target of, each used once."""

    numbers: list[int]
    target: int

    @property
    def prompt(self) -> str:
        """As the small policy reads it, such as `3,5,7=22:`."""
        return ",".join(map(str, self.numbers)) + f"={self.target}:"

    def score(self, answer: str) -> float:
        """Returns 1 for a right answer, 0.1 for another, 0 for none. Values compare up to rounding."""
        if not answer:
            return 0.0
        if not ANSWER.fullmatch(answer):
            return 0.1
        if sorted(map(int, re.findall(r"\d+", answer))) != sorted(self.numbers):
            return 0.1
        try:
            value = evaluate(answer)
        except (SyntaxError, ZeroDivisionError):
            return 0.1
        return 1.0 if abs(value - self.target) < 1e-9 else 0.1


def evaluate(expression: str) -> float:
    """Computes an expression of whole numbers, brackets and the four operators.

    Raises:
        SyntaxError: For anything else.
        ZeroDivisionError: For a division by 0.
    """
    return _value(ast.parse(expression, mode="eval").body)


def _value(node: ast.expr) -> float:
    """The value of whole numbers, signs and the four operators; SyntaxError for anything else."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
        return _value(node.operand) * (1 if isinstance(node.op, ast.UAdd) else -1)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    raise SyntaxError


def read_problems(path: str) -> list[Problem]:
    """Rows `{"nums": [...], "target": ...}`."""
    rows = [json.loads(line) for line in Path(path).read_text().splitlines()]
    return [Problem(row["nums"], row["target"]) for row in rows]


def read_vocabulary() -> tuple[list[str], str]:
    """The tokens' texts by id, and the end token."""
    vocabulary = json.loads((BASE / "vocabulary.json").read_text())
    return vocabulary["tokens"], vocabulary["end"]


def encode(text: str, tokens: list[str]) -> list[int]:
    """The ids of a prompt, whose numbers and signs are one token each."""
    return [tokens.index(part) for part in re.findall(r"\d+|.", text)]


def parse_arguments(description: str) -> argparse.Namespace:
    """The options of both programs."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--problems", required=True, help='rows {"nums": [...], "target": ...}')
    parser.add_argument("--steps", type=int, default=5, help="steps that are timed, after two that are not")
    parser.add_argument("--micro-batch", type=int, default=64, help="rows of a micro batch (default 64)")
    return parser.parse_args()


def print_medians(library: str, steps: list[dict[str, float]]) -> None:
    """One JSON object with the median of each figure."""
    medians = {key: statistics.median(step[key] for step in steps) for key in steps[0]}
    print(json.dumps({"library": library, **medians}))
