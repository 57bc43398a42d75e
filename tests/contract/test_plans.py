"""The seed's two queries, to the letter, and how PostgreSQL reads 100,000 rows for every statement."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.conftest import database_name
from tests.contract.plans import explain, nodes

import freehold.platform
from freehold.sql import STATEMENTS, Statement, load

SOURCE = Path(freehold.__file__).parent

SEED_USER_WITH_ORGANIZATIONS = """\
SELECT u.*, o.*
FROM users u
LEFT JOIN organization_members om ON u.id = om.user_id
LEFT JOIN organizations o ON om.organization_id = o.id
WHERE u.id = $1;"""

SEED_PROJECTS_OF_ORGANIZATION = """\
SELECT p.*
FROM projects p
WHERE p.organization_id = $1
ORDER BY p.created_at DESC;"""

SEED = {
    ("organizations", "seed_user_with_organizations"): SEED_USER_WITH_ORGANIZATIONS,
    ("projects", "seed_projects_of_organization"): SEED_PROJECTS_OF_ORGANIZATION,
}

PAGE = 100
"""What a listing gives at most; sorting more to find that much grows with the table."""

BIG = 20_000
"""A table of this many rows is not to be read as a whole."""

ROWS = """
SET session_replication_role = replica; -- the rows fit each other by the way they are made
INSERT INTO users (id, username, email, password_hash)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'user_' || n, 'user_' || n || '@example.com', '!'
FROM generate_series(1, 100000) n;
INSERT INTO organizations (id, name, slug, owner_id)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'Organization ' || n, 'organization-' || n, lpad(to_hex(n), 32, '0')::uuid
FROM generate_series(1, 30000) n;
INSERT INTO organization_members (organization_id, user_id, role)
SELECT lpad(to_hex(1 + n % 30000), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'member'
FROM generate_series(1, 100000) n;
INSERT INTO projects (id, organization_id, name, visibility, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + n % 500), 32, '0')::uuid, 'Project ' || n,
    CASE WHEN n % 10 = 0 THEN 'public' ELSE 'private' END, now() - n * interval '1 second'
FROM generate_series(1, 100000) n;
INSERT INTO sessions (id, token_hash, user_id, expires_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, sha256(n::text::bytea), lpad(to_hex(1 + n % 10000), 32, '0')::uuid,
    now() + interval '1 day'
FROM generate_series(1, 30000) n;
"""
VALUES_BY_TYPE = {
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

ORGANIZATION = """\
SELECT p.*
FROM projects p
WHERE p.organization_id = $1
ORDER BY p.created_at DESC;"""

SEED = {
    ("organizations", "seed_user_with_organizations"): SEED_USER_WITH_ORGANIZATIONS,
    ("projects", "seed_projects_of_organization"): SEED_PROJECTS_OF_ORGANIZATION,
}

PAGE = 100
"""What a listing gives at most; sorting more to find that much grows with the table."""

BIG = 20_000
"""A table of this many rows is not to be read as a whole."""

ROWS = """
SET session_replication_role = replica; -- the rows fit each other by the way they are made
INSERT INTO users (id, username, email, password_hash)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'user_' || n, 'user_' || n || '@example.com', '!'
FROM generate_series(1, 100000) n;
INSERT INTO organizations (id, name, slug, owner_id)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'Organization ' || n, 'organization-' || n, lpad(to_hex(n), 32, '0')::uuid
FROM generate_series(1, 30000) n;
INSERT INTO organization_members (organization_id, user_id, role)
SELECT lpad(to_hex(1 + n % 30000), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'member'
FROM generate_series(1, 100000) n;
INSERT INTO projects (id, organization_id, name, visibility, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + n % 500), 32, '0')::uuid, 'Project ' || n,
    CASE WHEN n % 10 = 0 THEN 'public' ELSE 'private' END, now() - n * interval '1 second'
FROM generate_series(1, 100000) n;
INSERT INTO sessions (id, token_hash, user_id, expires_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, sha256(n::text::bytea), lpad(to_hex(1 + n % 10000), 32, '0')::uuid,
    now() + interval '1 day'
FROM generate_series(1, 30000) n;
INSERT INTO audit_events (
    id, chain_id, sequence, organization_id, actor_id, action, target_type, previous_hash, hash
)
SELECT lpad(to_hex(n), 32, '0')::uuid, chain_id, n, chain_id, lpad(to_hex(n), 32, '0')::uuid, 'project.create',
    'project', sha256('x'), sha256('x')
FROM generate_series(1, 30000) n, LATERAL (SELECT lpad(to_hex(1 + n % 500), 32, '0')::uuid AS chain_id) AS chain;
"""
ORGANIZATION = """\
SELECT p.*
FROM projects p
WHERE p.organization_id = $1
ORDER BY p.created_at DESC;"""

SEED = {
    ("organizations", "seed_user_with_organizations"): SEED_USER_WITH_ORGANIZATIONS,
    ("projects", "seed_projects_of_organization"): SEED_PROJECTS_OF_ORGANIZATION,
}

PAGE = 100
"""What a listing gives at most; sorting more to find that much grows with the table."""

BIG = 20_000
"""A table of this many rows is not to be read as a whole."""

ROWS = """
SET session_replication_role = replica; -- the rows fit each other by the way they are made
INSERT INTO users (id, username, email, password_hash)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'user_' || n, 'user_' || n || '@example.com', '!'
FROM generate_series(1, 100000) n;
INSERT INTO organizations (id, name, slug, owner_id)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'Organization ' || n, 'organization-' || n, lpad(to_hex(n), 32, '0')::uuid
FROM generate_series(1, 100000) n;
INSERT INTO organization_members (organization_id, user_id, role)
SELECT lpad(to_hex(1 + (n * k) % 100000), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'member'
FROM generate_series(1, 100000) n, generate_series(1, 2) k
ON CONFLICT DO NOTHING;
INSERT INTO projects (id, organization_id, name, visibility, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + n % 500), 32, '0')::uuid, 'Project ' || n,
    CASE WHEN n % 10 = 0 THEN 'public' ELSE 'private' END, now() - n * interval '1 second'
FROM generate_series(1, 100000) n;
INSERT INTO sessions (token_hash, user_id, expires_at)
SELECT sha256(n::text::bytea), lpad(to_hex(1 + n % 50000), 32, '0')::uuid, now() + interval '1 day'
FROM generate_series(1, 100000) n;
INSERT INTO audit_events (chain_id, sequence, organization_id, actor_id, action, target_type, previous_hash, hash)
SELECT chain_id, n, chain_id, lpad(to_hex(n), 32, '0')::uuid, 'project.create', 'project', sha256('x'), sha256('x')
FROM generate_series(1, 100000) n, LATERAL (SELECT lpad(to_hex(1 + n % 500), 32, '0')::uuid AS chain_id) AS chain;
"""
ORGANIZATION = "'00000000-0000-0000-0000-000000000007'"


CHECKS = """
SELECT conname, conrelid::regclass::text FROM pg_constraint
WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""
EMPTY_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) = 0 ORDER BY relname
"""
COLUMNS = """
SELECT column_name, udt_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' AND is_identity = 'NO'
"""


async def _fill(connection: Any, table: str) -> None:
    columns = {name: kind for name, kind in await connection.fetch(COLUMNS, table) if kind in VALUES_BY_TYPE}
    values = [
        "lpad(to_hex(n), 32, '0')::uuid" if name == "id" else f"({VALUES_BY_TYPE[kind]})::{kind}"
        for name, kind in columns.items()
    ]
    rows = f"SELECT {', '.join(values)} FROM generate_series(1, 30000) n"  # noqa: S608 - names of the catalog
    await connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) {rows} ON CONFLICT DO NOTHING")


@pytest.fixture
async def big(database_url: str, admin_url: str) -> AsyncIterator[Any]:
    """A connection to a database with 100,000 users, memberships and projects, and as many of the rest as matter."""
    # The planner's statistics are the matter, so only a superuser's way of writing rows is fast enough.
    connection = await asyncpg.connect(admin_url, database=database_name(database_url))
    try:
        await connection.execute("SET random_page_cost = 1.1")  # a solid-state disk, as on the embedded server
        for constraint, table in await connection.fetch(CHECKS):  # they are no matter here, and take their time
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        await connection.execute(ROWS)
        for (table,) in await connection.fetch(EMPTY_TABLES):
            await _fill(connection, table)
        await connection.execute("ANALYZE")
        yield connection
    finally:
        await connection.close()


def seed_statement(slice_name: str, name: str) -> Statement:
    return load(SOURCE / slice_name / "queries.sql")[name]


@pytest.mark.parametrize(("slice_name", "name"), sorted(SEED))
def test_seed_query_stands_to_the_letter(slice_name: str, name: str):
    assert SEED[slice_name, name] in (SOURCE / slice_name / "queries.sql").read_text(encoding="utf-8")
    assert f"{seed_statement(slice_name, name).sql};" == SEED[slice_name, name]


async def test_hundred_thousand_rows_are_read_by_index(big: Any, subtests: pytest.Subtests):
    """One test, since making the rows takes longer than looking at them."""
    large = {
        row[0] for row in await big.fetch("SELECT relname FROM pg_class WHERE reltuples >= $1 AND relkind = 'r'", BIG)
    }
    assert large >= {"users", "organizations", "organization_members", "projects", "sessions", "audit_events"}
    for key, text in SEED.items():
        with subtests.test(msg=key[1]):
            statement = seed_statement(*key)
            assert await big.fetch(text.removesuffix(";"), ORGANIZATION.strip("'"))
            for values in (None, [ORGANIZATION]):
                _refuse_whole_reads(await explain(big, statement, values), large)
    with subtests.test(msg="the seed's listing needs no sort"):
        plan = await explain(big, seed_statement("projects", "seed_projects_of_organization"), [ORGANIZATION])
        assert [node["Node Type"] for node in nodes(plan)] == ["Index Scan"]
    for name, bound in STATEMENTS.items():
        if not bound.parameters:
            continue  # asks about the whole table
        with subtests.test(msg=name):
            plan = await explain(big, bound)
            _refuse_whole_reads(plan, large)
            if "limit" in bound.parameters:
                sorts = [node for node in nodes(plan) if "Sort" in node["Node Type"]]
                assert [node for node in sorts if node["Plan Rows"] > PAGE] == []


def _refuse_whole_reads(plan: dict[str, Any], large: set[str]) -> None:
    whole = [node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
    assert [table for table in whole if table in large] == []
