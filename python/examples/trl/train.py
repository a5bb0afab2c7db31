"""Trains a policy to say which of two digits is the larger, with prompts chosen by InSight.

    python train.py                                     a policy of 48,000 weights, made here: seconds
    python train.py --model Qwen/Qwen2.5-0.5B --steps 50                  any causal language model
    accelerate launch --num_processes 2 train.py                          several processes

The lines that are not as they were without InSight are marked.
"""

from __future__ import annotations

import argparse
import re
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    set_seed,
)
from trl import GRPOConfig

from insight_rl.trl import InSightGRPOTrainer  # InSight: was from trl import GRPOTrainer


def make_tiny_policy() -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """A policy with random weights that reads and writes characters."""
    tokens = ["<end>", *"0123456789max(,)="]
    tokenizer = Tokenizer(models.WordLevel({token: i for i, token in enumerate(tokens)}, unk_token="<end>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    config = LlamaConfig(
        vocab_size=len(tokens),
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        eos_token_id=0,
        pad_token_id=0,
        bos_token_id=None,
    )
    return LlamaForCausalLM(config), PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>", padding_side="left"
    )


def right(completions: list[str], larger: list[int], **_: Any) -> list[float]:
    """1 for a completion whose first digits are the larger number, 0 for another."""
    found = [re.match(r"\s*(\d+)", completion) for completion in completions]
    return [float(match is not None and int(match[1]) == n) for match, n in zip(found, larger, strict=True)]


def main() -> None:
    """Trains."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", help="a causal language model's name or folder (default: a tiny one)")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--output", default="larger-digit", help="folder of the checkpoints")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint there")
    options = parser.parse_args()

    set_seed(0)
    if options.model:
        model = AutoModelForCausalLM.from_pretrained(options.model)
        tokenizer = AutoTokenizer.from_pretrained(options.model, padding_side="left")
    else:
        model, tokenizer = make_tiny_policy()
    pairs = [(a, b) for a in range(10) for b in range(10)]
    dataset = Dataset.from_list(
        [{"id": f"{a},{b}", "prompt": f"max({a},{b})=", "larger": max(a, b)} for a, b in pairs]
    )
    trainer = InSightGRPOTrainer(  # InSight: was GRPOTrainer
        model=model,
        reward_funcs=right,
        args=GRPOConfig(
            output_dir=options.output,
            per_device_train_batch_size=128,
            num_generations=8,
            max_completion_length=4 if options.model else 1,
            learning_rate=1e-6 if options.model else 2e-3,
            max_steps=options.steps,
            logging_steps=20,
            save_steps=20,
            save_total_limit=1,
            report_to=[],
            bf16=torch.cuda.is_available(),
        ),
        train_dataset=dataset,
        processing_class=tokenizer,
    )
    trainer.train(resume_from_checkpoint=options.resume or None)


if __name__ == "__main__":
    main()
