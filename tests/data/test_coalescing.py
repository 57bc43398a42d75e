"""Lookups that share a query: nobody waits alone, nobody is stranded, nobody reads what was true before they asked."""

import asyncio
from contextvars import ContextVar

import asyncpg
import pytest
from msgspec import UNSET
from msgspec.structs import asdict
from tests.conftest import PASSWORD, SignUp

from freehold import NewUser, Platform, UserPatch
from freehold.data.coalescing import MOST_TOGETHER, Coalescer, Key


class Flights:
    """A query that lands when the test says so."""

    def __init__(self) -> None:
        self.flown: list[list[Key]] = []
        self.landings: list[asyncio.Future[None]] = []

    async def fetch(self, keys: list[Key]) -> list[list[str]]:
        self.flown.append(keys)
        landing = asyncio.get_running_loop().create_future()
        self.landings.append(landing)
        await landing
        return [[f"row of {key[0]}"] for key in keys]

    async def departed(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.flown) < count:  # noqa: ASYNC110 - what is waited for is in this very loop's next turns
                await asyncio.sleep(0)


async def test_lookup_leaves_at_once_when_nothing_is_in_flight():
    flights = Flights()
    alone = asyncio.create_task(Coalescer(flights.fetch).get(("a",)))
    await flights.departed(1)
    flights.landings[0].set_result(None)
    assert await alone == ["row of a"]


async def test_lookups_that_wait_travel_together_and_equal_ones_once():
    flights = Flights()
    coalescer = Coalescer(flights.fetch)
    tasks = [asyncio.create_task(coalescer.get((name,))) for name in "abcbc"]
    await flights.departed(1)
    flights.landings[0].set_result(None)
    await flights.departed(2)
    flights.landings[1].set_result(None)
    assert await asyncio.gather(*tasks) == [[f"row of {name}"] for name in "abcbc"]
    assert flights.flown == [[("a",)], [("b",), ("c",)]]


async def test_shared_query_runs_in_the_name_of_no_request():
    seen: list[str] = []
    request: ContextVar[str] = ContextVar("request", default="nobody's")
    flights = Flights()

    async def fetch(keys: list[Key]) -> list[list[str]]:
        seen.append(request.get())
        return await flights.fetch(keys)

    async def ask(name: str) -> None:
        request.set(name)
        await coalescer.get((name,))

    coalescer = Coalescer(fetch)
    tasks = [asyncio.create_task(ask(name)) for name in "abc"]
    for flight in (1, 2):
        await flights.departed(flight)
        flights.landings[flight - 1].set_result(None)
    await asyncio.gather(*tasks)
    assert seen == ["a", "nobody's"]


async def test_what_is_changed_while_a_query_is_in_flight_is_read_by_the_next_one():
    flights = Flights()
    coalescer = Coalescer(flights.fetch)
    first = asyncio.create_task(coalescer.get(("a",)))
    await flights.departed(1)
    second = asyncio.create_task(coalescer.get(("a",)))
    await asyncio.sleep(0)
    flights.landings[0].set_result(None)
    await flights.departed(2)
    flights.landings[1].set_result(None)
    await asyncio.gather(first, second)
    assert flights.flown == [[("a",)], [("a",)]]


async def test_no_query_carries_more_than_the_bound():
    flights = Flights()
    coalescer = Coalescer(flights.fetch)
    tasks = [asyncio.create_task(coalescer.get((number,))) for number in range(2 * MOST_TOGETHER + 1)]
    for flight in range(3):
        await flights.departed(flight + 1)
        flights.landings[flight].set_result(None)
    await asyncio.gather(*tasks)
    assert [len(keys) for keys in flights.flown] == [1, MOST_TOGETHER, MOST_TOGETHER]


@pytest.mark.parametrize("cancelled", [0, 1, 2])
async def test_cancelling_one_who_waits_strands_nobody(cancelled: int):
    flights = Flights()
    coalescer = Coalescer(flights.fetch)
    tasks = [asyncio.create_task(coalescer.get((number,))) for number in range(4)]
    await flights.departed(1)
    tasks[cancelled].cancel()
    await asyncio.sleep(0)
    if not flights.landings[0].done():
        flights.landings[0].set_result(None)
    await flights.departed(2)
    flights.landings[1].set_result(None)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results.pop(cancelled), asyncio.CancelledError)
    assert results == [[f"row of {number}"] for number in range(4) if number != cancelled]


async def test_cancelling_everybody_leaves_it_usable():
    flights = Flights()
    coalescer = Coalescer(flights.fetch)
    tasks = [asyncio.create_task(coalescer.get((number,))) for number in range(3)]
    await flights.departed(1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    later = asyncio.create_task(coalescer.get(("later",)))
    await flights.departed(2)
    flights.landings[1].set_result(None)
    assert await later == ["row of later"]


async def test_an_error_reaches_everybody_who_travelled_and_nobody_else():
    flights = Flights()
    coalescer = Coalescer(flights.fetch)
    tasks = [asyncio.create_task(coalescer.get((name,))) for name in "abc"]
    await flights.departed(1)
    flights.landings[0].set_result(None)
    await flights.departed(2)
    flights.landings[1].set_exception(ConnectionError("gone"))
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] == ["row of a"]
    assert [str(result) for result in results[1:]] == ["gone", "gone"]
    assert results[1] is not results[2]
    after = asyncio.create_task(coalescer.get(("d",)))
    await flights.departed(3)
    flights.landings[2].set_result(None)
    assert await after == ["row of d"]


async def test_nobody_reads_a_user_as_they_were_before_the_answer_to_a_change(platform: Platform, sign_up: SignUp):
    """Write through one platform, read through the same under load from another task: the answer is never older."""
    ada = await sign_up("ada")
    busy = True

    async def load() -> None:
        while busy:
            await asyncio.gather(*(platform.users.get(ada.id) for _ in range(20)))

    loading = asyncio.create_task(load())
    for number in range(60):
        changed = await platform.users.update(ada.id, UserPatch(username=f"ada_{number}"))
        assert (await platform.users.get(ada.id)).username == changed.username
    busy = False
    await loading


async def test_concurrent_lookups_each_get_their_own_row(platform: Platform, connection: asyncpg.Connection):
    users = await connection.fetch(
        "INSERT INTO users (username, email, password_hash)"
        " SELECT 'user_' || n, 'user_' || n || '@example.com', '!' FROM generate_series(1, 300) n"
        " RETURNING id, username"
    )
    found = await asyncio.gather(*(platform.users.get(user["id"]) for user in users))
    assert [user.username for user in found] == [user["username"] for user in users]


async def test_lookup_in_a_transaction_sees_what_the_transaction_wrote(
    platform: Platform, connection: asyncpg.Connection
):
    async with connection.transaction():
        inside = platform.within(connection)
        new = NewUser(username="ada", email="ada@example.com", password=PASSWORD)
        ada = await inside.users.create(new)
        found = await inside.users.get(ada.id)
        made = {name: value for name, value in asdict(ada).items() if value is not UNSET}
    assert {name: getattr(found, name) for name in made} == made
