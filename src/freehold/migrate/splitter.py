"""A script in statements, so that each can be run, timed, judged and blamed with its own line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from freehold.migrate.errors import FormatError
from freehold.migrate.lexer import SPACE, Kind, Piece, Token, UnterminatedError, pieces, tokens

_VERB = re.compile(r"[A-Za-z_][\w$]*")
_ATOMIC = re.compile(r"\bATOMIC\b", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """One statement without its semicolon.

    Attributes:
        sql: the text, from its first word to its last; comments inside are kept.
        line: the line of its first word, counted from 1 in the file it came from.
        offset: the character offset of its first word in that script.
    """

    sql: str
    line: int
    offset: int

    @cached_property
    def words(self) -> tuple[Token, ...]:
        """Its tokens without space and comments; of thousands of INSERTs, hardly anybody asks for them."""
        return tuple(
            token._replace(start=self.offset + token.start)
            for token in tokens(self.sql)
            if token.kind not in (Kind.SPACE, Kind.COMMENT)
        )

    @cached_property
    def verb(self) -> str:
        """Its first word, in upper case; empty if it begins with something else."""
        match = _VERB.match(self.sql)
        return match[0].upper() if match else ""

    def begins(self, *keywords: str) -> bool:
        """Whether it begins with these keywords (given in upper case)."""
        return (
            self.verb == keywords[0]
            and len(self.words) >= len(keywords)
            and all(token.is_word(keyword) for token, keyword in zip(self.words, keywords, strict=False))
        )

    def has(self, *phrase: str) -> bool:
        """Whether these keywords stand next to each other somewhere in it."""
        return any(
            all(word.is_word(keyword) for word, keyword in zip(self.words[start:], phrase, strict=False))
            for start in range(len(self.words) - len(phrase) + 1)
        )

    @property
    def refuses_transaction(self) -> bool:
        """Whether PostgreSQL refuses it inside a transaction block."""
        if self.begins("ALTER", "TABLE"):
            return self.has("DETACH") and self.has("CONCURRENTLY")
        if self.verb in ("CREATE", "DROP", "REINDEX"):
            return self.has("CONCURRENTLY")
        return self.begins("VACUUM")


class ScriptError(FormatError):
    """A script cannot be split; ``line`` is where, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def split(script: str, *, first_line: int = 1, given: Iterable[Piece] | None = None) -> list[Statement]:
    r"""Split a script at its top-level semicolons.

    A semicolon inside quotes, dollar quotes, comments, parentheses (rules) or the ``BEGIN ATOMIC ... END`` body of a
    function separates nothing. The empty statement is dropped.

    Args:
        script: SQL, any number of statements.
        first_line: the line of the file on which the script begins.
        given: the script's pieces, if they are known already.

    Raises:
        ScriptError: an unclosed quote or comment, or a psql command such as ``\copy``.
    """
    cutter = _Cutter(script, first_line)
    try:
        for kind, start, end in pieces(script) if given is None else given:
            if kind is not Kind.COMMENT:
                cutter.read(start, end)
    except UnterminatedError as error:
        raise ScriptError(str(error), cutter.line_of(error.offset)) from None
    cutter.cut()
    return cutter.statements


class _Cutter:
    """Gathers pieces of a script into statements."""

    def __init__(self, script: str, first_line: int) -> None:
        self.statements: list[Statement] = []
        self._script = script
        self._line, self._counted = first_line, 0
        self._start = self._end = -1
        self._parentheses = 0

    def read(self, start: int, end: int) -> None:
        text = self._script[start:end]
        if text == ";" and self._parentheses == 0 and not self._is_inside_body():
            self.cut()
            return
        if text == "\\":
            raise ScriptError(
                "a psql command (it begins with a backslash) is understood by psql alone: write SQL instead",
                self.line_of(start),
            )
        if not text.strip(SPACE):
            return
        self._parentheses = max(0, self._parentheses + (text == "(") - (text == ")"))
        if self._start < 0:
            self._start = end - len(text.lstrip(SPACE))
        self._end = start + len(text.rstrip(SPACE))

    def cut(self) -> None:
        if self._start >= 0:
            line = self.line_of(self._start)
            self.statements.append(Statement(self._script[self._start : self._end], line, self._start))
        self._start, self._parentheses = -1, 0

    def line_of(self, offset: int) -> int:
        """The line of an offset, counted on from the last one that was asked for."""
        self._line += self._script.count("\n", self._counted, offset)
        self._counted = offset
        return self._line

    def _is_inside_body(self) -> bool:
        return self._start >= 0 and _is_inside_body(self._script[self._start : self._end])


def _is_inside_body(sql: str) -> bool:
    """Whether what follows is still the body of an SQL-standard function."""
    if sql[:6].upper() != "CREATE" or not _ATOMIC.search(sql):
        return False
    blocks = 0
    before: list[Token] = []
    for token in tokens(sql):
        if token.kind in (Kind.SPACE, Kind.COMMENT):
            continue
        if _opens_body(token, before) or (blocks and token.is_word("CASE")):
            blocks += 1
        elif blocks and token.is_word("END"):
            blocks -= 1
        before.append(token)
    return blocks > 0


def _opens_body(token: Token, before: list[Token]) -> bool:
    if not (token.is_word("ATOMIC") and before and before[-1].is_word("BEGIN")):
        return False
    head = [word.text.upper() for word in before[:4]]
    return head[0] == "CREATE" and ("FUNCTION" in head or "PROCEDURE" in head)
