"""Roles of every kind on one database, and what each may do with the engine: for tests of rights."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from freehold.migrate import backup, gate
from freehold.migrate.backup import Backup
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.migrate.reverse import Prospect, down
from freehold.migrate.swap import Exchange, restore


class Cast(NamedTuple):
    """The roles of a test, by kind, and the database."""

    database: str
    admin_url: str
    names: dict[str, str]

    def url(self, kind: str) -> str:
        """The URL with which a kind of role connects; ``superuser`` is the one that owns the server."""
        if kind == "superuser":
            return self.admin_url
        parts = urlsplit(self.admin_url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{self.names[kind]}:secret@{host}"))

    def run(self, script: str) -> None:
        """Run a script as the superuser, with the names of roles filled in."""

        async def run() -> None:
            connection = await asyncpg.connect(self.admin_url)
            try:
                await connection.execute(script.format(database=self.database, **self.names))
            finally:
                await connection.close()

        asyncio.run(run())


ROLES = {
    "owner": "CREATEDB",
    "without_createdb": "NOCREATEDB",
    "member": "CREATEDB",
    "reader": "CREATEDB",
    "other": "",
}


class Site:
    """A database as one kind of role works with it."""

    def __init__(self, cast: Cast, kind: str, folder: Path) -> None:
        self.url, self.backups = cast.url(kind), folder.parent / "backups"
        self.sets = [MigrationSet.from_folder(folder)]

    async def backup(self) -> Backup:
        return await backup.create(self.url, self.backups)

    async def rehearse(self) -> None:
        answer = await rehearse(self.url, sets=self.sets, backups=self.backups)
        assert answer.passed, answer.findings

    async def apply(self) -> None:
        outcome = await gate.apply_proved(self.url, sets=self.sets)
        assert outcome.surprises == []

    async def down(self) -> None:
        await down(self.url, sets=self.sets, to="0", backups=self.backups, confirm=_yes)

    async def restore(self, taken: Backup) -> None:
        await restore(self.url, taken, confirm=_yes)


async def _yes(_: Prospect | Exchange) -> bool:
    return True


Make = Callable[[str], Site]
"""Gives the database as a kind of role works with it."""
