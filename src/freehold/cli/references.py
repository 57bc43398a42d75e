"""How people name a user or an organization on the command line."""

import re
from uuid import UUID

from freehold import Missing, Platform, User
from freehold.cli.failures import Refused
from freehold.scalars import RoleText, Slug, Username
from freehold.validation import UUID_PATTERN, parse_value


def read_id(text: str, pointer: str) -> UUID:
    """Read an id.

    Raises:
        Invalid: it is none.
    """
    found: UUID = parse_value(UUID, text, pointer)
    return found


def organization_reference(text: str) -> UUID | str:
    """Read an id or a slug of an organization; the two never look alike.

    Raises:
        Invalid: it is neither.
    """
    found: UUID | str = read_id(text, "/organization") if _is_id(text) else parse_value(Slug, text, "/organization")
    return found


def role_reference(text: str) -> UUID | str:
    """Read an id or a name of a role; the two never look alike.

    Raises:
        Invalid: it is neither.
    """
    found: UUID | str = read_id(text, "/role") if _is_id(text) else parse_value(RoleText, text, "/role")
    return found


async def find_user(platform: Platform, text: str, pointer: str = "/user") -> User:
    """Find a user by id, or by username in any case.

    Raises:
        Invalid: it is neither.
        Refused: there is no such user.
    """
    try:
        if _is_id(text):
            return await platform.users.get(read_id(text, pointer))
        return await platform.users.find(parse_value(Username, text, pointer))
    except Missing:
        raise Refused(f"there is no user '{text}'; 'freehold users list' shows those there are") from None


def _is_id(text: str) -> bool:
    return re.search(UUID_PATTERN, text) is not None
