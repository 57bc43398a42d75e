"""A password is the same text however it is typed: in composed or decomposed letters, in full width."""

import unicodedata
from typing import Any, Final

import argon2
import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold import NewSession, NewUser, PasswordChange, Platform
from freehold.base.errors import Invalid
from freehold.base.scalars import PASSWORD, SECRET
from freehold.passwords.hashing import CommonPassword, Fit, Passwords
from freehold.sessions.errors import WrongCredentials

FORMS: Final[list[Any]] = ["NFC", "NFD", "NFKC", "NFKD"]
PASSWORDS = {
    "Latin": "P\u00e4ssw\u00f6rter1",
    "Vietnamese": "M\u1eadtkh\u1ea9u123",
    "Greek": "\u039a\u03c9\u03b4\u03b9\u03ba\u03cc\u03c2123",
    "Cyrillic": "\u041f\u0430\u0440\u043e\u043b\u044c\u0439\u04515",
    "Hangul": "\ube44\ubc00\ubc88\ud638Ab1\uac01",
    "full width": "\uff30\uff41ssword\uff19\u00e9q",
    "ligature": "O\ufb03ce-hour7",
}
every_form = pytest.mark.parametrize("typed", FORMS)


@pytest.mark.parametrize("script", PASSWORDS)
@every_form
async def test_password_fits_in_every_normal_form(typed: Any, script: str):
    passwords = Passwords(threads=1, queue=1)
    try:
        stored = await passwords.hash(unicodedata.normalize(typed, PASSWORDS[script]))
        for form in FORMS:
            assert await passwords.compare(stored, unicodedata.normalize(form, PASSWORDS[script])) is Fit.YES
        assert not await passwords.verify(stored, PASSWORDS[script] + "x")
    finally:
        passwords.close()


@every_form
async def test_hash_of_what_was_typed_is_known_and_made_anew(platform: Platform, connection: Any, typed: Any):
    plain = PASSWORDS["full width"]
    as_typed = unicodedata.normalize(typed, plain)
    for number, stored in enumerate(
        [
            argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(as_typed),
            bcrypt.hashpw(as_typed.encode(), bcrypt.gensalt(4)).decode(),
        ]
    ):
        login = f"user_{number}"
        await connection.execute(
            "INSERT INTO users (username, email, password_hash) VALUES ($1::text, $1::text || '@example.com', $2)",
            login,
            stored,
        )
        await platform.sessions.create(NewSession(login=login, password=as_typed))
        for form in FORMS:  # it is hashed in its normal form now
            await platform.sessions.create(NewSession(login=login, password=unicodedata.normalize(form, plain)))
        renewed = await connection.fetchval("SELECT password_hash FROM users WHERE username = $1", login)
        assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("script", PASSWORDS)
async def test_every_way_to_set_a_password_hashes_the_same_text(platform: Platform, script: str):
    nfd, nfc = (unicodedata.normalize(form, PASSWORDS[script]) for form in ("NFD", "NFC"))
    ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=nfd))

    async def fits_in_all_forms() -> None:
        for form in FORMS:
            await platform.sessions.create(
                NewSession(login="ada", password=unicodedata.normalize(form, PASSWORDS[script]))
            )

    await fits_in_all_forms()
    await platform.users.set_password(ada.id, "Analytical2")
    with pytest.raises(WrongCredentials):
        await fits_in_all_forms()
    await platform.users.set_password(ada.id, nfc)
    await fits_in_all_forms()
    change = PasswordChange(current_password=nfd, new_password=nfd)
    await platform.acting_as(ada.id).users.change_password("me", change)
    await fits_in_all_forms()


@pytest.mark.parametrize(
    "spaced", [" Lovelace1x", "Lovelace1x ", "Love lace1x", "Lovelace1x\u200b", "\u202eLovelace1x"]
)
async def test_nothing_else_of_a_password_is_changed(spaced: str):
    passwords = Passwords(threads=1, queue=1)
    try:
        stored = await passwords.hash(spaced)
        assert await passwords.verify(stored, spaced)
        assert not await passwords.verify(stored, "Lovelace1x")
    finally:
        passwords.close()


async def test_common_password_in_full_width_is_common():
    passwords = Passwords(threads=1, queue=1)
    try:
        with pytest.raises(CommonPassword):
            await passwords.hash("\uff30\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff11")
    finally:
        passwords.close()


def test_marks_do_not_make_up_for_a_length():
    with pytest.raises(ValueError, match="8 to 128"):
        PASSWORD.check("E\u0301e\u0301e\u03011")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_what_is_accepted_can_be_typed_to_sign_in(typed: str):
    try:
        accepted = PASSWORD.check(typed)
    except ValueError:
        return
    assert accepted == typed
    assert SECRET.check(typed) == typed
    assert len(unicodedata.normalize("NFKC", typed)) >= 8


async def test_name_of_the_password_is_in_the_refusal(platform: Platform):
    with pytest.raises(Invalid) as refused:
        await platform.users.create(NewUser(username="ada", email="ada@example.com", password="E\u0301" * 4))
    assert [error.pointer for error in refused.value.errors] == ["/password"]
