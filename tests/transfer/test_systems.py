"""Users of other systems, brought over from databases that are made as those systems make them."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import bcrypt
import pytest
from tests.transfer.conftest import uid, written

from freehold import NewSession, PageRequest, Platform, Refusals
from freehold.base.errors import Unavailable
from freehold.transfer.errors import NotThatSystem

DJANGO = """
CREATE TABLE auth_user (
    id integer PRIMARY KEY, password varchar(128) NOT NULL, last_login timestamptz, is_superuser boolean NOT NULL,
    username varchar(150) NOT NULL UNIQUE, first_name varchar(150) NOT NULL, last_name varchar(150) NOT NULL,
    email varchar(254) NOT NULL, is_staff boolean NOT NULL, is_active boolean NOT NULL, date_joined timestamptz NOT NULL
)
"""
FASTAPI_USERS = """
CREATE TABLE "user" (
    id uuid PRIMARY KEY, email varchar(320) NOT NULL UNIQUE, hashed_password varchar(1024) NOT NULL,
    is_active boolean NOT NULL, is_superuser boolean NOT NULL, is_verified boolean NOT NULL
)
"""
BETTER_AUTH = """
CREATE TABLE "user" (
    id text PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE, "emailVerified" boolean NOT NULL, image text,
    "createdAt" timestamp NOT NULL, "updatedAt" timestamp NOT NULL
);
CREATE TABLE account (
    id text PRIMARY KEY, "accountId" text NOT NULL, "providerId" text NOT NULL, "userId" text NOT NULL, password text
);
CREATE TABLE organization (
    id text PRIMARY KEY, name text NOT NULL, slug text, logo text, "createdAt" timestamp NOT NULL
);
CREATE TABLE member (
    id text PRIMARY KEY, "organizationId" text NOT NULL, "userId" text NOT NULL, role text NOT NULL,
    "createdAt" timestamp NOT NULL
);
"""
PASSWORD = "Lovelace1"


@pytest.fixture
async def source(empty_database_url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(empty_database_url)
    try:
        yield connection
    finally:
        await connection.close()


async def users(platform: Platform) -> dict[str, dict[str, Any]]:
    return {(each := json.loads(line))["username"]: each for line in (await written(platform, "users")).splitlines()}


async def signs_in(platform: Platform, login: str) -> bool:
    await platform.acting_as(None).sessions.create(NewSession(login=login, password=PASSWORD))
    return True


def django_hash(iterations: int = 1000) -> str:
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"salt", iterations)
    import base64  # noqa: PLC0415 - for this alone

    return f"pbkdf2_sha256${iterations}$salt${base64.b64encode(key).decode()}"


async def test_django(platform: Platform, source: Any, empty_database_url: str):
    await source.execute(DJANGO)
    rows = [
        (1, django_hash(), "ada", "Ada", "", "Ada@Example.com", True),
        (2, django_hash(), "with-dash", "", "", "dash@example.com", True),
        (3, django_hash(), "other", "", "", "ADA@example.com", True),
        (4, django_hash(), "gone", "", "", "gone@example.com", False),
        (5, "!no password", "nobody", "", "", "nobody@example.com", True),
        (6, django_hash(9_000_000), "costly", "", "", "costly@example.com", True),
        (7, django_hash(), "without_address", "", "", "", True),
    ]
    await source.executemany(
        "INSERT INTO auth_user VALUES ($1, $2, NULL, true, $3, $4, $5, $6, true, $7, '2020-01-01Z')", rows
    )
    for dry_run in (True, False):
        (report,) = await platform.transfer.import_system(
            "django", empty_database_url, refusals=(refusals := Refusals()), dry_run=dry_run
        )
        assert (report.stored, report.refused, report.dry_run) == (3, 4, dry_run)
        assert report.unusable_passwords == 1
        assert {(each.source, each.field, each.code) for each in refusals.first} == {
            ("user 2", "username", "invalid_username"),
            ("user 3", "email", "email_taken"),
            ("user 4", "", "inactive_user"),
            ("user 7", "email", "invalid_email"),
        }
        assert len(await users(platform)) == (0 if dry_run else 3)
    found = await users(platform)
    assert found["ada"]["first_name"] == "Ada"
    assert found["ada"]["last_name"] is None
    assert found["ada"]["created_at"] == "2020-01-01T00:00:00Z"
    assert await signs_in(platform, "ada")
    (again,) = await platform.transfer.import_system("django", empty_database_url, on_conflict="skip")
    assert (again.stored, again.skipped) == (0, 4)


async def test_uuids_of_django_are_kept(platform: Platform, source: Any, empty_database_url: str):
    await source.execute(DJANGO.replace("id integer", "id uuid"))
    await source.execute(
        "INSERT INTO auth_user VALUES ($1, $2, NULL, true, 'ada', '', '', 'a@x.org', true, true, '2020-01-01Z')",
        uid(7),
        django_hash(),
    )
    await platform.transfer.import_system("django", empty_database_url)
    assert (await users(platform))["ada"]["id"] == uid(7)


async def test_fastapi_users(platform: Platform, source: Any, empty_database_url: str):
    await source.execute(FASTAPI_USERS)
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    for number, email in enumerate(["ada.l@example.com", "ada.l@example.org"]):
        await source.execute(
            'INSERT INTO "user" VALUES ($1, $2, $3, true, false, $4)', uid(number), email, stored, number == 0
        )
    (report,) = await platform.transfer.import_system("fastapi-users", empty_database_url)
    assert (report.stored, report.refused) == (2, 0)
    found = await users(platform)
    assert {each["id"] for each in found.values()} == {uid(0), uid(1)}
    assert all(name.startswith("ada_l_") for name in found)
    assert sorted(each["email_verified_at"] is None for each in found.values()) == [False, True]
    assert await signs_in(platform, "ada.l@example.com")


async def test_better_auth(platform: Platform, source: Any, empty_database_url: str):
    await source.execute(BETTER_AUTH)
    salt = "0123456789abcdef0123456789abcdef"
    key = hashlib.scrypt(PASSWORD.encode(), salt=salt.encode(), n=2**14, r=16, p=1, dklen=64, maxmem=2**26)
    people = [("u1", "Ada King Lovelace", True), ("u2", "Bob", False), ("u3", "Cyd", False), ("bad", "Bad", False)]
    for name, full, verified in people:
        email = "nonsense" if name == "bad" else f"{name}@example.com"
        await source.execute(
            "INSERT INTO \"user\" VALUES ($1, $2, $3, $4, NULL, '2024-01-01', '2024-01-02')",
            name,
            full,
            email,
            verified,
        )
    await source.execute("INSERT INTO account VALUES ('a1', 'x', 'github', 'u1', NULL)")
    await source.execute("INSERT INTO account VALUES ('a2', 'u1', 'credential', 'u1', $1)", f"{salt}:{key.hex()}")
    for name, slug in (("o1", "acme"), ("o2", "NotASlug"), ("o3", "ownerless")):
        await source.execute("INSERT INTO organization VALUES ($1, $1, $2, NULL, '2024-02-01')", name, slug)
    members = [
        ("m1", "o1", "u1", "owner", "2024-02-01"),
        ("m2", "o1", "u2", "member,owner", "2024-02-02"),
        ("m3", "o1", "u3", "member", "2024-02-03"),
        ("m4", "o1", "u3", "member", "2024-02-04"),
        ("m5", "o1", "bad", "member", "2024-02-04"),
        ("m6", "o2", "u2", "owner", "2024-02-01"),
    ]
    for row in members:
        await source.execute("INSERT INTO member VALUES ($1, $2, $3, $4, $5::text::timestamp)", *row)
    reports = await platform.transfer.import_system(
        "better-auth", empty_database_url, refusals=(refusals := Refusals())
    )
    assert [(report.kind, report.stored, report.refused) for report in reports] == [
        ("users", 3, 1),
        ("organizations", 1, 2),
        ("members", 2, 2),
    ]
    assert {(each.source, each.field) for each in refusals.first} == {
        ("user bad", "email"),
        ("organization o2", "slug"),
        ("organization o3", "owner_id"),
        ("member m4", "user_id"),
        ("member m5", "user_id"),
    }
    found = await users(platform)
    ada = next(each for each in found.values() if each["email"] == "u1@example.com")
    assert (ada["first_name"], ada["last_name"]) == ("Ada", "King Lovelace")
    assert ada["email_verified_at"] == "2024-01-02T00:00:00Z"
    assert await signs_in(platform, ada["username"])
    page = await platform.organizations.members.list("acme", PageRequest())
    assert [(member.user.profile.first_name, member.role) for member in page.data] == [
        ("Ada", "owner"),
        ("Bob", "admin"),
        ("Cyd", "member"),
    ]


async def test_better_auth_without_its_organization_plugin(platform: Platform, source: Any, empty_database_url: str):
    await source.execute(BETTER_AUTH + "DROP TABLE organization, member;")
    await source.execute(
        "INSERT INTO \"user\" VALUES ('u1', 'Ada', 'ada@example.com', true, NULL, '2024-01-01', '2024-01-02')"
    )
    (report,) = await platform.transfer.import_system("better-auth", empty_database_url)
    assert (report.kind, report.stored) == ("users", 1)


async def test_users_in_another_table_are_found(platform: Platform, source: Any, empty_database_url: str):
    await source.execute('CREATE SCHEMA "my app"; SET search_path = "my app";' + DJANGO.replace("auth_user", '"a""b"'))
    (report,) = await platform.transfer.import_system("django", empty_database_url, table='my app.a"b')
    assert report.stored == 0


async def test_database_of_something_else_is_refused(platform: Platform, empty_database_url: str):
    with pytest.raises(NotThatSystem, match="lacks tables or columns of django"):
        await platform.transfer.import_system("django", empty_database_url)
    with pytest.raises(Unavailable):
        await platform.transfer.import_system("django", "postgresql://nobody@127.0.0.1:1/nothing")
