"""Words for patterns and forms that are known as a whole: Freehold's own, and some that many databases have.

They are found by the exact text, so that a pattern that changes loses its words instead of being described wrongly.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Phrase(NamedTuple):
    """What is said of a text that matches a pattern, and of one that does not."""

    yes: str | None
    no: str | None = None


FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AEXPR_OP (=) (cardinality) (*) (length) ((array_to_tsvector) (*))": "{} holds nothing twice",
        "(array_position) (* True) IS_NULL": "{} holds no NULL",
        'NOT_EXPR ((jsonb_path_exists) (* strict $.**{5}?(@.type() == "object" || @.type() == "array")))': (
            "{} has at most 5 levels of objects and lists"
        ),
    }
)
"""Conditions on one column, as `prose` writes their form."""

_PATTERNS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        r"^[a-z][a-z0-9_-]{0,49}$": Phrase(
            "is 1 to 50 lowercase letters, digits, hyphens and underscores, and begins with a letter",
            None,
        ),
        r"^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$": Phrase(
            "holds names of actions, such as project.create",
            None,
        ),
        (
            r"[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-"
            r"\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001"
            r"bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u"
            r"200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u1"
            r"80d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u"
            r"0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205"
            r"e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00"
            r"d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u2"
            r"00d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u"
            r"007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00"
            r"-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0"
            r"020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$"
        ): Phrase(
            None,
            "has no control character, none that is not seen, and no white space at its edges",
        ),
        (
            r"[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1d"
            r"ff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]"
        ): Phrase(
            "has something to see",
            None,
        ),
        r"^[a-z_]+\.[a-z_]+$": Phrase(
            "is two words of lowercase letters with a dot between, such as project.create",
            None,
        ),
        r'^\{(([a-z0-9_.-]{1,64}|"null")(,([a-z0-9_.-]{1,64}|"null"))*)?\}$': Phrase(
            "holds words of 1 to 64 lowercase letters, digits, dots, hyphens and underscores",
            None,
        ),
        r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": Phrase(
            "is lowercase letters, digits and hyphens, with no hyphen at its edges",
            None,
        ),
        r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": Phrase(
            "is a UUID",
            "is no UUID",
        ),
        r"^[^\u0001-\u001f\u007f-\u009f]+$": Phrase(
            "has at least one character, and no control character",
            None,
        ),
        (
            r"^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029"
            r"\u202f\u205f\u3000]$"
        ): Phrase(
            None,
            "has no white space at its edges",
        ),
        r"^https?://[^/?#\u0001-\u0020\u007f-\u00a0]+([/?#][^\u0001-\u0020\u007f-\u00a0]*)?$": Phrase(
            "is an http or https address without spaces",
            None,
        ),
        r"^[^@\u0001-\u0020\u007f-\u00a0]+@[^@\u0001-\u0020\u007f-\u00a0]+$": Phrase(
            "is an e-mail address: something on each side of one @, without spaces",
            None,
        ),
        r"^[a-z]{2,3}(-([A-Z0-9]{2}|[a-z0-9]{3}|[A-Z0-9][a-z0-9]{3}|[a-z0-9]{5,8}))*$": Phrase(
            "is a language tag, such as en or de-AT",
            None,
        ),
        (
            r"^https?://[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])"
            r"?)*\.?(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?([/?"
            r"][^#\u0001-\u0020\u007f-\u00a0]*)?$"
        ): Phrase(
            "is an http or https address of a host, with an optional port, path and query, and without a fragment",
            None,
        ),
    }
)
_ONE_CLASS: Final = re.compile(
    r"\^\[((?:[a-zA-Z0-9]-[a-zA-Z0-9]|[a-zA-Z0-9_. ]|-(?=\]))+)\](\+|\*|\{(\d+)(,(\d*))?\})?\$"
)
_RANGES: Final = {"a-z": "lowercase letters", "A-Z": "uppercase letters", "0-9": "digits"}
_SIGNS: Final = {"_": "underscores", "-": "hyphens", ".": "dots", " ": "spaces"}


def matching(pattern: str, *, has: bool) -> str | None:
    """Say what a text is that matches a pattern, or that does not; None where there are no words for it."""
    if found := _PATTERNS.get(pattern):
        return found.yes if has else found.no
    if has and (of_class := _ONE_CLASS.fullmatch(pattern)):
        return _of_class(of_class)
    return None


def _of_class(found: re.Match[str]) -> str | None:
    parts = re.findall(r".-.|.", found[1])
    words = [_RANGES.get(part) or _SIGNS.get(part) or part for part in parts]
    listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    low, high = found[3], found[5]
    if found[2] in {"+", "*", None}:
        return {"+": f"is one or more {listed}", "*": f"is nothing but {listed}", None: f"is one of {listed}"}[found[2]]
    if found[4] is None:
        return f"is {low} {listed}"
    return f"is {low} to {high} {listed}" if high else f"is {low} or more {listed}"
