"""Keys are rotated, expire, and are forgotten; only so many work at a time."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.api_keys.conftest import As

from freehold import (
    Action,
    Conflict,
    Invalid,
    IssuedApiKey,
    KeyRotation,
    NewApiKey,
    Organization,
    PageRequest,
    Platform,
    Unauthenticated,
    User,
)
from freehold.api_keys.errors import TooManyApiKeys
from freehold.api_keys.issuing import MOST_KEYS
from freehold.api_keys.jobs import forget_expired
from freehold.api_keys.operations import authenticate


async def test_rotated_key_has_the_same_limits_and_the_old_one_goes_on_for_the_overlap(
    platform: Platform, ada: User, acme: Organization, with_key: As, connection: Any
):
    keys = platform.acting_as(ada.id).organizations.api_keys
    expires_at = datetime.now(UTC) + timedelta(days=90)
    old = await keys.create(acme.id, NewApiKey(name="deploy", actions=(Action.PROJECT_READ,), expires_at=expires_at))
    new = await keys.rotate(acme.id, old.id, KeyRotation())
    assert (new.name, new.actions, new.expires_at) == (old.name, old.actions, old.expires_at)
    assert new.key != old.key
    for key in (old.key, new.key):
        await (await with_key(key)).projects.list(acme.id, PageRequest())
    left = await connection.fetchval("SELECT expires_at - now() FROM api_keys WHERE id = $1", old.id)
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    last = await keys.rotate(acme.id, new.id, KeyRotation(overlap_seconds=0))
    with pytest.raises(Unauthenticated):
        await with_key(new.key)
    await with_key(last.key)
    with pytest.raises(Conflict) as error:
        await keys.rotate(acme.id, new.id, KeyRotation())
    assert error.value.code == "api_key_expired"


@pytest.mark.parametrize("seconds", [-1, 604_801, True, "60"])
def test_overlap_beyond_a_week_is_refused(seconds: Any):
    with pytest.raises(Invalid):
        KeyRotation(overlap_seconds=seconds)


@pytest.mark.parametrize(
    "moment",
    ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2027-01-01T00:00:00", "2027-13-01T00:00:00Z", "tomorrow", "", 5],
)
def test_expiry_must_be_a_time_with_offset_in_the_next_ten_years(moment: Any):
    with pytest.raises(Invalid) as error:
        NewApiKey(name="k", expires_at=moment)
    assert error.value.errors[0].pointer == "/expires_at"


async def test_expired_keys_are_forgotten_after_a_month(platform: Platform, ada: User, connection: Any):
    for name, days in (("old", 31), ("recent", 29)):
        issued = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name=name))
        await connection.execute(
            "UPDATE api_keys SET expires_at = now() - make_interval(days => $2) WHERE id = $1", issued.id, days
        )
    await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="lasting"))
    await forget_expired(platform.context)
    left = (await platform.acting_as(ada.id).api_keys.list("me", PageRequest())).data
    assert [key.name for key in left] == ["lasting", "recent"]


@pytest.mark.parametrize("of", ["user", "organization"])
async def test_thousand_keys_work_and_not_one_more_also_in_a_race(
    of: str, platform: Platform, ada: User, acme: Organization, connection: Any
):
    ada_acts = platform.acting_as(ada.id)
    owner = ("user_id", ada.id) if of == "user" else ("organization_id", acme.id)
    await connection.execute(
        f"INSERT INTO api_keys ({owner[0]}, name, hint, key_hash, actions, expires_at) "  # noqa: S608 - our own names
        "SELECT $1, 'k', 'x', sha256(n::text::bytea), '{}', CASE WHEN n > $2 THEN now() END "
        "FROM generate_series(1, $2 + 50) n",
        owner[1],
        MOST_KEYS - 2,
    )

    async def make() -> IssuedApiKey:
        new = NewApiKey(name="k")
        if of == "user":
            return await ada_acts.api_keys.create("me", new)
        return await ada_acts.organizations.api_keys.create(acme.id, new)

    async def rotate(key: IssuedApiKey, overlap_seconds: int) -> IssuedApiKey:
        rotation = KeyRotation(overlap_seconds=overlap_seconds)
        if of == "user":
            return await ada_acts.api_keys.rotate("me", key.id, rotation)
        return await ada_acts.organizations.api_keys.rotate(acme.id, key.id, rotation)

    results = await asyncio.gather(*(make() for _ in range(6)), return_exceptions=True)
    made = [each for each in results if isinstance(each, IssuedApiKey)]
    assert len(made) == 2
    assert [type(each) for each in results if not isinstance(each, IssuedApiKey)] == [TooManyApiKeys] * 4
    with pytest.raises(TooManyApiKeys):
        await rotate(made[0], 60)
    await authenticate(platform.context, made[0].key)
    await authenticate(platform.context, (await rotate(made[0], 0)).key)
    with pytest.raises(Unauthenticated):
        await authenticate(platform.context, made[0].key)
