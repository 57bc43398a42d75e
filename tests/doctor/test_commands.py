"""`freehold doctor` in a process of its own."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.forker import Forker

Doctor = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def doctor(forker: Forker, tmp_path: Path) -> Doctor:
    def run(*arguments: str, database_url: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "FREEHOLD_DATABASE_URL": database_url}
        return forker.run("doctor", *arguments, environment=environment, folder=tmp_path)

    return run


def test_each_finding_has_its_remedy_below_it(doctor: Doctor, database_url: str, tmp_path: Path):
    done = doctor("--backups-dir", str(tmp_path), database_url=database_url)
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "(stored_backups)" in line)
    assert lines[at].startswith(f"warning (stored_backups): There is no backup in {tmp_path}")
    assert lines[at + 1].startswith("    Run 'freehold backup create'")


def test_warnings_fail_where_that_is_asked(doctor: Doctor, database_url: str, tmp_path: Path):
    found = json.loads(doctor("--json", "--backups-dir", str(tmp_path), database_url=database_url).stdout)
    strict = doctor("--strict", "--backups-dir", str(tmp_path), database_url=database_url)
    assert any(each["severity"] == "warning" for each in found["findings"])
    assert strict.returncode == 1


def test_status_says_that_there_is_an_error(doctor: Doctor, tmp_path: Path):
    done = doctor("--json", "--backups-dir", str(tmp_path), database_url="postgresql://a:hidden@127.0.0.1:1/a")
    assert done.returncode == 1
    assert json.loads(done.stdout)["healthy"] is False
    assert "hidden" not in done.stdout + done.stderr


def test_grants_are_statements_for_the_role(doctor: Doctor, database_url: str):
    done = doctor("--grants", 'odd "role"', database_url=database_url)
    assert done.returncode == 0
    assert all(line.endswith(' TO "odd ""role""";') for line in done.stdout.splitlines())
    assert re.search(r"^GRANT SELECT, INSERT, UPDATE, DELETE ON .*\bapi_keys\b", done.stdout, re.MULTILINE)


def test_file_of_heads_that_cannot_be_read_is_named(doctor: Doctor, database_url: str, tmp_path: Path):
    (tmp_path / "heads").write_text("nonsense\n")
    done = doctor("--heads", str(tmp_path / "heads"), database_url=database_url)
    assert done.returncode == 2
    assert f"Line 1 of {tmp_path / 'heads'}" in done.stderr.replace("\n", " ")
