"""Backups that can be trusted: one snapshot for rows and digests, and a SHA-256 for every byte on disk."""

import asyncio
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec

from freehold.migrate import locktable
from freehold.migrate.catalog import READING, SchemaObject, read_catalog
from freehold.migrate.clients import run_client
from freehold.migrate.database import Connection, connect
from freehold.migrate.digests import Digests, in_snapshot, sequences, snapshot_digests
from freehold.migrate.errors import BackupError, MigrateError
from freehold.migrate.fingerprint import Fingerprint, fingerprint
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.rights import refuse_unreadable
from freehold.migrate.together import together

_MANIFEST = "manifest.json"
_SEAL = "manifest.sha256"
_DUMP = "dump"
_FORMAT = 3
"""Changes with what is in a manifest, and with what the digests are made of."""
_READABLE = (2, _FORMAT)
"""Formats whose digests are made of the same; 2 knew no `reading`."""
PARTIAL = ".partial"
"""How the folder of a backup ends that has not ended, or is being removed."""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds, and what its files must be.

    Attributes:
        backup_id: the name of its folder.
        database: the name of the database it was taken from.
        server_major: of the server; a restore needs the same.
        fingerprint: of the schema in the backup's snapshot.
        objects: the schema itself.
        reading: how it was read; where that has changed since, a restore compares the rows alone.
        not_compared: what is in the database and not among the objects, in words.
        digests: of every table in that snapshot.
        sequences_later: where the sequences stood at the end of the dump; unlike rows they belong to no snapshot.
        files: path below the folder to size in bytes and SHA-256.
    """

    database: str
    server_major: int
    fingerprint: Fingerprint
    objects: list[SchemaObject]
    digests: Digests
    sequences_later: dict[str, tuple[int, bool]]
    files: dict[str, tuple[int, str]]
    reading: str = ""
    not_compared: list[str] = []
    backup_id: str = ""
    created_at: datetime = datetime.min.replace(tzinfo=UTC)
    format: int = _FORMAT

    @property
    def is_comparable(self) -> bool:
        """Whether this version reads a schema as the one did that took the backup."""
        return self.reading == READING


class Backup(msgspec.Struct, frozen=True):
    """A backup on disk; ``seal`` is the SHA-256 of its manifest, which in turn covers every file."""

    folder: Path
    seal: str
    manifest: Manifest

    @property
    def dump(self) -> Path:
        """The folder that pg_restore reads."""
        return self.folder / _DUMP

    @property
    def size_bytes(self) -> int:
        """How much it takes on disk, the manifest aside."""
        return sum(size for size, _ in self.manifest.files.values())


async def create(database_url: str, backups: Path, progress: Progress | None = None) -> Backup:
    """Back up a whole database in one snapshot, without blocking anyone but schema changes.

    Returns:
        The backup, complete and safely on disk; nothing that is incomplete ever bears a backup's name.

    Raises:
        BackupError: the folder cannot be written (no room, no permission).
        RightsError: the role may not read everything.
        ProgramError: pg_dump failed.
        ConnectError: the database cannot be reached.
    """
    progress = progress or Silent()
    created_at = datetime.now(UTC)
    backup_id = f"{created_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    folder, partial = backups / backup_id, backups / f"{backup_id}{PARTIAL}"
    try:
        partial.mkdir(parents=True, mode=0o700)
        with _held(partial):
            progress.step("Backing up")
            async with connect(database_url) as connection:
                manifest = await _dump(connection, database_url, partial, progress)
            manifest = msgspec.structs.replace(manifest, backup_id=backup_id, created_at=created_at)
            seal = await asyncio.to_thread(_write_manifest, partial, manifest)
            partial.rename(folder)
            _sync_folder(backups)
    except OSError as error:
        raise BackupError(f"Cannot write the backup below {backups}: {error.strerror or error}") from None
    except (MigrateError, asyncpg.OutOfMemoryError) as error:
        if locktable.is_full(error):
            async with connect(database_url) as connection:
                raise BackupError(await locktable.how_to_enlarge(connection)) from None
        free = shutil.disk_usage(backups).free
        if "No space left" in str(error):
            raise BackupError(
                f"The disk below {backups} is full ({free >> 20} MiB free): make room or name another folder "
                f"with --backups. Nothing else was changed. ({error})"
            ) from None
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Backup(folder, seal, manifest)


async def _dump(connection: Connection, url: str, partial: Path, progress: Progress) -> Manifest:
    major = connection.get_server_version().major
    await refuse_unreadable(connection)
    earlier = await sequences(connection)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = str(await connection.fetchval("SELECT pg_export_snapshot()"))
        async with connect(url) as reader, in_snapshot(reader, snapshot):  # its locks end with it
            catalog = await read_catalog(reader)
        name = str(await connection.fetchval("SELECT current_database()"))
        options = ("--format=directory", f"--file={partial / _DUMP}", "--compress=gzip:1", "--jobs=2")
        if major < 16:  # noqa: PLR2004 - the named methods came with 16; before, a number means gzip
            options = (*options[:2], "--compress=1", options[3])
        async with together() as group:
            found = group.create_task(snapshot_digests(url, snapshot, report=progress.advance))
            group.create_task(run_client("pg_dump", major, url, f"--snapshot={snapshot}", *options))
    later = await sequences(connection)
    files = await asyncio.to_thread(_hash_files, partial)
    return Manifest(
        database=name,
        server_major=major,
        fingerprint=fingerprint(catalog.objects, major),
        objects=catalog.objects,
        reading=READING,
        not_compared=catalog.not_compared,
        digests=msgspec.structs.replace(found.result(), sequences=earlier),
        sequences_later=later,
        files=files,
    )


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder, which the kernel gives back however this process ends."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # some network file systems have none: then its age counts
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Whether a backup is being written into a folder, as far as this machine can tell."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def load(folder: Path) -> Backup:
    """Read a backup's manifest, after checking that it is the one that was written.

    Raises:
        BackupError: it is missing, not byte for byte what was written, or of another version of Freehold.
    """
    try:
        data, seal = (folder / _MANIFEST).read_bytes(), (folder / _SEAL).read_bytes()
    except OSError as error:
        raise BackupError(f"{folder} is no complete backup: {error.strerror}: {error.filename}") from None
    found = hashlib.sha256(data).hexdigest()
    if seal != f"{found}\n".encode():
        raise BackupError(f"{folder / _MANIFEST} or {_SEAL} beside it was changed after the backup: do not use it")
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
        if manifest.format not in _READABLE:
            raise msgspec.ValidationError(f"its format is {manifest.format}, not {_FORMAT}")  # noqa: TRY301 - one text for both
    except msgspec.ValidationError as error:
        raise BackupError(
            f"{folder} was made by another version of Freehold; restore it with that one ({error})"
        ) from None
    return Backup(folder, found, manifest)


def verify(folder: Path) -> Backup:
    """Check every byte of a backup against its manifest.

    That proves the files to be what pg_dump wrote; that they *restore* to the same rows is proved by a rehearsal, or by
    ``freehold backup verify --restore``.

    Raises:
        BackupError: a file is missing, was added, cannot be read, or has other bytes; the text names each.
    """
    backup = load(folder)
    try:
        found = _hash_files(folder)
    except OSError as error:
        raise BackupError(f"The backup {folder} cannot be read: {error.strerror}: {error.filename}") from None
    troubles = [f"{path} is missing" for path in sorted(backup.manifest.files.keys() - found.keys())]
    troubles += [f"{path} is not part of it" for path in sorted(found.keys() - backup.manifest.files.keys())]
    for path in sorted(found.keys() & backup.manifest.files.keys()):
        if found[path][0] != backup.manifest.files[path][0]:
            troubles.append(f"{path} has {found[path][0]} bytes, not {backup.manifest.files[path][0]}")
        elif found[path] != backup.manifest.files[path]:
            troubles.append(f"{path} has other bytes")
    if troubles:
        raise BackupError(f"The backup {folder} is damaged: {'; '.join(troubles)}. Do not use it: take a new one")
    return backup


def proof_file(folder: Path) -> Path:
    """Where it is noted that a backup was restored and compared: beside its folder."""
    return folder.with_name(f"{folder.name}.proof.json")


def note_proof(backup: Backup) -> None:
    """Note that a backup was restored into a copy just now, and that every row came back.

    Raises:
        OSError: it cannot be written.
    """
    proof = {"seal": backup.seal, "proved_at": datetime.now(UTC)}
    proof_file(backup.folder).write_bytes(msgspec.json.encode(proof))


def proved_at(backup: Backup) -> datetime | None:
    """Say when a backup was last proved by restoring it, if it ever was: by a rehearsal, or to verify it."""
    with suppress(OSError, msgspec.DecodeError, KeyError):
        proof = msgspec.json.decode(proof_file(backup.folder).read_bytes())
        if proof["seal"] == backup.seal:
            return msgspec.convert(proof["proved_at"], datetime)
    evidence = backup.folder.with_name(f"{backup.folder.name}.evidence.json")
    return backup.manifest.created_at if evidence.exists() else None


def backups_in(backups: Path) -> list[Backup]:
    """Every complete backup in a folder, oldest first; one whose manifest was changed is left out."""
    found: list[Backup] = []
    for manifest in sorted(backups.glob(f"*/{_MANIFEST}")):
        try:
            found.append(load(manifest.parent))
        except BackupError:
            continue
    return found


def _write_manifest(folder: Path, manifest: Manifest) -> str:
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    seal = hashlib.sha256(data).hexdigest()
    (folder / _MANIFEST).write_bytes(data)
    (folder / _SEAL).write_text(f"{seal}\n", "ascii")
    for path in folder.rglob("*"):
        _sync_folder(path) if path.is_dir() else _sync_file(path)
    _sync_folder(folder)
    return seal


def _hash_files(folder: Path) -> dict[str, tuple[int, str]]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (_MANIFEST, _SEAL)]
    return {path.relative_to(folder).as_posix(): (path.stat().st_size, _hash_file(path)) for path in paths}


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
