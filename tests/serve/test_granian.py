"""What `freehold.serve` relies on in Granian and that Granian does not publish.

A new minor release may change any of it: `pyproject.toml` bounds the version, and this says what to look at again.
"""

import inspect
import signal
import threading
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import granian._signals
from granian._granian import WorkerSignal
from granian.constants import HTTPModes, Interfaces, Loops, TaskImpl
from granian.http import HTTP1Settings
from granian.server.common import AbstractServer, AbstractWorker
from granian.server.mp import MPServer, WorkerProcess

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def server() -> Any:
    return MPServer("nothing", port=1, interface=Interfaces.ASGI, loop=Loops.uvloop, http=HTTPModes.http1)


def test_version_is_within_one_minor_release():
    wanted = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["optional-dependencies"]["server"]
    (bounds,) = (each.removeprefix("granian") for each in wanted if each.startswith("granian"))
    low, high = (tuple(map(int, each.lstrip("<>=").split("."))) for each in bounds.split(","))
    assert high == (low[0], low[1] + 1), "one minor release"
    assert low <= tuple(map(int, version("granian").split("."))) < high


def test_what_supervision_overrides_is_there():
    for name in ("startup", "_serve_loop", "_stop_workers", "_reload"):
        assert hasattr(AbstractServer, name), name
    source = inspect.getsource(AbstractServer._serve)
    assert [part for part in ("startup", "_serve_loop", "shutdown") if f"self.{part}(" in source] == [
        "startup",
        "_serve_loop",
        "shutdown",
    ]
    assert "self._stop_workers()" in inspect.getsource(AbstractServer.shutdown)


def test_a_worker_that_ends_is_noted_before_the_loop_is_woken():
    source = inspect.getsource(AbstractWorker._watcher)
    assert source.index("interrupt_children.append(self.idx)") < source.index("main_loop_interrupt.set()")
    assert "if not self.interrupt_by_parent" in source


def test_a_worker_knows_when_it_was_born_and_which_process_it_is():
    source = inspect.getsource(AbstractWorker.__init__)
    assert "self.birth = time.monotonic()" in source
    assert "self.inner = multiprocessing" in inspect.getsource(WorkerProcess._spawn)


def test_a_request_is_a_task_of_asyncio_that_can_be_cancelled():
    assert server().task_impl == TaskImpl.asyncio


def test_the_time_for_a_header_is_given_in_milliseconds():
    assert HTTP1Settings().header_read_timeout == 30_000


def test_workers_are_spawned_by_a_method_that_can_be_wrapped():
    assert list(inspect.signature(MPServer._spawn_worker).parameters) == ["self", "idx", "target", "callback_loader"]
    assert "idx + 1" in inspect.getsource(MPServer._spawn_worker), "workers are counted from 0 here, from 1 in the log"


def test_startup_forks_all_workers_before_it_returns():
    assert list(inspect.signature(AbstractServer.startup).parameters) == ["self", "spawn_target", "target_loader"]
    source = inspect.getsource(AbstractServer.startup)
    assert "set_main_signals" in source
    assert "_spawn_workers" in source


def test_server_says_that_it_was_told_to_stop():
    made = server()
    assert isinstance(made.main_loop_interrupt, threading.Event)
    assert not made.interrupt_signal
    made.signal_handler_interrupt()
    assert made.__dict__["interrupt_signal"]
    assert made.main_loop_interrupt.is_set()


def test_worker_asks_a_module_for_its_signals_when_it_starts():
    # So that a function of ours takes its place, and is found.
    assert "from granian._signals import set_loop_signals" in inspect.getsource(MPServer._spawn_asgi_worker)
    assert list(inspect.signature(granian._signals.set_loop_signals).parameters) == ["loop"]


def test_worker_signal_can_be_made_and_set_by_us():
    told = WorkerSignal()
    told.add_cb(lambda: None)
    told.set()


def test_worker_serves_while_a_coroutine_named_main_runs():
    source = inspect.getsource(MPServer._spawn_asgi_worker)
    assert "async def _main" in source
    assert "loop.run_until_complete(_main())" in source


def test_worker_is_ended_by_the_signal_that_it_hears():
    assert "self.inner.terminate()" in inspect.getsource(WorkerProcess.terminate)
    signals: Any = granian._signals
    assert signal.SIGTERM in signals._get_signals()
