"""An attack can be seen: in the account's audit log, in the log, in the metrics."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from tests.conftest import PASSWORD

from freehold import AccountAuditPageRequest, NewSession, NewUser, PageRequest, PasswordChange, Platform, User
from freehold.base.errors import Forbidden
from freehold.observe.observer import Observer
from freehold.sessions.errors import WrongCredentials
from freehold.users.backoff.errors import SignInDelayed

SignUp = Callable[[str], Awaitable[User]]
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ATTACKER = "203.0.113.9"


def stranger(platform: Platform, **changed: Any) -> Platform:
    given = {"actor": None, "ip": ATTACKER, "user_agent": AGENT, **changed}
    return Platform(msgspec.structs.replace(platform.context, **given))


async def fail(platform: Platform, connection: Any, login: str, times: int) -> None:
    """Fail so often, with all the waiting that this takes."""
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            await stranger(platform).sessions.create(NewSession(login=login, password="Wrong1234"))
        await connection.execute("UPDATE sign_in_budgets SET retry_at = retry_at - make_interval(secs => 900)")


async def told(platform: Platform, user: User | None) -> list[tuple[int, bool]]:
    request = AccountAuditPageRequest(action="session.fail", user_id=user.id if user else None)
    events = (await platform.audit.list_of_accounts(request)).data
    for event in events:
        assert (event.ip, event.details["device"], event.actor_id) == (ATTACKER, "Firefox on Linux", None)
    return [(event.details["failures"], event.details["is_delayed"]) for event in reversed(events)]


async def test_first_failure_the_one_that_begins_the_waiting_and_every_tenth_are_in_the_accounts_log(
    platform: Platform, sign_up: SignUp, connection: Any, caplog: pytest.LogCaptureFixture
):
    ada = await sign_up("ada")
    caplog.set_level(logging.INFO, "freehold.sign_ins")
    await fail(platform, connection, "ada", 21)
    assert await told(platform, ada) == [(1, False), (5, True), (10, True), (20, True)]
    records = [record for record in caplog.records if record.name == "freehold.sign_ins"]
    fields = [getattr(record, "fields", {}) for record in records]
    assert [line["failures"] for line in fields] == [1, 5, 10, 20]
    assert {line["user_id"] for line in fields} == {str(ada.id)}
    assert {(line["ip"], line["device"]) for line in fields} == {(ATTACKER, "Firefox on Linux")}
    assert [record.levelname for record in records] == ["INFO", "WARNING", "WARNING", "WARNING"]
    assert "Wrong1234" not in caplog.text
    assert (await platform.audit.verify()).found == 0


async def test_login_that_nobody_has_is_logged_without_its_text_and_fills_no_audit_log(
    platform: Platform, connection: Any, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "freehold.sign_ins")
    await fail(platform, connection, "some_body", 5)
    assert len([record for record in caplog.records if record.name == "freehold.sign_ins"]) == 2
    assert "some_body" not in caplog.text + str([getattr(record, "fields", {}) for record in caplog.records])
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'session.fail'") == 0
    assert await connection.fetchval("SELECT count(*) FROM mail_messages") == 0


async def test_guessing_in_an_open_session_is_seen_too(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    acting = stranger(platform, actor=platform.acting_as(ada.id).context.actor)
    with pytest.raises(Exception, match="current password is wrong"):
        await acting.users.change_password(
            "me", PasswordChange(current_password="Wrong1234", new_password="Analytical2")
        )
    assert await told(platform, ada) == [(1, False)]


SPELLINGS = [
    *["ada", "ADA", " ada", "ada\n", "\u3000ada\u00a0", "\uff41\uff44\uff41", "Ada"],
    *["ada@example.com", "ADA@EXAMPLE.COM", " ada@example.com ", "ada@EXAMPLE.com", "ada@\uff45xample.com"],
]


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_account_has_one_budget_however_its_login_is_written(
    platform: Platform, sign_up: SignUp, connection: Any, spelling: str
):
    await sign_up("ada")
    someone = stranger(platform)
    assert (await someone.sessions.create(NewSession(login=spelling, password=PASSWORD))).user.username == "ada"
    await connection.execute("DELETE FROM sign_in_budgets")
    for login in ("ada", spelling, "Ada@example.com", spelling, "ADA "):
        with pytest.raises(WrongCredentials):
            await someone.sessions.create(NewSession(login=login, password="Wrong1234"))
    for login in ("ada", spelling):
        with pytest.raises(SignInDelayed):
            await someone.sessions.create(NewSession(login=login, password=PASSWORD))


class Noting(Observer):
    """Keeps what was refused."""

    def __init__(self) -> None:
        super().__init__({}, slow_seconds=1e9)
        self.actions: list[str] = []

    def refused(self, action: str) -> None:
        self.actions.append(action)


async def test_what_is_refused_is_counted_by_action_and_logged(
    platform: Platform, sign_up: SignUp, caplog: pytest.LogCaptureFixture
):
    ada, eve = await sign_up("ada"), await sign_up("eve")
    noting = Noting()
    tools = msgspec.structs.replace(platform.context.tools, observer=noting)
    acting = stranger(platform, actor=platform.acting_as(eve.id).context.actor, tools=tools)
    caplog.set_level(logging.INFO, "freehold.access")
    with pytest.raises(Forbidden):
        await acting.users.create(NewUser(username="bob", email="bob@example.com", password=PASSWORD), is_admin=True)
    with pytest.raises(Forbidden):
        await acting.users.list(PageRequest())
    assert noting.actions == ["user.create", "user.list"]
    assert [record.fields["user_id"] for record in caplog.records] == [str(eve.id)] * 2  # type: ignore[attr-defined]
    assert str(ada.id) not in caplog.text
