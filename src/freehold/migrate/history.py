"""The files against the journal: what is applied, what is pending, and what contradicts."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from freehold.migrate.errors import HistoryError, TargetError
from freehold.migrate.files import BUILTIN, MigrationSet, free_version
from freehold.migrate.journal import Applied
from freehold.migrate.migration import Migration


class Pending(msgspec.Struct, frozen=True):
    """A migration that waits to be applied; ``out_of_order`` if a newer one of its set is applied."""

    set_name: str
    version: str
    name: str
    out_of_order: bool = False


class Trouble(msgspec.Struct, frozen=True):
    """A contradiction between files and journal, and what to do about it."""

    kind: Literal["edited", "missing", "renamed", "unfinished", "dependency", "out-of-order"]
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
        late: the pending ones that are older than an applied one of their set.
    """

    applied: tuple[Applied, ...]
    foreign: tuple[Applied, ...]
    pending: tuple[Migration, ...]
    files: dict[tuple[str, str], Migration]
    troubles: tuple[Trouble, ...]
    late: frozenset[tuple[str, str]] = frozenset()

    def refuse_trouble(self, *, out_of_order: bool = False) -> None:
        """Stop unless files and journal agree (an unfinished migration is fine: it is to be finished).

        Args:
            out_of_order: whether a pending migration may be older than applied ones.

        Raises:
            HistoryError: they do not; the text has every contradiction.
        """
        fine = ("unfinished", "out-of-order") if out_of_order else ("unfinished",)
        serious = [trouble.message for trouble in self.troubles if trouble.kind not in fine]
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
    late = {migration.key: newer for migration in waiting if (newer := _newer(migration, applied))}
    known = (*files, *done)
    troubles += [_late(files[key], newer, known) for key, newer in late.items() if not files[key].out_of_order]
    return History(applied, foreign, tuple(pending), files, tuple(troubles), frozenset(late))


def _newer(migration: Migration, applied: Sequence[Applied]) -> Applied | None:
    """The newest applied migration of the same set, if it is newer than one that never began."""
    rows = [row for row in applied if row.set_name == migration.set_name]
    if any(row.key == migration.key for row in rows):
        return None
    newest = max(rows, key=lambda row: int(row.version), default=None)
    return newest if newest and int(newest.version) > int(migration.version) else None


def _late(migration: Migration, newer: Applied, known: Iterable[tuple[str, str]]) -> Trouble:
    free = free_version(version for set_name, version in known if set_name == migration.set_name)
    message = (
        f"{migration.path} is older than {newer.label}, which is applied already: a new database would run the two in "
        f"the other order. If it is applied nowhere yet, rename it to {free}_{migration.name}.sql, so that it comes "
        "last everywhere; or, if their order makes no difference, write why into it (-- migrate: out-of-order: why), "
        "or add --out-of-order"
    )
    return Trouble("out-of-order", *migration.key, message)


def _against_file(row: Applied, files: dict[tuple[str, str], Migration]) -> list[Trouble]:
    migration = files.get(row.key)
    if migration is None:
        if row.set_name == BUILTIN and all(key[0] != BUILTIN or int(key[1]) < int(row.version) for key in files):
            message = (
                f"A newer Freehold has migrated this database (to {row.label}), and this one is too old for it: "
                "install that version again, or restore the backup that it took before"
            )
        else:
            message = (
                f"{row.label} of set {row.set_name} is applied but its file is missing: bring the file back "
                "(from version control, or from the branch it was applied from)"
            )
        return [Trouble("missing", *row.key, message)]
    troubles: list[Trouble] = []
    if not migration.has_checksum(row.checksum):
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
