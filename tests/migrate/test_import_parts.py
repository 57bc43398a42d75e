"""What cannot run here as it stands is cut, taken out or refused, and said; everything else is kept to the letter."""

import codecs
import json

import pytest
from click.testing import CliRunner
from tests.migrate.theirs import Given

from freehold.migrate.commands import migrate
from freehold.migrate.errors import FormatError
from freehold.migrate.frameworks.versions import assigned

INDEX = "CREATE INDEX CONCURRENTLY {0} ON t ({0});"
DROP = "DROP INDEX CONCURRENTLY {0};"


def pair(up: str, down: str | None, *, transaction: bool = True) -> dict[str, str]:
    """One migration of sqlx."""
    first = "" if transaction else "-- no-transaction\n"
    return {"1_x.up.sql": first + up, **({} if down is None else {"1_x.down.sql": first + down})}


def shape(given: Given) -> list[tuple[str, str]]:
    """Each file as its statements up and down; one that runs outside of a transaction stands in brackets."""

    def way(statements: list[str], *, transaction: bool) -> str:
        text = "; ".join(statements)
        return text if transaction else f"[{text}]"

    return [
        (
            way([each.sql for each in migration.up.statements], transaction=migration.up.transaction),
            way([each.sql for each in migration.down.statements], transaction=migration.down.transaction),
        )
        for migration in given.written()
    ]


def test_every_concurrently_is_alone_in_its_file_with_its_own_way_back(given: Given) -> None:
    up = f"ALTER TABLE t ADD a int;\n{INDEX.format('a')}\n{INDEX.format('b')}\nALTER TABLE t ADD c int;"
    down = f"ALTER TABLE t DROP c;\n{DROP.format('b')}\n{DROP.format('a')}\nALTER TABLE t DROP a;"
    answer = given.files(pair(up, down, transaction=False)).imported("sqlx")
    assert shape(given) == [
        ("ALTER TABLE t ADD a int", "ALTER TABLE t DROP a"),
        ("[CREATE INDEX CONCURRENTLY a ON t (a)]", "[DROP INDEX CONCURRENTLY a]"),
        ("[CREATE INDEX CONCURRENTLY b ON t (b)]", "[DROP INDEX CONCURRENTLY b]"),
        ("ALTER TABLE t ADD c int", "ALTER TABLE t DROP c"),
    ]
    assert answer.migrations[0].files == [f"000{number}_x_{number}.sql" for number in (1, 2, 3, 4)]
    assert "split into 4: what runs outside of a transaction is alone in its file" in answer.migrations[0].notes


@pytest.mark.parametrize(
    ("down", "backs"),
    [
        ("DROP INDEX a; DROP INDEX b;", ["DROP INDEX a", "DROP INDEX b"]),  # in the order of up
        ("DROP INDEX b, a;", ['DROP INDEX "a"', 'DROP INDEX "b"']),
        (
            "DROP INDEX IF EXISTS app.a, app.b CASCADE;",
            ['DROP INDEX IF EXISTS "app"."a" CASCADE', 'DROP INDEX IF EXISTS "app"."b" CASCADE'],
        ),
        (
            "ALTER TABLE t DROP CONSTRAINT t_a;",  # nothing names an index: what makes it is undone by its own drop
            ["ALTER TABLE t DROP CONSTRAINT t_a", "[DROP INDEX CONCURRENTLY IF EXISTS b]"],
        ),
    ],
)
def test_way_back_goes_where_its_names_come_from(given: Given, down: str, backs: list[str]) -> None:
    given.files(pair(INDEX.format("a") + INDEX.format("b"), down)).imported("sqlx")
    assert [back for _, back in shape(given)] == backs


def test_constraint_on_an_index_goes_back_before_the_index(given: Given) -> None:
    up = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a); ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i;"
    given.files(pair(up, "ALTER TABLE t DROP CONSTRAINT c;")).imported("sqlx")
    assert shape(given) == [
        ("[CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)]", "[DROP INDEX CONCURRENTLY IF EXISTS i]"),
        (
            "ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i",
            "ALTER TABLE t DROP CONSTRAINT c; CREATE UNIQUE INDEX  i ON t (a)",
        ),
    ]


def test_names_that_are_words_of_sql_are_names_too(given: Given) -> None:
    up = 'ALTER TABLE t ADD "index" int; CREATE INDEX CONCURRENTLY IF NOT EXISTS name ON t ("index");'
    given.files(pair(up, 'DROP INDEX IF EXISTS name; ALTER TABLE IF EXISTS t DROP "index";')).imported("sqlx")
    assert [back for _, back in shape(given)] == ['ALTER TABLE IF EXISTS t DROP "index"', "DROP INDEX IF EXISTS name"]


def test_part_without_a_way_back_of_its_own_takes_nothing_back(given: Given) -> None:
    given.files(pair("INSERT INTO t VALUES (1); VACUUM t; ALTER TABLE t ADD a int;", "ALTER TABLE t DROP a;")).imported(
        "sqlx"
    )
    assert shape(given) == [
        ("INSERT INTO t VALUES (1)", "SELECT 1"),
        ("[VACUUM t]", "SELECT 1"),
        ("ALTER TABLE t ADD a int", "ALTER TABLE t DROP a"),
    ]


def test_way_back_of_one_file_is_one_transaction(given: Given) -> None:
    down = f"SET lock_timeout = '1s'; {DROP.format('a')} VACUUM t; REINDEX INDEX CONCURRENTLY b; ALTER TABLE t DROP a;"
    answer = given.files(pair("CREATE TABLE u ();", down, transaction=False)).imported("sqlx")
    assert shape(given) == [("CREATE TABLE u ()", "DROP INDEX  a; REINDEX INDEX  b; ALTER TABLE t DROP a")]
    assert "way back: without CONCURRENTLY (line 2), so that it is one transaction" in answer.migrations[0].notes
    assert "way back: taken out: VACUUM (line 2)" in answer.migrations[0].notes


def test_single_statement_stays_outside_of_a_transaction_both_ways(given: Given) -> None:
    given.files(
        pair(f"SET statement_timeout = 0;\n{INDEX.format('a')}", f"SET statement_timeout = 0;\n{DROP.format('a')}")
    ).imported("sqlx")
    assert shape(given) == [("[CREATE INDEX CONCURRENTLY a ON t (a)]", "[DROP INDEX CONCURRENTLY a]")]


@pytest.mark.parametrize(
    "up",
    [
        "BEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;",
        "begin transaction isolation level serializable;\nSELECT 1;\nCOMMIT;\nSTART TRANSACTION;\nSELECT 2;\nEND;",
        "/* a */ BEGIN WORK; -- b\nSELECT 1; COMMIT WORK AND CHAIN;\nSELECT 2",
    ],
)
def test_begin_and_commit_are_taken_out_and_said(given: Given, up: str) -> None:
    answer = given.files(pair(up, None)).imported("sqlx")
    assert shape(given) == [("SELECT 1; SELECT 2", "")]
    assert answer.migrations[0].notes[0].startswith("taken out: ")
    assert "(line 1)" in answer.migrations[0].notes[0]
    text = given.written()[0].path.read_text()
    assert ("/* a */" in up) == ("/* a */" in text) == ("-- b" in text)


def test_bodies_of_functions_keep_their_begin_and_end(given: Given) -> None:
    bodies = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; DO $$ BEGIN COMMIT; END $$"
    given.files(pair(f"{bodies}; BEGIN; SAVEPOINT a; ROLLBACK TO a; COMMIT;", None)).imported("sqlx")
    assert shape(given)[0][0] == f"{bodies}; SAVEPOINT a; ROLLBACK TO a"


@pytest.mark.parametrize(
    ("up", "line", "words"),
    [
        ("SELECT 1;\nROLLBACK;", 2, "ROLLBACK cannot be imported"),
        ("SELECT 1;\n\nPREPARE TRANSACTION 'x';", 3, "PREPARE cannot be imported"),
        ("SELECT 1;\n\\i other.sql\n", 2, "a psql command"),
        ("COPY t (a, b) FROM stdin;\n1\tit's\n\\.\n", 1, "COPY ... FROM STDIN has its rows in the script"),
        ("SELECT 1;\ncopy t\n  from stdin with csv;\n1,2\n", 2, "COPY ... FROM STDIN has its rows in the script"),
        ("SELECT 1;\nSELECT 'open;\n", 2, "The string is opened here and never closed"),
        ("SET search_path = app;\n" + INDEX.format("a"), 1, "this SET does not reach line 2"),
    ],
)
def test_what_nothing_can_stand_for_is_refused_with_file_and_line(given: Given, up: str, line: int, words: str) -> None:
    (problem,) = given.files(pair(up, None)).refused("sqlx")
    assert problem.startswith(f"1_x.up.sql:{line}: ")
    assert words in problem


def test_everything_wrong_in_all_files_is_said_at_once(given: Given) -> None:
    files: dict[str, str | bytes] = {
        "1_a.sql": "ROLLBACK;\nABORT;",
        "2_b.up.sql": "SELECT 1;",
        "2_b.down.sql": "\n\\q",
        "3_c.sql": b"\xff",
    }
    problems = given.files(files).refused("sqlx")
    assert [problem.split(" ")[0] for problem in problems] == [
        "1_a.sql:1:",
        "1_a.sql:2:",
        "2_b.down.sql:2:",
        "3_c.sql:1:",
    ]


def test_settings_of_the_session_reach_the_transactions_behind_a_cut(given: Given) -> None:
    up = (
        "SET search_path = app; SET LOCAL work_mem = '1MB'; CREATE TABLE t (a int); RESET search_path;"
        f"{INDEX.format('a')} SET ROLE owner; CREATE TABLE u (); ALTER TYPE e ADD VALUE 'x'; SELECT 'x';"
    )
    given.files(pair(up, None, transaction=False)).imported("sqlx")
    assert [ups for ups, _ in shape(given)] == [
        "SET search_path = app; CREATE TABLE t (a int); RESET search_path",
        "[CREATE INDEX CONCURRENTLY a ON t (a)]",
        "SET ROLE owner; CREATE TABLE u (); ALTER TYPE e ADD VALUE 'x'",
        "SET ROLE owner; SELECT 'x'",
    ]


def test_label_of_an_enum_is_committed_before_it_is_used_and_only_then(given: Given) -> None:
    given.files(pair("ALTER TYPE e ADD VALUE IF NOT EXISTS 'x' AFTER 'w'; SELECT 'w';", None)).imported("sqlx")
    assert len(given.written()) == 1


@pytest.mark.parametrize(
    "statement", ["CALL p()", "DO $$ BEGIN COMMIT; END $$", "ALTER SYSTEM SET x = 1", "CREATE DATABASE d"]
)
def test_what_the_tool_ran_outside_of_a_transaction_because_it_must_still_does(given: Given, statement: str) -> None:
    given.files(pair(f"{statement}; SELECT 1;", None, transaction=False)).imported("sqlx")
    assert [ups for ups, _ in shape(given)] == [f"[{statement}]", "SELECT 1"]


def test_migration_that_does_nothing_keeps_its_place(given: Given) -> None:
    files = {
        "1_a.up.sql": "-- Nothing any more.\n;",
        "1_a.down.sql": "",
        "2_b.up.sql": "",
        "3_c.up.sql": "SELECT 1;",
        "3_c.down.sql": "-- Nothing.",
    }
    answer = given.files(files).imported("sqlx")
    assert shape(given) == [("SELECT 1", "SELECT 1"), ("SELECT 1", ""), ("SELECT 1", "")]
    assert [migration.irreversible for migration in given.written()] == [
        None,
        "there is no .down.sql beside the .up.sql",
        "its way back holds no statement",
    ]
    assert "-- Nothing any more." in given.written()[0].path.read_text()
    assert answer.migrations[0].notes == ["does nothing: SELECT 1 stands for it"]


COMMENTED = """\
-- one
SELECT 1; -- behind one
-- migrate:down
-- migrate: lossy
/* two */ SELECT 2 -- inside
; SELECT 3
-- end"""
COMMENTS_KEPT = """\
-- one
SELECT 1; -- behind one
-- original: migrate:down
-- original: migrate: lossy
/* two */ SELECT 2; -- inside
"""


def test_comments_stay_with_their_statements_and_are_never_taken_for_directives(given: Given) -> None:
    given.files(pair(COMMENTED, "SELECT 4; -- migrate:up")).imported("sqlx")
    text = given.written()[0].path.read_text()
    assert COMMENTS_KEPT in text
    assert "SELECT 3;\n" in text
    assert "-- end\n" in text
    assert "SELECT 4; -- original: migrate:up" in text


@pytest.mark.parametrize(
    "encoded",
    [
        "SELECT 'é';\r\n".encode(),
        codecs.BOM_UTF8 + "SELECT 'é';".encode(),
        codecs.BOM_UTF16_LE + "SELECT 'é';".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "SELECT 'é';".encode("utf-16-be"),
    ],
)
def test_byte_order_marks_are_heeded(given: Given, encoded: bytes) -> None:
    given.files({"1_a.sql": encoded}).imported("sqlx")
    assert given.written()[0].up.statements[0].sql == "SELECT 'é'"


def test_other_encodings_are_named(given: Given) -> None:
    given.files({"1_a.sql": "SELECT 1;\nSELECT 'é';".encode("latin-1"), "2_b.sql": b"SELECT '\0';"})
    assert given.refused("sqlx") == [
        "1_a.sql:2: it is not UTF-8: name its encoding with --encoding, such as latin-1",
        "2_b.sql:1: it holds a NUL, which no SQL can",
    ]
    (given.folder / "2_b.sql").unlink()
    command = ["import", "--from", "sqlx", str(given.folder), "--to", str(given.to), "--encoding"]
    assert CliRunner().invoke(migrate, [*command, "klingon"]).exit_code == 1
    assert CliRunner().invoke(migrate, [*command, "latin-1"]).exit_code == 0
    assert given.written()[0].up.statements[1].sql == "SELECT 'é'"


def test_line_ends_become_plain_but_in_what_is_quoted(given: Given) -> None:
    given.files({"1_a.sql": b"SELECT 1;\r\n-- two\r\nSELECT $$a\r\nb$$,\r\n'c\r\nd';\r\n"}).imported("sqlx")
    assert b"SELECT 1;\n-- two\nSELECT $$a\r\nb$$,\n'c\r\nd';\n" in given.written()[0].path.read_bytes()


@pytest.mark.parametrize(
    ("versions", "sizes", "given_"),
    [
        (["1", "2", "10"], [1, 1, 1], [["0001"], ["0002"], ["0010"]]),
        (["1", "2", "3"], [1, 3, 1], [["0001"], ["0002", "0003", "0004"], ["0005"]]),
        (["0", "1"], [1, 1], [["0001"], ["0002"]]),
        (["00000000000000", "20240101000000"], [1, 1], [["0001"], ["20240101000000"]]),
        (["20240101000059", "20240101000100"], [2, 1], [["20240101000059", "20240101000100"], ["20240101000101"]]),
        (["20240101", "202401011230"], [1, 1], [["20240101000000"], ["20240101123000"]]),
        (["1704112260"], [1], [["20240101123100"]]),
        (["2024010101", "2024010102"], [1, 1], [["20240101010000"], ["20240101020000"]]),
        (["1704112260123", "1704112260456"], [1, 1], [["20240101123100"], ["20240101123101"]]),
        (["202403301034540000"], [1], [["20240330103454"]]),
        (["123456", "123457"], [1, 1], [["00000000123456"], ["00000000123457"]]),
        (["9999", "10000"], [2, 1], [["9999", "00000000010000"], ["00000000010001"]]),
        (["1", "1.1", "2"], [1, 2, 1], [["0001"], ["0002", "0003"], ["0004"]]),
        (["10", "9"], [1, 1], [["0001"], ["0002"]]),
        (["12", "20240101000000"], [1, 1], [["0012"], ["20240101000000"]]),
    ],
)  # fmt: skip
def test_versions_keep_their_order_and_their_numbers_where_they_can(
    versions: list[str], sizes: list[int], given_: list[list[str]]
) -> None:
    assert assigned(versions, sizes) == given_


def test_names_become_names_of_files(given: Given) -> None:
    given.files(
        {"1_Add-Users & Röles.sql": "SELECT 1;", "2_.sql": "SELECT 1;", f"3_{'x' * 200}.sql": "SELECT 1;"}
    ).imported("sqlx")
    assert [migration.name for migration in given.written()] == ["add_users_roles", "migration", "x" * 100]


def test_nothing_is_ever_overwritten(given: Given) -> None:
    given.files({"1_a.sql": "SELECT 1;"}).imported("sqlx")
    before = {path: path.read_bytes() for path in given.to.iterdir()}
    with pytest.raises(FormatError, match="is not empty, and an import never overwrites: name a new folder with --to"):
        given.imported("sqlx")
    given.to = given.folder
    with pytest.raises(FormatError, match="is not empty"):
        given.imported("sqlx")
    given.to = given.folder / "1_a.sql"
    with pytest.raises(FormatError, match="is no folder"):
        given.imported("sqlx")
    assert {path: path.read_bytes() for path in before} == before


def test_empty_folder_is_filled_and_a_missing_one_made(given: Given) -> None:
    given.to = given.to / "deep" / "er"
    given.to.mkdir(parents=True)
    given.files({"1_a.sql": "SELECT 1;"}).imported("sqlx")
    assert [path.name for path in given.to.parent.iterdir()] == ["er"]
    assert len(given.written()) == 1


def test_command_says_what_became_of_each_file(given: Given) -> None:
    given.files({**pair(INDEX.format("a") + INDEX.format("b"), None), "schema.sql": ""})
    command = ["import", "--from", "sqlx", str(given.folder), "--to", str(given.to)]
    shown = CliRunner().invoke(migrate, command)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout == (
        "1_x.up.sql  0001_x_1.sql\n"
        "            0002_x_2.sql\n"
        "            (split into 2: what runs outside of a transaction is alone in its file)\n"
        "            (irreversible: there is no .down.sql beside the .up.sql)\n"
        "schema.sql  (left out: its name does not begin with a version and an underscore)\n"
        f"2 files written to {given.to}.\n"
    )
    again = CliRunner().invoke(migrate, [*command[:-1], str(given.to) + "2", "--json"])
    assert json.loads(again.stdout)["migrations"][0]["files"] == ["0001_x_1.sql", "0002_x_2.sql"]


def test_command_refuses_in_words(given: Given) -> None:
    given.files({"1_a.sql": "ROLLBACK;"})
    command = ["import", str(given.folder), "--to", str(given.to), "--from"]
    refused = CliRunner().invoke(migrate, [*command, "sqlx"])
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"Error: {given.folder}/1_a.sql:1: ROLLBACK cannot be imported")
    assert CliRunner().invoke(migrate, [*command, "liquibase"]).exit_code == 2
    assert CliRunner().invoke(migrate, [*command, "flyway", "--set", "x"]).exit_code == 2
    missing = CliRunner().invoke(migrate, ["import", "--from", "sqlx", str(given.folder / "missing")])
    assert missing.exit_code == 1
    assert "there is no such folder" in missing.stderr


def test_imported_files_are_read_by_check_and_judged_when_they_are_to_run(given: Given) -> None:
    given.files({"1_a.sql": "CREATE TABLE t (a int);", "2_b.sql": "UPDATE t SET a = 1;"}).imported("sqlx")
    command = ["check", "--no-builtin", "--dir", str(given.to)]
    checked = CliRunner().invoke(migrate, command)
    assert checked.exit_code == 0, checked.output
    assert "2 imported files can be read; --imported judges what they do, too." in checked.stdout
    judged = CliRunner().invoke(migrate, [*command, "--imported"])
    assert judged.exit_code == 1
    assert "update-without-where" in judged.stdout
