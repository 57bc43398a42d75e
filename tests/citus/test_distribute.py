"""Spreading the tables over a cluster: with their rows, their comments and a backup, or not at all."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from freehold import NewOrganization, NewProject, NewUser, Platform, Settings, migrate
from freehold.migrate.backup import backups_in
from freehold.migrate.catalog import schema_objects
from freehold.migrate.citus.distribute import CannotDistributeError, distribute
from freehold.migrate.citus.layout import EVERYWHERE, SPREAD
from freehold.migrate.database import connect
from freehold.migrate.digests import digests
from freehold.migrate.drift import drift
from freehold.migrate.errors import StepError
from tests.citus.conftest import Cluster, rows_of

SETS = [migrate.builtin()]


def test_database_without_citus_is_refused(database_url: str, tmp_path: Path):
    with pytest.raises(CannotDistributeError, match="has no Citus"):
        asyncio.run(distribute(database_url, sets=SETS, backups=tmp_path))
    assert backups_in(tmp_path) == []


async def _fill(url: str) -> None:
    async with Platform.open(url, settings=Settings(rate_limits="off")) as platform:
        for name in ("ada", "bob"):
            user = await platform.users.create(
                NewUser(username=name, email=f"{name}@example.com", password="Lovelace1")
            )
            mine = platform.acting_as(user.id)
            for number in range(3):
                acme = await mine.organizations.create(NewOrganization(name=f"Acme {number} of {name}"))
                await mine.projects.create(acme.id, NewProject(name="Saturn"))


async def _state(url: str) -> tuple[Any, Any]:
    """Digest the rows of every table, and describe the schema, whatever its order."""
    async with connect(url) as connection:
        found = await digests(connection)
        rows = {name: each for name, each in found.tables.items() if name.startswith("public.")}
        return rows, {
            (each.kind, each.parent, each.name): _plain(each.definition) for each in await schema_objects(connection)
        }


def _plain(definition: str) -> str:
    """Leave out brackets and casts, which PostgreSQL adds when it writes down anew what it has written before."""
    return re.sub(r"[()]|::(?:character varying|[a-z]+)(?:\[\])?", "", definition)


def _assert_same(found: tuple[Any, Any], before: tuple[Any, Any]) -> None:
    for now, then in zip(found, before, strict=True):
        names = now.keys() | then.keys()
        assert {name: (then.get(name), now.get(name)) for name in names if then.get(name) != now.get(name)} == {}


@pytest.mark.citus
def test_rows_and_schema_stay_what_they_were(cluster: Cluster, tmp_path: Path):
    url = cluster.coordinator
    asyncio.run(_fill(url))
    before = asyncio.run(_state(url))
    planned = asyncio.run(distribute(url, sets=SETS, backups=tmp_path, shards=4, dry_run=True))
    assert [each.table for each in planned.placed] == [*EVERYWHERE, *SPREAD]
    assert planned.backup is None
    assert asyncio.run(rows_of(url, "SELECT FROM citus_tables")) == []

    done = asyncio.run(distribute(url, sets=SETS, backups=tmp_path, shards=4))
    assert done.placed == planned.placed
    assert [str(each.folder) for each in backups_in(tmp_path)] == [done.backup]
    _assert_same(asyncio.run(_state(url)), before)
    shards = asyncio.run(
        rows_of(url, "SELECT count(*) FROM citus_shards WHERE table_name = 'projects'::regclass AND nodeport <> 0")
    )
    assert shards[0]["count"] == 4

    async def differences() -> list[Any]:
        async with connect(url) as connection:
            return list((await drift(connection)).differences)

    assert asyncio.run(differences()) == []
    again = asyncio.run(distribute(url, sets=SETS, backups=tmp_path, shards=4))
    assert again.placed == []
    assert len(backups_in(tmp_path)) == 1, "what is not needed takes no backup"


REFUSED = {
    "a key to a table that is spread": (
        """
        CREATE TABLE notes (
            organization_id uuid NOT NULL, project_id uuid NOT NULL,
            CONSTRAINT notes_project_fkey FOREIGN KEY (organization_id, project_id) REFERENCES projects
        )
        """,
        "notes_project_fkey of notes refers to projects",
    ),
    "a trigger": (
        """
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER noting BEFORE INSERT ON projects FOR EACH ROW EXECUTE FUNCTION note()
        """,
        "projects has the trigger noting",
    ),
    "a change by hand": ("ALTER TABLE projects ADD COLUMN odd int", "changed by hand"),
    "no worker": ("SELECT citus_remove_node(nodename, nodeport) FROM pg_dist_node WHERE groupid <> 0", "no worker"),
    "spread in another way": ("SELECT create_reference_table('audit_heads')", "in another way already"),
}


@pytest.mark.citus
@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_spread_is_refused_with_the_reason(reason: str, cluster: Cluster, tmp_path: Path):
    sql, says = REFUSED[reason]
    asyncio.run(_run(cluster.coordinator, sql))
    with pytest.raises(CannotDistributeError, match=says):
        asyncio.run(distribute(cluster.coordinator, sets=SETS, backups=tmp_path))
    assert backups_in(tmp_path) == []


async def _run(url: str, sql: str) -> None:
    async with connect(url) as connection:
        await connection.execute(sql)


@pytest.mark.citus
def test_what_fails_in_the_middle_changes_nothing_and_begins_again(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    url = cluster.coordinator
    asyncio.run(_fill(url))
    before = asyncio.run(_state(url))
    monkeypatch.setitem(SPREAD, "audit_events", "hash")  # whose key does not hold it
    with pytest.raises(StepError, match="Nothing has changed"):
        asyncio.run(distribute(url, sets=SETS, backups=tmp_path, shards=4))
    _assert_same(asyncio.run(_state(url)), before)
    monkeypatch.undo()
    assert len(asyncio.run(distribute(url, sets=SETS, backups=tmp_path, shards=4)).placed) == len(
        [*EVERYWHERE, *SPREAD]
    )
    _assert_same(asyncio.run(_state(url)), before)
