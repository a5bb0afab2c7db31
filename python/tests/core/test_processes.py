"""Threads, forks and pickles: whoever else is in the process."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading

import pytest

from insight_rl import ForkedError, Selector

IDS = [f"p{number}" for number in range(300)]


def test_threads_share_a_selector_without_a_prompt_twice() -> None:
    selector = Selector(IDS, seed=1)
    pending: set[str] = set()
    lock = threading.Lock()
    wrong: list[object] = []

    def work() -> None:
        try:
            for step in range(60):
                picks = selector.select(5)
                with lock:
                    wrong.extend(pending & set(picks.ids))
                    pending.update(picks.ids)
                with lock:
                    pending.difference_update(picks.ids)
                    assert selector.report(picks.tickets, [[1, 0]] * 5, policy_version=step).all()
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert selector.metrics()["groups"] == 8 * 60 * 5 and len(selector.pending) == 0


def _in_child(selector: Selector, queue: multiprocessing.Queue) -> None:
    answers = []
    for call in (
        lambda: selector.select(1),
        selector.snapshot,
        selector.metrics,
        lambda: selector.report(0, [1]),
    ):
        try:
            call()
            answers.append("worked")
        except ForkedError as error:
            answers.append(str(error))
    own = Selector(IDS, seed=1)
    answers.append(own.select(2).ids)
    queue.put(answers)


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_forked_child_is_refused_and_may_make_its_own() -> None:
    context = multiprocessing.get_context("fork")
    selector = Selector(IDS, seed=1)
    expected = Selector(IDS, seed=1).select(2).ids
    # Other threads in the engine while the process is forked.
    done = threading.Event()

    def keep_busy() -> None:
        while not done.is_set():
            Selector(IDS[:5]).select(1)

    busy = threading.Thread(target=keep_busy)
    busy.start()
    try:
        for _ in range(5):
            queue = context.Queue()
            child = context.Process(target=_in_child, args=(selector, queue))
            child.start()
            *refused, ids = queue.get(timeout=30)
            child.join(30)
            assert child.exitcode == 0 and ids == expected
            assert len(refused) == 4 and all("num_workers=0" in answer for answer in refused)
    finally:
        done.set()
        busy.join()
    selector.select(1)


def _select(selector: Selector) -> list[str]:
    return selector.select(3).ids


def test_a_pickle_goes_to_another_process() -> None:
    selector = Selector(IDS, seed=4)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(_select, (selector,))
    assert there == selector.select(3).ids


def test_no_thread_and_no_signal_handler_comes_with_the_library() -> None:
    program = """
import os, signal, numpy
def state():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return len(os.listdir("/proc/self/task")), status["SigCgt"], status["SigIgn"]
before = state()
from insight_rl import Selector
Selector(["a", "b"]).select(1)
assert state() == before, (state(), before)
"""
    if not os.path.exists("/proc/self/task"):
        pytest.skip("there is no /proc on this system")
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_selector_that_outlives_its_module_ends_quietly() -> None:
    program = """
import builtins
from insight_rl import Selector
builtins.kept = Selector(["a", "b"])
"""
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert result.stderr == ""
