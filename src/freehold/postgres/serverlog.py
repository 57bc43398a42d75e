"""The server's log: kept small, and quoted when PostgreSQL does not come up."""

from pathlib import Path
from typing import BinaryIO

LARGEST_BYTES = 5 * 1024 * 1024


def open_log(path: Path) -> BinaryIO:
    """Open the log to append to; one that has grown past 5 MiB is first put aside as `<name>.1`, over the last such."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    path.touch(mode=0o600)
    return path.open("ab")


def last_words(path: Path, begin: int, lines: int = 10) -> str:
    """Quote the last lines written after the first `begin` bytes."""
    with path.open("rb") as log:
        log.seek(begin)
        return "\n".join(log.read().decode("utf-8", "replace").strip().splitlines()[-lines:])
