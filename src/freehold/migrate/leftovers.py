"""What killed runs and restores leave: copies, restored and replaced databases, and backups that did not end."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import asyncpg
import msgspec

from freehold.migrate import prune
from freehold.migrate.backup import PARTIAL, is_held
from freehold.migrate.beside import copied_at, is_beside
from freehold.migrate.database import Connection, connect, quoted
from freehold.migrate.discard import drop_idle
from freehold.migrate.errors import BusyError, DeclinedError, StagingError, TargetError
from freehold.migrate.lock import runner_lock
from freehold.migrate.staging import COPY_ENDING, copy_stem

Kind = Literal["copy", "restored", "replaced", "backup"]

_DATABASES = """
SELECT d.datname AS name, shobj_description(d.oid, 'pg_database') AS comment,
    CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END AS bytes,
    EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname) AS in_use
FROM pg_database d WHERE d.datname <> current_database() ORDER BY d.datname
"""
_STAMP = re.compile(r".*_(?P<stamp>\d{14})_[0-9a-f]{6}")
_PARTIAL = re.compile(r"(?P<stamp>\d{8}T\d{6})Z-[0-9a-f]{6}" + re.escape(PARTIAL))


class Leftover(msgspec.Struct, frozen=True):
    """One thing that is left.

    Attributes:
        kind: a ``copy`` for a rehearsal; a database ``restored`` from a backup that did not take its place; one that
            was ``replaced`` by a restore, and kept; a ``backup`` that did not end.
        name: of the database, or of the folder.
        place: ``database`` for its server, ``staging`` for that of ``--staging-url``, or the folder of backups.
        size_bytes: None if the role may not see it.
        made_at: when it was begun; None if that is not known.
        in_use: it has sessions, or is being written.
    """

    kind: Kind
    name: str
    place: str
    size_bytes: int | None
    made_at: datetime | None
    in_use: bool


Confirm = Callable[[Sequence[Leftover]], Awaitable[bool]]


async def leftovers(database_url: str, *, backups: Path, staging_url: str | None = None) -> list[Leftover]:
    """Everything that runs on this database left, as far as names and comments show it beyond doubt.

    An unfinished backup does not say of which database it is: all in the folder are listed.

    Raises:
        ConnectError: a server cannot be reached.
    """
    async with connect(database_url) as connection:
        marks = _Marks(str(await connection.fetchval("SELECT current_database()")), await copy_stem(connection))
        found = await _databases(connection, marks, "database")
    if staging_url:
        async with connect(staging_url) as connection:
            there = await _databases(connection, marks, "staging")
        found += [each for each in there if each.name not in {one.name for one in found}]  # it may be the same server
    return [*found, *_backups(backups)]


async def clean(
    database_url: str, names: Sequence[str], *, backups: Path, confirm: Confirm, staging_url: str | None = None
) -> list[Leftover]:
    """Remove what is left, by name; without names all of it but databases that a restore replaced.

    Args:
        database_url: whose leftovers they are.
        names: as `leftovers` gives them.
        backups: the folder of backups.
        confirm: is shown what would go; False stops before anything is removed.
        staging_url: the other server on which copies are.

    Returns:
        What was removed.

    Raises:
        TargetError: a name is none of a leftover; nothing was removed.
        BusyError: one is in use; nothing was removed, or what had its turn before.
        DeclinedError: it was not confirmed.
        StagingError: the role may not drop it.
        BackupError: a folder cannot be removed.
        ConnectError, LockedError: as for apply.
    """
    async with runner_lock(database_url):
        found = await leftovers(database_url, backups=backups, staging_url=staging_url)
        chosen = _chosen(found, names)
        if chosen and not await confirm(chosen):
            raise DeclinedError("Nothing was removed")
        for each in chosen:
            if each.kind == "backup":
                prune.remove(backups / each.name)
            else:
                await _drop(staging_url or database_url if each.place == "staging" else database_url, each)
        return chosen


def _chosen(found: Sequence[Leftover], names: Sequence[str]) -> list[Leftover]:
    if not names:
        return [each for each in found if each.kind != "replaced" and not each.in_use]
    known = {each.name: each for each in found}
    if unknown := [name for name in names if name not in known]:
        there = f" What is left: {', '.join(known)}." if known else " Nothing is left."
        raise TargetError(f"{', '.join(unknown)}: not left by a run on this database, so not removed.{there}")
    if busy := [name for name in names if known[name].in_use]:
        raise BusyError(f"{', '.join(busy)}: in use, so nothing was removed. End what uses it, then run this again")
    return [known[name] for name in dict.fromkeys(names)]


async def _drop(url: str, each: Leftover) -> None:
    async with connect(url) as connection:
        try:
            if each.kind == "replaced":  # what holds it was production's, so it is not for us to undo
                await connection.execute(f"DROP DATABASE IF EXISTS {quoted(each.name)}")
            else:
                await drop_idle(connection, each.name, url)
        except (asyncpg.ObjectInUseError, asyncpg.WrongObjectTypeError) as error:
            detail = f" ({error.detail})" if error.detail else ""
            raise BusyError(f"{each.name} is in use and was not removed: {error}{detail}") from None
        except asyncpg.InsufficientPrivilegeError as error:
            raise StagingError(f"Cannot remove {each.name}: {error}") from None


class _Marks(NamedTuple):
    """What shows that something was made for a database: its name, and how the names of its copies begin."""

    database: str
    stem: str

    def kind(self, place: str, name: str, comment: str | None) -> Kind | None:
        if re.fullmatch(re.escape(self.stem) + COPY_ENDING, name):
            return "copy"
        if place == "staging":  # a copy may have production's own name there
            return "copy" if copied_at(self.stem, comment) else None
        if is_beside(self.database, "restored", name, comment):
            return "restored"
        return "replaced" if is_beside(self.database, "before", name, comment) else None

    def made_at(self, name: str, comment: str | None) -> datetime | None:
        if match := _STAMP.fullmatch(name):
            return datetime.strptime(match["stamp"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return copied_at(self.stem, comment)


async def _databases(connection: Connection, marks: _Marks, place: str) -> list[Leftover]:
    return [
        Leftover(kind, name, place, size_bytes, marks.made_at(name, comment), in_use)
        for name, comment, size_bytes, in_use in await connection.fetch(_DATABASES)
        if (kind := marks.kind(place, name, comment))
    ]


def _backups(backups: Path) -> list[Leftover]:
    found: list[Leftover] = []
    for folder in sorted(backups.glob(f"*{PARTIAL}")):
        if (match := _PARTIAL.fullmatch(folder.name)) and folder.is_dir() and not folder.is_symlink():
            made_at = datetime.strptime(match["stamp"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            found.append(Leftover("backup", folder.name, str(backups), size, made_at, _is_written(folder)))
    return found


def _is_written(folder: Path) -> bool:
    try:
        return is_held(folder)
    except OSError:  # no locks on this file system
        return not prune.is_abandoned(folder)
