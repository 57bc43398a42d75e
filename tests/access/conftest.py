"""Somebody who asks over HTTP, and Ada, who owns acme: as for organizations."""

from tests.organizations.conftest import OpenClient, ada, client, open_client

__all__ = ["OpenClient", "ada", "client", "open_client"]
