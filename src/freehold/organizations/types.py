"""An organization, and what is sent to make or change one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.metadata import Kept, Metadata, MetadataPatch
from freehold.base.scalars import Feature, Features, Name, SearchText, Slug
from freehold.base.validation import Input
from freehold.data.paging import PageRequest


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization, which owns projects.

    ``members`` has the ids of the first 1,000 members, in the order in which they joined. ``members_count`` counts all
    of them; without ``member.read``, you see the count alone. Times are UTC. ``updated_at`` grows with every change,
    including changes of members, and is the version.

    Where one organization is read, made or changed, its members also see ``public_metadata``, and those who may change
    it ``private_metadata``. Lists leave both out.
    """

    id: UUID
    name: Name
    slug: Slug
    owner_id: UUID
    members: tuple[UUID, ...]
    created_at: datetime
    updated_at: datetime
    members_count: int
    features: Features
    public_metadata: Metadata | UnsetType = UNSET
    private_metadata: Metadata | UnsetType = UNSET


class KeptOrganization(msgspec.Struct, frozen=True):
    """An organization with all that it keeps. Never leaves the operations."""

    organization: Organization
    kept: Kept


class OrganizationsPageRequest(PageRequest, frozen=True, kw_only=True):
    """A list of organizations, newest first by default.

    Perhaps only of those whose name or slug begins with ``q``, or (in the list of a user) that have a ``feature``.
    """

    q: SearchText | None = None
    feature: Feature | None = None
    sort: Literal["newest", "oldest"] | None = None


class NewOrganization(Input, frozen=True, kw_only=True):
    """A new organization. Without a slug, one is made from the name."""

    name: Name
    slug: Slug | None = None
    features: Features = ()
    public_metadata: Metadata = msgspec.field(default_factory=dict)
    private_metadata: Metadata = msgspec.field(default_factory=dict)


class OrganizationPatch(Input, frozen=True, kw_only=True):
    """Changes to an organization (RFC 7396). Fields that you leave out stay the same; null removes a key of metadata.

    Features are replaced as a whole.
    """

    name: Name | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    features: Features | UnsetType = UNSET
    public_metadata: MetadataPatch | UnsetType | None = UNSET
    private_metadata: MetadataPatch | UnsetType | None = UNSET


class NewOwner(Input, frozen=True, kw_only=True):
    """The member who becomes the owner."""

    user_id: UUID


class SlugCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an organization could have a slug now. ``reason`` completes "This slug ..." where it could not."""

    slug: str
    available: bool
    reason: str | None
