"""What a trainer with selection rolls out and learns, in real training steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
from PIL import Image
from transformers import TrainerCallback
from trl import GRPOTrainer, RLOOConfig, RLOOTrainer
from trl_tiny import ROLLOUTS, Right, make_arguments, make_dataset, make_trainer, replay

from insight_rl import InsightError, OutcomeError, SelectionError
from insight_rl.trl import InSightGRPOTrainer, InSightMixin

IDS = make_dataset()["id"][:]


def beliefs(trainer: Any) -> list[float]:
    """Pseudo-counts of the whole pool, successes then failures."""
    held = trainer._insight_selection.selector.beliefs()
    return [*held.alpha, *held.beta]


def test_each_batch_is_chosen_after_the_outcomes_of_the_batch_before_were_learned(tmp_path: Path) -> None:
    """The same picks as a selector's that learns at once, and not those of one that learns a batch late."""
    right = Right()
    make_trainer(tmp_path, right, max_steps=8).train()
    assert right.picks == replay(right.batches, IDS) != replay(right.batches, IDS, late=1)


@pytest.mark.parametrize(
    ("options", "prompts", "batches", "version"),
    [
        ({"gradient_accumulation_steps": 2, "max_steps": 4}, 8, 4, 3),
        ({"gradient_accumulation_steps": 4, "steps_per_generation": 2, "max_steps": 2}, 8, 4, 1),
        ({"steps_per_generation": 4, "max_steps": 8}, 16, 2, 4),
        ({"num_iterations": 2, "max_steps": 14}, 4, 7, 12),
        ({"generation_batch_size": 32, "max_steps": 8, "shuffle_dataset": False}, 8, 4, 6),
        # The workers fetch ahead, and fork after the selector was made: harmless, as they only fetch.
        ({"dataloader_num_workers": 1, "max_steps": 7}, 4, 7, 6),
    ],
)
def test_a_generation_batch_is_chosen_and_learned_once_however_many_steps_it_serves(
    tmp_path: Path, options: dict[str, Any], prompts: int, batches: int, version: int
) -> None:
    """TRL's layouts of a generation batch; the policy version is the count of optimizer steps."""
    right = Right()
    trainer = make_trainer(tmp_path, right, **options)
    trainer.train()
    assert [len(picks) for picks in right.picks] == [prompts] * batches
    assert right.picks == replay(right.batches, IDS)
    assert trainer._insight_selection.policy_version == version


def test_evaluation_rolls_out_its_own_rows_and_teaches_nothing(tmp_path: Path) -> None:
    """Before training, and between its steps."""
    right = Right()
    held_out = make_dataset(4, prefix="e")
    trainer = make_trainer(
        tmp_path,
        right,
        max_steps=4,
        eval_strategy="steps",
        eval_steps=2,
        trainer={"eval_dataset": held_out},
    )
    fresh = beliefs(trainer)
    trainer.evaluate()
    assert beliefs(trainer) == fresh
    trainer.train()
    training = [batch for batch in right.batches if batch[0][0].startswith("p")]
    evaluation = [batch for batch in right.batches if not batch[0][0].startswith("p")]
    rows = sorted(name for ids, _ in evaluation for name in ids)
    assert rows == sorted(np.repeat(held_out["id"][:], ROLLOUTS * 3))
    assert [batch[0][::ROLLOUTS] for batch in training] == replay(training, IDS)
    assert len(trainer._insight_selection.selector.pending) == 0
    assert not any("insight" in key for entry in trainer.state.log_history for key in entry if "eval" in key)


def test_the_whole_row_is_replaced(tmp_path: Path) -> None:
    """Columns beside the prompt, nested and decoded ones too, are of the prompt that was chosen."""
    dataset = make_dataset(
        extra=[{"source": {"index": index}, "tags": [str(index)]} for index in range(20)],
        picture=[Image.new("L", (1, 1), index) for index in range(20)],
    ).cast_column("picture", datasets.Image())
    right = Right()
    make_trainer(
        tmp_path,
        right,
        dataset=dataset,
        max_steps=5,
        trainer={"insight": {"id_field": "extra.source.index", "domain_field": "limit"}},
    ).train()
    for columns in right.seen:
        numbers = [int(name[1:]) for name in columns["id"]]
        assert columns["prompts"] == [f"{number:02}=" for number in numbers]
        assert columns["limit"] == [number % 10 for number in numbers]
        assert [row["source"]["index"] for row in columns["extra"]] == numbers
        assert [row["tags"] for row in columns["extra"]] == [[str(number)] for number in numbers]
        assert [picture.getpixel((0, 0)) for picture in columns["picture"]] == numbers
    assert [[name[1:] for name in picks] for picks in right.picks] == replay(
        right.batches,
        [str(index) for index in range(20)],
        domains=[str(index % 10) for index in range(20)],
    )


def test_ids_are_read_from_the_stored_table_whatever_transform_the_data_set_has(tmp_path: Path) -> None:
    """A transform may return no ids, and runs when rows are rolled out, not when ids are read."""
    calls: list[int] = []

    def transform(rows: dict[str, Any]) -> dict[str, Any]:
        calls.append(len(rows["text"]))
        return {"prompt": rows["text"], "limit": rows["limit"]}

    dataset = make_dataset().rename_column("prompt", "text")
    dataset.set_transform(transform)
    rewards: list[float] = []

    def right(completions: list[str], limit: list[int], **_: Any) -> list[float]:
        rewards.extend(
            float(bool(text) and value > 4) for text, value in zip(completions, limit, strict=True)
        )
        return rewards[-len(limit) :]

    trainer = make_trainer(tmp_path, right, dataset=dataset, max_steps=1, remove_unused_columns=False)
    assert not calls and trainer._insight_selection.ids == IDS
    trainer.train()
    assert calls and trainer._insight_selection.selector.metrics()["groups"] == 4


def test_a_column_with_a_dot_in_its_name_is_found(tmp_path: Path) -> None:
    """As `flatten` names the parts of a struct."""
    dataset = make_dataset(20, extra_info=[{"index": index} for index in range(20)]).flatten()
    trainer = make_trainer(
        tmp_path, Right(), dataset=dataset, trainer={"insight": {"id_field": "extra_info.index"}}
    )
    assert trainer._insight_selection.ids == [str(index) for index in range(20)]


@pytest.mark.parametrize("mode", [True, False])
def test_evaluation_is_told_from_training_once_whatever_mode_generation_leaves(
    tmp_path: Path, mode: bool
) -> None:
    """Some generation backends switch the model's mode and do not switch it back."""

    class Switching(InSightGRPOTrainer):
        def _generate_single_turn(self, *args: Any, **kwargs: Any) -> Any:
            result = super()._generate_single_turn(*args, **kwargs)
            self.model.train(mode)
            return result

    right = Right()
    options = {"eval_strategy": "steps", "eval_steps": 1, "trainer": {"eval_dataset": make_dataset(8, "e")}}
    trainer = make_trainer(tmp_path, right, kind=Switching, max_steps=3, **options)
    trainer.train()
    trainer.evaluate()
    assert trainer._insight_selection.selector.metrics()["groups"] == 12
    assert len(right.batches) == 3 + 4 * 4


def test_prompts_that_repeat_under_many_ids_are_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each has a belief, and learns nothing from its copies."""
    dataset = make_dataset(20, prompt=[f"{index % 5:02}=" for index in range(20)])
    make_trainer(tmp_path, Right(), dataset=dataset)
    assert "5 distinct prompts in 20 rows" in caplog.text


def test_columns_that_trl_was_told_to_remove_are_not_brought_back(tmp_path: Path) -> None:
    """With `remove_unused_columns`, reward functions are given nothing but the prompt."""
    given: list[set[str]] = []

    def zero(completions: list[str], **columns: Any) -> list[float]:
        given.append(set(columns))
        return [0.0] * len(completions)

    for kind in (GRPOTrainer, InSightGRPOTrainer):
        make_trainer(tmp_path, zero, kind=kind, remove_unused_columns=True, max_steps=1).train()
    assert given[0] == given[1]


def test_a_row_belongs_to_one_rollout(tmp_path: Path) -> None:
    """TRL writes into it what a rollout function says; a reward function may write into what it is given."""
    marks: list[list[int]] = []
    notes: list[list[int]] = []

    def rollout(prompts: list[str], trainer: Any) -> dict[str, Any]:
        count = len(prompts)
        return {
            "prompt_ids": [[1, 2]] * count,
            "completion_ids": [[3, 4]] * count,
            "logprobs": None,
            "mark": list(range(count)),
        }

    def noting(completions: list[str], mark: list[int], note: list[list[int]], **_: Any) -> list[float]:
        marks.append(mark)
        for row in note:
            row.append(1)
        notes.extend(note)
        return [0.0] * len(completions)

    dataset = make_dataset(note=[[0]] * 20)
    make_trainer(tmp_path, noting, dataset=dataset, max_steps=2, trainer={"rollout_func": rollout}).train()
    assert marks == [list(range(16))] * 2
    assert notes == [[0, 1]] * 32


def test_metrics_are_logged_with_trls_own_and_averaged_over_the_steps_logged_together(tmp_path: Path) -> None:
    """The shares are of the rewards themselves, so they can be computed again from those."""
    right = Right()
    trainer = make_trainer(tmp_path, right, max_steps=4, logging_steps=2)
    trainer.train()
    entries = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert [entry["step"] for entry in entries] == [2, 4]
    for entry, batches in zip(entries, (right.batches[:2], right.batches[2:]), strict=True):
        groups = np.reshape([outcomes for _, outcomes in batches], (-1, ROLLOUTS))
        mixed = (groups.min(1) != groups.max(1)).mean()
        assert entry["insight/signal_share"] == pytest.approx(mixed)
        assert entry["insight/success_rate"] == pytest.approx(groups.mean())
        assert entry["insight/success_rate"] == pytest.approx(entry["rewards/right/mean"])
        assert entry["insight/pending"] == 0
    assert "insight/signal_share" not in trainer.state.log_history[-1]


def test_the_named_reward_function_is_the_outcome_and_the_others_only_shape_the_reward(
    tmp_path: Path,
) -> None:
    """Another function's values reach the advantages and no belief."""
    right = Right()

    def length(completions: list[str], **_: Any) -> list[float]:
        return [0.3 * len(text) for text in completions]

    trainer = make_trainer(tmp_path, [length, right], max_steps=6, trainer={"insight": {"outcome": "right"}})
    trainer.train()
    assert right.picks == replay(right.batches, IDS)
    assert trainer.state.log_history[0]["rewards/length/mean"] > 0


def test_a_threshold_means_the_reward_that_was_written_not_its_float32(tmp_path: Path) -> None:
    """0.9 reaches 0.9, although TRL's 0.9 is 0.899999976."""
    right = Right()

    def shaped(completions: list[str], **columns: Any) -> list[float]:
        return [0.9 if outcome else 0.1 for outcome in right(completions, **columns)]

    make_trainer(tmp_path, shaped, max_steps=8, trainer={"insight": {"outcome_threshold": 0.9}}).train()
    assert sum(sum(outcomes) for _, outcomes in right.batches) > 0
    assert right.picks == replay(right.batches, IDS)


def test_a_shaped_reward_without_a_threshold_is_refused_with_the_settings_to_add(tmp_path: Path) -> None:
    """Nothing is guessed about what 0.5 means."""

    def shaped(completions: list[str], **_: Any) -> list[float]:
        return [0.5] * len(completions)

    with pytest.raises(OutcomeError, match=r"the rewards of shaped hold 0\.5.*outcome_threshold"):
        make_trainer(tmp_path, shaped).train()


def test_rewards_that_are_none_or_nan_are_missing(tmp_path: Path) -> None:
    """They count neither as right nor as wrong, and a group without any reward settles its pick."""
    ids: list[str] = []

    def unscorable(completions: list[str], id: list[str], **_: Any) -> list[float | None]:
        ids.extend(id[::ROLLOUTS])
        return [1.0, None, float("nan"), 0.0] * 2 + [None] * 8

    trainer = make_trainer(tmp_path, unscorable, max_steps=1, trainer={"insight": {"method": "insight"}})
    alpha, beta = np.reshape(beliefs(trainer), (2, -1))
    trainer.train()
    places = [IDS.index(name) for name in ids]
    learned = np.reshape(beliefs(trainer), (2, -1)) - (alpha, beta)
    assert learned[:, places].tolist() == [[1, 1, 0, 0], [1, 1, 0, 0]]
    assert learned.sum() == 4
    assert trainer.state.log_history[0]["insight/missing"] == 12
    assert len(trainer._insight_selection.selector.pending) == 0


def test_a_trainer_of_ones_own_keeps_its_overrides(tmp_path: Path) -> None:
    """The mixin before it hands on, in both directions."""
    calls: list[str] = []

    class Mine(GRPOTrainer):
        def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
            calls.append(inputs[0]["id"])
            return super()._generate_and_score_completions(inputs)

        def _calculate_rewards(self, *args: Any) -> Any:
            calls.append("rewards")
            return super()._calculate_rewards(*args)

    class Selecting(InSightMixin, Mine):
        pass

    right = Right()
    make_trainer(tmp_path, right, kind=Selecting, max_steps=7).train()
    assert calls == [call for picks in right.picks for call in (picks[0], "rewards")]
    assert right.picks == replay(right.batches, IDS)


def test_rloo_is_given_selection_by_the_same_mixin(tmp_path: Path) -> None:
    """RLOOTrainer has the same two places."""

    class Selecting(InSightMixin, RLOOTrainer):
        pass

    right = Right()
    options = make_arguments(tmp_path, max_steps=7).to_dict()
    known = {key: value for key, value in options.items() if key in _RLOO and value is not None}
    make_trainer(tmp_path, right, kind=Selecting, arguments=RLOOConfig(**known, beta=0.0)).train()
    assert right.picks == replay(right.batches, IDS)


_RLOO = {
    "output_dir",
    "use_cpu",
    "bf16",
    "per_device_train_batch_size",
    "num_generations",
    "max_completion_length",
    "max_steps",
    "save_strategy",
    "report_to",
    "disable_tqdm",
}


def test_picks_of_an_interrupted_step_are_free_again(tmp_path: Path) -> None:
    """As in a notebook: the reward function fails, is mended, and training is started again."""
    right = Right()
    broken = [True]

    def mended(completions: list[str], **columns: Any) -> list[float]:
        if broken[0]:
            raise ValueError("not mended yet")
        return right(completions, **columns)

    trainer = make_trainer(tmp_path, mended, max_steps=2)
    with pytest.raises(ValueError, match="not mended yet"):
        trainer.train()
    assert len(trainer._insight_selection.selector.pending) == 4
    broken[0] = False
    trainer.train()
    assert len(right.batches) == 2
    assert len(trainer._insight_selection.selector.pending) == 0


def test_training_again_goes_on_from_what_was_learned(tmp_path: Path) -> None:
    """Steps count from 0 again, policy versions do not: no report is older than the one before."""
    right = Right()
    config = {"engine": {"belief": {"discount": 0.9, "discounting": "elapsed"}}}
    trainer = make_trainer(tmp_path, right, max_steps=3, trainer={"insight": config})
    trainer.train()
    assert trainer._insight_selection.policy_version == 2
    trainer.train()
    assert trainer._insight_selection.policy_version == 4
    assert len(right.batches) == 6


def test_too_few_free_prompts_stop_training_with_the_engines_reason(tmp_path: Path) -> None:
    """Here all but three are pending elsewhere."""
    trainer = make_trainer(tmp_path, Right())
    trainer._insight_selection.take(17)
    with pytest.raises(SelectionError, match=r"4 .*3 "):
        trainer.train()


def test_a_trainer_that_scores_by_other_means_is_found_out(tmp_path: Path) -> None:
    """Otherwise nothing would ever be learned, and every prompt stay pending."""

    class Mine(GRPOTrainer):
        def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
            return {}

    class Selecting(InSightMixin, Mine):
        pass

    with pytest.raises(InsightError, match="_calculate_rewards"):
        make_trainer(tmp_path, Right(), kind=Selecting).train()


def test_a_data_set_that_was_replaced_is_found_out(tmp_path: Path) -> None:
    """Places in one data set mean nothing in another."""

    class Replace(TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            trainer.train_dataset = make_dataset(30)

    trainer = make_trainer(tmp_path, Right(), trainer={"callbacks": [Replace()]})
    with pytest.raises(InsightError, match="train_dataset was replaced"):
        trainer.train()
