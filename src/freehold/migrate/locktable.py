"""The server's table of locks: who reads a whole database in one snapshot needs a lock on every table of it."""

import asyncpg

from freehold.migrate.database import Connection

_SIZE = """
SELECT (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'm', 'S', 'f', 'v') AND relnamespace NOT IN (
        SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')) AS relations,
    current_setting('max_locks_per_transaction')::int AS setting,
    current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int AS sessions
"""


def is_full(error: Exception) -> bool:
    """Whether an error, of ours or in the words of pg_dump, says that there is no room for another lock."""
    return (isinstance(error, asyncpg.OutOfMemoryError) or "out of shared memory" in str(error)) and (
        "max_locks_per_transaction" in str(error)
    )


async def how_to_enlarge(connection: Connection) -> str:
    """What to set so that the connected database can be backed up: room for twice as many locks as it has relations."""
    relations, setting, sessions = await connection.fetchrow(_SIZE) or (0, 0, 1)
    enough = 2 * setting
    while enough * sessions < 2 * relations:
        enough *= 2
    return (
        "The server has no room for this many locks: a backup holds one on each of this database's "
        f"{relations} tables, "
        f"views and sequences at once. Set max_locks_per_transaction to {enough} (it is {setting}) in the server's "
        "configuration, and restart it"
    )
