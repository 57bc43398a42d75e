"""A failed attempt costs the same work, whoever it names and whatever made their hash."""

from itertools import combinations
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.passwords.test_formats import FIREBASE, HASHES

from freehold import NewSession, Platform
from freehold.passwords import formats, hashing, work
from freehold.passwords.formats import work_of
from freehold.passwords.work import Work, charge, dearest, rest
from freehold.sessions import queries
from freehold.sessions.errors import WrongCredentials

ALL: Final = {**HASHES, "Firebase": FIREBASE}


@pytest.mark.parametrize("name", ALL)
def test_every_format_tells_its_work(name: str):
    needed = work_of(ALL[name])
    assert needed is not None
    assert needed.units > 0
    charge(needed)


@given(st.lists(st.builds(Work, st.sampled_from("abc"), st.integers(1, 100)), min_size=1))
def test_done_and_left_are_always_the_same_sum(works: list[Work]):
    most = dearest(works)
    for done in works:
        left = rest(most, done)
        total = dict.fromkeys(most, 0)
        for kind, units in [done, *left]:
            total[kind] += units
        assert total == most


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What is spent on passwords from now on, by kind."""
    units: dict[str, int] = {}

    def note(done: Work | None) -> None:
        assert done is not None
        units[done.kind] = units.get(done.kind, 0) + done.units

    real_fits, real_charge = formats.fits, work.charge

    def fits(stored: str, password: str) -> bool:
        note(work_of(stored))
        return real_fits(stored, password)

    def charging(left: Work) -> None:
        note(left)
        real_charge(left)

    monkeypatch.setattr(hashing, "fits", fits)
    monkeypatch.setattr(hashing, "charge", charging)
    return units


PEOPLE = {
    "django": HASHES["pbkdf2_sha256 (Django)"],
    "dearer": HASHES["pbkdf2_sha256 (Django)"].replace("$1000$", "$3000$"),
    "bcrypt4": HASHES["bcrypt 2b"],
    "bcrypt6": HASHES["bcrypt (Django)"].replace("$04$", "$06$"),
    "scrypt": HASHES["scrypt (Werkzeug)"],
    "scrypt5": HASHES["scrypt (Django)"],
    "better": HASHES["better-auth"],
    "firebase": FIREBASE,
    "crypt": HASHES["$6$ (passlib)"],
    "ssha": HASHES["{SSHA} (passlib)"],
    "argon2": HASHES["argon2i (PHC)"],
    "nobody_has": "!",
    "broken": "what is this",
}


async def put(connection: Any, name: str, stored: str) -> None:
    await connection.execute(
        "INSERT INTO users (username, email, password_hash) VALUES ($1::text, $1::text || '@example.com', $2)",
        name,
        stored,
    )


@pytest.mark.parametrize("password", ["Wrong1234", "Wr\u00f6ng1234", "Wro\u0308ng1234"])
async def test_every_failed_sign_in_costs_the_same_work(
    platform: Platform, sign_up: Any, connection: Any, spent: dict[str, int], password: str
):
    await sign_up("own_hash")
    for name, stored in PEOPLE.items():
        await put(connection, name, stored)
    bills = {}
    for login in ["own_hash", *PEOPLE, "unknown", "unknown@example.com"]:
        spent.clear()
        with pytest.raises(WrongCredentials):
            await platform.sessions.create(NewSession(login=login, password=password))
        bills[login] = dict(spent)
    assert bills["unknown"]["bcrypt"] >= 64
    for one, other in combinations(bills, 2):
        assert bills[one] == bills[other], (one, other)


async def test_with_todays_hashes_alone_nothing_is_charged(platform: Platform, sign_up: Any, spent: dict[str, int]):
    await sign_up("ada")
    for login in ("ada", "unknown"):
        spent.clear()
        with pytest.raises(WrongCredentials):
            await platform.sessions.create(NewSession(login=login, password="Wrong1234"))
        assert spent == {"argon2 1": 2 * 19456}


async def test_each_kind_and_cost_in_use_is_found_once(platform: Platform, connection: Any):
    for number in range(3):
        for name, stored in PEOPLE.items():
            await put(connection, f"{name}_{number}", stored)
    found = await queries.password_hashes_in_use(platform.context.db)
    costs = {work_of(stored) for stored in PEOPLE.values() if stored not in {"!", "what is this"}}
    assert {work_of(one) for one in found} - {None} == costs
    assert len(found) <= len(PEOPLE)


@pytest.mark.parametrize("name", ALL)
async def test_kind_tells_neither_salt_nor_key(platform: Platform, connection: Any, name: str):
    """Or each hash would be a kind of its own, and a failed attempt would go through all of them."""
    for number in range(3):
        stored = ALL[name][:-6] + str(number) + ALL[name][-5:]
        await put(connection, f"user_{number}", stored)
    assert len(await queries.password_hashes_in_use(platform.context.db)) == 1
