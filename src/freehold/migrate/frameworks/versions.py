"""The versions of other tools as this engine writes them: ``NNNN`` or ``YYYYMMDDHHMMSS``, in the same order."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_NUMBERS = 9999
_STAMP = "%Y%m%d%H%M%S"
_DIGITS = 14
_FIRST_YEAR, _LAST_YEAR = "1990", "2099"  # a Unix time of our days, in whatever unit, does not begin like these
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_NAME = 100
_UNIX = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
"""Digits of a Unix time to its units in a second."""


def assigned(versions: Sequence[str], sizes: Sequence[int]) -> list[list[str]]:
    """Give every migration as many versions as it becomes files.

    Each keeps its number or time where it can: a split migration takes the free ones behind its own and, where there
    are too few, pushes those that follow. Without numbers, or with numbers in another order, all are counted from 1.

    Args:
        versions: digits, or anything else for what has no number, in order.
        sizes: the number of files of each.
    """
    numbers = [natural(version) for version in versions]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or known != sorted(known):
        numbers = [0] * len(numbers)
    taken, given = 0, list[list[str]]()
    for number, size in zip(numbers, sizes, strict=True):
        own: list[str] = []
        for part in range(size):
            taken = max(number or 0, _next(taken)) if part == 0 else _next(taken)
            own.append(f"{taken:04}" if taken <= _NUMBERS else f"{taken:014}")
        given.append(own)
    return given


def natural(version: str) -> int | None:
    """The number that fits a version best; None if there is none in which it can be written."""
    if not version.isascii() or not version.isdigit():
        return None
    number, digits = int(version), len(version)
    if number <= _NUMBERS:
        return number
    if _FIRST_YEAR <= version[:4] <= _LAST_YEAR and _time(f"{version[:8]}000000"):
        return int(version[:_DIGITS].ljust(_DIGITS, "0"))
    if digits in _UNIX:
        return int((_EPOCH + timedelta(seconds=number // _UNIX[digits])).strftime(_STAMP))
    return number if digits <= _DIGITS else None


def slug(name: str) -> str:
    """A name as it may stand in a file's name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    return words[:_LONGEST_NAME].rstrip("_") or "migration"


def _next(number: int) -> int:
    """The one behind a number, or the second behind a time."""
    time = _time(str(number))
    return int((time + timedelta(seconds=1)).strftime(_STAMP)) if time else number + 1


def _time(digits: str) -> datetime | None:
    if len(digits) != _DIGITS:
        return None
    try:
        return datetime.strptime(digits, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
