"""The example in examples/shop: of its ten migrations exactly the four wrong ones are stopped, each for its reason."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freehold.migrate.commands import migrate

SHOP = Path(__file__).parents[2] / "examples" / "shop"
Run = Callable[..., Result]
Execute = Callable[[str], None]
Query = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHOP / "migrations", tmp_path / "migrations"))


@pytest.fixture
def run(database_url: str, folder: Path, tmp_path: Path, execute: Execute) -> Run:
    execute((SHOP / "shop.sql").read_text())

    def invoke(command: str, *arguments: str) -> Result:
        environment = {"FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_BACKUPS_DIR": str(tmp_path / "backups")}
        return CliRunner(env=environment).invoke(migrate, [command, "--no-builtin", "--dir", str(folder), *arguments])

    return invoke


def correct(folder: Path, name: str) -> None:
    (source,) = (SHOP / "corrected").glob(f"*_{name}.sql")
    shutil.copy(source, folder / source.name)


def errors(findings: list[dict[str, str]]) -> dict[str, str]:
    return {each["label"].split("_", 1)[1]: each["rule"] for each in findings if each["severity"] == "error"}


def test_exactly_the_four_wrong_migrations_are_stopped(run: Run, folder: Path, query: Query) -> None:
    checked = run("check", "--json")
    assert checked.exit_code == 1
    assert errors(json.loads(checked.stdout)) == {"orders_by_customer": "require-concurrent-index-creation"}
    correct(folder, "orders_by_customer")

    rehearsed = run("rehearse", "--json")
    assert rehearsed.exit_code == 1
    assert errors(json.loads(rehearsed.stdout)["findings"]) == {
        "fold_emails": "down-loses-data",
        "wide_quantity": "traced-rewrite",
        "stock_default": "down-leaves-schema",
    }
    assert run("apply").exit_code == 1
    assert query("SELECT to_regclass('product_tags')") == [(None,)]

    for name in ("fold_emails", "wide_quantity", "stock_default"):
        correct(folder, name)
    rehearsed = run("rehearse")
    assert rehearsed.exit_code == 0, rehearsed.output
    applied = run("apply", "--json")
    assert applied.exit_code == 0, applied.output
    assert len(json.loads(applied.stdout)["applied"]) == 10
    assert query("SELECT count(*) FROM customers WHERE phone = 'unknown'") == [(20000,)]
    assert run("verify").exit_code == 0


def test_all_the_way_back_brings_every_row_back(run: Run, folder: Path, query: Query) -> None:
    for path in (SHOP / "corrected").iterdir():
        shutil.copy(path, folder / path.name)
    everything = "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM customers t"
    before = query(everything)
    rehearsed = run("rehearse")
    assert rehearsed.exit_code == 0, rehearsed.output
    assert run("apply").exit_code == 0
    assert query(everything) != before
    assert run("down", "--to", "0", "--yes").exit_code == 0
    assert query(everything) == before
