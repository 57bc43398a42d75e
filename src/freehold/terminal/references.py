"""How people name things on the command line."""

import re
from uuid import UUID

from freehold.base.cleaning import RESERVED_SLUGS
from freehold.base.scalars import RoleText, Slug
from freehold.base.single_values import UUID_PATTERN
from freehold.base.validation import parse_value


def read_id(text: str, pointer: str) -> UUID:
    """Read an id.

    Raises:
        Invalid: it is none.
    """
    found: UUID = parse_value(UUID, text, pointer)
    return found


def organization_reference(text: str) -> UUID | str:
    """Read an id or a slug of an organization; the two never look alike. One that nobody may have is read as any other.

    Raises:
        Invalid: it is neither.
    """
    if text in RESERVED_SLUGS:
        return text
    found: UUID | str = read_id(text, "/organization") if is_id(text) else parse_value(Slug, text, "/organization")
    return found


def role_reference(text: str) -> UUID | str:
    """Read an id or a name of a role; the two never look alike.

    Raises:
        Invalid: it is neither.
    """
    found: UUID | str = read_id(text, "/role") if is_id(text) else parse_value(RoleText, text, "/role")
    return found


def is_id(text: str) -> bool:
    """Say whether a text is an id."""
    return re.search(UUID_PATTERN, text) is not None
