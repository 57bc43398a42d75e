"""The first step of every change: a file, numbered as the folder's other files are."""

import re
from datetime import UTC, datetime
from pathlib import Path

from freehold.migrate.errors import FormatError

_TEMPLATE = """\
-- Say here what changes and why.
-- migrate:up

-- migrate:down

"""
_VERSIONED = re.compile(r"(\d{4}|\d{14})_.*\.sql")
_HIGHEST_NUMBER = 9999


def create(folder: Path, name: str) -> Path:
    """Make an empty migration whose version comes after every other one in the folder.

    A folder of numbers (``0007_what.sql``) gets the next number; any other the present time.

    Args:
        folder: made if it is missing.
        name: a few words; spaces and hyphens become underscores.

    Raises:
        FormatError: nothing usable is left of the name, or the folder cannot be written.
    """
    words = re.sub(r"[\s-]+", "_", name.strip().lower())
    if not re.fullmatch(r"[a-z0-9_]+", words):
        raise FormatError(f"{name!r} cannot name a file: use letters, digits and underscores, such as add_orders")
    path = folder / f"{_next_version(folder)}_{words}.sql"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEMPLATE)
    except OSError as error:
        raise FormatError(f"Cannot write {path}: {error.strerror}") from None
    return path


def usual_folder() -> Path:
    """The folder to write to when none is named: the current one if it holds migrations itself, else ./migrations."""
    beside = Path("migrations")
    return Path() if _versions(Path()) and not beside.is_dir() else beside


def _next_version(folder: Path) -> str:
    last = max(_versions(folder), key=int, default="")
    if len(last) == len(str(_HIGHEST_NUMBER)) and int(last) < _HIGHEST_NUMBER:
        return f"{int(last) + 1:04}"
    now = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    return now if int(now) > int(last or 0) else str(int(last) + 1)


def _versions(folder: Path) -> list[str]:
    return [match[1] for path in folder.glob("*.sql") if (match := _VERSIONED.fullmatch(path.name))]
