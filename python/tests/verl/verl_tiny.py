"""verl's own trainers, loaders, buffers and agent loop workers, run on a CPU with nothing to compute.

What a GPU would do is left out: weights, log-probabilities, and the tokens themselves. Everything that
decides which prompt is fetched, how often it is rolled out, what becomes of its group, what is checkpointed
and what is logged is the installed verl's: `PPOTrainer.fit`, the loader, the replay buffer, the transfer
queue, `AgentLoopWorkerTQ`.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datasets
import verl.trainer
from hydra import compose, initialize_config_dir
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig
from tensordict import TensorDict
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import PreTrainedTokenizerFast
from verl.experimental.agent_loop.agent_loop import AgentLoopMetrics, AgentLoopOutput
from verl.trainer.ppo.v1 import AgentLoopWorkerTQ, PPOTrainerColocateAsync, PPOTrainerSync
from verl.trainer.ppo.v1.trainer_base import PPOTrainer
from verl.utils.tensordict_utils import index_select_tensor_dict

CONFIG = Path(verl.trainer.__file__).parent / "config"
TWO_LINES = (
    "data.dataloader_num_workers=0",
    "data.custom_cls.path=pkg://insight_rl.verl",
    "data.custom_cls.name=InsightDataset",
    "trainer.v1.sampler.custom_sampler.path=pkg://insight_rl.verl",
    "trainer.v1.sampler.custom_sampler.name=replay_buffer",
)
"""What a user adds to a command."""

Judge = Callable[[dict[str, Any], int], "tuple[float, dict[str, Any]]"]
"""A prompt's row and a session's number in, score and extra information out."""


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


def sums(path: Path, count: int, source: str = "sums", *, first: int = 0, extra: Any = None) -> str:
    """Writes a data set of sums as verl wants it.

    Args:
        path: File to write.
        count: How many rows.
        source: Their `data_source`.
        first: Index of the first row.
        extra: Function of the index that gives `extra_info`; by default it has the index.

    Returns:
        The file's path.
    """
    extra = extra or (lambda index: {"index": index, "split": path.stem})
    rows = [
        {
            "data_source": source,
            "prompt": [{"role": "user", "content": f"{index % 10} + {index // 10 % 10}"}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": str(index % 10 + index // 10 % 10)},
            "extra_info": extra(index),
        }
        for index in range(first, first + count)
    ]
    datasets.Dataset.from_list(rows).to_parquet(path)
    return str(path)


def run_config(folder: Path, *overrides: str, prompts: int = 40) -> DictConfig:
    """Verl's configuration of a small run with the two lines added, parsed by hydra.

    Args:
        folder: Where the data set is written and checkpoints go.
        *overrides: What else the command has.
        prompts: Size of the training set, where it is not written yet.
    """
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
                "actor_rollout_ref.actor.ppo_mini_batch_size=4",
                "actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu=4",
                "actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu=4",
                "algorithm.adv_estimator=grpo",
                "algorithm.rollout_correction.bypass_mode=True",
                "trainer.logger=[file]",
                "trainer.val_before_train=False",
                "trainer.test_freq=-1",
                "trainer.save_freq=-1",
                "trainer.n_gpus_per_node=1",
            ],
        )


def half_right(row: dict[str, Any], session: int) -> tuple[float, dict[str, Any]]:
    """Outcomes that depend on the pick alone: the same ones before and after a resume."""
    ticket = row["extra_info"]["insight_ticket"]
    right = hashlib.sha256(f"{row['index']} {ticket} {session}".encode()).digest()[0] % 2
    return float(right), {"acc": bool(right)}


class Worker(AgentLoopWorkerTQ.__ray_metadata__.modified_class):
    """verl's agent loop worker, outside of ray, whose completions are one token and are judged at once."""

    def __init__(self, config: DictConfig, judge: Judge, outputs: int) -> None:
        """Leaves out the model and its server."""
        self.config, self.judge, self.outputs = config, judge, outputs
        self.background_tasks: set[asyncio.Task[Any]] = set()
        self.reward_loop_worker_handles = self.processor = None
        self.distillation_enabled = False

    async def _run_agent_loop(
        self,
        sampling_params: dict[str, Any],
        trajectory: dict[str, Any],
        *,
        agent_name: str,
        trace: bool,
        **row: Any,
    ) -> None:
        score, info = self.judge(row, row["session_id"])
        versions = {"min_global_steps": row["global_steps"], "max_global_steps": row["global_steps"]}
        outputs = [
            AgentLoopOutput(
                prompt_ids=[3, 4],
                response_ids=[5, 1],
                response_mask=[1, 1],
                response_logprobs=[0.0, 0.0],
                num_turns=2,
                metrics=AgentLoopMetrics(),
                extra_fields=dict(versions),
            )
            for _ in range(self.outputs)
        ]
        outputs[-1].reward_score = score
        outputs[-1].extra_fields["reward_extra_info"] = info
        await self._agent_loop_postprocess(outputs, trajectory["validate"], **row)


class Rollouts:
    """Stands in for `AgentLoopManagerTQ`: dispatches to one worker of this process.

    Args:
        config: The run's configuration.
        judge: What completions are worth.
        held: Whether prompts wait until `finish`, as they do while a trainer is asynchronous.
        outputs: How many outputs a rollout has, the last of which is judged.
    """

    def __init__(
        self, config: DictConfig, judge: Judge = half_right, *, held: bool = False, outputs: int = 1
    ) -> None:
        """Makes the worker and its event loop."""
        self.worker = Worker(config, judge, outputs)
        self.held = held
        self.loop = asyncio.new_event_loop()
        self.waiting: list[TensorDict] = []
        self.dispatched: list[dict[str, Any]] = []
        """Every prompt that was dispatched, in order."""

    def generate_sequences(self, prompts: TensorDict) -> None:
        """Takes prompts from the trainer."""
        for place, extra in enumerate(list(prompts["extra_info"])):
            extra = getattr(extra, "data", extra)
            index = list(prompts["index"])[place]
            self.dispatched.append(
                {"index": getattr(index, "data", index), "ticket": extra.get("insight_ticket")}
            )
        self.waiting.extend(index_select_tensor_dict(prompts, [place]) for place in range(len(prompts)))
        if not self.held:
            self.finish(len(self.waiting))

    def finish(self, count: int) -> None:
        """Rolls out the prompts that wait longest."""
        for prompt in self.waiting[:count]:
            self.loop.run_until_complete(self._rollout(prompt))
        del self.waiting[:count]

    async def _rollout(self, prompt: TensorDict) -> None:
        await self.worker.generate_sequences(prompt)
        await asyncio.gather(*self.worker.background_tasks)


class _OnCPU(PPOTrainer):
    """What the tests' trainers leave out of verl's."""

    def _setup(self) -> None:
        self.tokenizer, self.processor = tiny_tokenizer(), None
        self._init_dataloader()
        self._init_dump_executor()
        nothing = SimpleNamespace(get_n_gpus=lambda: 1)
        for name in ("update_weights", "sleep_replicas", "abort_replicas", "resume_generation_replicas"):
            setattr(nothing, name, lambda *_: None)
        self.resource_pool_manager = self.checkpoint_manager = nothing
        self.reward_loop_manager = SimpleNamespace(reward_loop_worker_handles=[])
        self.actor_rollout_wg = SimpleNamespace(
            _dispatch_info={"actor": [0]},
            save_checkpoint=lambda *_, **__: None,
            load_checkpoint=lambda *_, **__: None,
            update_actor=lambda _: {"metrics": {"mfu": [0.0], "grad_norm": [0.0]}},
        )
        self._load_checkpoint()

    def _start_profiling(self) -> None:
        pass

    def _stop_profiling(self) -> None:
        pass

    def on_sample_begin(self) -> None:
        if self.agent_loop_manager.held:
            self.agent_loop_manager.finish(self.config.data.train_batch_size)


class SyncTrainer(_OnCPU, PPOTrainerSync):
    """verl's sync trainer."""


class AsyncTrainer(_OnCPU, PPOTrainerColocateAsync):
    """verl's asynchronous trainer, colocated."""


def loaded(config: DictConfig) -> PPOTrainer:
    """Verl's trainer of a configuration with its replay buffer, data sets and loaders, and nothing else."""
    trainer = (SyncTrainer if config.trainer.v1.trainer_mode == "sync" else AsyncTrainer)(config)
    trainer.tokenizer, trainer.processor = tiny_tokenizer(), None
    trainer._init_dataloader()
    return trainer


def train(config: DictConfig, rollouts: Rollouts | None = None) -> tuple[PPOTrainer, Rollouts]:
    """Runs verl's trainer to its end.

    Args:
        config: The run's configuration.
        rollouts: What answers prompts; by default at once, half of them right.
    """
    rollouts = rollouts or Rollouts(config)
    trainer = (SyncTrainer if config.trainer.v1.trainer_mode == "sync" else AsyncTrainer)(config)
    trainer.init()
    trainer.fit(rollouts)
    trainer.logger.finish()
    return trainer, rollouts
