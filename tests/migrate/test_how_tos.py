"""The migrations in the how-tos pass the gate as they stand there, and their commands answer as they say."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from tests.contract.test_readme import steps
from tests.migrate.test_tutorial import Diner, diner  # noqa: F401 - a fixture

from freehold.migrate import gate
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.migrate.reverse import down

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
ORDERS = """
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, reference text NOT NULL,
    state text NOT NULL);
INSERT INTO orders SELECT n, n % 7, 'r' || n, (ARRAY['new', 'paid', 'sent'])[1 + n % 3] FROM generate_series(1, 500) n;
"""
Execute = Callable[[str], None]


NULLABLE = "ALTER TABLE orders ALTER COLUMN state DROP NOT NULL;"
LAST_LINE = "ALTER TABLE orders ALTER COLUMN state SET NOT NULL;\n"


@pytest.mark.parametrize(
    ("page", "files", "nullable"),
    [
        ("large-table-migration", 6, False),
        ("large-table-migration", 6, True),
        ("index-concurrently-migration", 3, False),
    ],
)
def test_migrations_of_a_page_are_proved_applied_and_reverted(
    database_url: str, execute: Execute, tmp_path: Path, page: str, files: int, *, nullable: bool
) -> None:
    blocks = re.findall(r"^ *```sql\n(.*?)^ *```$", (DOCS / f"{page}.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == files
    folder, backups = tmp_path / "migrations", tmp_path / "backups"
    folder.mkdir()
    for number, block in enumerate(blocks, 1):
        text = dedent(block)
        if nullable:  # as the page says
            text = text.replace(LAST_LINE, "")
        (folder / f"{number:04}_step.sql").write_text(text, "utf-8")
    execute(ORDERS + NULLABLE * nullable)
    sets = [MigrationSet.from_folder(folder)]
    rehearsal = asyncio.run(rehearse(database_url, sets=sets, backups=backups))
    assert rehearsal.passed, rehearsal.findings
    assert len(asyncio.run(gate.apply_proved(database_url, sets=sets)).applied) == files

    async def yes(_: object) -> bool:
        return True

    assert len(asyncio.run(down(database_url, sets=sets, to="0", backups=backups, confirm=yes)).reverted) == files


GOOSE = {
    "00001_items.sql": "-- +goose Up\nCREATE TABLE items (id int PRIMARY KEY);\n-- +goose Down\nDROP TABLE items;\n",
    "00002_prices.sql": "-- +goose Up\nALTER TABLE items ADD price int;\n",
    "00003_indexes.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY a ON items (price);\n"
    "CREATE INDEX CONCURRENTLY b ON items (price, id);\n-- +goose Down\nDROP INDEX b;\nDROP INDEX a;\n",
    "00004_unused.sql": "-- +goose Up\n-- +goose Down\n",
}
GOOSE_MADE = """
CREATE TABLE items (id int PRIMARY KEY, price int);
CREATE INDEX a ON items (price); CREATE INDEX b ON items (price, id); CREATE INDEX made_by_hand ON items (price);
CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL);
INSERT INTO items SELECT n, n * 2 FROM generate_series(1, 100) n;
"""


@pytest.mark.usefixtures("client_programs")
def test_migrations_are_adopted_as_the_page_says(
    diner: Diner,  # noqa: F811 - the fixture
    database_url: str,
    execute: Execute,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "db" / "migrations"
    folder.mkdir(parents=True)
    for name, text in GOOSE.items():
        (folder / name).write_text(text, "utf-8")
    execute(GOOSE_MADE)
    diner.do(f"export FREEHOLD_DATABASE_URL={database_url}")
    page = (DOCS / "adopt-your-migrations.md").read_text("utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    commands = [step for block in blocks for step in steps(block)]
    assert len(commands) == 7
    for command, shown in commands:
        answer = diner.do(command)
        assert diner.agrees(shown, answer), f"{command}\nanswered\n{answer}not\n{shown}"
