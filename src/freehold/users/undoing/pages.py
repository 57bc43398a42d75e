"""Taking back a change of address in a browser. Opening the link asks; only the button uses its token."""

from freehold.base.errors import InvalidToken
from freehold.mail.links import HOSTED
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.users.undoing import operations
from freehold.users.undoing.types import EmailUndo
from freehold.web.answers import Answer

pages = Pages(__package__)

PATH = HOSTED["undo"]


@pages.shows(PATH)
async def show_undo(visit: Visit) -> Answer:
    """Ask for a new password, and say what will end."""
    if not visit.given("token") or (visit.trouble is not None and visit.trouble.code == InvalidToken.code):
        return visit.show("no_link.html", "This link does not work")
    return visit.show("undo.html", "Take back the change of address")


@pages.acts(PATH, limit="sign-ins")
async def undo(visit: Visit) -> Answer:
    """Take it back, with a new password or a link to set one."""
    wanted = visit.read(EmailUndo, "token", "new_password")
    await operations.undo(visit.context, wanted)
    if wanted.new_password is not None:
        return visit.go("/sign-in?done=undone", visit.drop())
    return visit.show("undone.html", "Your address is as before")
