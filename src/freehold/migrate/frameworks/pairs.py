"""Tools that keep each way of a migration in a file of its own: golang-migrate and sqlx."""

import re
from pathlib import Path

from freehold.migrate.frameworks.original import Original, Script
from freehold.migrate.frameworks.source import Source

_GOLANG_MIGRATE = re.compile(r"(?P<version>\d+)_(?P<name>.*)\.(?P<way>up|down)\.sql")
_SQLX = re.compile(r"(?P<version>\d+)_(?P<name>.*?)(?:\.(?P<way>up|down))?\.sql")


def read_golang_migrate(source: Source) -> list[Original]:
    """Read ``1_name.up.sql`` and ``1_name.down.sql``, in order."""
    return _read(source, _GOLANG_MIGRATE, "its name does not end in .up.sql or .down.sql")


def read_sqlx(source: Source) -> list[Original]:
    """Read ``1_name.sql``, or ``1_name.up.sql`` and ``1_name.down.sql``, in order."""
    return _read(source, _SQLX, "its name does not begin with a version and an underscore")


def _read(source: Source, pattern: re.Pattern[str], unread: str) -> list[Original]:
    ups: dict[int, re.Match[str]] = {}
    downs: dict[int, Path] = {}
    for path in source.files("*.sql"):
        match = pattern.fullmatch(path.name)
        if match is None:
            source.leave_out(path, unread)
            continue
        version = int(match["version"])
        ways = downs if match["way"] == "down" else ups
        if version in ways:
            source.problem(path, 0, f"a second file of version {version}")
        elif match["way"] == "down":
            downs[version] = path
        else:
            ups[version] = match
    for version in downs.keys() - ups.keys():
        source.leave_out(downs[version], "a way back without a way up")
    return [_original(source, match, downs.get(version)) for version, match in sorted(ups.items())]


def _original(source: Source, match: re.Match[str], down: Path | None) -> Original:
    up = _script(source, source.folder / match.string)
    missing = "there is no .down.sql beside the .up.sql" if match["way"] else "the file has a way up alone"
    return Original(match.string, match["version"], match["name"], up, _script(source, down) if down else None, missing)


def _script(source: Source, path: Path) -> Script:
    text = source.text(path)
    return Script(text, path, transaction=not text.startswith("-- no-transaction"))  # sqlx's; a comment elsewhere
