"""Backups that were damaged, cut short or never completed: none of them is called good."""

import asyncio
import hashlib
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from freehold.migrate import backup
from freehold.migrate.backup import Backup
from freehold.migrate.errors import BackupError, StagingError
from freehold.migrate.restore import load_into
from freehold.migrate.staging import staging_database
from freehold.postgres import PostgresError, binaries

Execute = Callable[[str], None]
Query = Callable[..., list[tuple[object, ...]]]

DATA = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE people (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, mood mood, big numeric, at timestamptz, raw bytea,
    twice bigint GENERATED ALWAYS AS (id * 2) STORED
);
INSERT INTO people (name, mood, big, at, raw)
SELECT 'Zoë ' || n, (ARRAY['sad', 'happy', NULL])[1 + n % 3]::mood, n / 7.0,
    '2026-03-29 01:30+00'::timestamptz + n * interval '1 hour', decode(md5(n::text), 'hex')
FROM generate_series(1, 3000) n;
CREATE TABLE "Odd Name" ("a;b" int, "C" text[]);
INSERT INTO "Odd Name" VALUES (1, '{x,NULL,""}'), (NULL, NULL);
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO parts VALUES (1, '2026-05-05');
CREATE TABLE roles (role varchar(9) CHECK (role IN ('admin', 'member')), at text DEFAULT now()::date::text);
CREATE VIEW happy AS SELECT name FROM people WHERE mood = 'happy';
SELECT setval('people_id_seq', 5000);
"""


@pytest.fixture
def taken(database_url: str, execute: Execute, tmp_path: Path) -> Backup:
    execute(DATA)
    return asyncio.run(backup.create(database_url, tmp_path / "backups"))


async def restore_copy(taken: Backup, url: str) -> None:
    async with staging_database(url) as copy:
        await load_into(taken, copy)


def files(taken: Backup) -> list[Path]:
    return sorted(path for path in taken.folder.rglob("*") if path.is_file())


def test_backup_restores_to_the_same_schema_rows_and_sequences(database_url: str, taken: Backup) -> None:
    assert taken.manifest.digests.tables["public.people"].rows == 3000
    assert taken.manifest.digests.sequences["public.people_id_seq"] == (5000, True)
    asyncio.run(restore_copy(backup.verify(taken.folder), database_url))


@pytest.mark.usefixtures("client_programs")
def test_rows_written_while_it_runs_are_not_half_in_it(database_url: str, execute: Execute, tmp_path: Path) -> None:
    execute(DATA)

    async def act() -> Backup:
        stop = asyncio.Event()

        async def write() -> None:
            connection = await asyncpg.connect(database_url)
            while not stop.is_set():
                await connection.execute("INSERT INTO people (name) VALUES ('late'); UPDATE parts SET id = id + 1")
            await connection.close()

        writing = asyncio.create_task(write())
        taken = await backup.create(database_url, tmp_path / "backups")
        stop.set()
        await writing
        return taken

    asyncio.run(restore_copy(asyncio.run(act()), database_url))


def test_one_flipped_bit_anywhere_is_found(taken: Backup) -> None:
    chance = random.Random(20261123)  # noqa: S311 - the same places in every run
    paths = files(taken)
    assert len(paths) >= 6
    places = [(path, chance.randrange(path.stat().st_size)) for path in paths]
    places += [(path, chance.randrange(path.stat().st_size)) for path in chance.choices(paths, k=200 - len(paths))]
    for path, place in places:
        good = path.read_bytes()
        bad = bytearray(good)
        bad[place] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        with pytest.raises(BackupError):
            backup.verify(taken.folder)
        path.write_bytes(good)
    backup.verify(taken.folder)


def test_every_file_cut_short_at_any_place_is_found(taken: Backup) -> None:
    chance = random.Random(20261124)  # noqa: S311 - the same places in every run
    for path in files(taken):
        good = path.read_bytes()
        for place in {0, len(good) - 1, *(chance.randrange(len(good)) for _ in range(20))}:
            path.write_bytes(good[:place])
            with pytest.raises(BackupError):
                backup.verify(taken.folder)
        path.write_bytes(good)
    backup.verify(taken.folder)


def test_missing_and_added_files_are_found(taken: Backup) -> None:
    for path in files(taken):
        path.rename(path.with_suffix(".away"))
        with pytest.raises(BackupError):
            backup.verify(taken.folder)
        path.with_suffix(".away").rename(path)
    backup.verify(taken.folder)


def test_backup_whose_files_fit_but_whose_rows_do_not_is_refused(database_url: str, taken: Backup) -> None:
    tables = dict(taken.manifest.digests.tables)
    tables["public.people"] = msgspec.structs.replace(tables["public.people"], hash="1")
    digests = msgspec.structs.replace(taken.manifest.digests, tables=tables)
    manifest = msgspec.structs.replace(taken.manifest, digests=digests)
    with pytest.raises(BackupError, match=r"not to what was backed up.*the rows of public\.people"):
        asyncio.run(restore_copy(msgspec.structs.replace(taken, manifest=manifest), database_url))


def test_backup_of_another_version_is_told_from_a_damaged_one(taken: Backup) -> None:
    manifest = taken.folder / "manifest.json"
    manifest.write_text("{}")
    (taken.folder / "manifest.sha256").write_text(f"{hashlib.sha256(b'{}').hexdigest()}\n")
    with pytest.raises(BackupError, match="was made by another version of Freehold"):
        backup.verify(taken.folder)


def test_unfinished_backup_bears_no_backups_name(tmp_path: Path) -> None:
    (tmp_path / "backups" / "20260101T000000Z-abcdef.partial").mkdir(parents=True)
    assert backup.backups_in(tmp_path / "backups") == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB, where the system lets us mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_full_disk_is_said_and_nothing_stays(database_url: str, execute: Execute, small_disk: Path) -> None:
    execute(DATA)
    execute(
        "INSERT INTO people (raw) SELECT decode(md5(n::text) || md5((-n)::text), 'hex') FROM generate_series(1, 9999) n"
    )
    with pytest.raises(BackupError, match=r"full|No space left"):
        asyncio.run(backup.create(database_url, small_disk / "backups"))
    assert list((small_disk / "backups").iterdir()) == []


def test_folder_that_cannot_be_written_is_a_message(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="Cannot write the backup below"):
        asyncio.run(backup.create(database_url, tmp_path / "file" / "backups"))


def test_role_that_may_not_create_databases_is_told_what_to_do(database_url: str, query: Query) -> None:
    role = f"plain_{database_url.partition('?')[0].rpartition('/')[2]}"
    query(f"CREATE ROLE {role} LOGIN PASSWORD 'plain'")
    _, _, rest = database_url.partition("://")[2].partition("@")
    try:

        async def act() -> None:
            async with staging_database(f"postgresql://{role}:plain@{rest}"):
                pass

        with pytest.raises(StagingError, match=f"ALTER ROLE {role} CREATEDB.*--staging-url"):
            asyncio.run(act())
    finally:
        query(f"DROP ROLE {role}")


def test_environment_that_only_programs_would_heed_does_not_lead_them_elsewhere(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGHOSTADDR": "203.0.113.1", "PGOPTIONS": "--nonsense", "PGCLIENTENCODING": "LATIN1"}.items():
        monkeypatch.setenv(name, value)
    assert asyncio.run(backup.create(database_url, tmp_path / "backups")).manifest.digests.rows == 0


def test_client_of_another_major_is_refused(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "program_major", lambda _: 11)
    with pytest.raises(PostgresError, match=r"no `pg_dump` of version 1\d was found"):
        asyncio.run(backup.create(database_url, tmp_path / "backups"))
    assert backup.backups_in(tmp_path / "backups") == []


def test_backups_are_listed_oldest_first_and_damaged_ones_left_out(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    first, second = (asyncio.run(backup.create(database_url, folder)) for _ in range(2))
    assert {each.folder for each in backup.backups_in(folder)} == {first.folder, second.folder}
    (first.folder / "manifest.sha256").write_text("0\n")
    assert [each.folder for each in backup.backups_in(folder)] == [second.folder]
    shutil.rmtree(second.folder)
    assert backup.backups_in(folder) == []
