"""Running PostgreSQL's programs: without a shell, in a known environment."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from freehold.postgres.errors import PostgresError

Command = Sequence[str | Path]

RUN_SECONDS = 600.0
"""How long a program may take that asks something, or makes a cluster on a slow disk."""
LAUNCH_SECONDS = 60.0
"""How long a program may take to go into the background."""


def run(
    command: Command,
    *,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and give its exit status and texts; `stdin` is where secrets go, never `command`.

    Raises:
        PostgresError: the program cannot be run at all.
    """
    with _explained(command):
        return subprocess.run(  # noqa: S603 - a list without a shell, from paths that this package found
            command,
            input=stdin,
            env=_environment() | dict(env or {}),
            pass_fds=pass_fds,
            cwd="/",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=RUN_SECONDS,
            check=False,
        )


def launch(command: Command, *, log: BinaryIO, pass_fds: Sequence[int]) -> bool:
    """Run a program that goes into the background by itself, away from our terminal and its signals; True if it did.

    Ctrl-C in the terminal is for those who use the server: they need it to finish what they do.

    Raises:
        PostgresError: the program cannot be run at all.
    """
    with _explained(command):
        done = subprocess.run(  # noqa: S603 - as above
            command,
            pass_fds=pass_fds,
            env=_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            timeout=LAUNCH_SECONDS,
            check=False,
        )
    return done.returncode == 0


def _environment() -> dict[str, str]:
    """Fix locale and time zone, so that neither messages nor a new cluster depend on who started it.

    Every PG* variable of the caller is left out: PGDATA, PGOPTIONS or PGSERVICE would redirect a program silently.
    """
    kept = without_secrets(os.environ)
    kept = {name: value for name, value in kept.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out our settings, some of which are secrets: no program of PostgreSQL reads any."""
    return {name: value for name, value in environment.items() if not name.startswith("FREEHOLD_")}


@contextmanager
def _explained(command: Command) -> Iterator[None]:
    try:
        yield
    except subprocess.TimeoutExpired as error:
        raise PostgresError(f"The program {command[0]} did not end within {error.timeout:.0f} s.") from None
    except OSError as error:
        raise PostgresError(f"The program {command[0]} cannot be run by this user: {error.strerror}.") from error
