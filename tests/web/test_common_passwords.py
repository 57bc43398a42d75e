"""Passwords that many people have are refused, wherever one is set."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from tests.conftest import PASSWORD

from freehold import NewSession, NewUser, PasswordChange, Platform, Settings, User
from freehold.passwords.common import is_common
from freehold.passwords.hashing import CommonPassword

COMMON = "Password123"
SignUp = Callable[[str], Awaitable[User]]


@pytest.mark.parametrize(
    "password",
    ["Password1", "PASSWORd1", "Qwerty123", "P4ssw0rd1", "Password2024!", "Sunshine1", "Trustno1", "Passw0rd"],
)
def test_common_password_is_known(password: str):
    assert is_common(password)


@pytest.mark.parametrize(
    "password", ["Lovelace1", "Analytical2", "Ruby-1815", "correct Horse 7 battery", "Zx9kQ2vLm", "Ünïcode 1"]
)
def test_other_password_is_not(password: str):
    assert not is_common(password)


async def test_sign_up_with_a_common_password_names_the_field(client: httpx.AsyncClient):
    answer = await client.post("/v1/users", json={"username": "ada", "email": "ada@example.com", "password": COMMON})
    assert answer.status_code == 409
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/password", "common_password")]


async def test_change_to_a_common_password_is_refused(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    change = PasswordChange(current_password=PASSWORD, new_password=COMMON)
    with pytest.raises(CommonPassword) as refused:
        await platform.acting_as(ada.id).users.change_password("me", change)
    assert refused.value.errors[0].pointer == "/new_password"
    with pytest.raises(CommonPassword):
        await platform.users.set_password(ada.id, COMMON)
    await platform.sessions.create(NewSession(login="ada", password=PASSWORD))


async def test_setting_lets_common_passwords_through(database_url: str):
    async with Platform.open(database_url, settings=Settings(refuse_common_passwords=False)) as platform:
        await platform.users.create(NewUser(username="ada", email="ada@example.com", password=COMMON))
        await platform.sessions.create(NewSession(login="ada", password=COMMON))
