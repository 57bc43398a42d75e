"""Old backups go when they are told to, and only those that nothing needs."""

import asyncio
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freehold.migrate import backup
from freehold.migrate.commands import backup as command
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse

Writer = Callable[..., Path]
Execute = Callable[[str], None]
DAY_SECONDS = 24 * 60 * 60


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def take(url: str, backups: Path, count: int = 1) -> list[Path]:
    return [asyncio.run(backup.create(url, backups)).folder for _ in range(count)]


def prune(backups: Path, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(command, ["prune", "--backups", str(backups), *arguments], input=answer)


def left(backups: Path) -> set[Path]:
    return set(backups.iterdir())


def test_newest_of_each_database_stay(database_url: str, make_database: Callable[..., str], backups: Path) -> None:
    *old, newest = take(database_url, backups, 3)
    (other,) = take(make_database(), backups)
    done = prune(backups, "--keep", "1", "--yes", "--json")
    assert sorted(json.loads(done.stdout)["removed"]) == sorted(map(str, old))
    assert left(backups) == {newest, other}
    assert backup.verify(newest).folder == newest


def test_backup_stays_as_long_as_evidence_on_it_counts(
    database_url: str, execute: Execute, write: Writer, backups: Path
) -> None:
    execute("CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1)")
    sets = [
        MigrationSet.from_folder(write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;").parent)
    ]
    rehearsed = Path(asyncio.run(rehearse(database_url, sets=sets, backups=backups)).backup)
    (newest,) = take(database_url, backups)
    assert prune(backups, "--keep", "1", "--yes").stdout == "0 removed.\n"
    evidence = backups / f"{rehearsed.name}.evidence.json"
    assert left(backups) == {rehearsed, evidence, newest}
    evidence.write_text(json.dumps(json.loads(evidence.read_text()) | {"expires_at": "2026-01-01T00:00:00Z"}))
    assert prune(backups, "--keep", "1", "--yes").stdout == "1 removed.\n"
    assert left(backups) == {newest}


def test_unfinished_backup_goes_once_nobody_can_be_at_work_on_it(backups: Path) -> None:
    left_behind, under_way = backups / "20260101T000000Z-aaaaaa.partial", backups / "20260101T000000Z-bbbbbb.partial"
    for folder in (left_behind, under_way):
        (folder / "dump").mkdir(parents=True)
        (folder / "dump" / "toc.dat").touch()
    yesterday = time.time() - DAY_SECONDS - 60
    for path in (left_behind, *left_behind.rglob("*"), under_way, under_way / "dump"):
        os.utime(path, (yesterday, yesterday))
    prune(backups, "--yes")
    assert left(backups) == {under_way}


def test_what_would_go_is_shown_and_asked_about(database_url: str, backups: Path) -> None:
    old, newest = take(database_url, backups, 2)
    declined = prune(backups, "--keep", "1", answer="n\n")
    assert declined.exit_code == 1
    assert str(old) in declined.stderr
    assert str(newest) not in declined.stderr
    assert left(backups) == {old, newest}
    assert prune(backups, "--keep", "1", answer="y\n").exit_code == 0
    assert left(backups) == {newest}


def test_folder_without_backups_has_nothing_to_remove(backups: Path) -> None:
    assert prune(backups).stdout == "0 removed.\n"
