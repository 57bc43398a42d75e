"""Applications that Freehold is installed in."""

import asyncio
import inspect
from collections.abc import AsyncIterator

import pytest

from freehold.integrations.hosting import KEEPER


@pytest.fixture
async def nothing_left_open() -> AsyncIterator[None]:
    """Close what an application without a lifespan has opened: the event loop of the tests goes on after it."""
    yield
    keepers = [task for task in asyncio.all_tasks() if task.get_name() == KEEPER]
    for task in keepers:
        task.cancel()
    await asyncio.gather(*keepers, return_exceptions=True)


@pytest.fixture(autouse=True)
def nothing_left_open_by_those_with_that_event_loop(request: pytest.FixtureRequest) -> None:
    if inspect.iscoroutinefunction(request.function):
        request.getfixturevalue("nothing_left_open")
