"""Guessing passwords gets slower and slower; nobody is locked out for good by somebody else."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest
from tests.conftest import PASSWORD
from tests.users.people import arrive

from freehold import NewSession, PasswordChange, Platform, Settings, User
from freehold.serve.application import create_application
from freehold.sessions.errors import WrongCredentials
from freehold.users.backoff.attempts import _folded
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.backoff.jobs import drop_expired
from freehold.users.errors import WrongPassword

HOME, AWAY, ATTACKER = "192.0.2.1", "198.51.100.7", "203.0.113.9"
SignUp = Callable[[str], Awaitable[User]]


class Device:
    """Somebody who signs in from an address."""

    def __init__(self, platform: Platform, ip: str | None) -> None:
        context = msgspec.structs.replace(platform.context, actor=None, ip=ip)
        self._sessions = Platform(context).sessions

    async def sign_in(self, login: str = "ada", password: str = PASSWORD) -> None:
        await self._sessions.create(NewSession(login=login, password=password))

    async def fail(self, times: int, login: str = "ada") -> None:
        for _ in range(times):
            with pytest.raises(WrongCredentials):
                await self.sign_in(login, "Wrong1234")

    async def wait(self, login: str = "ada", password: str = PASSWORD) -> int:
        with pytest.raises(SignInDelayed) as delayed:
            await self.sign_in(login, password)
        return delayed.value.retry_after_seconds


async def pass_time(connection: Any, seconds: int) -> None:
    """Let the database see everything as so much longer ago."""
    await connection.execute("UPDATE sign_in_budgets SET retry_at = retry_at - make_interval(secs => $1)", seconds)


async def test_each_attempt_after_five_failures_waits_twice_as_long(
    platform: Platform, sign_up: SignUp, connection: Any
):
    await sign_up("ada")
    device = Device(platform, ATTACKER)
    await device.fail(5)
    waits = []
    for _ in range(12):
        waits.append(await device.wait())
        await pass_time(connection, 900)
        await device.fail(1)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


async def test_right_password_waits_too_and_is_not_looked_at(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    device = Device(platform, ATTACKER)
    await device.fail(5)
    assert await device.wait(password=PASSWORD) == await device.wait(password="Wrong1234") == 1


async def test_success_forgives_what_failed(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    device = Device(platform, HOME)
    for _ in range(3):
        await device.fail(4)
        await device.sign_in()
    await Device(platform, AWAY).fail(4)


async def test_unknown_login_behaves_as_a_known_one(platform: Platform, sign_up: SignUp, connection: Any):
    await sign_up("ada")
    await sign_up("eve")
    waits: dict[str, list[int]] = {}
    for number, login in enumerate(["ada", "nobody", "eve@example.com", "nobody@example.com"]):
        device = Device(platform, f"203.0.113.{number}")
        await device.fail(5, login)
        waits[login] = [await device.wait(login)]
        await pass_time(connection, 900)
        await device.fail(1, login)
        waits[login].append(await device.wait(login))
        await pass_time(connection, 900)
    assert set(map(tuple, waits.values())) == {(1, 2)}


async def test_stranger_who_guesses_does_not_keep_a_known_device_out(
    platform: Platform, sign_up: SignUp, connection: Any
):
    await sign_up("ada")
    home = Device(platform, HOME)
    await home.sign_in()
    await Device(platform, ATTACKER).fail(5)
    # The second that they wait must not be over before this test is.
    await connection.execute("UPDATE sign_in_budgets SET retry_at = retry_at + interval '1 minute' WHERE failures > 4")
    await Device(platform, ATTACKER).wait()
    await Device(platform, AWAY).wait()
    await home.sign_in()
    await home.sign_in("ADA@example.com")
    # Signing in at home is no help to the one who guesses.
    await Device(platform, ATTACKER).wait()


async def test_known_device_has_a_budget_of_its_own_and_no_endless_one(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    home = Device(platform, HOME)
    await home.sign_in()
    await home.fail(5)
    assert await home.wait() == 1
    await Device(platform, AWAY).sign_in()


async def test_one_address_that_tries_many_logins_is_slowed_down(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    attacker = Device(platform, ATTACKER)
    for number in range(50):
        await attacker.fail(1, f"user{number}")
    await attacker.wait("ada")
    await Device(platform, AWAY).sign_in("ada")


async def test_neighbours_in_one_ipv6_network_are_one_address(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    for number in range(50):
        await Device(platform, f"2001:db8::{number:x}").fail(1, f"user{number}")
    await Device(platform, "2001:db8::ffff").wait()
    await Device(platform, "2001:db8:0:1::1").sign_in()


@pytest.mark.usefixtures("honest_hashes")
async def test_guesses_made_at_once_are_answered_alike_as_soon_as_enough_have_failed(
    platform: Platform, sign_up: SignUp
):
    await sign_up("ada")
    guesses = [f"Wrong{number:04}" for number in range(12)] + [PASSWORD]
    device = Device(platform, ATTACKER)
    answers = await asyncio.gather(*(device.sign_in("ada", guess) for guess in guesses), return_exceptions=True)
    assert {type(answer) for answer in answers} <= {WrongCredentials, SignInDelayed, type(None)}
    await device.wait()


async def test_clock_that_is_set_back_locks_nobody_out(platform: Platform, sign_up: SignUp, connection: Any):
    await sign_up("ada")
    device = Device(platform, ATTACKER)
    await device.fail(5)
    await pass_time(connection, -86_400)  # written when the clock was a day ahead
    await device.sign_in()


async def test_failures_fade_after_a_day(platform: Platform, sign_up: SignUp, connection: Any):
    await sign_up("ada")
    device = Device(platform, ATTACKER)
    await device.fail(5)
    await pass_time(connection, 2 * 86_400)
    await device.fail(4)
    await device.sign_in()


async def test_guessing_the_current_password_in_an_open_session_is_slowed_down(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    acting = platform.acting_as(ada.id)
    change = PasswordChange(current_password="Wrong1234", new_password="Analytical2")
    for _ in range(5):
        with pytest.raises(WrongPassword):
            await acting.users.change_password("me", change)
    with pytest.raises(SignInDelayed):
        await acting.users.change_password("me", PasswordChange(current_password=PASSWORD, new_password="Analytical2"))


async def test_table_tells_neither_logins_nor_addresses_and_is_emptied(
    platform: Platform, sign_up: SignUp, connection: Any
):
    await sign_up("ada")
    await Device(platform, HOME).sign_in()
    await Device(platform, ATTACKER).fail(1)
    stored = str(await connection.fetch("SELECT subject FROM sign_in_budgets"))
    assert all(text not in stored for text in ("ada", HOME, ATTACKER))
    await connection.execute("UPDATE sign_in_budgets SET expires_at = now()")
    await drop_expired(platform.context)
    assert await connection.fetchval("SELECT count(*) FROM sign_in_budgets") == 0


@pytest.mark.parametrize(
    "way", ["PUT /v1/users/me/password", "POST /v1/sessions/current/refresh", "DELETE /v1/users/me"]
)
async def test_thief_of_a_session_does_not_delay_the_owner_on_a_device_that_is_known(database_url: str, way: str):
    """The thief guesses and floods from elsewhere with the session itself; the owner sets a new password at once."""
    settings = Settings(writes_per_minute=5, sign_ins_per_minute=20)
    async with Platform.open(database_url, settings=settings) as platform:
        application = create_application(platform)

        def at(ip: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(application, client=(ip, 1))
            return httpx.AsyncClient(transport=transport, base_url="http://test")

        async with at("192.0.2.1") as home, at("198.51.100.9") as elsewhere:
            ada = await arrive(home)
            method, _, path = way.partition(" ")
            fields = {"PUT": "current_password", "POST": "password", "DELETE": "current_password"}
            guess = {fields[method]: "Wrong1234"} | ({"new_password": "Stolen123"} if method == "PUT" else {})
            for _ in range(12):
                await elsewhere.request(method, path, json=guess, headers=ada)
            for _ in range(8):
                await elsewhere.patch("/v1/users/me", json={"locale": "de"}, headers=ada)
            change = {"current_password": PASSWORD, "new_password": "Analytical2"}
            answer = await home.put("/v1/users/me/password", json=change, headers=ada)
            assert answer.status_code == 204, answer.text


@pytest.mark.parametrize(
    "spellings",
    [("Ada@Bücher.example", "ada@xn--bcher-kva.example"), ("u\u0308@x.example", "\u00fc@x.example"), ("ADA", "ada")],
)
def test_every_spelling_of_a_login_has_one_budget(spellings: tuple[str, str]):
    assert len(set(map(_folded, spellings))) == 1


SPELLINGS = [
    "ada",
    "ADA",
    " Ada\u00a0",
    "\uff41\uff44\uff41",
    "ada@example.com",
    "\tADA@EXAMPLE.COM ",
    "ada@EXAMPLE.com\n",
]


@pytest.mark.parametrize("first", SPELLINGS)
async def test_however_a_login_is_written_and_sent_an_account_has_one_budget(first: str, database_url: str):
    """By username and address, in any case, with white space, in full-width letters; over HTTP and on the page."""
    async with Platform.open(database_url, settings=Settings(rate_limits="off")) as platform:
        transport = httpx.ASGITransport(create_application(platform), client=(ATTACKER, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await arrive(client)
            tried = [first, *(spelling for spelling in SPELLINGS if spelling != first)]
            answers = []
            for number, spelling in enumerate(tried):
                typed = {"login": spelling, "password": "Wrong1234"}
                on_the_page = number % 2 == 1
                sent = {"data": typed, "headers": {"Origin": "http://test"}} if on_the_page else {"json": typed}
                answer = await client.post("/sign-in" if on_the_page else "/v1/sessions", **sent)  # type: ignore[arg-type]
                answers.append(answer.status_code)
            assert answers[5:] == [429, 429], answers
            for spelling in SPELLINGS:
                assert (
                    await client.post("/v1/sessions", json={"login": spelling, "password": PASSWORD})
                ).status_code == 429


async def test_spelling_that_is_no_login_of_an_account_never_signs_in_to_it(platform: Platform, sign_up: SignUp):
    """Full-width letters before the @ are another mailbox: who guesses with them guesses at nobody's password."""
    await sign_up("ada")
    with pytest.raises(WrongCredentials):
        await Device(platform, ATTACKER).sign_in("\uff41\uff44\uff41@example.com")
