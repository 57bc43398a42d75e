"""The server's log: kept small, and quoted when PostgreSQL does not come up."""

import os
from pathlib import Path
from typing import BinaryIO

LARGEST_BYTES = 5 * 1024 * 1024


def open_log(path: Path) -> BinaryIO:
    """Open the log to append to; one that has grown past 5 MiB is first put aside as `<name>.1`, over the last such."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    # No link is followed: where root runs in another account's folder, that one must not choose what root writes to.
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600), "ab")


def last_words(path: Path, begin: int, lines: int = 10) -> str:
    """Quote the last lines written after the first `begin` bytes."""
    with path.open("rb") as log:
        log.seek(begin)
        return "\n".join(log.read().decode("utf-8", "replace").strip().splitlines()[-lines:])
