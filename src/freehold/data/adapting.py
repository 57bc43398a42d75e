"""Takes the connections that programs have: asyncpg's as they are, SQLAlchemy's, and psycopg's (see ``psycopg``)."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from freehold.data.loops import require_loop_of

_NO_TRANSACTION: Final = (
    "This connection is in no transaction, so that each change would be stored by itself. Begin one first: {how}"
)
_HOW: Final = {
    "asyncpg": "async with connection.transaction(): ...",
    "psycopg": "async with connection.transaction(): ...",
    "sqlalchemy": "async with engine.begin() as connection: ...",
}
_TAKES: Final = (
    "takes an asynchronous connection of asyncpg, psycopg 3 (AsyncConnection) or SQLAlchemy (AsyncConnection, "
    "AsyncSession; with asyncpg or psycopg), and was given {what}"
)


def adapted(connection: Any) -> Any:
    """Give a connection that has the methods of asyncpg's which Freehold uses.

    Raises:
        TypeError: it is none that can be used.
        ValueError: it is in no transaction.
        RuntimeError: it belongs to another event loop.
    """
    kind = type(connection)
    package = kind.__module__.partition(".")[0]
    if callable(getattr(connection, "is_in_transaction", None)):  # asyncpg's, or one of a pool
        require_loop_of(connection)
        _require(connection.is_in_transaction(), "asyncpg")
        return connection
    if _is_named(kind, "sqlalchemy", {"AsyncConnection", "AsyncSession"}):
        _require(connection.in_transaction(), "sqlalchemy")
        return Sqlalchemy(connection)
    if _is_named(kind, "psycopg", {"AsyncConnection"}):
        from freehold.data.psycopg import Psycopg  # noqa: PLC0415 - whoever has such a connection has psycopg

        found = Psycopg(connection)
        _require(found.is_in_transaction(), "psycopg")
        return found
    raise TypeError(f"within() {_TAKES.format(what=f'{kind.__name__} of {package}')}")


def given(connection: Any) -> Any:
    """Tell which connection was adapted: the program's own."""
    return getattr(connection, "given", connection)


def _is_named(kind: type, package: str, names: set[str]) -> bool:
    return any(each.__module__.partition(".")[0] == package and each.__name__ in names for each in kind.__mro__)


def _require(is_in_transaction: object, package: str) -> None:
    if not is_in_transaction:
        raise ValueError(_NO_TRANSACTION.format(how=_HOW[package]))


class Sqlalchemy:
    """A connection or session of SQLAlchemy, by way of its driver's.

    SQLAlchemy begins its transaction in the database with the first statement that it sends itself, so it sends one.
    """

    def __init__(self, given: Any) -> None:
        self.given = given
        self._driver: Any = None

    async def _connection(self) -> Any:
        if self._driver is None:
            connection = self.given
            if hasattr(connection, "sync_session"):
                connection = await connection.connection()
            await connection.exec_driver_sql("SELECT 1")
            raw = await connection.get_raw_connection()
            self._driver = adapted(raw.driver_connection)
        return self._driver

    async def execute(self, sql: str, *arguments: object) -> Any:
        """Run a statement, and return what PostgreSQL says of it."""
        return await (await self._connection()).execute(sql, *arguments)

    async def fetch(self, sql: str, *arguments: object, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - as asyncpg's
        """Run a statement, and return all rows."""
        return await (await self._connection()).fetch(sql, *arguments, timeout=timeout)

    async def fetchrow(self, sql: str, *arguments: object, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - as above
        """Run a statement, and return the first row, if any."""
        return await (await self._connection()).fetchrow(sql, *arguments, timeout=timeout)

    async def prepare(self, sql: str) -> Any:
        """Prepare a statement whose rows are fetched some at a time."""
        return await (await self._connection()).prepare(sql)

    async def copy_records_to_table(
        self, table: str, *, columns: Sequence[str], records: Iterable[Sequence[object]]
    ) -> Any:
        """Write many rows at once."""
        return await (await self._connection()).copy_records_to_table(table, columns=columns, records=records)
