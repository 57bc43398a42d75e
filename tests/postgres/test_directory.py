"""Directories that are not ours to use, or not usable, and where the socket goes."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.postgres import EmbeddedServer, PostgresError, server_binaries
from freehold.postgres.layout import Layout

from .servers import kill, listing, postmaster, sql


def refusal(data_dir: Path) -> str:
    """The message of a refused start, having checked that it touched nothing."""
    before = listing(data_dir)
    with pytest.raises(PostgresError) as refused:
        EmbeddedServer.start(data_dir)
    with pytest.raises(PostgresError):
        EmbeddedServer.join(data_dir)
    assert listing(data_dir) == before
    return str(refused.value)


def test_cluster_of_another_major_is_refused_and_untouched(data_dir: Path) -> None:
    (Layout(data_dir).cluster / "PG_VERSION").write_text("13\n")
    message = refusal(data_dir)
    assert "was made by PostgreSQL 13" in message
    assert f"are PostgreSQL {server_binaries().major}" in message
    assert "FREEHOLD_POSTGRES_BIN" in message


def test_directory_with_other_things_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert "not empty" in refusal(tmp_path)


def test_foreign_postgresql_directory_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("18\n")
    assert "a PostgreSQL data directory of its own" in refusal(tmp_path)


def test_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "is not a directory" in refusal(tmp_path / "file")


def test_empty_directory_of_a_fresh_disk_is_used(tmp_path: Path) -> None:
    (tmp_path / "disk" / "lost+found").mkdir(parents=True)
    with EmbeddedServer.start(tmp_path / "disk", fast=True) as server:
        assert sql(server.url, "SELECT 1") == "1"


def test_directory_on_a_read_only_place_is_a_clear_error() -> None:
    with pytest.raises(PostgresError, match=r"/proc/nowhere cannot be used: .* name another directory with --data-dir"):
        EmbeddedServer.start(Path("/proc/nowhere"))


@pytest.fixture
def runtime_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("r")
    monkeypatch.setenv("XDG_RUNTIME_DIR", os.fspath(folder))
    return folder


@pytest.fixture
def long_dir(data_dir: Path) -> Iterator[Path]:
    """A data directory whose path leaves no room for a socket's name."""
    parent = data_dir.parent / ("long-" * 20)
    parent.mkdir()
    yield data_dir.rename(parent / "data")
    (parent / "data").rename(data_dir)


def test_socket_lives_in_the_data_directory(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir, fast=True):
        assert stat.S_ISSOCK((data_dir / "run" / ".s.PGSQL.5432").stat().st_mode)


def test_socket_of_a_long_path_lives_in_a_private_folder_until_the_stop(long_dir: Path, runtime_dir: Path) -> None:
    with EmbeddedServer.start(long_dir, fast=True) as server, EmbeddedServer.join(long_dir) as joined:
        (folder,) = runtime_dir.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert sql(server.url, "SELECT 1") == "1"
        assert joined.url == server.url
    assert not list(runtime_dir.iterdir())


def test_private_folder_of_a_killed_server_serves_the_next_and_is_removed(long_dir: Path, runtime_dir: Path) -> None:
    with EmbeddedServer.start(long_dir, fast=True) as server:
        kill(postmaster(long_dir))
        assert server.revive()
        assert sql(server.url, "SELECT 1") == "1"
    assert not list(runtime_dir.iterdir())


def test_folder_put_in_place_of_a_killed_servers_is_not_used(long_dir: Path, runtime_dir: Path) -> None:
    with EmbeddedServer.start(long_dir, fast=True) as server:
        (trap,) = runtime_dir.iterdir()
        kill(postmaster(long_dir))
        trap.rename(runtime_dir / "aside")
        trap.mkdir(mode=0o755)
        server.revive()
        with EmbeddedServer.join(long_dir) as joined:
            assert joined.url != server.url
            assert sql(joined.url, "SELECT 1") == "1"
        assert not list(trap.iterdir())


@pytest.mark.parametrize("trap", ["open to others", "a symbolic link"])
def test_foreign_folder_in_the_place_of_the_sockets_is_not_trusted(
    long_dir: Path, runtime_dir: Path, trap: str
) -> None:
    with EmbeddedServer.start(long_dir, fast=True):
        (folder,) = runtime_dir.iterdir()
        aside = folder.rename(folder.with_name("aside"))
        if trap == "a symbolic link":
            folder.symlink_to(aside)
        else:
            folder.mkdir(mode=0o755)
        with pytest.raises(PostgresError, match="is not ours alone"):
            EmbeddedServer.join(long_dir)
        folder.unlink() if folder.is_symlink() else folder.rmdir()
        aside.rename(folder)


def test_no_short_enough_folder_is_a_clear_error(long_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("freehold.postgres.sockets.LONGEST_BYTES", 10)
    with pytest.raises(PostgresError, match="name a shorter --data-dir"):
        EmbeddedServer.start(long_dir)
