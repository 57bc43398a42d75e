"""A user, and what is sent to make or change one."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.scalars import AvatarUrl, Email, Name, Password, Secret, Slug, Token, Username
from freehold.base.validation import Input


class Profile(msgspec.Struct, frozen=True):
    """What a user shows of themselves."""

    first_name: Name | None
    last_name: Name | None
    avatar_url: AvatarUrl | None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can sign in. Times are UTC; ``updated_at`` grows with every change and is the user's version.

    ``email_verified`` says whether they have shown that the address is theirs.
    """

    id: UUID
    username: Username
    email: Email
    email_verified: bool
    created_at: datetime
    updated_at: datetime
    profile: Profile


class OrganizationSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An organization without its members."""

    id: UUID
    name: Name
    slug: Slug
    owner_id: UUID
    created_at: datetime
    updated_at: datetime


class UserWithOrganizations(User, frozen=True, kw_only=True):
    """A user with the organizations they are a member of (the first 1,000, newest first)."""

    organizations: tuple[OrganizationSummary, ...]


class UserSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What fellow members see of a user in a list."""

    id: UUID
    username: Username
    profile: Profile


class NewProfile(Input, frozen=True, kw_only=True):
    """A profile to start with."""

    first_name: Name | None = None
    last_name: Name | None = None
    avatar_url: AvatarUrl | None = None


class NewUser(Input, frozen=True, kw_only=True):
    """Somebody who signs up; with the token of an invitation, they also accept it."""

    username: Username
    email: Email
    password: Password
    profile: NewProfile | None = None
    invitation_token: Token | None = None


class ProfilePatch(Input, frozen=True, kw_only=True):
    """Changes to a profile (RFC 7396): what is absent stays, null removes."""

    first_name: Name | UnsetType | None = UNSET
    last_name: Name | UnsetType | None = UNSET
    avatar_url: AvatarUrl | UnsetType | None = UNSET


class UserPatch(Input, frozen=True, kw_only=True):
    """Changes to a user (RFC 7396): what is absent stays; a profile of null removes all of it.

    A new e-mail address counts once it is confirmed with the token that is mailed to it. It needs ``current_password``,
    or a session that gave it lately; nothing else does.
    """

    username: Username | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    current_password: Secret | None = None
    profile: ProfilePatch | UnsetType | None = UNSET


class PasswordChange(Input, frozen=True, kw_only=True):
    """A new password, with the current one as proof; ``end_api_keys`` ends every API key of yours, too."""

    current_password: Secret
    new_password: Password
    end_api_keys: bool = False
