"""A database with one of everything that PostgreSQL can hold, in files of SQL, and changes to each of its properties."""

import re
from pathlib import Path
from typing import NamedTuple

import asyncpg

_FOLDER = Path(__file__).parent
_SINCE = re.compile(r"^-- since (\d+)$", re.MULTILINE)


class Change(NamedTuple):
    """A change to one property of one object, which is a paragraph of a file.

    Attributes:
        place: file and line.
        since: the major version that it needs.
    """

    place: str
    sql: str
    since: int


async def make_everything(connection: asyncpg.Connection) -> None:
    """Fill the connected database with all that its server's version has."""
    major = connection.get_server_version().major
    has_icu = await connection.fetchval("SELECT EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu')")
    for file in sorted(_FOLDER.glob("*.sql")):
        since = re.fullmatch(r"since_(\d+)", file.stem)
        if (since and int(since[1]) > major) or (file.stem == "with_icu" and not has_icu):
            continue
        await connection.execute(file.read_text("utf-8"))


def changes() -> list[Change]:
    """Read every change, in the order of the files."""
    found: list[Change] = []
    for file in sorted((_FOLDER / "changes").glob("*.sql")):
        line = 1
        for paragraph in file.read_text("utf-8").split("\n\n"):
            since = _SINCE.search(paragraph)
            found.append(Change(f"{file.stem}:{line}", paragraph, int(since[1]) if since else 0))
            line += paragraph.count("\n") + 2
    return found
