"""Writing to the outbox, and looking into it."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from freehold.access import AccountAction, By, operation
from freehold.base.errors import Missing
from freehold.base.ids import new_id
from freehold.base.tokens import without_tokens
from freehold.data.context import OPERATOR, Context
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.mail import queries
from freehold.mail.links import link_to
from freehold.mail.templates import load
from freehold.mail.types import MailPageRequest, Message


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to one address.

    Attributes:
        recipient: an e-mail address; None is nobody: the same work is done and nothing is sent, so that an answer
            takes as long for an unknown address as for a known one.
        about: the user whom it speaks of, whoever gets it; with them it is removed.
        is_last: it is the last that somebody gets whose account is gone: nothing of it stays once it is delivered.
        locale: the language of whoever gets it, when that is known already.
        values: what its files name, all of it.
    """

    recipient: str | None
    about: UUID | None
    values: Mapping[str, str]
    is_last: bool = False
    locale: str | None = None


async def enqueue(
    context: Context,
    recipient: str | None,
    template: str,
    *,
    about: UUID | None,
    is_last: bool = False,
    locale: str | None = None,
    **values: str,
) -> None:
    """Write a mail into the outbox, in the transaction of the change that it speaks of; it is delivered afterwards.

    Args:
        context: its ``db`` is the transaction of the change.
        recipient: as in ``Letter``, like the rest.
        template: the name of the mail (see ``freehold.mail.templates``).
        about: whom it speaks of.
        is_last: whether nothing of it stays.
        locale: the language, when it is known.
        values: what its files name, all of it.

    Raises:
        LookupError: no such mail, or a value that it names is not given; a fault of the caller's code.
    """
    letter = Letter(recipient=recipient, about=about, values=values, is_last=is_last, locale=locale)
    await enqueue_all(context, template, [letter])


async def enqueue_all(context: Context, template: str, letters: Sequence[Letter]) -> None:
    """Write mails into the outbox, each in the language of its reader; as many as there are take the same statements.

    Raises:
        LookupError: as ``enqueue``.
    """
    settings = context.tools.settings
    templates = load(settings.mail_templates)
    everywhere = {"public_url": settings.base_url, "reset_link": link_to(settings, "reset")}
    recipients, abouts = [each.recipient for each in letters], [each.about for each in letters]
    locales = await queries.locales(context.db, recipients=recipients, user_ids=abouts)
    mails = [
        templates.render(template, {**everywhere, **each.values}, each.locale or locale)
        for each, locale in zip(letters, locales, strict=True)
    ]
    await queries.insert_all(
        context.db,
        ids=[new_id() for _ in letters],
        recipients=recipients,
        user_ids=abouts,
        subjects=[mail.subject for mail in mails],
        text_bodies=[mail.text for mail in mails],
        html_bodies=[mail.html for mail in mails],
        are_last=[each.is_last for each in letters],
    )


@operation(AccountAction.MAIL_READ, by=By.ADMIN)
async def get(context: Context, message_id: UUID) -> Message:
    """Read a mail of the outbox. Only the operator sees the tokens in its text.

    Raises:
        Missing: ``not_found``.
    """
    found = await queries.by_id(context.db, id=message_id)
    if found is None:
        raise Missing(f"There is no mail with the id '{message_id}'")
    return _shown(context, found)


@operation(AccountAction.MAIL_READ, by=By.ADMIN)
async def list_all(context: Context, request: PageRequest) -> Page[Message]:
    """List the mails of the outbox, newest first. Only the operator sees the tokens in their texts.

    A ``MailPageRequest`` has a ``state``.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    state = request.state if isinstance(request, MailPageRequest) else None
    read: Any = queries.page if state is None else partial(queries.page_of_state, state=state)

    async def page(**position: Any) -> list[Message]:
        return [_shown(context, each) for each in await read(context.db, **position)]

    async def count() -> int:
        if state is None:
            return await queries.count_all(context.db)
        return int(getattr(await queries.count_by_state(context.db), state))

    return await page_by_id(
        context.tools.cursors,
        request,
        listing=f"mail:{state}",
        page=page,
        count=count,
    )


def _shown(context: Context, message: Message) -> Message:
    """Hide the tokens: with those in a mail to somebody else, an administrator could become them unnoticed."""
    if context.actor == OPERATOR:
        return message
    return msgspec.structs.replace(message, text=without_tokens(message.text))
