"""Where the stream of events goes for collectors: standard output, or a file."""

import os
import select
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final, Protocol
from uuid import UUID

import msgspec

STDOUT: Final = "stdout"
WRITE_SECONDS: Final = 5.0
"""How long whoever reads standard output may take for what was written last."""
_PIECE: Final = 4096
"""What a pipe takes at once, when it takes anything."""
_TAIL_BYTES: Final = 4 * 2**20
"""How much of the end of a file is read, which is more than is written before that is noted."""


class Blocked(OSError):
    """Whoever reads standard output does not."""


class Output(Protocol):
    """Takes lines."""

    def written(self) -> frozenset[UUID]:
        """Name the events at its end, which may have been written and not noted; nothing where it cannot be read."""

    def write(self, lines: bytes) -> None:
        """Write lines, and return when they are safe.

        Raises:
            OSError: not all of them were written.
        """


def output_of(setting: str) -> Output:
    """Make what a setting names."""
    return ToStdout() if setting == STDOUT else ToFile(Path(setting))


class ToStdout:
    """Standard output, which other processes of this server have, too; one of them writes at a time."""

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = sys.__stdout__.fileno() if descriptor is None and sys.__stdout__ else descriptor or 1
        self._is_torn = False

    def written(self) -> frozenset[UUID]:
        """Nothing: it cannot be read."""
        return frozenset()

    def write(self, lines: bytes) -> None:
        """Write lines; after a failure on a line of their own, so that no line is mixed with half of another.

        Raises:
            Blocked: nobody has read anything for 5 seconds.
            OSError: whoever read it is gone.
        """
        rest = memoryview(b"\n" + lines if self._is_torn else lines)
        self._is_torn = True
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        until = monotonic() + WRITE_SECONDS
        while rest:
            if not poll.poll(max(0, until - monotonic()) * 1000):
                raise Blocked("nobody reads standard output")
            rest = rest[os.write(self._descriptor, rest[:_PIECE]) :]
            until = monotonic() + WRITE_SECONDS
        self._is_torn = False


class ToFile:
    """A file that only its owner can read. It is opened each time, so it can be renamed and begun again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def written(self) -> frozenset[UUID]:
        """Name the events at the end of the file; half a line there, left by a crash, is cut off."""
        with suppress(FileNotFoundError), self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            tail = file.read()
            whole = tail.rfind(b"\n") + 1
            if whole < len(tail):
                file.truncate(size - len(tail) + whole)
            found = set()
            for line in tail[:whole].splitlines():
                with suppress(msgspec.DecodeError, msgspec.ValidationError):
                    found.add(_read_id(line).id)
            return frozenset(found)
        return frozenset()

    def write(self, lines: bytes) -> None:
        """Write lines, all of them or none.

        Raises:
            OSError: such as for a disk that is full.
        """
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            before = os.fstat(descriptor).st_size
            rest = memoryview(lines)
            try:
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, before)
                raise
        finally:
            os.close(descriptor)


class _WithId(msgspec.Struct):
    id: UUID


_read_id = msgspec.json.Decoder(_WithId).decode
