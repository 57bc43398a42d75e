"""A member, and what is sent to add or change one."""

from datetime import datetime

import msgspec

from freehold.base.scalars import AssignableRole, RoleText
from freehold.base.validation import Input
from freehold.users.types import UserSummary


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an organization.

    ``role`` is ``owner``, ``admin``, ``member``, or the name of a custom role.
    """

    user: UserSummary
    role: RoleText
    joined_at: datetime


class NewRole(Input, frozen=True, kw_only=True):
    """The role of a member. To make somebody the owner, hand the organization over instead."""

    role: AssignableRole = "member"
