"""Makes slugs from names."""

import re
import secrets
import unicodedata

from freehold.scalars import SLUG

_LONGEST_BASE = 80


def candidates(name: str) -> list[str]:
    """List slugs for a name, the nicest first: ``acme``, ``acme-2``, and at last ones that are surely free."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_BASE].strip("-") or "organization"
    numbered = [f"{base}-{number}" for number in range(2, 10)]
    return [slug for slug in [base, *numbered] if _usable(slug)] + [f"{base}-{secrets.token_hex(4)}" for _ in range(2)]


def _usable(slug: str) -> bool:
    try:
        return SLUG.check(slug) == slug
    except ValueError:
        return False
