"""Following the log: every event once, whatever order transactions end in, wherever one begins and goes on."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import SignUp

from freehold import EventsRequest, Forbidden, Invalid, Missing, NewOrganization, NewProject, Organization, Platform
from freehold.access import AccountAction
from freehold.audit.following.following import follow
from freehold.audit.following.jobs import settle
from freehold.audit.recording import record
from freehold.data.context import Context


@pytest.fixture
async def acme(platform: Platform, sign_up: SignUp) -> Organization:
    ada = await sign_up("ada")
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


async def write(context: Context) -> None:
    """Write an event of a chain of its own, so that no writer waits for another."""
    await record(context, AccountAction.DATA_EXPORT, None, user_id=uuid4())


async def settled(connection: Any) -> None:
    """Return when all that was written until now can be read: other tests write on the same server, and delay it."""
    mine = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
    async with asyncio.timeout(60):
        while await connection.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint") <= mine:  # noqa: ASYNC110 - others are waited for
            await asyncio.sleep(0.01)


@asynccontextmanager
async def transaction(platform: Platform, url: str) -> AsyncIterator[tuple[Context, Any]]:
    """A transaction of somebody else's, to be ended when one likes."""
    connection = await asyncpg.connect(url)
    begun = connection.transaction()
    await begun.start()
    try:
        yield platform.within(connection).context, begun
    finally:
        await connection.close()


async def read_on(platform: Platform, after: UUID | None, limit: int = 100) -> list[UUID]:
    """What a reader gets who keeps nothing but the id of the last event."""
    return [event.id for event in await platform.audit.read_events(EventsRequest(after=after, limit=limit))]


async def stored(connection: Any) -> set[UUID]:
    return {row["id"] for row in await connection.fetch("SELECT id FROM audit_events")}


async def test_event_that_is_committed_late_is_read_and_none_twice(
    platform: Platform, database_url: str, connection: Any
):
    """The classic loss: what began first ends last, and whoever reads in between is past it."""
    async with transaction(platform, database_url) as (slow, slow_end):
        await write(slow)
        await write(platform.context)
        first = await read_on(platform, None)
        await slow_end.commit()
    await write(platform.context)
    await settled(connection)
    rest = await read_on(platform, first[-1] if first else None)
    assert len([*first, *rest]) == len({*first, *rest}) == 3
    assert {*first, *rest} == await stored(connection)


@pytest.mark.parametrize("seed", range(6))
async def test_reader_gets_every_event_once_from_writers_that_end_as_they_like(
    seed: int, platform: Platform, database_url: str, connection: Any
):
    chance = random.Random(seed)  # noqa: S311 - the same each time
    got: list[UUID] = []
    async with AsyncExitStack() as stack:
        open_ones: list[tuple[Context, Any]] = []
        for _ in range(80):
            what = chance.choice(["begin", "write", "write", "end", "read", "direct"])
            if what == "begin" and len(open_ones) < 6:
                open_ones.append(await stack.enter_async_context(transaction(platform, database_url)))
            elif what == "write" and open_ones:
                await write(chance.choice(open_ones)[0])
            elif what == "end" and open_ones:
                _, begun = open_ones.pop(chance.randrange(len(open_ones)))
                await (begun.commit() if chance.random() < 0.8 else begun.rollback())
            elif what == "direct":
                await write(platform.context)
            elif what == "read":
                got += await read_on(platform, got[-1] if got else None, limit=chance.randint(1, 5))
        for _, begun in open_ones:
            await begun.commit()
    await settled(connection)
    while found := await read_on(platform, got[-1] if got else None, limit=3):
        got += found
    assert len(got) == len(set(got))
    assert set(got) == await stored(connection)


async def test_organization_is_followed_at_once_in_the_order_of_its_chain(
    platform: Platform, acme: Organization, database_url: str
):
    of_ada = platform.acting_as(acme.owner_id)
    async with transaction(platform, database_url) as (slow, slow_end):
        await write(slow)  # holds up the stream of the platform, and not this one
        for name in ("One", "Two"):
            await of_ada.projects.create("acme", NewProject(name=name))
        events = await of_ada.audit.read_events_of_organization("acme", EventsRequest())
        await slow_end.commit()
    assert [event.sequence for event in events] == [1, 2, 3]
    rest = await of_ada.audit.read_events_of_organization("acme", EventsRequest(after=events[0].id))
    assert rest == events[1:]
    newest = await of_ada.audit.read_events_of_organization("acme", EventsRequest(newest=True, limit=2))
    assert newest == events[1:]


async def test_reading_begins_at_a_time_or_with_the_newest(platform: Platform, connection: Any):
    for _ in range(6):
        await write(platform.context)
    await settled(connection)
    events = await platform.audit.read_events(EventsRequest())
    since = events[3].created_at
    assert await platform.audit.read_events(EventsRequest(from_=since)) == events[3:]
    assert await platform.audit.read_events(EventsRequest(from_=since, after=events[4].id)) == events[5:]
    assert await platform.audit.read_events(EventsRequest(newest=True, limit=2)) == events[4:]
    assert await platform.audit.read_events(EventsRequest(from_=datetime.now(UTC) + timedelta(days=2))) == []
    assert await connection.fetchval("SELECT count(*) FROM audit_events") == 6


async def test_database_that_was_moved_to_another_server_is_followed_on(platform: Platform, connection: Any):
    """A dump brings numbers of transactions that the new server has not reached."""
    for _ in range(4):
        await write(platform.context)
    await settled(connection)
    before = await read_on(platform, None)
    far = "(transaction_id::text::bigint + 1000000000)::text::xid8"
    await connection.execute(f"UPDATE audit_events SET transaction_id = {far}")  # noqa: S608 - ours
    await settle(platform.context)
    assert await read_on(platform, before[-1]) == []
    assert set(await read_on(platform, None)) == set(before)
    for _ in range(3):
        await write(platform.context)
    await settled(connection)
    after = await read_on(platform, before[-1])
    assert len(after) == 3
    assert {*before, *after} == await stored(connection)
    assert await platform.audit.read_events(EventsRequest(newest=True, limit=7))
    await settle(platform.context)  # there is nothing left to do
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE transaction_id IS NULL") == 4


async def test_following_gives_what_is_there_and_what_comes(platform: Platform):
    await write(platform.context)
    got = []
    async for found in follow(platform.context, EventsRequest(newest=True, limit=10)):
        got += found
        if len(got) == 3:
            break
        await write(platform.context)
    assert len({event.id for event in got}) == 3


async def test_who_may_not_read_the_log_follows_nothing(
    platform: Platform, acme: Organization, sign_up: SignUp, connection: Any
):
    eve = platform.acting_as((await sign_up("eve")).id)
    with pytest.raises(Forbidden):
        await eve.audit.read_events(EventsRequest())
    with pytest.raises(Missing):
        await eve.audit.read_events_of_organization("acme", EventsRequest())
    await settled(connection)
    other = (await platform.audit.read_events(EventsRequest()))[0]
    assert other.chain_id != acme.id
    for after in (uuid4(), other.id):
        with pytest.raises(Invalid) as refused:
            await platform.audit.read_events_of_organization("acme", EventsRequest(after=after))
        assert refused.value.errors[0].code == "no_such_event"
    with pytest.raises(Invalid):
        await platform.audit.read_events(EventsRequest(after=uuid4()))
