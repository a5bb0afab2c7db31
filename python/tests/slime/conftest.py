"""slime where it is installed, or the narrowest stand-in for what the adapter and its loop touch of it.

slime is not on PyPI and needs SGLang, Megatron and GPUs to import its rollout function, so even with slime
installed the loop here is ours: it makes the calls of `slime.rollout.sglang_rollout.generate_rollout` in
their order (read in 2026-11), with a success rate a prompt in place of SGLang. `Sample` and the data source
are slime's own where they import; else the stand-in has their names, signatures and documented behaviour
and no more.
"""
# ruff: noqa: D105, D107 - short stand-ins

from __future__ import annotations

import abc
import copy
import enum
import json
import random
import sys
import types
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

try:
    from slime.utils.types import Sample

    IS_REAL = True
except ModuleNotFoundError:
    IS_REAL = False

    class Status(enum.Enum):
        """`Sample.Status`."""

        PENDING = "pending"
        COMPLETED = "completed"
        TRUNCATED = "truncated"
        ABORTED = "aborted"
        FAILED = "failed"

    @dataclass
    class Sample:
        """The fields that the loop and the adapter touch."""

        group_index: int | None = None
        index: int | None = None
        prompt: Any = ""
        response: str = ""
        response_length: int = 0
        label: str | None = None
        reward: Any = None
        remove_sample: bool = False
        status: Status = Status.PENDING
        metadata: dict = field(default_factory=dict)

        def get_reward_value(self, args: Any) -> Any:
            """The reward, or its part `--reward-key`."""
            return self.reward[args.reward_key] if args.reward_key else self.reward

        def to_dict(self) -> dict:
            """The fields, the status by its value."""
            return self.__dict__ | {"status": self.status.value}

        @staticmethod
        def from_dict(data: dict) -> Sample:
            """The sample that `to_dict` was called on, with fields that were added to it."""
            sample = Sample()
            vars(sample).update(data | {"status": Status(data["status"])})
            return sample

    Sample.Status = Status  # type: ignore[attr-defined]
    # Checkpoints pickle buffered samples by these names.
    Sample.__module__ = Status.__module__ = "slime.utils.types"
    Status.__qualname__ = "Sample.Status"

    class FileDataset:
        """Samples of a JSONL file; `samples` is shuffled, `origin_samples` is not."""

        def __init__(self, args: Any) -> None:
            rows = map(json.loads, Path(args.prompt_data).read_text(encoding="utf-8").splitlines())
            self.origin_samples = [
                Sample(
                    prompt=r[args.input_key], label=r[args.label_key], metadata=r.get(args.metadata_key) or {}
                )
                for r in rows
            ]
            self.samples, self.seed = self.origin_samples, args.rollout_seed

        def shuffle(self, epoch: int) -> None:
            """By seed and epoch."""
            self.samples = random.Random(self.seed + epoch).sample(
                self.origin_samples, len(self.origin_samples)
            )

        def __len__(self) -> int:
            return len(self.samples)

    class DataSource(abc.ABC):
        """The five methods that slime asks of a data source."""

        @abc.abstractmethod
        def get_samples(self, num_samples: int) -> list[list[Sample]]: ...

        @abc.abstractmethod
        def add_samples(self, samples: list[list[Sample]]) -> None: ...

        @abc.abstractmethod
        def save(self, rollout_id: int) -> None: ...

        @abc.abstractmethod
        def load(self, rollout_id: int | None = None) -> None: ...

        @abc.abstractmethod
        def __len__(self) -> int: ...

    class RolloutDataSourceWithBuffer(DataSource):
        """A data set, the counters, and a buffer that gives back what came first."""

        def __init__(self, args: Any) -> None:
            self.args = args
            self.sample_offset = self.epoch_id = self.sample_group_index = self.sample_index = 0
            self.metadata: dict = {}
            self.buffer: list[list[Sample]] = []
            self.dataset = None if args.prompt_data is None else FileDataset(args)
            if self.dataset is not None and args.rollout_shuffle:
                self.dataset.shuffle(0)

        def _get_samples_from_buffer(self, num_samples: int) -> list[list[Sample]]:
            taken, self.buffer = self.buffer[:num_samples], self.buffer[num_samples:]
            return taken

        def add_samples(self, samples: list[list[Sample]]) -> None:
            assert all(len(group) == self.args.n_samples_per_prompt for group in samples)
            self.buffer += samples

        def get_samples(self, num_samples: int) -> list[list[Sample]]:
            raise AssertionError("the adapter chooses, not its base class")

        def save(self, rollout_id: int) -> None:
            raise AssertionError("the adapter saves, not its base class")

        def load(self, rollout_id: int | None = None) -> None:
            raise AssertionError("the adapter loads, not its base class")

        def __len__(self) -> int:
            return 0 if self.dataset is None else len(self.dataset)

    for name, contents in {
        "slime": {},
        "slime.utils": {},
        "slime.utils.types": {"Sample": Sample},
        "slime.data": {},
        "slime.data.data_source": {
            "RolloutDataSourceWithBuffer": RolloutDataSourceWithBuffer,
            "DataSource": DataSource,
        },
    }.items():
        module = types.ModuleType(name)
        module.__path__ = []  # type: ignore[attr-defined]
        vars(module).update(contents)
        sys.modules[name] = module

K = 4


def simulate(sample: Any, rollout_id: int) -> None:
    """One rollout: right with the prompt's rate, by dice that depend on what is rolled out and when."""
    if sample.status == Sample.Status.COMPLETED:
        return
    dice = random.Random(f"{rollout_id}/{sample.prompt}/{sample.index}")
    sample.response, sample.response_length, sample.status = "text", 4, Sample.Status.COMPLETED
    sample.reward = float(dice.random() < sample.metadata["rate"])


class Trainer:
    """The calls that slime's `train.py` and `RolloutManager` make, in their order."""

    def __init__(
        self, args: Namespace, rollout: Callable[[Any, int], None] = simulate, keep: Callable | None = None
    ) -> None:
        """Build the data source by its class, and go on from `args.load` as slime does.

        Args:
            args: slime's arguments.
            rollout: Makes one rollout.
            keep: The dynamic sampling filter: whether a group trains.
        """
        from insight_rl import slime

        self.args, self.rollout, self.keep = args, rollout, keep
        self.source = slime.InSightDataSource(args)
        self.source.load(args.start_rollout_id - 1)
        self.next = args.start_rollout_id
        self.logged: list[dict[str, Any]] = []
        self.trained: list[list[Any]] = []
        self.all_groups: list[list[Any]] = []

    def generate(self) -> list[str]:
        """One rollout; the prompts handed out for it, in order."""
        from insight_rl import slime

        args, fetch = self.args, self.source.get_samples  # slime passes the bound method on
        running: list[list[Any]] = []
        handed_out: list[str] = []
        data: list[list[Any]] = []
        all_data: list[list[Any]] = []
        remaining = 0
        while len(data) < args.rollout_batch_size:
            while remaining < args.rollout_batch_size:
                groups = fetch(args.over_sampling_batch_size)
                handed_out += [group[0].prompt for group in groups]
                running += groups
                remaining += len(groups)
            # Long answers come last: the order of finishing is not the order of asking.
            running.sort(key=lambda group: random.Random(f"{self.next}/{group[0].prompt}").random())
            group = running.pop(0)
            for sample in group:
                self.rollout(sample, self.next)
            assert len(group) == args.n_samples_per_prompt
            all_data.append(group)
            if self.keep is not None and not self.keep(group):
                remaining -= 1
                continue
            data.append(group)
        aborted = self._abort(running)
        number = lambda group: _flat(group)[0].index  # noqa: E731
        self.trained, self.all_groups = sorted(data, key=number), sorted(all_data, key=number)
        slime.learn(args, self.all_groups, fetch)
        if aborted:
            self.source.add_samples(aborted)
        metrics: dict[str, Any] = {"rollout/dynamic_filter/drop": len(all_data) - len(data)}
        samples = [sample for group in self.trained for sample in _flat(group)]
        assert slime.log(self.next, args, samples, metrics, 1.0) is False
        self.logged.append(metrics)
        self.next += 1
        return handed_out

    def save(self) -> None:
        """After the training step of the last rollout."""
        self.source.save(self.next - 1)

    def _abort(self, running: list[list[Any]]) -> list[list[Any]]:
        if not self.args.partial_rollout:
            return []
        returned = []
        for group in running[::2]:  # the others had not begun, and slime drops them
            self.rollout(group[0], self.next)
            for sample in group[1:]:
                sample.status, sample.response, sample.response_length = Sample.Status.ABORTED, "te", 2
            returned.append(group)
        return returned


def _flat(group: list[Any]) -> list[Any]:
    return [sample for rollout in group for sample in (rollout if isinstance(rollout, list) else [rollout])]


@pytest.fixture
def prompt_data(tmp_path: Path) -> Path:
    """90 prompts: a third never solved, a third always, a third half the time."""
    rows = [
        {
            "text": f"question {i}",
            "label": str(i),
            "metadata": {"id": f"q{i}", "rate": (0.0, 0.5, 1.0)[i % 3], "source": ("math", "code")[i % 2]},
        }
        for i in range(90)
    ]
    path = tmp_path / "prompts.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def make_args(tmp_path: Path, prompt_data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Namespace]:
    """Slime's arguments after its parser, with `args.insight` as --custom-config-path puts it there."""
    if IS_REAL:
        import insight_rl.slime as adapter

        home = sys.modules[adapter.RolloutDataSourceWithBuffer.__module__]
        monkeypatch.setattr(home, "load_tokenizer", lambda *_, **__: None)
        monkeypatch.setattr(home, "load_processor", lambda *_, **__: None)

    def make(**changes: Any) -> Namespace:
        values = {
            "prompt_data": str(prompt_data),
            "input_key": "text",
            "label_key": "label",
            "metadata_key": "metadata",
            "tool_key": None,
            "multimodal_keys": None,
            "apply_chat_template": False,
            "apply_chat_template_kwargs": {},
            "hf_checkpoint": "none",
            "dump_details": None,
            "rollout_max_prompt_len": None,
            "rollout_global_dataset": True,
            "rollout_shuffle": True,
            "rollout_seed": 42,
            "buffer_filter_path": None,
            "reward_key": None,
            "n_samples_per_prompt": K,
            "rollout_batch_size": 6,
            "over_sampling_batch_size": 10,
            "partial_rollout": False,
            "rollout_function_path": "slime.rollout.sglang_rollout.generate_rollout",
            "rollout_all_samples_process_path": "insight_rl.slime.learn",
            "save": str(tmp_path / "checkpoints"),
            "load": None,
            "start_rollout_id": 0,
        }
        return Namespace(**copy.deepcopy(values | changes))

    return make


@pytest.fixture
def make_trainer() -> type[Trainer]:
    """`Trainer`, by a name that test modules cannot confuse with another folder's conftest."""
    return Trainer
