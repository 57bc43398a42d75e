from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.serve.running import Running


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(workers: int = 1, **environment: str) -> Running:
        started.append(Running(database_url, tmp_path / f"log{len(started)}", workers, **environment))
        return started[-1]

    yield start
    for server in started:
        server.stop()
