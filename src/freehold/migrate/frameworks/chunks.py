"""A script in pieces that can be written elsewhere: each statement with the comments that belong to it."""

from typing import NamedTuple

from freehold.migrate import directives
from freehold.migrate.frameworks.original import Script
from freehold.migrate.lexer import Kind, Token, UnterminatedError, tokens
from freehold.migrate.splitter import ScriptError, Statement, split


class Chunk(NamedTuple):
    """One statement and its surroundings.

    Attributes:
        statement: the statement alone.
        above: comments and empty lines before it.
        behind: what stands behind its semicolon on the same line.
        runs_alone: whether it must run outside of a transaction.
    """

    statement: Statement
    above: str = ""
    behind: str = "\n"
    runs_alone: bool = False

    @property
    def text(self) -> str:
        """All of it, as it is written into a file."""
        return f"{self.above}{self.statement.sql};{self.behind}"


class Chunks(NamedTuple):
    """A whole script: its statements, and the comments behind the last one."""

    chunks: list[Chunk]
    rest: str


def chunked(script: Script) -> Chunks:
    """Cut a script into its statements.

    Line ends outside of quotes become those of this system's files; what is quoted stays as it is. A comment that this
    engine would take for a directive of its own is changed so that it does not.

    Raises:
        ScriptError: it cannot be split.
    """
    try:
        text = "".join(_plain(token) for token in tokens(script.text))
    except UnterminatedError as error:
        raise ScriptError(str(error), script.line + script.text.count("\n", 0, error.offset)) from None
    statements = split(text, first_line=script.line)
    if not statements:
        return Chunks([], text)
    chunks: list[Chunk] = []
    above = text[: statements[0].offset]
    for index, statement in enumerate(statements):
        end = statements[index + 1].offset if index + 1 < len(statements) else len(text)
        behind, following = _cut(text[statement.offset + len(statement.sql) : end])
        chunks.append(Chunk(statement, above, behind))
        above = following
    return Chunks(chunks, above)


def comments(text: str) -> str:
    """The comments of a text that holds no statement."""
    return "".join(token.text for token in tokens(text) if token.kind is not Kind.SYMBOL).strip("\n \t")


def _plain(token: Token) -> str:
    if token.kind not in (Kind.SPACE, Kind.COMMENT):
        return token.text
    text = token.text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        ours = directives.read(token) is not None
    except ValueError:
        ours = True
    return text.replace("--", "-- original:", 1) if ours else text


def _cut(gap: str) -> tuple[str, str]:
    """Cut what stands between two statements at the end of the first one's line, and drop the semicolons."""
    behind, following = "", ""
    ended = False
    for token in tokens(gap):
        if token.kind is Kind.SYMBOL:
            continue
        if not ended and token.kind is Kind.SPACE and "\n" in token.text:
            space, line_end, rest = token.text.partition("\n")
            behind += space + line_end
            following += rest
            ended = True
        elif ended:
            following += token.text
        else:
            behind += token.text
    return (behind if ended else f"{behind}\n"), following
