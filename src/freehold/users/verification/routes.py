"""Confirming addresses over HTTP."""

from freehold.base.errors import InvalidToken
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften
from freehold.users.errors import EmailTaken
from freehold.users.verification import operations
from freehold.users.verification.errors import EmailVerified
from freehold.users.verification.types import EmailVerification
from freehold.web.routing import Routes

routes = Routes("verification", "Showing that an e-mail address is one's own.")


@routes.post("/v1/email-verifications", auth="none", limit="sign-ins", errors=[InvalidToken, EmailTaken])
async def verify_email(context: Context, body: EmailVerification) -> None:
    """Confirm an e-mail address.

    With the token that was mailed there. After a change of address, the new one counts from now on.
    """
    await operations.confirm(context, body)


@routes.post("/v1/users/me/email-verification", status=202, limit="mails", errors=[EmailVerified, MailedTooOften])
async def send_email_verification(context: Context) -> None:
    """Mail the token anew.

    To the address that you change to, else to yours. Tokens that were mailed before no longer work.
    """
    await operations.send_again(context, "me")
