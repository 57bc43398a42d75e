"""An organization, and what is sent to make or change one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.scalars import Name, SearchText, Slug
from freehold.base.validation import Input
from freehold.data.paging import PageRequest


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization, which owns projects.

    ``members`` has the ids of the first 1,000 members, in the order in which they joined. ``members_count`` counts all
    of them; without ``member.read``, you see the count alone. Times are UTC. ``updated_at`` grows with every change,
    including changes of members, and is the version.
    """

    id: UUID
    name: Name
    slug: Slug
    owner_id: UUID
    members: tuple[UUID, ...]
    created_at: datetime
    updated_at: datetime
    members_count: int


class OrganizationsPageRequest(PageRequest, frozen=True, kw_only=True):
    """A list of organizations, perhaps only of those whose name or slug begins with ``q``; newest first by default."""

    q: SearchText | None = None
    sort: Literal["newest", "oldest"] | None = None


class NewOrganization(Input, frozen=True, kw_only=True):
    """A new organization. Without a slug, one is made from the name."""

    name: Name
    slug: Slug | None = None


class OrganizationPatch(Input, frozen=True, kw_only=True):
    """Changes to an organization (RFC 7396). Fields that you leave out stay the same."""

    name: Name | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET


class NewOwner(Input, frozen=True, kw_only=True):
    """The member who becomes the owner."""

    user_id: UUID


class SlugCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an organization could have a slug now. ``reason`` completes "This slug ..." where it could not."""

    slug: str
    available: bool
    reason: str | None
