"""Makes slugs from names."""

import re
import secrets
import unicodedata

from anyascii import anyascii

from freehold.base.scalars import SLUG

_LONGEST_BASE = 80
_RACES_FOR_A_NICE_ONE = 3


def candidates(name: str, *, races_lost: int = 0) -> list[str]:
    """List slugs for a name, the nicest first: ``acme``, ``acme-2``, and at last ones that are surely free.

    A name in another script is spelt in Latin letters. One of which nothing is left gets ``organization-2`` and so on.

    Whoever has lost several races for a nice one to others, who are making organizations of the same name at this
    moment, is offered the last alone: otherwise the last of a crowd would lose every round.
    """
    base = (
        re.sub(r"[^a-z0-9]+", "-", _in_latin_letters(name).lower()).strip("-")[:_LONGEST_BASE].strip("-")
        or "organization"
    )
    nice = [base, *(f"{base}-{number}" for number in range(2, 10))] if races_lost < _RACES_FOR_A_NICE_ONE else []
    return [slug for slug in nice if _usable(slug)] + [f"{base}-{secrets.token_hex(4)}" for _ in range(2)]


def _in_latin_letters(name: str) -> str:
    """Spell a name in ASCII. What was typed in ASCII stays; an apostrophe that stands for another letter is no gap."""
    typed = unicodedata.normalize("NFKC", name)
    return "".join(one if one.isascii() else anyascii(one).replace("'", "") for one in typed)


def _usable(slug: str) -> bool:
    try:
        return SLUG.check(slug) == slug
    except ValueError:
        return False
