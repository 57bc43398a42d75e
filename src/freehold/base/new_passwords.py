"""Which rule a password keeps that somebody chooses: that of the seed, or length alone, as a setting says.

Its type is the same for every platform, so it keeps what all rules share. Where input is read for one platform, its
own rule stands in (``new_passwords_keep``), so that all that is wrong is named at once; and whatever way a password
came, nothing is hashed that does not keep it.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import permutations
from typing import Final

from freehold.base import text
from freehold.base.text_rules import Rule

SHORTEST: Final = 8
"""The fewest characters that any rule asks for (ASVS 6.2.1)."""
SHORTEST_ALONE: Final = 15
"""The fewest where nothing but length makes a password strong, and nothing but the password lets people in (NIST SP
800-63B-4, 3.1.1.2)."""
LONGEST_LEAST: Final = 64
"""The most that a rule can ask for: a password of this length must be accepted (NIST SP 800-63B-4)."""
MOST: Final = 128

_UPPER: Final = r"[A-Z\u00c0-\u00d6\u00d8-\u00de\u0391-\u03a1\u03a3-\u03ab\u0400-\u042f\u0531-\u0556]"
_LOWER: Final = r"[a-z\u00df-\u00f6\u00f8-\u00ff\u03ac-\u03ce\u0430-\u045f\u0561-\u0586]"
"""The capital and small letters that stand side by side in Latin, Greek, Cyrillic and Armenian script."""
_KINDS: Final = frozenset({"Lu", "Ll", "Nd"})


@cache
def password_rule(*, composed: bool, least: int) -> Rule:
    """Make the rule of new passwords.

    Args:
        composed: it needs an uppercase letter, a lowercase letter and a digit.
        least: characters, at least 8.
    """
    kinds = " with at least one uppercase letter, one lowercase letter and one digit" if composed else ""
    says = f"must have {least} to {MOST} characters{kinds}"

    def clean(value: str) -> str:
        """Check it as it is typed and as it is hashed: letters of several parts must not make up its length."""
        normal = text.password(value)
        found = ({unicodedata.category(character) for character in spelling} for spelling in (value, normal))
        if len(normal) < least or (composed and not all(each >= _KINDS for each in found)):
            raise ValueError(says)
        return value

    return Rule(
        name="password",
        says=says,
        min_length=least,
        max_length=MOST,
        published_pattern=_all_of(_UPPER, _LOWER, "[0-9]") if composed else r"^[^\u0000]*$",
        format="password",
        clean=clean,
    )


def _all_of(*kinds: str) -> str:
    """Make a pattern of texts without NUL that have each kind of character, in whatever order."""
    orders = "|".join("[^\\u0000]*".join(order) for order in permutations(kinds))
    return rf"^[^\u0000]*({orders})[^\u0000]*$"


SEED: Final = password_rule(composed=True, least=SHORTEST)
"""The rule unless a setting says otherwise, and the one that is published."""
_COMMON: Final = password_rule(composed=False, least=SHORTEST)
_here: ContextVar[Rule] = ContextVar("rule of new passwords", default=_COMMON)


@contextmanager
def new_passwords_keep(rule: Rule) -> Iterator[None]:
    """Read new passwords by the rule of the platform that they are for."""
    token = _here.set(rule)
    try:
        yield
    finally:
        _here.reset(token)


class RuleOfThePlatform(Rule, frozen=True, kw_only=True):
    """The rule that stands in here, and is published as the seed's."""

    def check(self, value: str) -> str:
        """Return the value.

        Raises:
            ValueError: with a sentence that says what would be accepted.
        """
        return _here.get().check(value)


CHOSEN: Final = RuleOfThePlatform(name=_COMMON.name, says=_COMMON.says, max_length=MOST)
