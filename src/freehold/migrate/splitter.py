"""A script in statements, so that each can be run, timed, judged and blamed with its own line."""

from typing import NamedTuple

from freehold.migrate.errors import FormatError
from freehold.migrate.lexer import Kind, Token, UnterminatedError, tokens


class Statement(NamedTuple):
    """One statement without its semicolon.

    Attributes:
        sql: the text, from its first word to its last; comments inside are kept.
        line: the line of its first word, counted from 1 in the file it came from.
        offset: the character offset of its first word in that script.
        words: its tokens without space and comments.
    """

    sql: str
    line: int
    offset: int
    words: tuple[Token, ...]

    def begins(self, *keywords: str) -> bool:
        """Whether it begins with these keywords (given in upper case)."""
        return len(self.words) >= len(keywords) and all(
            token.is_word(keyword) for token, keyword in zip(self.words, keywords, strict=False)
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
        if self.words[0].is_word("CREATE", "DROP", "REINDEX"):
            return self.has("CONCURRENTLY")
        return self.begins("VACUUM")


class ScriptError(FormatError):
    """A script cannot be split; ``line`` is where, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def split(script: str, *, first_line: int = 1) -> list[Statement]:
    r"""Split a script at its top-level semicolons.

    A semicolon inside quotes, dollar quotes, comments, parentheses (rules) or the ``BEGIN ATOMIC ... END`` body of a
    function separates nothing. The empty statement is dropped.

    Args:
        script: SQL, any number of statements.
        first_line: the line of the file on which the script begins.

    Raises:
        ScriptError: an unclosed quote or comment, or a psql command such as ``\copy``.
    """
    statements: list[Statement] = []
    words: list[Token] = []
    body = _Nesting()
    try:
        for token in tokens(script):
            if token.kind in (Kind.SPACE, Kind.COMMENT):
                continue
            if token.text == "\\":
                raise ScriptError(
                    "a psql command (it begins with a backslash) is understood by psql alone: write SQL instead",
                    first_line + script.count("\n", 0, token.start),
                )
            if token.text == ";" and body.closed:
                _finish(statements, words, script, first_line)
                words, body = [], _Nesting()
                continue
            body.read(token, words)
            words.append(token)
    except UnterminatedError as error:
        raise ScriptError(str(error), first_line + script.count("\n", 0, error.offset)) from None
    _finish(statements, words, script, first_line)
    return statements


def _finish(statements: list[Statement], words: list[Token], script: str, first_line: int) -> None:
    if words:
        start, end = words[0].start, words[-1].end
        line = first_line + script.count("\n", 0, start)
        statements.append(Statement(script[start:end], line, start, tuple(words)))


class _Nesting:
    """Whether a semicolon would be inside parentheses or inside the body of an SQL-standard function."""

    def __init__(self) -> None:
        self._parentheses = 0
        self._blocks = 0

    @property
    def closed(self) -> bool:
        return self._parentheses == 0 and self._blocks == 0

    def read(self, token: Token, before: list[Token]) -> None:
        if token.text == "(":
            self._parentheses += 1
        elif token.text == ")":
            self._parentheses = max(0, self._parentheses - 1)
        elif _opens_body(token, before) or (self._blocks and token.is_word("CASE")):
            self._blocks += 1
        elif self._blocks and token.is_word("END"):
            self._blocks -= 1


def _opens_body(token: Token, before: list[Token]) -> bool:
    if not (token.is_word("ATOMIC") and before and before[-1].is_word("BEGIN")):
        return False
    head = [word.text.upper() for word in before[:4]]
    return head[0] == "CREATE" and ("FUNCTION" in head or "PROCEDURE" in head)
