"""A server that dies is started again by whoever serves from it, with a line of the log each way."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.postgres import EmbeddedServer, PostgresError, Revival
from freehold.postgres.layout import Layout
from tests.waiting import eventually

from .servers import kill, postmaster, sql

MIB = 1024 * 1024
DISK_BYTES, BALLAST_BYTES = 160 * MIB, 48 * MIB
FILL = "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000)) FROM generate_series(1, 300)"


def answers(server: EmbeddedServer) -> bool:
    try:
        return sql(server.url, "SELECT 1") == "1"
    except RuntimeError:
        return False


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "freehold.postgres.revival"]


@pytest.mark.parametrize("times", [2, pytest.param(21, marks=pytest.mark.long)])
def test_a_killed_server_comes_back_by_itself_with_a_line_each_way(
    data_dir: Path, caplog: pytest.LogCaptureFixture, times: int
) -> None:
    with EmbeddedServer.start(data_dir) as server, Revival(server):
        sql(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
        for _ in range(times):
            caplog.clear()
            victim = postmaster(data_dir)
            kill(victim)
            eventually(lambda: len(lines(caplog)) == 2)
            assert sql(server.url, "SELECT number FROM kept") == "7"
            assert postmaster(data_dir) != victim
            died, back = lines(caplog)
            assert "has ended unasked, and is started again" in died
            assert "runs again, after" in back


def test_a_server_that_was_stopped_is_not_revived(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    with EmbeddedServer.start(data_dir, fast=True) as server, Revival(server):
        pass
    assert lines(caplog) == []
    assert not server.is_alive()


def test_an_attempt_that_fails_is_told_once_and_repeated(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = Layout(data_dir).cluster / "postgresql.conf"
    with EmbeddedServer.start(data_dir, fast=True) as server, Revival(server):
        good = config.read_bytes()
        config.write_bytes(good + b"\nno_such_setting = 1\n")
        kill(postmaster(data_dir))
        eventually(lambda: len(lines(caplog)) == 2)
        assert "no_such_setting" in lines(caplog)[1]
        config.write_bytes(good)
        eventually(lambda: answers(server))
        eventually(lambda: len(lines(caplog)) >= 3)
        assert "runs again" in lines(caplog)[-1]


def test_a_directory_that_was_replaced_is_left_alone(data_dir: Path, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    with EmbeddedServer.start(data_dir, fast=True) as server:
        kill(postmaster(data_dir))
        data_dir.rename(aside)
        shutil.copytree(aside, data_dir, ignore=shutil.ignore_patterns("run"))
        with EmbeddedServer.start(data_dir, fast=True) as other:
            with pytest.raises(PostgresError, match="was replaced"):
                server.revive()
            assert sql(other.url, "SELECT 1") == "1"
        shutil.rmtree(data_dir)
        aside.rename(data_dir)


def test_a_cluster_that_is_gone_is_not_made_again(data_dir: Path, tmp_path: Path) -> None:
    postgres = Layout(data_dir).postgres
    with EmbeddedServer.start(data_dir, fast=True) as server:
        kill(postmaster(data_dir))
        postgres.rename(tmp_path / "aside")
        with pytest.raises(PostgresError, match="is gone"):
            server.revive()
        assert not postgres.exists()
        (tmp_path / "aside").rename(postgres)


@pytest.fixture
def small_disk(data_dir: Path) -> Iterator[Path]:
    """The data directory, on a file system of its own that is soon full."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "freehold-test", data_dir],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("only who may mount has a disk that is soon full")
    try:
        yield data_dir
    finally:
        subprocess.run(["umount", "--lazy", data_dir], check=True)


def test_a_server_that_a_full_disk_ended_comes_back_when_there_is_space(
    small_disk: Path, made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(made, small_disk, dirs_exist_ok=True)
    with EmbeddedServer.start(small_disk) as server, Revival(server):
        sql(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
        ballast = small_disk / "ballast"
        with ballast.open("wb") as opened:
            os.posix_fallocate(opened.fileno(), 0, BALLAST_BYTES)
        with pytest.raises(RuntimeError):  # it ends when it cannot begin the next segment of its log, nor recover
            sql(server.admin_url, FILL)
        eventually(lambda: any("does not start" in line for line in lines(caplog)))
        ballast.unlink()
        eventually(lambda: answers(server))
        assert sql(server.url, "SELECT number FROM kept") == "7"
        eventually(lambda: "runs again" in lines(caplog)[-1])
