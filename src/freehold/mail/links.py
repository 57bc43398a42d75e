"""Where the links in mails lead: to a hosted page, to a page of the operator's own, or nowhere; never to a dead end."""

from typing import Final, Literal
from urllib.parse import quote

from freehold.base.settings import Settings

Mailed = Literal["verify", "reset", "invitation", "undo", "ownership"]
"""The pages that mails link to, by what they are for."""

HOSTED: Final[dict[Mailed, str]] = {
    "verify": "/verify",
    "reset": "/reset",
    "invitation": "/invitation",
    "undo": "/undo-email-change",
    "ownership": "/accept-ownership",
}
"""The paths of the hosted pages."""


def link_to(settings: Settings, page: Mailed, token: str | None = None, *, name: str = "token") -> str:
    """Write a link for a mail; "" when there is no page to lead to, and the mail then shows the token alone.

    Args:
        settings: whether pages are hosted, and where the operator's own are.
        page: what the link is for.
        token: what it carries.
        name: what that is called.
    """
    own: dict[Mailed, str | None] = {
        "verify": settings.verify_path,
        "reset": settings.reset_path,
        "invitation": settings.invitation_path,
        "undo": settings.undo_path,
        "ownership": settings.ownership_path,
    }
    path = own[page] or (HOSTED[page] if settings.hosted_pages == "on" else None)
    if path is None:
        return ""
    address = f"{settings.base_url}{path}"
    return address if token is None else f"{address}{'&' if '?' in path else '?'}{name}={quote(token)}"
