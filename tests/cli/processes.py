"""Driving `freehold serve`, and looking at what it leaves behind."""

import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import httpx

from freehold.postgres.layout import Layout
from freehold.postgres.lock import Lock

DEADLINE_SECONDS = 60.0
PROGRAM = "from freehold.cli import main; main()"


def call(url: str, body: object | None = None) -> Any:
    """Send a request as a program would; gives the JSON answer."""
    answer = httpx.request("GET" if body is None else "POST", url, json=body, timeout=DEADLINE_SECONDS)
    return answer.raise_for_status().json()


def postgres_runs(data_dir: Path) -> bool:
    """Tell whether any process of the directory's PostgreSQL lives, by the lock they inherit."""
    lock = Lock(Layout(data_dir).run / "cluster.lock")
    try:
        return not lock.try_shared()
    finally:
        lock.close()


class Served:
    """A `freehold serve`, with a mark in its environment by which everything that it starts is found."""

    def __init__(self, *arguments: str | Path, python: tuple[str, ...], port: int, environment: dict[str, str]) -> None:
        self.mark = f"FREEHOLD_TEST_MARK={os.urandom(8).hex()}"
        name, _, value = self.mark.partition("=")
        command = [*python, "-c", PROGRAM, "serve", "--port", str(port), "--workers", "2"]
        self.popen = subprocess.Popen(
            [*command, *map(str, arguments)],
            env={**os.environ, **environment, name: value, "FREEHOLD_POOL_SIZE": "2"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        # Collectors read standard output where the audit log goes there.
        is_streaming = environment.get("FREEHOLD_AUDIT_STREAM") == "stdout"
        self._says = self.popen.stderr if is_streaming else self.popen.stdout
        self.banner = ""
        # Ends a wait for a banner that never comes; whatever was begun has its output closed then.
        self._watchdog = threading.Timer(DEADLINE_SECONDS, self.popen.kill)
        self._watchdog.daemon = True
        self._watchdog.start()

    @property
    def url(self) -> str:
        """Wait until it answers; gives its address."""
        assert self._says is not None
        while "Ctrl-C" not in self.banner:
            line = self._says.readline()
            assert line, f"it ended instead: {self.finish()}"
            self.banner += line
        self._watchdog.cancel()
        return next(line.split()[1] for line in self.banner.splitlines() if "/v1" in line).removesuffix("/v1")

    def finish(self, number: signal.Signals | None = None) -> tuple[int, str]:
        """Send it a signal, if any, and wait for its end; gives exit status and standard error."""
        if number is not None:
            self.popen.send_signal(number)
        _, complaint = self.popen.communicate(timeout=DEADLINE_SECONDS)
        return self.popen.returncode, complaint

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C: the terminal tells the whole group of processes."""
        os.killpg(self.popen.pid, signal.SIGINT)
        return self.finish()

    def processes(self) -> list[str]:
        """List what it and everything that it started still run."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and self.mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:  # it has ended meanwhile, or is another user's
                continue
        return found

    def kill(self) -> None:
        """End it at once, if it runs."""
        self._watchdog.cancel()
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.communicate(timeout=DEADLINE_SECONDS)
