"""Sign in and out, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from typing import Literal
from uuid import UUID

from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest
from freehold.sessions.acting.types import Impersonation, NewImpersonation
from freehold.sessions.types import EmailCorrection, NewSession, Session, SessionRefresh, SignedIn


def sessions_create(new: NewSession) -> Request[SignedIn]:
    """Sign in with a username or an e-mail address.

    ``POST /v1/sessions``.

    An unknown login takes as long as a wrong password and gets the same answer. Somebody whose account has no password,
    as after an import of hashes that Freehold cannot check, is mailed a token that sets one.

    Raises:
        WrongCredentials: ``wrong_credentials``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        AccountSuspended: ``account_suspended``: told only with the right password.
        EmailUnverified: ``email_unverified``: the platform requires a confirmed address; the mail is sent again.
        Unavailable: too many people are signing in.
    """
    return Request("POST", "/v1/sessions", (SignedIn,), body=new)


def sessions_refresh(refresh: SessionRefresh) -> Request[Session]:
    """Give the password to the session that asks: for some minutes it may do what a session alone may not.

    ``POST /v1/sessions/current/refresh``.

    Raises:
        Missing: ``not_found``: the actor has no session.
        WrongPassword: ``wrong_password``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        Unauthenticated: the session was ended meanwhile.
    """
    return Request("POST", "/v1/sessions/current/refresh", (Session,), body=refresh)


def sessions_impersonate(user: UUID, /, new: NewImpersonation) -> Request[Impersonation]:
    """Act for a user, for up to 60 minutes: with the token you are them, but for what takes their password.

    ``POST /v1/users/{user}/impersonation``.

    Every answer to the token has ``X-Acting-For`` over HTTP, and every audit event of the session names the user and
    the administrator. It ends at once when the administrator is suspended or no longer one, and when the user becomes
    one. The user sees the session in their list, and the event with the reason in the data that they export.

    Args:
        new: why, and for how long.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator or is an API key, or the user is one.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        UserSuspended: ``user_suspended``.
        Invalid: the operator names no active platform administrator.
        Missing: ``not_found``.
    """
    return Request("POST", f"/v1/users/{part(user)}/impersonation", (Impersonation,), body=new)


def sessions_correct_email(correction: EmailCorrection) -> Request[None]:
    """Correct an address that was mistyped at sign-up, with the credentials of the account, before it is confirmed.

    ``POST /v1/email-corrections``.

    It takes effect at once, for nobody has confirmed the one before, and is mailed a link that confirms it. It works
    where people cannot sign in before they confirm.

    Raises:
        WrongCredentials: ``wrong_credentials``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        EmailVerified: ``email_verified``: the address is confirmed: sign in and change it.
        EmailTaken: ``email_taken``.
        MailedTooOften: ``mailed_too_often``: to the new address, or this user has asked for many, within the hour.
        Unavailable: too many people are signing in.
    """
    return Request("POST", "/v1/email-corrections", (type(None),), body=correction)


def sessions_list(request: PageRequest) -> Request[Page[Session]]:
    """List the sessions of the actor, newest first.

    ``GET /v1/sessions``.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", "/v1/sessions", (Page[Session],), query=request)


def sessions_list_of_user(user: UUID, /, request: PageRequest) -> Request[Page[Session]]:
    """List the sessions of a user, newest first. For the user and for platform administrators.

    ``GET /v1/users/{user}/sessions``.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/users/{part(user)}/sessions", (Page[Session],), query=request)


def sessions_end(session: UUID | Literal["current"]) -> Request[None]:
    """End a session of the actor. ``current`` signs out.

    ``DELETE /v1/sessions/{session}``.

    Raises:
        Missing: ``not_found``: the actor does not have this session.
    """
    return Request("DELETE", f"/v1/sessions/{part(session)}", (type(None),))


def sessions_end_of_user(user: UUID, /, session_id: UUID) -> Request[None]:
    """End a session of a user. For the user and for platform administrators.

    ``DELETE /v1/users/{user}/sessions/{session}``.

    Raises:
        Missing: ``not_found``: the user does not have this session.
    """
    return Request("DELETE", f"/v1/users/{part(user)}/sessions/{part(session_id)}", (type(None),))


def sessions_end_others(user: UUID | Literal["me"], /) -> Request[None]:
    """End all sessions of a user except the current one, or every session if a platform administrator asks.

    ``DELETE /v1/sessions``, ``DELETE /v1/users/{user}/sessions``.
    """
    return Request("DELETE", "/v1/sessions" if user == "me" else f"/v1/users/{part(user)}/sessions", (type(None),))
