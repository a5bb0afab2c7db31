"""The smallest things that TRL trains: a tokenizer of 14 tokens, a Llama of one layer, prompts of digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback
from trl import GRPOConfig

from insight_rl import Group, Selection, SelectionConfig
from insight_rl.trl import InSightGRPOTrainer

TOKENS = ["<end>", *"0123456789", "+", "=", " "]
ROLLOUTS = 4


def make_tokenizer() -> PreTrainedTokenizerFast:
    """One token a character."""
    tokenizer = Tokenizer(
        models.WordLevel({token: index for index, token in enumerate(TOKENS)}, unk_token="<end>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>", padding_side="left"
    )


def make_model() -> LlamaForCausalLM:
    """The same random weights each time."""
    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(TOKENS),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=64,
            eos_token_id=0,
            pad_token_id=0,
            bos_token_id=None,
        )
    )


def make_dataset(size: int = 20, prefix: str = "p", **columns: list[Any]) -> Dataset:
    """`size` prompts with ids "p0", "p1" …, and a limit from 0 to 9 that makes some easy and some hard."""
    return Dataset.from_dict(
        {
            "id": [f"{prefix}{index}" for index in range(size)],
            "prompt": [f"{index:02}=" for index in range(size)],
            "limit": [index % 10 for index in range(size)],
            **columns,
        }
    )


class Right:
    """A reward function that notes what it was asked: 1 where the first token is a digit below the limit."""

    def __init__(self) -> None:
        """Nothing was asked."""
        self.__name__ = "right"
        self.batches: list[tuple[list[str], list[float]]] = []
        self.seen: list[dict[str, Any]] = []

    def __call__(self, completions: list[str], **columns: Any) -> list[float]:
        """The reward of each completion."""
        outcomes = [
            float(text[:1].isdigit() and int(text[:1]) < limit)
            for text, limit in zip(completions, columns["limit"], strict=True)
        ]
        self.batches.append((list(columns["id"]), outcomes))
        self.seen.append(columns)
        return outcomes

    @property
    def picks(self) -> list[list[str]]:
        """The prompts of each generation batch; fails where a prompt's rollouts are not in a row."""
        groups = [np.reshape(ids, (-1, ROLLOUTS)) for ids, _ in self.batches]
        assert all((group == group[:, :1]).all() for group in groups)
        return [group[:, 0].tolist() for group in groups]


def make_arguments(folder: Path | str, **options: Any) -> GRPOConfig:
    """4 prompts of 4 rollouts a step, 2 new tokens each; nothing is saved or reported."""
    return GRPOConfig(
        **{
            "output_dir": str(folder),
            "use_cpu": True,
            "bf16": False,
            "gradient_checkpointing": False,
            "per_device_train_batch_size": 16,
            "per_device_eval_batch_size": 8,
            "num_generations": ROLLOUTS,
            "max_completion_length": 2,
            "learning_rate": 1e-2,
            "max_steps": 3,
            "save_strategy": "no",
            "logging_steps": 1,
            "report_to": [],
            "disable_tqdm": True,
        }
        | options
    )


def make_trainer(
    folder: Path | str,
    reward_funcs: Any,
    *,
    kind: type = InSightGRPOTrainer,
    dataset: Any = None,
    arguments: Any = None,
    trainer: dict[str, Any] | None = None,
    **options: Any,
) -> Any:
    """A trainer of the tiny model. `trainer` goes to its initializer, `options` to its `GRPOConfig`."""
    made = kind(
        model=make_model(),
        reward_funcs=reward_funcs,
        args=arguments or make_arguments(folder, **options),
        train_dataset=make_dataset() if dataset is None else dataset,
        processing_class=make_tokenizer(),
        **(trainer or {}),
    )
    made.remove_callback(PrinterCallback)
    return made


def replay(
    batches: list[tuple[list[str], list[float]]],
    ids: list[str],
    *,
    late: int = 0,
    domains: list[str] | None = None,
) -> list[list[str]]:
    """What a selector picks that learns a batch before it chooses the next one, or `late` batches on."""
    selection = Selection(ids, domains=domains, config=SelectionConfig(), rollouts=ROLLOUTS)
    picks, waiting = [], []
    for step, (_, outcomes) in enumerate(batches):
        chosen = selection.take(len(outcomes) // ROLLOUTS)
        picks.append(chosen.ids)
        waiting.append((step, chosen, np.reshape(outcomes, (-1, ROLLOUTS))))
        while len(waiting) > late:
            version, chosen, groups = waiting.pop(0)
            selection.learn(
                [
                    Group(id=pick.id, outcomes=group, ticket=pick.ticket)
                    for pick, group in zip(chosen, groups, strict=True)
                ],
                policy_version=version,
            )
    return picks
