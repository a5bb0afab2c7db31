"""Measures a whole training step of TRL's GRPOTrainer on the policy of models/countdown-base.

    python3 Benchmarks/trl_step.py --problems FILE

One step generates 8 completions of each problem's prompt and makes one optimizer step: no reference model,
one iteration, float32, one thread, no gradient checkpointing, nothing saved or reported. Needs trl.
"""

from __future__ import annotations

import os
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
    parse_arguments,
    print_medians,
    read_problems,
    read_vocabulary,
)
from datasets import Dataset
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, PrinterCallback, TrainerCallback
from trl import GRPOConfig, GRPOTrainer


def make_tokenizer() -> PreTrainedTokenizerFast:
    """The vocabulary as a fast tokenizer: numbers and signs are one token each."""
    tokens, end = read_vocabulary()
    tokenizer = Tokenizer(
        models.WordLevel({token: index for index, token in enumerate(tokens)}, unk_token=end)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\d+|."), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=end, pad_token=end, padding_side="left"
    )


class Clock(TrainerCallback):
    """The times at which steps begin and end."""

    def __init__(self) -> None:
        """No times."""
        self.seconds: list[float] = []
        self.begin = 0.0

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        """Before a step's completions are generated and trained on."""
        self.begin = time.perf_counter()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """After the optimizer's step."""
        self.seconds.append(time.perf_counter() - self.begin)


class TimedTrainer(GRPOTrainer):
    """Notes how long the part before the gradients takes: generation, rewards and advantages."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As `GRPOTrainer`."""
        super().__init__(*arguments, **options)
        self.generation: list[tuple[float, float]] = []

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        begin = time.perf_counter()
        output = super()._generate_and_score_completions(inputs)
        self.generation.append((time.perf_counter() - begin, float(output["completion_mask"].sum())))
        return output


def main() -> None:
    """Measures and prints."""
    arguments = parse_arguments(__doc__ or "")
    torch.set_num_threads(1)
    problems = read_problems(arguments.problems)
    rows = len(problems) * ROLLOUTS
    by_prompt = {problem.prompt: problem for problem in problems}

    def reward(prompts: list[str], completions: list[str], **_: Any) -> list[float]:
        return [
            by_prompt[prompt].score(completion)
            for prompt, completion in zip(prompts, completions, strict=True)
        ]

    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        trainer = TimedTrainer(
            model=AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32),
            reward_funcs=reward,
            args=GRPOConfig(
                output_dir=folder,
                use_cpu=True,
                bf16=False,
                gradient_checkpointing=False,
                per_device_train_batch_size=arguments.micro_batch,
                gradient_accumulation_steps=rows // arguments.micro_batch,
                num_generations=ROLLOUTS,
                num_iterations=1,
                max_completion_length=NEW_TOKENS,
                temperature=1.0,
                top_p=1.0,
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
            train_dataset=Dataset.from_list([{"prompt": problem.prompt} for problem in problems]),
            processing_class=make_tokenizer(),
            callbacks=[clock],
        )
        # It would print between the figures.
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    steps = [
        {
            "secondsStep": whole,
            "secondsRollingOut": generation,
            "secondsUpdating": whole - generation,
            "completionTokens": tokens,
        }
        for whole, (generation, tokens) in zip(clock.seconds, trainer.generation, strict=True)
    ]
    print_medians(f"trl {trl.__version__}, transformers {transformers.__version__}", steps[WARM_UPS:])


if __name__ == "__main__":
    main()
