"""Measures the share of a training step of TRL's GRPOTrainer that selection takes.

    PYTHONPATH=python/src python3 Benchmarks/trl_overhead.py [--width 512 --layers 8]

One step is as in trl_step.py: the policy of models/countdown-base or a larger one with random weights,
8 rollouts of each of 64 prompts, 24 new tokens, one optimizer step, float32, one thread. The prompts are
chosen from 100,000. Selection is all that InSightMixin does: choosing, broadcasting, fetching the prompts'
rows, learning, figures for the log. What it takes does not depend on the policy. Needs trl.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error", "TRL_EXPERIMENTAL_SILENCE": "1"}

import torch
import transformers
import trl
from countdown import (
    BASE,
    BETAS,
    EPSILON,
    GRADIENT_NORM,
    LEARNING_RATE,
    NEW_TOKENS,
    ROLLOUTS,
    WARM_UPS,
    WEIGHT_DECAY,
    Problem,
    evaluate,
)
from datasets import Dataset
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel, PrinterCallback
from trl import GRPOConfig, GRPOTrainer
from trl_step import Clock, make_tokenizer

from insight_rl.trl import InSightMixin


class Stopwatch(GRPOTrainer):
    """Notes how long its parts take in `seconds`, under `name` and the part's."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As the trainer."""
        self.seconds: dict[str, list[float]] = {}
        super().__init__(*arguments, **options)

    def timed(self, name: str, part: Any, *arguments: Any) -> Any:
        """What `part` returns."""
        begin = time.perf_counter()
        result = part(*arguments)
        self.seconds.setdefault(name, []).append(time.perf_counter() - begin)
        return result

    def _generate_and_score_completions(self, *arguments: Any) -> Any:
        return self.timed("rollout", super()._generate_and_score_completions, *arguments)

    def _calculate_rewards(self, *arguments: Any) -> Any:
        return self.timed("rewards", super()._calculate_rewards, *arguments)


class MeasuredTrainer(InSightMixin, Stopwatch):
    """Times the same parts with selection around them."""

    def _generate_and_score_completions(self, *arguments: Any) -> Any:
        return self.timed("rollout with selection", super()._generate_and_score_completions, *arguments)

    def _calculate_rewards(self, *arguments: Any) -> Any:
        return self.timed("rewards with selection", super()._calculate_rewards, *arguments)

    def selection(self, part: str) -> list[float]:
        """What selection adds to a part, for each step."""
        pairs = zip(self.seconds[f"{part} with selection"], self.seconds[part], strict=True)
        return [whole - inner for whole, inner in pairs][WARM_UPS:]


def make_pool(size: int) -> list[Problem]:
    """Distinct problems with a sum, a difference or a product as the target; the same each time."""
    generator = random.Random(7)
    problems: dict[str, Problem] = {}
    while len(problems) < size:
        numbers = generator.choices(range(1, 60), k=3)
        first, second = generator.choice("+-"), generator.choice("+-*")
        problem = Problem(numbers, evaluate(f"{numbers[0]}{first}{numbers[1]}{second}{numbers[2]}"))
        if 0 < problem.target < 100:
            problems[problem.prompt] = problem
    return list(problems.values())


def make_policy(width: int | None, layers: int) -> PreTrainedModel:
    """The small policy as it is, or one of the same kind in another size."""
    if width is None:
        return AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32)
    config = AutoConfig.from_pretrained(BASE)
    config.update({"hidden_size": width, "intermediate_size": 3 * width, "num_hidden_layers": layers})
    config.layer_types = ["full_attention"] * layers
    config.update({"num_attention_heads": width // 32, "num_key_value_heads": width // 64})
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32)


def parse_arguments() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pool", type=int, default=100_000, help="prompts to choose from (default 100,000)")
    parser.add_argument("--prompts", type=int, default=64, help="M, prompts of a step (default 64)")
    parser.add_argument("--width", type=int, help="hidden size of a policy with random weights")
    parser.add_argument("--layers", type=int, default=4, help="layers of that policy (default 4)")
    parser.add_argument("--steps", type=int, default=5, help="steps that are timed, after two that are not")
    parser.add_argument("--micro-batch", type=int, default=128, help="rows of a micro batch (default 128)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def main() -> None:
    """Measures and prints."""
    arguments = parse_arguments()
    torch.set_num_threads(1)
    pool = make_pool(arguments.pool)
    by_prompt = {problem.prompt: problem for problem in pool}

    def right(prompts: list[str], completions: list[str], **_: Any) -> list[float]:
        return [
            float(by_prompt[prompt].score(completion) == 1)
            for prompt, completion in zip(prompts, completions, strict=True)
        ]

    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        trainer = MeasuredTrainer(
            model=make_policy(arguments.width, arguments.layers),
            reward_funcs=right,
            args=GRPOConfig(
                output_dir=folder,
                use_cpu=True,
                bf16=False,
                gradient_checkpointing=False,
                per_device_train_batch_size=arguments.micro_batch,
                gradient_accumulation_steps=arguments.prompts * ROLLOUTS // arguments.micro_batch,
                num_generations=ROLLOUTS,
                max_completion_length=NEW_TOKENS,
                beta=0.0,
                learning_rate=LEARNING_RATE,
                lr_scheduler_type="constant",
                adam_beta1=BETAS[0],
                adam_beta2=BETAS[1],
                adam_epsilon=EPSILON,
                weight_decay=WEIGHT_DECAY,
                max_grad_norm=GRADIENT_NORM,
                max_steps=WARM_UPS + arguments.steps,
                save_strategy="no",
                logging_strategy="no",
                report_to=[],
                disable_tqdm=True,
            ),
            train_dataset=Dataset.from_list(
                [{"id": index, "prompt": problem.prompt} for index, problem in enumerate(pool)]
            ),
            processing_class=make_tokenizer(),
            callbacks=[clock],
        )
        # It would print between the figures.
        trainer.remove_callback(PrinterCallback)
        trainer.train()

    steps = clock.seconds[WARM_UPS:]
    choosing, learning = trainer.selection("rollout"), trainer.selection("rewards")
    shares = [sum(times) / step for *times, step in zip(choosing, learning, steps, strict=True)]
    figures = {
        "library": f"trl {trl.__version__}, transformers {transformers.__version__}",
        "model": BASE.name
        if arguments.width is None
        else f"{arguments.width} wide, {arguments.layers} layers",
        "weights": trainer.model.num_parameters(),
        "pool": arguments.pool,
        "promptsPerStep": arguments.prompts,
        "rolloutsPerPrompt": ROLLOUTS,
        "secondsStep": statistics.median(steps),
        "secondsChoosing": statistics.median(choosing),
        "secondsLearning": statistics.median(learning),
        "secondsSelecting": statistics.median(map(sum, zip(choosing, learning, strict=True))),
        "shareOfStep": statistics.median(shares),
        "largestShareOfStep": max(shares),
    }
    if arguments.json:
        print(json.dumps(figures))
        return
    rows = {
        "step": f"{figures['secondsStep'] * 1e3:.0f} ms",
        "choosing, and fetching the rows": f"{figures['secondsChoosing'] * 1e3:.2f} ms",
        "learning, and figures for the log": f"{figures['secondsLearning'] * 1e3:.2f} ms",
        "selection's share of a step": f"{figures['shareOfStep']:.3%}, at most {max(shares):.3%}",
        "under 0.1 % of steps longer than": f"{figures['secondsSelecting'] * 1e3:.1f} s",
    }
    print(f"{figures['library']}; policy {figures['model']}, {figures['weights']:,} weights")
    print(
        f"M = {arguments.prompts} of {arguments.pool:,} prompts, K = {ROLLOUTS}, median of {len(steps)} steps"
    )
    for name, value in rows.items():
        print(f"  {name:<36}{value}")


if __name__ == "__main__":
    main()
