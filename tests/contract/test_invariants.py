"""What the database keeps by itself, whoever writes to it: everything here goes past the application."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

import freehold.platform  # noqa: F401 - brings every slice's statements
from freehold.data.sql import STATEMENTS

PUT_USER = (
    "INSERT INTO users (username, email, password_hash) VALUES ($1::text, $1::text || '@example.com', '!') RETURNING id"
)
PUT_ORGANIZATION = """
WITH claimed AS (INSERT INTO slugs (slug, organization_id) VALUES ($2, $1)),
made AS (INSERT INTO organizations (id, name, slug, owner_id) VALUES ($1, 'Acme', $2, $3) RETURNING id, owner_id)
INSERT INTO organization_members (organization_id, user_id, role) SELECT id, owner_id, 'admin' FROM made
"""
COMMIT_TIME = "SET CONSTRAINTS ALL IMMEDIATE"
"""Checks now what COMMIT would check."""
PUT_MEMBER = "INSERT INTO organization_members (organization_id, user_id) VALUES ($1, $2)"
PUT_PROJECT = "INSERT INTO projects (organization_id, name) VALUES ($1, 'Rocket') RETURNING id"


@pytest.fixture
async def raw(schema: Any) -> AsyncIterator[Any]:
    """A connection in a transaction that is undone at the end: no test needs a database of its own."""
    transaction = schema.transaction()
    await transaction.start()
    yield schema
    await transaction.rollback()


@pytest.fixture
async def ada(raw: Any) -> UUID:
    user_id: UUID = await raw.fetchval(PUT_USER, "ada")
    return user_id


@pytest.fixture
async def acme(raw: Any, ada: UUID) -> UUID:
    organization_id = uuid4()
    await raw.execute(PUT_ORGANIZATION, organization_id, "acme", ada)
    return organization_id


def refused(constraint: str) -> Any:
    return pytest.raises(asyncpg.IntegrityConstraintViolationError, match=f'"{constraint}"')


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        *[("users", "username", value) for value in ("ab", "a-b", "a" * 51, "ada\n", "", "ad\u00e4")],
        *[
            ("organizations", "slug", v)
            for v in ("My-Org", "-a", "a_b", "0190163d-8694-739b-aea5-966c26f8ad91", "me", "")
        ],
        *[
            ("users", "email", value)
            for value in ("ada", "@example.com", "ada@", "a da@example.com", "ada@example.com\n")
        ],
        *[("users", "first_name", value) for value in ("", " ", " Ada", "Ada\n", "A\tda", "\u3000Ada", "a" * 101)],
        *[("users", "avatar_url", value) for value in ("javascript:alert(1)", "http://", "https://a b", "")],
        ("users", "password_hash", ""),
        *[("organizations", "name", value) for value in ("", " ", "Acme ", "Ac\nme", "a" * 101)],
        *[("projects", "name", value) for value in ("", "\u2003", "Rocket\u00a0", "a" * 101)],
        ("projects", "description", "a" * 10_001),
        *[("projects", "visibility", value) for value in ("internal", "", "Public")],
        *[("projects", "features", value) for value in (["A"], [""], ["a", "a"], [None], ["a" * 65], ["a b"])],
        ("projects", "features", [f"f{n}" for n in range(101)]),
        *[("organizations", "features", value) for value in (["A"], ["a", "a"], [None], [f"f{n}" for n in range(101)])],
        *[
            (table, column, value)
            for table in ("users", "organizations", "projects")
            for column in ("public_metadata", "private_metadata")
            for value in ("[]", "1", "null", '{"a": "' + "x" * 8185 + '"}', '{"a": {"b": {"c": {"d": {"e": {}}}}}}')
        ],
        ("users", "metadata", "[]"),
        *[("organization_members", "role", value) for value in ("owner", "", "Admin")],
    ],
)
@pytest.mark.usefixtures("acme")
async def test_database_refuses_bad_value(table: str, column: str, value: Any, raw: Any):
    await raw.execute(PUT_PROJECT.partition(" RETURNING")[0], await raw.fetchval("SELECT id FROM organizations"))
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.StringDataRightTruncationError)):
        await raw.execute(f"UPDATE {table} SET {column} = $1", value)  # noqa: S608 - our own names


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("users", "username"),
        ("users", "email"),
        ("organizations", "slug"),
        ("organizations", "owner_id"),
        ("projects", "name"),
    ],
)
@pytest.mark.usefixtures("acme")
async def test_database_refuses_null(table: str, column: str, raw: Any):
    await raw.execute(PUT_PROJECT.partition(" RETURNING")[0], await raw.fetchval("SELECT id FROM organizations"))
    with pytest.raises(asyncpg.NotNullViolationError):
        await raw.execute(f"UPDATE {table} SET {column} = NULL")  # noqa: S608 - our own names


async def test_organization_without_its_owner_as_member_is_refused_at_commit(raw: Any, ada: UUID):
    made = "INSERT INTO organizations (name, slug, owner_id) VALUES ('Acme', 'acme', $1) RETURNING id, slug"
    claimed = f"WITH made AS ({made}) INSERT INTO slugs (organization_id, slug) SELECT id, slug FROM made"  # noqa: S608 - our own words
    await raw.execute(claimed, ada)
    with refused("organizations_owner_is_member_fkey"):
        await raw.execute(COMMIT_TIME)


async def test_slug_that_an_organization_gave_up_is_not_given_to_another(raw: Any, ada: UUID, acme: UUID):
    await raw.execute("INSERT INTO slugs (slug, organization_id) VALUES ('apex', $1)", acme)
    await raw.execute("UPDATE organizations SET slug = 'apex' WHERE id = $1", acme)
    other = uuid4()
    await raw.execute(PUT_ORGANIZATION, other, "other", ada)
    with refused("organizations_slug_fkey"):
        async with raw.transaction():
            await raw.execute("UPDATE organizations SET slug = 'acme' WHERE id = $1", other)
    with refused("slugs_pkey"):
        await raw.execute(PUT_ORGANIZATION, uuid4(), "acme", ada)


@pytest.mark.usefixtures("acme")
async def test_owner_cannot_be_removed_from_the_members(raw: Any, ada: UUID):
    await raw.execute("DELETE FROM organization_members WHERE user_id = $1", ada)
    with refused("organizations_owner_is_member_fkey"):
        await raw.execute(COMMIT_TIME)


async def test_ownership_cannot_go_to_somebody_who_is_no_member(raw: Any, acme: UUID):
    bob = await raw.fetchval(PUT_USER, "bob")
    await raw.execute("UPDATE organizations SET owner_id = $1 WHERE id = $2", bob, acme)
    with refused("organizations_owner_is_member_fkey"):
        await raw.execute(COMMIT_TIME)


async def test_ownership_goes_to_a_member_in_one_update(raw: Any, acme: UUID):
    bob = await raw.fetchval(PUT_USER, "bob")
    await raw.execute(PUT_MEMBER, acme, bob)
    await raw.execute("UPDATE organizations SET owner_id = $1 WHERE id = $2", bob, acme)
    await raw.execute(COMMIT_TIME)
    roles = dict(await raw.fetch("SELECT user_id, role FROM organization_roles WHERE organization_id = $1", acme))
    assert sorted(roles.values()) == ["admin", "owner"]
    assert roles[bob] == "owner"


async def test_membership_exists_once(raw: Any, acme: UUID, ada: UUID):
    with refused("organization_members_pkey"):
        await raw.execute(PUT_MEMBER, acme, ada)


@pytest.mark.parametrize(
    ("username", "email", "constraint"),
    [
        ("ADA", "other@example.com", "users_username_lower_key"),
        ("ada", "other@example.com", "users_username_key"),
        ("other", "ADA@Example.com", "users_email_lower_key"),
        ("other", "ada@example.com", "users_email_key"),
    ],
)
@pytest.mark.usefixtures("ada")
async def test_identity_is_unique_without_regard_to_case(username: str, email: str, constraint: str, raw: Any):
    with refused(constraint):
        await raw.execute("INSERT INTO users (username, email, password_hash) VALUES ($1, $2, '!')", username, email)


@pytest.mark.usefixtures("acme")
async def test_slug_is_unique(raw: Any, ada: UUID):
    with refused("organizations_slug_key"):
        await raw.execute(PUT_ORGANIZATION, uuid4(), "acme", ada)


@pytest.mark.usefixtures("acme")
async def test_user_who_owns_an_organization_cannot_be_deleted(raw: Any, ada: UUID):
    with refused("organizations_owner_id_fkey"):
        await raw.execute("DELETE FROM users WHERE id = $1", ada)


async def test_deleted_user_takes_memberships_and_sessions_along(raw: Any, acme: UUID):
    bob = await raw.fetchval(PUT_USER, "bob")
    await raw.execute(PUT_MEMBER, acme, bob)
    await raw.execute(
        "INSERT INTO sessions (token_hash, user_id, expires_at) VALUES (sha256('x'), $1, now() + interval '1 day')", bob
    )
    await raw.execute("DELETE FROM users WHERE id = $1", bob)
    assert await raw.fetchval("SELECT count(*) FROM sessions") == 0
    assert await raw.fetchval("SELECT count(*) FROM organization_members") == 1


async def test_deleted_organization_takes_members_and_projects_along(raw: Any, acme: UUID):
    await raw.fetchval(PUT_PROJECT, acme)
    await raw.execute("DELETE FROM organizations WHERE id = $1", acme)
    assert await raw.fetchval("SELECT count(*) FROM organization_members") == 0
    assert await raw.fetchval("SELECT count(*) FROM projects") == 0
    assert await raw.fetchval("SELECT count(*) FROM users") == 1


async def test_project_needs_its_organization(raw: Any):
    with refused("projects_organization_id_fkey"):
        await raw.execute(PUT_PROJECT, uuid4())


async def test_version_grows_with_every_update_although_the_clock_stands_still(raw: Any, acme: UUID):
    await raw.execute("UPDATE organizations SET updated_at = now() + interval '1 hour'")
    touch = STATEMENTS["freehold.organizations.members.touch_organization"]
    seen = [await raw.fetchval("SELECT updated_at FROM organizations")]
    for _ in range(5):
        await raw.execute(touch.sql, *[acme if name == "organization_id" else None for name in touch.parameters])
        seen.append(await raw.fetchval("SELECT updated_at FROM organizations"))
    assert seen == sorted(set(seen))


async def test_version_grows_under_eight_writers_at_once(database_url: str, connection: Any):
    ada, acme = await connection.fetchval(PUT_USER, "ada"), uuid4()
    await connection.execute(PUT_ORGANIZATION, acme, "acme", ada)
    touch = STATEMENTS["freehold.organizations.members.touch_organization"]
    versioned = touch.sql.replace("RETURNING owner_id", "RETURNING updated_at")
    assert versioned != touch.sql
    values = [acme if name == "organization_id" else None for name in touch.parameters]

    async def write() -> list[Any]:
        own = await asyncpg.connect(database_url)
        try:
            return [await own.fetchval(versioned, *values) for _ in range(25)]
        finally:
            await own.close()

    versions = await asyncio.gather(*[write() for _ in range(8)])
    assert all(mine == sorted(mine) for mine in versions)
    assert len({version for mine in versions for version in mine}) == 200
    assert await connection.fetchval("SELECT updated_at FROM organizations") == max(max(mine) for mine in versions)


def test_every_update_of_a_versioned_row_gives_it_a_new_version():
    versioned = {"users", "organizations", "projects"}
    for name, bound in STATEMENTS.items():
        for table in versioned:
            if f"UPDATE {table}" in bound.sql and "DO UPDATE" not in bound.sql:
                grows = "next_version(statement_timestamp(), " in bound.sql or "updated_at < joined.last" in bound.sql
                assert grows, name
