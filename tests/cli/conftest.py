"""The real program on real databases, each in a process of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from freehold.postgres import EmbeddedServer
from tests.environment import settings
from tests.forker import Forker
from tests.waiting import eventually

from .processes import Served, postgres_runs

Freehold = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings():
        monkeypatch.delenv(name)


@pytest.fixture
def freehold(database_url: str, forker: Forker, tmp_path: Path) -> Freehold:
    """Run `freehold` on the test's own database: ``freehold("users", "list", stdin="...", FREEHOLD_DEBUG="1")``."""

    def run(*arguments: str, stdin: str | None = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        given = {**os.environ, "FREEHOLD_DATABASE_URL": database_url, **environment}
        return forker.run(*arguments, environment=given, folder=tmp_path, stdin=stdin)

    return run


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start `freehold serve` with these arguments, on a free port; at the end it is killed if it still runs."""
    begun: list[Served] = []

    def start(
        *arguments: str | Path, python: tuple[str, ...] = (sys.executable,), port: int = 0, **environment: str
    ) -> Served:
        begun.append(Served(*arguments, python=python, port=port, environment=environment))
        return begun[-1]

    yield start
    for each in begun:
        each.kill()
    for lock in tmp_path.rglob("cluster.lock"):
        data_dir = lock.parents[1]
        assert eventually(lambda: not postgres_runs(data_dir)), f"PostgreSQL still runs in {data_dir}"  # noqa: B023


@pytest.fixture
def data_dir(made: Path, tmp_path: Path) -> Path:
    """A data directory with the schema and no server."""
    return shutil.copytree(made, tmp_path / "data")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the schema and no server, to be copied: quicker than making one for each test."""
    from freehold.terminal.embedded import prepare_embedded  # noqa: PLC0415 - after the settings are gone

    data_dir = tmp_path_factory.mktemp("made") / "data"
    with EmbeddedServer.start(data_dir, fast=True) as server:
        prepare_embedded(server, data_dir.with_name("backups"))
    return data_dir
