"""A real server and a real browser. Without a Chromium on this machine these tests are skipped, and say so."""

import os
import re
import shutil
import signal
from asyncio import ensure_future, run, wait
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError
from tests.conftest import _clone, _run, with_database
from tests.mail.letters import letters_to
from tests.serve.running import Running

from freehold import Platform

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

CLOSING_SECONDS = 10
TRIES = 10

Serve = Callable[..., Running]
OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: install one to test pages in a browser")
    driver = await async_playwright().start()
    started = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    # A Chromium that has been seen to hang while it closes must not take the results of all tests with it.
    ending = ensure_future(_end(started, driver))
    if not (await wait([ending], timeout=CLOSING_SECONDS))[0]:
        for pid in descendants(os.getpid(), named="chromium") | descendants(os.getpid(), named="playwright"):
            with suppress(ProcessLookupError):  # it went with another
                os.kill(pid, signal.SIGKILL)
        await wait([ending], timeout=CLOSING_SECONDS)


async def _end(started: Browser, driver: Playwright) -> None:
    with suppress(PlaywrightError):  # it was killed meanwhile
        await started.close()
    await driver.stop()


def descendants(pid: int, *, named: str) -> set[int]:
    """The ids of the processes below one whose program's path or arguments have this word."""
    found: set[int] = set()
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, listed.read_text().split()):
            with suppress(FileNotFoundError):  # it ended meanwhile
                below = descendants(child, named=named)
                found |= below | ({child} if named in Path(f"/proc/{child}/cmdline").read_text() else set())
    return found


@pytest.fixture(scope="session")
def shared_url(server_urls: tuple[str, str]) -> Iterator[str]:
    """One database for all tests of a run; each finds it empty."""
    admin_url, template = server_urls
    name = f"freehold_browser_{uuid4().hex[:12]}"
    run(_clone(admin_url, template, name))
    yield with_database(admin_url, name)
    run(_run(admin_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def shared_server(shared_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server on it, since starting one takes seconds."""
    settings = {"FREEHOLD_RATE_LIMITS": "off", "FREEHOLD_POOL_SIZE": "2"}
    started = Running(shared_url, tmp_path_factory.mktemp("server") / "log", 1, **settings)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def filled(shared_url: str) -> list[str]:
    """The tables that are empty in a new database, which each test finds so again."""
    return run(_empty_tables(shared_url))


@pytest.fixture
def database_url(shared_url: str, filled: list[str]) -> str:
    for _ in range(TRIES):
        with suppress(asyncpg.DeadlockDetectedError):  # with a job of the server, which goes on
            run(_run(shared_url, "SET session_replication_role = replica", f"TRUNCATE {', '.join(filled)}"))
            return shared_url
    raise AssertionError("the server's jobs are always in between")


async def _empty_tables(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        named = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        names = [row["name"] for row in named]
        return [each for each in names if not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {each})")]  # noqa: S608 - its own names
    finally:
        await connection.close()


@pytest.fixture
def serve(database_url: str, tmp_path: Path) -> Iterator[Serve]:
    """Start servers on the test's database."""
    started: list[Running] = []

    def start(**environment: str) -> Running:
        settings = {"FREEHOLD_RATE_LIMITS": "off", "FREEHOLD_POOL_SIZE": "2", **environment}
        started.append(Running(database_url, tmp_path / f"log{len(started)}", 1, **settings))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def server(database_url: str, shared_server: Running) -> Running:
    """The shared one, on a database that was just emptied."""
    assert database_url
    return shared_server


class Violations(list[str]):
    """What the browser refused or complained about, while a test ran."""


@pytest.fixture
async def open_page(chromium: Browser, server: Running) -> AsyncIterator[OpenPage]:
    """Open a page of the server as somebody new; afterwards, nothing that it loaded was refused by its policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_(path: str = "/", *, scripts: bool = True, **options: Any) -> Page:
        # Without motion, since axe would measure a colour on its way to another.
        still = {"reduced_motion": "reduce", **options}
        context = await chromium.new_context(base_url=server.url, java_script_enabled=scripts, **still)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(path)
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert complaints == []


def _is_complaint(message: Any) -> bool:
    """Say whether a line of the console is about what a page does; a form that is sent back (4xx) is none."""
    return message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource")


async def link_to(platform: Platform, address: str) -> str:
    """The path of the link in the newest mail to an address."""
    letter = (await letters_to(platform, address))[0]
    link = re.search(r"https?://[^/\s]+(/\S+)", letter.text)
    assert link is not None, letter.text
    return link[1]
