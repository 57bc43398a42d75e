"""What a migration is, once its file has been read."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from freehold.migrate.directives import Backfill, Distribute, Ignore, Lossy
from freehold.migrate.errors import FormatError
from freehold.migrate.lexer import word_texts
from freehold.migrate.splitter import Statement


class Problem(NamedTuple):
    """Something wrong in a file; ``line`` counts from 1, 0 means the file as a whole."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


class FilesError(FormatError):
    """One or more files of a folder are not well formed; ``problems`` has them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class Section(NamedTuple):
    """The way up or the way down.

    Attributes:
        statements: in order; empty only for the down of an irreversible migration.
        transaction: False if its one statement must run outside a transaction.
        backfill: set if its one statement runs in batches.
        line: of its marker.
        distributes: where tables are on a Citus cluster after it.
    """

    statements: tuple[Statement, ...] = ()
    transaction: bool = True
    backfill: Backfill | None = None
    line: int = 0
    distributes: tuple[Distribute, ...] = ()


class Migration(NamedTuple):
    """One migration file.

    Attributes:
        set_name: which set it belongs to: ``freehold`` or ``app``.
        version: the digits its file name begins with.
        name: the words behind them.
        checksum: SHA-256 (hex) of what it executes; comments, white space and the kind of line ends do not count.
        irreversible: why there is no way back, or None.
        lossy: what down may lose, as declared.
        ignores: lint rules that do not apply, with reasons.
        depends: versions that must be applied before, as ``set:version`` or a version of another set.
        out_of_order: why it may be applied after newer ones, or None.
        imported: the other tool's file that it was made from; empty if it was written for this engine.
    """

    set_name: str
    version: str
    name: str
    path: Path
    up: Section
    down: Section
    checksum: str
    irreversible: str | None = None
    lossy: tuple[Lossy, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    depends: tuple[str, ...] = ()
    out_of_order: str | None = None
    imported: str = ""

    @property
    def label(self) -> str:
        """How people call it: version and name."""
        return f"{self.version}_{self.name}"

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it in the journal: set and version."""
        return self.set_name, self.version

    @property
    def exact_checksum(self) -> str:
        """The checksum with line ends as they are: what evidence goes by, since what was proved is what must run."""
        return _digest(self.up, self.down, str)

    def has_checksum(self, recorded: str) -> bool:
        """Whether a journal's checksum is this file's, also one that took a lone CR as a line end (up to 0.1)."""
        return recorded == self.checksum or recorded == _digest(
            self.up, self.down, lambda sql: sql.replace("\r\n", "\n").replace("\r", "\n")
        )


def checksum(up: Section, down: Section) -> str:
    """SHA-256 (hex) over what two sections execute: every word of every statement and the way it is run.

    A literal that spans lines has the line ends of its file, and git may have made other ones of them since. So both
    count as the same.
    """
    return _digest(up, down, lambda sql: sql.replace("\r\n", "\n"))


def _digest(up: Section, down: Section, ends: Callable[[str], str]) -> str:
    digest = hashlib.sha256()
    for section in (up, down):
        digest.update(f"section transaction={section.transaction} backfill={section.backfill}\0".encode())
        for statement in section.statements:
            digest.update("\0".join(word_texts(ends(statement.sql))).encode() + b"\0;\0")
        for each in section.distributes:
            digest.update(f"distribute {each.table} {each.kind} {each.column}\0".encode())
    return digest.hexdigest()
