"""Servers that a bench starts end with it, whatever happens in between."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from bench.contest import alternate
from bench.load import Failed
from bench.processes import DidNotStart, free_port, resident_bytes, running, workers_of
from tests.waiting import eventually

from bench import processes

SERVER = """
import os, signal, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[3]))
        self.end_headers()

    def log_message(self, *_):
        pass

life = os.open(sys.argv[1], os.O_WRONLY)
worker = [sys.executable, "-c", "import signal; signal.signal(15, signal.SIG_IGN); signal.pause()"]
subprocess.Popen(worker, pass_fds=[life])
if sys.argv[4] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[4] == "dies":
    sys.exit("no database")
print(*sorted(name for name in os.environ if name.startswith("FREEHOLD_")), os.environ.get("BENCH"), flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
"""
BENCH = """
import signal, sys
from pathlib import Path
from bench.processes import heed_signals, running

heed_signals()
log, *command = sys.argv[1:]
with running(command, url=f"http://127.0.0.1:{command[4]}/", log=Path(log), env={}):
    print("running", flush=True)
    signal.pause()
"""
ROOT = Path(__file__).parents[2]


class Life:
    """A pipe that a server and its worker, which ignores SIGTERM, hold open while they live."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "life"
        os.mkfifo(self.path)
        self._reading = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def is_over(self) -> bool:
        try:
            return os.read(self._reading, 1) == b""
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._reading)


Start = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    made = Life(tmp_path)
    yield made
    made.close()


@pytest.fixture
def start(tmp_path: Path, life: Life) -> Start:
    """Start a server that answers with a status, and has a worker that ignores SIGTERM."""

    def start_one(status: int = 200, *, way: str = "well") -> AbstractContextManager[Any]:
        port = free_port()
        command: list[str | Path] = [sys.executable, "-c", SERVER, life.path, str(port), str(status), way]
        url = f"http://127.0.0.1:{port}/"
        return running(command, url=url, log=tmp_path / "log", env={"BENCH": "here"}, folder=tmp_path)

    return start_one


def test_server_and_its_worker_live_while_they_are_needed(start: Start, life: Life):
    with start() as process:
        assert process.poll() is None
        assert len(workers_of(process.pid)) == 1
        assert resident_bytes(process.pid) > 1_000_000
        assert not life.is_over()
    assert process.returncode is not None
    eventually(life.is_over)


def test_failure_inside_a_contest_ends_the_server_and_its_worker(start: Start, life: Life):
    def fails(number: int) -> float:
        raise Failed(f"round {number} failed")

    with pytest.raises(Failed, match="round 0"), start():
        alternate("P1", {"Freehold": fails}, rounds=3)
    eventually(life.is_over)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_bench_that_is_told_to_end_ends_what_it_has_started(tmp_path: Path, life: Life, number: signal.Signals):
    command = [sys.executable, "-c", SERVER, str(life.path), str(free_port()), "200", "well"]
    bench = [sys.executable, "-c", BENCH, str(tmp_path / "log"), *command]
    with subprocess.Popen(bench, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"running\n"
        process.send_signal(number)
    assert process.returncode != 0
    eventually(life.is_over)


def test_server_that_has_died_leaves_no_worker_behind(start: Start, life: Life):
    with start() as process:
        process.kill()
        process.wait()
        assert not life.is_over()
    eventually(life.is_over)


def test_server_that_ignores_being_told_to_end_is_killed(start: Start, life: Life, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.1)
    with start(way="deaf"):
        pass
    eventually(life.is_over)


def test_server_that_does_not_start_is_told_with_its_last_words_and_leaves_nothing(start: Start, life: Life):
    with pytest.raises(DidNotStart, match="no database"), start(way="dies"):
        pytest.fail("it has not started")
    eventually(life.is_over)


def test_server_that_never_answers_is_given_up(start: Start, life: Life, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processes, "START_SECONDS", 0.5)
    with pytest.raises(DidNotStart), start(status=503):
        pytest.fail("it is not ready")
    eventually(life.is_over)


def test_program_that_is_not_there_is_told(tmp_path: Path):
    nowhere = tmp_path / "no-such-program"
    with (
        pytest.raises(DidNotStart, match="no-such-program"),
        running([nowhere], url="http://127.0.0.1:9/", log=tmp_path / "log", env={}),
    ):
        pytest.fail("it has not started")


def test_peer_that_refuses_strangers_has_started(start: Start):
    with start(status=401) as process:
        assert process.poll() is None


def test_settings_of_whoever_runs_the_bench_do_not_reach_it(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FREEHOLD_WORKERS", "7")
    monkeypatch.setenv("FREEHOLD_POSTGRES_BIN", "/opt/postgresql/bin")
    with start():
        said = (tmp_path / "log").read_text("utf-8")
    assert said.split() == ["FREEHOLD_POSTGRES_BIN", "here"]
