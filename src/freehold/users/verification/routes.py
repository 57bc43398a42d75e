"""Confirming addresses over HTTP."""

from uuid import UUID

from freehold.base.errors import Forbidden, InvalidToken, Missing, Unavailable
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.errors import EmailTaken, WrongPassword
from freehold.users.suspension.errors import UserSuspended
from freehold.users.types import User
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


@routes.post(
    "/v1/users/{user}/email-verification",
    status=202,
    limit="mails",
    tag="administrators",
    errors=[Missing, Forbidden, EmailVerified, UserSuspended, MailedTooOften],
)
async def send_email_verification_to_user(context: Context, user: UUID) -> None:
    """Send a user the confirmation mail again.

    It goes to their new address if they are changing it, or else to their address. Earlier tokens stop working. For
    platform administrators.
    """
    await operations.send_again(context, user)


@routes.put("/v1/users/{user}/email-verification", tag="administrators", errors=[Missing, Forbidden])
async def mark_email_verified(context: Context, user: UUID) -> User:
    """Mark the e-mail address of a user as confirmed, without its token.

    For platform administrators.
    """
    return await operations.mark_verified(context, user)
