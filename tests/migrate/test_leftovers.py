"""What killed runs and restores leave is listed with its size and age, and goes by name; nothing else ever does."""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

import asyncpg
import pytest
from click.testing import CliRunner, Result
from tests.migrate.conftest import sql
from tests.waiting import eventually

from freehold.migrate import backup, leftovers
from freehold.migrate.beside import copy_remark, named, remark
from freehold.migrate.commands import migrate, restore
from freehold.migrate.database import connect, quoted, with_database
from freehold.migrate.lock import runner_lock
from freehold.migrate.staging import copy_stem
from freehold.postgres import EmbeddedServer

Writer = Callable[..., Path]
Run = Callable[..., Result]
Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]
Make = Callable[..., str]

STAMP = "20260102030405_abcdef"


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def run(database_url: str, backups: Path, write: Writer) -> Run:
    folder = write("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;").parent

    def invoke(command: str, *arguments: str, answer: str | None = None) -> Result:
        files = ["--no-builtin", "--dir", str(folder)] if command == "status" else []
        environment = {"FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_BACKUPS_DIR": str(backups)}
        return CliRunner(env=environment).invoke(migrate, [command, *files, *arguments], input=answer)

    return invoke


@pytest.fixture
def beside(execute: Execute) -> Iterator[Make]:
    """Make a database on the same server, with or without a comment."""
    made: list[str] = []

    def make(name: str, comment: str | None = None) -> str:
        execute(f"CREATE DATABASE {quoted(name)}")
        made.append(name)
        if comment:
            execute(f"COMMENT ON DATABASE {quoted(name)} IS '{comment}'")
        return name

    yield make
    for name in made:
        execute(f"DROP DATABASE IF EXISTS {quoted(name)}")


@pytest.fixture
def copy(database_url: str, beside: Make) -> str:
    """What a killed rehearsal leaves."""

    async def stem() -> str:
        async with connect(database_url) as connection:
            return await copy_stem(connection)

    name = asyncio.run(stem())
    return beside(f"{name}0badcafe", copy_remark(name))


def shown(run: Run) -> dict[str, dict[str, object]]:
    return {each["name"]: each for each in json.loads(run("status", "--json").stdout)["leftovers"]}


def databases(query: Query) -> set[object]:
    return {name for (name,) in query("SELECT datname FROM pg_database")}


def unfinished(backups: Path) -> Path:
    folder = backups / f"20260102T030405Z-{secrets.token_hex(3)}.partial"
    folder.mkdir()
    (folder / "toc.dat").write_bytes(b"x" * 2**20)
    return folder


def test_every_kind_is_listed_with_size_and_age_and_goes_by_its_name(
    run: Run, copy: str, beside: Make, database_name: str, backups: Path
) -> None:
    restored = beside(named(database_name, "restored", STAMP), remark(database_name, "restored"))
    replaced = beside(named(database_name, "before", STAMP), remark(database_name, "before"))
    folder = unfinished(backups)
    found = shown(run)
    assert {name: each["kind"] for name, each in found.items()} == {
        copy: "copy",
        restored: "restored",
        replaced: "replaced",
        folder.name: "backup",
    }
    assert found[folder.name]["size_bytes"] == 2**20
    assert all(each["in_use"] is False and each["made_at"] and each["size_bytes"] for each in found.values())
    assert found[replaced]["made_at"] == "2026-01-02T03:04:05Z"
    text = run("status").stdout
    assert all(name in text for name in found)
    assert "Remove it with: freehold migrate clean" in text
    removed = run("clean", copy, folder.name, "--yes", "--json")
    assert removed.exit_code == 0, removed.output
    assert [each["name"] for each in json.loads(removed.stdout)["removed"]] == [copy, folder.name]
    assert set(shown(run)) == {restored, replaced}
    assert not folder.exists()


def test_backup_in_the_making_is_in_use(database_url: str, backups: Path) -> None:
    class Looks:
        in_use: ClassVar[list[bool]] = []

        def step(self, _: str) -> None:
            self.in_use.extend(map(backup.is_held, backups.glob("*.partial")))

        def advance(self, done: int, total: int) -> None:
            pass

    asyncio.run(backup.create(database_url, backups, Looks()))
    assert Looks.in_use == [True]


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse

class Killer:
    def step(self, text):
        if text == "Backing up":
            os.kill(os.getpid(), signal.SIGKILL)

url, folder, backups = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
asyncio.run(rehearse(url, sets=[MigrationSet.from_folder(folder)], backups=backups, progress=Killer()))
"""


def test_killed_rehearsal_leaves_nothing_that_clean_does_not_remove(
    run: Run, database_url: str, backups: Path, tmp_path: Path
) -> None:
    arguments = (database_url, str(tmp_path / "migrations"), str(backups))
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert sorted(str(each["kind"]) for each in shown(run).values()) == ["backup", "copy"]
    assert all(each["made_at"] for each in shown(run).values())
    eventually(lambda: not any(each["in_use"] for each in shown(run).values()))
    assert run("clean", "--yes").stdout.splitlines()[-1] == "2 removed."
    assert shown(run) == {}
    assert list(backups.iterdir()) == []


def test_replaced_database_goes_only_when_it_is_named(
    run: Run, query: Query, copy: str, beside: Make, database_name: str
) -> None:
    replaced = beside(named(database_name, "before", STAMP), remark(database_name, "before"))
    declined = run("clean", answer="n\n")
    assert declined.exit_code == 1
    assert copy in declined.stdout
    assert replaced not in declined.stdout
    assert copy in databases(query)
    assert run("clean", answer="y\n").exit_code == 0
    assert databases(query) >= {replaced}
    assert copy not in databases(query)
    assert run("clean", replaced, "--yes").exit_code == 0
    assert replaced not in databases(query)


SUBSCRIPTION = "CREATE SUBSCRIPTION {name} CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = 's')"


def test_copy_goes_though_a_subscription_holds_it_or_it_is_a_template(
    run: Run, query: Query, admin_url: str, copy: str, beside: Make
) -> None:
    database = str(query("SELECT current_database()")[0][0])
    replaced = beside(named(database, "before", STAMP), remark(database, "before"))
    for name in (copy, replaced):
        asyncio.run(sql(with_database(admin_url, name), SUBSCRIPTION.format(name=name)))
    asyncio.run(sql(admin_url, f"ALTER DATABASE {quoted(copy)} IS_TEMPLATE true"))
    refused = run("clean", replaced, "--yes")
    asyncio.run(sql(with_database(admin_url, replaced), f"ALTER SUBSCRIPTION {replaced} SET (slot_name = NONE)"))
    asyncio.run(sql(with_database(admin_url, replaced), f"DROP SUBSCRIPTION {replaced}"))
    assert (refused.exit_code, databases(query) & {copy, replaced}) == (1, {copy, replaced})
    assert f"{replaced} is in use and was not removed" in refused.stderr
    assert "subscription" in refused.stderr
    assert run("clean", "--yes").exit_code == 0
    assert copy not in databases(query)


def test_what_is_in_use_is_said_to_be_and_stays(
    run: Run, query: Query, admin_url: str, copy: str, backups: Path
) -> None:
    folder = unfinished(backups)

    async def hold() -> tuple[Result, Result, dict[str, dict[str, object]]]:
        connection = await asyncpg.connect(with_database(admin_url, copy))
        try:
            with backup._held(folder):
                named_ = await asyncio.to_thread(run, "clean", copy, folder.name, "--yes")
                every = await asyncio.to_thread(run, "clean", "--yes")
                return named_, every, await asyncio.to_thread(shown, run)
        finally:
            await connection.close()

    by_name, every, found = asyncio.run(hold())
    assert by_name.exit_code == 1
    assert f"{copy}, {folder.name}: in use, so nothing was removed" in by_name.stderr
    assert every.stdout.splitlines()[-1] == "0 removed."
    assert all(each["in_use"] for each in found.values())
    assert copy in databases(query)
    assert folder.exists()


def test_what_is_not_known_for_certain_is_never_removed(
    run: Run, query: Query, beside: Make, database_name: str, copy: str
) -> None:
    others = [
        beside(f"{database_name}{ending}")
        for ending in (
            "_staging_0123abcd_0badcafe",  # of a database of the same name on another server
            "_before_20260102030405",  # made by hand
            "_restored_by_hand",
            "x_before_20260102030405_abcdef",  # of another database
        )
    ]
    assert set(shown(run)) == {copy}
    for name in (*others, database_name, "postgres", "not_there", "../outside"):
        refused = run("clean", name, copy, "--yes")
        assert refused.exit_code == 1
        assert f"{name}: not left by a run on this database, so not removed" in refused.stderr
    assert databases(query) >= {*others, database_name, "postgres", copy}


def test_long_names_that_begin_alike_are_told_apart_by_the_comment(admin_url: str, beside: Make) -> None:
    stem = f"a_database_with_a_long_name_{secrets.token_hex(3)}"[:32]
    ours, other = beside(f"{stem}_ours"), f"{stem}_other"
    of_ours = beside(named(ours, "before", STAMP), remark(ours, "before"))
    beside(named(other, "before", "20260102030406_abcdef"), remark(other, "before"))
    beside(named(ours, "restored", "20260102030407_abcdef"))
    command = ["clean", of_ours, "--yes", "--json", "--database-url", with_database(admin_url, ours)]
    assert [each["name"] for each in json.loads(CliRunner().invoke(migrate, command).stdout)["removed"]] == [of_ours]
    refused = CliRunner().invoke(migrate, [*command[:1], named(other, "before", "20260102030406_abcdef"), *command[2:]])
    assert "Nothing is left" in refused.stderr


def test_nothing_is_removed_while_another_run_is_at_work(
    run: Run, query: Query, database_url: str, copy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "runner_lock", partial(runner_lock, wait_seconds=0.1))

    async def hold() -> Result:
        async with runner_lock(database_url):
            return await asyncio.to_thread(run, "clean", copy, "--yes")

    refused = asyncio.run(hold())
    assert refused.exit_code == 1
    assert "Another migration is running on this database" in refused.stderr
    assert copy in databases(query)


def test_restore_leaves_what_clean_removes_and_keeps_the_comment_of_the_database(
    run: Run, execute: Execute, query: Query, database_url: str, backups: Path
) -> None:
    database_name = database_url.partition("?")[0].rpartition("/")[2]
    execute(f"CREATE TABLE t (id int); COMMENT ON DATABASE {database_name} IS 'the shop''s'")
    taken = asyncio.run(backup.create(database_url, backups))
    environment = {"FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_BACKUPS_DIR": str(backups)}
    done = CliRunner(env=environment).invoke(restore, [str(taken.folder), "--yes", "--json"])
    assert done.exit_code == 0, done.output
    kept = json.loads(done.stdout)["kept_as"]
    assert {name: each["kind"] for name, each in shown(run).items()} == {kept: "replaced"}
    comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1"
    assert query(comment, database_name) == [("the shop's",)]
    assert run("clean", kept, "--yes").exit_code == 0
    assert shown(run) == {}


def test_age_tells_where_a_file_system_has_no_locks(run: Run, backups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(_: Path) -> bool:
        raise OSError

    monkeypatch.setattr("freehold.migrate.leftovers.is_held", no_locks)
    folder = unfinished(backups)
    assert shown(run)[folder.name]["in_use"] is True
    long_ago = time.time() - 2 * 24 * 60 * 60
    for path in (folder / "toc.dat", folder):
        os.utime(path, (long_ago, long_ago))
    assert shown(run)[folder.name]["in_use"] is False


def test_status_is_shown_although_the_staging_server_is_away(run: Run, copy: str) -> None:
    result = run("status", "--staging-url", "postgresql://somebody@127.0.0.1:1/nowhere")
    assert result.exit_code == 0
    assert copy in result.stdout
    assert "Copies on the staging server are not shown: Cannot connect" in result.stderr


def test_copy_on_the_staging_server_is_listed_and_removed(run: Run, copy: str, tmp_path: Path) -> None:
    with EmbeddedServer.start(tmp_path / "staging", fast=True) as server:
        asyncio.run(sql(server.admin_url, f"CREATE DATABASE {quoted(copy)}"))
        staging = ("--staging-url", server.admin_url)
        assert set(shown(run)) == {copy}
        removed = json.loads(run("clean", "--yes", "--json", *staging).stdout)["removed"]
        assert [(each["name"], each["place"]) for each in removed] == [(copy, "database")]
        marked = f"CREATE DATABASE shop; COMMENT ON DATABASE shop IS '{copy_remark(copy.removesuffix('0badcafe'))}'"
        asyncio.run(sql(server.admin_url, "CREATE DATABASE other"))
        for statement in marked.split("; "):
            asyncio.run(sql(server.admin_url, statement))
        removed = json.loads(run("clean", "shop", copy, "--yes", "--json", *staging).stdout)["removed"]
        assert [(each["name"], each["place"]) for each in removed] == [("shop", "staging"), (copy, "staging")]
        assert run("clean", "other", "--yes", *staging).exit_code == 1


def test_same_server_as_staging_lists_a_copy_once(run: Run, admin_url: str, copy: str) -> None:
    listed = json.loads(run("status", "--json", "--staging-url", admin_url).stdout)["leftovers"]
    assert [each["name"] for each in listed] == [copy]
