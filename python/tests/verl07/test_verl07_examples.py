"""What python/examples/verl launches for verl up to 0.7.1, read by verl's own parsers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hydra import compose, initialize_config_dir
from verl.experimental.reward_loop import migrate_legacy_reward_impl
from verl.trainer.ppo.reward import get_custom_reward_fn
from verl.trainer.ppo.utils import need_critic, need_reference_policy
from verl.utils.config import validate_config
from verl07_tiny import CONFIG, Rollouts, Trainer

EXAMPLES = Path(__file__).parents[2] / "examples" / "verl"


def test_the_run_that_is_launched_is_one_of_verls_with_selection(tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "make_dataset.py"), "--output", str(tmp_path), "--count", "80"]
    subprocess.run(command, check=True)
    stub = tmp_path / "python3"
    stub.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/launched\n')
    stub.chmod(0o755)
    variables = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "DATA": str(tmp_path)}
    subprocess.run(["bash", "run_07.sh", "trainer.nnodes=2"], cwd=EXAMPLES, env=variables, check=True)
    words = (tmp_path / "launched").read_text().splitlines()
    assert words[:2] == ["-m", "verl.trainer.main_ppo"]
    with initialize_config_dir(str(CONFIG), version_base=None):
        config = migrate_legacy_reward_impl(compose("ppo_trainer", words[2:]))
    assert config.trainer.nnodes == 2
    validate_config(config, need_reference_policy(config), need_critic(config))
    trainer = Trainer(config, Rollouts())
    sources = [name.split("/")[0] for name in trainer.selection.ids]
    assert sources == ["easy"] * 80 + ["hard"] * 80
    assert trainer.selection.config.outcome == "acc"
    assert trainer.train_dataloader.sampler.journal == EXAMPLES / "checkpoints" / "insight-updates.jsonl"
    assert next(iter(trainer.train_dataloader))["index"].shape == (128,)
    judged = get_custom_reward_fn(config)(data_source="easy", solution_str="#### 7", ground_truth="8")
    assert judged == {"score": 0.1, "acc": False}
