"""Roles, keys and sessions from the command line."""

import asyncio
import json
from collections.abc import Callable
from typing import NamedTuple

import jwt
import pytest

from freehold import NewOrganization, NewSession, NewUser, Platform
from freehold.cli.program import program
from freehold.terminal.failures import run
from tests.conftest import PASSWORD


class Answer(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Freehold = Callable[..., Answer]


@pytest.fixture
def freehold(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Freehold:
    """Run `freehold` in this process, which is quicker; the program as a process is shown elsewhere."""
    monkeypatch.setenv("FREEHOLD_DATABASE_URL", database_url)

    def call(*arguments: str) -> Answer:
        code = run(program, list(arguments))
        return Answer(code, *capsys.readouterr())

    return call


@pytest.fixture
def acme(database_url: str) -> str:
    async def make() -> str:
        async with Platform.open(database_url) as platform:
            for name in ("ada", "eve"):
                new = NewUser(username=name, email=f"{name}@example.com", password=PASSWORD)
                user = await platform.users.create(new)
                if name == "ada":
                    await platform.organizations.create(NewOrganization(name="Acme"), owner_id=user.id)
        return "acme"

    return asyncio.run(make())


def test_role_is_made_given_changed_and_removed(freehold: Freehold, acme: str):
    made = freehold("roles", "create", acme, "clerk", "--action", "member.add", "--json")
    assert json.loads(made.stdout)["actions"] == ["organization.read", "member.add"]
    given = freehold("organizations", "add-member", acme, "eve", "--role", "clerk", "--json")
    assert json.loads(given.stdout)["role"] == "clerk"
    changed = freehold("roles", "update", acme, "clerk", "--name", "porter", "--json")
    assert json.loads(changed.stdout)["name"] == "porter"
    listed = freehold("roles", "list", acme, "--json")
    assert [role["name"] for role in json.loads(listed.stdout)["data"]] == ["owner", "admin", "member", "porter"]
    allowed = freehold("organizations", "access", acme, "eve", "member.add")
    assert "role porter includes member.add" in allowed.stdout
    in_use = freehold("roles", "delete", acme, "porter")
    assert in_use.returncode == 1
    assert in_use.stderr.startswith("freehold: Members have this role")
    unknown = freehold("organizations", "add-member", acme, "eve", "--role", "boss")
    assert (unknown.returncode, "--role" in unknown.stderr, "boss" in unknown.stderr) == (1, True, True)


def test_key_is_made_listed_rotated_and_revoked(freehold: Freehold, acme: str):
    made = json.loads(freehold("api-keys", "create", "deploy", "--organization", acme, "--json").stdout)
    assert made["key"].startswith("fhk_")
    rotated = json.loads(freehold("api-keys", "rotate", made["id"], "--organization", acme, "--json").stdout)
    listed = freehold("api-keys", "list", "--organization", acme)
    assert [line.split("\t")[0] for line in listed.stdout.splitlines()] == [rotated["id"], made["id"]]
    assert rotated["key"] not in listed.stdout
    assert freehold("api-keys", "revoke", made["id"], "--organization", acme).returncode == 0
    again = freehold("api-keys", "revoke", made["id"], "--organization", acme)
    assert again.returncode == 1
    assert again.stderr.startswith("freehold: This API key does not exist: it was revoked")
    of_user = freehold("api-keys", "create", "laptop", "--user", "ada", "--action", "project.read", "--json")
    assert json.loads(of_user.stdout)["actions"] == ["project.read"]
    nobody = freehold("api-keys", "create", "laptop")
    assert nobody.returncode == 2
    late = freehold("api-keys", "create", "k", "--user", "ada", "--expires-at", "yesterday")
    assert (late.returncode, "--expires-at" in late.stderr) == (1, True)


async def sign_in_twice(database_url: str) -> None:
    async with Platform.open(database_url) as platform:
        for _ in range(2):
            await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))


def test_sessions_of_a_user_are_listed_and_ended(freehold: Freehold, acme: str, database_url: str):
    assert acme
    assert json.loads(freehold("sessions", "list", "ada", "--json").stdout)["data"] == []
    asyncio.run(sign_in_twice(database_url))
    first, second = json.loads(freehold("sessions", "list", "ada", "--json").stdout)["data"]
    assert freehold("sessions", "end", "ada", first["id"]).returncode == 0
    assert [each["id"] for each in json.loads(freehold("sessions", "list", "ada", "--json").stdout)["data"]] == [
        second["id"]
    ]
    again = freehold("sessions", "end", "ada", first["id"])
    assert (again.returncode, again.stderr) == (1, "freehold: This user does not have this session\n")
    assert freehold("sessions", "end", "eve", second["id"]).returncode == 1
    ended = freehold("sessions", "end", "ada")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert json.loads(freehold("sessions", "list", "ada", "--json").stdout)["data"] == []
    assert freehold("sessions", "end", "nobody").returncode == 1


def test_token_for_a_service_is_printed_and_keys_are_rotated(freehold: Freehold, acme: str):
    made = freehold("tokens", "create", "--user", "ada", "--organization", acme, "--action", "project.read", "--json")
    token = json.loads(made.stdout)["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["actions"] == ["project.read"]
    (first,) = json.loads(freehold("tokens", "keys", "--json").stdout)["data"]
    assert first["id"] == jwt.get_unverified_header(token)["kid"]
    waiting = freehold("tokens", "rotate-key")
    assert [line.split("\t")[0] for line in waiting.stdout.splitlines()][1] == first["id"]
    (left,) = json.loads(freehold("tokens", "rotate-key", "--at-once", "--json").stdout)["data"]
    assert left["id"] not in waiting.stdout
    nobody = freehold("tokens", "create", "--user", "nobody")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    nowhere = freehold("tokens", "create", "--user", "ada", "--organization", "no where")
    assert (nowhere.returncode, "--organization" in nowhere.stderr) == (1, True)
