"""A database with many rows, for what the planner says of it: made fast, and by the way they are made they fit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from tests.conftest import database_name

ORGANIZATION = "'00000000-0000-0000-0000-000000000007'"
"""One that has projects."""

_ROWS = """
SET session_replication_role = replica;
INSERT INTO users (id, username, email, password_hash)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'user_' || n, 'user_' || n || '@example.com', '!'
FROM generate_series(1, {count}) n;
INSERT INTO organizations (id, name, slug, owner_id)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'Organization ' || n, 'organization-' || n, lpad(to_hex(n), 32, '0')::uuid
FROM generate_series(1, {count}) n;
INSERT INTO slugs (slug, organization_id) SELECT slug, id FROM organizations;
INSERT INTO organization_members (organization_id, user_id, role)
SELECT lpad(to_hex(1 + (n * k) % {count}), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'member'
FROM generate_series(1, {count}) n, generate_series(1, 2) k
ON CONFLICT DO NOTHING;
INSERT INTO projects (id, organization_id, name, visibility, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + n % 500), 32, '0')::uuid, 'Project ' || n,
    CASE WHEN n % 10 = 0 THEN 'public' ELSE 'private' END, now() - n * interval '1 second'
FROM generate_series(1, {count}) n;
INSERT INTO sessions (token_hash, user_id, expires_at)
SELECT sha256(n::text::bytea), lpad(to_hex(1 + n % ({count} / 2)), 32, '0')::uuid, now() + interval '1 day'
FROM generate_series(1, {count}) n;
INSERT INTO audit_events (chain_id, sequence, organization_id, actor_id, action, target_type, previous_hash, hash)
SELECT chain_id, n, chain_id, lpad(to_hex(n), 32, '0')::uuid, 'project.create', 'project', sha256('x'), sha256('x')
FROM generate_series(1, {count}) n, LATERAL (SELECT lpad(to_hex(1 + n % 500), 32, '0')::uuid AS chain_id) AS chain;
"""
_VALUES_BY_TYPE = {
    "uuid": "lpad(to_hex(1 + n % 500), 32, '0')::uuid",
    "varchar": "'value' || n",
    "text": "'value' || n",
    "bytea": "sha256(n::text::bytea)",
    "timestamptz": "now() - n * interval '1 second'",
    "int2": "n % 1000",
    "int4": "n",
    "int8": "n",
    "bool": "false",
    "jsonb": "'{}'",
    "inet": "NULL",
    "_text": "'{}'",
    "_uuid": "'{}'",
}
"""What the other tables are filled with, whatever their columns; columns of other types keep their default."""

_CHECKS = """
SELECT conname, conrelid::regclass::text FROM pg_constraint
WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""
_EMPTY_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) = 0 ORDER BY relname
"""
_COLUMNS = """
SELECT column_name, udt_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' AND is_identity = 'NO'
"""


@asynccontextmanager
async def many_rows(database_url: str, admin_url: str, count: int) -> AsyncIterator[Any]:
    """Fill a database with so many users, organizations and projects, and as many of the rest as matter."""
    # The planner's statistics are the matter, so only a superuser's way of writing rows is fast enough.
    connection = await asyncpg.connect(admin_url, database=database_name(database_url))
    try:
        await connection.execute("SET random_page_cost = 1.1")  # a solid-state disk, as on the embedded server
        for constraint, table in await connection.fetch(_CHECKS):  # they are no matter here, and take their time
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        await connection.execute(_ROWS.format(count=count))
        for (table,) in await connection.fetch(_EMPTY_TABLES):
            await _fill(connection, table, count // 3)
        await connection.execute("ANALYZE")
        yield connection
    finally:
        await connection.close()


async def _fill(connection: Any, table: str, count: int) -> None:
    columns = {name: kind for name, kind in await connection.fetch(_COLUMNS, table) if kind in _VALUES_BY_TYPE}
    values = [
        "lpad(to_hex(n), 32, '0')::uuid" if name == "id" else f"({_VALUES_BY_TYPE[kind]})::{kind}"
        for name, kind in columns.items()
    ]
    rows = f"SELECT {', '.join(values)} FROM generate_series(1, {count}) n"  # noqa: S608 - names of the catalog
    await connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) {rows} ON CONFLICT DO NOTHING")
