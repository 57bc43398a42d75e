"""News of what happened to an account, mailed to its user, so that somebody notices what they did not do themselves."""

from typing import Final, Literal, get_args
from uuid import UUID

from freehold.data.context import Context
from freehold.mail import queries
from freehold.mail.operations import enqueue
from freehold.mail.types import Reader

News = Literal[
    "password_changed",
    "email_changed",
    "api_key_created",
    "new_device",
    "member_removed",
    "ownership_received",
    "user_deleted",
]
"""Each is the name of a mail, and can be switched off by the setting ``muted_news``."""

ALL_NEWS: Final = get_args(News)


async def reader_of(context: Context, user_id: UUID) -> Reader | None:
    """Find who reads the news of an account, before it is gone; None when it is."""
    return await queries.reader(context.db, user_id=user_id)


async def tell(
    context: Context, user_id: UUID | None, news: News, *, reader: Reader | None = None, **values: str
) -> None:
    """Mail news to a user, in the transaction of what happened; to a confirmed address alone, and unless it is muted.

    Args:
        context: its ``db`` is that transaction.
        user_id: whom it is about; None when they are gone.
        news: what happened.
        reader: who gets it, when that is known already or is not the address of today.
        values: what the mail names beside ``username``.
    """
    if news in context.tools.settings.muted:
        return
    if reader is None and user_id is not None:
        reader = await reader_of(context, user_id)
    if reader is None or reader.email is None:
        return
    await enqueue(
        context,
        reader.email,
        news,
        about=user_id,
        is_last=user_id is None,
        locale=reader.locale,
        username=reader.username,
        **values,
    )
