"""better-auth's own tables, with the same people, organizations and memberships in them."""

import asyncio
import base64
import hashlib
import hmac
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import asyncpg

from bench.packages import NotInstalled
from bench.rows import Person

SECRET = "only for measurements, and long enough for it"  # noqa: S105
DATABASE = "better_auth"

USERS = """
INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::timestamptz[], $6::timestamptz[])
"""
ORGANIZATIONS = """
INSERT INTO organization (id, name, slug, "createdAt")
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
"""
MEMBERS = """
INSERT INTO member (id, "organizationId", "userId", role, "createdAt")
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
"""
SESSIONS = """
INSERT INTO session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
SELECT gen_random_uuid(), token, user_id, now() + interval '7 days', now(), now()
FROM unnest($1::text[], $2::text[]) AS t (token, user_id)
"""
READ_USERS = """
SELECT id::text, username, email, email_verified_at IS NOT NULL, created_at, updated_at FROM users
"""
READ_ORGANIZATIONS = "SELECT id::text, name, slug, created_at FROM organizations"
READ_MEMBERS = """
SELECT gen_random_uuid()::text, m.organization_id::text, m.user_id::text,
    CASE WHEN o.owner_id = m.user_id THEN 'owner' ELSE m.role END, m.created_at
FROM organization_members m JOIN organizations o ON o.id = m.organization_id
"""


def database_url(url: str) -> str:
    """Return the URL of its database, on the same server."""
    before, _, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{DATABASE}?{query}"


def cookie(person: Person) -> str:
    """Say who asks: the cookie that signing in would have set."""
    signature = base64.b64encode(hmac.digest(SECRET.encode(), person.token.encode(), hashlib.sha256)).decode()
    return f"Cookie: better-auth.session_token={quote(f'{person.token}.{signature}', safe='')}"


def migrate(home: Path, env: Mapping[str, str]) -> None:
    """Make its tables, with its own program.

    Raises:
        NotInstalled: it could not.
    """
    done = subprocess.run(
        ["node", "server.mjs", "migrate"],
        cwd=home,
        env=dict(os.environ) | dict(env),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise NotInstalled(f"better-auth could not make its tables: {done.stderr.strip().splitlines()[-1:]}")


async def make_database(url: str) -> None:
    """Make its empty database."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()


async def fill(url: str, people: Sequence[Person]) -> None:
    """Copy Freehold's rows into its empty tables."""
    source, target = await asyncpg.connect(url), await asyncpg.connect(database_url(url))
    try:
        for read, write in ((READ_USERS, USERS), (READ_ORGANIZATIONS, ORGANIZATIONS), (READ_MEMBERS, MEMBERS)):
            rows = await source.fetch(read)
            await target.execute(write, *(list(column) for column in zip(*rows, strict=True)))
        await target.execute(SESSIONS, [each.token for each in people], [str(each.user_id) for each in people])
        await target.execute("VACUUM ANALYZE")
    finally:
        await asyncio.gather(source.close(), target.close())
