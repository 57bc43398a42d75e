"""What an examination finds."""

from typing import Literal
from uuid import UUID

import msgspec

Severity = Literal["error", "warning", "note"]
"""An error loses data, security or service, now or at the next fault. A warning may one day. A note is good to know."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it should be.

    Attributes:
        check: which check found it, by its stable name.
        severity: how much it matters.
        says: what is wrong, in a sentence.
        remedy: what to do about it.
    """

    check: str
    severity: Severity
    says: str
    remedy: str


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an examination.

    Attributes:
        healthy: there is no error.
        checks: the names of the checks that were made, in order.
        skipped: those that could not be made, each with the reason.
        findings: the worst first.
    """

    healthy: bool
    checks: list[str]
    skipped: dict[str, str]
    findings: list[Finding]


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """The server, its session and its settings, as one statement reads them."""

    version: int
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    checksums: str
    max_connections: int
    reserved_connections: int
    in_recovery: bool
    encrypted: bool
    now_epoch: float


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """The role that the session has, and what it may do."""

    name: str
    is_superuser: bool
    bypasses_rls: bool
    may_create_in_schema: bool
    may_delete_audit: bool
    may_truncate_audit: bool
    may_rewrite_audit: bool
    lacks: tuple[str, ...]


class Outbox(msgspec.Struct, frozen=True, kw_only=True):
    """The mails that wait or were given up."""

    given_up: int
    overdue: int


class Grants(msgspec.Struct, frozen=True, kw_only=True):
    """What a role needs, as statements for the owner of the tables to run."""

    statements: list[str]


class FailingEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook endpoint that has had failures alone for long; ``slug`` is null for one of the platform."""

    id: UUID
    slug: str | None
    is_off: bool
    failing_seconds: float


class FailedPurge(msgspec.Struct, frozen=True, kw_only=True):
    """A deleted organization that could not be removed for good."""

    slug: str
    organization_id: UUID
    attempts: int
    reason: str
