"""`freehold audit` in a process of its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.cli.processes import PROGRAM
from tests.conftest import PASSWORD
from tests.forker import Forker

from freehold import NewOrganization, NewProject, NewUser, Platform

Freehold = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def freehold(database_url: str, forker: Forker, tmp_path: Path) -> Freehold:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "FREEHOLD_DATABASE_URL": database_url}
        return forker.run("audit", *arguments, environment=environment, folder=tmp_path)

    return run


@pytest.fixture
def acme(database_url: str) -> UUID:
    async def make() -> UUID:
        async with Platform.open(database_url) as platform:
            new = NewUser(username="ada", email="ada@example.com", password=PASSWORD)
            acting = platform.acting_as((await platform.users.create(new)).id)
            made = await acting.organizations.create(NewOrganization(name="Acme"))
            await acting.projects.create(made.id, NewProject(name="One"))
            return made.id

    return asyncio.run(make())


def execute(database_url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def test_whole_log_is_told_so_and_an_altered_one_fails(freehold: Freehold, database_url: str, acme: UUID):
    done = freehold("verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("no problems found.\n")
    pin = freehold("heads", "--organization", "acme").stdout.strip()
    assert pin.startswith(f"{acme}:2:")
    assert freehold("verify", "--expect", pin).returncode == 0
    execute(database_url, f"UPDATE audit_events SET details = '{{}}' WHERE chain_id = '{acme}' AND sequence = 1")  # noqa: S608 - the test's own id
    found = freehold("verify", "--organization", "acme")
    assert found.returncode == 1
    assert found.stdout.startswith(f"altered: chain {acme}, sequence 1 (event ")
    report = json.loads(freehold("verify", "--json").stdout)
    assert (report["found"], report["findings"][0]["problem"]) == (1, "altered")


def test_list_and_export_print_events(freehold: Freehold, acme: UUID):
    listed = freehold("list", "--organization", "acme").stdout.splitlines()
    assert [line.split("\t")[1] for line in listed] == ["project.create", "organization.create"]
    lines = freehold("export", "--organization", str(acme)).stdout.splitlines()
    assert [json.loads(line)["sequence"] for line in lines] == [1, 2]


@pytest.mark.parametrize("text", ["x", "a:1:00", f"{UUID(int=1)}:0:{'0' * 64}", f"{UUID(int=1)}:1:{'0' * 63}"])
def test_head_that_cannot_be_read_is_wrong_usage(freehold: Freehold, text: str):
    done = freehold("verify", "--expect", text)
    assert done.returncode == 2
    assert "is not CHAIN:SEQ:HASH" in done.stderr


def test_unknown_organization_is_said_so(freehold: Freehold):
    done = freehold("verify", "--organization", "nowhere")
    assert (done.returncode, "there is no organization 'nowhere'" in done.stderr) == (1, True)


def test_heads_are_kept_in_a_file_until_the_log_is_rewritten(
    freehold: Freehold, database_url: str, acme: UUID, tmp_path: Path
):
    kept = tmp_path / "heads"
    assert freehold("heads", "--to", str(kept)).returncode == 0
    before = kept.read_text()
    assert f"{acme}:2:" in before
    assert kept.stat().st_mode & 0o777 == 0o600
    execute(database_url, f"UPDATE audit_events SET hash = sha256('x') WHERE chain_id = '{acme}' AND sequence = 2")  # noqa: S608 - the test's own id
    refused = freehold("heads", "--to", str(kept))
    assert refused.returncode == 1
    assert f"is not replaced: the chain no longer contains {acme}:2:" in refused.stderr
    assert kept.read_text() == before


def test_heads_are_given_to_a_command(freehold: Freehold, acme: UUID, tmp_path: Path):
    out = tmp_path / "out"
    assert freehold("heads", "--to", f"| cat > {out}").returncode == 0
    assert f"{acme}:2:" in out.read_text()
    failed = freehold("heads", "--to", "| exit 3")
    assert failed.returncode != 0
    assert "the command exited with 3" in failed.stderr


def test_file_that_holds_something_else_is_not_replaced(freehold: Freehold, tmp_path: Path):
    (tmp_path / "notes").write_text("dear diary\n")
    refused = freehold("heads", "--to", str(tmp_path / "notes"))
    assert refused.returncode != 0
    assert "is not CHAIN:SEQ:HASH" in refused.stderr
    assert (tmp_path / "notes").read_text() == "dear diary\n"


def events(answer: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    assert (answer.returncode, answer.stderr) == (0, "")
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.fixture
def tail(database_url: str, forker: Forker, tmp_path: Path) -> Freehold:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "FREEHOLD_DATABASE_URL": database_url}
        return forker.run("events", "tail", *arguments, environment=environment, folder=tmp_path)

    return run


def test_tail_prints_the_newest_events_and_goes_on_after_one(tail: Freehold, acme: UUID):
    of_acme = events(tail("--organization", "acme", "--format", "json"))
    assert [event["action"] for event in of_acme] == ["organization.create", "project.create"]
    assert events(tail("--organization", str(acme), "--format", "json", "--lines", "1")) == of_acme[1:]
    assert events(tail("--organization", "acme", "--after", of_acme[0]["id"], "--json")) == of_acme[1:]
    assert events(tail("--organization", "acme", "--from", of_acme[1]["created_at"], "--json")) == of_acme[1:]
    text = tail("--organization", "acme").stdout.splitlines()
    assert [line.split("\t")[1:3] for line in text] == [[event["id"], event["action"]] for event in of_acme]


@pytest.mark.usefixtures("acme")
def test_tail_says_what_is_wrong(tail: Freehold):
    unknown = tail("--after", "0190163d-8694-739b-aea5-966c26f8ad91")
    assert (unknown.returncode, "--after: there is no event with this id" in unknown.stderr) == (1, True)
    late = tail("--from", "yesterday")
    assert (late.returncode, "from: must be a time" in late.stderr) == (1, True)
    assert tail("--from", "2027-01-31T12:00:00Z", "--after", "0190163d-8694-739b-aea5-966c26f8ad91").returncode == 2


def test_tail_follows_until_it_is_interrupted(database_url: str, acme: UUID):
    command = [sys.executable, "-c", PROGRAM, "events", "tail", "--organization", str(acme), "--follow", "--json"]
    environment = {**os.environ, "FREEHOLD_DATABASE_URL": database_url}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        seen = [json.loads(following.stdout.readline())["action"] for _ in range(2)]
        asyncio.run(make_project(database_url, acme))
        seen.append(json.loads(following.stdout.readline())["action"])
        following.send_signal(signal.SIGINT)
        assert following.stdout.read() == ""
    assert seen == ["organization.create", "project.create", "project.create"]


async def make_project(database_url: str, acme: UUID) -> None:
    async with Platform.open(database_url) as platform:
        await platform.projects.create(acme, NewProject(name="Two"))
