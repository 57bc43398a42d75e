"""Whatever goes wrong: a line for people, an exit status for programs, and no traceback."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click
import pytest

from freehold.terminal.failures import run
from tests.waiting import eventually

from .conftest import Freehold
from .processes import DEADLINE_SECONDS, PROGRAM


@click.command()
def broken() -> None:
    raise ValueError("geheim")


def test_bug_is_a_line_that_says_how_to_see_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(broken, []) == 1
    shown = capsys.readouterr().err
    assert (
        shown == "freehold: unexpected ValueError: please report it (set FREEHOLD_DEBUG=1 to see where it happened)\n"
    )


def test_bug_shows_its_traceback_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREEHOLD_DEBUG", "1")
    assert run(broken, []) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        (
            "postgresql://u:geheim@127.0.0.1:1/x",
            "Cannot connect to database x on 127.0.0.1, port 1: nothing answers there; ",
        ),
        ("postgresql://u:ge/heim@127.0.0.1/x", "The database URL cannot be read: "),
        ("mysql://u:geheim@127.0.0.1/x", "The database URL cannot be read: "),
    ],
)
def test_unusable_database_is_a_line_without_the_password(freehold: Freehold, url: str, complaint: str) -> None:
    refused = freehold("users", "list", FREEHOLD_DATABASE_URL=url)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert refused.stderr.startswith(f"freehold: {complaint}")
    assert "heim" not in refused.stderr


def test_database_without_the_schema_is_a_line_with_the_command(freehold: Freehold, empty_database_url: str) -> None:
    refused = freehold("users", "list", FREEHOLD_DATABASE_URL=empty_database_url)
    assert refused.returncode == 1
    assert "run 'freehold migrate apply'" in refused.stderr


@pytest.mark.parametrize("command", [("users", "list"), ("serve", "--port", "0"), ("db", "url"), ("migrate", "status")])
def test_foreign_directory_is_a_line(freehold: Freehold, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "mine.txt").touch()
    refused = freehold(*command, "--data-dir", str(tmp_path), FREEHOLD_DATABASE_URL="")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert refused.stderr.startswith(f"freehold: {tmp_path} is not empty")


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("users", "create"), ("users", "list", "--limit", "0"), ("serve", "--port", "99999")]
)
def test_wrong_usage_exits_with_2(freehold: Freehold, arguments: tuple[str, ...]) -> None:
    refused = freehold(*arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith("Usage: freehold")


def test_unreadable_setting_is_wrong_usage(freehold: Freehold) -> None:
    refused = freehold("users", "list", FREEHOLD_WORKERS="many")
    assert refused.returncode == 2
    assert "FREEHOLD_WORKERS is 'many'" in refused.stderr


def test_reader_that_leaves_is_no_traceback(database_url: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "users", "list", "--json"],
        env={**os.environ, "FREEHOLD_DATABASE_URL": database_url},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def _interrupt(process: "subprocess.Popen[str]") -> str:
    """Press Ctrl-C, again while nothing happens: before 3.12, asyncio may lose one that comes as a connection does."""
    for _ in range(20):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=3)[1]
    raise AssertionError("it does not end")


def test_interrupt_exits_with_130() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection, and never answers
        address = f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/x"
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "users", "list"],
            env={**os.environ, "FREEHOLD_DATABASE_URL": address},
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(DEADLINE_SECONDS)
        connection, _ = silent.accept()
        with connection:
            complaint = _interrupt(process)
    assert (process.returncode, complaint.strip()) == (130, "")
    assert eventually(lambda: process.poll() is not None)
