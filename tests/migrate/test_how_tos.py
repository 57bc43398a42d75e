"""The migrations in the how-tos pass the gate as they stand there."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from freehold.migrate import gate
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.migrate.reverse import down

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
ORDERS = """
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, reference text NOT NULL, state text);
INSERT INTO orders SELECT n, n % 7, 'r' || n, (ARRAY['new', 'paid', 'sent'])[1 + n % 3] FROM generate_series(1, 500) n;
"""
Execute = Callable[[str], None]


@pytest.mark.parametrize(("page", "files"), [("large-table-migration", 6), ("index-concurrently-migration", 3)])
def test_migrations_of_a_page_are_proved_applied_and_reverted(
    database_url: str, execute: Execute, tmp_path: Path, page: str, files: int
) -> None:
    blocks = re.findall(r"^ *```sql\n(.*?)^ *```$", (DOCS / f"{page}.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == files
    folder, backups = tmp_path / "migrations", tmp_path / "backups"
    folder.mkdir()
    for number, block in enumerate(blocks, 1):
        (folder / f"{number:04}_step.sql").write_text(dedent(block), "utf-8")
    execute(ORDERS)
    sets = [MigrationSet.from_folder(folder)]
    rehearsal = asyncio.run(rehearse(database_url, sets=sets, backups=backups))
    assert rehearsal.passed, rehearsal.findings
    assert len(asyncio.run(gate.apply(database_url, sets=sets)).applied) == files

    async def yes(_: object) -> bool:
        return True

    assert len(asyncio.run(down(database_url, sets=sets, to="0", backups=backups, confirm=yes)).reverted) == files
