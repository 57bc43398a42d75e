"""Writing to the outbox, and looking into it."""

from functools import partial
from uuid import UUID

from freehold.access import AccountAction, By, operation
from freehold.base.errors import Missing
from freehold.base.ids import new_id
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.mail import queries
from freehold.mail.links import link_to
from freehold.mail.templates import load
from freehold.mail.types import Message


async def enqueue(
    context: Context, recipient: str | None, template: str, *, about: UUID | None, is_last: bool = False, **values: str
) -> None:
    """Write a mail into the outbox, in the transaction of the change that it speaks of; it is delivered afterwards.

    Args:
        context: its ``db`` is the transaction of the change.
        recipient: an e-mail address; None is nobody: the same work is done and nothing is sent, so that an answer
            takes as long for an unknown address as for a known one.
        template: the name of the mail (see ``freehold.mail.templates``).
        about: the user whom it speaks of, whoever gets it; with them it is removed.
        is_last: it is the last that somebody gets whose account is gone: nothing of it stays once it is delivered.
        values: what its files name, all of it.

    Raises:
        LookupError: no such mail, or a value that it names is not given; a fault of the caller's code.
    """
    settings = context.tools.settings
    everywhere = {"public_url": settings.base_url, "reset_link": link_to(settings, "reset")}
    mail = load(settings.mail_templates).render(template, {**everywhere, **values})
    await queries.insert(
        context.db,
        id=new_id(),
        recipient=recipient,
        user_id=about,
        subject=mail.subject,
        text_body=mail.text,
        html_body=mail.html,
        is_last=is_last,
    )


@operation(AccountAction.MAIL_READ, by=By.ADMIN)
async def get(context: Context, message_id: UUID) -> Message:
    """Read a mail of the outbox.

    Raises:
        Missing: ``not_found``.
    """
    found = await queries.by_id(context.db, id=message_id)
    if found is None:
        raise Missing(f"There is no mail with the id '{message_id}'")
    return found


@operation(AccountAction.MAIL_READ, by=By.ADMIN)
async def list_all(context: Context, request: PageRequest) -> Page[Message]:
    """List the mails of the outbox, newest first.

    Raises:
        Invalid: the cursor belongs to another list.
    """
    return await page_by_id(
        context.tools.cursors,
        request,
        listing="mail",
        page=partial(queries.page, context.db),
        count=partial(queries.count_all, context.db),
    )
