"""The mails of the platform and what became of them, for its administrators."""

from typing import Final

from freehold.console.frame import id_in, require_admin, show
from freehold.mail import operations
from freehold.mail.types import MailPageRequest
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

platform_mail = Pages(__package__)

_FILTERS: Final = ("state",)


@platform_mail.shows("/platform/mail", for_user=True)
async def show_mails(visit: Visit) -> Answer:
    """List the mails, newest first, or those that wait, were sent, or failed."""
    require_admin(visit)
    listed = await operations.list_all(visit.context, visit.filtered(MailPageRequest, *_FILTERS, "cursor"))
    return await show(
        visit,
        "platform_mail.html",
        "Mail",
        current="platform-mail",
        listed=listed,
        is_narrowed=bool(visit.only(_FILTERS)),
        kept=_FILTERS,
        command=" ".join(
            ("freehold mail list", *(f"--{name} {value}" for name, value in visit.only(_FILTERS).items()))
        ),
        has_relay=visit.settings.smtp_url is not None,
    )


@platform_mail.shows("/platform/mail/{mail}", for_user=True)
async def show_mail(visit: Visit) -> Answer:
    """Show one with its text, as far as it is kept."""
    require_admin(visit)
    mail = await operations.get(visit.context, id_in(visit.parts[0]))
    return await show(
        visit,
        "platform_letter.html",
        mail.subject,
        current="platform-mail",
        mail=mail,
        command=f"freehold mail show {mail.id}",
    )
