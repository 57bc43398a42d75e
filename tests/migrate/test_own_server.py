"""A rehearsal on a server of its own: there, what a server's databases share may be changed, and is put back."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.migrate import cluster

from freehold.migrate import gate
from freehold.migrate.beside import copy_remark
from freehold.migrate.database import connect
from freehold.migrate.errors import UnprovedError
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import Rehearsal, rehearse
from freehold.migrate.reverse import Prospect, down
from freehold.migrate.staging import copy_stem, staging_database
from freehold.postgres import EmbeddedServer

Writer = Callable[..., Path]
Query = Callable[..., list[tuple[Any, ...]]]


class Site:
    """A database with a row in it, a folder of migrations, and a server of its own for the copies."""

    def __init__(self, url: str, staging_url: str, folder: Path) -> None:
        self.url = url
        self.staging_url = staging_url
        self.folder = folder

    def sets(self) -> list[MigrationSet]:
        return [MigrationSet.from_folder(self.folder / "migrations")]

    def rehearse(self, staging_url: str | None = None) -> Rehearsal:
        backups = self.folder / "backups"
        return asyncio.run(rehearse(self.url, sets=self.sets(), backups=backups, staging_url=staging_url))

    def everything(self) -> dict[str, Any]:
        return asyncio.run(cluster.everything(self.staging_url))


@pytest.fixture
def site(database_url: str, query: Query, server: EmbeddedServer, write: Writer, tmp_path: Path) -> Site:
    del write  # it makes the folder
    query("CREATE TABLE items (id int PRIMARY KEY)")
    query("INSERT INTO items VALUES (1)")
    return Site(database_url, server.admin_url, tmp_path)


@pytest.fixture
def role(database_name: str, query: Query) -> Iterator[str]:
    """The name of a role that a migration may make."""
    name = f"made_{database_name}"
    yield name
    if query("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        query(f"DROP OWNED BY {name}")
        query(f"DROP ROLE {name}")


def test_roles_and_settings_are_rehearsed_again_and_again_and_then_applied(
    site: Site, write: Writer, role: str, database_name: str, query: Query
) -> None:
    up = f"""
        CREATE ROLE {role}; ALTER ROLE {role} SET work_mem = '8MB'; GRANT {role} TO CURRENT_USER;
        GRANT SELECT ON items TO {role}; GRANT CREATE ON TABLESPACE pg_default TO {role};
        GRANT CONNECT ON DATABASE {database_name} TO {role};
        ALTER DATABASE {database_name} SET work_mem = '9MB'; COMMENT ON DATABASE {database_name} IS 'x';"""
    down = f"""
        COMMENT ON DATABASE {database_name} IS NULL; ALTER DATABASE {database_name} RESET work_mem;
        REVOKE CONNECT ON DATABASE {database_name} FROM {role};
        REVOKE CREATE ON TABLESPACE pg_default FROM {role}; REVOKE ALL ON items FROM {role};
        DROP ROLE {role};"""
    write("0001_role", up, down)
    write("0002_grant", f"GRANT INSERT ON items TO {role};", f"REVOKE INSERT ON items FROM {role};")
    before = site.everything()
    beside = site.rehearse()
    assert {each.rule for each in beside.findings if each.severity == "error"} == {"server-wide"}
    for _ in range(2):
        rehearsal = site.rehearse(site.staging_url)
        assert rehearsal.passed, rehearsal.findings
        assert site.everything() == before
    outcome = asyncio.run(gate.apply_proved(site.url, sets=site.sets()))
    assert (len(outcome.applied), outcome.surprises) == (2, [])
    assert query("SELECT 1 FROM pg_roles WHERE rolname = $1", role) == [(1,)]


def test_way_back_over_a_role_is_tried_on_a_server_of_its_own(
    site: Site, write: Writer, role: str, query: Query
) -> None:
    write(
        "0001_role",
        "CREATE TABLE a (id int);",
        f"DROP TABLE a; DO $$ BEGIN IF true THEN CREATE ROLE {role}; END IF; END $$;",
    )
    write("0002_role", "CREATE TABLE b (id int);", f"DROP TABLE b; CREATE ROLE {role};")
    asyncio.run(gate.apply_proved(site.url, sets=site.sets(), unsafe="a test"))

    async def yes(_: Prospect) -> bool:
        return True

    async def back(to: str, staging_url: str | None) -> Prospect:
        backups = site.folder / "backups"
        return await down(site.url, sets=site.sets(), to=to, backups=backups, confirm=yes, staging_url=staging_url)

    with pytest.raises(
        UnprovedError, match=r"0002_role.sql:4: server-wide: this changes roles(?s:.)*Nothing was reverted"
    ):
        asyncio.run(back("0001", None))
    assert query("SELECT to_regclass('b') IS NOT NULL") == [(True,)]
    before = site.everything()
    assert asyncio.run(back("0001", site.staging_url)).reverted == ["0002_role"]
    assert site.everything() == before


def test_other_databases_of_the_staging_server_are_left_alone(site: Site, write: Writer) -> None:
    write("0001_other", "ALTER DATABASE remote SET work_mem = '9MB';", "ALTER DATABASE remote RESET work_mem;")
    before = site.everything()
    rehearsal = site.rehearse(site.staging_url)
    assert [each.rule for each in rehearsal.findings if each.severity == "error"] == ["other-server"]
    assert "changes database remote: settings of all roles outside of the copy" in rehearsal.findings[0].message
    assert site.everything() == before


def test_production_s_own_server_given_for_staging_is_noticed(
    site: Site, write: Writer, admin_url: str, role: str, query: Query
) -> None:
    write("0001_role", f"CREATE ROLE {role};", f"DROP ROLE {role};")
    rehearsal = site.rehearse(admin_url)
    assert [each.rule for each in rehearsal.findings] == ["server-wide", "server-wide"]  # up and down
    assert "the server of --staging-url is production's own" in rehearsal.findings[0].remedy
    assert query("SELECT 1 FROM pg_roles WHERE rolname = $1", role) == []


def test_copy_that_a_killed_runner_left_under_production_s_name_is_replaced(site: Site, database_name: str) -> None:
    async def name_of_copy() -> str:
        async with staging_database(site.url, site.staging_url) as copy:
            return urlsplit(copy).path[1:]

    async def leave(comment: str) -> None:
        await cluster.run(site.staging_url, f"CREATE DATABASE {database_name}")
        await cluster.run(site.staging_url, f"COMMENT ON DATABASE {database_name} IS '{comment}'")

    async def stem() -> str:
        async with connect(site.url) as source:
            return await copy_stem(source)

    before = site.everything()
    assert asyncio.run(name_of_copy()) == database_name
    asyncio.run(leave(copy_remark(asyncio.run(stem()))))
    assert asyncio.run(name_of_copy()) == database_name
    assert site.everything() == before
    asyncio.run(leave("of another"))
    try:
        assert asyncio.run(name_of_copy()).startswith(f"{database_name}_staging_")
        assert f"rows of {database_name}" in site.everything()
    finally:
        asyncio.run(cluster.run(site.staging_url, f"DROP DATABASE {database_name}"))
