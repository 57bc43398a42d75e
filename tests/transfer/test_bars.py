"""What a person at a terminal sees while rows come in and go out."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.transfer.conftest import ndjson, user

PROGRAM = "from freehold.cli import main; main()"
ERASE = "\x1b[2K"
COUNT = 12_000

OnTerminal = Callable[..., tuple[int, str]]


@pytest.fixture
def on_terminal(database_url: str, tmp_path: Path) -> OnTerminal:
    """Run `freehold` on a terminal of so many columns: gives its exit status, and all that was drawn."""

    def run(*arguments: str, columns: int = 100) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        env = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=env | {"FREEHOLD_DATABASE_URL": database_url, "TERM": "xterm-256color"},
            cwd=tmp_path,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        drawn = b""
        with os.fdopen(ours, "rb", buffering=0) as screen:
            while piece := _read(screen.fileno()):
                drawn += piece
        return process.wait(), drawn.decode()

    return run


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # as Linux says that everybody has closed the terminal
        return b""


@pytest.fixture
def users_file(tmp_path: Path) -> str:
    (tmp_path / "users.ndjson").write_bytes(ndjson(user(number) for number in range(COUNT)))
    return "users.ndjson"


def test_import_and_export_show_how_far_they_are_and_leave_nothing_of_it(on_terminal: OnTerminal, users_file: str):
    status, drawn = on_terminal("import", "users", users_file)
    assert (status, drawn.rpartition(ERASE)[2]) == (0, "users: 12,000 stored\r\n")
    assert all(word in drawn for word in ("Checking", "Storing", "━", "100 %", "12,000 rows, "))
    status, drawn = on_terminal("export", "users", "out.csv")
    assert (status, drawn.rpartition(ERASE)[2]) == (0, "Wrote 12,000 users to out.csv\r\n")
    assert "Writing" in drawn
    assert "Checking" not in drawn


def test_failed_import_leaves_no_bar(on_terminal: OnTerminal, users_file: str, tmp_path: Path):
    with (tmp_path / users_file).open("ab") as file:
        file.write(b'{"username": "x"}\n')
    status, drawn = on_terminal("import", "users", users_file)
    last = drawn.rpartition(ERASE)[2]
    assert status == 1
    assert "Comparing" in drawn
    assert last.startswith(f"users.ndjson, line {COUNT + 1}, username: ")
    assert "━" not in last


def test_narrow_terminal_gets_the_figures_on_one_line(on_terminal: OnTerminal, users_file: str):
    _, drawn = on_terminal("import", "users", users_file, columns=40)
    assert "100 %" in drawn
    assert " rows/s" in drawn
    assert "━" not in drawn
    assert "…" not in drawn
    assert drawn.rpartition(ERASE)[2] == "users: 12,000 stored\r\n"


def test_of_a_pipe_nobody_tells_how_much_there_is(on_terminal: OnTerminal, users_file: str, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["sh", "-c", f"cat {users_file} > pipe"], cwd=tmp_path):
        status, drawn = on_terminal("import", "users", "pipe")
    assert status == 0
    assert "12,000 rows, " in drawn
    assert " 0 %" not in drawn.partition("Storing")[0]


def test_rows_on_the_screen_have_no_bar_between_them(on_terminal: OnTerminal, tmp_path: Path):
    (tmp_path / "one.ndjson").write_bytes(ndjson([user(1)]))
    on_terminal("import", "users", "one.ndjson")
    status, drawn = on_terminal("export", "users")
    assert status == 0
    assert drawn.startswith('{"id":')
    assert "\x1b" not in drawn
