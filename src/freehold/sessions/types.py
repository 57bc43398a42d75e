"""A session, and what is sent and given to sign in."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.base.scalars import Email, Login, Secret
from freehold.base.validation import Input
from freehold.users.types import OwnUser


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session of a user. ``current`` marks the session of this request. Times are UTC.

    ``device`` is a short form of ``user_agent``. ``last_used_at`` is updated at most once a minute, which also extends
    ``expires_at``, up to the longest time that a session can last. ``authenticated_at`` is when the
    password was last given to it: what needs a fresh sign-in goes by this. ``acting_admin_id`` is the platform
    administrator who acts for the user in it; null for the user's own.
    """

    id: UUID
    created_at: datetime
    authenticated_at: datetime
    last_used_at: datetime
    expires_at: datetime
    device: str
    user_agent: str | None
    ip: str | None
    acting_admin_id: UUID | None
    current: bool


class NewSession(Input, frozen=True, kw_only=True):
    """The credentials to sign in: a username or an e-mail address, and the password."""

    login: Login
    password: Secret


class SessionRefresh(Input, frozen=True, kw_only=True):
    """The password, to show that it is still oneself who is signed in."""

    password: Secret


class EmailCorrection(Input, frozen=True, kw_only=True):
    """The address that was meant at sign-up, with the credentials of the account."""

    login: Login
    password: Secret
    email: Email


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A new session. The token is shown only this once; Freehold stores only its hash."""

    token: str
    expires_at: datetime
    user: OwnUser
