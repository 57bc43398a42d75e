"""What a line of a file holds, how an import goes about it, and what comes of it.

A file has flat lines: the same fields in NDJSON and in CSV. What is left out, or null, gets the default.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from freehold.base.errors import FieldError
from freehold.base.metadata import Metadata
from freehold.base.scalars import (
    AssignableRole,
    AvatarUrl,
    Description,
    Email,
    Features,
    Name,
    Reason,
    Slug,
    Username,
    Visibility,
)
from freehold.base.validation import Input
from freehold.passwords.scalars import PasswordHash

KindName = Literal["users", "organizations", "members", "projects"]
"""What a file holds."""
Form = Literal["ndjson", "csv"]
"""How it is written: a JSON object in each line, or comma-separated values below a line of names."""
OnConflict = Literal["fail", "skip", "update"]
"""What is done with a line whose id, username, e-mail address, slug or membership exists already."""


BATCH: Final = 5000
"""Lines that are checked and sent at a time, and that a partial import commits at a time."""

Document = Mapping[str, Any] | FieldError
"""What a line holds, or what is wrong with all of it."""
Entry = tuple[int, Document]
"""A line's number and what it holds."""


class UserRecord(Input, frozen=True, kw_only=True):
    """A user. Without a ``password_hash`` they set a password by mail; none of the fields makes anybody an admin.

    One with ``suspended_at`` is suspended here, too.
    """

    id: UUID | None = None
    username: Username
    email: Email
    email_verified_at: datetime | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    avatar_url: AvatarUrl | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    password_hash: PasswordHash | None = None
    suspended_at: datetime | None = None
    suspension_reason: Reason | None = None
    metadata: Metadata | None = None
    public_metadata: Metadata | None = None
    private_metadata: Metadata | None = None


class UserLine(msgspec.Struct, frozen=True, kw_only=True):
    """A user as an export writes one."""

    id: UUID
    username: str
    email: str
    email_verified_at: datetime | None
    first_name: str | None
    last_name: str | None
    avatar_url: str | None
    created_at: datetime
    updated_at: datetime
    password_hash: str
    suspended_at: datetime | None
    suspension_reason: str | None
    metadata: dict[str, Any]
    public_metadata: dict[str, Any]
    private_metadata: dict[str, Any]


class OrganizationRecord(Input, frozen=True, kw_only=True):
    """An organization with its owner, who becomes a member with it, so a file of members names the others."""

    id: UUID | None = None
    name: Name
    slug: Slug
    owner_id: UUID
    owner_joined_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    features: Features | None = None
    public_metadata: Metadata | None = None
    private_metadata: Metadata | None = None


class OrganizationLine(msgspec.Struct, frozen=True, kw_only=True):
    """An organization as an export writes one."""

    id: UUID
    name: str
    slug: str
    owner_id: UUID
    owner_joined_at: datetime
    created_at: datetime
    updated_at: datetime
    features: Features
    public_metadata: dict[str, Any]
    private_metadata: dict[str, Any]


class MemberRecord(Input, frozen=True, kw_only=True):
    """A membership other than the owner's."""

    organization_id: UUID
    user_id: UUID
    role: AssignableRole | None = None
    joined_at: datetime | None = None


class MemberLine(msgspec.Struct, frozen=True, kw_only=True):
    """A membership as an export writes one."""

    organization_id: UUID
    user_id: UUID
    role: str
    joined_at: datetime


class ProjectRecord(Input, frozen=True, kw_only=True):
    """A project; private and without features unless it says otherwise."""

    id: UUID | None = None
    organization_id: UUID
    name: Name
    description: Description | None = None
    visibility: Visibility | None = None
    features: Features | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    public_metadata: Metadata | None = None
    private_metadata: Metadata | None = None


class ProjectLine(msgspec.Struct, frozen=True, kw_only=True):
    """A project as an export writes one."""

    id: UUID
    organization_id: UUID
    name: str
    description: str
    visibility: str
    features: Features
    created_at: datetime
    updated_at: datetime
    public_metadata: dict[str, Any]
    private_metadata: dict[str, Any]


RECORDS: Final[dict[KindName, type[Input]]] = {
    "users": UserRecord,
    "organizations": OrganizationRecord,
    "members": MemberRecord,
    "projects": ProjectRecord,
}


class ImportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How to import a file.

    Attributes:
        on_conflict: what to do with existing rows.
        partial: store the valid lines, some thousands at a time, and refuse the others. Otherwise, one wrong line
            refuses the whole file.
        dry_run: report what would happen, and store nothing. With ``"update"``, the import is done and undone, so it
            takes as long, and nobody else can change the same rows until it ends.
    """

    on_conflict: OnConflict = "fail"
    partial: bool = False
    dry_run: bool = False


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an import, or of a dry run.

    Attributes:
        kind: the kind of rows.
        stored: number of new rows.
        updated: number of changed rows (``on_conflict="update"``).
        skipped: number of lines that were left out, because the row exists (``on_conflict="skip"``) or would not change
            (``"update"``).
        refused: number of wrong lines. With any, nothing is stored, unless the import is partial.
        unusable_passwords: number of lines whose password hash Freehold cannot check (its format is unknown, or
            it takes too long). These users have no password (who exists keeps theirs): they get a mail that sets one
            when they try to sign in, or ask for it.
        resumed_after: the line after which an interrupted import continued; otherwise 0.
        dry_run: whether this was a dry run, which stores nothing.
    """

    kind: KindName
    stored: int = 0
    updated: int = 0
    skipped: int = 0
    refused: int = 0
    unusable_passwords: int = 0
    resumed_after: int = 0
    dry_run: bool = False


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem with a line of a file.

    Attributes:
        line: number of the line, from 1; for a CSV record of several lines, the first. For another system, the row.
        field: the field; empty for the line as a whole.
        code: a stable code of ``docs/reference/errors.md``.
        reason: what would be accepted.
        source: the row in the database of another system.
    """

    line: int
    field: str
    code: str
    reason: str
    source: str | None = None
