"""What the adapters share: settings, ids, outcomes, and a selection that knows prompts by id."""

from __future__ import annotations

import copy
import math
from pathlib import Path

import numpy as np
import pytest

from insight_rl import (
    ConfigurationError,
    Group,
    InsightError,
    OutcomeError,
    PoolError,
    Selection,
    SelectionConfig,
    SnapshotError,
    outcomes_of,
    prompt_ids,
)
from insight_rl.selection import field_of

IDS = [f"p{number}" for number in range(60)]


def step(selection: Selection, version: int) -> list[str]:
    """One step of training; its picks."""
    picks = selection.take(8)
    rates = picks.positions % 7 / 6
    rolled = np.random.default_rng(version).random((8, 8)) < rates[:, None]
    selection.learn([Group(pick.id, rolled[i]) for i, pick in enumerate(picks)], version)
    return picks.ids


class TestConfig:
    def test_settings_come_from_a_mapping(self) -> None:
        config = SelectionConfig.parse({"method": "mopps", "seed": 3, "engine": {"candidates": "all"}})
        assert config == SelectionConfig(method="mopps", seed=3, engine={"candidates": "all"})
        assert SelectionConfig.parse(config) is config and SelectionConfig.parse(None) == SelectionConfig()
        assert SelectionConfig().method == Selection(IDS).selector.configuration["method"] == "recommended"

    @pytest.mark.parametrize(
        ("values", "part"),
        [
            ({"metod": "mopps"}, r"'metod'; known are .*method"),
            ({"belief": {"discount": 0.5}}, "below 'engine'"),
            ({"seed": "7"}, "seed is '7', expected int"),
            ({"seed": True}, "seed is True"),
            ({"engine": [1]}, "engine"),
            ({"outcome_threshold": math.nan}, "finite"),
            ("insight", "expected a mapping"),
        ],
    )
    def test_what_means_nothing_is_refused(self, values: object, part: str) -> None:
        with pytest.raises(ConfigurationError, match=part):
            SelectionConfig.parse(values)

    def test_the_trainer_s_k_is_the_engine_s(self) -> None:
        selection = Selection(IDS, rollouts=4)
        assert selection.take(1).rollouts.tolist() == [4]
        with pytest.raises(ConfigurationError, match=r"engine\.rollouts is 8, and the trainer rolls out 4"):
            Selection(IDS, config={"engine": {"rollouts": 8}}, rollouts=4)


class TestOutcomes:
    def test_binary_rewards_are_outcomes_and_missing_ones_stay_missing(self) -> None:
        values = outcomes_of([[1, 0.0], [math.nan, True]], SelectionConfig())
        assert values.tolist()[0] == [1, 0] and math.isnan(values[1, 0]) and values[1, 1] == 1

    @pytest.mark.parametrize("reward", [0.1, 0.5, -1, 1.0000001, math.inf])
    def test_a_shaped_score_is_never_guessed_about(self, reward: float) -> None:
        with pytest.raises(OutcomeError, match="outcome_threshold"):
            outcomes_of([1, reward], SelectionConfig())

    def test_a_threshold_decides_where_it_is_given(self) -> None:
        config = SelectionConfig(outcome_threshold=0.5)
        values = outcomes_of([0.1, 0.5, 7, -1, math.nan], config)
        assert values[:4].tolist() == [0, 1, 1, 0] and math.isnan(values[4])


class TestIds:
    @pytest.mark.parametrize(
        ("values", "part"),
        [
            ([], "no rows"),
            ([1, None, None], "2 of 3 rows have no id"),
            ([0, 0, 0], "all 3 rows have the id '0'"),
            ([1, 2, 1], "rows 0 and 2 both have the id '1'"),
            (["1", 1], "all 2 rows"),
        ],
    )
    def test_ids_that_keep_no_beliefs_apart_are_refused_with_the_line_to_add(
        self, values: list, part: str
    ) -> None:
        with pytest.raises(PoolError, match=part):
            prompt_ids(values, field="id", fix="Add ids: map(...)")
        if values:
            with pytest.raises(PoolError, match="Add ids"):
                prompt_ids(values, field="id", fix="Add ids: map(...)")

    def test_ids_are_texts(self) -> None:
        assert prompt_ids([3, "a", np.int64(7)], field="id", fix="") == ["3", "a", "7"]

    def test_a_number_that_is_none_is_no_id(self) -> None:
        with pytest.raises(PoolError, match="2 of 3 rows have no id"):
            prompt_ids([1.0, math.nan, np.float32("nan")], field="id", fix="")
        assert (
            field_of({"id": math.nan}, "id") is None
            and field_of({"a": {"b": np.datetime64("NaT")}}, "a.b") is None
        )

    def test_a_column_of_the_whole_name_comes_before_a_path(self) -> None:
        assert field_of({"a.b": 1, "a": {"b": 2}}, "a.b") == 1

    def test_fields_have_dotted_paths(self) -> None:
        row = {"extra_info": {"index": 0}, "id": 4}
        assert field_of(row, "extra_info.index") == 0 and field_of(row, "id") == 4
        assert field_of(row, "extra_info.name") is None and field_of(row, "id.x") is None


class TestLearning:
    def test_a_group_settles_its_prompt_s_pick_with_or_without_the_ticket(self) -> None:
        selection = Selection(IDS, config={"method": "insight"}, rollouts=4)
        picks = selection.take(3)
        groups = [
            Group(picks.ids[0], [1, 0, 1, 1]),
            Group(picks.ids[1], [1, 1, 1, 1], ticket=int(picks.tickets[1])),
        ]
        assert selection.learn(groups, 1) == 2
        assert selection.selector.pending.ids == [picks.ids[2]]
        assert (
            selection.ticket_of(picks.ids[0]) is None
            and selection.ticket_of(picks.ids[2]) == picks.tickets[2]
        )
        # The same tickets again change nothing; the same prompt without one is another group.
        before = selection.selector.snapshot()
        assert selection.learn(groups[1:], 1) == 0 and selection.selector.snapshot() == before
        assert selection.learn(groups[:1], 2) == 1
        assert selection.selector.beliefs([picks.ids[0]]).evidence[0] == 10

    def test_groups_are_learned_from_together_or_not_at_all(self) -> None:
        selection = Selection(IDS, rollouts=4)
        picks = selection.take(2)
        before = selection.state_dict()
        for wrong in [
            Group(picks.ids[1], [0.5, 2]),
            Group("nobody", [1]),
            Group(picks.ids[1], [1], ticket=99),
            Group("p59" if "p59" not in picks.ids else "p58", [2]),
            Group(picks.ids[1], [1] * 5),
        ]:
            with pytest.raises(OutcomeError):
                selection.learn([Group(picks.ids[0], [1]), wrong], 1)
            assert selection.state_dict() == before

    def test_groups_without_a_pick_are_learned_from_together_or_not_at_all(self) -> None:
        selection = Selection(IDS, config={"method": "insight"}, rollouts=4)
        picks = selection.take(2)
        others = [name for name in IDS if name not in picks.ids]
        before = selection.state_dict()
        for wrong in ([[1, 0], [1, 1]], ["1"], [1j], [2], None):
            with pytest.raises(OutcomeError):
                selection.learn([Group(picks.ids[0], [1]), Group(others[0], [1]), Group(others[1], wrong)], 1)
            assert selection.state_dict() == before
        for version in (-1, 1.5, True):
            with pytest.raises(InsightError):
                selection.learn([Group(others[0], [1])], version)
            assert selection.state_dict() == before

    def test_two_groups_with_one_ticket_are_refused(self) -> None:
        selection = Selection(IDS, rollouts=4)
        pick = selection.take(1)[0]
        before = selection.state_dict()
        with pytest.raises(OutcomeError, match=f"two groups have the ticket {pick.ticket}"):
            selection.learn([Group(pick.id, [1], pick.ticket), Group(pick.id, [0], pick.ticket)], 1)
        assert selection.state_dict() == before
        # One that lost its ticket is another group of the prompt.
        assert selection.learn([Group(pick.id, [0]), Group(pick.id, [1], pick.ticket)], 1) == 2

    def test_a_prompt_that_comes_twice_settles_its_pick_once(self) -> None:
        selection = Selection(IDS, config={"method": "insight"}, rollouts=4)
        name = selection.take(1).ids[0]
        assert selection.learn([Group(name, [1, 1]), Group(name, [0])], 1) == 2
        assert selection.selector.beliefs([name]).alpha[0] == 3 and not len(selection.selector.pending)

    def test_the_order_in_which_groups_come_does_not_matter(self) -> None:
        selections = [Selection(IDS, rollouts=4) for _ in range(2)]
        for selection, order in zip(selections, (1, -1), strict=True):
            picks = selection.take(6)
            groups = [
                Group(name, [1] * number + [0])
                for number, name in zip((3, 0, 2, 3, 1, 0), picks.ids, strict=True)
            ]
            selection.learn(groups[::order], 1)
        assert selections[0].state_dict() == selections[1].state_dict()

    def test_missing_rollouts_settle_a_pick_and_teach_nothing(self) -> None:
        selection = Selection(IDS, rollouts=2)
        before = selection.selector.beliefs().evidence
        picks = selection.take(1)
        selection.learn([Group(picks.ids[0], [math.nan, math.nan])], 1)
        assert selection.metrics()["insight/missing"] == 2
        assert not len(selection.selector.pending) and (selection.selector.beliefs().evidence == before).all()

    def test_abandoned_prompts_can_be_chosen_again(self) -> None:
        selection = Selection(IDS[:4])
        picks = selection.take(4)
        selection.abandon([picks.ids[1], picks.ids[1], int(picks.tickets[2])])
        assert set(selection.take(2).ids) == set(picks.ids[1:3])
        for wrong in (["nobody"], [99]):
            with pytest.raises(OutcomeError):
                selection.abandon([picks.ids[0], *wrong])
        assert selection.selector.available == 0


class TestPool:
    def test_prompts_that_repeat_are_warned_of(self, caplog: pytest.LogCaptureFixture) -> None:
        Selection(IDS, prompts=[f"prompt {number}" for number in range(60)])
        assert not caplog.records
        Selection(IDS, prompts=[f"prompt {number % 20}" for number in range(60)])
        assert "20 distinct prompts in 60 rows" in caplog.text

    def test_a_quota_that_is_not_filled_is_said_once(self, caplog: pytest.LogCaptureFixture) -> None:
        config = {"engine": {"domains": {"few": {"quota": 5}}}}
        selection = Selection(IDS, domains=["few"] * 5 + ["many"] * 55, config=config)
        selection.take(8)
        assert not caplog.records
        selection.take(8)
        selection.take(8)
        assert caplog.text.count("'few' has a quota of 5 and got 0") == 1

    @pytest.mark.parametrize(
        ("config", "message"),
        [
            (
                {"method": "greso"},
                "the method 'greso' drops groups .*, and nobody does; .*engine.filter to null",
            ),
            ({"engine": {"filter": {}}}, "engine.filter drops .*; remove engine.filter"),
            ({"method": "ragen-top-p"}, "the method 'ragen-top-p' trains on the fewest .* ranks nothing"),
            ({"engine": {"filter": {"kind": "variance"}}}, "engine.filter trains on the fewest .*; remove"),
            ({"method": "ragen-top-p", "engine": {"filter": {"share": 0.5}}}, "engine.filter trains on"),
            ({"method": "ragen-top-p", "engine": {"filter": {"kind": "signal"}}}, "engine.filter drops"),
            (
                {"engine": {"allocation": {"minimum": 2, "maximum": 8}}},
                "engine.allocation gives .* and K is K",
            ),
            ({"engine": {"stages": {}}}, "engine.stages asks for more .* and once is once"),
            ({"method": "reinforce-ada"}, "the method 'reinforce-ada' asks for more .*engine.stages to null"),
        ],
    )
    def test_settings_that_a_trainer_does_not_act_on_are_refused(self, config: dict, message: str) -> None:
        Selection(IDS, config=config)
        with pytest.raises(ConfigurationError, match=message):
            unsupported = {
                "filter": "nobody does",
                "varianceFilter": "nobody ranks nothing",
                "allocation": "K is K",
                "stages": "once is once",
            }
            Selection(IDS, config=config, unsupported=unsupported)
        Selection(IDS, config={"method": "greso", "engine": {"filter": None}}, unsupported={"filter": "no"})
        # A trainer with a filter of one kind does not have the other.
        Selection(IDS, config={"method": "greso"}, unsupported={"varianceFilter": "no"})
        Selection(IDS, config={"method": "ragen-top-p"}, unsupported={"filter": "no"})


class TestMetrics:
    def test_rates_are_of_what_came_since_the_last_call(self) -> None:
        selection = Selection(IDS, config={"method": "insight"}, rollouts=2)
        selection.learn([Group("p1", [1, 0]), Group("p2", [1, 1])], 1)
        first = selection.metrics()
        assert first["insight/signal_share"] == 0.5 and first["insight/success_rate"] == 0.75
        assert first["insight/success_predicted"] == 0.5 and first["insight/calibration_bias"] == -0.25
        assert first["insight/brier"] == 0.25 and first["insight/signal_predicted"] == pytest.approx(1 / 3)
        assert first["insight/starved_share"] == pytest.approx(58 / 60)
        assert first["insight/belief_evidence"] == pytest.approx(2 + 4 / 60)
        selection.learn([Group("p3", [0, 0])], 2)
        assert selection.metrics()["insight/success_rate"] == 0
        assert "insight/success_rate" not in selection.metrics()


class TestSaving:
    @pytest.mark.parametrize("way", ["dict", "file"])
    def test_a_resumed_selection_goes_on_as_if_nothing_had_happened(self, way: str, tmp_path: Path) -> None:
        straight = Selection(IDS, config={"seed": 5}, rollouts=8)
        for version in range(4):
            step(straight, version)
        straight.metrics()
        waiting = straight.take(5)
        resumed = Selection(IDS, config={"seed": 5}, rollouts=8)
        if way == "file":
            straight.save(tmp_path / "selection")
            resumed.load(tmp_path / "selection")
            assert [entry.name for entry in tmp_path.iterdir()] == ["selection"]
        else:
            resumed.load_state_dict(copy.deepcopy(straight.state_dict()))
        late = [Group(name, [1, 0, 1, 1, 0, 0, 1, 1]) for name in waiting.ids]
        for selection in (straight, resumed):
            selection.learn(late, 5)
        assert [step(straight, version) for version in range(6, 10)] == [
            step(resumed, version) for version in range(6, 10)
        ]
        assert straight.metrics() == resumed.metrics() and straight.state_dict() == resumed.state_dict()

    def test_another_pool_or_other_settings_are_refused_by_name(self) -> None:
        state = Selection(IDS).state_dict()
        with pytest.raises(SnapshotError, match="60 prompts that are not the 59"):
            Selection(IDS[1:]).load_state_dict(state)
        with pytest.raises(SnapshotError, match="are not the 60"):
            Selection(IDS[::-1]).load_state_dict(state)
        with pytest.raises(SnapshotError, match='candidates "16x", and the configuration says "all"'):
            Selection(IDS, config={"engine": {"candidates": "all"}}).load_state_dict(state)
        with pytest.raises(SnapshotError, match='method "recommended", and the configuration says "random"'):
            Selection(IDS, config={"method": "random"}).load_state_dict(state)
        with pytest.raises(SnapshotError, match="the domains are not"):
            Selection(IDS, domains=["a", "b"] * 30).load_state_dict(state)
        with pytest.raises(SnapshotError, match=r"1 gone \(such as 'p0'\)"):
            Selection(IDS[1:]).load_state_dict(state)
        with pytest.raises(SnapshotError, match=r"1 new \(such as 'q'\) and 1 gone \(such as 'p59'\)"):
            Selection([*IDS[:-1], "q"]).load_state_dict(state)
        with pytest.raises(SnapshotError, match=r"in another order; row 1 was 'p1' and is 'p2'"):
            Selection([IDS[0], IDS[2], IDS[1], *IDS[3:]]).load_state_dict(state)
        with pytest.raises(SnapshotError, match="expected"):
            Selection(IDS).load_state_dict({"current_index": 3})

    def test_other_prompts_under_the_same_ids_are_refused(self) -> None:
        prompts = [[{"role": "user", "content": f"{number}"}] for number in range(60)]
        state = Selection(IDS, prompts=prompts).state_dict()
        Selection(IDS, prompts=iter(prompts)).load_state_dict(state)
        Selection(IDS).load_state_dict(state)
        with pytest.raises(SnapshotError, match="ids by place"):
            Selection(IDS, prompts=prompts[::-1]).load_state_dict(state)

    def test_a_state_of_format_1_is_read(self) -> None:
        selection = Selection(IDS, config={"method": "insight"}, rollouts=2)
        selection.learn([Group("p1", [1, 0])], 1)
        selection.metrics()
        state = selection.state_dict()
        reported = state["reported"]
        for old, new in (("groups_with_signal", "mixed_groups"), ("predicted_signal", "predicted_mixed")):
            reported[old] = reported.pop(new)
        old = {"format": 1, "snapshot": state["snapshot"], "pool": state["pool"], "reported": reported}
        resumed = Selection(IDS, config={"method": "insight"}, rollouts=2)
        resumed.load_state_dict(old)
        for each in (selection, resumed):
            each.learn([Group("p2", [1, 1])], 2)
        assert resumed.metrics() == selection.metrics()
        with pytest.raises(SnapshotError, match="format 2"):
            resumed.load_state_dict(old | {"format": 3})

    def test_an_adapter_s_own_figures_are_saved_with_it(self, tmp_path: Path) -> None:
        selection = Selection(IDS)
        selection.extra["offset"] = 7
        selection.save(tmp_path / "selection")
        resumed = Selection(IDS)
        resumed.load(tmp_path / "selection")
        assert resumed.extra == {"offset": 7}

    def test_a_damaged_file_is_refused_and_changes_nothing(self, tmp_path: Path) -> None:
        selection = Selection(IDS)
        selection.take(3)
        selection.save(tmp_path / "selection")
        data = (tmp_path / "selection").read_bytes()
        before = selection.state_dict()
        for damaged in (b"", data[: len(data) // 2], data[:2000] + b"x" + data[2001:]):
            (tmp_path / "selection").write_bytes(damaged)
            with pytest.raises(SnapshotError):
                selection.load(tmp_path / "selection")
            assert selection.state_dict() == before

    def test_a_file_that_cannot_be_written_leaves_the_one_before(self, tmp_path: Path) -> None:
        selection = Selection(IDS)
        selection.save(tmp_path / "selection")
        before = (tmp_path / "selection").read_bytes()

        def fail() -> dict:
            raise OSError("the disk is full")

        selection.take(2)
        selection.state_dict = fail  # type: ignore[method-assign]
        with pytest.raises(OSError, match="full"):
            selection.save(tmp_path / "selection")
        assert (tmp_path / "selection").read_bytes() == before
        with pytest.raises(OSError, match="No such file"):
            Selection(IDS).save(tmp_path / "no folder" / "selection")
