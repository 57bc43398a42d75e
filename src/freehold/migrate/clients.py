"""Running PostgreSQL's client programs, of the server's own major version."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from freehold.migrate.database import NO_LIMITS
from freehold.migrate.errors import ProgramError
from freehold.postgres import client_binary
from freehold.postgres.client import client_connection

_HEEDED = (
    *("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGDATABASE", "PGSERVICE", "PGSERVICEFILE"),
    *("PGSSLMODE", "PGSSLNEGOTIATION", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLCRL"),
    *("PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION", "PGTARGETSESSIONATTRS", "PGKRBSRVNAME", "PGGSSLIB"),
)
"""What our own connections complete a URL with: the programs must reach the same database. Others, such as PGHOSTADDR
or PGOPTIONS, only the programs would heed: they are left out."""


async def run_client(
    name: str, server_major: int, database_url: str, *arguments: str | Path, settings: Mapping[str, str] | None = None
) -> str:
    """Run pg_dump or pg_restore on a database to its end; the password travels in the environment, never in arguments.

    Args:
        name: of the program.
        server_major: of the server, and so of the program.
        database_url: of the database.
        arguments: all others.
        settings: with which its sessions begin.

    Returns:
        What it printed.

    Raises:
        PostgresError: no program of the server's major version is installed.
        ProgramError: it failed; the text has its own words.
    """
    program = client_binary(name, server_major)
    target = client_connection(database_url)
    options = " ".join(f"-c {key}={value}" for key, value in {**NO_LIMITS, **(settings or {})}.items())
    process = await asyncio.create_subprocess_exec(
        program,
        "--no-password",
        f"--dbname={target.url}",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment() | target.environment | {"PGOPTIONS": options},
    )
    try:
        output, errors = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        words = errors.decode("utf-8", "replace").strip() or f"it ended with status {process.returncode}"
        raise ProgramError(f"{name} failed: {words}")
    return output.decode("utf-8", "surrogateescape")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {name: os.environ[name] for name in _HEEDED if name in os.environ} | {"LC_ALL": "C"}
