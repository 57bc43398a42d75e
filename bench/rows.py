"""The rows that everybody reads: the same ones each time, made by PostgreSQL itself."""

import base64
import hashlib
import zlib
from dataclasses import dataclass
from uuid import UUID

import argon2
import asyncpg

PASSWORD = "Lovelace1"  # noqa: S105 - of everybody who is invented here
MEMBERS = 12
"""Of each organization; so each user is in three, there being four users for each organization."""
PROJECTS = 24
"""Projects of each organization: the first page of 20 has a next one."""

ROWS = """
INSERT INTO users (id, username, email, password_hash, first_name, last_name, created_at, updated_at)
SELECT pg_temp.user_id(n), 'user_' || n, 'user' || n || '@example.com', '{password_hash}', 'First' || n, 'Last' || n,
    made, made
FROM generate_series(1, {users}) n, LATERAL (SELECT timestamptz '2024-01-01' + n * interval '97 seconds') AS t (made);

INSERT INTO slugs (slug, organization_id)
SELECT 'organization-' || n, pg_temp.organization_id(n) FROM generate_series(1, {organizations}) n;

INSERT INTO organizations (id, name, slug, owner_id, created_at, updated_at)
SELECT pg_temp.organization_id(n), 'Organization ' || n, 'organization-' || n, pg_temp.user_id(n * 4 % {users} + 1),
    made, made
FROM generate_series(1, {organizations}) n,
    LATERAL (SELECT timestamptz '2024-03-01' + n * interval '193 seconds') AS t (made);

INSERT INTO organization_members (organization_id, user_id, role, created_at)
SELECT pg_temp.organization_id(n), pg_temp.user_id((n * 4 + k * ({users} / 12 + 1)) % {users} + 1),
    CASE WHEN k < 2 THEN 'admin' ELSE 'member' END, timestamptz '2024-03-01' + (n * 193 + k) * interval '1 second'
FROM generate_series(1, {organizations}) n, generate_series(0, 11) k;

INSERT INTO projects (id, organization_id, name, description, visibility, features, created_at, updated_at)
SELECT pg_temp.project_id(n), pg_temp.organization_id(n % {organizations} + 1), 'Project ' || n,
    'What it is for, in a sentence: ' || md5(n::text), CASE WHEN n % 10 = 0 THEN 'public' ELSE 'private' END,
    CASE WHEN n % 3 = 0 THEN ARRAY['beta.search', 'export'] ELSE '{{}}' END, made, made
FROM generate_series(1, {projects}) n,
    LATERAL (SELECT timestamptz '2024-06-01' + n * interval '1 second') AS t (made);
"""
PEOPLE = "bench_people"
NUMBERED = f"""
CREATE TABLE {PEOPLE} (n int PRIMARY KEY, token_hash bytea NOT NULL, user_id uuid NOT NULL,
    organization_id uuid NOT NULL);
GRANT SELECT ON {PEOPLE} TO PUBLIC;
"""
"""Those who ask, for pgbench to choose from."""
SESSIONS = """
INSERT INTO sessions (id, token_hash, user_id, created_at, expires_at)
SELECT gen_random_uuid(), token_hash, user_id, now(), now() + interval '1 day'
FROM unnest($1::bytea[], $2::uuid[]) AS t (token_hash, user_id)
"""
IDS = """
CREATE FUNCTION pg_temp.user_id(n bigint) RETURNS uuid LANGUAGE SQL IMMUTABLE
RETURN ('018f0000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid;
CREATE FUNCTION pg_temp.organization_id(n bigint) RETURNS uuid LANGUAGE SQL IMMUTABLE
RETURN ('018f0000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid;
CREATE FUNCTION pg_temp.project_id(n bigint) RETURNS uuid LANGUAGE SQL IMMUTABLE
RETURN ('018f0000-0000-7000-8003-' || lpad(to_hex(n), 12, '0'))::uuid;
"""


@dataclass(frozen=True)
class Scale:
    """How many rows there are; everything follows from the users."""

    users: int
    people: int
    """How many of the users send requests."""

    @property
    def organizations(self) -> int:
        return self.users // 4

    @property
    def projects(self) -> int:
        return self.organizations * PROJECTS

    @property
    def memberships(self) -> int:
        return self.organizations * MEMBERS

    def __str__(self) -> str:
        return (
            f"{self.users:,} users, {self.organizations:,} organizations, {self.memberships:,} memberships, "
            f"{self.projects:,} projects; {self.people:,} people ask"
        )


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, and one of their organizations, which they own."""

    user_id: UUID
    username: str
    token: str
    organization_id: UUID

    @property
    def token_hash(self) -> bytes:
        return hashlib.sha256(self.token.encode()).digest()


def people(scale: Scale) -> list[Person]:
    """Name those who ask: owners, spread evenly over all rows."""
    step = max(1, (scale.organizations - 1) // scale.people)
    return [_person(number * step + 1, scale) for number in range(scale.people)]


def _person(organization: int, scale: Scale) -> Person:
    owner = organization * 4 % scale.users + 1
    random = base64.urlsafe_b64encode(hashlib.sha256(b"%d" % owner).digest()).rstrip(b"=").decode()
    return Person(
        user_id=UUID(f"018f0000-0000-7000-8001-{owner:012x}"),
        username=f"user_{owner}",
        token=f"fh_{random}{zlib.crc32(f'fh_{random}'.encode()):08x}",
        organization_id=UUID(f"018f0000-0000-7000-8002-{organization:012x}"),
    )


async def fill(admin_url: str, scale: Scale) -> None:
    """Fill an empty, migrated database."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(IDS)
        # Without it each row's foreign keys are looked up one by one, for minutes; the generator keeps them.
        await connection.execute("SET session_replication_role = replica")
        password_hash = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
        await connection.execute(
            ROWS.format(
                users=scale.users,
                organizations=scale.organizations,
                projects=scale.projects,
                password_hash=password_hash,
            )
        )
        asking = people(scale)
        await connection.execute(SESSIONS, [each.token_hash for each in asking], [each.user_id for each in asking])
        await connection.execute(NUMBERED)
        await connection.copy_records_to_table(
            PEOPLE,
            records=[
                (number, each.token_hash, each.user_id, each.organization_id) for number, each in enumerate(asking, 1)
            ],
        )
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def refresh_sessions(admin_url: str) -> None:
    """Have everybody just asked: noting the first use in a minute is a write, and is no part of what is compared."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("UPDATE sessions SET last_used_at = now()")
    finally:
        await connection.close()
