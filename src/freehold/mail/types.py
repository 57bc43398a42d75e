"""A message in the outbox, and who reads it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from freehold.data.paging import PageRequest

MessageState = Literal["waiting", "sent", "failed"]
"""What became of a mail so far."""


class Reader(msgspec.Struct, frozen=True):
    """Who gets news: what they are called, their address (None when they never confirmed it), and their language."""

    username: str
    email: str | None
    locale: str | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to one address. Times are UTC.

    ``text`` is removed once an SMTP server has accepted or finally refused the mail, because it may contain a token.
    ``sent_at`` is when the mail was delivered, ``failed_at`` when delivery was given up, and ``last_error`` why the
    last attempt failed.
    """

    id: UUID
    to: str
    subject: str
    text: str
    created_at: datetime
    attempts: int
    sent_at: datetime | None
    failed_at: datetime | None
    last_error: str | None

    @property
    def state(self) -> MessageState:
        """What became of it so far."""
        if self.failed_at is not None:
            return "failed"
        return "waiting" if self.sent_at is None else "sent"


class MailPageRequest(PageRequest, frozen=True, kw_only=True):
    """A list of the mails in this state; by default, of all."""

    state: MessageState | None = None


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A message that this worker delivers now; ``attempts`` counts this one."""

    id: UUID
    recipient: str
    subject: str
    text_body: str
    html_body: str
    created_at: datetime
    attempts: int
