"""Sessions over HTTP."""

from typing import Literal
from uuid import UUID

from freehold.base.errors import Forbidden, Missing, Unavailable
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.mail.errors import MailedTooOften
from freehold.sessions import operations
from freehold.sessions.errors import WrongCredentials
from freehold.sessions.types import EmailCorrection, NewSession, Session, SessionRefresh, SignedIn
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.errors import EmailTaken, WrongPassword
from freehold.users.proving.errors import NotWhileActing
from freehold.users.suspension.errors import AccountSuspended
from freehold.users.verification.errors import EmailUnverified, EmailVerified
from freehold.web.routing import Routes

routes = Routes("sessions", "Sign in and out.")


@routes.post(
    "/v1/sessions",
    status=201,
    auth="optional",
    location="current",
    store=False,
    limit="sign-ins",
    errors=[WrongCredentials, SignInDelayed, AccountSuspended, EmailUnverified, Unavailable],
)
async def create_session(context: Context, body: NewSession) -> SignedIn:
    """Sign in.

    The token is shown only this once. Send it as `Authorization: Bearer TOKEN`.
    """
    return await operations.sign_in(context, body)


@routes.post(
    "/v1/email-corrections",
    status=204,
    auth="optional",
    limit="sign-ins",
    errors=[WrongCredentials, SignInDelayed, EmailVerified, EmailTaken, MailedTooOften, Unavailable],
)
async def correct_email(context: Context, body: EmailCorrection) -> None:
    """Correct the e-mail address that you mistyped when you signed up.

    Send your login, your password and the right address. It works until an address is confirmed, also where you cannot
    sign in before. The mail that confirms it goes to the new address.
    """
    await operations.correct_email(context, body)


@routes.post(
    "/v1/sessions/current/refresh",
    limit="sign-ins",
    errors=[Missing, NotWhileActing, WrongPassword, SignInDelayed, Unavailable],
)
async def refresh_session(context: Context, body: SessionRefresh) -> Session:
    """Give your password to this session again.

    For the next 10 minutes (unless this platform is set otherwise) it may change your e-mail address, make and rotate
    keys and delete your account without it.
    """
    return await operations.refresh(context, body)


@routes.get("/v1/sessions")
async def list_sessions(context: Context, query: PageRequest) -> Page[Session]:
    """List your sessions, newest first."""
    return await operations.list_mine(context, query)


@routes.delete("/v1/sessions")
async def delete_other_sessions(context: Context) -> None:
    """End all your sessions except this one."""
    await operations.end_others(context, "me")


@routes.delete("/v1/sessions/{session}", errors=[Missing])
async def delete_session(context: Context, session: UUID | Literal["current"]) -> None:
    """End one of your sessions. `current` signs you out."""
    await operations.end(context, session)


@routes.get("/v1/users/{user}/sessions", tag="administrators", errors=[Missing, Forbidden])
async def list_sessions_of_user(context: Context, user: UUID, query: PageRequest) -> Page[Session]:
    """List the sessions of a user, newest first.

    For platform administrators.
    """
    return await operations.list_of_user(context, user, query)


@routes.delete("/v1/users/{user}/sessions", tag="administrators", errors=[Missing, Forbidden])
async def delete_sessions_of_user(context: Context, user: UUID) -> None:
    """End all sessions of a user.

    For platform administrators. Of your own sessions, this one goes on.
    """
    await operations.end_others(context, user)


@routes.delete("/v1/users/{user}/sessions/{session}", tag="administrators", errors=[Missing, Forbidden])
async def delete_session_of_user(context: Context, user: UUID, session: UUID) -> None:
    """End a session of a user.

    For platform administrators.
    """
    await operations.end_of_user(context, user, session)
