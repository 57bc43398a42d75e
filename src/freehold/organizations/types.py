"""An organization, and what is sent to make or change one."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.scalars import Name, Slug
from freehold.base.validation import Input


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """Who owns projects.

    ``members`` holds the ids of the first 1,000 in order of joining, ``members_count`` tells how many there are. Times
    are UTC; ``updated_at`` grows with every change, also of the members, and is the organization's version.
    """

    id: UUID
    name: Name
    slug: Slug
    owner_id: UUID
    members: tuple[UUID, ...]
    created_at: datetime
    updated_at: datetime
    members_count: int


class NewOrganization(Input, frozen=True, kw_only=True):
    """An organization to make; without a slug, one is made from the name."""

    name: Name
    slug: Slug | None = None


class OrganizationPatch(Input, frozen=True, kw_only=True):
    """Changes to an organization (RFC 7396): what is absent stays."""

    name: Name | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET


class NewOwner(Input, frozen=True, kw_only=True):
    """The member who becomes the owner."""

    user_id: UUID
