"""Lists as commands print them: a table for people on a terminal, tabs for programs in a pipe."""

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, Final

import click

SEPARATOR: Final = "\t"
_GAP: Final = "  "
_KEPT: Final = 3
"""A table that is too wide loses its last column, but only where this many columns stay."""


def print_table(headings: Sequence[str], rows: Sequence[Sequence[Any]], *, err: bool = False) -> None:
    """Print rows: a line each with tabs between and no headings, unless it is for people on a terminal.

    There, nothing is broken over lines: a table that is too wide loses its last column and says so. Where that is not
    enough, each row becomes a block with a line for each value.

    Args:
        headings: of the columns, the most important first.
        rows: a value for each column.
        err: print to standard error.
    """
    for_people = (sys.stderr if err else sys.stdout).isatty()
    cells = [[plain(value, short=for_people) for value in row] for row in rows]
    if not for_people:
        lines = [SEPARATOR.join(row) for row in cells]
    else:
        lines = _table(headings, cells, shutil.get_terminal_size().columns)
    for line in lines:
        click.echo(line, err=err)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], most: int) -> list[str]:
    for left_out in (0, 1):
        kept = len(headings) - left_out
        if left_out and kept < _KEPT:
            break
        widths = [
            max(map(width, column)) for column in zip(headings[:kept], *(row[:kept] for row in rows), strict=True)
        ]
        if sum(widths) + len(_GAP) * (kept - 1) <= most:
            remark = [f"(too narrow for {headings[-1]}: widen the terminal, or use --json)"] if left_out else []
            return [click.style(_line(headings, widths), bold=True), *(_line(row, widths) for row in rows), *remark]
    return _blocks(headings, rows, most)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (wide - width(cell)) for cell, wide in zip(cells, widths, strict=False)]
    return _GAP.join(padded).rstrip()


def _blocks(headings: Sequence[str], rows: Sequence[Sequence[str]], most: int) -> list[str]:
    wide = max(map(width, headings))
    room = max(most - wide - len(_GAP), 1)
    lines: list[str] = []
    for row in rows:
        lines += [""] if lines else []
        for name, value in zip(headings, row, strict=True):
            parts = textwrap.wrap(value, room, break_long_words=False, break_on_hyphens=False) or [""]
            lines += [_line((each, part), (wide, 0)) for each, part in zip_longest((name,), parts, fillvalue="")]
    return lines


def plain(value: Any, *, short: bool = False) -> str:
    """Write a value on one line, with nothing in it that a terminal would obey or that would end the field.

    Args:
        value: of any kind.
        short: write a time to the second, for people.
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime() if short:
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return ", ".join(plain(part, short=short) for part in value)
    return escaped(str(value))


def escaped(text: str, *, keeping: str = "") -> str:
    """Write what a terminal would obey as an escape sequence that it shows, but for the characters to keep."""
    return "".join(c if c.isprintable() or c in keeping else c.encode("unicode_escape").decode() for c in text)


def width(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)
