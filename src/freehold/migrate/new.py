"""The first step of every change: a file."""

import re
from datetime import UTC, datetime
from pathlib import Path

from freehold.migrate.errors import FormatError

_TEMPLATE = """\
-- Say here what changes and why.
-- migrate:up

-- migrate:down

"""


def create(folder: Path, name: str) -> Path:
    """Make an empty migration with the present time as its version.

    Args:
        folder: made if it is missing.
        name: a few words; spaces and hyphens become underscores.

    Raises:
        FormatError: nothing usable is left of the name, or the folder cannot be written.
    """
    words = re.sub(r"[\s-]+", "_", name.strip().lower())
    if not re.fullmatch(r"[a-z0-9_]+", words):
        raise FormatError(f"{name!r} cannot name a file: use letters, digits and underscores, such as add_orders")
    path = folder / f"{datetime.now(UTC):%Y%m%d%H%M%S}_{words}.sql"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEMPLATE)
    except OSError as error:
        raise FormatError(f"Cannot write {path}: {error.strerror}") from None
    return path
