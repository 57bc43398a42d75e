"""A user, and what is sent to make or change one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.metadata import AdminMetadata, AdminMetadataPatch, KeptOfUser, Metadata, MetadataPatch
from freehold.base.scalars import AvatarUrl, Email, Locale, Name, Password, Secret, Slug, Token, Username
from freehold.base.validation import Input

UserState = Literal["active", "suspended"]


class Profile(msgspec.Struct, frozen=True):
    """The public profile of a user."""

    first_name: Name | None
    last_name: Name | None
    avatar_url: AvatarUrl | None


class OrganizationSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An organization without its members."""

    id: UUID
    name: Name
    slug: Slug
    owner_id: UUID
    created_at: datetime
    updated_at: datetime


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user. Times are UTC. ``updated_at`` grows with every change and is the version.

    ``email_verified`` says whether the user has confirmed the address. ``state`` is ``suspended`` while nothing lets
    the user in.

    The user and platform administrators also see ``new_email`` (the address that the user changes to, until it is
    confirmed), ``is_admin`` and ``locale`` (the language of mails; None for English). ``organizations``, where it was
    asked for, has the first 1,000 organizations that the user is a member of, newest first.

    Where one user is read, made or changed, without ``organizations``, everybody who sees them also sees
    ``public_metadata``, they and platform administrators ``metadata``, and platform administrators
    ``private_metadata``. Lists leave them out.
    """

    id: UUID
    username: Username
    email: Email
    email_verified: bool
    state: UserState
    created_at: datetime
    updated_at: datetime
    profile: Profile
    new_email: Email | UnsetType | None = UNSET
    is_admin: bool | UnsetType = UNSET
    locale: Locale | UnsetType | None = UNSET
    organizations: tuple[OrganizationSummary, ...] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    public_metadata: Metadata | UnsetType = UNSET
    private_metadata: Metadata | UnsetType = UNSET


class OwnUser(User, frozen=True, kw_only=True):
    """A user as they see themselves, and as platform administrators see them.

    ``new_email`` is the address that they change to, until they confirm it. ``locale`` is the language of their mails;
    None for English.
    """

    new_email: Email | None
    is_admin: bool
    locale: Locale | None


class KeptUser(msgspec.Struct, frozen=True):
    """A user with all that they keep. Never leaves the operations."""

    user: OwnUser
    kept: KeptOfUser


class UserWithOrganizations(User, frozen=True, kw_only=True):
    """A user with the organizations they are a member of (the first 1,000, newest first)."""

    organizations: tuple[OrganizationSummary, ...]


class OwnUserWithOrganizations(OwnUser, frozen=True, kw_only=True):
    """A user as they see themselves, with the organizations they are a member of (the first 1,000, newest first)."""

    organizations: tuple[OrganizationSummary, ...]


class UserSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A user in a list, as fellow members see them."""

    id: UUID
    username: Username
    profile: Profile


class NewProfile(Input, frozen=True, kw_only=True):
    """The profile of a new user."""

    first_name: Name | None = None
    last_name: Name | None = None
    avatar_url: AvatarUrl | None = None


class NewUser(Input, frozen=True, kw_only=True):
    """A new user. With ``invitation_token``, they also accept that invitation.

    ``locale`` is the language of their mails; over HTTP, by default the first of ``Accept-Language``. Platform
    administrators alone give ``public_metadata`` and ``private_metadata``.
    """

    username: Username
    email: Email
    password: Password
    profile: NewProfile | None = None
    invitation_token: Token | None = None
    locale: Locale | None = None
    metadata: Metadata = msgspec.field(default_factory=dict)
    public_metadata: AdminMetadata = msgspec.field(default_factory=dict)
    private_metadata: AdminMetadata = msgspec.field(default_factory=dict)


class ProfilePatch(Input, frozen=True, kw_only=True):
    """Changes to a profile (RFC 7396). Fields that you leave out stay the same; null removes a field."""

    first_name: Name | UnsetType | None = UNSET
    last_name: Name | UnsetType | None = UNSET
    avatar_url: AvatarUrl | UnsetType | None = UNSET


class UserPatch(Input, frozen=True, kw_only=True):
    """Changes to a user (RFC 7396). Fields that you leave out stay the same; null removes the profile or the locale.

    A new e-mail address takes effect when it is confirmed with the token that is mailed to it. Only that
    needs ``current_password``, or a session that confirmed it lately. In metadata, null removes a key; platform
    administrators alone change ``public_metadata`` and ``private_metadata``.
    """

    username: Username | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    current_password: Secret | None = None
    locale: Locale | UnsetType | None = UNSET
    profile: ProfilePatch | UnsetType | None = UNSET
    metadata: MetadataPatch | UnsetType | None = UNSET
    public_metadata: AdminMetadataPatch | UnsetType | None = UNSET
    private_metadata: AdminMetadataPatch | UnsetType | None = UNSET


class PasswordChange(Input, frozen=True, kw_only=True):
    """A new password, with the current one as proof. ``end_api_keys`` also ends all your API keys."""

    current_password: Secret
    new_password: Password
    end_api_keys: bool = False


class WithOrganizations(msgspec.Struct, frozen=True):
    """A user with the columns of their organizations."""

    user: OwnUser
    ids: tuple[UUID, ...]
    names: tuple[str, ...]
    slugs: tuple[str, ...]
    owner_ids: tuple[UUID, ...]
    times_created: tuple[datetime, ...]
    times_updated: tuple[datetime, ...]
