"""What a new cluster promises, and that it is there whole or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.postgres import EmbeddedServer, PostgresError, server_binaries
from freehold.postgres.layout import Layout
from tests.waiting import eventually

from .servers import Process, kill, sql


def test_cluster_has_the_promised_settings(data_dir: Path) -> None:
    names = "server_encoding data_checksums timezone listen_addresses synchronous_commit fsync max_connections"
    with EmbeddedServer.start(data_dir) as server:
        values = {name: sql(server.url, f"SHOW {name}") for name in names.split()}
        rules = sql(server.admin_url, "SELECT DISTINCT type, auth_method FROM pg_hba_file_rules")
    assert list(values.values()) == ["UTF8", "on", "UTC", "", "on", "on", "100"]
    assert rules == "local|scram-sha-256"


@pytest.mark.skipif(server_binaries().major < 17, reason="the builtin locale provider came with PostgreSQL 17")
def test_text_is_ordered_and_cased_by_the_builtin_locale(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir, fast=True) as server:
        question = "SELECT datlocprovider, datlocale, lower('ÄÖ') FROM pg_database WHERE datname = 'freehold'"
        assert sql(server.url, question) == "b|C.UTF-8|äö"


def test_role_owns_its_database_and_is_no_superuser(data_dir: Path) -> None:
    rights = (
        "SELECT rolname, rolsuper, rolcreatedb, rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    owner = "SELECT pg_get_userbyid(datdba), current_database() FROM pg_database WHERE datname = current_database()"
    with EmbeddedServer.start(data_dir, fast=True) as server:
        assert sql(server.url, rights) == "freehold|f|t|t|f"
        assert sql(server.url, owner) == "freehold|freehold"
        assert sql(server.admin_url, rights).startswith("postgres|t")


def test_passwords_are_private_and_demanded(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir, fast=True) as server:
        password = Layout(data_dir).password("freehold")
        for wrong in (server.url.replace(password, "wrong"), server.url.replace(f":{password}", "")):
            with pytest.raises(RuntimeError, match="password"):
                sql(wrong, "SELECT 1")
    files = list((data_dir / "postgres").glob("*.password"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert len({path.read_text() for path in files}) == 2
    assert all(len(path.read_text()) >= 40 for path in files)


def test_folders_are_closed_to_others(data_dir: Path) -> None:
    layout = Layout(data_dir)
    with EmbeddedServer.start(data_dir, fast=True):
        folders = (layout.run, layout.postgres, layout.cluster, layout.log.parent)
        assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


START = """
    import sys
    from pathlib import Path
    from freehold.postgres import EmbeddedServer
    EmbeddedServer.start(Path(sys.argv[1]), fast=True)
"""


def test_start_after_kill_in_the_middle_of_making_a_cluster(process: Callable[..., Process], tmp_path: Path) -> None:
    layout = Layout(tmp_path / "data")
    starter = process(START, layout.root)
    assert eventually((layout.half_made / "cluster" / "base").exists)
    kill(starter.popen.pid)
    starter.popen.wait()
    assert not layout.postgres.exists()
    with EmbeddedServer.start(layout.root, fast=True) as server:
        assert sql(server.url, "SELECT 'whole'") == "whole"
    assert not layout.half_made.exists()


def test_leftovers_of_a_half_made_cluster_are_no_hindrance(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "data")
    (layout.half_made / "cluster").mkdir(parents=True)
    (layout.half_made / "cluster" / "PG_VERSION").write_text("18\n")
    layout.marker.write_text("")
    with EmbeddedServer.start(layout.root, fast=True) as server:
        assert sql(server.url, "SELECT 'whole'") == "whole"


def test_failing_initdb_is_reported_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, body in (("postgres", "echo 'postgres (PostgreSQL) 18.1'"), ("initdb", "echo no space left >&2; exit 1")):
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("FREEHOLD_POSTGRES_BIN", os.fspath(programs))
    with pytest.raises(PostgresError, match=r"could not make a new cluster(.|\n)*no space left"):
        EmbeddedServer.start(tmp_path / "data")
    assert not Layout(tmp_path / "data").postgres.exists()


@pytest.mark.parametrize(
    "name", ["with space", "Ünïcødé-数据", "a,comma", "q'u\"ote", "per%20cent", b"not-\xff-utf8", "x" * 120]
)
def test_odd_directory_names_work(tmp_path: Path, name: str | bytes) -> None:
    data_dir = tmp_path / os.fsdecode(name)
    with EmbeddedServer.start(data_dir, fast=True) as server:
        assert sql(server.url, "SELECT 'here'") == "here"
        assert server.data_dir == data_dir
