"""A new migration is numbered as the folder's other files are, and comes after all of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from freehold.migrate import new
from freehold.migrate.commands import migrate
from freehold.migrate.errors import FormatError
from freehold.migrate.files import builtin


def folder_with(tmp_path: Path, *names: str) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for name in names:
        (folder / name).touch()
    return folder


def is_now(version: str) -> bool:
    age = datetime.now(UTC) - datetime.strptime(version, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return abs(age.total_seconds()) < 60


def test_freeholds_own_folder_gets_the_next_number(tmp_path: Path) -> None:
    own = builtin()
    folder = folder_with(tmp_path, "schema.sql", *(migration.path.name for migration in own.migrations))
    assert new.create(folder, "next").name == f"{int(own.migrations[-1].version) + 1:04}_next.sql"
    assert new.create(folder, "after that").name == f"{int(own.migrations[-1].version) + 2:04}_after_that.sql"


@pytest.mark.parametrize(
    ("names", "made"),
    [
        (["0007_a.sql", "0012_b.sql"], "0013_x.sql"),
        (["0999_a.sql"], "1000_x.sql"),
        (["0001_a.sql", "README.md", "notes.sql", "12_c.sql", "00020_d.sql"], "0002_x.sql"),
        (["29990101000000_a.sql"], "29990101000001_x.sql"),  # written where the clock was wrong
    ],
)
def test_next_number_follows_the_highest(tmp_path: Path, names: list[str], made: str) -> None:
    assert new.create(folder_with(tmp_path, *names), "x").name == made


@pytest.mark.parametrize(
    "names", [[], ["20240101000000_a.sql"], ["0012_a.sql", "20240101000000_b.sql"], ["9999_a.sql"]]
)
def test_folder_without_numbers_gets_the_time(tmp_path: Path, names: list[str]) -> None:
    version = new.create(folder_with(tmp_path, *names), "x").name.partition("_")[0]
    assert is_now(version)


FOLDERS: Mapping[str, tuple[list[str], str]] = {
    "beside": (["migrations/0001_a.sql"], "migrations/0002_x.sql"),
    "inside": (["0001_a.sql"], "0002_x.sql"),
    "both": (["0001_a.sql", "migrations/0005_a.sql"], "migrations/0006_x.sql"),
}


@pytest.mark.parametrize("where", FOLDERS)
def test_folder_is_the_one_beside_or_the_one_you_are_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    names, made = FOLDERS[where]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(migrate, ["new", "x"]).stdout == f"{made}\n"


def test_folder_is_made_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(CliRunner().invoke(migrate, ["new", "first thing"]).stdout.strip())
    assert path.parent == Path("migrations")
    assert path.name.endswith("_first_thing.sql")


@pytest.mark.parametrize("name", ["", "../x", "naïve", "a/b"])
def test_name_that_cannot_be_a_files_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match="cannot name a file"):
        new.create(tmp_path, name)
