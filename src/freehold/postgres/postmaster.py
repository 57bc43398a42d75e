"""What PostgreSQL says about itself in postmaster.pid, and whether that can be believed."""

import os
from dataclasses import dataclass
from pathlib import Path

from freehold.postgres.errors import PostgresError
from freehold.postgres.layout import Layout

_PROC = Path("/proc/self").exists()


@dataclass(frozen=True)
class Postmaster:
    """A living server process in the cluster."""

    pid: int
    ready: bool


def live_postmaster(layout: Layout) -> Postmaster | None:
    """Read who serves the cluster; None when the file is missing, half written, or left by a process that is gone."""
    try:
        lines = _pid_file(layout).read_text("utf-8", "surrogateescape").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if not _serves(pid, layout.cluster):
        return None
    return Postmaster(pid, ready=lines[-1].strip() == "ready")  # its status is the last line


def remove_stale_pid_file(layout: Layout) -> None:
    """Remove what a killed server left behind: PostgreSQL refuses to start if the number in it is some process's again.

    Only for who holds the cluster's lock, which says that no server of ours is alive.

    Raises:
        PostgresError: a PostgreSQL that somebody started by hand works in the cluster.
    """
    foreign = live_postmaster(layout)
    if foreign is not None:
        raise PostgresError(
            f"PostgreSQL, process {foreign.pid}, was started by hand in {layout.cluster}: "
            f"end it (kill -INT {foreign.pid}), then run this again."
        )
    _pid_file(layout).unlink(missing_ok=True)


def _pid_file(layout: Layout) -> Path:
    return layout.cluster / "postmaster.pid"


def _serves(pid: int, cluster: Path) -> bool:
    """Tell whether the process is alive and a PostgreSQL of this cluster: that one works in the cluster's folder."""
    try:
        if _PROC:
            return Path(f"/proc/{pid}/cwd").samefile(cluster)
        os.kill(pid, 0)
    except OSError:  # no such process, or one of another user
        return False
    return True
