"""What the engine writes on databases that it makes beside another: how they are known again for certain."""

import re
from datetime import UTC, datetime
from typing import Literal

from freehold.migrate.database import Connection

Role = Literal["restored", "before"]
"""``restored`` from a backup, about to take the database's place; or the database as it was ``before`` that."""

_STEM_BYTES = 32  # of the name, so that what is made beside it fits into the 63 bytes of an identifier
_STAMP = "[0-9]{14}_[0-9a-f]{6}"
_BY = "Freehold: "
_COPY = f"{_BY}copy "
_TIME = "%Y-%m-%d %H:%M:%S"


def named(database: str, role: Role, stamp: str) -> str:
    """The name of what is made beside a database; ``stamp`` is a time and six hexadecimal digits."""
    return f"{_stem(database)}_{role}_{stamp}"


def remark(database: str, role: Role) -> str:
    """The comment on what is made beside a database: it has the whole name."""
    words = {"restored": "restored from a backup of", "before": "what a restore replaced of"}
    return f"{_BY}{words[role]} {database}"


def is_beside(database: str, role: Role, name: str, comment: str | None) -> bool:
    """Whether a database was made beside another by a restore, beyond doubt."""
    if not re.fullmatch(f"{re.escape(_stem(database))}_{role}_{_STAMP}", name):
        return False
    whole = len(database.encode()) < _STEM_BYTES  # else a longer name may begin with the same bytes
    return comment == remark(database, role) or (whole and not (comment or "").startswith(_BY))


def copy_remark(stem: str) -> str:
    """The comment on a copy that is made now; ``stem`` is how the names of its database's copies begin."""
    return f"{_COPY}{stem} made at {datetime.now(UTC).strftime(_TIME)}"


def copied_at(stem: str, comment: str | None) -> datetime | None:
    """When a copy was made, by its comment; None if that is not the comment on a copy of this database."""
    words, _, time = (comment or "").rpartition(" made at ")
    try:
        return datetime.strptime(time, _TIME).replace(tzinfo=UTC) if words == f"{_COPY}{stem}" else None
    except ValueError:
        return None


async def set_comment(connection: Connection, name: str, comment: str | None) -> None:
    """Give a database its comment, or take it away."""
    statement = await connection.fetchval(
        "SELECT format('COMMENT ON DATABASE %I IS %L', $1::text, $2::text)", name, comment
    )
    await connection.execute(statement)


def _stem(database: str) -> str:
    return database.encode()[:_STEM_BYTES].decode(errors="ignore")
