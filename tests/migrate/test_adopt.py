"""A history that another tool applied is recorded as applied once the schema is shown to be the same, or not at all."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result
from tests.migrate.conftest import sql

from freehold.migrate import journal
from freehold.migrate.commands import migrate
from freehold.migrate.likeness import BOOKKEEPING
from freehold.postgres import EmbeddedServer

Writer = Callable[..., Path]
Run = Callable[..., Result]
Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]

ITEMS = "CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);"
PRICE = "ALTER TABLE items ADD price numeric(10, 2) CHECK (price > 0);"
INDEX = "CREATE INDEX items_name ON items (name) WHERE price IS NOT NULL;"


@pytest.fixture
def run(database_url: str, write: Writer, tmp_path: Path) -> Run:
    folder = write("0001_items", ITEMS, "DROP TABLE items;").parent
    write("0002_price", PRICE, "ALTER TABLE items DROP price;")
    write("0003_index", INDEX, "DROP INDEX items_name;")

    def invoke(command: str, *arguments: str) -> Result:
        environment = {"FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_BACKUPS_DIR": str(tmp_path / "backups")}
        command_line = [command, "--no-builtin", "--dir", str(folder), *arguments]
        return CliRunner(env=environment).invoke(migrate, command_line)

    return invoke


def recorded(query: Query) -> list[tuple[object, ...]]:
    if query("SELECT to_regclass('freehold_migrate.applied') IS NULL") == [(True,)]:
        return []
    return query("SELECT version, state FROM freehold_migrate.applied ORDER BY position")


def test_same_schema_is_recorded_and_everything_goes_on_from_there(
    run: Run, write: Writer, execute: Execute, query: Query
) -> None:
    execute(f"{ITEMS}{PRICE}{INDEX}")
    execute("INSERT INTO items (name, price) VALUES ('a', 1)")
    adopted = run("adopt")
    assert adopted.exit_code == 0, adopted.output
    assert adopted.stdout.endswith("3 recorded as applied: the schema is what the files make.\n")
    assert recorded(query) == [("0001", "done"), ("0002", "done"), ("0003", "done")]
    assert "adopted" in run("status").stdout
    assert run("verify").exit_code == 0
    write("0004_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;")
    assert run("rehearse").exit_code == 0
    assert run("apply").exit_code == 0
    down = run("down", "--to", "0001", "--yes")
    assert down.exit_code == 0, down.output
    assert query(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0 AND NOT attisdropped"
    ) == [
        ("id",),
        ("name",),
    ]


@pytest.mark.parametrize(
    ("by_hand", "difference"),
    [
        ("CREATE TABLE extra (id int)", "only the database has table public.extra"),
        ("ALTER TABLE items ADD extra int", "only the database has column public.items.extra: integer"),
        ("ALTER TABLE items DROP price", "only the files make column public.items.price: numeric(10,2)"),
        ("DROP INDEX items_name", "only the files make index public.items_name"),
        (
            "ALTER TABLE items ALTER name DROP NOT NULL",
            "column public.items.name is 'text', and the files make 'text NOT NULL'",
        ),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "only the database has function public.f()"),
        ("COMMENT ON TABLE items IS 'by hand'", "and the files make 'TABLE'"),
        ("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'items_name'::regclass", "INVALID"),
    ],
)
def test_difference_is_shown_and_nothing_is_recorded(
    run: Run, execute: Execute, query: Query, by_hand: str, difference: str
) -> None:
    execute(f"{ITEMS}{PRICE}{INDEX}")
    execute(by_hand)
    refused = run("adopt")
    assert refused.exit_code == 1
    assert difference in refused.stdout
    assert "Nothing was recorded: " in refused.stdout
    assert recorded(query) == []


def test_column_order_owner_and_grants_are_no_difference(run: Run, execute: Execute) -> None:
    execute(f"{ITEMS}{PRICE}{INDEX}")
    execute("ALTER TABLE items DROP name; ALTER TABLE items ADD name text NOT NULL; GRANT SELECT ON items TO PUBLIC")
    execute(INDEX)
    assert run("adopt").exit_code == 0


def test_reason_records_all_the_same_and_is_kept(run: Run, execute: Execute, query: Query) -> None:
    execute(f"{ITEMS}{PRICE}")
    done = run("adopt", "--unsafe", "the index comes tonight")
    assert done.exit_code == 0
    assert "only the files make index public.items_name" in done.stdout
    assert "3 recorded as applied: although the schemas differ." in done.stdout
    assert query("SELECT versions, why FROM freehold_migrate.unsafe") == [
        (["0001", "0002", "0003"], "the index comes tonight")
    ]


def test_database_that_is_behind_is_adopted_up_to_a_version(run: Run, execute: Execute, query: Query) -> None:
    execute(f"{ITEMS}{PRICE}")
    execute("INSERT INTO items (name) VALUES ('a')")
    assert run("adopt").exit_code == 1
    unknown = run("adopt", "--to", "0009")
    assert unknown.exit_code == 1
    assert "There are: 0001, 0002, 0003" in unknown.stderr
    assert run("adopt", "--to", "0002").exit_code == 0
    assert recorded(query) == [("0001", "done"), ("0002", "done")]
    assert [each["version"] for each in json.loads(run("status", "--json").stdout)["pending"]] == ["0003"]


def test_what_is_recorded_already_is_never_adopted(run: Run, query: Query) -> None:
    assert run("apply").exit_code == 0
    refused = run("adopt")
    assert refused.exit_code == 1
    assert "0001_items is recorded as applied already (3 in all)" in refused.stderr
    assert len(recorded(query)) == 3


def test_journals_of_other_tools_are_named_and_not_compared(run: Run, execute: Execute) -> None:
    execute(f"{ITEMS}{PRICE}{INDEX} CREATE SCHEMA tool")
    for name in BOOKKEEPING:
        execute(f"CREATE TABLE tool.{name} (id serial PRIMARY KEY, version text)")
        execute(f"CREATE INDEX ON tool.{name} (version)")
    refused = run("adopt")
    assert refused.exit_code == 1
    assert [line for line in refused.stdout.splitlines() if line.startswith("! ")] == [
        "! only the database has schema tool: SCHEMA"
    ]
    for name in BOOKKEEPING:
        assert f"not compared: table tool.{name}, in which another tool keeps what it has applied" in refused.stdout


def test_missing_table_is_one_difference_with_all_that_belongs_to_it(run: Run, execute: Execute) -> None:
    execute("CREATE TABLE other (id serial PRIMARY KEY, a int REFERENCES other); CREATE VIEW seen AS SELECT 1 AS n")
    assert json.loads(run("adopt", "--json").stdout)["differences"] == [
        "only the files make table public.items: TABLE",
        "only the database has table public.other: TABLE",
        "only the database has view public.seen: VIEW AS\n SELECT 1 AS n;",
    ]


def test_version_of_an_extension_is_no_difference_and_said(
    run: Run, write: Writer, execute: Execute, query: Query
) -> None:
    if not query("SELECT name FROM pg_available_extension_versions WHERE name = 'hstore' AND version = '1.4'"):
        pytest.skip("this PostgreSQL comes without hstore")
    write("0004_extension", "CREATE EXTENSION hstore;", "DROP EXTENSION hstore;")
    execute(f"{ITEMS}{PRICE}{INDEX} CREATE EXTENSION hstore VERSION '1.4'")
    adopted = run("adopt")
    assert adopted.exit_code == 0, adopted.output
    assert "not compared: the version of extension hstore" in adopted.stdout


def test_table_that_the_files_make_is_compared_whatever_its_name(run: Run, write: Writer, execute: Execute) -> None:
    write("0004_versions", "CREATE TABLE schema_version (id int);", "DROP TABLE schema_version;")
    execute(f"{ITEMS}{PRICE}{INDEX} CREATE TABLE schema_version (id bigint)")
    assert "column public.schema_version.id is 'bigint', and the files make 'integer'" in run("adopt").stdout


def test_files_that_fail_on_an_empty_database_are_named(
    run: Run, write: Writer, execute: Execute, query: Query
) -> None:
    execute(f"{ITEMS}{PRICE}{INDEX}")
    write("0000_before", "ALTER TABLE made_by_hand ADD x int;", "SELECT 1;")
    refused = run("adopt")
    assert refused.exit_code == 1
    assert '0000_before.sql:2: relation "made_by_hand" does not exist' in refused.stdout
    assert recorded(query) == []
    assert run("adopt", "--unsafe", "known").exit_code == 0
    assert len(recorded(query)) == 4


SETTINGS = """
SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()
"""


@pytest.mark.parametrize(
    "up",
    [
        "CREATE ROLE {0};",
        "ALTER DATABASE {0} SET work_mem = '1MB';",
        "alter system set work_mem = '1MB';",
        "GRANT pg_monitor TO {0};",
        "DO $$ BEGIN CREATE ROLE {0}; END $$;",
        "SELECT dblink_exec('dbname=x', 'DROP TABLE y');",
        "COPY items FROM PROGRAM 'id';",
        "CREATE SUBSCRIPTION x CONNECTION 'dbname=x' PUBLICATION y WITH (connect = false);",
        "SELECT pg_create_restore_point('x');",
    ],
)
def test_what_reaches_beyond_the_database_is_not_run_beside_it(
    run: Run, write: Writer, query: Query, database_name: str, up: str
) -> None:
    path = write("0002_price", f"SELECT 1;\n{up.format(f'{database_name}_role')}", "SELECT 1;")
    refused = run("adopt")
    assert refused.exit_code == 1
    assert f"reach beyond one database: {path}:3. Name a server" in refused.stdout
    assert query("SELECT rolname FROM pg_roles WHERE rolname = $1", f"{database_name}_role") == []
    assert query(SETTINGS) == []


def test_role_that_a_file_makes_out_of_sight_is_not_made_beside_it(
    run: Run, write: Writer, query: Query, database_name: str
) -> None:
    hidden = f"DO $$ BEGIN EXECUTE 'CREATE ROLE ' || '{database_name}_role'; END $$;"
    path = write("0002_price", hidden, "SELECT 1;")
    refused = run("adopt")
    assert refused.exit_code == 1
    assert f"{path}:2: this changes role {database_name}_role outside of the copy" in refused.stdout
    assert query("SELECT rolname FROM pg_roles WHERE rolname = $1", f"{database_name}_role") == []


@pytest.mark.parametrize(
    "up", ["GRANT SELECT ON items TO PUBLIC;", "CREATE TABLE users (role text);", "SELECT 'CREATE ROLE x';"]
)
def test_what_only_looks_as_if_it_did_is_run(run: Run, write: Writer, execute: Execute, up: str) -> None:
    write("0004_more", up, "SELECT 1;")
    execute(f"{ITEMS}{PRICE}{INDEX}{up}")
    assert run("adopt").exit_code == 0


def test_history_that_makes_roles_is_run_on_a_server_of_its_own(
    run: Run, write: Writer, execute: Execute, server_major: int, tmp_path: Path
) -> None:
    write("0004_role", "CREATE ROLE of_the_history;", "SELECT 1;")
    execute(f"{ITEMS}{PRICE}{INDEX}")
    with EmbeddedServer.start(tmp_path / "staging", fast=True) as server:
        if server.major != server_major:
            pytest.skip("the embedded server is of another major version")
        adopted = run("adopt", "--staging-url", server.admin_url)
    assert adopted.exit_code == 0, adopted.output


def test_tables_beside_freeholds_own_are_adopted_with_what_is_applied(
    write: Writer, make_database: Callable[..., str], server_urls: tuple[str, str]
) -> None:
    url = make_database(server_urls[1])
    notes = "CREATE TABLE notes (user_id uuid REFERENCES users (id));"
    asyncio.run(sql(url, notes))
    folder = write("0001_notes", notes, "DROP TABLE notes;").parent
    command = ["--dir", str(folder), "--database-url", url]
    adopted = CliRunner().invoke(migrate, ["adopt", *command])
    assert adopted.exit_code == 0, adopted.output
    assert CliRunner().invoke(migrate, ["verify", *command]).exit_code == 0


def test_nothing_to_adopt_is_wrong_usage(database_url: str) -> None:
    result = CliRunner().invoke(migrate, ["adopt", "--database-url", database_url])
    assert result.exit_code == 2
    assert "add --dir" in result.stderr


def test_failure_in_the_middle_records_nothing(
    run: Run, execute: Execute, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise asyncpg.UndefinedObjectError("gone")

    execute(f"{ITEMS}{PRICE}{INDEX}")
    monkeypatch.setattr(journal, "record_schema", fail)
    assert run("adopt").exit_code == 1
    assert recorded(query) == []


def test_copy_is_gone_afterwards(run: Run, execute: Execute, query: Query, database_name: str) -> None:
    execute(f"{ITEMS}{PRICE}{INDEX}")
    run("adopt")
    assert query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{database_name}_staging_") == []
