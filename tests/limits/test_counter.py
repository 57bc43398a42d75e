"""Requests are counted in memory, summed up over nodes, and cost no round trip while there is room."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from freehold import Platform
from freehold.limits import counter as limits_counter
from freehold.limits.counter import EXCHANGE_SECONDS, Counter
from freehold.limits.jobs import drop_ended
from freehold.limits.policies import Policy

READS = Policy("reads", 100, is_exact=False)
START = 1_000_000_020
SIGN_INS = Policy("sign-ins", 10, is_exact=True)


class Watched:
    """A database that tells how many statements were run on it."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.lookups = self.route = None
        self.statements = 0

    async def fetch(self, sql: str, arguments: Sequence[object]) -> Any:
        self.statements += 1
        return await self._database.fetch(sql, arguments)

    async def fetch_row(self, sql: str, arguments: Sequence[object]) -> Any:
        self.statements += 1
        return await self._database.fetch_row(sql, arguments)


@pytest.fixture
def watched(platform: Platform) -> Any:
    return Watched(platform.context.db)


class SteadyCounter(Counter):
    """A counter by a clock that the test alone moves, so that no window ends when the test does not want it to."""

    def __init__(self, db: Any, moment: list[float]) -> None:
        super().__init__(db, clock=lambda: moment[0])
        self._offset = 0

    def _set_clock(self, now: float) -> None:
        pass


@pytest.fixture
def moment() -> list[float]:
    return [START]


@pytest.fixture
def make(watched: Any, moment: list[float]) -> Callable[[], Counter]:
    return lambda: SteadyCounter(watched, moment)


async def settle(counter: Counter) -> None:
    if counter._exchange:
        await counter._exchange


async def test_request_under_its_limit_costs_no_round_trip(watched: Any, make: Callable[[], Counter]):
    counter = make()
    verdicts = [await counter.count(READS, "user 1") for _ in range(50)]
    assert all(verdict.is_allowed for verdict in verdicts)
    assert [verdict.remaining for verdict in verdicts] == list(range(99, 49, -1))
    assert watched.statements == 0  # the exchange in the background has not even begun
    await settle(counter)
    assert watched.statements == 1


async def test_quota_is_the_last_that_is_let_in(make: Callable[[], Counter]):
    counter = make()
    verdicts = [await counter.count(READS, "user 1") for _ in range(101)]
    assert [verdict.is_allowed for verdict in verdicts] == [True] * 100 + [False]
    assert verdicts[-1].remaining == 0
    assert verdicts[-1].reset_seconds == 60 - START % 60
    assert (await counter.count(READS, "user 2")).is_allowed
    await settle(counter)


async def test_next_minute_begins_anew(moment: list[float], make: Callable[[], Counter]):
    counter = make()
    for _ in range(100):
        await counter.count(READS, "user 1")
    assert not (await counter.count(READS, "user 1")).is_allowed
    moment[0] += 60
    assert (await counter.count(READS, "user 1")).remaining == 99
    await settle(counter)


async def test_two_nodes_share_a_quota_as_of_their_last_exchange(moment: list[float], make: Callable[[], Counter]):
    """The bound that is documented: over the quota by at most what the other node let in between two exchanges."""
    first, second = make(), make()
    let_in = 0
    for _ in range(30):  # in each second, both are asked ten times
        for counter in (first, second):
            let_in += sum([(await counter.count(READS, "user 1")).is_allowed for _ in range(10)])
        for counter in (first, second):
            await settle(counter)
            await counter.exchange()
        moment[0] += EXCHANGE_SECONDS
    assert READS.quota <= let_in <= READS.quota + 10


async def test_exact_quota_is_kept_by_two_nodes_to_the_last_request(watched: Any, make: Callable[[], Counter]):
    nodes = make(), make()
    verdicts = await asyncio.gather(*(node.count(SIGN_INS, "address 192.0.2.1") for _ in range(20) for node in nodes))
    assert sum(verdict.is_allowed for verdict in verdicts) == SIGN_INS.quota
    before = watched.statements
    assert not (await nodes[0].count(SIGN_INS, "address 192.0.2.1")).is_allowed
    assert watched.statements == before  # a refusal that is known costs nothing


async def test_without_a_database_each_node_counts_alone(
    watched: Any, caplog: pytest.LogCaptureFixture, make: Callable[[], Counter]
):
    counter = make()
    await watched._database.close()
    verdicts = []
    for _ in range(101):
        verdicts.append(await counter.count(READS, "user 1"))
        await settle(counter)
    assert sum(verdict.is_allowed for verdict in verdicts) == 100
    assert "this process alone" in caplog.text


async def test_windows_that_ended_are_forgotten(platform: Platform, connection: Any, make: Callable[[], Counter]):
    counter = make()
    await counter.count(READS, "user 1")
    await settle(counter)
    assert await connection.fetchval("SELECT requests FROM request_counts") == 1
    await drop_ended(platform.context)  # START is long ago
    assert await connection.fetchval("SELECT count(*) FROM request_counts") == 0


async def test_with_too_many_callers_a_process_counts_anew(
    make: Callable[[], Counter], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits_counter, "MOST_BUCKETS", 2)
    counter = make()
    for user, remaining in ((1, 99), (2, 99), (1, 98), (2, 98), (3, 99), (1, 99)):
        assert (await counter.count(READS, f"user {user}")).remaining == remaining
    await settle(counter)


@pytest.mark.parametrize(("second", "reset"), [(0, 60), (1, 59), (59, 1)])
async def test_window_ends_with_the_minute(second: int, reset: int, moment: list[float], make: Callable[[], Counter]):
    moment[0] = START - START % 60 + second
    counter = make()
    assert (await counter.count(READS, "user 1")).reset_seconds == reset
    await settle(counter)
