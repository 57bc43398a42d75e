"""Taking back a change of address over HTTP."""

from freehold.base.errors import InvalidToken, Unavailable
from freehold.data.context import Context
from freehold.passwords.hashing import CommonPassword
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.errors import EmailTaken
from freehold.users.undoing import operations
from freehold.users.undoing.types import EmailUndo
from freehold.web.routing import Routes

routes = Routes("address undo", "Taking back a change of address that you did not make.")


@routes.post(
    "/v1/email-verifications/undo",
    auth="none",
    limit="sign-ins",
    errors=[InvalidToken, CommonPassword, EmailTaken, SignInDelayed, Unavailable],
)
async def undo_email_change(context: Context, body: EmailUndo) -> None:
    """Take back a change of address.

    With the token that was mailed to the address from before, within 7 days. Every session and API key ends. Set
    `new_password`, or use the link to a new one that is mailed to you: whoever changed your address may know the old
    one. Sent again, it changes nothing and is answered as done.
    """
    await operations.undo(context, body)
