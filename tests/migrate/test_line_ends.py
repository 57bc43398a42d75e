"""Line ends: inside a literal they are data, which is kept; git may convert them, which is no edit."""

import asyncio
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from freehold.migrate import gate, runner
from freehold.migrate.errors import UnprovedError
from freehold.migrate.files import MigrationSet
from freehold.migrate.reader import read_migration
from freehold.migrate.rehearse import rehearse

Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]
Write = Callable[..., Path]

UP = "INSERT INTO notes VALUES ('one{}two');"


@pytest.fixture
def write(tmp_path: Path, execute: Execute) -> Write:
    """Write the bytes of a migration that inserts into the table notes."""
    execute("CREATE TABLE notes (note text)")
    folder = tmp_path / "migrations"
    folder.mkdir()

    def file(up: str, line_end: str = "\n", version: int = 1) -> Path:
        path = folder / f"{version:04}_notes.sql"
        lines = ["-- a comment", "-- migrate:up", up, "-- migrate:down", "DELETE FROM notes WHERE true;", ""]
        path.write_bytes(line_end.join(lines).encode())
        return path

    return file


def sets(path: Path) -> list[MigrationSet]:
    return [MigrationSet.from_folder(path.parent)]


def apply(url: str, path: Path) -> None:
    asyncio.run(runner.apply(url, sets=sets(path)))


def troubles(url: str, path: Path) -> list[str]:
    return [trouble.kind for trouble in asyncio.run(runner.status(url, sets=sets(path))).troubles]


def test_line_end_inside_a_literal_arrives_as_it_is(database_url: str, write: Write, query: Query) -> None:
    ends = list(product(("\r\n", "\r", "\n", "\r\r\n", "\n\r", "\u2028"), ("\r\n", "\n", "\r")))
    for version, (inside, line_end) in enumerate(ends, 1):
        path = write(UP.format(inside), line_end, version)
    apply(database_url, path)
    assert query("SELECT note FROM notes") == [(f"one{inside}two",) for inside, _ in ends]


def test_body_of_a_function_is_kept_too(database_url: str, write: Write, query: Query) -> None:
    apply(database_url, write("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT\r\n 1 $$;", "\r\n"))
    assert query("SELECT prosrc FROM pg_proc WHERE proname = 'f'") == [(" SELECT\r\n 1 ",)]


@pytest.mark.parametrize(("applied", "now"), [("\r\n", "\n"), ("\n", "\r\n")])
def test_file_whose_line_ends_git_converts_is_not_edited(
    database_url: str, write: Write, applied: str, now: str
) -> None:
    apply(database_url, write(UP.format(applied), applied))
    assert troubles(database_url, write(UP.format(now), now)) == []


def test_other_change_of_a_literal_is_an_edit(database_url: str, write: Write) -> None:
    apply(database_url, write(UP.format("\r")))
    for other in ("\r\n", "\n", "\r\r", " ", "", "\\r"):
        assert troubles(database_url, write(UP.format(other))) == ["edited"]


@pytest.mark.parametrize("inside", ["\r\n", "\r", "\n"])
def test_file_applied_when_every_line_end_was_read_as_one_is_not_edited(
    database_url: str, write: Write, query: Query, inside: str
) -> None:
    former = read_migration(write(UP.format("\n"))).checksum
    path = write(UP.format(inside), "\r\n")
    apply(database_url, path)
    query("UPDATE freehold_migrate.applied SET checksum = $1 RETURNING version", former)
    assert troubles(database_url, path) == []


def test_what_was_rehearsed_with_other_line_ends_in_a_literal_is_rehearsed_again(
    database_url: str, write: Write, execute: Execute, tmp_path: Path
) -> None:
    execute("INSERT INTO notes VALUES ('a row')")
    down = "DELETE FROM notes WHERE note LIKE 'one%';"

    def file(inside: str, line_end: str) -> Path:
        path = write(UP.format(inside), line_end)
        path.write_bytes(path.read_bytes().replace(b"DELETE FROM notes WHERE true;", down.encode()))
        return path

    path = file("\r\n", "\r\n")
    assert asyncio.run(rehearse(database_url, sets=sets(path), backups=tmp_path / "backups")).passed
    with pytest.raises(UnprovedError, match="edited since the rehearsal: 0001"):
        asyncio.run(gate.apply_proved(database_url, sets=sets(file("\n", "\n"))))
    assert len(asyncio.run(gate.apply_proved(database_url, sets=sets(file("\r\n", "\n")))).applied) == 1


def test_lines_are_counted_as_editors_do(write: Write) -> None:
    path = write("SELECT 1;\r\n\r\nSELECT 'a\rb';\r\nSELECT 2;", "\r\n")
    assert [statement.line for statement in read_migration(path).up.statements] == [3, 5, 6]
