"""Who uses the server of a data directory: known by locks, so a killed process never counts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from freehold.postgres.errors import PostgresError
from freehold.postgres.layout import Layout
from freehold.postgres.lock import Lock, polled

TURN_SECONDS = 120.0  # another command may be making the cluster, or waiting for the server's last checkpoint


class Lease:
    """One user's share of the running server.

    It is two locks on two files, both shared by all users: `users`, by which the one who leaves learns whether they are
    the last, and `lease`, for which the keeper waits. With one file the two questions would disturb each other.
    """

    def __init__(self, layout: Layout) -> None:
        """Take a share; waits while a keeper ends a server that nobody used.

        Raises:
            PostgresError: that took longer than two minutes.
        """
        self._users = Lock(layout.run / "users.lock")
        self._lease = Lock(layout.run / "lease.lock")
        if not (wait_for(self._lease.try_shared) and wait_for(self._users.try_shared)):
            self.release()
            raise PostgresError(
                f"PostgreSQL in {layout.root} has been stopping for {TURN_SECONDS:.0f} s: wait for it; its log: "
                f"{layout.log}"
            )

    def is_last(self) -> bool:
        """Tell whether nobody else has a share; only in one's turn, and on the way out."""
        return self._users.try_exclusive()

    def release(self) -> None:
        """Give the share back."""
        self._users.release()
        self._lease.release()


class Ownership:
    """The right to be the one server process of a data directory, beside which only short commands may run."""

    def __init__(self, layout: Layout) -> None:
        """Take it.

        Raises:
            PostgresError: another process has it; the message names that one.
        """
        self._lock = Lock(layout.run / "owner.lock")
        if not self._lock.try_exclusive():
            holder = self._lock.holder()
            self._lock.close()
            raise PostgresError(
                f"{layout.root} is in use by process {holder}: stop that one first, or name another directory "
                "with --data-dir."
            )
        self._lock.note_holder()

    def holds(self) -> bool:
        """Tell whether the directory is still the one that was taken, so that no other process can own it."""
        return self._lock.is_in_place()

    def release(self) -> None:
        """Let another process have it."""
        self._lock.release()


@contextmanager
def turn(layout: Layout) -> Iterator[None]:
    """Be the only one that starts, joins or leaves the server of this directory.

    Raises:
        PostgresError: another process has not finished doing so for two minutes.
    """
    lock = Lock(layout.run / "turn.lock")
    try:
        if not wait_for(lock.try_exclusive):
            raise PostgresError(
                f"Another process, {lock.holder()}, has been starting or stopping PostgreSQL in {layout.root} for "
                f"{TURN_SECONDS:.0f} s: see what it waits for, or end it; PostgreSQL's log: {layout.log}"
            )
        lock.note_holder()
        yield
    finally:
        lock.release()


def wait_for(attempt: Callable[[], bool]) -> bool:
    """Repeat the attempt every 10 ms until it succeeds; False after two minutes."""
    return any(attempt() for _ in polled(TURN_SECONDS))
