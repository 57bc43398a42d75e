"""What the driver's errors mean in Freehold's words, and whether what was sent may have been done."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import Final, cast

import asyncpg

from freehold.base.errors import FreeholdError, Meaning, OutcomeUnknown, SchemaPending, Unavailable
from freehold.data.own_tables import is_own
from freehold.data.references import Broken, Root, Unsettled

Meanings = Mapping[str, Meaning]
"""What breaking each constraint of the database means."""
NO_MEANINGS: Final[Meanings] = MappingProxyType({})

UNREACHABLE: Final = "The database cannot be reached or is overloaded: try again in a moment"
_OTHER_SCHEMA: Final = (
    "The tables of the database are not those of this version of Freehold: it lacks migrations (run "
    "'freehold migrate apply'), or a newer Freehold has migrated it (upgrade this one): see 'freehold migrate status'"
)
_FULL_SECONDS: Final = 30
_OF_SHARD: Final = re.compile(r'constraint "(\w+?)_\d{6,}"')

RACES = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)
"""What a second try can mend: a lost race, also one with a migration that changed a prepared statement's columns."""
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
    TimeoutError,
)
"""What says that the database cannot do the work now: unreachable, full, shutting down, or waiting too long."""
UNANSWERED = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.DatabaseDroppedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What says that a statement was sent and its answer will never come: nobody can tell from it what was done.

Words with which a session ends are among them: a session that is ended just after its COMMIT sends nothing else.
"""

REFERRED = (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError)
"""What says that a row is referred to, or refers to none."""
UNKNOWN_NAMES = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.InvalidSchemaNameError)
"""What says that the schema is another version's."""
ABANDONED = (*UNANSWERED, asyncio.CancelledError)
"""After these, a connection may be in the middle of something."""

_WRITES = re.compile(r"\b(insert|update|delete|merge|into|nextval|setval)\b", re.IGNORECASE)
_READS = re.compile(r"\s*(select|with|values|table|show)\b", re.IGNORECASE)
_ASIDE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|\bfor\s+(?:no\s+key\s+)?update\b", re.IGNORECASE)


NO_ROLE = (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError)
"""What says that a role is not there, or may not be taken."""
DRIVER = (asyncpg.PostgresError, *GONE)
"""Whatever the driver raises."""


class ReadOnly(Unavailable):
    """The database takes no changes now, and answers reads: it is a standby, or its primary is away."""

    code = "read_only"
    title = "The primary database is away, so nothing can be changed now: reads go on, try again in a moment"


class LostRace(Unavailable):
    """Others changed the same at the same time, and PostgreSQL let them win; a second try may do."""


class UnexpectedDatabaseError(Exception):
    """PostgreSQL refused a statement of ours: a bug. Says which rule, and never a value; the server's log has those."""


@cache
def changes(sql: str) -> bool:
    """Say whether a statement may store something; one that is not plainly a query may."""
    plain = _ASIDE.sub(" ", sql)
    return not _READS.match(plain) or _WRITES.search(plain) is not None


def translated(
    error: BaseException, meanings: Meanings, *, stored: bool = False, roots: Sequence[Root] = ()
) -> FreeholdError | None:
    """Say in Freehold's words what a driver's error means; None for what would be a bug.

    Args:
        error: the driver's.
        meanings: of the constraints of the database.
        stored: what failed may have been stored when its answer got lost.
        roots: the rows that were to be deleted.
    """
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        if error.table_name and not is_own(error.schema_name, error.table_name):
            return _refused_by(error, roots)
        meaning = meanings.get(_broken_constraint(error) or "")
        return meaning() if meaning else None
    if isinstance(error, RACES):
        return LostRace("Too many changes at the same place at once: try again")
    return _state_of_the_database(error, stored=stored)


def _broken_constraint(error: asyncpg.IntegrityConstraintViolationError) -> str | None:
    """Name the broken constraint. Citus names that of a shard, with the shard's number, and in its message alone."""
    if error.constraint_name:
        return str(error.constraint_name)
    found = _OF_SHARD.search(str(error))
    return found[1] if found else None


def _state_of_the_database(error: BaseException, *, stored: bool) -> FreeholdError | None:
    if isinstance(error, UNKNOWN_NAMES):
        return SchemaPending(_OTHER_SCHEMA)
    if isinstance(error, (*GONE, *UNANSWERED)):
        return _unavailable(error, stored=stored)
    return None


def _unavailable(error: BaseException, *, stored: bool) -> FreeholdError:
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return ReadOnly()
    if isinstance(error, asyncpg.DiskFullError):
        detail = "The disk of the database is full, so nothing was stored: free some space on it, then try again"
        return Unavailable(detail, retry_after_seconds=_FULL_SECONDS)
    return OutcomeUnknown() if stored and isinstance(error, UNANSWERED) else Unavailable(UNREACHABLE)


def _refused_by(error: asyncpg.IntegrityConstraintViolationError, roots: Sequence[Root]) -> FreeholdError | None:
    """Say that a table which is not Freehold's keeps a row from being deleted, or from getting another key.

    What else breaks there was broken by a trigger, and is a bug: a deletion alone breaks other rules by itself.
    """
    if not roots and not isinstance(error, REFERRED):
        return None
    broken = Broken(
        schema=error.schema_name or "",
        table=error.table_name or "",
        constraint=error.constraint_name,
        detail=error.detail or "",
    )
    return Unsettled(broken)


def drivers_error(sqlstate: str | None, message: str, **named: str | None) -> Exception:
    """Make the driver's error for what another driver raised.

    Args:
        sqlstate: PostgreSQL's code; None when the connection broke.
        message: what it says.
        named: the detail, and what it names: ``table_name`` and so on.
    """
    if sqlstate is None:
        return cast("Exception", asyncpg.InterfaceError(message))
    made: asyncpg.PostgresError = asyncpg.PostgresError.new({"C": sqlstate, "M": message})
    for name, value in named.items():
        setattr(made, name, value)
    return cast("Exception", made)


@contextmanager
def incidental() -> Iterator[None]:
    """Write down in here what is no part of what was asked for: whether that was stored is nobody's question."""
    try:
        yield
    except OutcomeUnknown as error:
        raise Unavailable(UNREACHABLE) from error


class translating:  # noqa: N801 - reads as a word in a with statement
    """Raise Freehold's error for the driver's.

    Args:
        meanings: of the constraints of the database.
        alone: the statement that is run by itself, so that it is stored once it is done.
        roots: the rows that are to be deleted in here.
    """

    def __init__(self, meanings: Meanings, *, alone: str | None = None, roots: Sequence[Root] = ()) -> None:
        self._meanings = meanings
        self._alone = alone
        self._roots = roots

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if not isinstance(error, (asyncpg.PostgresError, *GONE)):
            return
        stored = self._alone is not None and changes(self._alone)
        if meaning := translated(error, self._meanings, stored=stored, roots=self._roots):
            raise meaning from error
        if isinstance(error, asyncpg.PostgresError):
            where = error.constraint_name or error.table_name or ""
            raise UnexpectedDatabaseError(f"{type(error).__name__} ({error.sqlstate}) {where}".rstrip()) from None
