"""Every rule that the database keeps has a meaning in the application, and no meaning is left without its rule."""

import re
from typing import Any

import freehold.platform  # noqa: F401 - as every program does; brings the statements of every slice
from freehold.base.errors import FreeholdError
from freehold.data.sql import STATEMENTS
from freehold.slices import meanings

MEANINGS = meanings()

WRITTEN_BY_THE_PLATFORM_ALONE = {
    "server_keys",
    "mail_messages",
    "webhook_deliveries",
    "webhook_queues",
    "signing_keys",
    "audit_streams",
    "purge_failures",
}
"""Tables that hold nothing a caller sends: breaking their rules would be a bug, and is answered as one."""

RULES = """
SELECT conrelid::regclass::text AS table, conname::text AS name FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u', 'x')
UNION
SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE indisunique AND relnamespace = 'public'::regnamespace
"""


def written_tables() -> set[str]:
    """Tables that a statement in use writes to; a table before its slice can be broken by nobody."""
    found = (re.findall(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", bound.sql) for bound in STATEMENTS.values())
    return {table for tables in found for table in tables} - WRITTEN_BY_THE_PLATFORM_ALONE


async def test_every_rule_of_a_table_in_use_means_an_error(schema: Any):
    written = written_tables()
    assert len(written) >= 6
    rules = {name for table, name in await schema.fetch(RULES) if table in written}
    assert rules - set(MEANINGS) == set()


async def test_every_meaning_has_its_rule(schema: Any):
    assert set(MEANINGS) - {name for _, name in await schema.fetch(RULES)} == set()


def test_every_meaning_is_an_error_with_a_code():
    for constraint, meaning in MEANINGS.items():
        error = meaning()
        assert isinstance(error, FreeholdError), constraint
        assert error.code != FreeholdError.code, constraint


async def test_every_rule_is_named_after_its_table(schema: Any):
    assert [name for table, name in await schema.fetch(RULES) if not name.startswith(f"{table}_")] == []


async def test_every_foreign_key_has_an_index(schema: Any):
    """Or removing the row that it points at would read the whole table. Rows with NULL point nowhere."""
    unindexed = await schema.fetch("""
        SELECT conname FROM pg_constraint c
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT 1 FROM pg_index i
            WHERE i.indrelid = c.conrelid
                AND coalesce(pg_get_expr(i.indpred, i.indrelid), '') ~ '^(\\(\\w+ IS NOT NULL\\))?$'
                AND (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey
        )
    """)
    # An organization and its owner: found by the key of organizations.
    assert {row[0] for row in unindexed} == {"organizations_owner_is_member_fkey"}
