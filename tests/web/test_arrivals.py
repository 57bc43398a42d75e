"""Bodies on their way: who is given up, and who is not. The clock is the test's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from freehold.base.errors import FreeholdError, Unavailable
from freehold.web import arrivals
from freehold.web.arrivals import BODY_SECONDS, MOST_BODIES, MOST_BYTES, MOST_OF_ADDRESS, PAUSE_SECONDS, Arrival
from freehold.web.problems import TooSlow


class Bodies(arrivals.Arrivals):
    """Arrivals with a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 0.0
        super().__init__()
        self.ended: list[FreeholdError | None] = []

    def now(self) -> float:
        return self.time

    async def pass_time(self, seconds: float) -> None:
        self.time += seconds
        self._sweep()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def wait_for_one(self, address: str, *, is_wanted: bool, made: asyncio.Future[Arrival]) -> None:
        try:
            with Arrival(self, lambda: address, is_wanted=is_wanted) as arrival:
                made.set_result(arrival)
                await asyncio.Event().wait()
        except FreeholdError as verdict:
            self.ended.append(verdict)


@asynccontextmanager
async def waiting(bodies: Bodies, address: str, count: int, *, is_wanted: bool = True) -> AsyncIterator[list[Arrival]]:
    futures: list[asyncio.Future[Arrival]] = [asyncio.get_running_loop().create_future() for _ in range(count)]
    tasks = [asyncio.create_task(bodies.wait_for_one(address, is_wanted=is_wanted, made=future)) for future in futures]
    try:
        yield list(await asyncio.gather(*futures))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await bodies.pass_time(0)  # no timer is left


async def test_a_body_of_which_nothing_comes_is_given_up_and_one_that_moves_is_not():
    bodies = Bodies()
    async with waiting(bodies, "a", 1), waiting(bodies, "a", 1) as (moving,):
        for _ in range(2):
            await bodies.pass_time(PAUSE_SECONDS * 0.6)
            moving.came(1)
        assert [type(verdict) for verdict in bodies.ended] == [TooSlow]
        assert moving.verdict is None


async def test_a_body_that_moves_has_its_bound_too():
    bodies = Bodies()
    async with waiting(bodies, "a", 1) as (moving,):
        while bodies.time <= BODY_SECONDS:
            moving.came(1)
            await bodies.pass_time(PAUSE_SECONDS * 0.6)
        assert [type(verdict) for verdict in bodies.ended] == [TooSlow]


async def test_a_body_that_nobody_wants_is_given_up_sooner():
    bodies = Bodies()
    async with waiting(bodies, "a", 1, is_wanted=False), waiting(bodies, "a", 1):
        await bodies.pass_time(PAUSE_SECONDS / 2)
        assert len(bodies.ended) == 1


async def test_the_idlest_of_an_address_are_given_up_when_it_sends_too_many_and_others_wait_on():
    bodies = Bodies()
    async with waiting(bodies, "b", 3) as others, waiting(bodies, "a", MOST_OF_ADDRESS + 5) as many:
        await bodies.pass_time(2)
        assert len(bodies.ended) == 5
        assert not any(each.verdict for each in others)
        moving = next(each for each in many if each.verdict is None)  # which of equally idle ones went is chance
        moving.came(1)
        await bodies.pass_time(2)
        assert len(bodies.ended) == 5
        assert moving.verdict is None


async def test_a_crowd_that_has_only_just_come_is_left_in_peace():
    bodies = Bodies()
    async with waiting(bodies, "a", MOST_OF_ADDRESS * 2):
        await bodies.pass_time(0.5)
        assert not bodies.ended


async def test_many_addresses_together_have_a_bound():
    bodies = Bodies()
    async with (
        waiting(bodies, "a", MOST_OF_ADDRESS),
        waiting(bodies, "b", MOST_OF_ADDRESS),
        waiting(bodies, "c", MOST_OF_ADDRESS),
        waiting(bodies, "d", MOST_OF_ADDRESS),
        waiting(bodies, "e", MOST_BODIES - 4 * MOST_OF_ADDRESS + 7),
    ):
        await bodies.pass_time(2)
        assert len(bodies.ended) == 7


async def test_what_unfinished_bodies_hold_in_memory_has_a_bound():
    bodies = Bodies()
    async with waiting(bodies, "a", 4) as held:
        for each in held:
            each.came(MOST_BYTES // 3)
        await bodies.pass_time(0.5)
        assert len(bodies.ended) == 2
        assert bodies.bytes <= MOST_BYTES


async def test_a_stop_gives_bodies_a_little_time_and_counts_those_that_were_wanted():
    bodies, cut = Bodies(), []
    async with waiting(bodies, "a", 2), waiting(bodies, "a", 1, is_wanted=False) as (unwanted,):
        bodies.stop(lambda: cut.append(1))
        await bodies.pass_time(arrivals.STOPPING_SECONDS / 4)
        assert not bodies.ended
        unwanted.came(1)
        bodies.time = arrivals.STOPPING_SECONDS - 1
        unwanted.came(1)
        await bodies.pass_time(1)
        assert [type(verdict) for verdict in bodies.ended] == [Unavailable] * 3
        assert len(cut) == 2


async def test_a_cancelled_request_is_no_body_that_was_given_up():
    bodies = Bodies()
    with pytest.raises(asyncio.CancelledError), Arrival(bodies, lambda: "a"):
        raise asyncio.CancelledError
    await bodies.pass_time(0)
