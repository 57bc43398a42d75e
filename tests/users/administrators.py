"""A platform administrator who asks over HTTP."""

from typing import Any

import httpx
from tests.users.people import Headers, arrive


async def administrator(client: httpx.AsyncClient, connection: Any, username: str = "root") -> Headers:
    """Arrive, and be made a platform administrator past the application."""
    headers = await arrive(client, username)
    await connection.execute("UPDATE users SET is_admin = true WHERE username = $1", username)
    return headers
