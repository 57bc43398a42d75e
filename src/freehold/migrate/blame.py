"""PostgreSQL's complaint with the place in the file that it is about."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from freehold.migrate.errors import StepError
from freehold.migrate.lexer import Kind
from freehold.migrate.migration import Migration, Section
from freehold.migrate.patience import INTERRUPTIONS, Interrupted
from freehold.migrate.splitter import Statement

_IN_BLOCK = re.compile(r"inline_code_block line (\d+)")


@asynccontextmanager
async def blaming(migration: Migration, section: Section, statement: Statement) -> AsyncIterator[None]:
    """Turn PostgreSQL's complaint about a statement into a `StepError` with file and line.

    Raises:
        Interrupted: a lock was not to be had, or the statement was cancelled.
        StepError: it failed.
    """
    try:
        yield
    except asyncpg.PostgresError as error:
        place = f"{migration.path}:{_line(statement, error)}"
        raise _judged(error, place, migration, section) from None


@asynccontextmanager
async def at_commit(migration: Migration, section: Section) -> AsyncIterator[None]:
    """The same for what PostgreSQL puts off to the commit; the line is known if only one statement can be meant."""
    try:
        yield
    except asyncpg.PostgresError as error:
        meant = [each for each in section.statements if each.verb not in ("SET", "RESET")]
        line = f":{meant[0].line}" if len(meant) == 1 else ""
        raise _judged(error, f"{migration.path}{line}: at the commit", migration, section) from None


def _judged(error: asyncpg.PostgresError, place: str, migration: Migration, section: Section) -> Exception:
    if _is_loss(error):
        lost: Exception = error
        return lost
    parts = [f"{place}: {error.args[0] if error.args else error}"]
    parts += [f"{name}: {text}" for name in ("detail", "hint", "context") if (text := getattr(error, name, None))]
    if isinstance(error, INTERRUPTIONS):
        return Interrupted(place, error)
    parts.append(
        f"{migration.label} was rolled back; migrations before it stay as they are"
        if section.transaction and section.backfill is None
        else f"{migration.label} runs outside a transaction and is journalled as not ended: "
        "remove the cause, then run the same command again"
    )
    return StepError("\n".join(parts))


def _is_loss(error: asyncpg.PostgresError) -> bool:
    """Whether the connection itself is gone: a statement that fails to reach another server raises the like."""
    if not isinstance(error, (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)):
        return False
    return getattr(error, "severity_en", None) != "ERROR"


def _line(statement: Statement, error: asyncpg.PostgresError) -> int:
    """The line that a complaint is about: by its position, or by what a DO block says of itself."""
    if position := getattr(error, "position", None):
        return statement.line + statement.sql.count("\n", 0, int(position) - 1)
    inside = _IN_BLOCK.search(getattr(error, "context", None) or "")
    if inside is None or statement.verb != "DO":
        return statement.line
    body = max((word for word in statement.words if word.kind is Kind.STRING), key=lambda word: len(word.text))
    return statement.line + statement.sql.count("\n", 0, body.start - statement.offset) + int(inside[1]) - 1
