"""Confirming addresses over HTTP."""

from freehold.base.errors import InvalidToken, Unavailable
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.errors import EmailTaken, WrongPassword
from freehold.users.verification import operations
from freehold.users.verification.errors import EmailVerified
from freehold.users.verification.types import EmailVerification, PasswordNeeded
from freehold.web.routing import Routes

routes = Routes("verification", "Confirm an e-mail address.")


@routes.post(
    "/v1/email-verifications",
    auth="optional",
    limit="sign-ins",
    errors=[InvalidToken, EmailTaken, WrongPassword, SignInDelayed, Unavailable],
)
async def verify_email(context: Context, body: EmailVerification) -> PasswordNeeded | None:
    """Confirm an e-mail address.

    With the token that was mailed there, and a session of the account (in the header) or its `password`: then the
    answer is 204. After a change of address, the new one counts from now on.

    With neither, the address is confirmed, too, but whoever has made the account may be somebody else. All of its
    sessions, keys and pending changes end, and a link to set a new password is mailed to the address.
    """
    return await operations.confirm(context, body)


@routes.post("/v1/users/me/email-verification", status=202, limit="mails", errors=[EmailVerified, MailedTooOften])
async def send_email_verification(context: Context) -> None:
    """Send the confirmation mail again.

    It goes to your new address if you are changing it, or else to your address. Earlier tokens stop working.
    """
    await operations.send_again(context, "me")
