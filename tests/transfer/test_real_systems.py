"""Users of other systems, brought over from databases that these very systems have made, passwords and all."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import pytest
from bench.packages import Unreachable, node_with, python_with
from tests.transfer.conftest import written

from freehold import NewSession, PageRequest, Platform, Refusals

SYSTEMS = Path(__file__).with_name("systems")
DEADLINE_SECONDS = 120.0
OURS = "$argon2id$v=19$m=19456,t=2,p=1$"
PASSWORD = "päss wörd ✓"
"""Not ASCII, and one that nobody may choose here: what was good enough there goes on working."""

pytestmark = pytest.mark.long


class Program(NamedTuple):
    """Makes a system's own tables, and users by the system's own code."""

    command: tuple[str | Path, ...]
    folder: Path

    def fill(self, url: str, given: object, **settings: str) -> None:
        done = subprocess.run(
            self.command,
            cwd=self.folder,
            env=os.environ | environment(url) | settings,
            input=json.dumps(given),
            capture_output=True,
            encoding="utf-8",
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def environment(url: str) -> dict[str, str]:
    """Say where a database is in the variables that all of PostgreSQL's drivers read."""
    parts = urlsplit(url)
    return {
        "PGHOST": parts.hostname or parse_qs(parts.query)["host"][0],
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path[1:]),
    }


def in_python(name: str, home: Path) -> Program:
    """Install a system, with its program beside it."""
    try:
        python = python_with(name, peers=SYSTEMS, installed=home)
    except Unreachable as error:
        pytest.skip(str(error))
    return Program((python, "fill.py"), Path(shutil.copytree(SYSTEMS / name, home / "program")))


@pytest.fixture(scope="module")
def django(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return in_python("django", tmp_path_factory.mktemp("django"))


@pytest.fixture(scope="module")
def fastapi_users(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return in_python("fastapi-users", tmp_path_factory.mktemp("fastapi-users"))


@pytest.fixture(scope="module")
def better_auth(tmp_path_factory: pytest.TempPathFactory) -> Program:
    try:
        home = node_with("better-auth", installed=tmp_path_factory.mktemp("better-auth"))
    except Unreachable as error:
        pytest.skip(str(error))
    shutil.copy(SYSTEMS / "better-auth" / "fill.mjs", home)  # Node looks for packages beside a program
    return Program(("node", "fill.mjs"), home)


async def ids_there(url: str, table: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    try:
        return {row["email"]: str(row["id"]) for row in await connection.fetch(f'SELECT id, email FROM "{table}"')}  # noqa: S608 - a name of this file
    finally:
        await connection.close()


async def users(platform: Platform) -> dict[str, dict[str, Any]]:
    lines = (await written(platform, "users", with_password_hashes=True)).splitlines()
    return {(each := json.loads(line))["email"]: each for line in lines}


def keeps_ids(found: dict[str, dict[str, Any]], there: dict[str, str]) -> bool:
    return all(each["id"] == there[email] for email, each in found.items())


async def prove_password(platform: Platform, email: str) -> None:
    """Sign in with the password of the other system, which replaces its hash, and once more with that replaced."""
    assert not (await users(platform))[email]["password_hash"].startswith(OURS)
    for _ in range(2):
        await platform.acting_as(None).sessions.create(NewSession(login=email, password=PASSWORD))
        assert (await users(platform))[email]["password_hash"].startswith(OURS)


DJANGO_HASHERS = [
    "PBKDF2PasswordHasher",
    "PBKDF2SHA1PasswordHasher",
    "Argon2PasswordHasher",
    "BCryptSHA256PasswordHasher",
    "BCryptPasswordHasher",
    "ScryptPasswordHasher",
]


@pytest.mark.parametrize(
    ("table", "settings"),
    [
        ("auth_user", {"USER_MODEL": "auth.User", "USE_TZ": "yes"}),
        ("accounts_user", {"USER_MODEL": "accounts.User", "USE_TZ": "no"}),  # with UUIDs
    ],
)
async def test_django(
    django: Program, platform: Platform, empty_database_url: str, table: str, settings: dict[str, str]
):
    signing_in: list[dict[str, Any]] = [
        {"username": hasher, "email": f"{hasher}@example.com", "password": PASSWORD, "hasher": hasher}
        for hasher in DJANGO_HASHERS
    ]
    signing_in.append(
        {"username": "root", "email": "root@example.com", "password": PASSWORD, "create": "create_superuser"}
    )
    others = [
        {"username": "nobody", "email": "nobody@example.com", "first_name": "No", "last_name": "Body"},
        {"username": "gone", "email": "gone@example.com", "password": PASSWORD, "is_active": False},
        {"username": "old", "email": "old@example.com", "password": PASSWORD, "hasher": "MD5PasswordHasher"},
    ]
    django.fill(empty_database_url, signing_in + others, **settings)
    (report,) = await platform.transfer.import_system(
        "django", empty_database_url, table=table, refusals=(refusals := Refusals())
    )
    assert {(each.field, each.code) for each in refusals.first} == {("", "inactive_user")}
    assert (report.stored, report.refused, report.unusable_passwords) == (len(signing_in) + 2, 1, 1)
    found = await users(platform)
    assert (found["nobody@example.com"]["first_name"], found["nobody@example.com"]["password_hash"]) == ("No", "!")
    assert keeps_ids(found, await ids_there(empty_database_url, table)) == (table == "accounts_user")
    for person in signing_in:
        await prove_password(platform, person["email"])


@pytest.mark.parametrize("kind_of_id", ["uuid", "integer"])
async def test_fastapi_users(fastapi_users: Program, platform: Platform, empty_database_url: str, kind_of_id: str):
    people = [
        {"email": "Ada.L@example.com", "password": PASSWORD, "is_verified": True, "is_superuser": True},
        {"email": "bob+x@example.com", "password": PASSWORD, "hasher": "bcrypt"},
        {"email": "gone@example.com", "password": PASSWORD, "is_active": False},
    ]
    fastapi_users.fill(empty_database_url, people, ID=kind_of_id)
    (report,) = await platform.transfer.import_system(
        "fastapi-users", empty_database_url, refusals=(refusals := Refusals())
    )
    assert [each.code for each in refusals.first] == ["inactive_user"]
    assert (report.stored, report.refused) == (2, 1)
    found = await users(platform)
    assert {email: each["email_verified_at"] is not None for email, each in found.items()} == {
        "Ada.L@example.com": True,
        "bob+x@example.com": False,
    }
    assert keeps_ids(found, await ids_there(empty_database_url, "user")) == (kind_of_id == "uuid")
    for email in found:
        await prove_password(platform, email)


PEOPLE: list[dict[str, Any]] = [
    {"name": "Ada King Lovelace", "email": "ada@example.com", "password": PASSWORD, "username": "AdaKL"},
    {"name": "Bob", "email": "bob@example.com", "password": PASSWORD, "image": "https://example.com/bob.png"},
    {"name": "Cyd", "email": "cyd@example.com", "password": PASSWORD},
]
ROLES = {"ada@example.com": "owner", "bob@example.com": "admin", "cyd@example.com": "member"}
ORGANIZATION = {"name": "Acme", "slug": "acme", "owner": "ada@example.com"}


@pytest.mark.parametrize("kind_of_id", ["", "uuid", "serial"])
async def test_better_auth(better_auth: Program, platform: Platform, empty_database_url: str, kind_of_id: str):
    members = {"bob@example.com": "admin", "cyd@example.com": "member"}
    given = {"people": PEOPLE, "organizations": [ORGANIZATION | {"members": members}]}
    better_auth.fill(empty_database_url, given, ID=kind_of_id, PLUGINS="organization username")
    reports = await platform.transfer.import_system(
        "better-auth", empty_database_url, refusals=(refusals := Refusals())
    )
    assert refusals.first == []
    assert [(report.kind, report.stored) for report in reports] == [("users", 3), ("organizations", 1), ("members", 2)]
    found = await users(platform)
    assert (found["ada@example.com"]["username"], found["ada@example.com"]["last_name"]) == ("adakl", "King Lovelace")
    assert found["bob@example.com"]["avatar_url"] == "https://example.com/bob.png"
    assert keeps_ids(found, await ids_there(empty_database_url, "user")) == (kind_of_id == "uuid")
    for email in ROLES:
        await prove_password(platform, email)
    page = await platform.organizations.members.list("acme", PageRequest())
    emails = {each["id"]: email for email, each in found.items()}
    assert {emails[str(member.user.id)]: member.role for member in page.data} == ROLES


async def test_better_auth_without_its_plugins(better_auth: Program, platform: Platform, empty_database_url: str):
    better_auth.fill(empty_database_url, {"people": PEOPLE, "organizations": []}, ID="", PLUGINS="")
    (report,) = await platform.transfer.import_system("better-auth", empty_database_url)
    assert (report.kind, report.stored) == ("users", 3)
    await prove_password(platform, "cyd@example.com")
