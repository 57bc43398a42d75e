"""Every command that lists: tabs in a pipe, and on a terminal of 80 columns nothing that is broken over lines."""

import asyncio
import json
import os
import pty
import re
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from uuid import UUID

import click
import pytest

from freehold import (
    NewApiKey,
    NewInvitation,
    NewOrganization,
    NewProject,
    NewSession,
    NewUser,
    NewWebhookEndpoint,
    Platform,
)
from freehold.cli.program import program
from freehold.terminal.failures import run

from .test_operations import every_command

PASSWORD = "Lovelace1"
ENDPOINT = "0190163d-8694-739b-aea5-966c26f8ad91"
ARGUMENTS = {"organization": "acme", "user": "ada", "endpoint": ENDPOINT}
OPTIONS = {"api-keys list": ("--user", "ada"), "audit list": ("--organization", "acme")}
OTHERS = ("migrate status", "backup list")
"""Lists that are no pages."""
WHOLE_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WHOLE_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z")


def lists() -> list[str]:
    found = [path for path, command in every_command() if any(each.name == "cursor" for each in command.params)]
    return [*found, *OTHERS]


def arguments(path: str) -> list[str]:
    command: click.Command | None = program
    for name in path.split():
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    given = [ARGUMENTS[each.name or ""] for each in command.params if isinstance(each, click.Argument)]
    return [*path.split(), *given, *OPTIONS.get(path, ())]


@pytest.fixture
def filled(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database in which every list has something, and a backup."""
    monkeypatch.setenv("FREEHOLD_DATABASE_URL", database_url)
    monkeypatch.setenv("FREEHOLD_BACKUPS_DIR", str(tmp_path / "backups"))
    asyncio.run(fill(database_url))


async def fill(url: str) -> None:
    async with Platform.open(url) as platform:
        ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
        await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
        acme = await platform.organizations.create(NewOrganization(name="Acme"), owner_id=ada.id)
        gone = await platform.organizations.create(NewOrganization(name="Gone"), owner_id=ada.id)
        await platform.organizations.delete(gone.id)
        new = NewWebhookEndpoint(url="https://hooks.acme.example/freehold", events=("*",))
        made = await platform.webhooks.create(new)
        await platform.context.db.fetch("UPDATE webhook_endpoints SET id = $1 WHERE id = $2", [UUID(ENDPOINT), made.id])
        await platform.projects.create(acme.id, NewProject(name="Rocket"))
        await platform.organizations.invitations.create(acme.id, NewInvitation(email="grace@example.com"))
        await platform.api_keys.create(ada.id, NewApiKey(name="laptop"))
        bob = await platform.users.create(NewUser(username="bob", email="bob@example.com", password=PASSWORD))
        other = await platform.organizations.create(NewOrganization(name="Other"), owner_id=bob.id)
        await platform.users.mark_verified(ada.id)
        await platform.organizations.invitations.create(other.id, NewInvitation(email="ada@example.com"))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run `freehold` with standard output on a real terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def on_terminal(*words: str) -> str:
        controller, worker = pty.openpty()
        shown: list[bytes] = []

        def read() -> None:
            try:
                while part := os.read(controller, 4096):
                    shown.append(part)
            except OSError:  # how Linux says that the other side is closed
                pass

        reader = threading.Thread(target=read)
        reader.start()
        with os.fdopen(worker, "w", encoding="utf-8") as out, redirect_stdout(out):
            assert run(program, words) == 0
        reader.join()
        os.close(controller)
        return re.sub(r"\x1b\[\d*m", "", b"".join(shown).decode()).replace("\r\n", "\n")

    return on_terminal


def broken(text: str) -> list[str]:
    """Find parts of UUIDs and times that do not stand whole on one line."""
    rest = WHOLE_TIME.sub("", WHOLE_UUID.sub("", text))
    return re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}|\d{4}-\d\d|\d\d:\d\d", rest)


@pytest.mark.usefixtures("filled", "client_programs")
def test_every_list_is_tabs_in_a_pipe_and_whole_on_a_terminal(
    terminal: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(program, ["backup", "create"]) == 0
    capsys.readouterr()
    for path in lists():
        words = arguments(path)
        assert run(program, words) == 0, path
        piped = capsys.readouterr().out
        rows = [line.split("\t") for line in piped.splitlines()]
        assert rows, path
        assert {len(row) for row in rows} == {len(rows[0])}, path
        assert len(rows[0]) > 2, path
        assert "  " not in piped, path
        assert "True" not in piped, path
        assert "False" not in piped, path
        shown = terminal(*words)
        assert max(map(len, shown.splitlines())) <= 80, path
        assert broken(shown) == [], path
        assert all(row[0] in shown or WHOLE_TIME.fullmatch(row[0]) for row in rows), path


@pytest.mark.usefixtures("filled")
def test_list_that_is_too_wide_loses_its_last_column_or_becomes_blocks(terminal: Callable[..., str]) -> None:
    heading, *rows = terminal("organizations", "members", "acme").splitlines()
    assert (heading.split(), len(rows)) == (["id", "username", "role", "joined_at"], 1)
    heading, *rows, remark = terminal("users", "list").splitlines()
    assert heading.split() == ["id", "username", "email", "state"]
    assert ["ada", "ada@example.com", "active"] in [row.split()[1:] for row in rows]
    assert remark == "(too narrow for created_at: widen the terminal, or use --json)"
    names = [line.split()[0] for line in terminal("sessions", "list", "ada").splitlines()]
    assert names == ["id", "device", "ip", "created_at", "last_used_at", "expires_at"]


@pytest.mark.usefixtures("filled")
def test_mail_keeps_its_lines_in_a_pipe_and_on_a_terminal(
    terminal: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(program, ["mail", "list", "--json"])
    mail = json.loads(capsys.readouterr().out)["data"][-1]
    assert mail["text"].count("\n") > 2
    run(program, ["mail", "show", mail["id"]])
    fields, _, text = capsys.readouterr().out.partition("\n\n")
    assert f"id\t{mail['id']}\n" in fields
    assert text.rstrip("\n") == mail["text"].rstrip("\n")
    assert mail["text"].rstrip("\n") in terminal("mail", "show", mail["id"])
