"""A suspension, and what is sent to suspend a user."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.base.scalars import Reason
from freehold.base.validation import Input


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """Since when a user is suspended, and why, for platform administrators alone. Times are UTC."""

    user_id: UUID
    suspended_at: datetime
    reason: Reason | None


class NewSuspension(Input, frozen=True, kw_only=True):
    """Why a user is suspended. Only platform administrators see it."""

    reason: Reason | None = None
