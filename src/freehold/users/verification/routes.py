"""Confirming addresses over HTTP."""

from freehold.base.errors import InvalidToken
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften
from freehold.users.errors import EmailTaken
from freehold.users.verification import operations
from freehold.users.verification.errors import EmailVerified
from freehold.users.verification.types import EmailVerification
from freehold.web.routing import Routes

routes = Routes("verification", "Confirm an e-mail address.")


@routes.post("/v1/email-verifications", auth="none", limit="sign-ins", errors=[InvalidToken, EmailTaken])
async def verify_email(context: Context, body: EmailVerification) -> None:
    """Confirm an e-mail address.

    Send the token that was mailed to the address. If you are changing your address, the new one takes effect now.
    """
    await operations.confirm(context, body)


@routes.post("/v1/users/me/email-verification", status=202, limit="mails", errors=[EmailVerified, MailedTooOften])
async def send_email_verification(context: Context) -> None:
    """Send the confirmation mail again.

    It goes to your new address if you are changing it, or else to your address. Earlier tokens stop working.
    """
    await operations.send_again(context, "me")
