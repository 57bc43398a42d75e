import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freehold.migrate.commands import backup, migrate, restore

Writer = Callable[..., Path]
Run = Callable[..., Result]
Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]


@pytest.fixture
def run(database_url: str, write: Writer, tmp_path: Path) -> Run:
    """Run `migrate` on the test's database with the test's own migrations alone."""
    folder = write("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;").parent

    def invoke(*arguments: str, answer: str | None = None) -> Result:
        files = [] if arguments[0] in ("create", "list", "restore") else ["--no-builtin", "--dir", str(folder)]
        group = backup if arguments[0] in ("create", "list") else restore if arguments[0] == "restore" else migrate
        command = list(arguments[1:]) if group is restore else [arguments[0], *files, *arguments[1:]]
        environment = {
            "FREEHOLD_DATABASE_URL": database_url,
            "FREEHOLD_BACKUPS_DIR": str(tmp_path / "backups"),
            "COLUMNS": "200",
        }
        return CliRunner(env=environment).invoke(group, command, input=answer)

    return invoke


def test_status_shows_pending_then_applied(run: Run) -> None:
    assert "pending" in run("status").stdout
    assert run("apply").exit_code == 0
    shown = run("status")
    assert shown.exit_code == 0
    assert "Everything is applied" in shown.stderr  # standard output is the list


def test_answers_as_json(run: Run) -> None:
    assert json.loads(run("apply", "--json").stdout)["applied"][0]["name"] == "items"
    assert json.loads(run("status", "--json").stdout)["pending"] == []


def test_rehearse_apply_and_back_again(run: Run, write: Writer, execute: Execute, query: Query) -> None:
    run("apply")
    execute("INSERT INTO items SELECT generate_series(1, 9)")
    write("0002_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;")
    refused = run("apply")
    assert refused.exit_code == 1
    assert "never rehearsed" in refused.stderr
    rehearsed = run("rehearse")
    assert rehearsed.exit_code == 0, rehearsed.output
    assert "Proved." in rehearsed.stdout
    applied = run("apply")
    assert applied.exit_code == 0, applied.output
    assert "(rehearsed: " in applied.stdout
    execute("UPDATE items SET note = 'x' WHERE id < 4")
    declined = run("down", "--to", "0001", answer="n\n")
    assert declined.exit_code == 1
    assert "lost: items.note: had 3 values and has 0" in declined.stderr
    assert run("down", "--to", "0001", answer="y\n").exit_code == 0
    assert query("SELECT attname FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0") == [
        ("id",),
        ("........pg.dropped.2........",),
    ]


def test_drift_is_named_object_by_object(run: Run, execute: Execute) -> None:
    run("apply")
    assert run("verify").exit_code == 0
    execute("CREATE INDEX by_hand ON items (id); ALTER TABLE items ADD extra int")
    shown = run("verify")
    assert shown.exit_code == 1
    assert "drift: column public.items.extra was added: integer" in shown.stderr
    assert "drift: index public.by_hand was added: CREATE INDEX by_hand" in shown.stderr
    assert "drift: index public.by_hand" in run("status").stderr


def test_restore_brings_the_rows_back_and_keeps_the_present_database(
    run: Run, execute: Execute, query: Query, database_name: str
) -> None:
    run("apply")
    execute("INSERT INTO items SELECT generate_series(1, 9)")
    execute(f"ALTER DATABASE {database_name} SET statement_timeout = '7s'")
    folder = json.loads(run("create", "--json").stdout)["folder"]
    assert Path(folder).name in run("list").stdout
    execute("DELETE FROM items WHERE id > 4")
    declined = run("restore", folder, answer="n\n")
    assert declined.exit_code == 1
    assert "public.items: rows then 9, now 4" in declined.stderr
    assert query("SELECT count(*) FROM items") == [(4,)]
    restored = run("restore", folder, "--yes", "--json")
    assert restored.exit_code == 0, restored.output
    kept = json.loads(restored.stdout)["kept_as"]
    assert query("SELECT count(*), current_setting('statement_timeout') FROM items") == [(9, "7s")]

    try:
        assert query("SELECT count(*) FROM pg_database WHERE datname = $1", kept) == [(1,)]
    finally:
        execute(f"DROP DATABASE {kept}")


def test_check_needs_no_database_and_names_rule_and_remedy(run: Run, write: Writer) -> None:
    assert run("check", "--json").exit_code == 0
    write("0002_bad", "UPDATE items SET id = 1;", "SELECT 1;")
    shown = run("check")
    assert shown.exit_code == 1
    assert "0002_bad.sql:2: update-without-where" in shown.stdout
    assert "instead: -- migrate: backfill" in shown.stdout


def test_unsafe_is_recorded_with_its_reason(run: Run, write: Writer, execute: Execute, query: Query) -> None:
    run("apply")
    execute("INSERT INTO items VALUES (1)")
    write("0002_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;")
    assert run("apply", "--unsafe", "the house is on fire").exit_code == 0
    assert query("SELECT versions, why FROM freehold_migrate.unsafe") == [(["0002"], "the house is on fire")]


def test_new_makes_a_file_that_waits_to_be_filled(tmp_path: Path) -> None:
    made = CliRunner().invoke(migrate, ["new", "Add orders", "--dir", str(tmp_path / "mine")])
    assert made.exit_code == 0
    path = Path(made.stdout.strip())
    assert path.name.endswith("_add_orders.sql")
    checked = CliRunner().invoke(migrate, ["check", "--no-builtin", "--dir", str(tmp_path / "mine")])
    assert checked.exit_code == 1
    assert "the up section is empty" in checked.stderr


def test_missing_database_is_exit_code_1(write: Writer) -> None:
    folder = write("0001_items", "SELECT 1;", "SELECT 1;").parent
    url = "postgresql://somebody@127.0.0.1:1/nowhere"
    result = CliRunner().invoke(migrate, ["status", "--no-builtin", "--dir", str(folder), "--database-url", url])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Cannot connect to database nowhere")


def test_nothing_to_migrate_is_exit_code_2(database_url: str) -> None:
    result = CliRunner().invoke(migrate, ["status", "--no-builtin", "--database-url", database_url])
    assert result.exit_code == 2
    assert "add --dir" in result.stderr


def test_bad_file_is_exit_code_1(run: Run, write: Writer) -> None:
    write("0002_bad", "", "SELECT 1;")
    result = run("apply")
    assert result.exit_code == 1
    assert "0002_bad.sql:1: the up section is empty" in result.stderr
