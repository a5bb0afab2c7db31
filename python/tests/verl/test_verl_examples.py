"""What python/examples/verl launches, read by verl's own parsers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from verl.trainer.ppo.reward import get_custom_reward_fn
from verl.trainer.ppo.utils import need_critic, need_reference_policy
from verl.utils.config import validate_config
from verl_tiny import CONFIG, loaded

EXAMPLES = Path(__file__).parents[2] / "examples" / "verl"


def launched(folder: Path, *command: str, **variables: str) -> list[list[str]]:
    """The commands that a script runs, each word by word; their programs only note them."""
    for program in ("python3", "ray"):
        stub = folder / "bin" / program
        stub.parent.mkdir(exist_ok=True)
        stub.write_text(f'#!/bin/sh\nprintf "%s\\n" "$(basename "$0")" "$@" "" >> {folder}/launched\n')
        stub.chmod(0o755)
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **variables}
    subprocess.run(["bash", *command], cwd=EXAMPLES, env=environment, check=True)
    return [block.split("\n") for block in (folder / "launched").read_text().strip("\n").split("\n\n")]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the example's script writes."""
    folder = tmp_path_factory.mktemp("data")
    command = [sys.executable, str(EXAMPLES / "make_dataset.py"), "--output", str(folder), "--count", "80"]
    subprocess.run(command, check=True)
    return folder


@pytest.mark.parametrize("mode", ["sync", "colocate_async"])
def test_the_run_that_is_launched_is_one_of_verls_with_selection(
    tmp_path: Path, data: Path, mode: str
) -> None:
    (words,) = launched(tmp_path, "run.sh", f"trainer.v1.trainer_mode={mode}", DATA=str(data))
    assert words[:3] == ["python3", "-m", "verl.trainer.main_ppo"]
    with initialize_config_dir(str(CONFIG), version_base=None):
        config = compose("ppo_trainer", words[3:])
    validate_config(config, need_reference_policy(config), need_critic(config))
    trainer = loaded(config)
    assert type(trainer.replay_buffer).__name__.startswith("InsightReplayBuffer")
    selection = trainer.train_dataset.selection
    assert [name.split("/")[0] for name in selection.ids] == ["easy"] * 80 + ["hard"] * 80
    assert selection.config.outcome == "acc"
    row = trainer.train_dataset[0]
    judge = get_custom_reward_fn(config)
    right = row["reward_model"]["ground_truth"]
    for completion, expected in (
        (f"So #### {right}", {"score": 1.0, "acc": True}),
        ("So #### 7", {"score": 0.1, "acc": False}),
        (right, {"score": 0.0, "acc": False}),
    ):
        assert judge(data_source=row["data_source"], solution_str=completion, ground_truth=right) == expected


def test_a_cluster_is_handed_the_script_with_what_follows_it(tmp_path: Path) -> None:
    shared = {"DATA": "/shared/data", "MODEL": "/shared/model", "CHECKPOINTS": "/shared/run"}
    (words,) = launched(
        tmp_path, "cluster.sh", "run.sh", "trainer.nnodes=4", RAY_ADDRESS="http://head:8265", **shared
    )
    assert words[:5] == ["ray", "job", "submit", "--address", "http://head:8265"]
    assert words[-4:] == ["--", "bash", "run.sh", "trainer.nnodes=4"]
    assert all(path in words[words.index("--runtime-env-json") + 1] for path in shared.values())
    assert (Path(words[words.index("--working-dir") + 1]) / "run.sh").is_file()
