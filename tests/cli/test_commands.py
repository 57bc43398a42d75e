"""The commands on users, organizations and projects: what they do, print and refuse."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from freehold import NewOrganization, NewProject, NewSession, NewUser, OwnUser, PageRequest, Platform

from .conftest import Freehold
from .processes import PROGRAM

PASSWORD = "Lovelace1"


def make_ada(freehold: Freehold) -> str:
    made = freehold("users", "create", "ada", "--email", "ada@example.com", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (made.returncode, made.stderr) == (0, "")
    return dict(line.split("\t") for line in made.stdout.splitlines())["id"]


def test_user_is_made_shown_and_listed(freehold: Freehold) -> None:
    ada = make_ada(freehold)
    shown = json.loads(freehold("users", "show", "ADA", "--json").stdout)
    assert shown["id"] == ada
    assert shown["profile"] == {"first_name": None, "last_name": None, "avatar_url": None}
    assert json.loads(freehold("users", "show", ada, "--json").stdout) == shown
    only_one = {*OwnUser.__annotations__, "metadata", "public_metadata", "private_metadata"}
    listed = freehold("users", "list").stdout
    assert listed == f"{ada}\tada\tada@example.com\tactive\t{shown['created_at']}\n"
    assert json.loads(freehold("users", "list", "--json").stdout) == {
        "data": [{name: value for name, value in shown.items() if name not in only_one}],
        "next_cursor": None,
    }


def test_every_failing_field_is_a_line_with_the_name_of_its_option(freehold: Freehold) -> None:
    create = ("users", "create", "a-b", "--email", "x", "--first-name", "", "--password-stdin")
    refused = freehold(*create, stdin="weak\n")
    assert refused.returncode == 1
    assert [line.split(":")[:2] for line in refused.stderr.splitlines()] == [
        ["freehold", " USERNAME"],
        ["freehold", " --email"],
        ["freehold", " password"],
        ["freehold", " --first-name"],
    ]
    assert freehold("users", "list").stdout == ""


async def test_new_password_ends_sessions_and_signs_in(freehold: Freehold, platform: Platform) -> None:
    make_ada(freehold)
    changed = freehold("users", "set-password", "ada", "--password-stdin", stdin="Babbage22\n")
    assert changed.returncode == 0
    somebody = platform.acting_as(None)
    assert (await somebody.sessions.create(NewSession(login="ada", password="Babbage22"))).user.username == "ada"


async def test_administrator_is_made_by_flag(freehold: Freehold, platform: Platform) -> None:
    assert not await platform.users.any_admin()
    create = ("users", "create", "root_1", "--email", "r@example.com", "--admin", "--password-stdin")
    assert freehold(*create, stdin=f"{PASSWORD}\n").returncode == 0
    assert await platform.users.any_admin()


def test_organization_with_owner_members_and_projects(freehold: Freehold) -> None:
    ada = make_ada(freehold)
    grace = ("users", "create", "grace", "--email", "g@example.com", "--password-stdin")
    assert freehold(*grace, stdin=f"{PASSWORD}\n").returncode == 0
    made = json.loads(freehold("organizations", "create", "Acme Inc", "--owner", "ada", "--json").stdout)
    assert (made["slug"], made["owner_id"], made["members"]) == ("acme-inc", ada, [ada])
    member = json.loads(
        freehold("organizations", "add-member", "acme-inc", "grace", "--role", "admin", "--json").stdout
    )
    assert (member["user"]["username"], member["role"]) == ("grace", "admin")
    assert json.loads(freehold("organizations", "show", made["id"], "--json").stdout)["members_count"] == 2
    create = ("projects", "create", "acme-inc", "Rocket", "--public", "--feature", "a", "--feature", "b", "--json")
    rocket = json.loads(freehold(*create).stdout)
    assert rocket["settings"] == {"visibility": "public", "features": ["a", "b"]}
    freehold("projects", "create", "acme-inc", "Glider", "--description", "two\nlines")
    names = [line.split("\t")[1] for line in freehold("projects", "list", "acme-inc").stdout.splitlines()]
    assert names == ["Glider", "Rocket"]
    shown = freehold("projects", "show", "acme-inc", rocket["id"])
    assert "settings.features\ta, b\n" in shown.stdout


def test_metadata_and_features_are_given_as_json_and_merged(freehold: Freehold) -> None:
    make_ada(freehold)
    both = ("--public-metadata", '{"plan": "pro", "old": 1}', "--private-metadata", '{"id": [1]}')
    acme = json.loads(
        freehold("organizations", "create", "Acme", "--owner", "ada", "--feature", "sso", *both, "--json").stdout
    )
    assert (acme["features"], acme["public_metadata"]) == (["sso"], {"plan": "pro", "old": 1})
    change = ("--public-metadata", '{"old": null}', "--private-metadata", "null", "--no-features")
    acme = json.loads(freehold("organizations", "update", "acme", *change, "--json").stdout)
    assert (acme["features"], acme["public_metadata"], acme["private_metadata"]) == ([], {"plan": "pro"}, {})
    project = json.loads(freehold("projects", "create", "acme", "Rocket", *both, "--json").stdout)
    shown = freehold("projects", "update", "acme", project["id"], "--private-metadata", '{"t": "\\u0007"}').stdout
    assert 'private_metadata\t{"t":"\\u0007","id":[1]}' in shown.splitlines()
    user = json.loads(freehold("users", "update", "ada", "--metadata", '{"a": 1}', *both, "--json").stdout)
    assert [user[f"{kind}metadata"] for kind in ("", "public_", "private_")] == [
        {"a": 1},
        {"plan": "pro", "old": 1},
        {"id": [1]},
    ]
    listed = freehold("organizations", "list", "--user", "ada", "--feature", "sso", "--json").stdout
    assert json.loads(listed)["data"] == []
    for wrong, says in (
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"a": 1, "a": 2}', "occurs more than once"),
        ('{"a": {"b": 9007199254740992}}', "must be a number from"),
    ):
        refused = freehold("users", "update", "ada", "--private-metadata", wrong)
        assert refused.returncode != 0
        assert "--private-metadata" in refused.stderr
        assert says in refused.stderr
    assert "--metadata" in freehold("users", "update", "ada").stderr


def test_text_of_others_cannot_break_a_line_or_command_a_terminal(freehold: Freehold) -> None:
    make_ada(freehold)
    freehold("organizations", "create", "Acme", "--owner", "ada")
    made = freehold("projects", "create", "acme", "Rocket", "--description", "a\tb\nc\x1b[2J")
    assert "description\ta\\tb\\nc\\x1b[2J\n" in made.stdout


async def test_list_is_paged_to_its_limit_and_goes_on_from_its_cursor(freehold: Freehold, platform: Platform) -> None:
    ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    acme = await platform.organizations.create(NewOrganization(name="Acme"), owner_id=ada.id)
    for number in range(205):
        await platform.projects.create(acme.id, NewProject(name=f"p{number}"))
    first = await platform.projects.list(acme.id, PageRequest(limit=1))
    assert first.data[0].name == "p204"

    default = freehold("projects", "list", "acme")
    assert [line.split("\t")[1] for line in default.stdout.splitlines()] == [f"p{n}" for n in range(204, 104, -1)]
    assert "There are more" in default.stderr
    limited = json.loads(freehold("projects", "list", "acme", "--json", "--limit", "150").stdout)
    assert len(limited["data"]) == 150
    rest = freehold("projects", "list", "acme", "--all", "--cursor", limited["next_cursor"])
    assert [line.split("\t")[1] for line in rest.stdout.splitlines()] == [f"p{n}" for n in range(54, -1, -1)]
    whole = freehold("projects", "list", "acme", "--all")
    assert (len(whole.stdout.splitlines()), whole.stderr) == (205, "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("users", "show", "nobody"), "there is no user 'nobody': run 'freehold users list' to see all users"),
        (("users", "show", "a-b"), "USER: must be 3 to 50 letters (A-Z, a-z), digits or underscores"),
        (("users", "show", str(UUID(int=7))), f"there is no user '{UUID(int=7)}': run 'freehold users list'"),
        (("organizations", "create", "Acme", "--owner", "nobody"), "there is no user 'nobody'"),
        (("organizations", "show", "acme"), "This organization does not exist"),
        (("organizations", "show", "A_B"), "ORGANIZATION: must be 1 to 100 lowercase letters"),
        (("projects", "show", "acme", "7"), "PROJECT: must be"),
        (("projects", "list", "acme", "--cursor", "x"), "This organization does not exist"),
        (("users", "list", "--cursor", "x"), "--cursor: must be a next_cursor from this list"),
    ],
)
def test_refusal_is_one_line(freehold: Freehold, arguments: tuple[str, ...], complaint: str) -> None:
    refused = freehold(*arguments)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert refused.stderr.startswith(f"freehold: {complaint}")


def test_taken_username_is_refused(freehold: Freehold) -> None:
    make_ada(freehold)
    again = freehold("users", "create", "ADA", "--email", "b@example.com", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert again.returncode == 1
    assert again.stderr.startswith("freehold: This username is taken")


def test_password_is_no_argument_and_is_not_waited_for_without_a_terminal(freehold: Freehold) -> None:
    create = ("users", "create", "ada", "--email", "ada@example.com")
    assert freehold(*create, "--password", PASSWORD).returncode == 2
    refused = freehold(*create)
    assert refused.returncode == 2
    assert "pipe it in with --password-stdin" in refused.stderr


def test_password_is_asked_twice_on_a_terminal_without_echo(database_url: str) -> None:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "users", "create", "ada", "--email", "ada@example.com", "--json"],
        env={**os.environ, "FREEHOLD_DATABASE_URL": database_url},
        stdin=terminal,
        stderr=terminal,
        stdout=subprocess.PIPE,
        start_new_session=True,  # without a controlling terminal, so that the prompt is on standard input
    )
    os.close(terminal)
    shown = b""
    for prompt in (b"Password: ", b"Repeat the password: "):
        while not shown.endswith(prompt):
            shown += os.read(controller, 1024)
        os.write(controller, f"{PASSWORD}\n".encode())
    output, _ = process.communicate(timeout=60)
    os.close(controller)
    assert json.loads(output)["username"] == "ada"
    assert PASSWORD.encode() not in shown


def test_list_on_a_terminal_is_a_table(freehold: Freehold, database_url: str) -> None:
    make_ada(freehold)
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "users", "list"],
        env={**os.environ, "FREEHOLD_DATABASE_URL": database_url, "COLUMNS": "200", "TERM": "xterm"},
        stdout=terminal,
    )
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(controller, 1024):
            shown += part
    except OSError:  # how Linux tells that the other side is closed
        pass
    os.close(controller)
    assert process.wait(60) == 0
    heading, row = (line.split() for line in shown.decode().replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines())
    assert heading == ["id", "username", "email", "state", "created_at"]
    assert row[1:3] == ["ada", "ada@example.com"]


def test_embedded_database_is_made_migrated_and_left_stopped(freehold: Freehold, tmp_path: Path) -> None:
    environment = {"FREEHOLD_DATABASE_URL": ""}
    listed = freehold("users", "list", "--json", "--data-dir", str(tmp_path / "new"), **environment)
    assert (json.loads(listed.stdout), listed.stderr) == ({"data": [], "next_cursor": None}, "")
    assert not (tmp_path / "new" / "postgres" / "cluster" / "postmaster.pid").exists()
