"""An event of the audit log, how lists of them are narrowed, and what checking the log finds."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.scalars import ActionText, Username
from freehold.data.paging import PageRequest

PLATFORM_CHAIN: Final = UUID(int=0)
"""The chain of what concerns neither an organization nor a user."""


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down of a change; its time and its place in the chain come with the writing."""

    chain_id: UUID
    id: UUID
    organization_id: UUID | None
    actor_id: UUID | None
    key_id: UUID | None
    action: str
    target_type: str
    target_id: UUID | None
    details: str
    request_id: str | None
    ip: str | None


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the audit log. Times are UTC.

    ``actor_id`` is the user who acted, ``key_id`` the API key that was used. If both are null, it was the operator or
    somebody who was signed out. ``sequence`` counts the events of one chain (of an organization or an account) from 1.
    ``hash`` (hexadecimal) covers the event and the hash of the event before it.

    Where an administrator acted for the user, lists also have ``acting_admin_id``, and both usernames as they are now:
    ``actor_name`` and ``acting_admin_name``, null for a user who is gone.
    """

    id: UUID
    chain_id: UUID
    sequence: int
    organization_id: UUID | None
    actor_id: UUID | None
    key_id: UUID | None
    action: str
    target_type: str
    target_id: UUID | None
    details: dict[str, Any]
    request_id: str | None
    ip: str | None
    created_at: datetime
    hash: str
    actor_name: Username | UnsetType | None = UNSET
    acting_admin_id: UUID | UnsetType = UNSET
    acting_admin_name: Username | UnsetType | None = UNSET


class AuditPageRequest(PageRequest, frozen=True, kw_only=True):
    """Filters for a list of events: by actor, by action, from ``from`` (included) to ``to`` (not included)."""

    actor_id: UUID | None = None
    action: ActionText | None = None
    from_: datetime | None = msgspec.field(default=None, name="from")
    to: datetime | None = None


class AccountAuditPageRequest(AuditPageRequest, frozen=True, kw_only=True):
    """Filters for a list of account events. ``user_id`` selects the account."""

    user_id: UUID | None = None


HASH_BYTES: Final = 32
"""Of SHA-256."""


class AuditHead(msgspec.Struct, frozen=True):
    """The end of a chain. Store it elsewhere, so that nobody can rewrite the chain up to here unnoticed."""

    chain_id: UUID
    sequence: int
    hash: str

    def __str__(self) -> str:
        """Spell it as ``freehold audit verify --expect`` takes it."""
        return f"{self.chain_id}:{self.sequence}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> "AuditHead":
        """Read what ``str`` spells.

        Raises:
            ValueError: it is something else.
        """
        chain_id, sequence, digest = text.strip().split(":")
        head = cls(UUID(chain_id), int(sequence), digest.lower())
        if len(bytes.fromhex(head.hash)) != HASH_BYTES or head.sequence < 1:
            raise ValueError(text)
        return head


class ExportedEvent(AuditEvent, frozen=True, kw_only=True):
    """An event with everything its hash covers, so that anybody can check the chain without this database."""

    details_text: str
    ip_salt: str | None
    ip_digest: str | None
    previous_hash: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A problem in the log. ``problem`` is a stable word: altered, moved, replaced, removed or inserted."""

    chain_id: UUID
    sequence: int
    event_id: UUID | None
    problem: str
    detail: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The result of checking the log. ``found`` counts the problems; ``findings`` has the first 1,000."""

    chains: int
    events: int
    found: int
    findings: list[Finding]
