"""Keeps anybody from filling somebody else's mailbox through Freehold. Always on, also without rate limits.

What one caller may send is limited at the edge. This counts what one mailbox gets, whoever asks for it.
"""

import hashlib
from types import MappingProxyType
from typing import Final

from freehold.data.context import Context
from freehold.mail import queries
from freehold.mail.errors import MailedTooOften

MOST_AN_HOUR: Final = MappingProxyType({"verify_email": 5, "password_reset": 5, "email_change": 10, "invitation": 20})
"""Mail -> how many of it are written to one address in an hour. What is not named tells of a change that was made.

``email_change`` counts what one user asks for, whether it is mailed or refused."""


async def restrain(context: Context, recipient: str, mail: str) -> None:
    """Return when another such mail may be written to an address now, and count it.

    Others that count the same wait until the transaction ends; what is undone with it was not counted.

    Args:
        context: its ``db`` is the transaction in which the mail is written.
        recipient: the address, in any case; whether anybody has it makes no difference.
        mail: the name of the mail, one of ``MOST_AN_HOUR``.

    Raises:
        MailedTooOften: ``mailed_too_often``.
    """
    subject = hashlib.sha256(f"{mail}\0{recipient.lower()}".encode()).digest()
    budget = await queries.count_in_hour(context.db, subject=subject)
    if budget.mails > MOST_AN_HOUR[mail]:
        raise MailedTooOften(retry_after_seconds=budget.seconds_left)
