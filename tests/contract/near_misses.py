"""Strings that languages, encodings and regular expressions disagree about, and values on both sides of each rule."""

import string
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.base.text_rules import Rule

_SPACES = "\n \r\n \t \x1f \x7f \x80 \x85 \x9f \xa0 \xad \u180e \u1680 \u2000 \u200a \u200b \u200d \u2028 \u2029 \u202f"
_MARKS = "\u0301 \u0345 \u205f \ufffd \U000e0001 \U0010ffff"
_LETTERS = "\u0130 \u0131 \u00df \u212a \u017f \uff21 \u0661 \u00b2 \u01c5 \U0001f600"
_SIGNS = "@ - _ . / \\ ' \" $ { } , % ? # : null NULL"
ODD: Final = [
    *_SPACES.split(" "),
    *_MARKS.split(" "),
    *_LETTERS.split(" "),
    *_SIGNS.split(" "),
    *["\x00", "\ud800", "\udfff", "\u202e", "\u2060", "\u3000", "\ufeff", " "],
]

_UUID = "0190163d-8694-739b-aea5-966c26f8ad91"
NEAR: Final[dict[str, list[str]]] = {
    "username": [
        *["ab", "abc", "a" * 50, "a" * 51, "a-b", "a b", "ab\n", "\nabc", "ab\u0301"],
        *["\uff41\uff42\uff43", "abc\x00", "ab\u0663", "\u0130sk"],
    ],
    "email": [
        *["ada@example.com", "ADA@EXAMPLE.COM", "a@b.co", "a@b", "@b.co", "a@", "a b@c.de", "ada@ex\u00e4mple.de"],
        *["ada@example.com\n", "a@@b.co", '"a b"@c.de', "a@[127.0.0.1]", "\u00e9@example.com", "a@b.co\x00"],
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 55}.com",
    ],
    "name": [
        *["a", "", " ", "\xa0", " a ", "\u2003a", "a\u3000", "a\nb", "a\x00", "a" * 100, "a" * 101, f" {'a' * 100} "],
        *["a\u0301" * 50, "\u200b", "\ufeff", "a\u0085", "\u180e", f"{' ' * 200}a{' ' * 200}", " " * 501],
    ],
    "reason": [
        *["a", "", " ", "\xa0", " a ", "\u2003a", "a\u3000", "a\nb", "a\x00", "a" * 500, "a" * 501, f" {'a' * 500} "],
        *["a\u0301" * 250, "\u200b", "\ufeff", "a\u0085", "\u180e", f"{' ' * 200}a{' ' * 200}", " " * 2501],
    ],
    "slug": [
        *[
            "My-Org",
            "-a",
            "a-",
            "a_b",
            "a",
            "a--b",
            "a" * 100,
            "a" * 101,
            "me",
            "me2",
            "new",
            "a\n",
            "\na",
            "\u00e9",
            "",
        ],
        *[_UUID, _UUID[:-1], f"{_UUID}1", _UUID.upper()],
    ],
    "avatar_url": [
        *[
            "http://a",
            "https://a",
            "HTTP://a",
            "ftp://a",
            "http://",
            "http:///x",
            "http://?x",
            "http://a b",
            "http://a\n",
        ],
        *["http://a/b c", "https://a/\u00e9", "javascript:alert(1)", "http://a\x00"],
        *[f"https://a/{'b' * 2038}", f"https://a/{'b' * 2039}"],
    ],
    "locale": [
        *[
            "de",
            "de-AT",
            "DE-at",
            "de_AT",
            " de ",
            "zh-Hant-TW",
            "zh-HANT",
            "sl-rozaj-biske",
            "x",
            "deut",
            "de-",
            "de-A",
        ],
        *["de-ATX", "de-1996", "d\u00e9", "de\n", "de-" + "a" * 9, "de" + "-abcde" * 5, "de" + "-abcde" * 6, "*", ""],
    ],
    "description": ["", "a\n\nb", "a" * 10_000, "a" * 10_001, "\x01", "\x00", "\ud800", "\U0001f600" * 10_000],
    "feature": ["a", "A", "", "a" * 64, "a" * 65, "null", "a.b-c_d", "a b", "a\n", "\u00e9", '"', "{}", "\\", "a,b"],
    "password": [
        *["Sh0rt", "alllower1", "ALLUPPER1", "NoDigitsHere", "Lovelace1", "Ll1" * 42, "Ll1" * 43, "Lovelace\u00b2"],
        *["\u00c0\u00e9\u0661xxxxx", "\x00Lovelace1", "Lovelace1\n", "\u01c5ovelace1", "\u216covelace1"],
    ],
}


def texts(rule: Rule) -> st.SearchStrategy[str]:
    """Make strings around a rule: any at all, of what is likely to matter, and near misses of what it accepts."""
    near = st.sampled_from(NEAR.get(rule.name, [""]))
    odd = st.sampled_from(ODD)
    pieces = st.one_of(odd, st.text(string.ascii_letters + string.digits, max_size=5), st.characters())
    long = st.builds(str.__mul__, pieces, st.integers(40, 130))
    shapes = [
        st.text(max_size=20),
        st.lists(pieces, max_size=5).map("".join),
        long,
        st.builds(_with, near, odd, _PLACES),
    ]
    if rule.pattern:
        fitting = st.from_regex(rule.pattern.replace(r"(?![\s\S])", r"\Z"))
        shapes += [fitting, st.builds(_with, fitting, odd, _PLACES)]
    return st.one_of(shapes)


_PLACES = st.integers(0, 20)


def _with(text: str, piece: str, place: int) -> str:
    return text[:place] + piece + text[place:]


def sample(rule: Rule) -> list[str]:
    """Draw about a thousand different strings around a rule; always the same ones."""
    drawn: dict[str, None] = dict.fromkeys(NEAR.get(rule.name, []))

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(texts(rule), min_size=20, max_size=50))
    def draw(values: list[str]) -> None:
        drawn.update(dict.fromkeys(values))

    draw()
    return list(drawn)
