"""A server in processes of its own, with settings from its environment, and what it counts."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.environment import without_settings

from freehold.serve.stopping import STOP_SECONDS

SECONDS = 30.0
PROGRAM = """
from freehold import Settings
from freehold.serve.port import Port
from freehold.serve.server import serve

settings = Settings.from_environment()
own = Port(settings.host, settings.metrics_port) if settings.metrics_port is not None else None
serve(settings, metrics_port=own, announce=lambda url: print(url, own.url if own else "", flush=True))
"""
_SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read_samples(text: str) -> Samples:
    """Read the text format; a line that is not of it fails."""
    samples: Samples = {}
    for line in text.splitlines():
        if line.startswith(("# HELP ", "# TYPE ")):
            continue
        match = _SAMPLE.fullmatch(line)
        assert match, line
        key = (match[1], frozenset(_LABEL.findall(match[2] or "")))
        assert key not in samples, line
        samples[key] = float(match[3])
    return samples


def sample(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0.0)


class Running:
    """A server with two workers."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        self._log = log
        others = without_settings("OTEL_")
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM],
                env={
                    **others,
                    "FREEHOLD_PORT": "0",
                    "FREEHOLD_WORKERS": "2",
                    "FREEHOLD_POOL_SIZE": "2",
                    **environment,
                },
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        self.url, _, self.metrics_url = self.process.stdout.readline().strip().partition(" ")
        assert self.url, self.log

    @property
    def log(self) -> str:
        return self._log.read_text()

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(pid) for pid in children.split()}

    def stop(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(SECONDS + STOP_SECONDS)  # a worker that has only just begun may have to be killed
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a server: ``run(FREEHOLD_METRICS_TOKEN="...")``."""
    started: list[Running] = []

    def start(**environment: str) -> Running:
        log = tmp_path / f"log{len(started)}"
        started.append(Running(log, {"FREEHOLD_DATABASE_URL": database_url, **environment}))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def scrape(url: str, token: str | None = None) -> Samples:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.get(f"{url}/metrics", headers=headers, timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return read_samples(answer.text)
