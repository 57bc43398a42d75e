"""The way from another tool's folder to one of this engine's: read, cut, number, write; all of it or nothing."""

import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from freehold.migrate.errors import FormatError
from freehold.migrate.files import MigrationSet
from freehold.migrate.frameworks import alembic, dbmate, diesel, django, flyway, goose, pairs
from freehold.migrate.frameworks.original import Original
from freehold.migrate.frameworks.parts import Parted, parted
from freehold.migrate.frameworks.rendering import rendered
from freehold.migrate.frameworks.source import Source
from freehold.migrate.frameworks.versions import assigned, slug
from freehold.migrate.migration import FilesError

READERS: Mapping[str, Callable[[Source], list[Original]]] = {
    "alembic": alembic.read,
    "dbmate": dbmate.read,
    "diesel": diesel.read,
    "django-sql": django.read,
    "flyway": flyway.read,
    "golang-migrate": pairs.read_golang_migrate,
    "goose": goose.read,
    "sqlx": pairs.read_sqlx,
}
"""Every tool whose migrations can be imported."""


class ImportedFile(msgspec.Struct, frozen=True):
    """What became of one migration.

    Attributes:
        original: how the other tool calls it: the name of its file or folder.
        files: the names of the files written; none if it was left out.
        notes: what was done to it, or why it was left out.
    """

    original: str
    files: list[str]
    notes: list[str]


class Import(msgspec.Struct, frozen=True):
    """What an import did.

    Attributes:
        framework: whose migrations they were.
        folder: where the files are.
        migrations: in the order of their versions; then what was left out.
    """

    framework: str
    folder: str
    migrations: list[ImportedFile]


def convert(
    framework: str, folder: Path, to: Path, *, values: Mapping[str, str] | None = None, encoding: str = "utf-8"
) -> Import:
    """Convert a folder of another tool's SQL migrations.

    Args:
        framework: one of `READERS`.
        folder: whose files stay as they are.
        to: a folder that does not exist yet, or is empty.
        values: of placeholders.
        encoding: of files without a byte order mark.

    Raises:
        FilesError: something cannot be imported; every problem has its file and line, and nothing was written.
        FormatError: the folder to write to is taken or cannot be written.
    """
    source = Source(folder, values, encoding)
    _refuse_taken(to)
    originals = READERS[framework](source)
    if not originals and not source.problems:
        source.problem(folder, 0, f"there are no migrations of {framework} in it")
    _refuse_twice(source, originals)
    cut = [parted(original) for original in originals]
    problems = [*source.problems, *(problem for each in cut for problem in each.problems)]
    if problems:
        raise FilesError(sorted(problems, key=lambda problem: (str(problem.path), problem.line)))
    versions = assigned([original.version for original in originals], [len(each.parts) for each in cut])
    files: dict[str, str] = {}
    answers: list[ImportedFile] = []
    for original, each, own in zip(originals, cut, versions, strict=True):
        names = _names(own, slug(original.name))
        files |= zip(names, rendered(each, f"{framework} {original.label}"), strict=True)
        answers.append(ImportedFile(original.label, names, _notes(each)))
    answers += [ImportedFile(str(path.relative_to(folder)), [], [f"left out: {why}"]) for path, why in source.left_out]
    _write(files, to)
    return Import(framework, str(to), answers)


def _names(versions: list[str], words: str) -> list[str]:
    if len(versions) == 1:
        return [f"{versions[0]}_{words}.sql"]
    return [f"{version}_{words}_{number}.sql" for number, version in enumerate(versions, 1)]


def _notes(cut: Parted) -> list[str]:
    does_nothing = ["does nothing: SELECT 1 stands for it"] if not any(part.up for part in cut.parts) else []
    return [*does_nothing, *cut.notes, *([f"irreversible: {cut.no_way_back}"] if cut.no_way_back else [])]


def _refuse_taken(to: Path) -> None:
    if to.is_dir() and any(to.iterdir()):
        raise FormatError(f"{to} is not empty, and an import never overwrites: name a new folder with --to")
    if to.exists() and not to.is_dir():
        raise FormatError(f"{to} is no folder: name a new one with --to")


def _refuse_twice(source: Source, originals: list[Original]) -> None:
    numbers = Counter(int(original.version) for original in originals if original.version.isdigit())
    first: dict[int, str] = {}
    for original in originals:
        if original.version.isdigit() and numbers[number := int(original.version)] > 1:
            if number in first:
                source.problem(original.up.path, 0, f"has the version of {first[number]}")
            first.setdefault(number, original.label)


def _write(files: Mapping[str, str], to: Path) -> None:
    """Write beside the folder first, see that every file can be read, and then give it its name."""
    beside = to.absolute().with_name(f".{to.absolute().name}-{secrets.token_hex(4)}")
    try:
        beside.mkdir(parents=True)
        for name, text in files.items():
            (beside / name).write_bytes(text.encode())
        MigrationSet.from_folder(beside)
        beside.rename(to.absolute())
    except OSError as error:
        raise FormatError(f"Cannot write {to}: {error.strerror or error}") from None
    except FilesError as error:
        raise FilesError([each._replace(path=to / each.path.name) for each in error.problems]) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
