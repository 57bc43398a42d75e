"""Signing keys come and go, and no token that was good is refused meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from tests.conftest import PASSWORD, trusting
from tests.tokens.conftest import keys_of, verified

from freehold import Forbidden, NewServiceToken, Platform, SigningKey, User
from freehold.data.sql import STATEMENTS
from freehold.platform import every_job
from freehold.tokens.jobs import rotate_keys
from freehold.tokens.queries import Signer
from freehold.tokens.rotating import LEAD_SECONDS, OVERLAP_SECONDS
from freehold.tokens.signing import new_pair
from freehold.tokens.types import CACHE_SECONDS, TOKEN_SECONDS


async def pass_time(connection: Any, seconds: float) -> None:
    """Let the keys be so much older, which is the same as waiting."""
    await connection.execute(
        "UPDATE signing_keys SET created_at = created_at - make_interval(secs => $1), "
        "signs_from = signs_from - make_interval(secs => $1)",
        seconds,
    )


async def token_of(platform: Platform, user: User) -> str:
    return (await platform.acting_as(user.id).tokens.create(NewServiceToken())).token


def kid(token: str) -> str:
    found: str = jwt.get_unverified_header(token)["kid"]
    return found


def test_key_is_known_before_it_signs_and_until_nothing_it_signed_is_valid():
    assert LEAD_SECONDS > CACHE_SECONDS
    assert OVERLAP_SECONDS > TOKEN_SECONDS + CACHE_SECONDS


async def test_every_token_is_accepted_through_a_rotation(
    platform: Platform, client: httpx.AsyncClient, ada: User, connection: Any
):
    """A service that reads the keys as seldom as it may, at the worst moments, accepts all that are valid."""
    first = await token_of(platform, ada)
    held = await keys_of(client)  # read just before the rotation
    await platform.tokens.rotate_key()
    assert kid(await token_of(platform, ada)) == kid(first)
    assert len((await keys_of(client)).keys) == 2

    await pass_time(connection, CACHE_SECONDS)
    assert verified(await token_of(platform, ada), held)  # it is read again now, with the new key in it
    held = await keys_of(client)
    await pass_time(connection, LEAD_SECONDS - CACHE_SECONDS + 1)
    second = await token_of(platform, ada)
    assert kid(second) != kid(first)
    assert verified(second, held)

    await pass_time(connection, TOKEN_SECONDS)  # the last moment at which a token of the first key can be valid
    await rotate_keys(platform.context)
    assert kid(first) in {key.key_id for key in (await keys_of(client)).keys}
    await pass_time(connection, OVERLAP_SECONDS)
    await rotate_keys(platform.context)
    assert {key.key_id for key in (await keys_of(client)).keys} == {kid(second)}
    assert await connection.fetchval("SELECT count(*) FROM signing_keys") == 1


async def test_key_that_waits_is_not_made_twice(platform: Platform, ada: User):
    await token_of(platform, ada)
    first = await platform.tokens.rotate_key()
    again = await platform.tokens.rotate_key()
    assert again == first
    assert len(first.data) == 2
    assert first.data[1].ended_at == first.data[0].signs_from


async def test_key_that_leaked_verifies_nothing_any_more(platform: Platform, client: httpx.AsyncClient, ada: User):
    leaked = await token_of(platform, ada)
    await platform.tokens.rotate_key()  # one that waits may have leaked with it
    (left,) = (await platform.tokens.rotate_key(at_once=True)).data
    keys = await keys_of(client)
    assert [key.key_id for key in keys.keys] == [str(left.id)]
    with pytest.raises(KeyError):
        verified(leaked, keys)
    assert verified(await token_of(platform, ada), keys)


async def test_job_makes_the_first_key_and_the_next_when_it_is_time(database_url: str, connection: Any):
    async with Platform.open(database_url, settings=trusting(signing_key_days=2)) as platform:
        await rotate_keys(platform.context)
        (first,) = (await platform.tokens.list_keys()).data
        await rotate_keys(platform.context)
        assert (await platform.tokens.list_keys()).data == [first]
        await pass_time(connection, timedelta(days=2).total_seconds())
        await rotate_keys(platform.context)
        second, _ = (await platform.tokens.list_keys()).data
        await rotate_keys(platform.context)
        assert [key.id for key in (await platform.tokens.list_keys()).data] == [second.id, first.id]
    assert rotate_keys in every_job()


async def test_nodes_that_begin_at_once_make_one_key(database_url: str):
    async with Platform.open(database_url) as one, Platform.open(database_url) as two:
        await asyncio.gather(*(rotate_keys(each.context) for each in (one, two) * 5))
        assert len((await one.tokens.list_keys()).data) == 1
        await asyncio.gather(*(each.tokens.rotate_key() for each in (one, two) * 5))
        assert len((await one.tokens.list_keys()).data) == 2


async def test_nodes_make_the_first_key_for_the_first_tokens(platform: Platform, client: httpx.AsyncClient, ada: User):
    found = await asyncio.gather(*(token_of(platform, ada) for _ in range(10)))
    keys = await keys_of(client)
    assert len({kid(token) for token in found}) == 1
    assert all(verified(token, keys) for token in found)


async def test_rotation_is_for_administrators_and_in_the_log(platform: Platform, ada: User, connection: Any):
    for what in (platform.acting_as(ada.id).tokens.rotate_key, platform.acting_as(ada.id).tokens.list_keys):
        with pytest.raises(Forbidden):
            await what()
    await platform.tokens.rotate_key()
    await platform.tokens.rotate_key(at_once=True)
    rows = await connection.fetch(
        "SELECT details FROM audit_events WHERE action = 'signing_key.rotate' ORDER BY sequence"
    )
    assert ['"at_once": true' in row["details"] for row in rows] == [False, True]


async def test_private_half_is_shown_nowhere(
    platform: Platform, client: httpx.AsyncClient, ada: User, connection: Any, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    token = await token_of(platform, ada)
    private = await connection.fetchval("SELECT private_key FROM signing_keys")
    listed = await platform.tokens.list_keys()
    shown = [repr(listed), (await client.get("/.well-known/jwks.json")).text, token, caplog.text]
    shown += [repr(Signer(ada.id, private)), repr(new_pair()._replace(private_key=private))]
    for text in shown:
        assert repr(private) not in text
        assert private.hex() not in text
        assert repr(private)[2:-1] not in text
    assert SigningKey.__struct_fields__ == ("id", "created_at", "signs_from", "ended_at")
    readers = [name for name, each in STATEMENTS.items() if "private_key" in each.sql.partition("RETURNING")[0]]
    assert sorted(readers) == ["freehold.tokens.insert", "freehold.tokens.signer"]
    assert PASSWORD not in caplog.text
