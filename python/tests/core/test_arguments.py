"""Arguments are taken as they are or refused: nothing is rounded, parsed or cut to fit."""

from __future__ import annotations

import math
import multiprocessing
import os
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from insight_rl import (
    ArgumentError,
    InsightError,
    OutcomeError,
    PoolError,
    Selection,
    SelectionError,
    Selector,
    SnapshotError,
    errors,
)

IDS = [f"p{number}" for number in range(50)]
BUILTIN = (TypeError, ValueError, OSError, RuntimeError, ImportError)


@pytest.fixture
def selector() -> Selector:
    """With the picks of the tickets 0 to 9 out."""
    selector = Selector(IDS, method="insight", seed=1)
    selector.select(10)
    return selector


def test_every_error_is_also_a_built_in_one() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind is not InsightError]
    assert len(kinds) >= 10
    assert all(issubclass(kind, InsightError) and issubclass(kind, BUILTIN) for kind in kinds)


NO_TICKETS = [
    [1.7],
    1.0,
    np.arange(10) + 0.5,
    np.arange(10).reshape(2, 5),
    [True],
    True,
    np.bool_(True),
    [0, True],
    np.array([True]),
    ["0"],
    "0",
    b"0",
    [1 + 0j],
    np.array([1 + 1j]),
    [None],
    None,
    {0: 1},
    {0, 1},
    [[0, 1]],
    np.ma.array([0, 1], mask=[False, True]),
    np.array(["0"]),
    np.array([0], object).astype("datetime64[s]"),
]


@pytest.mark.parametrize("tickets", NO_TICKETS, ids=repr)
def test_tickets_are_whole_numbers_in_order(selector: Selector, tickets: object) -> None:
    before = selector.snapshot()
    for call in (lambda: selector.report(tickets, [[1]]), lambda: selector.abandon(tickets)):
        with pytest.raises(ArgumentError):
            call()
    assert selector.snapshot() == before


@pytest.mark.parametrize("ticket", [-1, -(1 << 63), 1 << 63, (1 << 64) - 1, 1 << 100])
def test_an_impossible_ticket_is_named_as_it_was_given(selector: Selector, ticket: int) -> None:
    before = selector.snapshot()
    for tickets in (ticket, [0, ticket]):
        with pytest.raises(OutcomeError, match=rf"is {ticket}, .*never issued"):
            selector.abandon(tickets)
    if ticket in (-1, (1 << 64) - 1):
        with pytest.raises(OutcomeError, match=rf"is {ticket}, "):
            selector.abandon(np.array([ticket]))
    assert selector.snapshot() == before


@pytest.mark.parametrize(
    "tickets", [[0, 1], (0, 1), range(2), np.arange(2, dtype=np.uint8), iter([0, 1]), [np.int64(0), 1]]
)
def test_tickets_may_be_anything_that_lists_whole_numbers(selector: Selector, tickets: object) -> None:
    assert selector.report(tickets, [[1], [0, 1]]).tolist() == [True, True]
    assert sorted(selector.pending.tickets.tolist()) == list(range(2, 10))


NO_OUTCOMES = [
    ["1"],
    "1",
    [1 + 0j],
    np.array([1j]),
    np.array(["2020-01-01"], "datetime64[D]"),
    np.array([1], "timedelta64[s]"),
    [datetime(2020, 1, 1)],
    [Fraction(1, 2)],
    [[1]],
    [[1], [1, 0]],
    1,
    None,
    {0: 1},
    {0, 1},
    [1, "0"],
    [1, object()],
    [10**400],
    np.zeros((1, 1, 1)),
]


@pytest.mark.parametrize("outcomes", NO_OUTCOMES, ids=repr)
def test_outcomes_are_numbers(selector: Selector, outcomes: object) -> None:
    before = selector.snapshot()
    for call in (
        lambda: selector.report(0, outcomes),
        lambda: selector.report([0, 1], [[1], outcomes]),
        lambda: selector.observe("p1", outcomes),
    ):
        with pytest.raises(OutcomeError):
            call()
    assert selector.snapshot() == before


@pytest.mark.parametrize(
    "outcomes",
    [
        np.ma.array([1.0, 0.0, 1.0], mask=[False, True, True]),
        np.ma.array([1, 0, 1], mask=[False, True, True]),
        [1, None, None],
        [1, np.ma.masked, math.nan],
        np.array([1, None, None], object),
        iter([True, math.nan, None]),
    ],
    ids=repr,
)
def test_masked_and_absent_outcomes_are_missing(selector: Selector, outcomes: object) -> None:
    pick = next(iter(selector.pending))
    assert selector.report(pick.ticket, outcomes).tolist() == [True]
    assert selector.metrics()["missing"] == 2
    belief = selector.beliefs([pick.id])
    assert belief.alpha[0] == 2 and belief.beta[0] == 1


def test_a_masked_matrix_of_outcomes_has_missing_ones(selector: Selector) -> None:
    values = np.ma.array(np.ones((2, 3)), mask=[[False, True, True], [False, False, True]])
    selector.report([0, 1], values)
    assert selector.metrics()["missing"] == 3 and selector.metrics()["rollouts"] == 3


def test_a_matrix_of_tickets_reports_nothing(selector: Selector) -> None:
    with pytest.raises(ArgumentError, match=r"\(2, 5\)"):
        selector.report(np.arange(10).reshape(2, 5), [[1], [1]])
    assert len(selector.pending) == 10


def test_a_pool_may_come_from_an_iterator() -> None:
    assert Selector(iter(IDS), domains=iter(["a", "b"] * 25)).ids == IDS
    assert Selector((name for name in IDS), domains=(name[-1] for name in IDS)).ids == IDS
    assert Selector(IDS).positions(iter(["p3", "p4"])).tolist() == [3, 4]
    assert Selector(IDS).beliefs(iter(["p3", "p4"])).alpha.shape == (2,)


@pytest.mark.parametrize(
    "ids", [b"ab", bytearray(b"ab"), {"a", "b"}, 7, None, [b"a"], [("a",)], [1.0], [np.bool_(1)]]
)
def test_a_pool_is_a_sequence_of_texts_or_whole_numbers(ids: object) -> None:
    with pytest.raises(PoolError):
        Selector(ids)


@pytest.mark.parametrize("domains", ["ab", [None, "a"], [math.nan, "a"], [["x"], "a"], {"a": 1, "b": 2}, 3])
def test_domains_are_labels(domains: object) -> None:
    with pytest.raises(PoolError):
        Selector(["a", "b"], domains=domains)


@pytest.mark.parametrize(
    "call",
    [
        lambda selector: selector.select(1.0),
        lambda selector: selector.select("1"),
        lambda selector: selector.select(True),
        lambda selector: selector.select(None),
        lambda selector: selector.select(1, rollouts=2.0),
        lambda selector: selector.select(1, rollouts=[2.0]),
        lambda selector: selector.select(2, rollouts=[[1, 1]]),
        lambda selector: selector.report(0, [1], policy_version=1.9),
        lambda selector: selector.report(0, [1], policy_version=np.float64(1)),
        lambda selector: selector.report(0, [1], policy_version="1"),
        lambda selector: selector.report(0, [1], policy_version=True),
        lambda selector: selector.observe("p1", [1], policy_version=1.0),
        lambda selector: selector.observe(1.0, [1]),
        lambda selector: selector.observe(None, [1]),
        lambda selector: selector.ids_at([0.5]),
        lambda selector: selector.ids_at([-1]),
        lambda selector: selector.ids_at(np.zeros((2, 2), int)),
        lambda selector: selector.metrics(starved_after=1.5),
        lambda selector: selector.metrics(starved_after=1 << 40),
        lambda selector: selector.prime("p1", successes="1", rollouts=2),
        lambda selector: selector.prime("p1", successes=1 + 0j, rollouts=2),
        lambda selector: selector.prime("p1", successes=10**400, rollouts=2),
        lambda selector: selector.set_reference_rates("p1", weak="0", strong=1),
        lambda selector: selector.save(3),
        lambda selector: selector.save(""),
        lambda selector: selector.save("a\0b"),
        lambda selector: selector.load_state_dict(None),
        lambda selector: selector.load_state_dict([]),
        lambda selector: selector.load_state_dict({"format": 1, "snapshot": None}),
        lambda selector: selector.load_state_dict({"format": 1, "snapshot": "text"}),
        lambda _: Selector.restore("text"),
        lambda _: Selector.restore(np.zeros(3)),
        lambda _: Selector.restore(memoryview(b"abcd")[::2]),
        lambda _: Selector.load(object()),
        lambda _: Selector(IDS, seed=1.5),
        lambda _: Selector(IDS, seed=True),
        lambda _: Selector(IDS, seed=1 << 64),
        lambda _: Selector(IDS, method=3),
        lambda _: Selector(IDS, configuration=7),
        lambda _: Selector(IDS, configuration={"candidates": object()}),
        lambda _: Selector(IDS, configuration={("a",): 1}),
        lambda _: Selector(IDS, configuration='{"rollouts": 8}\0{'),
        lambda _: Selector(IDS, method="insight", configuration="{"),
        lambda _: Selector(IDS, method="insight", configuration="[1]"),
        lambda _: Selector(IDS, configuration="\ud800"),
    ],
)
def test_whatever_is_wrong_is_an_insight_error_and_changes_nothing(
    selector: Selector, call: Callable[[Selector], object]
) -> None:
    before = selector.snapshot()
    with pytest.raises(InsightError) as caught:
        call(selector)
    assert isinstance(caught.value, BUILTIN) and str(caught.value)
    assert selector.snapshot() == before


@pytest.mark.parametrize("count", [51, 10**10, 1 << 62, 1 << 63, 1 << 70])
def test_more_prompts_than_there_are_are_refused_before_room_is_made(selector: Selector, count: int) -> None:
    with pytest.raises(SelectionError, match=str(count)):
        selector.select(count)


def test_a_file_may_have_any_name_that_the_system_takes(tmp_path: Path) -> None:
    selector = Selector(IDS, seed=4)
    for name in (b"plain", "φ.insight".encode(), b"\xff\xfe\n"):
        path = os.path.join(os.fsencode(tmp_path), name)
        for form in (path, os.fsdecode(path), Path(os.fsdecode(path))):
            selector.save(form)
            assert Selector.load(form).snapshot() == selector.snapshot()
        assert os.listdir(os.fsencode(tmp_path)) == [name]
        os.remove(path)
    missing = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"no\xff", b"a"))
    for call in (lambda: selector.save(missing), lambda: Selector.load(missing)):
        with pytest.raises(SnapshotError, match="No such file") as caught:
            call()
        assert isinstance(caught.value, OSError)


def test_only_a_regular_file_is_ever_replaced(tmp_path: Path) -> None:
    selector, selection = Selector(IDS, seed=4), Selection(IDS)
    victim = tmp_path / "victim"
    victim.write_text("kept")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(victim)
    # What a guess of the temporary name would have to be.
    for name in ("a.partial", "b.partial"):
        (tmp_path / name).symlink_to(victim)
    for path in (tmp_path / "pipe", tmp_path / "link", tmp_path):
        for saved in (selector, selection):
            with pytest.raises(SnapshotError) as caught:
                saved.save(path)
            assert isinstance(caught.value, OSError)
    selection.save(tmp_path / "a")
    selector.save(tmp_path / "b")
    assert victim.read_text() == "kept" and (tmp_path / "link").is_symlink() and (tmp_path / "pipe").is_fifo()


def _save_often(path: str, seed: int) -> None:
    selector = Selector(IDS, seed=seed)
    for _ in range(150):
        selector.save(path)


def test_processes_that_save_to_one_file_leave_it_whole(tmp_path: Path) -> None:
    path = str(tmp_path / "same.insight")
    Selector(IDS, seed=0).save(path)
    expected = {Selector(IDS, seed=seed).snapshot() for seed in (0, 1, 2)}
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_save_often, args=(path, seed)) for seed in (1, 2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert Selector.load(path).snapshot() in expected
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert os.listdir(tmp_path) == ["same.insight"]
