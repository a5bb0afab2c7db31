"""The selector's verbs on numpy arrays."""

from __future__ import annotations

import copy
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

from insight_rl import (
    ConfigurationError,
    InsightError,
    OutcomeError,
    Picks,
    PoolError,
    SelectionError,
    Selector,
    SnapshotError,
    methods,
)

IDS = [f"p{number}" for number in range(200)]


def rollout(picks: Picks, step: int) -> np.ndarray:
    """[M, K] outcomes that depend on prompt and step alone."""
    rng = np.random.default_rng(step)
    rates = (picks.positions % 11) / 10
    return (rng.random((len(picks), 8)) < rates[:, None]).astype(float)


def train(selector: Selector, steps: range) -> list[list[str]]:
    """The picks of each step."""
    chosen = []
    for step in steps:
        picks = selector.select(16)
        assert selector.report(picks.tickets, rollout(picks, step), policy_version=step).all()
        chosen.append(picks.ids)
    return chosen


def test_picks_are_columns_and_rows() -> None:
    selector = Selector(IDS, method="insight", seed=3)
    picks = selector.select(5)
    assert len(picks) == 5 and len(list(picks)) == 5
    assert [pick.ticket for pick in picks] == picks.tickets.tolist() == [0, 1, 2, 3, 4]
    assert [IDS[position] for position in picks.positions] == picks.ids
    assert picks[2] == list(picks)[2] and picks[1:3].ids == picks.ids[1:3]
    assert (picks.rollouts == 8).all() and (np.diff(picks.acquisition) <= 0).all()
    assert (picks.alpha == 1).all() and (picks.beta == 1).all()


def test_beliefs_are_the_paper_s_posterior() -> None:
    selector = Selector(IDS, method="insight", seed=3)
    pick = selector.select(1)[0]
    selector.report(pick.ticket, [1, 1, 0, math.nan, 1, 0, 0, 1], policy_version=1)
    belief = selector.beliefs([pick.id])
    assert belief.alpha[0] == 5 and belief.beta[0] == 4
    assert belief.mean[0] == pytest.approx(5 / 9) and belief.evidence[0] == 9
    assert belief.last_visit[0] == 1
    whole = selector.beliefs()
    assert whole.alpha.shape == (200,) and whole.alpha.sum() == 204 and (whole.last_visit == -1).sum() == 199


def test_scores_are_the_paper_s() -> None:
    # I(3, 5; K = 8) of the reference table, with w of Eq. 15 at eta 3 and mu 0.3.
    selector = Selector(["a"], method="insight", seed=0)
    selector.observe("a", [1, 1, 0, 0, 0, 0], policy_version=1)
    mean = 3 / 8
    weight = mean * (1 - mean) * math.exp(-3 * (mean - 0.3) ** 2)
    assert selector.beliefs().acquisition[0] == pytest.approx(weight * 3.433790e-01, rel=1e-6)


def test_one_seed_gives_one_future_and_another_seed_another() -> None:
    assert train(Selector(IDS, seed=7), range(12)) == train(Selector(IDS, seed=7), range(12))
    assert train(Selector(IDS, seed=7), range(2)) != train(Selector(IDS, seed=8), range(2))


@pytest.mark.parametrize("domains", [None, [f"d{number % 11}" for number in range(200)]])
@pytest.mark.parametrize("method", [entry["name"] for entry in methods()])
def test_every_way_of_saving_has_the_very_same_future(
    method: str, domains: list[str] | None, tmp_path: Path
) -> None:
    selector = Selector(IDS, domains=domains, method=method, seed=5)
    train(selector, range(6))
    waiting = selector.select(4)
    selector.save(tmp_path / "selector")
    others = [
        Selector.restore(selector.snapshot()),
        Selector.load(tmp_path / "selector"),
        pickle.loads(pickle.dumps(selector)),
        copy.copy(selector),
        copy.deepcopy(selector),
        Selector(IDS, domains=domains, method=method, seed=99),
    ]
    others[-1].load_state_dict(selector.state_dict())
    for one in (selector, *others):
        assert one.pending.tickets.tolist() == waiting.tickets.tolist() and one.pending.ids == waiting.ids
        one.report(waiting.tickets, rollout(waiting, 6), policy_version=6)
    expected = train(selector, range(7, 12))
    for other in others:
        assert train(other, range(7, 12)) == expected
        assert other.snapshot() == selector.snapshot()


def test_a_group_is_reported_in_stages_until_it_is_complete() -> None:
    configuration = {"rollouts": 6, "stages": {"rule": "balanced", "first": 2, "more": 2, "each": 2}}
    selector = Selector(IDS, method="insight", configuration=configuration, seed=3)
    assert selector.needs == ["stages"]
    pick, other = selector.select(2)
    assert pick.rollouts == 2
    assert selector.report_stage(pick.ticket, [1], policy_version=1) == 1
    assert [selector.report_stage(pick.ticket, [1, None], policy_version=1) for _ in range(2)] == [2, 2]
    restored = Selector.restore(selector.snapshot())
    for one in (selector, restored):
        assert one.report_stage(pick.ticket, [1, math.nan, 0, 0], policy_version=1) == 2
        assert one.pending.rollouts.tolist() == [6, 2]
        with pytest.raises(OutcomeError, match="4 are learned from"):
            one.report_stage(pick.ticket, [1], policy_version=1)
        with pytest.raises(OutcomeError, match="not those that were reported"):
            one.report_stage(pick.ticket, [0] * 6, policy_version=1)
        assert one.report_stage(pick.ticket, [1, math.nan, 0, 0, 1, 1], policy_version=1) == 0
        assert one.report_stage(pick.ticket, [], policy_version=1) == 0
        assert one.beliefs([pick.id]).alpha.tolist() == [4] and one.metrics()["groups"] == 1
    assert restored.snapshot() == selector.snapshot()
    # The last pick's group is kept open, so that its baselines can be had.
    assert selector.report_stage(other.ticket, [1, 1], policy_version=1) == 2
    assert selector.report_stage(other.ticket, [1, 1, 0, 0, 0, 0], policy_version=1, settling=False) == 0
    assert selector.pending.tickets.tolist() == [other.ticket]
    baselines = selector.report_with_baselines([other.ticket], [[1, 1, 0, 0, 0, 0]], policy_version=1)
    assert 0 < baselines[0][0] < baselines[0][2] < 1 and len(selector.pending) == 0
    with pytest.raises(OutcomeError, match="one pick at a time"):
        selector.report_stage([other.ticket, pick.ticket], [1, 0])  # type: ignore[arg-type]
    with pytest.raises(SelectionError, match="stages divide K = 6"):
        selector.select(1, rollouts=8)


def test_without_stages_a_group_is_complete_with_its_rollouts() -> None:
    selector = Selector(IDS, method="insight", seed=3)
    pick = selector.select(1)[0]
    assert selector.report_stage(pick.ticket, [1, 0], policy_version=1) == 6
    assert selector.report_stage(pick.ticket, [1, 0] * 4, policy_version=1) == 0
    assert selector.beliefs([pick.id]).alpha.tolist() == [5]


def test_a_report_gives_the_baseline_of_each_outcome() -> None:
    configuration = {"method": "insight", "baseline": {"weight": 0.5}}
    selector = Selector(IDS, configuration=configuration, seed=2)
    picks = selector.select(3)
    groups = [[1.0], [1.0, 0.0], [1.0, math.nan, 1.0]]
    baselines = selector.report_with_baselines(picks.tickets, groups)
    # From Beta(1, 1) at half weight: one success of one rollout beside each other outcome.
    assert baselines[0] == pytest.approx([0.5])
    assert baselines[1] == pytest.approx([0.5 / 2, 1.5 / 2])
    assert baselines[2] == pytest.approx([1.5 / 2, math.nan, 1.5 / 2], nan_ok=True)
    again = selector.report_with_baselines(int(picks.tickets[0]), [1.0])
    assert len(again) == 1 and np.isnan(again[0]).all()
    with pytest.raises(OutcomeError):
        selector.report_with_baselines(selector.select(1).tickets, [[2.0]])


def test_a_report_counts_once() -> None:
    selector = Selector(IDS, method="insight", seed=1)
    picks = selector.select(3)
    assert selector.report(picks.tickets, np.ones((3, 8))).tolist() == [True] * 3
    before = selector.snapshot()
    assert selector.report(picks.tickets, np.zeros((3, 8))).tolist() == [False] * 3
    assert selector.report(picks.tickets[0], [0.0]).tolist() == [False]
    assert selector.snapshot() == before


def test_the_recommended_method_is_the_default_and_counts_policy_versions() -> None:
    selector = Selector(IDS, seed=1)
    assert selector.configuration == Selector(IDS, method="recommended").configuration
    picks = selector.select(3)
    before = selector.snapshot()
    for call in (
        lambda: selector.report(picks.tickets, np.ones((3, 8))),
        lambda: selector.observe("p1", [1]),
    ):
        with pytest.raises(OutcomeError, match="policy versions"):
            call()
    assert selector.snapshot() == before
    assert selector.report(picks.tickets, np.ones((3, 8)), policy_version=0).all()


def test_groups_may_have_any_lengths() -> None:
    selector = Selector(IDS, method="insight", seed=1)
    picks = selector.select(3, rollouts=[8, 4, 2])
    assert picks.rollouts.tolist() == [8, 4, 2]
    selector.report(picks.tickets, [[1] * 8, [], [0.25]], policy_version=1)
    assert selector.beliefs(picks.ids).evidence.tolist() == [10, 2, 3]


def test_pending_prompts_are_not_chosen_until_they_are_free() -> None:
    selector = Selector(IDS[:10], seed=1)
    first = selector.select(6)
    assert selector.available == 4 and not set(first.ids) & set(selector.select(4).ids)
    with pytest.raises(SelectionError, match="0 are free"):
        selector.select(1)
    selector.abandon(first.tickets[:2])
    assert set(selector.select(2).ids) == set(first.ids[:2])


def unseen_picks(domains: list[str] | None) -> tuple[float, float]:
    """After 20 steps, the share of the unseen easy prompts that the next 64 picks take, and of the hard."""
    # Without probes, which look at what is unseen whatever is believed of it.
    ids, configuration = [f"p{number}" for number in range(400)], {"probeShare": 0}
    selector = Selector(ids, domains=domains, configuration=configuration, seed=3)
    for step in range(20):
        picks = selector.select(16)
        rates = np.where(picks.positions % 2 == 0, 1.0, 0.5)
        rolled = np.random.default_rng(step).random((16, 8)) < rates[:, None]
        selector.report(picks.tickets, rolled, policy_version=step)
    unseen = selector.beliefs().last_visit < 0
    taken = np.zeros(400, bool)
    taken[selector.select(64).positions] = True
    easy, hard = (taken[kind::2][unseen[kind::2]].mean() for kind in (0, 1))
    return easy, hard


def test_what_was_seen_of_a_domain_tells_of_its_unseen_prompts() -> None:
    easy, hard = unseen_picks(["easy", "hard"] * 200)
    assert hard > 10 * easy
    easy, hard = unseen_picks(None)
    assert 0.5 < hard / easy < 2


def test_domains_without_rules_divide_no_batch() -> None:
    domains = ["math" if number % 4 == 0 else "code" for number in range(200)]
    for configuration in ({}, {"domains": {}}):
        selector = Selector(IDS, domains=domains, configuration=configuration, seed=1)
        assert selector.select(20).ids == Selector(IDS, seed=1).select(20).ids


def test_domains_have_quotas() -> None:
    domains = ["math" if number % 4 == 0 else "code" for number in range(200)]
    rules = {"domains": {"math": {"quota": 5}, "code": {"targetPassRate": 0.5}}}
    selector = Selector(IDS, domains=domains, configuration=rules, seed=1)
    assert sum(position % 4 == 0 for position in selector.select(20).positions) == 5
    with pytest.raises(PoolError, match="no prompt has the domain 'maths'"):
        Selector(IDS, domains=domains, configuration={"domains": {"maths": {}}})
    with pytest.raises(PoolError, match="domain of prompt 4 is None"):
        Selector(IDS, domains=[*domains[:4], None, *domains[5:]])
    with pytest.raises(PoolError, match="3 domains were given for 200"):
        Selector(IDS, domains=["a", "b", "c"])


def test_offline_rates_start_beliefs_off() -> None:
    selector = Selector(IDS, method="insight", seed=1)
    selector.prime("p4", successes=6, rollouts=8, weight=0.5)
    assert selector.beliefs(["p4"]).alpha[0] == 4
    bots = Selector(IDS, method="bots", seed=1)
    bots.set_reference_rates("p4", weak=0.1, strong=0.9)
    with pytest.raises(InsightError, match="implicit evidence"):
        selector.set_reference_rates("p4", weak=0.1, strong=0.9)


def test_metrics_sum_up_reports() -> None:
    selector = Selector(IDS, method="insight", seed=1)
    picks = selector.select(2)
    selector.report(picks.tickets, [[1, 0, math.nan], [1, 1, 1]], policy_version=4)
    metrics = selector.metrics(starved_after=2)
    assert metrics["groups"] == 2 and metrics["mixed_groups"] == 1 and metrics["missing"] == 1
    assert metrics["rollouts"] == 5 and metrics["successes"] == 4 and metrics["predicted_successes"] == 2.5
    assert metrics["policy_version"] == 4 and metrics["starved_share"] == pytest.approx(198 / 200)
    assert math.isnan(selector.metrics(starved_after=-1)["belief_mean"])


def test_ids_are_texts_or_whole_numbers_of_any_unicode() -> None:
    odd = ["", "φ̄", "e\u0301", "\u00e9", "a\nb", "a\x00b", "𝒜" * 40, "ﷺ"][1:]
    selector = Selector(odd, seed=0)
    assert selector.ids == odd and sorted(selector.select(len(odd)).ids) == sorted(odd)
    assert selector.positions(odd[::-1]).tolist() == list(range(len(odd)))[::-1]
    numbers = Selector(np.arange(5), seed=0)
    assert numbers.ids == ["0", "1", "2", "3", "4"] and numbers.positions([3, 9]).tolist() == [3, -1]


@pytest.mark.parametrize(
    ("ids", "part"),
    [
        ([], "empty"),
        (["a", "a"], "both have the id 'a'"),
        (["a", ""], "empty id"),
        ([1, "1"], "both have"),
        ([1.5], "expected a text or a whole number"),
        ([None], "None"),
        ([True], "True"),
        ("abc", "single text"),
        (["\ud800"], "surrogate"),
    ],
)
def test_impossible_pools_are_refused(ids: list, part: str) -> None:
    with pytest.raises(PoolError, match=part):
        Selector(ids)


@pytest.mark.parametrize(
    ("configuration", "part"),
    [
        ({"metod": "insight"}, "'metod'"),
        ({"method": "insigt"}, "'insigt'; known are insight"),
        ({"parameters": {"nu": 1}}, "'parameters.nu'"),
        ({"belief": {"discount": 1.5}}, "λ is 1.5"),
        ({"belief": {"discount": math.nan}}, "JSON has no NaN"),
        ({"rollouts": 2.5}, "rollouts is the number 2.5"),
        ("{", "key"),
        ("[]", "object"),
    ],
)
def test_impossible_configurations_are_refused(configuration: object, part: str) -> None:
    with pytest.raises(ConfigurationError, match=part):
        Selector(IDS, configuration=configuration)


def test_a_method_is_named_once() -> None:
    with pytest.raises(InsightError, match="leave one out"):
        Selector(IDS, method="mopps", configuration={"method": "insight"})
    selector = Selector(IDS, method="mopps", configuration={"belief": {"discount": 0.9}})
    assert selector.configuration["method"] == "mopps" and selector.configuration["belief"]["discount"] == 0.9
    assert Selector(IDS, configuration=selector.configuration).configuration == selector.configuration


def test_refused_calls_change_nothing() -> None:
    selector = Selector(IDS, method="dps", seed=1)
    picks = selector.select(2)
    before = selector.snapshot()
    for call, kind, part in [
        (lambda: selector.select(-1), InsightError, "-1"),
        (lambda: selector.select(500), SelectionError, "198 are free"),
        (lambda: selector.select(1, rollouts=0), InsightError, "0"),
        (lambda: selector.select(2, rollouts=[1]), InsightError, "shape"),
        (lambda: selector.select(1, rollouts=200_000), SelectionError, "200000"),
        (lambda: selector.report(picks.tickets, [[1]]), OutcomeError, "1 groups"),
        (lambda: selector.report(99, [1], policy_version=1), OutcomeError, "never issued"),
        (
            lambda: selector.report(picks.tickets, [[1], [0.5, 1.2]], policy_version=1),
            OutcomeError,
            "outside",
        ),
        (
            lambda: selector.report(picks.tickets, [[1], [-math.inf]], policy_version=1),
            OutcomeError,
            "outside",
        ),
        (
            lambda: selector.report(picks.tickets, [[1], [1] * 9], policy_version=1),
            OutcomeError,
            "9 outcomes",
        ),
        (lambda: selector.report(picks.tickets, [[1], [1]]), OutcomeError, "policy versions"),
        (lambda: selector.report(picks.tickets, [[1], [1]], policy_version=-3), OutcomeError, "-3"),
        (lambda: selector.observe("nobody", [1], policy_version=1), OutcomeError, "nobody"),
        (lambda: selector.observe("p1", [[1]], policy_version=1), OutcomeError, "shape"),
        (lambda: selector.abandon([0, 99]), OutcomeError, "never issued"),
        (lambda: selector.prime("p1", successes=3, rollouts=2), OutcomeError, "3.0 of 2.0"),
        (lambda: selector.beliefs(["p1", "nobody"]), OutcomeError, "nobody"),
        (lambda: Selector(IDS, seed=-1), InsightError, "seed"),
    ]:
        with pytest.raises(kind, match=part):
            call()
    assert selector.snapshot() == before


def test_damaged_or_foreign_states_are_refused(tmp_path: Path) -> None:
    selector = Selector(IDS, seed=1)
    snapshot = bytearray(selector.snapshot())
    snapshot[len(snapshot) // 2] ^= 4
    with pytest.raises(SnapshotError):
        Selector.restore(snapshot)
    with pytest.raises(SnapshotError, match="cut off"):
        Selector.restore(b"")
    with pytest.raises(SnapshotError, match="not the same"):
        Selector(IDS[:5]).load_state_dict(selector.state_dict())
    with pytest.raises(SnapshotError, match="format"):
        selector.load_state_dict({"posterior": 3})
    with pytest.raises(SnapshotError, match="No such file"):
        Selector.load(tmp_path / "nothing")
    with pytest.raises(SnapshotError, match="No such file"):
        selector.save(tmp_path / "no folder" / "selector")
