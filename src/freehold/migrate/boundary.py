"""What a step on a copy changed outside of it, seen before the commit: roles, other databases, settings.

The catalogs that a server's databases share are transactional like any other. So with a step behind and its commit
before it, one look shows what it is about to leave on the server, however it did that: in plain sight, in a function,
in dynamic SQL, by a trigger. Then it is rolled back.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import asyncpg

from freehold.migrate.database import Connection, connect
from freehold.migrate.errors import BeyondError
from freehold.migrate.migration import Section
from freehold.migrate.reach import ON_PRODUCTION, OUTSIDE
from freehold.migrate.splitter import split

_NEVER = frozenset({"database", "subscription", "replication origin"})
"""Kinds that a copy may not touch on a server of its own either: they are somebody else's, or reach a third server."""

_UNSEEN = "unseen"
"""The kind of what shows that a role was changed though it looks the same."""

_GOING = '"datconnlimit": -2,'
"""DATCONNLIMIT_INVALID_DB of PostgreSQL's pg_database.h. DROP DATABASE runs in no transaction, so in no step either."""

_DROP_ROLES = """
SELECT format(step, rolname) FROM pg_roles, unnest(ARRAY['DROP OWNED BY %I', 'DROP ROLE %I']) AS step
WHERE rolname = ANY ($1)
"""
"""What a new role has outside of the copy is what it may do with tablespaces and settings."""

_Shared: TypeAlias = dict[tuple[str, str], str]
"""By kind and name what a server's databases share."""


class Boundary:
    """The line around a copy.

    Attributes:
        apart: the copy is on a server of its own, where roles and their settings may be changed.
    """

    def __init__(self, *, apart: bool) -> None:
        self.apart = apart
        self._onlooker: Connection | None = None
        self._before: _Shared = {}
        self._roles: set[str] = set()

    @asynccontextmanager
    async def cleaned(self, server_url: str) -> AsyncIterator[None]:
        """At the end drop the roles that steps have made, if they were on a server of their own."""
        try:
            yield
        finally:
            if self._roles:
                async with connect(server_url) as connection:
                    for (drop,) in await connection.fetch(_DROP_ROLES, sorted(self._roles)):
                        with suppress(asyncpg.PostgresError):  # a role that may make roles may not drop them all
                            await connection.execute(drop)

    async def begin(self, onlooker: Connection) -> None:
        """Look at the server before the first step.

        Args:
            onlooker: idle meanwhile: it sees what others on the server change, and nothing of what a step does.
        """
        self._onlooker, self._before = onlooker, await _look(onlooker)

    async def check(self, connection: Connection) -> None:
        """Look what the transaction of a step has changed outside of the copy.

        Raises:
            BeyondError: something; the text has what.
        """
        await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what triggers put off to the commit
        if crossed := await self._crossed(connection):
            where = OUTSIDE if self.apart else ON_PRODUCTION
            raise BeyondError(f"this changes {', '.join(crossed)} {where}")

    async def line(self, connection: Connection, section: Section) -> int:
        """The line of the statement that leads outside, found by running the section once more, in vain."""
        if len(section.statements) == 1:
            return section.statements[0].line
        transaction = connection.transaction()
        await transaction.start()
        try:
            for statement in section.statements:
                await connection.execute(statement.sql)
                if statement.verb in ("SET", "RESET"):
                    continue  # a query before SET TRANSACTION would make it fail
                await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
                if await self._crossed(connection):
                    return statement.line
        except asyncpg.PostgresError:
            pass  # it went otherwise this time
        finally:
            await transaction.rollback()
        return section.line

    async def _crossed(self, connection: Connection) -> list[str]:
        now = await _look(connection)
        if now == self._before or self._onlooker is None:
            return []
        now, theirs = await _with_and_without(connection, self._onlooker)
        own = [
            key
            for key in sorted(now.keys() | theirs.keys())
            if now.get(key) != theirs.get(key) and not _is_going(now.get(key), theirs.get(key))
        ]
        if self.apart:
            self._roles |= {name for kind, name in own if kind == "role" and (kind, name) not in self._before}
            own = [key for key in own if key[0] in _NEVER]
        if not own:
            self._before = now  # what other sessions have changed
        return [" ".join(key) for key in own if key[0] != _UNSEEN or len(own) == 1]


async def _look(connection: Connection) -> _Shared:
    return _shared(await connection.fetch(_query(connection.get_server_version().major)))


async def _with_and_without(connection: Connection, onlooker: Connection) -> tuple[_Shared, _Shared]:
    """Look twice at one moment: with what the transaction of a step has done, and without it.

    An exported snapshot has what others have committed, and not what its own transaction is doing. So between the two
    lies what the step changed, and nothing else, however busy the server is and whatever isolation the step has.
    """
    query = f"SELECT '', '', pg_catalog.pg_export_snapshot() UNION ALL {_query(connection.get_server_version().major)}"
    (_, _, snapshot), *rows = await connection.fetch(query)
    async with onlooker.transaction(isolation="repeatable_read", readonly=True):
        await onlooker.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        return _shared(rows), await _look(onlooker)


def _is_going(*definitions: str | None) -> bool:
    """Say whether a database is being dropped: that is marked in place, under every snapshot, and done by no step."""
    return any(_GOING in (definition or "") for definition in definitions)


def _shared(rows: Sequence[tuple[str, str, str | None]]) -> _Shared:
    return {(kind, name): definition or "" for kind, name, definition in rows}


@cache
def _query(major: int) -> str:
    everywhere, since_15 = split((files("freehold.migrate") / "boundary.sql").read_text("utf-8"))
    return everywhere.sql if major < 15 else f"{everywhere.sql} UNION ALL {since_15.sql}"  # noqa: PLR2004
