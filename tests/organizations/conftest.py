"""Somebody who asks over HTTP, as for users; and Ada, who owns acme."""

import httpx
import pytest
from tests.users.conftest import OpenClient, client, open_client
from tests.users.people import Headers, arrive

__all__ = ["OpenClient", "client", "open_client"]


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> Headers:
    """The owner of acme."""
    headers = await arrive(client, "ada")
    made = await client.post("/v1/organizations", json={"name": "Acme"}, headers=headers)
    assert made.status_code == 201
    return headers
