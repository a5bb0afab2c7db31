"""The data set that decides, in verl's own loader."""

from __future__ import annotations

import pickle
import runpy
from pathlib import Path
from typing import Any

import datasets
import pytest
import torch
import verl
from omegaconf import OmegaConf
from torch.utils.data import DataLoader
from verl.trainer.ppo.utils import create_rl_dataset
from verl.trainer.ppo.v1.trainer_base import PPOTrainer
from verl.utils.dataset.rl_dataset import collate_fn
from verl_tiny import loaded, run_config, sums, tiny_tokenizer

import insight_rl.verl_buffer
from insight_rl import (
    ConfigurationError,
    Group,
    InsightError,
    PoolError,
    SelectionConfig,
    Selector,
    SnapshotError,
)
from insight_rl.verl_rows import ADD_INDEX, RowReader

NAMES = [f"sums/{index}" for index in range(40)]


def test_the_training_set_hands_out_picks_whatever_row_is_asked_for(tmp_path: Path) -> None:
    dataset = loaded(run_config(tmp_path, "+data.insight.seed=5")).train_dataset
    oracle = Selector(NAMES, configuration={"rollouts": 4}, seed=5)
    for row in [dataset[0], dataset[0], dataset[39]]:
        (pick,) = oracle.select(1)
        assert row["index"] == pick.position
        assert row["extra_info"] == {"index": pick.position, "split": "train", "insight_ticket": pick.ticket}
        assert row["reward_model"]["ground_truth"] == str(pick.position % 10 + pick.position // 10)


def test_a_batch_of_the_loader_is_chosen_at_once(tmp_path: Path) -> None:
    batch = next(iter(loaded(run_config(tmp_path)).train_dataloader))
    expected = Selector(NAMES, configuration={"rollouts": 4}).select(8)
    assert batch["index"].tolist() == expected.positions.tolist()
    assert batch["__rollout_n__"].tolist() == [4] * 8


def test_prompts_are_chosen_one_by_one_where_verl_fetches_them_so(tmp_path: Path) -> None:
    trainer = loaded(run_config(tmp_path, "trainer.v1.trainer_mode=colocate_async"))
    assert trainer.config.data.gen_batch_size == 1
    loader, oracle = iter(trainer.train_dataloader), Selector(NAMES, configuration={"rollouts": 4})
    for _ in range(40):
        assert next(loader)["index"].tolist() == oracle.select(1).positions.tolist()


def test_a_prompt_in_flight_is_not_fetched_again_and_an_epoch_is_not_a_pass(tmp_path: Path) -> None:
    trainer = loaded(run_config(tmp_path, "data.gen_batch_size=1"))
    fetched = [trainer._fetch_one_gen_batch()["index"][0] for _ in range(40)]
    assert sorted(fetched) == list(range(40))
    # The next epoch of verl's loader begins; every prompt is still out.
    with pytest.raises(InsightError, match="0"):
        trainer._fetch_one_gen_batch()
    trainer.train_dataset.selection.abandon(["sums/7"])
    assert trainer._fetch_one_gen_batch()["index"][0] == 7


def test_a_configuration_that_ray_carried_to_the_trainer_is_still_read_whole(tmp_path: Path) -> None:
    config = pickle.loads(pickle.dumps(run_config(tmp_path, "algorithm.filter_groups.enable=True")))
    OmegaConf.resolve(config)
    trainer = loaded(config)
    assert trainer.replay_buffer.filter_groups_metric == "reward"
    assert trainer.train_dataset.selection.selector.configuration["rollouts"] == 4


def test_the_validation_set_answers_plainly(tmp_path: Path) -> None:
    trainer = loaded(run_config(tmp_path))
    for dataset in (trainer.val_dataset, list(next(iter(trainer.val_dataloader))["index"])):
        assert [row if isinstance(row, int) else row["index"] for row in dataset] == [0, 1, 2]
    assert "insight_ticket" not in trainer.val_dataset[0]["extra_info"]
    assert "__rollout_n__" not in trainer.val_dataset[0]
    assert trainer.val_dataset.state_dict() == {}


def test_training_is_told_from_validation_with_lists_of_files(tmp_path: Path) -> None:
    second = sums(tmp_path / "second.parquet", 5, "other")
    config = run_config(tmp_path, f"data.train_files=[{tmp_path}/train.parquet,{second}]")
    trainer = loaded(config)
    assert len(trainer.train_dataset.selection.ids) == 45
    assert trainer.val_dataset.selection is None


def test_the_same_files_for_training_and_validation_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="under another path"):
        loaded(run_config(tmp_path, f"data.val_files={tmp_path}/train.parquet"))


def test_workers_of_the_loader_are_refused_before_a_file_is_read(tmp_path: Path) -> None:
    config = run_config(tmp_path, "data.dataloader_num_workers=8", "data.train_files=nowhere.parquet")
    with pytest.raises(ConfigurationError, match=r"Add data\.dataloader_num_workers=0"):
        loaded(config)


def test_a_worker_that_asks_all_the_same_is_refused(tmp_path: Path) -> None:
    dataset = loaded(run_config(tmp_path)).train_dataset
    workers = iter(DataLoader(dataset, batch_size=2, num_workers=1, collate_fn=collate_fn))
    with pytest.raises(InsightError, match=r"data\.dataloader_num_workers=0"):
        next(workers)
    workers._shutdown_workers()


def test_a_training_set_without_a_buffer_that_learns_is_refused(tmp_path: Path) -> None:
    config = run_config(tmp_path)
    insight_rl.verl_buffer._waiting.clear()
    with pytest.raises(ConfigurationError, match=r"custom_sampler\.name=replay_buffer"):
        create_rl_dataset(config.data.train_files, config.data, tiny_tokenizer(), None, is_train=True)


def test_a_second_training_set_does_not_join_the_same_buffer(tmp_path: Path) -> None:
    trainer = loaded(run_config(tmp_path))
    with pytest.raises(ConfigurationError, match="no replay buffer"):
        create_rl_dataset(
            trainer.config.data.train_files, trainer.config.data, tiny_tokenizer(), None, is_train=True
        )


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("+data.insight.sede=1", "'sede'; known are .*seed"),
        ("+data.insight.engine.rollouts=16", "rollouts is 16.*4"),
        ("+data.insight.engine.discount=0.9", "discount"),
        ("+data.insight.method=best", "best"),
        ("+data.insight.domain_field=extra_info.level", r"has no extra_info\.level"),
        ("skip.rollout_tq.enable=True", "rollout_tq"),
        ("+data.insight.method=ragen-top-p", "does not rank the groups"),
        ("+data.insight.method=dynamic-sampling", r"algorithm\.filter_groups\.enable=True"),
        ("+data.insight.method=greso", r"engine\.filter to null"),
        ("+data.insight.engine.filter={}", r"engine\.filter drops groups.*algorithm\.filter_groups"),
        ("+data.insight.engine.allocation={minimum:1,maximum:8}", r"allocation\.minimum is 1"),
        ("+data.insight.start_afresh=7", "start_afresh is 7"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path, override: str, message: str) -> None:
    with pytest.raises(InsightError, match=message):
        loaded(run_config(tmp_path, override))


@pytest.mark.parametrize(
    "extra", [lambda _: {"split": "train"}, lambda _: {"index": 0}, lambda index: {"index": index // 2}]
)
def test_rows_that_do_not_name_their_prompt_are_refused_with_the_line_to_add(
    tmp_path: Path, extra: Any
) -> None:
    sums(tmp_path / "train.parquet", 8, extra=extra)
    with pytest.raises(PoolError, match=r"dataset = dataset\.map\("):
        loaded(run_config(tmp_path))


def test_the_line_to_add_does_name_them(tmp_path: Path) -> None:
    sums(tmp_path / "train.parquet", 8, extra=lambda _: {"split": "train"})
    dataset = datasets.Dataset.from_parquet(str(tmp_path / "train.parquet"), cache_dir=str(tmp_path))
    scope = {"dataset": dataset}
    exec(ADD_INDEX, scope)
    scope["dataset"].to_parquet(tmp_path / "train.parquet")
    ids = loaded(run_config(tmp_path)).train_dataset.selection.ids
    assert len(set(ids)) == 8 and all(name.startswith("sums/") for name in ids)
    # Made of the prompts: the same ones in any order.
    shuffled = {"dataset": dataset.shuffle(seed=1)}
    exec(ADD_INDEX, shuffled)
    shuffled["dataset"].to_parquet(tmp_path / "shuffled.parquet")
    again = loaded(run_config(tmp_path, f"data.train_files={tmp_path}/shuffled.parquet"))
    assert sorted(again.train_dataset.selection.ids) == sorted(ids)


def test_the_same_index_of_two_sources_names_two_prompts_of_two_domains(tmp_path: Path) -> None:
    files = [sums(tmp_path / f"{source}.parquet", 4, source) for source in ("easy", "hard")]
    engine = "+data.insight.engine={domains:{hard:{weight:0}},candidates:all}"
    config = run_config(tmp_path, f"data.train_files=[{','.join(files)}]", engine, "data.train_batch_size=4")
    trainer = loaded(config)
    assert trainer.train_dataset.selection.ids[3:5] == ["easy/3", "hard/0"]
    assert next(iter(trainer.train_dataloader))["data_source"].tolist() == ["easy"] * 4


def test_a_source_is_a_domain_that_selection_learns_of_apart(tmp_path: Path) -> None:
    files = [sums(tmp_path / f"{source}.parquet", 20, source) for source in ("easy", "hard")]
    selection = loaded(run_config(tmp_path, f"data.train_files=[{','.join(files)}]")).train_dataset.selection
    groups = [
        Group(f"{source}/{index}", [right] * 4)
        for source, right in (("easy", 1), ("hard", 0))
        for index in range(10)
    ]
    selection.learn(groups, 1)
    easy, hard = selection.selector.beliefs(["easy/19", "hard/19"]).mean
    assert easy > 0.75 and hard < 0.25


def test_rows_without_a_source_are_refused_only_where_domains_are_asked_for() -> None:
    rows = datasets.Dataset.from_list(
        [
            {"data_source": source, "extra_info": {"index": index}}
            for index, source in enumerate(["a", None, "b"])
        ]
    )
    assert RowReader(SelectionConfig()).pool(rows) == (["a/0", "None/1", "b/2"], None)
    assert RowReader(SelectionConfig()).pool(rows.remove_columns("data_source"))[1] is None
    assert RowReader(SelectionConfig()).pool(rows.select([0, 2])) == (["a/0", "b/2"], ["a", "b"])
    for asked in ({"domain_field": "data_source"}, {"engine": {"domains": {"a": {"quota": 1}}}}):
        with pytest.raises(PoolError, match="Row 1 has no data_source"):
            RowReader(SelectionConfig(**asked)).pool(rows)


def test_ids_and_domains_may_be_elsewhere(tmp_path: Path) -> None:
    def extra(index: int) -> dict[str, Any]:
        return {"name": f"p{index}", "level": ("low", "high")[index % 2]}

    sums(tmp_path / "train.parquet", 8, extra=extra)
    fields = ["+data.insight.id_field=extra_info.name", "+data.insight.domain_field=extra_info.level"]
    trainer = loaded(run_config(tmp_path, *fields, "+data.insight.engine.domains={high:{quota:1}}"))
    selection = trainer.train_dataset.selection
    assert selection.ids == [f"p{index}" for index in range(8)]
    assert sorted(position % 2 for position in selection.take(4).positions) == [0, 0, 0, 1]


def test_a_quota_is_of_a_batch_where_prompts_are_fetched_one_by_one_too(tmp_path: Path) -> None:
    files = [sums(tmp_path / f"{source}.parquet", 20, source) for source in ("easy", "hard")]
    engine = "+data.insight.engine.domains={hard:{quota:2}}"
    trainer = loaded(
        run_config(tmp_path, f"data.train_files=[{','.join(files)}]", engine, "data.gen_batch_size=1")
    )
    for _ in range(2):
        sources = [trainer._fetch_one_gen_batch()["data_source"][0] for _ in range(8)]
        assert sorted(sources) == ["easy"] * 6 + ["hard"] * 2
        assert not trainer.train_dataset.ahead


def test_picks_that_were_chosen_ahead_are_handed_out_after_a_resume(tmp_path: Path) -> None:
    config = run_config(tmp_path, "+data.insight.engine.domains={sums:{weight:2}}", "data.gen_batch_size=1")
    whole, half = loaded(config), loaded(config)
    expected = [whole._fetch_one_gen_batch()["index"][0] for _ in range(16)]
    assert [half._fetch_one_gen_batch()["index"][0] for _ in range(3)] == expected[:3]
    resumed = loaded(config)
    resumed.train_dataloader.load_state_dict(half.train_dataloader.state_dict())
    assert [resumed._fetch_one_gen_batch()["index"][0] for _ in range(13)] == expected[3:]


def fetch_and_learn(trainer: PPOTrainer, steps: range) -> list[list[int]]:
    """What the loader hands out, step by step, each learned from before the next."""
    picked = []
    for step in steps:
        batch = trainer._fetch_one_gen_batch()
        tickets = [extra["insight_ticket"] for extra in batch["extra_info"]]
        picked.append(list(batch["index"]))
        groups = [
            Group(
                id=f"sums/{index}",
                outcomes=[float((index + row) % 3 == 0) for row in range(4)],
                ticket=ticket,
            )
            for index, ticket in zip(batch["index"], tickets, strict=True)
        ]
        # Two picks stay out, as in an asynchronous trainer.
        trainer.train_dataset.selection.learn(groups[2:], step)
    return picked


def test_a_resume_through_the_loaders_state_goes_on_exactly(tmp_path: Path) -> None:
    # Nine steps are more than an epoch of verl's loader, which has five batches.
    config = run_config(tmp_path, prompts=60)
    whole, half = loaded(config), loaded(config)
    expected = fetch_and_learn(whole, range(9))
    assert fetch_and_learn(half, range(6)) == expected[:6]
    torch.save(half.train_dataloader.state_dict(), tmp_path / "data.pt")
    resumed = loaded(config)
    resumed.train_dataloader.load_state_dict(torch.load(tmp_path / "data.pt", weights_only=False))
    assert fetch_and_learn(resumed, range(6, 9)) == expected[6:]
    one, other = (trainer.train_dataset.selection.selector for trainer in (whole, resumed))
    assert one.snapshot() == other.snapshot()
    assert len(other.pending) == 18


@pytest.mark.parametrize(
    "overrides",
    [
        ["+data.insight.method=greso", "algorithm.filter_groups.enable=True"],
        ["+data.insight.method=greso", "+data.insight.engine.filter=null"],
        ["+data.insight.engine.filter={}", "algorithm.filter_groups.enable=True"],
    ],
)
def test_a_filter_is_accepted_where_verl_filters_or_it_was_taken_away(
    tmp_path: Path, overrides: list[str]
) -> None:
    assert loaded(run_config(tmp_path, *overrides)).train_dataset.selection is not None


def test_columns_are_read_as_they_are_stored_and_rows_without_an_id_are_named() -> None:
    rows = datasets.Dataset.from_list(
        [{"data_source": "a", "extra_info": {"index": value}} for value in (0.0, float("nan"), 2.0)]
    )
    with pytest.raises(PoolError, match=r"1 of 3 rows have no extra_info\.index"):
        RowReader(SelectionConfig()).pool(rows)
    flat = datasets.Dataset.from_dict({"extra_info.index": [3, 4], "data_source": ["a", "b"]})
    flat.set_transform(lambda rows: {"nothing": rows["data_source"]})
    assert RowReader(SelectionConfig()).pool(flat) == (["a/3", "b/4"], ["a", "b"])


def test_other_prompts_under_the_ids_of_a_saved_state_are_refused(tmp_path: Path) -> None:
    state = loaded(run_config(tmp_path)).train_dataloader.state_dict()
    rows = datasets.Dataset.from_parquet(str(tmp_path / "train.parquet"), cache_dir=str(tmp_path))
    turned = rows.select(range(39, -1, -1))
    moved = rows.remove_columns("prompt").add_column("prompt", turned["prompt"][:])
    moved.to_parquet(tmp_path / "moved.parquet")
    other = loaded(run_config(tmp_path, f"data.train_files={tmp_path}/moved.parquet"))
    other.train_dataloader.load_state_dict(state)
    with pytest.raises(SnapshotError, match="under them other prompts"):
        iter(other.train_dataloader)


def test_prompts_are_refused_where_a_resume_has_lost_selections_state(tmp_path: Path) -> None:
    state = loaded(run_config(tmp_path)).train_dataloader.state_dict()
    checkpoints = tmp_path / "checkpoints"
    (checkpoints / "global_step_5").mkdir(parents=True)
    (checkpoints / "latest_checkpointed_iteration.txt").write_text("5")
    message = r"global_step_5 has no state of the selection.*\+data\.insight\.start_afresh=True"
    for mode in (
        [],
        [f"trainer.resume_from_path={checkpoints}/global_step_5", "trainer.resume_mode=resume_path"],
    ):
        trainer = loaded(run_config(tmp_path, *mode))
        with pytest.raises(SnapshotError, match=message):
            next(iter(trainer.train_dataloader))
        trainer.train_dataloader.load_state_dict(state)
        assert len(next(iter(trainer.train_dataloader))["index"]) == 8
    for allowed in ("+data.insight.start_afresh=True", "trainer.resume_mode=disable"):
        assert len(next(iter(loaded(run_config(tmp_path, allowed)).train_dataloader))["index"]) == 8


def test_the_state_of_another_data_set_is_refused(tmp_path: Path) -> None:
    state = loaded(run_config(tmp_path)).train_dataloader.state_dict()
    other = loaded(run_config(tmp_path, f"data.train_files={sums(tmp_path / 'more.parquet', 41)}"))
    other.train_dataloader.load_state_dict(state)
    with pytest.raises(SnapshotError, match=r"40 prompts.* 41"):
        iter(other.train_dataloader)


def test_the_adapter_of_older_versions_says_that_this_is_another() -> None:
    with pytest.raises(ImportError, match=r"this is verl 0\.9.*use insight_rl\.verl\."):
        import insight_rl.verl_sampler  # noqa: F401


def test_an_untested_version_of_verl_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("0.7.1", "0.10.0"):
        monkeypatch.setattr(verl, "__version__", version)
        with pytest.raises(ImportError, match=version):
            runpy.run_path(insight_rl.verl_buffer.__file__)
