"""Password resets over HTTP."""

from uuid import UUID

from freehold.base.errors import Forbidden, InvalidToken, Missing, Unavailable
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften
from freehold.passwords.hashing import CommonPassword
from freehold.users.recovery import operations
from freehold.users.recovery.types import NewPasswordReset, PasswordResetCompletion
from freehold.users.suspension.errors import UserSuspended
from freehold.web.routing import Routes

routes = Routes("recovery", "Set a new password without the old one.")


@routes.post("/v1/password-resets", status=202, limit="mails", auth="optional")
async def request_password_reset(context: Context, body: NewPasswordReset) -> None:
    """Ask for a new password.

    A token is mailed to the address if somebody signed up with it. The answer is the same if nobody did. When strangers
    have asked too often, ask with a session of your account: that has a budget of its own.
    """
    await operations.request(context, body)


@routes.post(
    "/v1/users/{user}/password-reset",
    status=202,
    limit="mails",
    tag="administrators",
    errors=[Missing, Forbidden, UserSuspended, MailedTooOften],
)
async def send_password_reset(context: Context, user: UUID) -> None:
    """Mail a user the link that sets a new password.

    For platform administrators.
    """
    await operations.request_for(context, user)


@routes.post(
    "/v1/password-resets/complete", auth="none", limit="sign-ins", errors=[InvalidToken, CommonPassword, Unavailable]
)
async def complete_password_reset(context: Context, body: PasswordResetCompletion) -> None:
    """Set a new password.

    Send the token from the mail, which works once. All your sessions and API keys end.
    """
    await operations.complete(context, body)
