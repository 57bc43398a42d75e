"""Users over HTTP. Signing up is declared with invitations, removing one with all that is erased then."""

from datetime import datetime
from typing import Literal

from freehold.access import UserRef
from freehold.base.errors import Forbidden, Missing, Refused, Unavailable
from freehold.base.validation import Input
from freehold.data.context import Context, Mine
from freehold.data.paging import Page
from freehold.mail.errors import MailedTooOften
from freehold.passwords.hashing import CommonPassword
from freehold.users import operations
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.errors import EmailTaken, UsernameTaken, WrongPassword
from freehold.users.finding import operations as finding
from freehold.users.finding.types import UsersPageRequest
from freehold.users.proving.errors import PROOF, NotWhileActing
from freehold.users.types import (
    PasswordChange,
    User,
    UserPatch,
)
from freehold.web.routing import Routes

routes = Routes("users", "Users of the platform.")


class UserQuery(Input, frozen=True, kw_only=True):
    """What to include with a user."""

    include: Literal["organizations"] | None = None


@routes.get("/v1/users", errors=[Forbidden, Refused])
async def list_users(context: Context, query: UsersPageRequest) -> Page[User]:
    """List users, newest first, or as `sort` says.

    For platform administrators. `email` and `username` name one user, in upper or lower case. `q` is the beginning of a
    username, an e-mail address, a first name (perhaps with the last name) or a last name; its results are in the order
    of what begins with it.
    """
    return await finding.list_all(context, query)


@routes.get("/v1/users/{user}", errors=[Missing, Forbidden], mine={b"include=organizations": Mine.ORGANIZATIONS})
async def get_user(context: Context, user: UserRef, query: UserQuery) -> User:
    """Read a user.

    Your own user also shows `new_email` (the address that you change to, until you confirm it), `is_admin` and
    `locale`. `include=organizations` adds the user's organizations that you can see.
    """
    if query.include:
        return await operations.get_with_organizations(context, user)
    return await operations.get(context, user)


@routes.patch("/v1/users/{user}", errors=[Missing, Forbidden, UsernameTaken, EmailTaken, MailedTooOften, *PROOF])
async def update_user(context: Context, user: UserRef, body: UserPatch, version: datetime | None) -> User:
    """Update a user.

    This is a merge patch (RFC 7396): fields that you leave out stay the same, and null removes a field. A new e-mail
    address takes effect when it is confirmed with the token that is mailed to it; the old address is notified. Send
    your current address to cancel an unconfirmed change.
    An address needs `current_password`, or a session that gave it within the last 10 minutes. A new username or address
    also counts as a sign-up from your IP address (`sign_ups_per_minute`), since the answer says whether it is taken.
    """
    return await operations.update(context, user, body, version=version)


@routes.put(
    "/v1/users/me/password",
    limit="sign-ins",
    errors=[NotWhileActing, CommonPassword, WrongPassword, SignInDelayed, Unavailable],
)
async def change_password(context: Context, body: PasswordChange, version: datetime | None) -> None:
    """Set a new password.

    Send the current password as proof. All your other sessions end. With `end_api_keys`, all your API keys end too.
    """
    await operations.change_password(context, "me", body, version=version)
