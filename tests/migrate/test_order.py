"""A pending file that is older than applied ones, as after merging a branch: said everywhere, run only if allowed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from freehold.migrate import gate, runner
from freehold.migrate.commands import migrate
from freehold.migrate.errors import HistoryError
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.migrate.reverse import Prospect, down

Writer = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]
Late = Callable[..., Path]


@pytest.fixture
def merged(database_url: str, write: Writer) -> Late:
    """Apply 0001 and 0003, then merge a branch that brings 0002, with whatever directives."""
    folder = write("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;").parent
    write("0003_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;")
    asyncio.run(runner.apply(database_url, sets=[MigrationSet.from_folder(folder)]))

    def merge(*directives: str) -> Path:
        return write("0002_price", "ALTER TABLE items ADD price int;", "ALTER TABLE items DROP price;", *directives)

    return merge


def sets(path: Path) -> list[MigrationSet]:
    return [MigrationSet.from_folder(path.parent)]


def columns(query: Query) -> list[object]:
    return [
        name for (name,) in query("SELECT attname FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0")
    ]


def versions(url: str, path: Path) -> list[str]:
    return [row.version for row in asyncio.run(runner.status(url, sets=sets(path))).applied]


def command(url: str, path: Path, *words: str) -> Any:
    options = ["--database-url", url, "--no-builtin", "--dir", str(path.parent)]
    return CliRunner(env={"COLUMNS": "200"}).invoke(migrate, [*words, *options])


def test_late_migration_is_named_with_both_ways_out(database_url: str, merged: Late, tmp_path: Path) -> None:
    path = merged()
    words = (
        rf"{path} is older than 0003_note, which is applied already(?s:.*)rename it to 0004_price\.sql(?s:.*)"
        r"-- migrate: out-of-order: why(?s:.*)--out-of-order"
    )
    with pytest.raises(HistoryError, match=words):
        asyncio.run(gate.apply_proved(database_url, sets=sets(path), unsafe="a test"))
    with pytest.raises(HistoryError, match=words):
        asyncio.run(runner.apply(database_url, sets=sets(path)))
    with pytest.raises(HistoryError, match=words):
        asyncio.run(rehearse(database_url, sets=sets(path), backups=tmp_path / "backups"))
    assert not (tmp_path / "backups").exists()
    assert versions(database_url, path) == ["0001", "0003"]


def test_status_and_verify_name_it(database_url: str, merged: Late) -> None:
    path = merged()
    answer = asyncio.run(runner.status(database_url, sets=sets(path)))
    assert [(trouble.kind, trouble.version) for trouble in answer.troubles] == [("out-of-order", "0002")]
    assert [pending.out_of_order for pending in answer.pending] == [True]
    shown = command(database_url, path, "status")
    assert "pending, out of order" in shown.output
    assert f"! {path} is older than 0003_note" in shown.output
    verified = command(database_url, path, "verify")
    assert verified.exit_code == 1
    assert "is older than 0003_note" in verified.output


def test_directive_with_its_reason_lets_it_through(
    database_url: str, merged: Late, query: Query, tmp_path: Path
) -> None:
    query("INSERT INTO items VALUES (1) RETURNING id")
    path = merged("out-of-order: another column of the same table")
    answer = asyncio.run(runner.status(database_url, sets=sets(path)))
    assert answer.troubles == []
    assert answer.pending[0].out_of_order
    assert asyncio.run(rehearse(database_url, sets=sets(path), backups=tmp_path / "backups")).passed
    assert [step.version for step in asyncio.run(gate.apply_proved(database_url, sets=sets(path))).applied] == ["0002"]
    assert columns(query) == ["id", "note", "price"]
    assert asyncio.run(runner.status(database_url, sets=sets(path))).current


def test_option_lets_it_through_for_one_run(database_url: str, merged: Late, query: Query, tmp_path: Path) -> None:
    query("INSERT INTO items VALUES (1) RETURNING id")
    path = merged()
    backups = ["--backups", str(tmp_path / "backups")]
    assert command(database_url, path, "rehearse", "--out-of-order", *backups).exit_code == 0
    assert "is older than" in command(database_url, path, "apply").output
    assert command(database_url, path, "apply", "--out-of-order").exit_code == 0
    assert versions(database_url, path) == ["0001", "0003", "0002"]


def test_directive_without_a_reason_is_refused(database_url: str, merged: Late) -> None:
    path = merged("out-of-order:")
    shown = command(database_url, path, "status")
    assert f"{path}:1: the reason is missing; write: -- migrate: out-of-order: why" in shown.output


def test_directive_is_no_part_of_what_runs(merged: Late) -> None:
    checksums = {sets(merged(*words))[0].migrations[1].checksum for words in ((), ("out-of-order: why not",))}
    assert len(checksums) == 1


@pytest.mark.parametrize(
    ("to", "reverted"),
    [
        ("0002", []),
        ("0003", ["0002_price"]),
        ("0001", ["0002_price", "0003_note"]),
        ("0", ["0002_price", "0003_note", "0001_items"]),
    ],
)
def test_down_goes_back_in_the_order_of_application(
    database_url: str, merged: Late, to: str, reverted: list[str]
) -> None:
    path = merged()
    asyncio.run(runner.apply(database_url, sets=sets(path), out_of_order=True))
    rows = asyncio.run(runner.down(database_url, sets=sets(path), to=to))
    assert [row.label for row in rows] == reverted


def test_guarded_down_goes_back_in_the_order_of_application_while_another_late_one_waits(
    database_url: str, merged: Late, write: Writer, tmp_path: Path
) -> None:
    path = merged()
    asyncio.run(runner.apply(database_url, sets=sets(path), out_of_order=True))
    write("0000_first", "SELECT 1;", "SELECT 1;")
    asked: list[Prospect] = []

    async def yes(prospect: Prospect) -> bool:
        asked.append(prospect)
        return True

    asyncio.run(down(database_url, sets=sets(path), to="0001", backups=tmp_path / "backups", confirm=yes))
    assert asked[0].reverted == ["0002_price", "0003_note"]
    assert versions(database_url, path) == ["0001"]


def test_way_back_is_open_while_a_late_migration_waits(database_url: str, merged: Late) -> None:
    path = merged()
    asyncio.run(runner.down(database_url, sets=sets(path), to="0001"))
    assert [row.version for row in asyncio.run(runner.apply(database_url, sets=sets(path)))] == ["0002", "0003"]


def test_migration_under_way_and_other_sets_are_not_late(
    database_url: str, write: Writer, query: Query, tmp_path: Path
) -> None:
    index = write(
        "0002_index",
        "CREATE UNIQUE INDEX CONCURRENTLY i ON items (n);",
        "DROP INDEX CONCURRENTLY i;",
        "transaction=off",
    )
    index.rename(tmp_path / index.name)
    write("0001_items", "CREATE TABLE items (n int);", "DROP TABLE items;")
    write("0003_rows", "INSERT INTO items VALUES (1), (1);", "DELETE FROM items WHERE true;")
    asyncio.run(runner.apply(database_url, sets=sets(index)))
    (tmp_path / index.name).rename(index)
    with pytest.raises(Exception, match="could not create unique index"):
        asyncio.run(runner.apply(database_url, sets=sets(index), out_of_order=True))
    query("DELETE FROM items RETURNING n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "0001_z.sql").write_text("-- migrate:up\nCREATE TABLE z ();\n-- migrate:down\nDROP TABLE z;\n")
    both = [MigrationSet.from_folder(other, "other"), *sets(index)]
    assert [row.label for row in asyncio.run(runner.apply(database_url, sets=both))] == ["0002_index", "0001_z"]
