"""Keeps anybody from filling somebody else's mailbox through Freehold. Always on, also without rate limits.

What one caller may send is limited at the edge. This counts what one mailbox gets, whoever asks for it, and what one
user sends, over all their sessions and API keys.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

from freehold.data.context import Context
from freehold.mail import queries
from freehold.mail.errors import MailedTooOften, SentTooMany

MOST_AN_HOUR: Final = MappingProxyType(
    {"verify_email": 5, "password_reset": 5, "email_change": 10, "invitation": 20, "ownership_offered": 5}
)
"""Mail -> how many of it are written to one mailbox in an hour. What is not named tells of a change that was made.

``email_change`` counts what one user asks for, whether it is mailed or refused."""

MOST_BY_STRANGERS: Final = MappingProxyType({"verify_email": 3, "password_reset": 5})
"""Mail -> how many of these strangers can use up, so that some are left for whoever is signed in to the account.

Resets have others for these. They are counted here all the same: to an address that was never confirmed, one counts as
``verify_email``, and if that took one statement more, the time would tell who has signed up and not confirmed."""

_WITHOUT_DOTS: Final = frozenset({"gmail.com", "googlemail.com"})
"""Where dots before the @ mean nothing. Both names are one domain."""


def mailbox_of(address: str) -> str:
    """Spell an address as the mailbox that gets its mail, so that no other spelling has a budget of its own.

    What follows a plus before the @ counts as the same mailbox everywhere: most servers deliver it there, and where one
    does not, a few people share a budget. Dots count as nothing where they are known to.
    """
    local, _, domain = address.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _WITHOUT_DOTS:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"


async def restrain(context: Context, recipient: str, mail: str, *, own: bool = False) -> None:
    """Return when another such mail may be written to an address now, and count it.

    Others that count the same wait until the transaction ends; what is undone with it was not counted.

    Args:
        context: its ``db`` is the transaction in which the mail is written.
        recipient: the address, in any case; whether anybody has it makes no difference. Or the id of a user.
        mail: the name of the mail, one of ``MOST_AN_HOUR``.
        own: somebody asks who is signed in to the account with this address, or an administrator: strangers cannot use
            up what is left for them.

    Raises:
        MailedTooOften: ``mailed_too_often``.
    """
    mailbox = mailbox_of(recipient) if "@" in recipient else recipient
    limits = {_subject(mail, mailbox): MOST_AN_HOUR[mail]}
    if not own and mail in MOST_BY_STRANGERS:
        # First, so that what strangers are refused does not count for the whole.
        limits = {_subject(mail, "strangers", mailbox): MOST_BY_STRANGERS[mail], **limits}
    elif own and MOST_BY_STRANGERS.get(mail, MOST_AN_HOUR[mail]) == MOST_AN_HOUR[mail]:
        limits = {_subject(mail, "own", mailbox): MOST_AN_HOUR[mail]}
    for subject, most in limits.items():
        (budget,) = await queries.count_in_hour(context.db, subjects=[subject], mails=[1])
        if budget.mails > most:
            raise MailedTooOften(retry_after_seconds=budget.seconds_left)


async def restrain_all(
    context: Context, recipients: Sequence[str], mail: str, *, sender: UUID | None, most: int
) -> list[MailedTooOften | SentTooMany | None]:
    """Say of each of many mails whether it may be written now, and count them all in one statement.

    Args:
        context: its ``db`` is the transaction in which the mails are written.
        recipients: addresses; none of them once its mailbox, or the sender, has had enough.
        mail: the name of the mail, one of ``MOST_AN_HOUR``.
        sender: the user who sends them all; None for an operator, who has no budget.
        most: how many a user sends in an hour.

    Returns:
        For each recipient None, or what to answer.
    """
    boxes = [_subject(mail, mailbox_of(recipient)) for recipient in recipients]
    wanted = Counter(boxes)
    own = None if sender is None else _subject(mail, "sender", str(sender))
    if own is not None:
        wanted[own] = len(recipients)
    if not recipients:
        return []
    counted = await queries.count_in_hour(context.db, subjects=[*wanted], mails=[*wanted.values()])
    left = {
        each.subject: (most if each.subject == own else MOST_AN_HOUR[mail]) - each.mails + wanted[each.subject]
        for each in counted
    }
    seconds = {each.subject: each.seconds_left for each in counted}
    answers: list[MailedTooOften | SentTooMany | None] = []
    for box in boxes:
        if left[box] < 1:
            answers.append(MailedTooOften(retry_after_seconds=seconds[box]))
            continue
        if own is not None and left[own] < 1:
            answers.append(SentTooMany(retry_after_seconds=seconds[own]))
            continue
        left[box] -= 1
        if own is not None:
            left[own] -= 1
        answers.append(None)
    return answers


def _subject(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()
