"""What each of several processes does in test_trl_processes.py; writes what it saw to FOLDER/RANK.json.

torchrun --standalone --nproc-per-node 2 trl_processes.py FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import conftest  # noqa: F401  (one thread, nothing downloaded)
from trl_tiny import Right, make_dataset, make_trainer

from insight_rl import InsightError

# 6 rows for each of 2 processes: 3 prompts of 4 rollouts, of which the second is shared between them.
OPTIONS = {
    "dataset": make_dataset(8),
    "trainer": {"eval_dataset": make_dataset(4, prefix="e")},
    "per_device_train_batch_size": 6,
    "max_steps": 6,
    "save_strategy": "steps",
    "save_steps": 3,
    "eval_strategy": "steps",
    "eval_steps": 2,
}


def training(right: Right) -> list[tuple[list[str], list[float]]]:
    """This process's shares of the generation batches."""
    return [batch for batch in right.batches if batch[0][0].startswith("p")]


def main() -> None:
    """Trains, resumes, and is refused."""
    folder = Path(sys.argv[1])
    seen: dict[str, Any] = {}

    whole = Right()
    trainer = make_trainer(folder / "whole", whole, **OPTIONS)
    trainer.train()
    seen["whole"] = training(whole)
    seen["selector"] = trainer._insight_selection is not None
    history = trainer.state.log_history
    seen["logged"] = [entry["insight/success_rate"] for entry in history if "reward" in entry]

    resumed = Right()
    trainer = make_trainer(folder / "resumed", resumed, **OPTIONS)
    trainer.train(resume_from_checkpoint=str(folder / "whole" / "checkpoint-3"))
    seen["resumed"] = training(resumed)

    def shaped(completions: list[str], **_: Any) -> list[float]:
        return [0.5] * len(completions)

    refused = {
        "outcome": lambda: make_trainer(folder, shaped, **OPTIONS).train(),
        "ids": lambda: make_trainer(
            folder, shaped, **OPTIONS | {"dataset": make_dataset().remove_columns("id")}
        ),
        "state": lambda: make_trainer(folder, whole, **OPTIONS).train(
            resume_from_checkpoint=str(folder / "whole" / "checkpoint-6")
        ),
    }
    if trainer.accelerator.is_main_process:
        (folder / "whole" / "checkpoint-6" / "insight.state").unlink()
    trainer.accelerator.wait_for_everyone()
    for name, refuse in refused.items():
        try:
            refuse()
        except InsightError as error:
            seen[name] = f"{type(error).__name__}: {error}"
    (folder / f"{trainer.accelerator.process_index}.json").write_text(json.dumps(seen))
    # At an orderly end, threads of torch's process group are now and then caught at work, and abort it.
    trainer.accelerator.wait_for_everyone()
    os._exit(0)


if __name__ == "__main__":
    main()
