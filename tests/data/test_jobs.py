"""Work in the background goes on whatever happens to one piece of it, and ends when it must."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import cast

import httpx
import pytest
from starlette.types import Send

from freehold import Platform
from freehold.base.errors import Unavailable
from freehold.data.context import Context
from freehold.data.jobs import Job, Work
from freehold.platform import every_job
from freehold.serve.application import create_application


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run these jobs and no others."""

    def declare(*works: Work, every_seconds: float = 0.001) -> None:
        declared = [Job(work.__name__, every_seconds, work) for work in works]
        monkeypatch.setattr("freehold.platform.every_job", lambda: declared)

    return declare


async def reached(event: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        await event.wait()


async def test_job_is_run_again_and_again_as_the_operator(platform: Platform, only: Callable[..., None]):
    seen: list[Context] = []
    enough = asyncio.Event()

    async def count(context: Context) -> None:
        seen.append(context)
        if len(seen) == 3:
            enough.set()

    only(count)
    async with platform.working():
        await reached(enough)
    assert all(context.is_admin for context in seen)


@pytest.mark.parametrize("error", [Unavailable("The database is away"), RuntimeError("a bug")])
async def test_job_that_fails_is_logged_and_tried_again(
    error: Exception, platform: Platform, only: Callable[..., None], caplog: pytest.LogCaptureFixture
):
    tries: list[int] = []
    healed, other = asyncio.Event(), asyncio.Event()

    async def fail_twice(_: Context) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise error
        healed.set()

    async def go_on(_: Context) -> None:
        other.set()

    only(fail_twice, go_on)
    with caplog.at_level(logging.WARNING):
        async with platform.working():
            await reached(healed)
            await reached(other)
    assert caplog.text.count("job fail_twice") == 2
    assert str(error) in caplog.text


async def test_slow_job_does_not_hold_up_others(platform: Platform, only: Callable[..., None]):
    other = asyncio.Event()

    async def stall(_: Context) -> None:
        await asyncio.Event().wait()

    async def go_on(_: Context) -> None:
        other.set()

    only(stall, go_on)
    async with platform.working():
        await reached(other)


async def test_job_that_loses_a_cancellation_ends_all_the_same(platform: Platform, only: Callable[..., None]):
    begun = asyncio.Event()

    async def deafen(_: Context) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:  # as asyncio.wait_for does before Python 3.12, when its work ends at that moment
            await asyncio.Event().wait()

    only(deafen)
    async with asyncio.timeout(5):
        async with platform.working():
            await reached(begun)


async def test_application_runs_the_jobs_while_it_lives(platform: Platform, only: Callable[..., None]):
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work(_: Context) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    only(work)
    async for _ in lifespan_of(platform):
        await reached(begun)
        assert not ended.is_set()
    assert ended.is_set()


async def lifespan_of(platform: Platform) -> AsyncIterator[None]:
    """Start the application as a server does, and stop it."""
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    application = create_application(platform)
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    task = asyncio.ensure_future(application(scope, inbox.get, cast("Send", outbox.put)))
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client:
        assert (await client.get("/healthz")).status_code == 200
    yield
    await inbox.put({"type": "lifespan.shutdown"})
    assert (await outbox.get())["type"] == "lifespan.shutdown.complete"
    await task


def test_every_job_has_an_interval_and_lives_with_the_jobs_of_its_slice():
    assert {"mail.deliver", "mail.drop_old", "users.drop_expired_tokens"} <= {each.name for each in every_job()}
    for each in every_job():
        assert each.work.__module__.endswith(".jobs")
        assert each.every_seconds > 0
        assert each.every_seconds > 0


async def test_what_keeps_a_job_from_its_work_is_logged_once_until_it_is_over(
    platform: Platform, only: Callable[..., None], caplog: pytest.LogCaptureFixture
):
    tries: list[int] = []
    healed = asyncio.Event()

    async def fail_often(_: Context) -> None:
        tries.append(1)
        if len(tries) < 5:
            raise Unavailable("The database is away")
        if len(tries) == 6:
            healed.set()

    only(fail_often)
    async with platform.working():
        await reached(healed)
    assert [record.getMessage() for record in caplog.records] == [
        "job fail_often: The database is away",
        "job fail_often works again",
    ]
