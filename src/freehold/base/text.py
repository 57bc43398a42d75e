"""The one place where typed text is made the same text: white space at its edges, normal forms, what cannot be seen.

People type one thing in several ways: with a space behind it, on a keyboard that composes accents or one that does
not, in full width. What is stored and compared comes from here. The classes of characters are spelt so that Python and
ECMA (the OpenAPI document) read them alike; the CHECK constraints of names say the same in PostgreSQL's spelling, and
``tests/contract/test_rules.py`` shows that all three agree.
"""

import re
import unicodedata
from typing import Final

SPACES: Final = r"\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
CONTROLS: Final = r"\u0000-\u001f\u007f-\u009f"
BLANK: Final = SPACES + CONTROLS
"""What is dropped at the edges of names, logins and addresses."""
EDGE: Final = BLANK.replace(r"\u0000", r"\u0001")
"""The same without NUL, which no text may hold."""

_INNER_SPACES: Final = SPACES.replace(r"\u2028\u2029", "")
_SIGNS: Final = (
    r"\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e"
)
"""Digits, punctuation and symbols: seen, and neither letters nor emoji."""
_SELECTORS: Final = r"\u180b-\u180d\u180f\ufe00-\ufe0f" + "\U000e0100-\U000e01ef"
"""Variation selectors say how the character before them looks."""
_JOINERS: Final = r"\u200c\u200d"
"""ZWNJ and ZWJ say how their neighbours join: Persian words and families of emoji need them."""
_UNSEEN: Final = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufff0-\ufffb\ufffe\uffff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""What nobody sees and no name needs: direction and line controls, fillers, tags, all other format characters."""
_BARE: Final = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800"
"""What shows nothing alone: the combining marks of all scripts, and the empty Braille pattern."""

_LETTER: Final = f"[^{CONTROLS}{SPACES}{_SIGNS}{_SELECTORS}{_JOINERS}{_UNSEEN}][{_SELECTORS}]?"
NAME_BODY: Final = (
    rf"(?=[\s\S]*[^{BLANK}{_BARE}{_SELECTORS}{_JOINERS}])"
    rf"(?:{_LETTER}(?:[{_JOINERS}]{_LETTER})*|[{_SIGNS}][{_SELECTORS}]?|[{_INNER_SPACES}])+"
)
"""What a name is made of, without white space at its edges: something to see, and nothing unseen that needs no place.

A joiner stands between two letters or emoji, a variation selector behind what it changes."""

_LETTER_SEEN: Final = f"[^{CONTROLS}{SPACES}{_SIGNS}{_SELECTORS}{_JOINERS}{_UNSEEN}{_BARE}][{_SELECTORS}]?"
_MARK: Final = f"[{_BARE}][{_SELECTORS}]?"
_MARKS: Final = f"(?:{_MARK}[{_JOINERS}])*"
NAME_PATTERN: Final = (
    rf"^[{EDGE}]*(?:{_MARKS}{_MARK}|[{_INNER_SPACES}])*"
    rf"(?:{_MARKS}{_LETTER_SEEN}(?:[{_JOINERS}]{_LETTER})*|[{_SIGNS}][{_SELECTORS}]?)"
    rf"(?:{_LETTER}(?:[{_JOINERS}]{_LETTER})*|[{_SIGNS}][{_SELECTORS}]?|[{_INNER_SPACES}])*[{EDGE}]*$"
)
"""The same, with white space at its edges and without a look ahead, which half of the regular expressions there are
(RE2, Rust) do not have: what comes before the first thing to see, that thing, and what comes after."""

_EDGES = re.compile(rf"^[{BLANK}]+|[{BLANK}]+(?![\s\S])")
_NOT_IN_NAMES = re.compile(rf"[{CONTROLS}\u2028\u2029{_UNSEEN}]")
_MISPLACED = re.compile(rf"[{_JOINERS}{_SELECTORS}]")


def trimmed(typed: str) -> str:
    """Drop white space and controls at both ends."""
    return _EDGES.sub("", typed)


def password(typed: str) -> str:
    """Give a password as it is hashed: in Unicode's normal form NFKC (NIST SP 800-63B), else as it was typed."""
    return unicodedata.normalize("NFKC", typed)


def spellings(typed: str) -> tuple[str, ...]:
    """List what a password may have been hashed as: its normal form, and as it was typed where that is another text."""
    normal = password(typed)
    return (normal,) if normal == typed else (normal, typed)


def folded(login: str) -> str:
    """Give a login that is no address as it is looked up: usernames are ASCII, also in full width."""
    return unicodedata.normalize("NFKC", login).lower()


def name_defect(name: str) -> str | None:
    """Say which character a name must not have (U+202E RIGHT-TO-LEFT OVERRIDE), or None."""
    if found := _NOT_IN_NAMES.search(name):
        return f"must not contain {_called(found[0])}: remove this character"
    if (found := _MISPLACED.search(name)) and not re.fullmatch(NAME_BODY, name):
        return f"must not contain {_called(found[0])} except between letters or emoji: remove this character"
    return None


def _called(character: str) -> str:
    name = unicodedata.name(character, "a control character")
    return f"U+{ord(character):04X} ({name})"
