"""A primary with two standbys, which the tests of a process share: each test lets them replay again at its end."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from freehold import Project
from tests.conftest import _memory
from tests.replicas.servers import Server, stopped_at_the_end


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="fh-replicas-", dir=_memory()))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def trio(folder: Path) -> Iterator[tuple[Server, Server, Server]]:
    primary = Server.primary(folder / "primary")
    with stopped_at_the_end(primary):
        one = primary.standby(folder / "one")
        with stopped_at_the_end(one):
            two = primary.standby(folder / "two")
            with stopped_at_the_end(two):
                yield primary, one, two


class Standing:
    """The servers, and how their replay is held and let go."""

    def __init__(self, primary: Server, standbys: tuple[Server, ...]) -> None:
        self.primary = primary
        self.standbys = standbys
        self._connections: dict[Server, asyncpg.Connection] = {}

    @property
    def replica_urls(self) -> str:
        return " ".join(server.url for server in self.standbys)

    async def ask(self, server: Server, sql: str) -> object:
        connection = self._connections.get(server)
        if connection is None or connection.is_closed():
            connection = self._connections[server] = await asyncpg.connect(server.url)
        return await connection.fetchval(sql)

    async def hold(self, *servers: Server) -> None:
        """Have standbys replay no more; return once they have paused."""
        for server in servers or self.standbys:
            await self.ask(server, "SELECT pg_wal_replay_pause()")
            while await self.ask(server, "SELECT pg_get_wal_replay_pause_state()") != "paused":
                pass

    async def let_go(self, *servers: Server) -> None:
        """Have them replay again."""
        for server in servers or self.standbys:
            await self.ask(server, "SELECT pg_wal_replay_resume()")

    async def caught_up(self, *servers: Server) -> None:
        """Return once they have replayed all that the primary has."""
        end = await self.ask(self.primary, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")
        for server in servers or self.standbys:
            while await self.ask(server, f"SELECT pg_last_wal_replay_lsn() - '0/0' < {end}"):
                await self.ask(self.primary, "SELECT txid_current()")

    async def close(self) -> None:
        for connection in self._connections.values():
            connection.terminate()


@pytest.fixture
async def standing(trio: tuple[Server, Server, Server]) -> AsyncIterator[Standing]:
    primary, *standbys = trio
    held = Standing(primary, tuple(standbys))
    yield held
    await held.let_go()
    await held.close()


def as_listed(project: Project) -> Project:
    """The project as a list has it: without what it keeps."""
    return msgspec.structs.replace(project, public_metadata=msgspec.UNSET, private_metadata=msgspec.UNSET)
