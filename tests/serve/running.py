"""Real servers in processes of their own."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.environment import without_settings

SECONDS = 30.0
PROGRAM = """
import sys
from freehold import Settings
from freehold.serve.port import PortRefused
from freehold.serve.server import RequestsCut, serve

settings = Settings.from_environment(database_url=sys.argv[1], port=int(sys.argv[2]), workers=int(sys.argv[3]))
try:
    serve(settings, announce=lambda url: print(url, flush=True))
except PortRefused as error:
    sys.exit(error.detail)
except RequestsCut as error:
    print(f"cut {error.requests}", flush=True)
    sys.exit(3)
print("stopped", flush=True)
"""


class Running:
    """A server in a process of its own."""

    def __init__(self, database_url: str, log: Path, workers: int, **environment: str) -> None:
        self._log = log
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, database_url, "0", str(workers)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
                env={**without_settings(), **environment},
            )
        assert self.process.stdout is not None
        # A mail that waits in the database may be told of before the address.
        lines = (line.strip() for line in self.process.stdout)
        self.url = next((line for line in lines if not line.startswith("Mail to ")), "")
        if not self.url.startswith("http://127.0.0.1:"):
            self.stop()
            pytest.fail(f"it said {self.url!r}, ended with {self.process.returncode}, and wrote: {self.log}")
        self.port = int(self.url.rpartition(":")[2])

    @property
    def log(self) -> str:
        return self._log.read_text()

    def workers(self) -> set[int]:
        """The ids of the worker processes."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(pid) for pid in listed.split()}

    def send(self, data: bytes, *, finish: bool = False) -> bytes:
        """Send bytes on a connection of their own and read until the server closes it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as connection:
            connection.sendall(data)
            if finish:
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def terminate(self) -> tuple[int, str]:
        """Tell it to stop and wait for that; gives the exit status and what it said."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGTERM)
        said = self.process.stdout.read()
        return self.process.wait(SECONDS), said.strip()

    def stop(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(SECONDS)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def read_all(connection: socket.socket) -> bytes:
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def refused(port: int) -> bool:
    """Whether nobody listens on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


def answers(url: str) -> bool:
    """Whether the server says that it can answer requests."""
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:  # it was in the queue of the worker that was killed
        return False
