"""The files against the journal: what is applied, what is pending, and what contradicts."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from freehold.migrate.errors import HistoryError, TargetError
from freehold.migrate.files import MigrationSet
from freehold.migrate.journal import Applied
from freehold.migrate.migration import Migration


class Pending(msgspec.Struct, frozen=True):
    """A migration that waits to be applied."""

    set_name: str
    version: str
    name: str


class Trouble(msgspec.Struct, frozen=True):
    """A contradiction between files and journal, and what to do about it."""

    kind: Literal["edited", "missing", "renamed", "unfinished", "dependency"]
    set_name: str
    version: str
    message: str


class History(NamedTuple):
    """The files of some sets against the journal of a database.

    Attributes:
        applied: what the journal has of these sets, in the order of application.
        foreign: what the journal has of other sets.
        pending: what is to be applied, in the order to do it; unfinished ones first.
        files: every file by set and version.
        troubles: contradictions.
    """

    applied: tuple[Applied, ...]
    foreign: tuple[Applied, ...]
    pending: tuple[Migration, ...]
    files: dict[tuple[str, str], Migration]
    troubles: tuple[Trouble, ...]

    def refuse_trouble(self) -> None:
        """Stop unless files and journal agree (an unfinished migration is fine: it is to be finished).

        Raises:
            HistoryError: they do not; the text has every contradiction.
        """
        serious = [trouble.message for trouble in self.troubles if trouble.kind != "unfinished"]
        if serious:
            raise HistoryError("\n".join(serious))

    def after(self, target: str) -> tuple[Applied, ...]:
        """Everything that was applied after a version, newest first: what going back to it has to revert.

        Args:
            target: a version, ``set:version`` where two sets have it, or ``0`` for the time before the first.

        Raises:
            TargetError: it is not applied, or in two sets, or migrations of a set that is not given came after it.
        """
        everything = sorted((*self.applied, *self.foreign), key=lambda row: row.position)
        if target == "0":
            return self._revertible(everything if self.applied else [])
        set_name, _, version = target.rpartition(":")
        matches = [
            index
            for index, row in enumerate(everything)
            if row.version == version
            and row.state == "done"
            and (row.set_name == set_name or (row in self.applied and not set_name))
        ]
        if len(matches) != 1:
            known = ", ".join(f"{row.set_name}:{row.version}" for row in self.applied) or "none"
            problem = "is in two sets: write set:version" if matches else "is not applied"
            raise TargetError(f"Version {target} {problem}. Applied are: {known}; 0 means before the first")
        return self._revertible(everything[matches[0] + 1 :])

    def _revertible(self, rows: list[Applied]) -> tuple[Applied, ...]:
        known = {row.key for row in self.applied}
        others = [f"{row.set_name}:{row.label}" for row in rows if row.key not in known]
        if others:
            raise TargetError(
                f"{', '.join(others)} came after it and would have to go first, but their set is not given: "
                "add --dir with the folder of your own migrations, or leave out --no-builtin"
            )
        return tuple(reversed(rows))


def compare(sets: Sequence[MigrationSet], rows: Sequence[Applied]) -> History:
    """Compare the files of some sets with the journal's rows."""
    names = {migration_set.name for migration_set in sets}
    files = {migration.key: migration for each in sets for migration in each.migrations}
    applied = tuple(row for row in rows if row.set_name in names)
    foreign = tuple(row for row in rows if row.set_name not in names)
    done = {row.key for row in rows if row.state == "done"}
    under_way = {row.key for row in rows if row.state != "done"}
    waiting = [migration for migration in files.values() if migration.key not in done]
    pending = sorted(waiting, key=lambda migration: migration.key not in under_way)
    troubles = [trouble for row in applied for trouble in _against_file(row, files)]
    troubles += [trouble for migration in waiting for trouble in _unmet(migration, files, done)]
    return History(applied, foreign, tuple(pending), files, tuple(troubles))


def _against_file(row: Applied, files: dict[tuple[str, str], Migration]) -> list[Trouble]:
    migration = files.get(row.key)
    if migration is None:
        message = (
            f"{row.label} of set {row.set_name} is applied but its file is missing: bring the file back "
            "(from version control, or from the branch it was applied from)"
        )
        return [Trouble("missing", *row.key, message)]
    troubles: list[Trouble] = []
    if migration.checksum != row.checksum:
        message = (
            f"{migration.path} was edited after it was applied: restore what was applied, "
            "and write the change as a new migration"
        )
        troubles.append(Trouble("edited", *row.key, message))
    if migration.name != row.name:
        message = f"{migration.path} was applied under the name {row.label}.sql: rename it back"
        troubles.append(Trouble("renamed", *row.key, message))
    if row.state != "done":
        doing = "applied" if row.state == "applying" else "reverted"
        again = "apply" if row.state == "applying" else "down"
        message = (
            f"{row.label} was being {doing} outside a transaction and did not end: run 'freehold migrate {again}' again"
        )
        troubles.append(Trouble("unfinished", *row.key, message))
    return troubles


def _unmet(migration: Migration, files: dict[tuple[str, str], Migration], done: set[tuple[str, str]]) -> list[Trouble]:
    troubles: list[Trouble] = []
    for dependency in migration.depends:
        set_name, _, version = dependency.rpartition(":")
        candidates = {key for key in (*files, *done) if key[1] == version and set_name in ("", key[0])}
        if not candidates - {migration.key}:
            message = (
                f"{migration.path} depends on {dependency}, which is neither applied nor among the files: "
                "upgrade what brings it, or correct the directive"
            )
            troubles.append(Trouble("dependency", *migration.key, message))
    return troubles
