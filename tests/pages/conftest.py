from collections.abc import AsyncIterator

import httpx
import pytest

from freehold import Platform
from freehold.serve.application import create_application


@pytest.fixture
async def browser(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    """A browser as far as the server can tell: it keeps cookies, and says where its forms come from."""
    transport = httpx.ASGITransport(create_application(platform))
    headers = {"Accept": "text/html", "Origin": "http://test", "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as opened:
        yield opened
