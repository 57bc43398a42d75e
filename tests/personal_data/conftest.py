"""Somebody who asks over HTTP, as for users."""

from tests.users.conftest import OpenClient, client, open_client

__all__ = ["OpenClient", "client", "open_client"]
