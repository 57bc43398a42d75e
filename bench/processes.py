"""Server processes: started on a free port, waited for, ended whatever happens."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

START_SECONDS = 60.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.005


class DidNotStart(Exception):
    """A server ended, or did not answer in time; the message has its last words."""


def free_port() -> int:
    """Give a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str | Path], *, url: str, log: Path, env: Mapping[str, str], folder: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for as long as the context lasts, which begins when ``url`` is answered.

    Raises:
        DidNotStart: with the end of its log.
    """
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                command,
                env=_surroundings() | dict(env),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        except OSError as error:
            raise DidNotStart(f"{command[0]} could not be started: {error.strerror}") from None
        try:
            _wait(process, Path(command[0]).name, url, log)
            yield process
        finally:
            _end(process)


def heed_signals() -> None:
    """Let SIGTERM and SIGHUP unwind this process as an exception does, so that whatever it has started ends, too."""

    def leave(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def _surroundings() -> dict[str, str]:
    """Leave out the settings of whoever runs the bench, but for where PostgreSQL is."""
    kept = "FREEHOLD_POSTGRES_BIN"
    return {name: value for name, value in os.environ.items() if name == kept or not name.startswith("FREEHOLD_")}


def _wait(process: subprocess.Popen[bytes], name: str, url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            words = "\n".join(log.read_text("utf-8", "replace").strip().splitlines()[-8:])
            raise DidNotStart(f"{name} did not answer at {url}:\n{words}")
        time.sleep(POLL_SECONDS)


def _answers(url: str) -> bool:
    """Say whether there is any answer but "not yet": a peer may well refuse who is not signed in."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - an address of ours
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server with all that it has started: a worker may outlive it, or ignore it."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # its session, and so its group, is its own
    process.wait()


def workers_of(pid: int) -> list[int]:
    """List the processes that a process has started itself."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in children.read_text("ascii").split()]


def resident_bytes(pid: int) -> int:
    """Give how much memory a process holds, that which it shares with others counted in full."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
