"""Locks between processes that the kernel itself gives back, whichever way a process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

POLL_SECONDS = 0.01


class Lock:
    """An advisory lock on a file (flock).

    It belongs to the open file, so whoever inherits the descriptor holds it too, and it is free again when the last
    of them has closed it or ended.
    """

    def __init__(self, path: Path) -> None:
        """Open the lock's file, making it where it is missing; nothing is locked yet."""
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def fileno(self) -> int:
        """Give the descriptor, for a child to inherit."""
        return self._fd

    def try_exclusive(self) -> bool:
        """Take the lock for us alone if nobody else has it; a shared lock of our own is lost when this fails."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Take the lock together with others, if nobody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def note_holder(self) -> None:
        """Write our process id into the file, for the message that another process will show; not on a full disk."""
        with suppress(OSError):
            os.truncate(self._fd, 0)
            os.pwrite(self._fd, str(os.getpid()).encode(), 0)

    def holder(self) -> str:
        """Read the process id of who noted it last."""
        return os.pread(self._fd, 20, 0).decode("ascii", "replace")

    def is_in_place(self) -> bool:
        """Tell whether whoever opens the path now opens this very file."""
        try:
            return os.path.samestat(os.fstat(self._fd), self._path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the lock back, also in the name of everybody who inherited it."""
        if self._fd >= 0:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
        self.close()

    def close(self) -> None:
        """Close our descriptor; whoever inherited it keeps the lock."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def polled(seconds: float) -> Iterator[float]:
    """Yield the seconds passed, at once and then every 10 ms, until `seconds` are over."""
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < seconds:
        yield passed
        time.sleep(POLL_SECONDS)
