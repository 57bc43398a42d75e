"""SQL in tokens, exactly as far as telling code from comments and quotes needs it.

The regular expressions follow PostgreSQL's scanner with ``standard_conforming_strings`` on, which the engine sets.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from freehold.migrate.errors import FormatError


class Kind(Enum):
    """What a token is."""

    SPACE = auto()
    COMMENT = auto()
    STRING = auto()
    QUOTED_NAME = auto()
    WORD = auto()
    NUMBER = auto()
    SYMBOL = auto()


class Token(NamedTuple):
    """A token and where it begins, as a character offset."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset just behind the token."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords (given in upper case)."""
        return self.kind is Kind.WORD and self.text.upper() in words


class UnterminatedError(FormatError):
    """A quote or comment is never closed; ``offset`` is where it opens."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(f"{what} is opened here and never closed")
        self.offset = offset


# Two string literals with a line break between them are one literal, which keeps its E prefix.
_CONTINUED = r"(?:[ \t\f\v]*[\r\n](?:\s|--[^\r\n]*[\r\n])*'{body})*"
_PLAIN_BODY = r"(?:[^']|'')*+'"
_ESCAPE_BODY = r"(?:[^'\\]|''|\\.)*+'"

_TOKEN = re.compile(
    rf"""
    (?P<SPACE>\s+)
  | (?P<LINE>--[^\r\n]*)
  | (?P<BLOCK>/\*)
  | (?P<ESCAPE>[eE]'{_ESCAPE_BODY}{_CONTINUED.format(body=_ESCAPE_BODY)})
  | (?P<STRING>(?:[bBxXnN]|[uU]&)?'{_PLAIN_BODY}{_CONTINUED.format(body=_PLAIN_BODY)})
  | (?P<QUOTED_NAME>(?:[uU]&)?"(?:[^"]|"")*+")
  | (?P<DOLLAR>\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$)
  | (?P<WORD>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)
  | (?P<NUMBER>\$?\d[\w.]*)
  | (?P<SYMBOL>(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")


def tokens(sql: str) -> Iterator[Token]:
    """Split SQL into tokens that together are the whole text.

    Raises:
        UnterminatedError: a quote or comment is never closed.
    """
    at = 0
    while at < len(sql):
        match = _TOKEN.match(sql, at)
        group = match.lastgroup if match else None
        if match is None or group is None:  # every character is at least a SYMBOL
            raise AssertionError(sql[at])
        kind, end = _kind(group), match.end()
        if group == "BLOCK":
            end = _end_of_block(sql, at)
        elif group == "DOLLAR":
            end = sql.find(match[0], end) + len(match[0])
            if end < match.end() + len(match[0]):
                raise UnterminatedError(f"The quoted text {match[0]}", at)
        elif group == "SYMBOL" and match[0] in ("'", '"'):
            raise UnterminatedError("The string" if match[0] == "'" else "The quoted name", at)
        yield Token(kind, sql[at:end], at)
        at = end


def _kind(group: str) -> Kind:
    if group in ("LINE", "BLOCK"):
        return Kind.COMMENT
    return Kind.STRING if group in ("ESCAPE", "DOLLAR") else Kind[group]


def _end_of_block(sql: str, start: int) -> int:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(sql, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    raise UnterminatedError("The comment /*", start)
