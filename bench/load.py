"""Load, made by wrk."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

SCRIPT = Path(__file__).with_name("load.lua")


class Request(NamedTuple):
    """A request to send; ``header`` says who asks; others follow it after a carriage return."""

    method: str
    path: str
    header: str
    body: str = ""


class Run(msgspec.Struct, frozen=True):
    """What a run of wrk counted."""

    requests: int
    microseconds: int
    refused: int
    """Answers that were neither 2xx nor 3xx."""
    broken: int
    p50_us: int
    p99_us: int

    @property
    def per_second(self) -> float:
        return self.requests / self.microseconds * 1_000_000


class Failed(Exception):
    """A contestant did not answer as it should; what it did cannot be compared."""


def require_wrk() -> None:
    """Return when there is a load generator.

    Raises:
        SystemExit: saying how to install it.
    """
    if shutil.which("wrk") is None:
        raise SystemExit("The load generator wrk is missing: install it (apt-get install wrk, or brew install wrk)")


def write_requests(path: Path, requests: Iterable[Request]) -> Path:
    """Write down what wrk is to send."""
    path.write_text("".join("\t".join(request) + "\n" for request in requests), "utf-8")
    return path


def run(url: str, requests: Path, *, seconds: int, connections: int, seed: int) -> Run:
    """Send requests for some seconds, each connection its next one when it has the answer.

    Raises:
        Failed: an answer was an error, or none came.
    """
    threads = min(2, connections)
    how = [f"-t{threads}", f"-c{connections}", f"-d{seconds}", "--timeout", "10"]
    done = subprocess.run(
        ["wrk", *how, "-s", SCRIPT, url, "--", str(requests), str(seed)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    counted = msgspec.json.decode(done.stdout.strip().splitlines()[-1], type=Run)
    if counted.refused or counted.broken or not counted.requests:
        raise Failed(f"{url}: {counted.refused} of {counted.requests} requests refused, {counted.broken} broken")
    return counted
