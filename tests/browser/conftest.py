"""A real server and a real browser. Without a Chromium on this machine these tests are skipped, and say so."""

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from tests.mail.letters import letters_to
from tests.serve.running import Running

from freehold import Platform

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

Serve = Callable[..., Running]
OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: install one to test pages in a browser")
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        await started.close()


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
def server(serve: Serve) -> Running:
    return serve()


class Violations(list[str]):
    """What the browser refused or complained about, while a test ran."""


@pytest.fixture
async def open_page(chromium: Browser, server: Running) -> AsyncIterator[OpenPage]:
    """Open a page of the server as somebody new; afterwards, nothing that it loaded was refused by its policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_(path: str = "/", *, scripts: bool = True, **options: Any) -> Page:
        context = await chromium.new_context(base_url=server.url, java_script_enabled=scripts, **options)
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
