"""One small ray cluster and transfer queue for all tests; nothing is downloaded."""

from __future__ import annotations

import os

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
    "RAY_AUTH_MODE": "disabled",
    "RAY_USAGE_STATS_ENABLED": "0",
    "VERL_USE_EXTERNAL_PLUGINS": "none",
}

from collections.abc import Iterator
from pathlib import Path

import pytest
import ray
import torch
import transfer_queue as tq
from omegaconf import OmegaConf
from verl_tiny import CONFIG

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def transfer_queue() -> Iterator[None]:
    """Verl's own transfer queue, in processes of a local ray."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    config = OmegaConf.load(CONFIG / "transfer_queue" / "transfer_queue.yaml")
    config.enable = True
    config.backend.SimpleStorage.num_data_storage_units = 1
    tq.init(config)
    yield
    tq.close()
    ray.shutdown()


@pytest.fixture
def queue(transfer_queue: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The transfer queue, empty, and verl's log in the test's folder."""
    monkeypatch.setenv("VERL_FILE_LOGGER_PATH", str(tmp_path / "log.jsonl"))
    yield
    for partition, keys in (tq.kv_list() or {}).items():
        if keys:
            tq.kv_clear(keys=list(keys), partition_id=partition)
