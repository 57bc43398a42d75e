"""PostgreSQL for Freehold: an embedded server by default, and the client programs of any server's own version."""

from freehold.postgres.binaries import Binaries, client_binary, server_binaries
from freehold.postgres.client import ClientConnection, client_connection, server_major
from freehold.postgres.errors import PostgresError
from freehold.postgres.revival import Revival
from freehold.postgres.server import EmbeddedServer, connect_or_start

__all__ = [
    "Binaries",
    "ClientConnection",
    "EmbeddedServer",
    "PostgresError",
    "Revival",
    "client_binary",
    "client_connection",
    "connect_or_start",
    "server_binaries",
    "server_major",
]
