"""How many cores there are for us, also in a container."""

import os
from pathlib import Path

import pytest

from freehold import Settings
from freehold.base.machine import cores


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "5000 100000\n"}, 1),
        ({"cpu.max": "6400000 100000\n"}, 8),
        ({"cpu.max": "nonsense"}, 8),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
    ],
)
def test_quota_of_a_container_counts_where_it_is_less_than_the_machine(
    files: dict[str, str], expected: int, tmp_path: Path
):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert cores(tmp_path) == expected


@pytest.mark.parametrize(("machine", "workers", "threads"), [(1, 1, 1), (2, 2, 1), (8, 8, 1), (12, 8, 2), (64, 8, 8)])
def test_defaults_fit_the_machine_and_a_server_with_a_hundred_connections(
    machine: int, workers: int, threads: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("freehold.base.settings.cores", lambda: machine)
    settings = Settings()
    assert (settings.workers, settings.password_threads) == (workers, threads)
    assert settings.workers * settings.pool_size <= 80
