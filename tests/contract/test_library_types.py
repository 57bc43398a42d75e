"""The public API keeps its types: programs that use it are checked, strictly, and every operation is revealed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import cast

from tests.parts import parts

from freehold import Platform
from freehold.data.context import Context
from freehold.groups import Bound

SAMPLE = Path(__file__).with_name("library_sample.py")


def check(program: Path, cache: Path) -> str:
    options = ["--strict", "--disallow-any-expr", "--no-error-summary", f"--cache-dir={cache}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", *options, "--follow-imports=silent", program],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_program_with_the_core_operations_is_well_typed(tmp_path: Path) -> None:
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


def operations(group: object, path: str) -> Iterator[str]:
    """Find every operation that hangs below a platform."""
    yield from (f"{path}.{name}" for name, value in vars(type(group)).items() if isinstance(value, Bound))
    for name, inner in parts(group).items():
        yield from operations(inner, f"{path}.{name}")


def test_no_operation_takes_or_gives_what_is_untyped(tmp_path: Path) -> None:
    found = sorted(operations(Platform(cast("Context", None)), "platform"))
    assert len(found) > 25
    program = tmp_path / "reveal.py"
    lines = ["from freehold import Platform", "def use(platform: Platform) -> None:"]
    program.write_text("\n".join([*lines, *(f"    reveal_type({name})" for name in found)]))
    revealed = [line for line in check(program, tmp_path / "cache").splitlines() if "Revealed type" in line]
    assert len(revealed) == len(found)
    untyped = [name for name, line in zip(found, revealed, strict=True) if re.search(r"\bAny\b|\.\.\.", line)]
    assert untyped == []


def test_types_are_shipped() -> None:
    assert (files("freehold") / "py.typed").is_file()
