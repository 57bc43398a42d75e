"""`freehold actions` in a process of its own."""

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import PASSWORD
from tests.forker import Forker

from freehold import NewApiKey, NewCustomRole, NewOrganization, NewUser, Platform

Actions = Callable[..., "subprocess.CompletedProcess[str]"]
DECLARED = ("declare", "invoices", "--member", "invoice.read", "--admin", "invoice.send", "--owner", "invoice.void")


@pytest.fixture
def actions(database_url: str, forker: Forker, tmp_path: Path) -> Actions:
    def run(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "FREEHOLD_DATABASE_URL": database_url}
        return forker.run("actions", *arguments, environment=environment, folder=tmp_path, stdin=stdin)

    return run


def own(actions: Actions) -> dict[str, Any]:
    """What applications declared, by name."""
    listed = json.loads(actions("list", "--all", "--json").stdout)["data"]
    return {each["name"]: each for each in listed if not each["built_in"]}


def test_actions_are_declared_listed_shown_and_deleted(actions: Actions):
    done = actions(*DECLARED)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[0].strip() for row in rows] == ["invoice.read", "invoice.send", "invoice.void"]
    assert {name: each["roles"] for name, each in own(actions).items()} == {
        "invoice.read": ["owner", "admin", "member"],
        "invoice.send": ["owner", "admin"],
        "invoice.void": ["owner"],
    }
    assert json.loads(actions(*DECLARED, "--json").stdout)["data"] == list(own(actions).values())
    shown = json.loads(actions("show", "invoice.send", "--json").stdout)
    assert shown == own(actions)["invoice.send"]
    deleted = json.loads(actions("delete", "invoice.void", "--json").stdout)
    assert (deleted["name"], deleted["role_count"], deleted["key_count"]) == ("invoice.void", 0, 0)
    assert own(actions).keys() == {"invoice.read", "invoice.send"}


@pytest.mark.parametrize("way", ["file", "stdin"])
def test_file_declares_with_descriptions_and_beside_options(actions: Actions, tmp_path: Path, way: str):
    listed = [{"name": "invoice.read", "roles": ["member"], "description": "See invoices"}, {"name": "invoice.void"}]
    (tmp_path / "actions.json").write_text(json.dumps(listed), "utf-8")
    name = "actions.json" if way == "file" else "-"
    done = actions("declare", "invoices", "--file", name, "--admin", "invoice.send", stdin=json.dumps(listed))
    assert (done.returncode, done.stderr) == (0, "")
    found = own(actions)
    assert {name: (each["roles"][-1], each["description"]) for name, each in found.items()} == {
        "invoice.read": ("member", "See invoices"),
        "invoice.send": ("admin", None),
        "invoice.void": ("owner", None),
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[", "actions.json is not JSON"),
        ('{"name": "invoice.read"}', "must be a list of actions"),
        ("[]", "Name an action"),
        ('["invoice.read"]', "must be an object"),
        ('[{"name": "invoice.read", "rolls": ["member"]}]', "rolls"),
        ('[{"name": "invoice.read", "roles": ["guest"]}]', "roles: must be"),
    ],
)
def test_file_that_cannot_be_used_says_why(actions: Actions, tmp_path: Path, content: str, says: str):
    (tmp_path / "actions.json").write_text(content, "utf-8")
    done = actions("declare", "invoices", "--file", "actions.json")
    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert own(actions) == {}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("declare", "invoices"), "add --member ACTION"),
        (("declare", "invoices", "--member", "Invoice"), "such as invoice.read"),
        (("declare", "invoices", "--member", "project.fly"), "must not begin with 'project'"),
        (("declare", "A b", "--member", "invoice.read"), "APPLICATION: must be"),
        (("declare", "invoices", "--revision", "0", "--member", "invoice.read"), "--revision"),
        (("declare", "invoices", "--file", "nowhere.json"), "nowhere.json"),
        (("declare", "invoices", "--owner", "invoice.pay", "--member", "invoice.pay"), "invoice.pay a second time"),
        (("declare", "invoices", "--admin", "invoice.read"), "raise the revision"),
        (("declare", "books", "--admin", "invoice.read"), "choose another name"),
        (("show", "invoice.fly"), "list the actions"),
        (("delete", "invoice.fly"), "list the actions"),
        (("delete", "project.read"), "cannot be deleted"),
    ],
)
def test_mistake_is_told_and_changes_nothing(actions: Actions, arguments: tuple[str, ...], says: str):
    actions(*DECLARED)
    before = own(actions)
    done = actions(*arguments)
    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert own(actions) == before


def test_action_in_use_is_deleted_by_force_alone_and_says_who_had_it(actions: Actions, database_url: str):
    actions(*DECLARED)

    async def use() -> None:
        async with Platform.open(database_url) as platform:
            new = NewUser(username="ada", email="ada@example.com", password=PASSWORD)
            acting = platform.acting_as((await platform.users.create(new)).id)
            acme = await acting.organizations.create(NewOrganization(name="Acme"))
            await acting.organizations.roles.create(acme.id, NewCustomRole(name="clerk", actions=("invoice.void",)))
            key = NewApiKey(name="books", actions=("invoice.void",))
            await platform.organizations.api_keys.create(acme.id, key)

    asyncio.run(use())
    refused = actions("delete", "invoice.void")
    assert refused.returncode == 1
    for word in ("clerk of acme", "books", "force"):
        assert word in refused.stderr
    assert "invoice.void" in own(actions)
    deleted = json.loads(actions("delete", "invoice.void", "--force", "--json").stdout)
    assert [each["role"] for each in deleted["roles"]] == ["clerk"]
    assert [each["name"] for each in deleted["api_keys"]] == ["books"]
    assert "invoice.void" not in own(actions)
