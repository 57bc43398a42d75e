"""What is where in a data directory, and whether a directory is one."""

from dataclasses import dataclass
from pathlib import Path

from freehold.postgres.binaries import SETTING, Binaries
from freehold.postgres.errors import PostgresError

MARKER_TEXT = """Freehold data directory, format 1.

It holds Freehold's embedded PostgreSQL and what belongs to it. Keep it whole, and private: postgres/ has the passwords.
What is where: docs/reference/embedded-postgresql.md
"""


@dataclass(frozen=True)
class Layout:
    """The places inside one data directory."""

    root: Path

    @property
    def marker(self) -> Path:
        """The file that says whose directory this is."""
        return self.root / "freehold-data.txt"

    @property
    def postgres(self) -> Path:
        """The cluster and its passwords; it appears complete, by one rename, or not at all."""
        return self.root / "postgres"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory (PGDATA)."""
        return self.postgres / "cluster"

    @property
    def half_made(self) -> Path:
        """Where `postgres` is made; after a crash it may lie around, and is never used."""
        return self.root / "postgres.new"

    @property
    def run(self) -> Path:
        """The socket and the locks: things that mean something only while processes live."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """PostgreSQL's log."""
        return self.root / "log" / "postgresql.log"

    def password(self, role: str) -> str:
        """Read the password of a role of the cluster."""
        return (self.postgres / f"{role}.password").read_text("ascii")

    def major(self) -> int | None:
        """Tell the major version of the PostgreSQL that made the cluster; None when there is no cluster yet."""
        try:
            return int((self.cluster / "PG_VERSION").read_text("ascii"))
        except FileNotFoundError:
            return None


def check(layout: Layout, binaries: Binaries) -> None:
    """Refuse a directory that is not ours to use, having touched nothing in it.

    Raises:
        PostgresError: it is no directory, holds something else, or was made by another major version of PostgreSQL.
    """
    root = layout.root
    if not root.exists():
        return
    if not root.is_dir():
        raise PostgresError(f"{root} is not a directory: name another one with --data-dir.")
    ours = layout.marker.exists() or layout.cluster.exists()
    if not ours and any(entry.name != "lost+found" for entry in root.iterdir()):  # an empty disk's root has that one
        what = "a PostgreSQL data directory of its own" if (root / "PG_VERSION").exists() else "not empty"
        raise PostgresError(
            f"{root} is {what}, and not a Freehold data directory; nothing in it was touched. Name a new or empty "
            "directory with --data-dir, or use a server of your own with --database-url."
        )
    major = layout.major()
    if major is not None and major != binaries.major:
        raise PostgresError(
            f"{layout.cluster} was made by PostgreSQL {major}, but the server programs here ({binaries.folder}) are "
            f"PostgreSQL {binaries.major}, which cannot read it; nothing was touched. Either set {SETTING} to the "
            f"folder with the programs of PostgreSQL {major}, or take a backup with those and restore it into a new "
            "--data-dir."
        )
