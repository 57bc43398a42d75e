"""What one installation has in its database: its schema, and the keys that all its processes share."""

import secrets
from functools import cache
from importlib.resources import files

from freehold.base.errors import SchemaPending
from freehold.data import queries
from freehold.data.db import Database


async def require_current_schema(database: Database) -> frozenset[str]:
    """Return when the database has every migration of this version, and name those that this version does not know.

    A newer one is no reason not to serve: while the nodes of an installation are upgraded, the old ones go on.

    Raises:
        SchemaPending: ``schema_pending``, naming how many are missing and the command to run.
    """
    try:
        applied = frozenset(await queries.migrations_applied(database if database.replicas else database.quick))
    except SchemaPending:
        applied = frozenset()
    missing = _own_migrations() - applied
    if missing:
        raise SchemaPending(
            f"The database lacks {len(missing)} of Freehold's migrations ({', '.join(sorted(missing))}): "
            "run 'freehold migrate apply', then start again"
        )
    return applied - _own_migrations()


async def is_read_only(database: Database) -> bool:
    """Say whether nothing can be changed now: the primary is away, or the database is a standby."""
    if database.replicas is not None and database.replicas.is_alone:
        return True
    return await queries.in_recovery(database.quick)


async def shared_key(database: Database, name: str) -> bytes:
    """Read a key that all nodes share. Two nodes that start at once see one key: the loser's insert does nothing."""
    key = await queries.kept_shared_key(database, name=name)  # first, since a standby alone cannot make one
    while key is None:  # the loser may not see the winner's row in the statement that waited for it
        key = await queries.shared_key(database, name=name, fresh=secrets.token_bytes(32))
    return key


@cache
def _own_migrations() -> frozenset[str]:
    folder = files("freehold") / "migrations"
    return frozenset(path.name.partition("_")[0] for path in folder.iterdir() if path.name[0].isdigit())
