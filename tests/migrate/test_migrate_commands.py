import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freehold.migrate.commands import migrate

Writer = Callable[..., Path]
Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, write: Writer) -> Run:
    """Run `migrate` on the test's database with the test's own migrations alone."""
    folder = write("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;").parent

    def invoke(*arguments: str, answer: str | None = None) -> Result:
        options = ["--no-builtin", "--dir", str(folder)]
        return CliRunner(env={"FREEHOLD_DATABASE_URL": database_url, "COLUMNS": "200"}).invoke(
            migrate, [arguments[0], *options, *arguments[1:]], input=answer
        )

    return invoke


def test_status_shows_pending_then_applied(run: Run) -> None:
    assert "pending" in run("status").stdout
    assert run("apply").exit_code == 0
    shown = run("status")
    assert shown.exit_code == 0
    assert "Everything is applied" in shown.stdout


def test_answers_as_json(run: Run) -> None:
    assert json.loads(run("apply", "--json").stdout)[0]["name"] == "items"
    assert json.loads(run("status", "--json").stdout)["pending"] == []


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
