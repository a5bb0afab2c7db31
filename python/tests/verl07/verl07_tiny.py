"""verl's own `RayPPOTrainer` of 0.7, run on a CPU with nothing to compute.

What a GPU would do is left out: weights, log-probabilities, and the tokens themselves. The data set, the
sampler's way into the loader, `fit` with its order of checkpoint and update, and the files of a checkpoint
are verl's.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datasets
import numpy as np
import torch
import verl.trainer
from hydra import compose, initialize_config_dir
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import PreTrainedTokenizerFast
from verl import DataProto
from verl.trainer.ppo.ray_trainer import RayPPOTrainer, Role

CONFIG = Path(verl.trainer.__file__).parent / "config"
TWO_LINES = (
    "data.dataloader_num_workers=0",
    "data.sampler.class_path=pkg://insight_rl.verl_sampler",
    "data.sampler.class_name=InsightSampler",
)
"""What a user adds to a command."""

Judge = Callable[[int, int, int], "tuple[float, dict[str, Any]]"]
"""A prompt's index, the step and the rollout's number in, score and extra information out."""


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of some words, made here."""
    words = {
        word: place for place, word in enumerate(["<pad>", "<eos>", "<unk>", "user", "+", "=", *"0123456789"])
    }
    model = Tokenizer(WordLevel(words, unk_token="<unk>"))
    model.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=model, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>"
    )
    tokenizer.chat_template = "{% for message in messages %}user {{ message['content'] }} {% endfor %}="
    return tokenizer


def sums(
    path: Path, count: int, source: str = "sums", extra: Callable[[int], dict[str, Any]] | None = None
) -> str:
    """Writes a data set of sums as verl wants it; `extra` makes a row's `extra_info`."""
    extra = extra or (lambda index: {"index": index, "split": path.stem})
    rows = [
        {
            "data_source": source,
            "prompt": [{"role": "user", "content": f"{index % 10} + {index // 10 % 10}"}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": str(index % 10 + index // 10 % 10)},
            "extra_info": extra(index),
        }
        for index in range(count)
    ]
    datasets.Dataset.from_list(rows).to_parquet(path)
    return str(path)


def run_config(folder: Path, *overrides: str, prompts: int = 40) -> DictConfig:
    """Verl's configuration of a small run with the two lines added, parsed by hydra."""
    folder.mkdir(parents=True, exist_ok=True)
    train, val = folder / "train.parquet", folder / "val.parquet"
    for path, count in ((train, prompts), (val, 3)):
        if not path.exists():
            sums(path, count)
    config = copy.deepcopy(_composed())
    own = [
        f"data.train_files={train}",
        f"data.val_files={val}",
        f"trainer.default_local_dir={folder / 'checkpoints'}",
    ]
    ConfigLoaderImpl._apply_overrides_to_config(
        OverridesParser.create().parse_overrides([*own, *overrides]), config
    )
    return config


@cache
def _composed() -> DictConfig:
    """What hydra makes of the command that is common to all runs; it takes half a second."""
    with initialize_config_dir(str(CONFIG), version_base=None):
        return compose(
            "ppo_trainer",
            [
                *TWO_LINES,
                "data.train_batch_size=8",
                "data.max_prompt_length=16",
                "data.max_response_length=4",
                "actor_rollout_ref.rollout.n=4",
                "algorithm.adv_estimator=grpo",
                "algorithm.rollout_correction.bypass_mode=True",
                "trainer.logger=[console]",
                "trainer.val_before_train=False",
                "trainer.test_freq=-1",
                "trainer.save_freq=-1",
                "trainer.balance_batch=False",
                "trainer.n_gpus_per_node=1",
            ],
        )


def half_right(index: int, step: int, rollout: int) -> tuple[float, dict[str, Any]]:
    """Outcomes that are the same whenever a step is run again."""
    right = hashlib.sha256(f"{index} {step} {rollout}".encode()).digest()[0] % 2
    return float(right), {"acc": bool(right)}


class Rollouts:
    """Stands in for verl's agent loop manager: a completion is one token and is judged at once."""

    def __init__(self, judge: Judge = half_right) -> None:
        """Remembers the judge."""
        self.judge = judge
        self.picks: list[list[int]] = []
        """The indices of each step's prompts."""

    def generate_sequences(self, prompts: DataProto) -> DataProto:
        """Answers R rows, each a prompt of a group."""
        index = [int(value) for value in prompts.non_tensor_batch["index"]]
        self.picks.append(list(dict.fromkeys(index)))
        counts: dict[int, int] = {}
        judged = []
        for value in index:
            counts[value] = counts.get(value, -1) + 1
            judged.append(self.judge(value, prompts.meta_info["global_steps"], counts[value]))
        rows, ones = len(index), torch.ones(len(index), 2, dtype=torch.int64)
        scores = torch.zeros(rows, 2)
        scores[:, -1] = torch.tensor([score for score, _ in judged])
        keys = list(judged[0][1])
        return DataProto.from_dict(
            tensors={
                "prompts": ones * 3,
                "responses": ones * 5,
                "response_mask": ones,
                "input_ids": torch.cat([ones * 3, ones * 5], dim=1),
                "attention_mask": torch.cat([ones, ones], dim=1),
                "position_ids": torch.arange(4).repeat(rows, 1),
                "rm_scores": scores,
                "rollout_log_probs": torch.zeros(rows, 2),
            },
            non_tensors={
                **{key: np.array([info[key] for _, info in judged]) for key in keys},
                "multi_modal_inputs": np.array([{} for _ in judged], dtype=object),
                "__num_turns__": np.full(rows, 2, dtype=np.int32),
            },
            meta_info={"timing": {}, "reward_extra_keys": keys},
        )


class Trainer(RayPPOTrainer):
    """verl's trainer without workers."""

    def __init__(self, config: DictConfig, rollouts: Rollouts) -> None:
        """Makes data set, sampler and loader as verl does."""
        super().__init__(
            config=config,
            tokenizer=tiny_tokenizer(),
            role_worker_mapping={Role.ActorRollout: None},
            resource_pool_manager=SimpleNamespace(get_n_gpus=lambda: 1),
            device_name="cpu",
        )
        self.async_rollout_manager, self.async_rollout_mode = rollouts, True
        self.checkpoint_manager = SimpleNamespace(update_weights=lambda *_: None, sleep_replicas=lambda: None)
        self.actor_rollout_wg = SimpleNamespace(
            save_checkpoint=lambda *_, **__: None, load_checkpoint=lambda *_, **__: None
        )

    def _update_actor(self, batch: DataProto) -> DataProto:
        return DataProto(meta_info={"metrics": {}})

    @property
    def selection(self) -> Any:
        """The sampler's."""
        return self.train_dataloader.sampler.selection


def train(config: DictConfig, rollouts: Rollouts | None = None) -> tuple[Trainer, Rollouts]:
    """Runs verl's trainer to its end, and returns it."""
    rollouts = rollouts or Rollouts()
    trainer = Trainer(config, rollouts)
    trainer.fit()
    return trainer, rollouts
