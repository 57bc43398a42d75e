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
    """An API key, without the key itself. Times are UTC.

    ``hint`` is the last four characters of the key. The key belongs to a user (``user_id``) or an organization
    (``organization_id``). If ``actions`` is null, the key can do everything that its user can; if ``project_ids`` is
    null, it reaches all projects. ``last_used_at`` is updated at most once a minute. ``created_by`` is who created it
    (null for the operator); their name is null once the account is gone. For an organization's key,
    ``created_by_is_member`` says whether they are still a member.
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
    """A new API key. ``key`` is shown only this once; Freehold stores only its hash."""

    key: str


class NewApiKey(Input, frozen=True, kw_only=True):
    """A new API key.

    Without ``actions``, a user's key can do what its user can, and an organization's key what a member can. Without
    ``project_ids``, it reaches all projects. Without ``expires_at``, it works until it is revoked. Send your
    own password as ``current_password``, unless your session sent it lately.
    """

    name: Name
    actions: Actions | None = None
    project_ids: ProjectIds | None = None
    expires_at: ExpiresAt | None = None
    current_password: Secret | None = None


class KeyRotation(Input, frozen=True, kw_only=True):
    """How long the old key keeps working after the new one is created: 24 hours by default.

    ``current_password`` is that of whoever rotates it, unless their session gave it lately.
    """

    overlap_seconds: OverlapSeconds = 86_400
    current_password: Secret | None = None
