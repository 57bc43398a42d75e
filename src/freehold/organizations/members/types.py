"""A member, and what is sent to add or change one."""

from datetime import datetime

import msgspec

from freehold.base.scalars import AssignableRole, RoleText
from freehold.base.validation import Input
from freehold.users.types import UserSummary


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A user in an organization. ``role`` is the one that counts: ``owner`` for whoever owns it.

    It is ``owner``, ``admin``, ``member``, or the name of a role that the organization made for itself.
    """

    user: UserSummary
    role: RoleText
    joined_at: datetime


class NewRole(Input, frozen=True, kw_only=True):
    """What a member is to be. Ownership is handed over, not given as a role."""

    role: AssignableRole = "member"
