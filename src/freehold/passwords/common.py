"""Knows the passwords that many people have chosen, which are the first that anybody guesses."""

import re
from functools import cache
from typing import Final

MOST_KNOWN: Final = 10_000
"""How many of the most common passwords count. Attackers who guess over the network try far fewer."""

SHORTEST_STEM: Final = 6
"""Fewer letters, such as those of ``Ruby-1815``, say little about how common the whole is."""

_ENDING = re.compile(r"[\W\d_]+$")
_LOOKALIKES: Final = str.maketrans("@4301!$57", "aaeolisst")


def is_common(password: str) -> bool:
    """Say whether a password is one of the 10,000 most common, in any case, or is made of one in the usual ways.

    These are digits and punctuation put behind it (``Password2024!``) and look-alikes in it (``P4ssw0rd1``).
    """
    known = _known()
    folded = password.casefold()
    plain = folded.translate(_LOOKALIKES)
    stem = _ENDING.sub("", folded)
    stems = (stem, stem.translate(_LOOKALIKES)) if len(stem) >= SHORTEST_STEM else ()
    return any(guess in known for guess in (folded, plain, *stems))


@cache
def _known() -> frozenset[str]:
    # Takes a fifth of a second, so it is read when the first password is set and not when a command starts.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"][:MOST_KNOWN])
