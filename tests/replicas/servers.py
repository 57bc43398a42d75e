"""A primary and standbys that are made of it: PostgreSQL's own processes, each in a folder and on a port of its own."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import asyncpg

from freehold import migrate
from freehold.postgres import client_binary, server_binaries
from freehold.postgres.identity import identity_for
from freehold.postgres.programs import run

SETTINGS = """
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
max_connections = 60
shared_buffers = 32MB
wal_level = replica
max_wal_senders = 8
wal_keep_size = 64MB
hot_standby = on
hot_standby_feedback = on
unix_socket_directories = ''
autovacuum = off
wal_receiver_timeout = 5s
wal_retrieve_retry_interval = 100ms
log_min_messages = warning
"""
HBA = "host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """One PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self._binaries = server_binaries()
        self._identity = identity_for(folder)

    @classmethod
    def primary(cls, folder: Path) -> Self:
        """Make a cluster with Freehold's schema, and start it."""
        folder.mkdir(parents=True)
        server = cls(folder)
        server._call("initdb", "-D", server.data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8")
        (server.data / "pg_hba.conf").write_text(HBA)
        with (server.data / "postgresql.conf").open("a") as config:
            config.write(SETTINGS)
        server.start()
        server.sql("CREATE DATABASE freehold", database="postgres")
        asyncio.run(migrate.apply(server.url, sets=[migrate.builtin()]))
        return server

    def standby(self, folder: Path, *, name: str = "") -> "Server":
        """Copy it into another folder with pg_basebackup, and start the copy as its standby."""
        folder.mkdir(parents=True)
        made = Server(folder)
        source = f"host=127.0.0.1 port={self.port} user=postgres application_name={name or folder.name}"
        made._call(made._copier, "-D", made.data, "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        made.start()
        return made

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/freehold"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self._call("pg_ctl", "start", "-w", "-s", "-D", self.data, "-l", self.folder / "log", "-o", f"-p {self.port}")

    def stop(self, how: str = "fast") -> None:
        self._call("pg_ctl", "stop", "-w", "-s", "-D", self.data, "-m", how)

    def promote(self) -> None:
        self._call("pg_ctl", "promote", "-w", "-s", "-D", self.data)

    def follow(self, primary: "Server") -> None:
        """Let a standby follow another primary, as after a promotion."""
        self.sql(f"ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port={primary.port} user=postgres'")
        self.sql("SELECT pg_reload_conf()")

    def freeze(self, *, thaw: bool = False) -> None:
        """Stop every process of it in its tracks, or let them go on."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT if thaw else signal.SIGSTOP)

    def sql(self, statement: str, *, database: str = "freehold") -> Any:
        async def ask() -> Any:
            connection = await asyncpg.connect(self.url.replace("/freehold", f"/{database}"))
            try:
                return await connection.fetchval(statement)
            finally:
                await connection.close()

        return asyncio.run(ask())

    @property
    def _copier(self) -> Path:
        """Where pg_basebackup is; a newer one copies older servers, too, as psql speaks to them."""
        return client_binary("psql", self._binaries.major).with_name("pg_basebackup")

    def _call(self, program: str | Path, *arguments: object) -> None:
        command = [*self._identity.prefix, str(self._binaries.path(str(program))), *map(str, arguments)]
        done = run(command)
        log = self.folder / "log"
        assert done.returncode == 0, (done.stdout + done.stderr + (log.read_text() if log.exists() else ""))[-3000:]


@contextmanager
def stopped_at_the_end(*servers: Server) -> Iterator[None]:
    """Stop what still runs of them, however it was left."""
    try:
        yield
    finally:
        for server in servers:
            with suppress(AssertionError, OSError, IndexError, ValueError):
                server.freeze(thaw=True)
            with suppress(AssertionError):
                server.stop("immediate")
