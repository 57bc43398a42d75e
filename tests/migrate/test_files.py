from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.migrate.files import MigrationSet
from freehold.migrate.migration import FilesError
from freehold.migrate.reader import read_migration

Writer = Callable[..., Path]


def refusal(path: Path) -> str:
    with pytest.raises(FilesError) as caught:
        read_migration(path)
    return str(caught.value)


def test_sections_directives_and_reasons_are_read(write: Writer) -> None:
    path = write(
        "0007_drop_note",
        "ALTER TABLE t DROP COLUMN note;",
        "ALTER TABLE t ADD COLUMN note text;",
        "lossy: t.note nobody reads it",
        "lint-ignore: ban-drop-column the code that read it is gone",
        "depends: freehold:0001",
    )
    migration = read_migration(path)
    assert (migration.version, migration.name) == ("0007", "drop_note")
    assert [s.sql for s in migration.up.statements] == ["ALTER TABLE t DROP COLUMN note"]
    assert migration.lossy == (("t.note", "nobody reads it"),)
    assert migration.ignores[0].rule == "ban-drop-column"
    assert migration.depends == ("freehold:0001",)


def test_marker_inside_a_string_is_text(write: Writer) -> None:
    path = write("0001_a", "SELECT '\n-- migrate:down\n';", "SELECT 1;")
    assert len(read_migration(path).up.statements) == 1


def test_space_before_a_section_is_read_as_in_any_other_directive(tmp_path: Path) -> None:
    path = tmp_path / "0001_a.sql"
    path.write_text("-- migrate: up\nSELECT 1;\n-- migrate: down\nSELECT 2;\n", "utf-8")
    migration = read_migration(path)
    assert [s.sql for s in (*migration.up.statements, *migration.down.statements)] == ["SELECT 1", "SELECT 2"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("SELECT 1;", 0, "exactly one line '-- migrate:up'"),
        ("-- migrate:up\nSELECT 1;\n", 1, "exactly one line '-- migrate:up'"),
        ("-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 1;", 3, "after it"),
        ("-- migrate:up\nSELECT 1;\n-- migrate:down\n", 3, "-- migrate: irreversible: why"),
        ("-- migrate: irreversible:\n-- migrate:up\nSELECT 1;\n-- migrate:down\n", 1, "reason is missing"),
        ("-- migrate:up\n\n-- migrate:down\nSELECT 1;", 1, "up section is empty"),
        ("SELECT 0;\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;", 1, "move it below"),
        ("-- migrate: lossy: t.c\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;", 1, "reason is missing"),
        ("-- migrate: transaction=on\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;", 1, "transaction=off"),
        ("-- migrate: nonsense: x\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;", 1, "is not a directive"),
        ("-- migrate up\nSELECT 1;\n-- migrate:down\nSELECT 1;", 1, "is not a directive"),
        ("-- migrate:up\nBEGIN;\n-- migrate:down\nSELECT 1;", 2, "opens and ends the transaction itself"),
        ("-- migrate:up\nCOPY t FROM STDIN;\n-- migrate:down\nSELECT 1;", 2, "INSERT"),
        ("-- migrate:up\n\n\\i other.sql\n-- migrate:down\nSELECT 1;", 3, "psql"),
        ("-- migrate:up\nSELECT 'open\n-- migrate:down\nSELECT 1;", 2, "never closed"),
        (
            "-- migrate: transaction=off\n-- migrate:up\nSELECT 1;\nSELECT 2;\n-- migrate:down\nSELECT 1;",
            4,
            "exactly one statement",
        ),
        (
            "-- migrate:up\n-- migrate: backfill: t.id\nUPDATE t SET a = 1;\n-- migrate:down\nSELECT 1;",
            3,
            "BETWEEN $1 AND $2",
        ),
    ],
)
def test_format_error_names_file_line_and_remedy(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = tmp_path / "0001_a.sql"
    path.write_text(text)
    message = refusal(path)
    assert message.startswith(f"{path}:{line}:" if line else f"{path}:")
    assert words in message


def test_prose_about_migrating_is_no_directive(write: Writer) -> None:
    path = write("0001_a", "-- migrate the old rows later\nSELECT 1;", "SELECT 1;")
    assert read_migration(path).up.statements[0].line == 3


@pytest.mark.parametrize("name", ["add_users.sql", "001_a.sql", "0001-a.sql", "0001_Add.sql"])
def test_file_name_out_of_pattern_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;")
    assert "NNNN_what.sql" in refusal(tmp_path / name)


def test_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "0001_a.sql"
    path.write_bytes(b"-- migrate:up\nSELECT '\xff';")
    assert "UTF-8" in refusal(path)


def test_two_branches_with_one_version_are_named(write: Writer) -> None:
    write("0001_a", "SELECT 1;", "SELECT 1;")
    second = write("0001_b", "SELECT 1;", "SELECT 1;")
    with pytest.raises(FilesError, match=r"version of 0001_a\.sql.*0002_b\.sql") as caught:
        MigrationSet.from_folder(second.parent)
    assert caught.value.problems[0].path == second


def test_every_bad_file_of_a_folder_is_named(write: Writer) -> None:
    first = write("0001_a", "", "SELECT 1;")
    write("0002_b", "SELECT 1;", "")
    with pytest.raises(FilesError) as caught:
        MigrationSet.from_folder(first.parent)
    assert [problem.path.name for problem in caught.value.problems] == ["0001_a.sql", "0002_b.sql"]


def test_missing_folder_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(FilesError, match="migrate new"):
        MigrationSet.from_folder(tmp_path / "nowhere")


def checksum(write: Writer, up: str, *directives: str) -> str:
    return read_migration(write("0001_a", up, "DROP TABLE t;", *directives)).checksum


@pytest.mark.parametrize(
    "same",
    [
        "CREATE  TABLE\n t ( a text DEFAULT 'x  y' );",
        "/* why */ CREATE TABLE t (a text -- a column\n DEFAULT 'x  y');",
        "CREATE TABLE t(a text DEFAULT'x  y')",
    ],
)
def test_checksum_ignores_comments_and_white_space(write: Writer, same: str) -> None:
    assert checksum(write, same) == checksum(write, "CREATE TABLE t (a text DEFAULT 'x  y');")


@pytest.mark.parametrize(
    "other",
    [
        "CREATE TABLE t (a text DEFAULT 'x y');",
        "CREATE TABLE t (a text DEFAULT $$x  y$$);",
        "CREATE TABLE t (a text DEFAULT 'x  --y');",
        "CREATE TABLE t (a text); SELECT 1;",
    ],
)
def test_checksum_sees_every_change_of_what_runs(write: Writer, other: str) -> None:
    assert checksum(write, other) != checksum(write, "CREATE TABLE t (a text DEFAULT 'x  y');")


def test_checksum_sees_how_it_runs(write: Writer) -> None:
    plain = checksum(write, "CREATE INDEX CONCURRENTLY i ON t (a);")
    assert checksum(write, "CREATE INDEX CONCURRENTLY i ON t (a);", "transaction=off") != plain


@pytest.mark.parametrize(
    ("up", "words"),
    [
        ("SELECT 1;\0", "NUL character"),
        ("SET standard_conforming_strings = off;", "standard_conforming_strings on"),
        ("SET LOCAL standard_conforming_strings TO 'off';", "standard_conforming_strings on"),
        ("SET client_encoding = 'LATIN1';", "this file is UTF-8"),
        ("SET NAMES 'LATIN1';", "this file is UTF-8"),
    ],
)
def test_what_would_be_read_otherwise_than_it_is_here_is_refused(write: Writer, up: str, words: str) -> None:
    assert words in refusal(write("0001_a", up, "SELECT 1;"))


def test_settings_as_pg_dump_writes_them_are_fine(write: Writer) -> None:
    up = "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nSET row_security = off;"
    assert len(read_migration(write("0001_a", up, "SELECT 1;")).up.statements) == 3


def test_file_that_cannot_be_read_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").mkdir()
    with pytest.raises(FilesError, match=r"0001_a\.sql: it cannot be read: Is a directory"):
        MigrationSet.from_folder(tmp_path)


def test_statements_are_taken_apart_into_words_only_where_somebody_asks(write: Writer) -> None:
    rows = "\n".join(f"INSERT INTO items VALUES ({number}, 'a; b');" for number in range(50))  # noqa: S608 - text
    up = read_migration(write("0001_rows", rows, "SELECT 1;")).up
    assert len(up.statements) == 50
    assert not any("words" in vars(statement) for statement in up.statements)
    assert [word.text for word in up.statements[7].words][-5:] == ["(", "7", ",", "'a; b'", ")"]
