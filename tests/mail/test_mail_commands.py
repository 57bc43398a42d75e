"""`freehold mail` and `freehold users verify`, for whoever runs the platform."""

import asyncio
import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from tests.conftest import PASSWORD

from freehold import NewUser, Platform
from freehold.cli.program import program
from freehold.terminal.failures import run


class Answer(NamedTuple):
    status: int
    out: str
    err: str


Freehold = Callable[..., Answer]


@pytest.fixture
def freehold(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Freehold:
    """Run `freehold` in this process on the test's database, where ada has signed up."""
    monkeypatch.setenv("FREEHOLD_DATABASE_URL", database_url)

    async def sign_up() -> None:
        async with Platform.open(database_url) as platform:
            await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))

    asyncio.run(sign_up())

    def call(*arguments: str) -> Answer:
        status = run(program, list(arguments))
        return Answer(status, *capsys.readouterr())

    return call


def test_mail_is_listed_and_shown_as_json(freehold: Freehold):
    listed = json.loads(freehold("mail", "list", "--json").out)
    (message,) = listed["data"]
    assert {"id", "to", "subject", "text", "created_at"} <= set(message)
    assert (message["to"], message["subject"]) == ("ada@example.com", "Confirm your e-mail address")
    assert "token: fhv_" in message["text"]
    assert json.loads(freehold("mail", "show", message["id"], "--json").out) == message


def test_mail_is_a_line_each_in_a_pipe(freehold: Freehold):
    (line,) = freehold("mail", "list").out.splitlines()
    assert line.split("\t")[1:3] == ["ada@example.com", "Confirm your e-mail address"]
    assert "fhv_" not in line


@pytest.mark.parametrize(
    ("id_", "said"),
    [("0190163d-8694-739b-aea5-966c26f8ad91", "no mail with the id '0190163d"), ("x", "must be a UUID")],
)
def test_message_that_is_not_there_is_told(id_: str, said: str, freehold: Freehold):
    answer = freehold("mail", "show", id_)
    assert (answer.status, answer.out) == (1, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


def test_operator_takes_an_address_as_confirmed(freehold: Freehold):
    assert json.loads(freehold("users", "show", "ada", "--json").out)["email_verified"] is False
    assert json.loads(freehold("users", "verify", "ada", "--json").out)["email_verified"] is True
    assert json.loads(freehold("users", "show", "ada", "--json").out)["email_verified"] is True
    assert "there is no user 'bob'" in freehold("users", "verify", "bob").err


def test_wrong_settings_of_mail_are_told_in_a_line(freehold: Freehold, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FREEHOLD_SMTP_URL", "smtp://ada:S3cr3tWord@mail.example")
    answer = freehold("users", "list")
    assert answer.status != 0
    assert "FREEHOLD_MAIL_FROM is missing" in answer.err
    assert "S3cr3tWord" not in answer.err
