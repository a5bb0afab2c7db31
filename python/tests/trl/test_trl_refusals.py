"""What is refused when a trainer is made, with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import Trainer
from trl import GRPOTrainer
from trl_tiny import Right, make_dataset, make_trainer

from insight_rl import ConfigurationError, InsightError, PoolError
from insight_rl.trl import InSightMixin


def length(completions: list[str], **_: Any) -> list[float]:
    """A score that is not an outcome."""
    return [float(len(text)) for text in completions]


@pytest.mark.parametrize(
    "dataset", [make_dataset().remove_columns("id"), make_dataset().map(lambda _: {"id": None})]
)
def test_a_data_set_without_ids_is_refused_with_the_line_that_adds_them(tmp_path: Path, dataset: Any) -> None:
    """And that line is the remedy."""
    with pytest.raises(PoolError) as refusal:
        make_trainer(tmp_path, Right(), dataset=dataset)
    assert 'insight={"id_field": "prompt"}' in str(refusal.value)
    line = str(refusal.value).split("Add: ")[1]
    scope = {"dataset": dataset}
    exec(line, scope)
    make_trainer(tmp_path, Right(), dataset=scope["dataset"], max_steps=1).train()


def test_ids_that_are_there_twice_are_refused(tmp_path: Path) -> None:
    """Beliefs are kept by id."""
    with pytest.raises(PoolError, match="rows 0 and 10 both have the limit '0'"):
        make_trainer(tmp_path, Right(), trainer={"insight": {"id_field": "limit"}})


def test_a_domain_that_rows_do_not_have_is_refused(tmp_path: Path) -> None:
    """A misspelt field would otherwise be one domain of all."""
    with pytest.raises(PoolError, match="20 rows have no source"):
        make_trainer(tmp_path, Right(), trainer={"insight": {"domain_field": "source"}})


def test_a_data_set_that_streams_is_refused(tmp_path: Path) -> None:
    """Its rows have no place to look them up by."""
    with pytest.raises(PoolError, match="streaming"):
        make_trainer(tmp_path, Right(), dataset=make_dataset().to_iterable_dataset())


def test_a_data_set_smaller_than_a_generation_batch_is_refused(tmp_path: Path) -> None:
    """TRL's sampler would drop it as an incomplete batch, and training end at step 0 without an error."""
    with pytest.raises(PoolError, match=r"a generation batch has 4 prompts .* the data set 3"):
        make_trainer(tmp_path, Right(), dataset=make_dataset(3))


def test_several_reward_functions_need_an_outcome_to_be_named(tmp_path: Path) -> None:
    """Their sum is not an outcome."""
    with pytest.raises(ConfigurationError, match=r'insight=\{"outcome": "length"\}'):
        make_trainer(tmp_path, [length, Right()])


@pytest.mark.parametrize("functions", [[length, Right()], length, [length, length]])
def test_an_outcome_that_is_not_one_of_the_reward_functions_is_refused(
    tmp_path: Path, functions: Any
) -> None:
    """Neither an unknown name nor one that two functions share."""
    outcome = "length" if functions == [length, length] else "accuracy"
    with pytest.raises(ConfigurationError, match=f"'{outcome}' is not exactly one of them"):
        make_trainer(tmp_path, functions, trainer={"insight": {"outcome": outcome}})


@pytest.mark.parametrize(
    ("engine", "reason"),
    [
        ({"allocation": {"minimum": 2, "maximum": 8}}, "num_generations times"),
        ({"filter": {}}, "does not refill; remove engine.filter"),
        ({"stages": {}}, "rolls out each prompt once; remove engine.stages"),
        ({"rollouts": 8}, "engine.rollouts is 8, and the trainer rolls out 4"),
        ({"candidate": "all"}, "candidate"),
    ],
)
def test_engine_settings_that_do_not_fit_are_refused(
    tmp_path: Path, engine: dict[str, Any], reason: str
) -> None:
    """TRL's number of rollouts is fixed; unknown settings are the engine's to refuse."""
    with pytest.raises(ConfigurationError, match=reason):
        make_trainer(tmp_path, Right(), trainer={"insight": {"engine": engine}})


@pytest.mark.parametrize(
    ("dataset", "insight", "reason"),
    [
        (make_dataset(), {"treshold": 1}, "no setting 'treshold'"),
        (make_dataset(), {"method": "dynamic-sampling"}, "TRL trains on every group"),
        (make_dataset(), {"method": "greso"}, "engine.filter to null"),
        (make_dataset(), {"method": "ragen-top-p"}, "trains on the fewest groups"),
        (make_dataset().remove_columns("id"), None, "20 of 20 rows have no id"),
        (make_dataset().to_iterable_dataset(), None, r"islice\(stream, 10_000\)"),
    ],
)
def test_what_can_be_known_early_is_refused_before_a_model_is_made(
    dataset: Any, insight: Any, reason: str
) -> None:
    """Loading a model takes minutes."""

    class Unreached(InSightMixin, GRPOTrainer):
        def _get_train_sampler(self, dataset: Any = None) -> Any:
            raise AssertionError

    with pytest.raises(InsightError, match=reason):
        Unreached("no/such-model", Right(), train_dataset=dataset, insight=insight)


def test_a_method_may_run_without_its_filter(tmp_path: Path) -> None:
    """When the settings say so."""
    insight = {"method": "greso", "engine": {"filter": None}}
    make_trainer(tmp_path, Right(), max_steps=1, trainer={"insight": insight}).train()


def test_functions_without_names_that_differ_are_told_to_get_some(tmp_path: Path) -> None:
    """No outcome can name one of two lambdas."""
    functions = [lambda completions, **_: [0.0] * len(completions) for _ in range(2)]
    for outcome in ({"outcome": "<lambda>"}, {}):
        with pytest.raises(ConfigurationError, match="give each a __name__ that differs"):
            make_trainer(tmp_path, functions, trainer={"insight": outcome})


def test_a_row_whose_id_is_not_a_number_has_none(tmp_path: Path) -> None:
    """NaN is how tables write a missing number."""
    dataset = make_dataset(4, id=[1.0, float("nan"), 3.0, 4.0])
    with pytest.raises(PoolError, match="1 of 4 rows have no id"):
        make_trainer(tmp_path, Right(), dataset=dataset)


def test_the_mixin_after_the_trainer_is_refused() -> None:
    """The trainer would never ask it, and prompts be chosen at random without a word."""
    with pytest.raises(TypeError, match=r"class Wrong\(InSightMixin, ...\)"):

        class Wrong(GRPOTrainer, InSightMixin):
            pass


def test_a_trainer_of_another_kind_is_refused() -> None:
    """Such as one whose prompts another process fetches."""

    class Other(InSightMixin, Trainer):
        pass

    with pytest.raises(TypeError, match="neither a GRPOTrainer nor an RLOOTrainer"):
        Other()


def test_a_loader_that_splits_batches_is_refused(tmp_path: Path) -> None:
    """Every process would be given the rows of one, and groups be torn apart."""
    trainer = make_trainer(tmp_path, Right())
    trainer.args.generation_batch_size = 32
    with pytest.raises(Exception, match="given 16 rows, and a generation batch has 32"):
        trainer.train()
