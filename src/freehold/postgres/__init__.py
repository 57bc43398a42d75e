"""PostgreSQL for Freehold: an embedded server by default, and the client programs of any server's own version."""

from freehold.postgres.binaries import Binaries, client_binary, server_binaries
from freehold.postgres.errors import PostgresError
from freehold.postgres.server import EmbeddedServer, connect_or_start

__all__ = ["Binaries", "EmbeddedServer", "PostgresError", "client_binary", "connect_or_start", "server_binaries"]
