"""Making room: which backups may go, and removing them so that no half of one is ever taken for a backup."""

import shutil
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from freehold.migrate.backup import PARTIAL, Backup, backups_in, proof_file
from freehold.migrate.errors import BackupError
from freehold.migrate.evidence import evidence_file

ABANDONED = timedelta(days=1)
"""A backup that did not end, and into which nothing was written for so long, never will."""


class _Expiry(msgspec.Struct):
    expires_at: datetime


def dispensable(backups: Path, keep: int) -> list[Path]:
    """Say what may be removed: of each database all but the newest backups, and what killed runs left unfinished.

    A backup on which evidence stands that still counts is kept, too: without it, `apply` would refuse.

    Args:
        backups: the folder of backups.
        keep: how many of each database stay, at least 1.

    Returns:
        Folders, oldest first.
    """
    of_database: dict[str, list[Backup]] = defaultdict(list)
    for each in sorted(backups_in(backups), key=lambda each: each.manifest.created_at):
        of_database[each.manifest.database].append(each)
    old = [each.folder for found in of_database.values() for each in found[:-keep] if not _is_needed(each.folder)]
    return sorted([*old, *(folder for folder in backups.glob(f"*{PARTIAL}") if is_abandoned(folder))])


def remove(folder: Path) -> None:
    """Remove a backup, and the evidence that stands on it.

    Raises:
        BackupError: the folder cannot be removed, or not wholly.
    """
    try:
        doomed = folder if folder.name.endswith(PARTIAL) else folder.rename(folder.with_name(folder.name + PARTIAL))
        shutil.rmtree(doomed)
        evidence_file(folder).unlink(missing_ok=True)
        proof_file(folder).unlink(missing_ok=True)
    except OSError as error:
        raise BackupError(f"Cannot remove {folder}: {error.strerror or error}") from None


def _is_needed(folder: Path) -> bool:
    try:
        expiry = msgspec.json.decode(evidence_file(folder).read_bytes(), type=_Expiry)
    except FileNotFoundError:
        return False
    return expiry.expires_at > datetime.now(UTC)


def is_abandoned(folder: Path) -> bool:
    """Whether nothing was written into an unfinished backup for so long that nothing will be."""
    last = max(path.stat().st_mtime for path in [folder, *folder.rglob("*")])
    return datetime.fromtimestamp(last, UTC) < datetime.now(UTC) - ABANDONED
