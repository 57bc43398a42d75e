"""The public API keeps its types: a program that uses every operation is checked, and must be checked strictly."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from freehold import platform

SAMPLE = Path(__file__).with_name("library_sample.py")
GROUPS = {
    "users": platform.Users,
    "sessions": platform.Sessions,
    "organizations": platform.Organizations,
    "organizations.members": platform.Members,
    "projects": platform.Projects,
}


def check(program: Path, cache: Path) -> str:
    options = ["--strict", "--disallow-any-expr", "--no-error-summary", f"--cache-dir={cache}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", *options, "--follow-imports=silent", program],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_program_with_every_operation_is_well_typed(tmp_path: Path) -> None:
    assert check(SAMPLE, tmp_path / "cache") == ""


def test_wrong_uses_are_errors(tmp_path: Path) -> None:
    program = tmp_path / "wrong.py"
    program.write_text(
        "from uuid import UUID\n"
        "from freehold import NewUser, Platform\n"
        "async def use(platform: Platform, id: UUID) -> None:\n"
        "    await platform.users.create('ada')\n"
        "    await platform.users.get(id, 1)\n"
        "    (await platform.users.get(id)).nickname\n"
        "    await platform.users.rename(id)\n"
        "    NewUser(username=1, email='', password='')\n"
    )
    lines = {int(line.split(":")[1]) for line in check(program, tmp_path / "cache").splitlines() if ": error:" in line}
    assert lines == {4, 5, 6, 7, 8}


def test_sample_uses_every_operation() -> None:
    text = SAMPLE.read_text("utf-8")
    names = [
        f"platform.{group}.{name}("
        for group, kind in GROUPS.items()
        for name, value in vars(kind).items()
        if isinstance(value, platform.Bound)
    ]
    assert len(names) > 20
    assert [name for name in names if name not in text] == []


def test_types_are_shipped() -> None:
    assert (files("freehold") / "py.typed").is_file()
