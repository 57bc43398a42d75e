"""Diesel: a folder ``2020-01-02-030405_name`` with ``up.sql``, ``down.sql`` and, perhaps, ``metadata.toml``."""

import re
import tomllib
from pathlib import Path

from freehold.migrate.frameworks.original import Original, Script
from freehold.migrate.frameworks.source import Source


def read(source: Source) -> list[Original]:
    """Read every migration, in diesel's order: that of the versions as texts."""
    found: list[Original] = []
    for folder in sorted(path for path in source.folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if not (folder / "up.sql").is_file():
            source.problem(folder, 0, "there is no up.sql in it")
            continue
        stamp, _, name = folder.name.partition("_")
        if not re.fullmatch(r"\d[\d-]*", stamp):
            source.problem(folder, 0, "its name does not begin with a version and an underscore")
            continue
        transaction = _transaction(source, folder / "metadata.toml")
        up, down = (
            Script(source.text(path), path, transaction=transaction) if path.is_file() else None
            for path in (folder / "up.sql", folder / "down.sql")
        )
        if up is not None:
            found.append(Original(folder.name, stamp.replace("-", ""), name, up, down, "there is no down.sql"))
    return sorted(found, key=lambda original: original.version)


def _transaction(source: Source, path: Path) -> bool:
    if not path.is_file():
        return True
    try:
        said = tomllib.loads(source.text(path))
    except tomllib.TOMLDecodeError as error:
        source.problem(path, 0, f"it is no TOML: {error}")
        return True
    return bool(said.get("run_in_transaction", False))  # diesel takes a file without it for a no
