"""A database with one of everything that PostgreSQL can hold, as SQL, and a change to each of its properties.

A file ``since_15`` is for that major version and later ones, ``with_hstore`` for a server that has that extension.
"""

import re
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import asyncpg

_FOLDER = Path(__file__).parent
_NEEDS = re.compile(r"^-- (since|with) (\w+)$", re.MULTILINE)

_AT_HAND = """
SELECT name FROM pg_available_extensions UNION ALL SELECT 'icu' FROM pg_collation WHERE collname = 'und-x-icu'
"""


class Change(NamedTuple):
    """A change to one property of one object, which is a paragraph of a file.

    Attributes:
        place: file and line.
        needs: what the server must have, such as ``since_15`` and ``with_hstore``.
    """

    place: str
    sql: str
    needs: frozenset[str]


async def abilities(connection: asyncpg.Connection) -> frozenset[str]:
    """Tell what a server has, in the words of `Change.needs`."""
    since = [f"since_{major}" for major in range(14, connection.get_server_version().major + 1)]
    return frozenset((*since, *[f"with_{row[0]}" for row in await connection.fetch(_AT_HAND)]))


async def make_everything(connection: asyncpg.Connection, able: Collection[str]) -> None:
    """Fill the connected database with all that its server can hold."""
    for file in sorted(_FOLDER.glob("*.sql")):
        if file.stem in able or not file.stem.startswith(("since_", "with_")):
            await connection.execute(file.read_text("utf-8"))


def changes() -> list[Change]:
    """Read every change, in the order of the files."""
    found: list[Change] = []
    for file in sorted((_FOLDER / "changes").glob("*.sql")):
        line = 1
        for paragraph in file.read_text("utf-8").split("\n\n"):
            needs = frozenset("_".join(need) for need in _NEEDS.findall(paragraph))
            found.append(Change(f"{file.stem}:{line}", paragraph, needs))
            line += paragraph.count("\n") + 2
    return found
