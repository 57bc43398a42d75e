"""What a list of users can be narrowed to."""

from typing import Literal

import msgspec

from freehold.base.scalars import Email, SearchText, Username
from freehold.data.paging import PageRequest
from freehold.users.types import User, UserState


class UsersPageRequest(PageRequest, frozen=True, kw_only=True):
    """Filters for a list of users, each of which can be left out.

    ``q`` is the beginning of a username, an e-mail address, a first name (perhaps with the last name) or a last name.
    With it, the list is in the order of what begins so, and takes no ``sort``.
    """

    email: Email | None = None
    username: Username | None = None
    q: SearchText | None = None
    state: UserState | None = None
    admin: bool | None = None
    sort: Literal["newest", "oldest", "username"] | None = None


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """The filters, as statements take them; None for all."""

    is_suspended: bool | None
    is_admin: bool | None


class Found(msgspec.Struct, frozen=True):
    """A user, and the text by which the list is in order.

    One that is not shown (they are by another text, or not as asked for) is the end of what was looked at.
    """

    user: User
    term: str
    is_shown: bool
    is_end: bool
