"""Statements that run outside a transaction, and how to go on when one was interrupted.

``CREATE INDEX CONCURRENTLY`` that fails leaves an INVALID index, which costs every write, helps no read, and makes
``IF NOT EXISTS`` skip the next try. So the state is looked at first, each time.
"""

from typing import Literal, NamedTuple

import asyncpg

from freehold.migrate.database import Connection
from freehold.migrate.errors import StepError
from freehold.migrate.lexer import Kind
from freehold.migrate.splitter import Statement

_INDEX = """
SELECT c.oid::regclass::text AS name, i.indisvalid AND i.indisready AS valid, pg_get_indexdef(c.oid) AS definition
FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.oid = to_regclass($1)
"""


class IndexStatement(NamedTuple):
    """``CREATE INDEX`` or ``DROP INDEX``, taken apart.

    Attributes:
        name: of the index, as written, with its schema where it is known from the statement.
        table: as written; empty for a drop.
        statement: the whole.
    """

    verb: Literal["create", "drop"]
    name: str
    table: str
    statement: Statement


def index_statement(statement: Statement) -> IndexStatement | None:
    """Take ``CREATE INDEX CONCURRENTLY name ON table`` or ``DROP INDEX CONCURRENTLY name`` apart; None for all else."""
    words = [w for w in statement.words if not w.is_word("UNIQUE", "IF", "NOT", "EXISTS", "ONLY")]
    if len(words) < 4 or not words[1].is_word("INDEX") or not words[2].is_word("CONCURRENTLY"):  # noqa: PLR2004
        return None
    names = [_name(statement, index) for index, word in enumerate(statement.words) if word == words[3]]
    if words[0].is_word("DROP"):
        return IndexStatement("drop", names[0], "", statement)
    on = next((index for index, word in enumerate(statement.words) if word.is_word("ON")), None)
    if on is None or words[3].is_word("ON"):
        return None
    start = on + 2 if statement.words[on + 1].is_word("ONLY") else on + 1
    table = _name(statement, start)
    schema = table.rpartition(".")[0]
    return IndexStatement("create", f"{schema}.{names[0]}" if schema else names[0], table, statement)


async def prepare(connection: Connection, index: IndexStatement) -> bool:
    """Look at the index and clear away what an interrupted try left.

    Returns:
        Whether the statement still has to run.

    Raises:
        StepError: an index of that name exists and is another one.
    """
    found = await connection.fetchrow(_INDEX, index.name)
    if index.verb == "drop":
        return found is not None
    if found is None:
        return True
    if not found["valid"]:
        await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {found['name']}")
        return True
    wanted = await _definition(connection, index)
    if _essence(found["definition"]) == _essence(wanted):
        return False
    raise StepError(f"There is an index {found['name']} already, and it is another one: {found['definition']}")


async def clear(connection: Connection, index: IndexStatement) -> None:
    """Remove the INVALID index that a failed build left."""
    if index.verb == "create":
        found = await connection.fetchrow(_INDEX, index.name)
        if found is not None and not found["valid"]:
            await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {found['name']}")


def without_concurrently(statement: Statement) -> str:
    """The same statement as it can run inside a transaction."""
    start = statement.words[0].start
    word = next((word for word in statement.words if word.is_word("CONCURRENTLY")), None)
    if word is None:
        return statement.sql
    return statement.sql[: word.start - start] + statement.sql[word.end - start :]


async def _definition(connection: Connection, index: IndexStatement) -> str:
    """What PostgreSQL would make of the statement, tried on an empty copy of the table."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"CREATE TEMP TABLE migrate_probe (LIKE {index.table} INCLUDING GENERATED)")
        words = index.statement.words
        on = next(position for position, word in enumerate(words) if word.is_word("ON"))
        using = index.statement.sql[_end_of_name(index.statement, on + 1) - words[0].start :]
        unique = "UNIQUE" if words[1].is_word("UNIQUE") else ""
        await connection.execute(f"CREATE {unique} INDEX migrate_probe_index ON migrate_probe {using}")
        return str(await connection.fetchval("SELECT pg_get_indexdef('pg_temp.migrate_probe_index'::regclass)"))
    except asyncpg.PostgresError as error:
        raise StepError(f"Cannot tell what index {index.name} should be: {error}") from None
    finally:
        await transaction.rollback()


def _essence(definition: str) -> tuple[bool, str]:
    before, _, after = definition.partition(" USING ")
    return "UNIQUE" in before.split(), after


def _name(statement: Statement, index: int) -> str:
    end = _end_of_name(statement, index)
    first = statement.words[index].start
    return statement.sql[first - statement.words[0].start : end - statement.words[0].start]


def _end_of_name(statement: Statement, index: int) -> int:
    """Where a possibly qualified name ends: words joined by dots."""
    words = statement.words
    if words[index].is_word("ONLY"):
        index += 1
    while (
        index + 2 < len(words)
        and words[index + 1].text == "."
        and words[index + 2].kind
        in (
            Kind.WORD,
            Kind.QUOTED_NAME,
        )
    ):
        index += 2
    return words[index].end
