"""Running PostgreSQL's programs: without a shell, in a known environment."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment for a PostgreSQL program, then `extra`.

    Locale and time zone are fixed, so that neither messages nor a new cluster depend on who started it; every PG*
    variable of the caller is left out, because PGDATA, PGOPTIONS or PGSERVICE would redirect a program silently.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"} | dict(extra or {})


def run(
    command: Sequence[str | Path],
    *,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and give its exit status and texts; `stdin` is where secrets go, never `command`."""
    return subprocess.run(  # noqa: S603 - a list without a shell, from paths that this package found
        [os.fspath(part) for part in command],
        input=stdin,
        env=environment(env),
        pass_fds=pass_fds,
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
