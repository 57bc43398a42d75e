"""Somebody who asks over HTTP, on platforms with settings of their own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from freehold import Platform, Settings
from freehold.serve.application import create_application

OpenClient = Callable[[Settings], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def open_client(database_url: str) -> AsyncIterator[OpenClient]:
    """Open clients of platforms with these settings on the test's database."""
    async with AsyncExitStack() as stack:

        async def open_one(settings: Settings) -> httpx.AsyncClient:
            platform = await stack.enter_async_context(Platform.open(database_url, settings=settings))
            transport = httpx.ASGITransport(create_application(platform))
            return await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))

        yield open_one


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in."""
    transport = httpx.ASGITransport(create_application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened
