"""The same platform three ways: in process, and over HTTP with and without ``await``."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.serve.running import Running

from freehold import NewSession, NewUser, PageRequest, Platform, SignedIn, Unauthenticated
from freehold.serve.application import create_application

if TYPE_CHECKING:
    from freehold import client as remote

# What is generated may not fit the types of now, until it is renewed.
collect_ignore_glob = ["test_*.py"] if os.environ.get("RENEW") else []


class Bridge(httpx.BaseTransport):
    """Answers a caller in another thread from an application in this event loop."""

    def __init__(self, application: Any) -> None:
        self._inner = httpx.ASGITransport(application)
        self._loop = asyncio.get_running_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result(30)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


class Awaited:
    """A platform without ``await``, whose operations run in a thread each so that the test can await them."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if not callable(found):
            return Awaited(found)

        async def run(*given: Any, **named: Any) -> Any:
            came = await asyncio.to_thread(found, *given, **named)
            return _parts(came) if isinstance(came, Iterator) else came

        return run


async def _parts(parts: Iterator[Any]) -> AsyncIterator[Any]:
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        yield part


@dataclass
class World:
    """A platform as one flavour of it shows it. ``operator`` is always the library's, to prepare and to look at."""

    operator: Platform
    nobody: Any
    with_token: Callable[[str | None], Awaitable[Any]]
    tokens: dict[str, str] = field(default_factory=dict)
    """The newest session of each."""

    async def refuses(self, token: str) -> bool:
        """Tell whether a token does nothing any more."""
        try:
            await (await self.with_token(token)).organizations.list_of_user("me", PageRequest())
        except Unauthenticated:
            return True
        return False

    async def sign_in(self, username: str, password: str = PASSWORD) -> Any:
        """Give the platform as somebody with a fresh session sees it."""
        signed: SignedIn = await self.nobody.sessions.create(NewSession(login=username, password=password))
        self.tokens[username] = signed.token
        return await self.with_token(signed.token)

    async def arrive(self, username: str, *, is_admin: bool = False) -> Any:
        """Make somebody who is signed in, with a confirmed address."""
        new = NewUser(username=username, email=f"{username}@example.com", password=PASSWORD)
        user = await self.operator.users.create(new, is_admin=is_admin)
        await self.operator.users.mark_verified(user.id)
        return await self.sign_in(username)


async def _library(platform: Platform) -> World:
    async def with_token(token: str | None) -> Platform:
        return platform.acting_as(None) if token is None else await platform.authenticate(token)

    return World(platform, platform.acting_as(None), with_token)


def _remote_world(platform: Platform, nobody: "remote.Platform") -> World:
    async def with_token(token: str | None) -> Any:
        return nobody.with_token(token)

    return World(platform, nobody, with_token)


@asynccontextmanager
async def _opened(flavour: str, platform: Platform) -> AsyncIterator[World]:
    if flavour == "library":
        yield await _library(platform)
        return
    from freehold import client as remote  # noqa: PLC0415 - see above
    from freehold.client import sync  # noqa: PLC0415

    application = create_application(platform)
    if flavour == "client":
        async with (
            httpx.AsyncClient(transport=httpx.ASGITransport(application)) as asking,
            remote.Platform.open("http://test", client=asking) as nobody,
        ):
            yield _remote_world(platform, nobody)
        return
    with httpx.Client(transport=Bridge(application)) as http, sync.Platform.open("http://test", client=http) as waiting:

        async def with_token(token: str | None) -> Any:
            return Awaited(waiting.with_token(token))

        yield World(platform, Awaited(waiting), with_token)


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a server in a process of its own, with these settings."""
    started: list[Running] = []

    def start(**environment: str) -> Running:
        started.append(Running(database_url, tmp_path / "log", 1, **environment))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(params=["library", "client", "sync client"])
async def world(request: pytest.FixtureRequest, platform: Platform) -> AsyncIterator[World]:
    async with _opened(request.param, platform) as world:
        yield world
