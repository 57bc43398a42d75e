"""Real servers, real processes: every fixture ends what it began."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from freehold.postgres import EmbeddedServer
from tests.waiting import eventually

from .servers import HOLD, Process, is_running


@pytest.fixture
def process() -> Iterator[Callable[..., Process]]:
    begun: list[Process] = []

    def begin(code: str, *arguments: str | Path, prefix: tuple[str, ...] = ()) -> Process:
        begun.append(Process(code, *arguments, prefix=prefix))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()


@pytest.fixture
def hold(process: Callable[..., Process]) -> Callable[[str, Path], Process]:
    """A process that holds a server (`start` or `connect_or_start`) until its standard input closes."""
    return lambda how, data_dir: process(HOLD, how, data_dir)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose server has stopped, to copy: quicker than making a cluster for each test."""
    data_dir = tmp_path_factory.mktemp("made") / "data"
    with EmbeddedServer.start(data_dir, fast=True):
        pass
    return data_dir


@pytest.fixture
def data_dir(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A data directory with a stopped server; whatever a test leaves running in it is ended."""
    copy = tmp_path / "data"
    shutil.copytree(made, copy)
    yield copy
    assert eventually(lambda: not is_running(copy)), "the test left PostgreSQL running"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A running server for tests that only look."""
    with EmbeddedServer.start(tmp_path_factory.mktemp("shared") / "data", fast=True) as running:
        yield running
