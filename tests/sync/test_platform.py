"""The platform for synchronous programs, on a real database."""

import asyncio
import io
import os
import signal
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import PASSWORD, TRUSTING

import freehold
from freehold import (
    Forbidden,
    Missing,
    NewOrganization,
    NewRole,
    NewSession,
    NewUser,
    PageRequest,
    SchemaPending,
    Unauthenticated,
    Unavailable,
    User,
)
from freehold.sync import Platform
from freehold.sync.background import THREAD, WITHIN, Background
from freehold.sync.handing import CLOSED


@pytest.fixture
def platform(database_url: str) -> Iterator[Platform]:
    with Platform.open(database_url, settings=TRUSTING) as opened:
        yield opened


def sign_up(platform: Platform, name: str) -> User:
    return platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == THREAD]


def test_operations_are_done_as_whoever_the_platform_acts_as(platform: Platform):
    ada, bob = sign_up(platform, "ada"), sign_up(platform, "bob")
    as_ada, as_bob = platform.acting_as(ada.id), platform.acting_as(bob.id)
    acme = as_ada.organizations.create(NewOrganization(name="Acme"))
    with pytest.raises(Missing):
        as_bob.organizations.get("acme")
    platform.organizations.members.put("acme", bob.id, NewRole(role="member"))
    assert as_bob.organizations.get("acme").id == acme.id
    scope = as_bob.access("acme", "project.read")
    assert (scope.organization_id, scope.role) == (acme.id, "member")
    with pytest.raises(Forbidden):
        as_bob.access(acme.id, "project.delete")
    with pytest.raises(ValueError, match="no action"):
        as_bob.access(acme.id, "project.dance")


def test_credentials_say_who_acts(platform: Platform):
    ada = sign_up(platform, "ada")
    signed_in = platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
    acting = platform.authenticate(f"Bearer {signed_in.token}", ip="192.0.2.7", request_id="one")
    assert acting.users.get("me").id == ada.id
    assert (acting.context.actor_id, acting.context.ip) == (ada.id, "192.0.2.7")
    for wrong in ("Bearer nothing", None):
        with pytest.raises(Unauthenticated):
            platform.authenticate(wrong)


def test_error_comes_with_the_lines_of_the_caller_and_of_the_work_and_nothing_between(platform: Platform):
    with pytest.raises(Missing) as caught:
        platform.users.find("nobody")
    frames = [Path(each.filename) for each in traceback.extract_tb(caught.value.__traceback__)]
    assert frames[0] == Path(__file__)
    assert not [each for each in frames if "concurrent" in each.parts or "asyncio" in each.parts]
    assert any("users" in each.parts for each in frames)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_many_threads_share_one_platform(platform: Platform):
    with ThreadPoolExecutor(16) as pool:
        users = list(pool.map(lambda number: sign_up(platform, f"user{number}"), range(40)))
        found = list(pool.map(lambda user: platform.acting_as(user.id).users.get("me"), users))
    assert [each.id for each in found] == [each.id for each in users]
    assert len(threads()) == 1


async def test_thread_with_a_running_event_loop_can_call_it(database_url: str):
    with Platform.open(database_url) as platform:  # as a cell of a notebook does
        assert sign_up(platform, "ada").username == "ada"
        assert asyncio.get_running_loop().is_running()
        assert [user.username for user in platform.users.list(PageRequest()).data] == ["ada"]
        assert await platform.arun(lambda there: there.users.any_admin()) is False


def test_iterator_gives_all_items_or_what_failed(platform: Platform):
    ada = sign_up(platform, "ada")
    document = b"".join(platform.users.export(ada.id))
    assert b"ada@example.com" in document
    with pytest.raises(Missing):  # when it is called, as of the asynchronous one
        platform.acting_as(ada.id).users.export(sign_up(platform, "eve").id)

    async def failing(_: freehold.Platform) -> AsyncIterator[int]:
        async def items() -> AsyncIterator[int]:
            yield 1
            raise Missing

        return items()

    items = platform._working.iterate(failing)
    assert next(items) == 1
    with pytest.raises(Missing):
        next(items)
    with pytest.raises(StopIteration):
        next(items)


def test_iterator_that_is_left_gives_back_its_connection(database_url: str):
    settings = freehold.Settings(pool_size=1, acquire_timeout_seconds=5)
    with Platform.open(database_url, settings=settings) as platform:
        tasks: list[asyncio.Task[None]] = []

        async def holding(there: freehold.Platform) -> AsyncIterator[int]:
            async def items() -> AsyncIterator[int]:
                tasks.extend(filter(None, [asyncio.current_task()]))
                async with there.context.db.snapshot():
                    yield 1
                    yield 2

            return items()

        for _ in platform._working.iterate(holding):
            break
        assert platform.users.any_admin() is False
        items = platform._working.iterate(holding)
        assert next(items) == 1
        items.close()  # type: ignore[attr-defined]  # as of a generator
        assert platform.users.any_admin() is False
        kept = platform._working.iterate(holding)
        assert next(kept) == 1
    assert all(task.done() for task in tasks)
    assert len({id(task) for task in tasks}) == 3  # each in one task from its begin to its end
    with pytest.raises(RuntimeError, match="closed"):
        next(kept)


def fail(kind: type[BaseException]) -> None:
    raise kind


def test_context_is_entered_and_left_in_one_task_and_hears_of_failures(platform: Platform):
    seen: list[Any] = []

    @asynccontextmanager
    async def context(_: freehold.Platform) -> AsyncIterator[str]:
        seen.append(asyncio.current_task())
        try:
            yield "value"
        except KeyError:
            seen.append("dealt with")
        finally:
            seen.append(asyncio.current_task())

    with platform._working.hold(context) as value:
        assert value == "value"
    assert seen[0] is seen[1]
    with platform._working.hold(context):
        fail(KeyError)
    assert seen[3] == "dealt with"
    for failure in (ZeroDivisionError, KeyboardInterrupt):
        with pytest.raises(failure), platform._working.hold(context):
            fail(failure)

    @asynccontextmanager
    async def refusing(there: freehold.Platform) -> AsyncIterator[None]:
        await there.users.find("nobody")
        yield

    with pytest.raises(Missing), platform._working.hold(refusing):
        pass


def test_jobs_run_while_a_program_works(platform: Platform):
    def jobs() -> list[str]:
        async def names(_: freehold.Platform) -> list[str]:
            return [name for task in asyncio.all_tasks() if (name := task.get_name()).startswith("freehold-job-")]

        return platform.run(names)

    with platform.working():
        assert jobs()
    assert jobs() == []


def test_callbacks_may_write_and_may_not_wait_for_the_platform(platform: Platform):
    sign_up(platform, "ada")
    out = io.BytesIO()
    assert platform.transfer.export_file("users", out.write) == 1
    assert b"ada" in out.getvalue()
    with pytest.raises(RuntimeError) as caught:
        platform.transfer.export_file("users", lambda _: platform.users.any_admin())
    assert str(caught.value) == WITHIN
    with pytest.raises(RuntimeError, match="event loop"):
        platform.transfer.export_file("users", lambda _: platform.close())
    assert platform.users.any_admin() is False


def test_work_of_yours_runs_beside_the_operations(platform: Platform):
    ada = sign_up(platform, "ada")

    async def work(there: freehold.Platform) -> tuple[Any, str]:
        acme = await there.organizations.create(NewOrganization(name="Acme"))
        return there.context.actor_id, acme.slug

    assert platform.acting_as(ada.id).run(work) == (ada.id, "acme")


def test_work_sees_the_context_variables_of_its_caller(platform: Platform):
    variable: ContextVar[str] = ContextVar("variable", default="none")
    variable.set("mine")

    async def work(_: freehold.Platform) -> str:
        return variable.get()

    assert platform.run(work) == "mine"


def test_interrupted_call_ends_its_work(platform: Platform):
    ended = threading.Event()

    async def work(_: freehold.Platform) -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        platform.run(work)
    assert ended.wait(10)
    assert platform.users.any_admin() is False


def test_work_that_runs_before_its_caller_is_interrupted_ends_too(platform: Platform, monkeypatch: pytest.MonkeyPatch):
    """The interruption comes while the caller is still beginning the work, which the event loop has begun already."""
    began, ended = threading.Event(), threading.Event()

    async def work(_: freehold.Platform) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    submit = Background.submit

    def interrupted(*given: Any) -> None:
        submit(*given)
        assert began.wait(10)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Background, "submit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            platform.run(work)
    assert ended.wait(10)
    assert platform.users.any_admin() is False


async def test_cancelled_waiting_ends_its_work(database_url: str):
    with Platform.open(database_url) as platform:
        ended, began = threading.Event(), threading.Event()

        async def work(_: freehold.Platform) -> None:
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        waiting = asyncio.create_task(platform.arun(work))
        assert await asyncio.to_thread(began.wait, 10)
        waiting.cancel()
        assert await asyncio.to_thread(ended.wait, 10)


def test_closing_ends_the_thread_and_what_waits(database_url: str):
    platform = Platform.open(database_url)
    began = threading.Event()

    async def work(_: freehold.Platform) -> None:
        began.set()
        await asyncio.Event().wait()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(platform.run, work)
        assert began.wait(10)
        platform.close()
        with pytest.raises(RuntimeError, match="closed"):
            waiting.result(10)
    platform.close()
    assert threads() == []
    with pytest.raises(RuntimeError) as caught:
        platform.users.any_admin()
    assert str(caught.value) == CLOSED


def test_only_who_opened_it_closes_it(platform: Platform):
    with pytest.raises(RuntimeError, match="close the one that you opened"):
        platform.acting_as(None).close()
    with pytest.raises(RuntimeError, match="close the one that you opened"), platform.acting_as(None):
        pass
    assert platform.users.any_admin() is False


def test_platform_that_is_dropped_is_closed_with_a_warning(database_url: str):
    acting = Platform.open(database_url).acting_as(None)  # keeps what it came from
    assert len(threads()) == 1
    (thread,) = threads()
    with pytest.warns(ResourceWarning, match="not closed"):
        del acting
    thread.join(10)
    assert not thread.is_alive()


def test_what_cannot_be_opened_says_why(empty_database_url: str):
    with pytest.raises(Unavailable):
        Platform.open("postgresql://nobody@127.0.0.1:1/nowhere")
    with pytest.raises(SchemaPending):
        Platform.open(empty_database_url)
    assert threads() == []
