"""Several processes, one data directory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.postgres import EmbeddedServer, PostgresError, connect_or_start
from tests.waiting import eventually

from .servers import Process, is_running, sql

Hold = Callable[[str, Path], Process]


def test_second_server_is_refused_and_told_who_has_the_directory(data_dir: Path, hold: Hold) -> None:
    first = hold("start", data_dir)
    url = first.hear()
    with pytest.raises(PostgresError, match=f"in use by process {first.popen.pid}"):
        EmbeddedServer.start(data_dir)
    assert sql(url, "SELECT 1") == "1"
    assert first.finish() == (0, "")


def test_second_server_in_the_same_process_is_refused(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir, fast=True), pytest.raises(PostgresError, match="in use by process"):
        EmbeddedServer.start(data_dir)


def test_refused_second_server_may_start_once_the_first_has_stopped(data_dir: Path, hold: Hold) -> None:
    first = hold("start", data_dir)
    first.hear()
    with pytest.raises(PostgresError):
        EmbeddedServer.start(data_dir)
    first.finish()
    with EmbeddedServer.start(data_dir, fast=True) as server:
        assert sql(server.url, "SELECT 1") == "1"


def test_command_uses_the_running_server(data_dir: Path, hold: Hold) -> None:
    owner = hold("start", data_dir)
    url = owner.hear()
    with connect_or_start(data_dir) as server:
        assert server.url == url
        assert not server.started_here
    assert sql(url, "SELECT 1") == "1"


def test_command_starts_a_server_and_stops_it(data_dir: Path) -> None:
    with connect_or_start(data_dir) as server:
        assert server.started_here
        assert sql(server.url, "SELECT 1") == "1"
    assert not is_running(data_dir)


@pytest.mark.parametrize("first", ["start", "connect_or_start"])
def test_last_one_out_stops_the_server(data_dir: Path, hold: Hold, first: str) -> None:
    starter, joiner = hold(first, data_dir), hold("connect_or_start", data_dir)
    url = starter.hear()
    assert joiner.hear() == url
    assert starter.finish() == (0, "")
    assert sql(url, "SELECT 1") == "1"
    assert joiner.finish() == (0, "")
    assert not is_running(data_dir)


def test_server_outlives_a_killed_starter_while_another_uses_it(data_dir: Path, hold: Hold) -> None:
    starter = hold("connect_or_start", data_dir)
    url = starter.hear()
    joiner = hold("connect_or_start", data_dir)
    joiner.hear()
    starter.end()
    assert sql(url, "SELECT 1") == "1"
    joiner.end()
    assert eventually(lambda: not is_running(data_dir))


def test_owner_takes_over_the_server_of_a_command(data_dir: Path, hold: Hold) -> None:
    command = hold("connect_or_start", data_dir)
    url = command.hear()
    with EmbeddedServer.start(data_dir) as server:
        assert server.url == url
        command.finish()
        assert sql(url, "SELECT 1") == "1"
    assert not is_running(data_dir)


def test_many_commands_at_once_make_one_cluster(tmp_path: Path, hold: Hold) -> None:
    commands = [hold("connect_or_start", tmp_path / "data") for _ in range(5)]
    urls = {command.hear() for command in commands}
    assert len(urls) == 1
    assert sql(urls.pop(), "SELECT 1") == "1"
    assert [command.finish() for command in commands] == [(0, "")] * 5
    assert not is_running(tmp_path / "data")


def test_commands_that_follow_each_other_closely_never_meet_an_ending_server(data_dir: Path, hold: Hold) -> None:
    for _ in range(5):
        command = hold("connect_or_start", data_dir)
        assert command.hear().startswith("postgresql://")
        command.end()  # killed: its keeper ends the server while the next command comes in
    with connect_or_start(data_dir) as server:
        assert sql(server.url, "SELECT 1") == "1"
