"""An API key, and what is sent to make and to rotate one."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from freehold.base.scalars import ExpiresAt, Name, Secret, Username
from freehold.base.validation import Input
from freehold.organizations.roles.types import Actions

ProjectIds = Annotated[
    tuple[UUID, ...],
    msgspec.Meta(
        max_length=100,
        description="at most 100 different projects",
        extra_json_schema={"uniqueItems": True},
    ),
]
MOST_OVERLAP_SECONDS: Final = 7 * 86_400
OverlapSeconds = Annotated[
    int,
    msgspec.Meta(ge=0, le=MOST_OVERLAP_SECONDS, description="how long the old key goes on working, up to 7 days"),
]


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key, without itself. Times are UTC.

    ``hint`` is its last four characters. It belongs to a user (``user_id``) or is an organization's own
    (``organization_id``). ``actions`` of null are all that its user may do, ``project_ids`` of null all projects;
    ``last_used_at`` is noted at most once a minute. ``created_by`` made it (null for the operator), whose name is null
    once their account is gone; ``created_by_is_member`` says of an organization's key whether they are still a member.
    """

    id: UUID
    name: Name
    hint: str
    user_id: UUID | None
    organization_id: UUID | None
    actions: Actions | None
    project_ids: ProjectIds | None
    created_by: UUID | None
    created_by_username: Username | None
    created_by_is_member: bool | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class IssuedApiKey(ApiKey, frozen=True, kw_only=True):
    """A new key. ``key`` is shown this once; only its hash is stored."""

    key: str


class NewApiKey(Input, frozen=True, kw_only=True):
    """A key to make.

    Without ``actions``, a user's key may do what its user may, and an organization's what a member may; without
    ``project_ids`` it is for all projects; without ``expires_at`` it works until it is revoked. ``current_password`` is
    that of whoever makes it, unless their session gave it lately.
    """

    name: Name
    actions: Actions | None = None
    project_ids: ProjectIds | None = None
    expires_at: ExpiresAt | None = None
    current_password: Secret | None = None


class KeyRotation(Input, frozen=True, kw_only=True):
    """How long the old key goes on working beside the new one: 24 hours, unless said otherwise.

    ``current_password`` is that of whoever rotates it, unless their session gave it lately.
    """

    overlap_seconds: OverlapSeconds = 86_400
    current_password: Secret | None = None
