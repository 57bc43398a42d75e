"""Gathers what is wrong with the lines of a file, in a file of their own."""

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from freehold.base.errors import FieldError
from freehold.transfer.errors import BadFile
from freehold.transfer.types import Refusal

_KEPT: Final = 100
_PRIVATE: Final = 0o600
_encode = msgspec.json.Encoder().encode


class Refusals:
    """Collects refused lines: counts them, keeps the first, and writes all to a file if you name one.

    Attributes:
        lines: number of refused lines.
        first: the first 100 refusals.
        sources: names of the rows, for another system's database.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.lines = 0
        self.sources: Sequence[str] = ()
        self.first: list[Refusal] = []
        self._path = path
        self._file: BinaryIO | None = None

    def begin(self, *, position: int = 0, lines: int = 0) -> None:
        """Begin a new file, or go on where an import that was cut off had stored its last lines.

        Raises:
            BadFile: the file cannot be written.
        """
        self.lines = lines
        if self._path is None:
            return
        try:
            if position and self._path.exists():
                self._file = self._path.open("r+b")
                self._file.truncate(position)
                self._file.seek(position)
            else:  # what an earlier attempt found is no longer true
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def add(self, line: int, errors: Iterable[FieldError]) -> None:
        """Write down what is wrong with a line; whoever finds all of it counts the line.

        Raises:
            BadFile: the file cannot be written.
        """
        source = self.sources[line - 1] if self.sources else None
        for error in errors:
            refusal = Refusal(
                line=line, field=error.pointer.removeprefix("/"), code=error.code, reason=error.detail, source=source
            )
            if len(self.first) < _KEPT:
                self.first.append(refusal)
            self._write(refusal)

    def position(self) -> int:
        """Tell how long the file is, once it is all written."""
        if self._file is None:
            return 0
        self._file.flush()
        return self._file.tell()

    def close(self) -> None:
        """End the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, refusal: Refusal) -> None:
        if self._path is None:
            return
        try:
            if self._file is None:
                # Its lines hold what people have entered: they are for whoever imports.
                self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb")
                if stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):  # and not /dev/stderr
                    os.fchmod(self._file.fileno(), _PRIVATE)
            self._file.write(_encode(refusal) + b"\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> BadFile:
        return BadFile(f"has refused lines, and {self._path} cannot be written: {error.strerror or error}")
