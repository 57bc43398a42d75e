"""Workers that die, and the server that goes on."""

import os
import signal
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from tests.serve.running import Running, alive, answers
from tests.waiting import eventually

from freehold.serve.server import _announce_when_ready
from freehold.serve.supervision import Supervisor

Run = Callable[..., Running]


def kill_again_and_again(server: Running, times: int) -> None:
    """Kill the same worker's successors; the other one stays."""
    (victim, other) = sorted(eventually(lambda: len(server.workers()) == 2 and server.workers()))
    for _ in range(times):
        os.kill(victim, signal.SIGKILL)
        (victim,) = eventually(lambda: len(left := server.workers() - {victim, other}) == 1 and left)  # noqa: B023
        assert alive(other)
    eventually(lambda: answers(server.url))
    assert other in server.workers()


def test_a_worker_that_is_killed_again_and_again_takes_no_other_with_it(run: Run) -> None:
    server = run(2)
    kill_again_and_again(server, 5)
    assert server.terminate() == (0, "stopped")
    assert server.log.count("is replaced") == 5


@pytest.mark.long
def test_a_worker_that_is_killed_fifty_times_is_replaced_fifty_times(run: Run) -> None:
    kill_again_and_again(run(2), 50)


def test_all_workers_killed_at_once_are_replaced(run: Run) -> None:
    server = run(2)
    for _ in range(2):
        before = eventually(lambda: len(server.workers()) == 2 and server.workers())
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        eventually(lambda: len(server.workers() - before) == 2)  # noqa: B023
        eventually(lambda: answers(server.url))
    assert server.terminate() == (0, "stopped")


def test_a_stop_does_not_wait_for_a_worker_that_is_to_be_replaced(run: Run) -> None:
    server = run(2)
    victim = min(eventually(lambda: len(server.workers()) == 2 and server.workers()))
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: not alive(victim))
    assert server.terminate() == (0, "stopped")


def test_a_death_while_the_server_starts_does_not_keep_its_address_from_being_said(run: Run) -> None:
    server, woken, said = run(1), threading.Event(), list[str]()
    woken.set()  # as by a worker that has just died
    supervisor = SimpleNamespace(interrupt_signal=False, failed=False, main_loop_interrupt=woken)
    _announce_when_ready(cast("Supervisor", supervisor), server.url, said.append)
    assert said == [server.url]
