"""Signing in, staying signed in, signing out."""

import asyncio
import re
from typing import Any
from uuid import UUID, uuid4

import argon2
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.mail.letters import token_to

from freehold import (
    Actor,
    Forbidden,
    Missing,
    NewPasswordReset,
    NewSession,
    PageRequest,
    PasswordResetCompletion,
    Platform,
    Unauthenticated,
)
from freehold.data.db import Transaction
from freehold.passwords.hashing import Fit
from freehold.platform import every_job
from freehold.sessions import queries
from freehold.sessions.errors import WrongCredentials
from freehold.sessions.operations import authenticate
from freehold.slices import meanings


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.com", "ADA@EXAMPLE.COM", "Ada@Example.com"])
async def test_signing_in_takes_username_or_address_in_any_case(login: str, platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    signed_in = await platform.acting_as(None).sessions.create(NewSession(login=login, password=PASSWORD))
    assert signed_in.user.id == ada.id
    assert re.fullmatch(r"fh_[A-Za-z0-9_-]{43,}", signed_in.token)
    actor = (await authenticate(platform.context, signed_in.token)).signed_in
    assert (actor.user_id, actor.is_admin) == (ada.id, False)


async def test_unknown_login_and_wrong_password_take_the_same_path(
    platform: Platform, sign_up: SignUp, monkeypatch: pytest.MonkeyPatch
):
    await sign_up("ada")
    nobody = platform.acting_as(None)
    with pytest.raises(WrongCredentials):  # the first makes the decoy
        await nobody.sessions.create(NewSession(login="ada", password="Wrong1234"))
    hashes = []
    passwords = platform.context.tools.passwords
    run = passwords._run

    async def counted(work: Any, *arguments: Any) -> Any:
        hashes.append(work.__name__)
        return await run(work, *arguments)

    monkeypatch.setattr(passwords, "_run", counted)
    answers = []
    for login in ("ada", "ada@example.com", "nobody", "nobody@example.com", "not an address@"):
        hashes.clear()
        with pytest.raises(WrongCredentials) as refused:
            await nobody.sessions.create(NewSession(login=login, password="Wrong1234"))
        answers.append((refused.value.code, refused.value.detail, tuple(hashes)))
    assert len(set(answers)) == 1
    assert len(answers[0][2]) == 1


@pytest.mark.parametrize(
    "token", ["", "fh_", "fh_" + "A" * 43, "fh_" + "A" * 42, "Bearer", "fh_" + "A" * 43 + "\n", "\ud800"]
)
async def test_token_that_was_never_given_is_nobodys(token: str, platform: Platform):
    with pytest.raises(Unauthenticated):
        await authenticate(platform.context, token)


async def test_token_is_not_stored(platform: Platform, sign_up: SignUp, connection: Any):
    await sign_up("ada")
    signed_in = await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    rows = await connection.fetch(
        "SELECT sessions::text FROM sessions UNION ALL SELECT audit_events::text FROM audit_events"
    )
    assert rows
    assert not any(signed_in.token.removeprefix("fh_") in row[0] for row in rows)


async def test_expired_session_is_nobodys_and_not_listed(platform: Platform, sign_up: SignUp, connection: Any):
    ada = await sign_up("ada")
    signed_in = await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    await connection.execute("UPDATE sessions SET expires_at = now()")
    with pytest.raises(Unauthenticated):
        await authenticate(platform.context, signed_in.token)
    mine = platform.acting_as(ada.id).sessions
    assert (await mine.list(PageRequest(include="total"))).total == 0
    await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 1, "signing in drops the expired ones"


async def test_unused_session_lasts_as_long_as_the_settings_say(platform: Platform, sign_up: SignUp, connection: Any):
    await sign_up("ada")
    await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    days = await connection.fetchval("SELECT extract(epoch FROM expires_at - created_at) / 86400 FROM sessions")
    assert float(days) == pytest.approx(platform.context.tools.settings.session_idle_days)


async def test_ended_session_is_nobodys_at_once(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    signed_in = await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    actor = (await authenticate(platform.context, signed_in.token)).signed_in
    await platform.acting_as(actor).sessions.end("current")
    with pytest.raises(Unauthenticated):
        await authenticate(platform.context, signed_in.token)
    with pytest.raises(Missing):
        await platform.acting_as(actor).sessions.end("current")


async def test_session_of_somebody_else_cannot_be_ended(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    signed_in = await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    actor = (await authenticate(platform.context, signed_in.token)).signed_in
    assert isinstance(actor.session_id, UUID)
    for session_id in (actor.session_id, uuid4()):
        with pytest.raises(Missing, match="You do not have this session"):
            await platform.acting_as(bob.id).sessions.end(session_id)
    assert (await authenticate(platform.context, signed_in.token)).signed_in.user_id == ada.id


async def test_own_sessions_are_listed_newest_first_and_the_current_one_marked(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    tokens = [(await platform.sessions.create(NewSession(login="ada", password=PASSWORD))).token for _ in range(3)]
    actor = (await authenticate(platform.context, tokens[0])).signed_in
    first = await platform.acting_as(actor).sessions.list(PageRequest(limit=2, include="total"))
    rest = await platform.acting_as(actor).sessions.list(PageRequest(limit=2, cursor=first.next_cursor))
    listed = [*first.data, *rest.data]
    assert (len(listed), first.total, rest.next_cursor) == (3, 3, None)
    assert listed[-1].id == actor.session_id
    assert [session.current for session in listed] == [False, False, True]
    assert all(session.id for session in listed)
    assert (await platform.acting_as(ada.id).sessions.list(PageRequest(limit=1))).data[0].current is False


async def test_use_is_noted_once_a_minute(platform: Platform, sign_up: SignUp, connection: Any):
    await sign_up("ada")
    signed_in = await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    last_used = "SELECT last_used_at FROM sessions"
    before = await connection.fetchval(last_used)
    await authenticate(platform.context, signed_in.token)
    assert await connection.fetchval(last_used) == before
    await connection.execute("UPDATE sessions SET last_used_at = now() - interval '2 minutes'")
    await authenticate(platform.context, signed_in.token)
    assert await connection.fetchval(last_used) > before


async def test_hash_made_with_older_parameters_is_renewed(platform: Platform, sign_up: SignUp, connection: Any):

    await sign_up("ada")
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    await connection.execute("UPDATE users SET password_hash = $1", older)
    await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    renewed = await connection.fetchval("SELECT password_hash FROM users")
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    assert await connection.fetchval("SELECT password_hash FROM users") == renewed


async def test_operator_is_no_user_and_has_no_sessions(platform: Platform):
    with pytest.raises(Forbidden):
        await platform.sessions.list(PageRequest())
    with pytest.raises(Unauthenticated):
        await platform.acting_as(None).sessions.list(PageRequest())
    with pytest.raises(Missing):
        await platform.acting_as(Actor(user_id=uuid4())).sessions.end("current")


async def test_signing_in_with_a_password_that_is_replaced_meanwhile_begins_no_session(
    platform: Platform, sign_up: SignUp, monkeypatch: pytest.MonkeyPatch
):
    ada = await sign_up("ada")
    passwords = platform.context.tools.passwords
    compare = passwords.compare

    async def compare_then_lose(stored: str | None, password: str) -> Fit:
        fits = await compare(stored, password)
        monkeypatch.setattr(passwords, "compare", compare)
        await platform.users.set_password(ada.id, "Analytical2")
        return fits

    monkeypatch.setattr(passwords, "compare", compare_then_lose)
    with pytest.raises(WrongCredentials):
        await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
    assert (await platform.sessions.list_of_user(ada.id, PageRequest())).data == []


@pytest.mark.parametrize("way", ["set", "reset"])
async def test_new_password_ends_a_session_that_the_old_one_is_just_beginning(
    way: str, platform: Platform, sign_up: SignUp, connection: Any
):
    ada = await sign_up("ada")
    await platform.acting_as(None).users.request_password_reset(NewPasswordReset(email="ada@example.com"))
    token = await token_to(platform, "ada@example.com")
    stored = await connection.fetchval("SELECT password_hash FROM users")
    async with connection.transaction():  # the transaction of a sign-in that has verified the old password
        await queries.insert(
            Transaction.within(connection, meanings=meanings()),
            id=uuid4(),
            token_hash=bytes(32),
            user_id=ada.id,
            password_hash=stored,
            lifetime_seconds=60,
            user_agent=None,
            ip=None,
        )
        if way == "set":
            change = platform.users.set_password(ada.id, "Analytical2")
        else:
            completion = PasswordResetCompletion(token=token, new_password="Analytical2")
            change = platform.acting_as(None).users.reset_password(completion)
        changing = asyncio.ensure_future(change)
        await _somebody_waits_for(connection)
    await changing
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 0


async def _somebody_waits_for(connection: Any) -> None:
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
    async with asyncio.timeout(10):
        while not await connection.fetchval(waiting):  # noqa: ASYNC110 - it is the database that tells
            await asyncio.sleep(0.01)


async def test_expired_sessions_are_forgotten_with_their_address_and_device(
    platform: Platform, sign_up: SignUp, connection: Any
):
    await sign_up("ada")
    for _ in range(2):
        await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
    expired = (
        "UPDATE sessions SET expires_at = now() WHERE id = (SELECT min(id::text)::uuid FROM sessions) RETURNING id"
    )
    gone = await connection.fetchval(expired)
    await next(each for each in every_job() if each.name == "sessions.drop_expired")(platform.context)
    left = await connection.fetch("SELECT id FROM sessions")
    assert len(left) == 1
    assert left[0]["id"] != gone
