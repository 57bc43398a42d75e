"""Putting mail into the outbox."""

from typing import Any

from freehold import Message, PageRequest, Platform
from freehold.mail.operations import enqueue

ADDRESS = "bob@example.com"


async def write(platform: Platform, recipient: str = ADDRESS, username: str = "bob") -> Message:
    """Put a mail into the outbox."""
    await enqueue(platform.context, recipient, "password_changed", about=None, username=username)
    # Ids made within a millisecond are in no order.
    return max((await platform.mail.list(PageRequest())).data, key=lambda message: message.created_at)


async def make_due(connection: Any) -> None:
    await connection.execute("UPDATE mail_messages SET next_attempt_at = now()")
