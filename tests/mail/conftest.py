"""Post offices, and platforms that deliver to them."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import trustme
from tests.mail.post_office import PostOffice, open_post_office
from tests.users.conftest import client, open_client

from freehold import Platform, Settings

__all__ = ["client", "open_client"]

OpenPlatform = Callable[[Settings], Awaitable[Platform]]


@pytest.fixture
async def open_platform(database_url: str) -> AsyncIterator[OpenPlatform]:
    """Open platforms with settings of their own on the test's database."""
    async with AsyncExitStack() as stack:

        async def open_one(settings: Settings) -> Platform:
            return await stack.enter_async_context(Platform.open(database_url, settings=settings))

        yield open_one


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    """A server without encryption."""
    async with open_post_office() as opened:
        yield opened


class Authority:
    """A certificate authority of the test, with a certificate for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.file))
        self.server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(self.server)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)
