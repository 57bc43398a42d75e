"""The rows of a bench: as many as it says, and those who ask are in them."""

import asyncpg
from bench.rows import Scale, fill, people, refresh_sessions

from freehold import PageRequest, Platform
from freehold.sessions.operations import authenticate

SCALE = Scale(users=48, people=3)


async def test_database_holds_what_the_scale_says_and_everybody_who_asks_is_signed_in(database_url: str):
    await fill(database_url, SCALE)
    connection = await asyncpg.connect(database_url)
    try:
        counts = [
            await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of ours
            for table in ("users", "organizations", "organization_members", "projects", "sessions")
        ]
    finally:
        await connection.close()
    assert counts == [48, SCALE.organizations, SCALE.memberships, SCALE.projects, 3]
    assert all(f"{count:,} " in str(SCALE) for count in counts[:-1])
    async with Platform.open(database_url) as platform:
        for person in people(SCALE):
            actor = (await authenticate(platform.context, person.token)).actor
            page = await platform.acting_as(actor).projects.list(person.organization_id, PageRequest())
            assert len(page.data) == 20
            assert page.next_cursor is not None
            user = await platform.users.get(person.user_id)
            assert user.username == person.username
            assert (await platform.organizations.get(person.organization_id)).owner_id == user.id


async def test_refreshed_sessions_need_no_note_of_their_use(database_url: str):
    await fill(database_url, SCALE)
    await refresh_sessions(database_url)
    connection = await asyncpg.connect(database_url)
    try:
        version = "SELECT xmin::text FROM sessions ORDER BY id"
        before = await connection.fetch(version)
        async with Platform.open(database_url) as platform:
            for person in people(SCALE):
                await authenticate(platform.context, person.token)
        assert await connection.fetch(version) == before
    finally:
        await connection.close()


def test_those_who_ask_are_spread_over_all_organizations():
    asking = people(Scale(users=4_000, people=10))
    assert len({each.user_id for each in asking}) == 10
    organizations = sorted(each.organization_id.int & 0xFFFFFFFFFFFF for each in asking)
    assert organizations[0] == 1
    assert organizations[-1] > 800
