"""Sessions over time: what extends them, what ends them, and clocks that are set back."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import (
    Actor,
    Forbidden,
    NewOrganization,
    NewRole,
    NewSession,
    PageRequest,
    Platform,
    SignedIn,
    Unauthenticated,
    User,
)
from freehold.base.devices import describe
from freehold.sessions.operations import authenticate

DAY = timedelta(days=1)
CLOSE = timedelta(minutes=1)


@pytest.fixture
async def ada(sign_up: SignUp) -> User:
    return await sign_up("ada")


@pytest.fixture
async def signed_in(platform: Platform, ada: User) -> SignedIn:
    return await platform.acting_as(None).sessions.create(NewSession(login=ada.username, password=PASSWORD))


async def the_session(connection: Any) -> Any:
    return await connection.fetchrow("SELECT s.*, xmin::text AS version, now() AS now FROM sessions s")


async def shift(connection: Any, **by: timedelta) -> None:
    for column, delta in by.items():
        await connection.execute(f"UPDATE sessions SET {column} = {column} + $1", delta)  # noqa: S608


async def test_new_session_ends_when_it_is_not_used(signed_in: SignedIn, connection: Any):
    now: datetime = (await the_session(connection))["now"]
    assert abs(signed_in.expires_at - now - 14 * DAY) < CLOSE


async def test_use_extends_a_session(platform: Platform, signed_in: SignedIn, connection: Any):
    await shift(connection, created_at=-10 * DAY, last_used_at=-10 * DAY, expires_at=-10 * DAY)
    await authenticate(platform.context, signed_in.token)
    session = await the_session(connection)
    assert abs(session["expires_at"] - session["now"] - 14 * DAY) < CLOSE
    assert abs(session["last_used_at"] - session["now"]) < CLOSE


async def test_use_extends_no_session_beyond_its_longest(platform: Platform, signed_in: SignedIn, connection: Any):
    await shift(connection, created_at=-29 * DAY, last_used_at=-1 * DAY, expires_at=-13 * DAY)
    await authenticate(platform.context, signed_in.token)
    session = await the_session(connection)
    assert abs(session["expires_at"] - session["now"] - 1 * DAY) < CLOSE


async def test_unused_session_is_over(platform: Platform, signed_in: SignedIn, connection: Any):
    await shift(connection, created_at=-14 * DAY, last_used_at=-14 * DAY, expires_at=-14 * DAY - CLOSE)
    with pytest.raises(Unauthenticated):
        await authenticate(platform.context, signed_in.token)


async def test_both_limits_are_settings(platform: Platform, ada: User, connection: Any):
    settings = msgspec.structs.replace(platform.context.tools.settings, session_days=3.0, session_idle_days=2.0)
    tools = msgspec.structs.replace(platform.context.tools, settings=settings)
    short = Platform(msgspec.structs.replace(platform.context, tools=tools, actor=None))
    signed_in = await short.sessions.create(NewSession(login=ada.username, password=PASSWORD))
    await shift(connection, created_at=-2 * DAY, last_used_at=-1 * DAY, expires_at=-1 * DAY)
    await authenticate(short.context, signed_in.token)
    session = await the_session(connection)
    assert abs(session["expires_at"] - session["now"] - 1 * DAY) < CLOSE


async def test_use_is_written_at_most_once_a_minute(platform: Platform, signed_in: SignedIn, connection: Any):
    before = (await the_session(connection))["version"]
    await authenticate(platform.context, signed_in.token)
    assert (await the_session(connection))["version"] == before


async def test_clock_that_was_set_back_makes_no_session_everlasting(
    platform: Platform, signed_in: SignedIn, connection: Any
):
    """A year ahead when the session began: its times lie a year ahead of the clock that is right."""
    await shift(connection, created_at=365 * DAY, last_used_at=365 * DAY, expires_at=365 * DAY)
    await authenticate(platform.context, signed_in.token)
    session = await the_session(connection)
    assert abs(session["expires_at"] - session["now"] - 14 * DAY) < CLOSE
    assert session["created_at"] <= session["now"]
    await shift(connection, created_at=-29 * DAY, last_used_at=-1 * DAY)
    await authenticate(platform.context, signed_in.token)
    session = await the_session(connection)
    assert abs(session["expires_at"] - session["now"] - 1 * DAY) < CLOSE


async def test_clock_that_is_set_back_a_little_ends_no_session(
    platform: Platform, signed_in: SignedIn, connection: Any
):
    little = timedelta(seconds=5)
    await shift(connection, created_at=little, last_used_at=little, expires_at=little)
    assert (await authenticate(platform.context, signed_in.token)).signed_in.session_id is not None


async def test_all_other_sessions_end_at_once(platform: Platform, ada: User, signed_in: SignedIn, sign_up: SignUp):
    await sign_up("eve")
    others = [
        await platform.acting_as(None).sessions.create(NewSession(login=login, password=PASSWORD))
        for login in ("ada", "ada", "eve")
    ]
    actor = (await authenticate(platform.context, signed_in.token)).signed_in
    await platform.acting_as(actor).sessions.end_others("me")
    assert (await authenticate(platform.context, signed_in.token)).signed_in.user_id == ada.id
    assert (await authenticate(platform.context, others[2].token)).signed_in.user_id != ada.id
    for ended in others[:2]:
        with pytest.raises(Unauthenticated):
            await authenticate(platform.context, ended.token)


async def test_operator_ends_all_sessions_of_a_user(platform: Platform, ada: User, signed_in: SignedIn):
    assert len((await platform.sessions.list_of_user(ada.id, PageRequest())).data) == 1
    await platform.sessions.end_others(ada.id)
    with pytest.raises(Unauthenticated):
        await authenticate(platform.context, signed_in.token)


async def test_fellow_member_sees_and_ends_no_sessions_of_others(platform: Platform, ada: User, sign_up: SignUp):
    eve = await sign_up("eve")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    await platform.acting_as(ada.id).organizations.members.put(acme.id, eve.id, NewRole(role="admin"))
    for attempt in (
        platform.acting_as(eve.id).sessions.list_of_user(ada.id, PageRequest()),
        platform.acting_as(eve.id).sessions.end_others(ada.id),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_ending_the_others_keeps_the_session_of_nobody_else(platform: Platform, ada: User, signed_in: SignedIn):
    await platform.acting_as(Actor(user_id=ada.id)).sessions.end_others("me")
    with pytest.raises(Unauthenticated):
        await authenticate(platform.context, signed_in.token)


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (None, "Unknown device"),
        ("", "Unknown device"),
        ("Mozilla/5.0", "Unknown device"),
        ("<script>alert(1)</script>", "Unknown device"),
        ("\x1b[31m", "Unknown device"),
        (FIREFOX, "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/131.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.1 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {WEBKIT} Version/18.1 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.5.0", "curl"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("okhttp/4.12.0", "okhttp"),
        ("A" * 500, "Unknown device"),
    ],
)
def test_device_is_named_as_people_know_it(user_agent: str | None, device: str):
    assert describe(user_agent) == device
