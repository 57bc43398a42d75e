"""The embedded server: started by the first who needs it, ended by the last who leaves."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from freehold.postgres.binaries import server_binaries
from freehold.postgres.cluster import ADMIN_ROLE, DATABASE, ROLE
from freehold.postgres.errors import PostgresError
from freehold.postgres.identity import Identity, identity_for
from freehold.postgres.launch import Launcher
from freehold.postgres.layout import MARKER_TEXT, Layout, check
from freehold.postgres.lease import Lease, Ownership, turn
from freehold.postgres.postmaster import live_postmaster
from freehold.postgres.sockets import socket_folder

Progress = Callable[[str], None]


class EmbeddedServer:
    """A running PostgreSQL in a data directory, and the URLs that reach it; as a context manager it stops itself."""

    data_dir: Path
    url: str
    """Role `freehold`, owner of the database `freehold`: may log in and create databases, is no superuser."""
    admin_url: str
    """The superuser `postgres`, in the same database."""
    major: int
    """PostgreSQL's major version."""
    started_here: bool
    """Whether this object started the server, rather than finding it running."""

    @classmethod
    def start(cls, data_dir: Path, *, progress: Progress | None = None, fast: bool = False) -> Self:
        """Start PostgreSQL in `data_dir` as its one owner, and return once it accepts connections.

        A new or empty directory gets a new cluster (about a second), and `progress` a short line for each slow phase. A
        server that a short command or a killed owner left running is taken over. `fast` gives up durability: for tests.

        Raises:
            PostgresError: the directory has an owner already, is not ours to use or not writable, was made by another
                major version of PostgreSQL, or PostgreSQL does not come up; the message says what to do.
        """
        return cls(data_dir, progress, fast=fast, owner=True)

    @classmethod
    def join(cls, data_dir: Path, *, progress: Progress | None = None) -> Self:
        """Use the server that runs in `data_dir`, whoever started it; where none does, start one as `start` would.

        Raises:
            PostgresError: as `start`, but for an owner, which is no hindrance.
        """
        return cls(data_dir, progress, fast=False, owner=False)

    def __init__(self, data_dir: Path, progress: Progress | None, *, fast: bool, owner: bool) -> None:
        """Use `start` or `join`, which say what they do."""
        binaries = server_binaries()
        layout = Layout(data_dir.resolve())
        try:
            identity = identity_for(layout.root)
            check(layout, binaries)
            _prepare(layout, identity)
            with ExitStack() as held:
                self._ownership = Ownership(layout) if owner else None
                if self._ownership:
                    held.callback(self._ownership.release)
                with turn(layout):
                    self._lease = Lease(layout)
                    held.callback(self._lease.release)
                    self._launcher = Launcher(layout, binaries, identity, progress or _silence, fast)
                    self.started_here = self._launcher.bring_up()
                    for path in (layout.marker, layout.run, layout.log.parent):
                        identity.own(path)  # whoever comes next may be the account itself
                    self.url, self.admin_url = _urls(layout)
                self._held: ExitStack | None = held.pop_all()
        except OSError as error:
            raise PostgresError(
                f"The data directory {layout.root} cannot be used: {error}. Make it writable for this user and see "
                "that the disk has space, or name another directory with --data-dir."
            ) from error
        self.data_dir, self.major = layout.root, binaries.major

    def is_alive(self) -> bool:
        """Say whether the server's process lives; cheap, and takes no turn."""
        return live_postmaster(self._launcher.layout) is not None

    def revive(self) -> bool:
        """Start PostgreSQL again, at the same URLs, if it has ended meanwhile (killed, out of memory); True if it had.

        Cheap (a millisecond) while it runs, so that a server process may call it whenever the database does not answer.

        Raises:
            PostgresError: it does not come up, and the message has the end of its log; or the directory is not the one
                any more that this process owns, or has lost its cluster.
        """
        layout = self._launcher.layout
        if self._ownership is not None and not self._ownership.holds():
            raise PostgresError(
                f"{layout.root} was replaced, or its run/ was emptied, while this process owned it: stop this process, "
                "and see what is there before you start it again."
            )
        with turn(layout):
            if not layout.cluster.exists():
                raise PostgresError(
                    f"{layout.cluster} is gone: put it back, or restore a backup into a new --data-dir."
                )
            return self._launcher.bring_up()

    def stop(self) -> None:
        """End the server cleanly, unless somebody else still uses it: then the last of them ends it. May be repeated.

        Raises:
            PostgresError: PostgreSQL takes longer than two minutes to stop.
        """
        held, self._held = self._held, None
        if held is None:
            return
        with held, turn(self._launcher.layout):
            if self._lease.is_last():
                self._launcher.end()
            self._lease.release()

    def __enter__(self) -> Self:
        """Give the running server."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()


def connect_or_start(data_dir: Path, *, progress: Progress | None = None) -> EmbeddedServer:
    """Lend one command a server, for a `with` block.

    It joins the server of `freehold serve` or of another command, or starts one. The last to leave stops it, so
    commands may overlap freely.

    Raises:
        PostgresError: as `EmbeddedServer.start`, but for an owner, which is no hindrance.
    """
    return EmbeddedServer.join(data_dir, progress=progress)


def _silence(_: str) -> None:
    pass


def _urls(layout: Layout) -> tuple[str, str]:
    host = quote(str(socket_folder(layout)), safe="")
    user, admin = (f"{role}:{layout.password(role)}" for role in (ROLE, ADMIN_ROLE))
    return f"postgresql://{user}@/{DATABASE}?host={host}", f"postgresql://{admin}@/{DATABASE}?host={host}"


def _prepare(layout: Layout, identity: Identity) -> None:
    layout.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    identity.own(layout.root)
    identity.require_access(layout.root)
    with suppress(FileExistsError), layout.marker.open("x", encoding="utf-8") as marker:
        marker.write(MARKER_TEXT)
    layout.run.mkdir(mode=0o700, exist_ok=True)
    identity.own(layout.run)
