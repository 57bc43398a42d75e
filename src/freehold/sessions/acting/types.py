"""What is sent and given to act for a user."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from freehold.base.scalars import Reason, Secret
from freehold.base.validation import Input

MOST_MINUTES: Final = 60
Minutes = Annotated[int, msgspec.Meta(ge=1, le=MOST_MINUTES)]


class NewImpersonation(Input, frozen=True, kw_only=True):
    """Why you act for a user, and for how many minutes (1 to 60).

    The audit log keeps ``reason`` forever, and the user can read it: name the ticket, not a person.
    ``current_password`` is yours, unless your session gave it lately.
    """

    reason: Reason
    minutes: Minutes = MOST_MINUTES
    current_password: Secret | None = None


class Impersonation(msgspec.Struct, frozen=True, kw_only=True):
    """A session in which an administrator acts for a user. The token is shown only this once. Times are UTC."""

    session_id: UUID
    token: str
    acting_for: UUID
    acting_admin_id: UUID
    expires_at: datetime
