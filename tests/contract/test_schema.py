"""The migrations, the snapshot of what they make, and the way back."""

from pathlib import Path

import pytest
from tests.contract.renewal import compare

import freehold
from freehold import migrate

SNAPSHOT = Path(freehold.__file__).parent / "migrations" / "schema.sql"


@pytest.mark.renews
async def test_snapshot_is_what_the_migrations_make(schema_url: str):
    # Before 16, PostgreSQL names a view's only table before each of its columns.
    text = (
        (await migrate.dump_schema(schema_url))
        .replace(" all_organization_roles.", " ")
        .replace("(all_organization_roles.", "(")
    )
    compare(SNAPSHOT, text)


async def test_way_down_and_up_again_leads_to_the_same_schema(database_url: str, empty_database_url: str):
    nothing = await migrate.dump_schema(empty_database_url)
    before = await migrate.dump_schema(database_url)
    sets = [migrate.builtin()]
    await migrate.down(database_url, sets=sets, to="0")
    assert _without_journal(await migrate.dump_schema(database_url)) == _without_journal(nothing)
    await migrate.apply(database_url, sets=sets)
    assert await migrate.dump_schema(database_url) == before


async def test_every_step_down_leads_to_the_schema_before_it(empty_database_url: str):
    full = migrate.builtin()
    before: dict[str, str] = {}
    for count, migration in enumerate(full.migrations, start=1):
        await migrate.apply(empty_database_url, sets=[full._replace(migrations=full.migrations[:count])])
        before[migration.version] = await migrate.dump_schema(empty_database_url)
    for version in list(before)[-2::-1]:
        await migrate.down(empty_database_url, sets=[full], to=version)
        assert await migrate.dump_schema(empty_database_url) == before[version]


def _without_journal(dump: str) -> str:
    """Leave out the engine's own record, which outlives what it speaks of."""
    return "\n\n".join(block for block in dump.split("\n\n") if "freehold_migrate" not in block).strip()
