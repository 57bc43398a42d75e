"""Folders of migration files."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files as package_files
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from freehold.migrate.migration import FilesError, Migration, Problem
from freehold.migrate.reader import read_migration

BUILTIN = "freehold"  # the set of Freehold's own migrations
_SNAPSHOT = "schema.sql"  # lies beside the migrations for review and is none itself


class MigrationSet(NamedTuple):
    """The migrations of one folder, in order of their versions."""

    name: str
    migrations: tuple[Migration, ...]
    folder: Path

    @classmethod
    def from_folder(cls, folder: Path, name: str = "app") -> "MigrationSet":
        """Read every migration in a folder.

        Raises:
            FilesError: the folder does not exist, or files in it are not well formed (all of them are named).
        """
        if not folder.is_dir():
            raise FilesError(
                [Problem(folder, 0, "there is no such folder: create it with 'freehold migrate new NAME'")]
            )
        migrations: list[Migration] = []
        problems: list[Problem] = []
        for path in sorted(folder.glob("*.sql")):
            if path.name == _SNAPSHOT:
                continue
            try:
                migrations.append(read_migration(path, name))
            except FilesError as error:
                problems += error.problems
        migrations.sort(key=lambda migration: int(migration.version))
        problems += _same_version_twice(migrations)
        if problems:
            raise FilesError(problems)
        return cls(name, tuple(migrations), folder)


@cache
def builtin() -> MigrationSet:
    """Freehold's own migrations, read once a process."""
    return MigrationSet.from_folder(Path(str(package_files("freehold") / "migrations")), BUILTIN)


def free_version(taken: Iterable[str]) -> str:
    """The first version behind all that are taken, as long as the highest of them."""
    highest = max(taken, key=int, default="0000")
    return str(int(highest) + 1).zfill(len(highest))


def _same_version_twice(migrations: Sequence[Migration]) -> list[Problem]:
    free = free_version(migration.version for migration in migrations)
    return [
        Problem(
            second.path,
            0,
            f"has the version of {first.path.name}: two branches each added one. "
            f"Rename the one that is not applied anywhere yet, for example to {free}_{second.name}.sql",
        )
        for first, second in pairwise(migrations)
        if int(first.version) == int(second.version)
    ]
