"""Trinity-RFT's own explorer in one process, without a GPU.

Real: the registries, the plug-in loader, Explorer's steps, TasksetScheduler, TaskFileReader, WorkflowRunner,
RolloutCoordinator, ExperiencePipeline with GRPO's advantages and the file writer, StateManager, the monitor.
Not real: vLLM, which Trinity imports for the names of types, is an empty package where it is not installed;
the scheduler, which places runners as Ray actors, is `InProcessScheduler`; the model is a success rate a
task.
"""

from __future__ import annotations

import asyncio
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import sys
import types
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

torch = pytest.importorskip("torch")
pytest.importorskip("trinity.common.config")


class _EmptyPackage(types.ModuleType):
    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class _EmptyPackages(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname.split(".")[0] != "vllm":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> types.ModuleType:
        return _EmptyPackage(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None


if importlib.util.find_spec("vllm") is None:
    sys.meta_path.append(_EmptyPackages())

from trinity.buffer.task_scheduler import get_taskset_scheduler  # noqa: E402
from trinity.common.config import (  # noqa: E402
    Config,
    DataSelectorConfig,
    OperatorConfig,
    StorageConfig,
    TasksetConfig,
)
from trinity.common.constants import SyncStyle  # noqa: E402
from trinity.common.experience import EID, Experience  # noqa: E402
from trinity.common.workflows import WORKFLOWS, Task, Workflow  # noqa: E402
from trinity.explorer.explorer import Explorer  # noqa: E402
from trinity.explorer.rollout_coordinator import RolloutCoordinator  # noqa: E402
from trinity.explorer.workflow_runner import WorkflowRunner  # noqa: E402
from trinity.manager.state_manager import StateManager  # noqa: E402
from trinity.utils.log import get_logger  # noqa: E402
from trinity.utils.monitor import MONITOR  # noqa: E402

torch.set_num_threads(1)
K = 4


class SimulatedWorkflow(Workflow):
    """Right with the task's rate; the reward has a second component, as Trinity's maths reward has."""

    can_repeat = True
    broken: frozenset[str] = frozenset()  # tasks whose workflow raises
    format_score = 0.0
    numbered = True

    def set_repeat_times(self, repeat_times: int, run_id_base: int) -> None:
        """As WorkflowRunner asks."""
        self.repeat_times, self.run_id_base = repeat_times, run_id_base

    def run(self) -> list[Experience]:
        """One experience a rollout."""
        row = self.task.raw_task
        if row["question"] in self.broken:
            raise RuntimeError("the sandbox is gone")
        dice = random.Random(f"{row['question']}/{self.task.batch_id}")
        experiences = []
        for run in range(self.repeat_times):
            accuracy = float(dice.random() < row["rate"])
            experiences.append(
                Experience(
                    eid=EID(run=self.run_id_base + run if self.numbered else 0),
                    tokens=torch.tensor([1, 2, 3], dtype=torch.int32),
                    prompt_length=1,
                    logprobs=torch.zeros(2),
                    reward=accuracy + self.format_score,
                    metrics={"accuracy": accuracy, "format": self.format_score},
                )
            )
        return experiences


WORKFLOWS.register_module("simulated", SimulatedWorkflow, force=True)


class _Model:
    """What WorkflowRunner asks of a model besides completions."""

    @property
    async def model_version_async(self) -> int:
        return 0

    async def clean_workflow_state(self) -> None:
        return None


class InProcessScheduler:
    """Runs tasks by Trinity's WorkflowRunner when their batch is asked for."""

    def __init__(self, config: Config) -> None:
        """Build one runner."""
        self.runner = WorkflowRunner.__new__(WorkflowRunner)
        self.runner.name, self.runner.config, self.runner.logger = "runner", config, get_logger("runner")
        self.runner.model_wrapper, self.runner.auxiliary_model_wrappers = _Model(), []
        self.runner.workflow_instance, self.runner.runner_state = None, {}
        self.runner.concurrent_run_fn = self.runner._sequential_run
        self.tasks: dict[Any, list[Task]] = {}

    def schedule(self, tasks: list[Task], batch_id: Any) -> None:
        """Queue a batch."""
        for number, task in enumerate(tasks):
            task.batch_id, task.task_id = batch_id, number
        self.tasks[batch_id] = tasks

    async def get_payload_results(self, batch_id: Any, min_num: int | None, **_: Any) -> tuple[list, list]:
        """Run the batch, or only its first `min_num` tasks."""
        results = [
            await self.runner.run_task(task, str(batch_id), repeat_times=task.repeat_times)
            for task in self.tasks.pop(batch_id)[:min_num]
        ]
        return [status for status, _ in results], [payload for _, payload in results]

    def discard_completed_results(self, batch_id: Any) -> None:
        """Nothing is kept."""

    async def abort_batch(self, batch_id: Any, **_: Any) -> None:
        """Nothing runs in the background."""


class _Remote:
    """An object called as a Ray actor is."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        return types.SimpleNamespace(remote=lambda *args, **kwargs: method(*args, **kwargs))


class Run:
    """An explorer that goes on from its checkpoint folder, as `trinity run` does."""

    def __init__(self, config: Config) -> None:
        """Start, or start again."""
        self.config = config
        os.makedirs(config.checkpoint_job_dir, exist_ok=True)
        self.state = StateManager(config.checkpoint_job_dir, explorer_name=config.explorer.name)
        loaded = self.state.load_explorer()
        explorer = self.explorer = Explorer.__new__(Explorer)
        explorer.config, explorer.state, explorer.logger = config, self.state, get_logger("explorer")
        explorer.explore_step_num = explorer.last_monitored_step = loaded.get("latest_iteration", 0)
        explorer.taskset = get_taskset_scheduler(explorer_state=loaded, config=config)
        explorer.explore_start_time = None
        explorer.pending_eval_tasks, explorer._inflight_train_steps = deque(), deque()
        explorer.min_wait_num, explorer.model_version, explorer.sync_style = None, 0, SyncStyle.FIXED
        explorer.monitor = MONITOR.get(config.monitor.monitor_type)(
            project="test", group="", name="test", role="explorer", config=config
        )
        self.monitor, self.logged = explorer.monitor, []
        write = self.monitor.log
        self.monitor.log = lambda data, step, **k: (self.logged.append(dict(data)), write(data, step, **k))[1]
        coordinator = RolloutCoordinator(config)
        coordinator.scheduler = InProcessScheduler(config)
        coordinator.detailed_stats = False
        asyncio.run(coordinator._init_experience_pipeline())
        explorer.rollout_coordinator = _Remote(coordinator)
        self.coordinator = coordinator

    @property
    def selector(self) -> Any:
        """The first taskset's selector."""
        return self.explorer.taskset.tasksets[0].reader.selector

    def explore(self, steps: int = 1) -> list[list[int]]:
        """Read and submit `steps` batches, as between two weight updates; their positions."""

        async def submit() -> list[list[int]]:
            batches = []
            for _ in range(steps):
                assert await self.explorer.explore_step()
                tasks = self.coordinator.scheduler.tasks[self.explorer.explore_step_num]
                batches.append([task.index["index"] for task in tasks])
            return batches

        return asyncio.run(submit())

    def finish(self) -> None:
        """Wait for what is submitted, learn, and write the checkpoint."""

        async def finish() -> None:
            await self.explorer.finish_current_steps()
            await self.explorer.save_checkpoint()

        asyncio.run(finish())

    def step(self) -> list[int]:
        """One on-policy step; the positions it rolled out."""
        (batch,) = self.explore()
        self.finish()
        return batch


@pytest.fixture
def taskset(tmp_path: Path) -> Path:
    """A folder with 40 tasks: a third never solved, a third always, a third half the time."""
    folder = tmp_path / "tasks"
    folder.mkdir()
    rows = [
        {
            "uid": f"q{i}",
            "question": f"question {i}",
            "rate": (0.0, 0.5, 1.0)[i % 3],
            "source": ("math", "code")[i % 2],
        }
        for i in range(40)
    ]
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


@pytest.fixture
def make_config(tmp_path: Path, taskset: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Trinity's configuration for one taskset with InSight."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(SimulatedWorkflow, "broken", frozenset())

    def make(
        kwargs: dict | None = None, operators: list | None = None, name: str = "run", **selector: Any
    ) -> Config:
        config = Config()
        config.checkpoint_job_dir = str(tmp_path / name)
        config.monitor.cache_dir = str(tmp_path / name / "monitor")
        config.buffer.batch_size, config.buffer.total_epochs = 8, 100
        config.algorithm.repeat_times = K
        config.algorithm.advantage_fn, config.algorithm.advantage_fn_args = "grpo", {}
        selector = {"selector_type": "insight_rl.trinity.InSightSelector", "seed": 3} | selector
        config.buffer.explorer_input.tasksets = [
            TasksetConfig(
                name="toy",
                path=str(taskset),
                default_workflow_type="simulated",
                data_selector=DataSelectorConfig(
                    kwargs={"engine": {"rollouts": K}} if kwargs is None else kwargs, **selector
                ),
                repeat_times=K,
                batch_size=8,
                total_epochs=100,
            )
        ]
        config.buffer.trainer_input.experience_buffer = StorageConfig(
            name="out", storage_type="file", path=str(tmp_path / f"{name}.jsonl"), wrap_in_ray=False
        )
        config.data_processor.experience_pipeline.save_input = False
        default = [OperatorConfig(name="insight_rl.trinity.OutcomesOperator", args={"outcome": "accuracy"})]
        config.data_processor.experience_pipeline.operators = default if operators is None else operators
        return config

    return make


@pytest.fixture
def start() -> Iterator[Callable[[Config], Run]]:
    """Starts runs, and closes their files in the end."""
    runs: list[Run] = []

    def begin(config: Config) -> Run:
        runs.append(Run(config))
        return runs[-1]

    yield begin
    for run in runs:
        run.monitor.close()
        run.coordinator.experience_pipeline.output.writer.file.close()


@pytest.fixture
def workflow() -> type[SimulatedWorkflow]:
    """The workflow that the tasks run."""
    return SimulatedWorkflow
