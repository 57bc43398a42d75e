"""Tables of an application that its migrations place: on a cluster where they say, elsewhere as ever."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from freehold import migrate
from freehold.migrate.check import check
from freehold.migrate.citus.distribute import distribute
from freehold.migrate.database import connect
from freehold.migrate.drift import drift
from freehold.migrate.errors import StepError
from freehold.migrate.files import MigrationSet
from tests.citus.conftest import Cluster, rows_of

FILES = {
    "0001_notes": (
        "-- migrate: distribute: notes by organization_id\n-- migrate: distribute: shop.kinds reference\n",
        """
        CREATE SCHEMA shop;
        CREATE TABLE shop.kinds (id int PRIMARY KEY, name text);
        CREATE TABLE notes (
            organization_id uuid NOT NULL, id uuid NOT NULL, project_id uuid, kind int REFERENCES shop.kinds,
            PRIMARY KEY (organization_id, id),
            CONSTRAINT notes_project_fkey FOREIGN KEY (organization_id, project_id) REFERENCES projects
                ON DELETE CASCADE
        );
        COMMENT ON TABLE notes IS 'What people note.';
        COMMENT ON COLUMN notes.kind IS 'Which kind.';
        """,
        "DROP TABLE notes; DROP TABLE shop.kinds; DROP SCHEMA shop;",
    ),
    "0002_draft": ("", "CREATE TABLE drafts (id int PRIMARY KEY);", "DROP TABLE drafts;"),
    "0003_place": (
        "",
        "-- migrate: distribute: drafts reference\nCOMMENT ON TABLE drafts IS 'On every server.';",
        "-- migrate: distribute: drafts local\nCOMMENT ON TABLE drafts IS NULL;",
    ),
}
PLACED = {"notes": ("distributed", "organization_id"), "shop.kinds": ("reference", None), "drafts": ("reference", None)}


def _sets(folder: Path, files: dict[str, tuple[str, str, str]]) -> list[MigrationSet]:
    folder.mkdir(exist_ok=True)
    for name, (head, up, down) in files.items():
        text = f"{head}-- migrate:up\n{up}\n-- migrate:down\n{down}\n"
        (folder / f"{name}.sql").write_text(text, "utf-8")
    return [migrate.builtin(), MigrationSet.from_folder(folder)]


@pytest.fixture
def sets(tmp_path: Path) -> list[MigrationSet]:
    return _sets(tmp_path / "migrations", FILES)


def _own(url: str) -> dict[str, tuple[str, str | None]]:
    sql = """
    SELECT table_name::text AS name, citus_table_type AS kind, nullif(distribution_column, '<none>') AS by
    FROM citus_tables WHERE citus_table_type IN ('distributed', 'reference')
    """
    found = asyncio.run(rows_of(url, sql))
    return {row["name"]: (row["kind"], row["by"]) for row in found if row["name"] in PLACED}


async def _differences(url: str) -> list[Any]:
    async with connect(url) as connection:
        return list((await drift(connection)).differences)


def _comment(url: str) -> str | None:
    sql = "SELECT obj_description('notes'::regclass) || col_description('notes'::regclass, 4)"
    (row,) = asyncio.run(rows_of(url, sql))
    return str(row[0])


def test_check_has_nothing_against_them(sets: list[MigrationSet]):
    assert [each.rule for each in check(sets[1].migrations, among=sets[1].migrations)] == []


def test_plain_postgresql_takes_no_notice(database_url: str, sets: list[MigrationSet]):
    assert len(asyncio.run(migrate.apply(database_url, sets=sets))) >= 3
    assert asyncio.run(_differences(database_url)) == []
    assert len(asyncio.run(migrate.down(database_url, sets=sets, to="freehold:0001"))) >= 3


@pytest.mark.citus
def test_tables_go_where_the_files_say_and_back(spread: Cluster, sets: list[MigrationSet]):
    url = spread.coordinator
    asyncio.run(migrate.apply(url, sets=sets))
    assert _own(url) == PLACED
    assert _comment(url) == "What people note.Which kind."
    colocated = "SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE table_name::text IN ('notes', 'projects')"
    assert asyncio.run(rows_of(url, colocated))[0]["count"] == 1
    assert asyncio.run(_differences(url)) == []

    asyncio.run(migrate.down(url, sets=sets, to="app:0002"))
    assert "drafts" not in _own(url)
    newest = sets[0].migrations[-1].version
    asyncio.run(migrate.down(url, sets=sets, to=f"freehold:{newest}"))
    assert _own(url) == {}
    assert asyncio.run(_differences(url)) == []


@pytest.mark.citus
def test_tables_of_before_go_along_when_the_database_is_spread(
    cluster: Cluster, sets: list[MigrationSet], tmp_path: Path
):
    url = cluster.coordinator
    asyncio.run(migrate.apply(url, sets=sets))
    assert _own(url) == {}, "Citus is there, but nothing is spread yet"
    asyncio.run(distribute(url, sets=sets, backups=tmp_path / "backups", shards=4))
    assert _own(url) == PLACED
    assert _comment(url) == "What people note.Which kind."
    assert asyncio.run(_differences(url)) == []
    again = asyncio.run(distribute(url, sets=sets, backups=tmp_path / "backups", shards=4))
    assert again.placed == []


@pytest.mark.citus
def test_what_citus_refuses_is_rolled_back_with_the_line_of_the_directive(spread: Cluster, tmp_path: Path):
    url = spread.coordinator
    up = "CREATE TABLE a (o uuid, id int PRIMARY KEY);"
    files = {"0001_a": ("-- migrate: distribute: a by o\n", up, "DROP TABLE a;")}
    with pytest.raises(StepError, match=r"0001_a\.sql:1: .*cannot create constraint(?s:.*)rolled back"):
        asyncio.run(migrate.apply(url, sets=_sets(tmp_path / "refused", files)))
    assert asyncio.run(rows_of(url, "SELECT to_regclass('a') AS there"))[0]["there"] is None
