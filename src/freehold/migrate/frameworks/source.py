"""The folder of another tool, read with a file and a line for whatever is wrong in it."""

import codecs
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from freehold.migrate.errors import FormatError
from freehold.migrate.frameworks.original import Original, Script
from freehold.migrate.migration import FilesError, Problem

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class LeftOut(NamedTuple):
    """A file that becomes no migration, and why."""

    path: Path
    why: str


class Source:
    """A folder to import from.

    Attributes:
        folder: what was named.
        values: of placeholders.
        problems: what stops the import, collected from all files.
        left_out: what is not imported, and why that is no problem.
    """

    def __init__(self, folder: Path, values: Mapping[str, str] | None = None, encoding: str = "utf-8") -> None:
        if not folder.is_dir():
            raise FilesError([Problem(folder, 0, "there is no such folder")])
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise FormatError(f"{encoding!r} is no encoding: name one such as latin-1 or cp1252") from None
        self.folder = folder
        self.values = values or {}
        self.problems: list[Problem] = []
        self.left_out: list[LeftOut] = []
        self._encoding = encoding

    def files(self, pattern: str = "*", *, deep: bool = False) -> Iterator[Path]:
        """Every file of a name, in the order of names; ``deep`` looks into folders inside, too."""
        found = self.folder.rglob(pattern) if deep else self.folder.glob(pattern)
        return (path for path in sorted(found) if path.is_file() and not path.name.startswith("."))

    def text(self, path: Path) -> str:
        """What a file says, without its byte order mark; empty after a problem."""
        try:
            data = path.read_bytes()
        except OSError as error:
            self.problem(path, 0, f"it cannot be read: {error.strerror}")
            return ""
        mark, encoding = next((each for each in _MARKS if data.startswith(each[0])), (b"", self._encoding))
        try:
            text = data[len(mark) :].decode(encoding)
        except UnicodeDecodeError as error:
            line = 1 + data.count(b"\n", 0, error.start)
            self.problem(
                path, line, f"it is not {encoding.upper()}: name its encoding with --encoding, such as latin-1"
            )
            return ""
        if "\0" in text:
            self.problem(path, 1 + text.count("\n", 0, text.index("\0")), "it holds a NUL, which no SQL can")
            return ""
        return text

    def problem(self, path: Path, line: int, message: str) -> None:
        """Note what stops the import."""
        self.problems.append(Problem(path, line, message))

    def leave_out(self, path: Path, why: str) -> None:
        """Note a file that becomes no migration."""
        self.left_out.append(LeftOut(path, why))

    def program(self, path: Path, version: str, name: str) -> Original:
        """A migration that is a program: a file in its place, for somebody to fill in."""
        why = f"{path.name} is a program, not SQL: write what it does into this file"
        up = Script(f"-- {why}.\n", path)
        return Original(path.name, version, name, up, None, "the original is a program", (why,))


def substituted(source: Source, script: Script, pattern: re.Pattern[str], option: str) -> Script:
    """Put values in the place of placeholders; one without a value is a problem.

    Args:
        source: has the values, and hears of problems.
        script: the SQL.
        pattern: a placeholder, with a group ``name`` and, perhaps, a group ``default``.
        option: what the other tool calls them.
    """

    def value(match: re.Match[str]) -> str:
        found = source.values.get(match["name"], match.groupdict().get("default"))
        if found is None:
            line = script.line + script.text.count("\n", 0, match.start())
            source.problem(script.path, line, f"the {option} {match[0]} has no value: add --set {match['name']}=VALUE")
        return found or ""

    return script._replace(text=pattern.sub(value, script.text))
