"""The asynchronous platform, awaited in event loops that are not its own."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.conftest import PASSWORD, TRUSTING

import freehold
from freehold import Missing, NewOrganization, NewSession, NewUser, Unauthenticated
from freehold.sync import Platform
from freehold.sync.bridge import bridged


@pytest.fixture
def platform(database_url: str) -> Iterator[Platform]:
    with Platform.open(database_url, settings=TRUSTING) as opened:
        yield opened


async def use(platform: freehold.Platform, name: str) -> None:
    user = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
    as_user = platform.acting_as(user.id)
    assert as_user.context.actor_id == user.id
    slug = (await as_user.organizations.create(NewOrganization(name=f"Of {name}"))).slug
    member = await as_user.organizations.members.get(slug, "me")
    assert member.role == (await as_user.access(slug, "project.read")).role == "owner"
    session = await platform.acting_as(None).sessions.create(NewSession(login=name, password=PASSWORD))
    signed_in = await platform.authenticate(session.token)
    assert (await signed_in.users.get("me")).id == user.id
    assert name.encode() in b"".join([piece async for piece in await signed_in.users.export("me")])
    await platform.ready()


def test_operations_are_awaited_in_one_event_loop_after_the_other(platform: Platform):
    for name in ("ada", "bob"):
        asyncio.run(use(bridged(platform), name))


async def test_errors_pass_and_many_wait_at_once(platform: Platform):
    there = bridged(platform)
    with pytest.raises(Missing):
        await there.users.find("nobody")
    with pytest.raises(Unauthenticated):
        await there.authenticate("nothing")
    assert await asyncio.gather(*(there.users.any_admin() for _ in range(30))) == [False] * 30


async def test_iterator_that_is_left_gives_back_its_connection(database_url: str):
    settings = freehold.Settings(pool_size=1, acquire_timeout_seconds=5)
    with Platform.open(database_url, settings=settings) as platform:
        there = bridged(platform)
        new = NewUser(username="ada", email="ada@example.com", password=PASSWORD)
        ada = await there.users.create(new)
        async for _ in await there.users.export(ada.id):
            break
        assert await there.users.any_admin() is False


@pytest.mark.parametrize("name", ["working", "within"])
def test_what_stays_in_its_own_event_loop_says_so(platform: Platform, name: str):
    with pytest.raises(RuntimeError, match="own event loop"):
        getattr(bridged(platform), name)
