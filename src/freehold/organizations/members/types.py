"""A member, and what is sent to add or change one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from freehold.base.scalars import AssignableRole, Email, Name, RoleText, SearchText
from freehold.base.validation import Input
from freehold.data.paging import PageRequest
from freehold.users.types import UserSummary


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an organization.

    ``role`` is ``owner``, ``admin``, ``member``, or the name of a custom role.
    """

    user: UserSummary
    role: RoleText
    joined_at: datetime


class MembersPageRequest(PageRequest, frozen=True, kw_only=True):
    """Filters for a list of members, each of which can be left out.

    ``q`` is the beginning of a username, a first name (perhaps with the last name) or a last name.
    """

    q: SearchText | None = None
    role: RoleText | None = None
    sort: Literal["newest", "oldest"] | None = None


class LeftApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the organization that works, made by somebody who is no member any more."""

    id: UUID
    name: Name


class LeftInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An open invitation that does not work any more, since whoever sent it could not send it now."""

    id: UUID
    email: Email
    role: RoleText


class LeftBehind(msgspec.Struct, frozen=True, kw_only=True):
    """What a person leaves behind who is no member any more (of invitations the first 1,000).

    The keys go on: they are the organization's. Revoke those whose secret the person may know. The invitations do not
    work: send again those that you want.
    """

    api_keys: tuple[LeftApiKey, ...]
    invitations: tuple[LeftInvitation, ...]


class NewRole(Input, frozen=True, kw_only=True):
    """The role of a member. To make somebody the owner, hand the organization over instead."""

    role: AssignableRole = "member"
