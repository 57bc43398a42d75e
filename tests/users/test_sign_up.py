"""Who may sign up."""

import pytest
from tests.mail.letters import letters_to
from tests.users.conftest import OpenClient
from tests.users.people import code, headers_of, sign_up

from freehold import InvalidToken, NewUser, Platform, Settings, User
from freehold.data.context import Context
from freehold.users import operations

ADA = NewUser(username="ada", email="ada@example.com", password="Lovelace1", invitation_token="fhi_x")


async def test_everybody_signs_up_unless_told_otherwise(open_client: OpenClient):
    assert (await sign_up(await open_client(Settings()))).status_code == 201


@pytest.mark.parametrize("sign_up_is", ["invitation", "closed"])
async def test_strangers_do_not_sign_up_where_it_is_closed(sign_up_is: str, open_client: OpenClient):
    client = await open_client(Settings.from_environment({"FREEHOLD_SIGN_UP": sign_up_is}))
    answer = await sign_up(client)
    assert code(answer, 403) == "sign_up_closed"
    assert ("invitation" in answer.json()["detail"]) is (sign_up_is == "invitation")


@pytest.mark.parametrize("sign_up_is", ["invitation", "closed"])
async def test_administrators_make_accounts_all_the_same(sign_up_is: str, open_client: OpenClient, platform: Platform):
    new = NewUser(username="root", email="root@example.com", password="Lovelace1")
    await platform.users.create(new, is_admin=True)
    client = await open_client(Settings.from_environment({"FREEHOLD_SIGN_UP": sign_up_is}))
    admin = await headers_of(client, "root")
    body = {"username": "bob", "email": "bob@example.com", "password": "Lovelace1"}
    assert (await client.post("/v1/users", json=body, headers=admin)).status_code == 201
    ordinary = await headers_of(client, "bob")
    assert code(await client.post("/v1/users", json=body, headers=ordinary), 403) == "sign_up_closed"


async def test_token_of_no_invitation_signs_nobody_up(open_client: OpenClient):
    client = await open_client(Settings())
    answer = await sign_up(client, invitation_token="fhi_x")
    assert code(answer, 409) == "invalid_token"
    assert answer.json()["errors"][0]["pointer"] == "/invitation_token"


async def test_invitation_is_used_up_in_the_transaction_that_makes_the_user(platform: Platform):
    async def refuse(_context: Context, _user: User) -> None:
        raise InvalidToken("/invitation_token")

    async def accept(_context: Context, user: User) -> None:
        seen.append(user)

    seen: list[User] = []
    stranger = platform.acting_as(None).context
    with pytest.raises(InvalidToken):
        await operations.create(stranger, ADA, invited=refuse)
    made = await operations.create(stranger, ADA, invited=accept)
    assert seen == [made]
    assert made.email_verified is True  # the token came by mail
    assert await letters_to(platform, made.email) == []
