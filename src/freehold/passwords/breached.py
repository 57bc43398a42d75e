"""Knows the passwords that came out in data breaches, from a file on this machine: nothing is sent anywhere.

It is what 'Pwned Passwords' offers: the SHA-1 of each password with how often it was seen, ordered by hash, in one file
(tens of GB) or in a folder with one file a range, named by the first five digits. A look-up reads at most some forty
short pieces, or one range; it is done by the threads that hash, and not by the event loop. Where it cannot be done, no
password is set. Neither a password nor a part of its hash stands in any error or log.
"""

import hashlib
import logging
import os
import re
import weakref
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Final, Protocol

from freehold.base.errors import Unavailable
from freehold.base.settings import SettingError

_SETTING: Final = "FREEHOLD_BREACHED_PASSWORDS"
_DIGITS: Final = 40
_PREFIX: Final = 5
_LONGEST_LINE: Final = 128
_WINDOW: Final = 4096
_LONGEST_RANGE: Final = 1 << 20
"""A range of 2025 has 40 KB."""
SAMPLES: Final = 64
"""How many places, or ranges, are looked at before the file is used."""
RANGES: Final = 16**_PREFIX

_NAME: Final = re.compile(r"[0-9A-Fa-f]{5}(\.txt)?")
_log = logging.getLogger(__name__)


class Breached(Protocol):
    """The breached passwords."""

    def __contains__(self, password: str) -> bool:
        """Say whether a password is one of them.

        Raises:
            Unavailable: they cannot be read.
        """
        ...


class _Unreadable(Exception):
    """What was to be read is not of the form that it must have."""


def open_breached(path: Path) -> Breached:
    """Open a file, or a folder of ranges, and look at samples of it.

    Raises:
        SettingError: it cannot be read, or has another form or order; the message says what to do.
    """
    try:
        found = RangeFolder(path) if path.is_dir() else HashFile(path)
        found.examine()
    except OSError as error:
        reason = error.strerror or error
        raise SettingError(
            f"{_SETTING} is '{path}', which cannot be read ({reason}): name a file or folder that the "
            "server's user may read"
        ) from None
    except _Unreadable as error:
        raise SettingError(
            f"{_SETTING} is '{path}', which {error}: download the SHA-1 hashes of Pwned Passwords, ordered by hash"
        ) from None
    return found


class HashFile:
    """One file with lines ``HASH:COUNT``, ordered by hash; each may end in CR LF, and the counts may be missing."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)

    def __contains__(self, password: str) -> bool:
        """Say whether a password is in it.

        Raises:
            Unavailable: it cannot be read.
        """
        return _asked(lambda: self._has(_digest(password)))

    def examine(self) -> None:
        """Look at samples, from the first line to the last.

        Raises:
            OSError, _Unreadable: it is not what is expected.
        """
        size = self._size()
        if not size:
            raise _Unreadable("is empty")
        before: list[bytes] = []
        for number in range(SAMPLES + 1):
            place = max(size - _WINDOW, 0) * number // SAMPLES
            lines = self._read(_WINDOW, place).split(b"\n")
            if place:
                del lines[0]  # its beginning was not read
            if place + _WINDOW < size or not lines[-1]:
                del lines[-1]
            if not lines:
                raise _Unreadable("has a line that is too long")
            _check_order(lines, _DIGITS)
            _check_order([*before, lines[0]], _DIGITS)
            before = lines[:1]  # of this window: the next may overlap it

    def _has(self, wanted: bytes) -> bool:
        low, high = 0, self._size()  # both are where a line begins, or the end
        while high - low > _WINDOW:
            middle = (low + high) // 2
            piece = self._read(2 * _LONGEST_LINE, middle)
            start = piece.find(b"\n") + 1
            if not 0 < start <= _LONGEST_LINE:
                raise _Unreadable("has a line that is too long")
            key = _key(piece[start : start + _DIGITS], _DIGITS)
            if key == wanted:
                return True
            low, high = (middle + start, high) if key < wanted else (low, middle + start)
        return any(line[:_DIGITS].upper() == wanted for line in self._read(high - low, low).split(b"\n"))

    def _read(self, size: int, place: int) -> bytes:
        return os.pread(self._file, size, place)  # at a place of its own, so that threads do not meet

    def _size(self) -> int:
        return os.fstat(self._file).st_size


class RangeFolder:
    """A folder with files such as ``21BD1`` or ``21BD1.txt``, whose lines are the other 35 digits and a count.

    In a range that has no file, no password is known.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __contains__(self, password: str) -> bool:
        """Say whether a password is in it.

        Raises:
            Unavailable: its range cannot be read.
        """
        return _asked(lambda: self._has(_digest(password)))

    def examine(self) -> None:
        """Look at some of the ranges.

        Raises:
            OSError, _Unreadable: one is not what is expected.
        """
        some = list(islice(ranges_in(self._path), SAMPLES))
        if not some:
            raise _Unreadable("holds no file of a range such as 21BD1 or 21BD1.txt")
        for each in some:
            _check_order(_range(each), _DIGITS - _PREFIX)

    def _has(self, wanted: bytes) -> bool:
        prefix, suffix = wanted[:_PREFIX].decode(), wanted[_PREFIX:]
        for name in (prefix, f"{prefix}.txt", prefix.lower(), f"{prefix.lower()}.txt"):
            try:
                lines = _range(self._path / name)
            except FileNotFoundError:
                continue
            return any(line[: len(suffix)].upper() == suffix for line in lines)
        self._path.stat()  # the folder itself is still there
        return False


def ranges_in(folder: Path) -> Iterator[Path]:
    """Go through the files of ranges."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                yield Path(entry.path)


def _range(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        content = file.read(_LONGEST_RANGE + 1)
    if len(content) > _LONGEST_RANGE:
        raise _Unreadable("has a range of more than 1 MiB")
    return content.removesuffix(b"\n").split(b"\n") if content else []


def _digest(password: str) -> bytes:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()


def _asked(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except (OSError, _Unreadable) as error:
        # What an operating system says of a range names it, and so a part of the password's hash.
        said = (error.strerror or "error") if isinstance(error, OSError) else f"it {error}"
        _log.error("no password can be set: the file of breached passwords cannot be read: %s", said)
        raise Unavailable("New passwords cannot be checked right now: try again later") from None


def _check_order(lines: list[bytes], digits: int) -> None:
    keys = [_key(line, digits) for line in lines]
    if any(later < earlier for earlier, later in pairwise(keys)):
        raise _Unreadable("is not ordered by hash")


def _key(line: bytes, digits: int) -> bytes:
    """Return the hash at the beginning of a line, which may be cut off after it."""
    if re.fullmatch(rb"[0-9A-Fa-f]{%d}(:\d{1,20})?\r?" % digits, line) is None:
        raise _Unreadable(f"has lines other than {digits} hexadecimal digits, a colon and a count")
    return line[:digits].upper()
