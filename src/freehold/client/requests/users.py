"""Operations on users, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from datetime import datetime
from typing import Literal
from uuid import UUID

from freehold.client.request import Download, Request, part
from freehold.data.paging import Page, PageRequest
from freehold.users.recovery.types import NewPasswordReset, PasswordResetCompletion
from freehold.users.rights.types import AdminGrant
from freehold.users.suspension.types import NewSuspension, Suspension
from freehold.users.types import NewUser, PasswordChange, User, UserPatch
from freehold.users.undoing.types import EmailUndo
from freehold.users.verification.types import EmailVerification, PasswordNeeded


def users_create(new: NewUser) -> Request[User]:
    """Sign up, or create an account for somebody.

    ``POST /v1/users``.

    With ``new.invitation_token``, the invitation is accepted in the same transaction, and the address counts as
    confirmed, because the token was mailed there. Without it, a mail asks the user to confirm the address.

    Raises:
        UsernameTaken: ``username_taken``.
        EmailTaken: ``email_taken``: sign in with it, then accept.
        SignUpClosed: ``sign_up_closed``: only administrators can create accounts, or only invited people can sign up.
        InvalidToken: ``invalid_token``: the invitation does not exist.
        InvitationForAnother: ``invitation_for_another``: the invitation was sent to another address.
        RoleGone: ``role_gone``: the role no longer exists.
        InviterLacksRight: ``inviter_lacks_right``: whoever sent it could not send it now.
        Forbidden: only a platform administrator can create platform administrators.
        Unavailable: too many passwords are being hashed.
    """
    return Request("POST", "/v1/users", (User,), body=new)


def users_get(user: UUID | Literal["me"], /) -> Request[User]:
    """Read a user; an ``OwnUser``, which shows more, when it is the actor themselves or an administrator asks.

    ``GET /v1/users/{user}``.

    Raises:
        Missing: ``not_found``.
    """
    return Request("GET", f"/v1/users/{part(user)}", (User,))


def users_get_with_organizations(user: UUID | Literal["me"], /) -> Request[User]:
    """Read a user with their organizations, as far as the actor can see them.

    ``GET /v1/users/{user}``.

    Raises:
        Forbidden: an API key asks that does not include organization.read.
        Missing: ``not_found``.
    """
    return Request("GET", f"/v1/users/{part(user)}", (User,), fixed={"include": "organizations"})


def users_list(request: PageRequest) -> Request[Page[User]]:
    """List users, newest first, or as a ``UsersPageRequest`` says.

    ``GET /v1/users``.

    Args:
        request: which page; a ``UsersPageRequest`` has filters, too.

    Raises:
        InvalidCursor: the cursor belongs to another list.
        Refused: ``q`` and ``sort`` are both given.
    """
    return Request("GET", "/v1/users", (Page[User],), query=request)


def users_update(user: UUID | Literal["me"], /, patch: UserPatch, *, version: datetime | None = None) -> Request[User]:
    """Update a user. ``version`` is the ``updated_at`` that you read.

    ``PATCH /v1/users/{user}``.

    A new e-mail address takes effect when it is confirmed with the token that is mailed to it. Until then, the user
    keeps the old address, which is notified. Set the current address to cancel an unconfirmed change. Metadata is
    merged into what the user keeps (RFC 7396).

    Raises:
        Forbidden: the actor is no platform administrator, and ``public_metadata`` or ``private_metadata`` changes.
        Invalid: with what they keep already, the metadata is too large.
        UsernameTaken: ``username_taken``.
        EmailTaken: ``email_taken``.
        MailedTooOften: ``mailed_too_often``: to the new address, or this user has asked for many, within the hour.
        LimitReached: ``limit_reached``: a new username or address counts as a sign-up from the same IP address.
        Stale: ``stale``: the user has changed since that version.
        FreshSignInNeeded: ``fresh_sign_in_needed``: a new address needs the actor's password, here or lately.
        WrongPassword: ``wrong_password``.
    """
    return Request("PATCH", f"/v1/users/{part(user)}", (User,), body=patch, version=version)


def users_change_password(
    user: Literal["me"], /, change: PasswordChange, *, version: datetime | None = None
) -> Request[None]:
    """Change a password, with the current one as proof. Ends all other sessions of the user and notifies them by mail.

    ``PUT /v1/users/me/password``.

    API keys go on, unless ``change.end_api_keys``: programs need not stop because a person changes their password.

    Raises:
        WrongPassword: ``wrong_password``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        Stale: ``stale``.
    """
    return Request("PUT", "/v1/users/me/password", (type(None),), body=change, version=version)


def users_request_password_reset(reset: NewPasswordReset) -> Request[None]:
    """Mail a token that sets a new password, if a user has this address. Callers cannot find out whether one does.

    ``POST /v1/password-resets``.

    An unknown address takes the same time, because the same statements run; they only store the event. When an address
    has reached its limit of such mails per hour, no mail is sent and the last token keeps working. So nobody can fill
    the mailbox of somebody else, or keep them from setting a new password.

    Raises:
        MailedTooOften: ``mailed_too_often``: only for platform administrators, who can know who has an account.
    """
    return Request("POST", "/v1/password-resets", (type(None),), body=reset)


def users_send_password_reset(user: UUID, /) -> Request[None]:
    """Mail a user a token that sets a new password, as a platform administrator.

    ``POST /v1/users/{user}/password-reset``.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        UserSuspended: ``user_suspended``.
        MailedTooOften: ``mailed_too_often``: too many mails to this address in the last hour.
        Missing: ``not_found``.
    """
    return Request("POST", f"/v1/users/{part(user)}/password-reset", (type(None),))


def users_reset_password(completion: PasswordResetCompletion) -> Request[None]:
    """Set a new password with the token from the mail, which works once.

    ``POST /v1/password-resets/complete``.

    Every session, API key and pending change of the user ends, they get a mail that says so, and their address counts
    as confirmed: whoever made these may be somebody else, who knew the password or had only claimed the address.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced or changed, has expired, or has another purpose.
        Unavailable: too many passwords are being hashed.
    """
    return Request("POST", "/v1/password-resets/complete", (type(None),), body=completion)


def users_send_email_verification(user: UUID | Literal["me"], /) -> Request[None]:
    """Mail the confirmation token again, to the new address of the user if they are changing it. Ends earlier tokens.

    ``POST /v1/users/me/email-verification``, ``POST /v1/users/{user}/email-verification``.

    Raises:
        EmailVerified: ``email_verified``: no address waits for confirmation.
        UserSuspended: ``user_suspended``: a platform administrator asks for somebody who is suspended.
        MailedTooOften: ``mailed_too_often``: too many mails to this address in the last hour.
        Missing: ``not_found``.
    """
    return Request("POST", f"/v1/users/{part(user)}/email-verification", (type(None),))


def users_verify_email(verification: EmailVerification) -> Request[PasswordNeeded | None]:
    """Confirm an e-mail address with the token that was mailed there, which works once.

    ``POST /v1/email-verifications``.

    A second click is answered as the first.

    It counts for the one whose account it is: a session of that account asks, or its password comes along. Where
    neither does, whoever reads the mail may never have heard of the account, which somebody else has made under their
    address. Then all that was made before ends (sessions, keys, pending changes, the password), and a link to set a new
    password is mailed to the address.

    Returns:
        None when the account was shown to be the confirmer's own.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced or changed, has expired, or has another purpose.
        EmailTaken: ``email_taken``: somebody else has confirmed the address.
        WrongPassword: ``wrong_password``: the password is not that of the account; the token goes on working.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
    """
    return Request(
        "POST",
        "/v1/email-verifications",
        (
            PasswordNeeded,
            type(None),
        ),
        body=verification,
    )


def users_undo_email_change(undo: EmailUndo) -> Request[None]:
    """Take back a change of address; works once, and ends every later change with it.

    ``POST /v1/email-verifications/undo``.

    Every session and API key of the user ends. Without a new password in the request, a mail with a link to set one
    goes to the address. The same token again, within 30 days, changes nothing and is answered as done.

    Raises:
        InvalidToken: ``invalid_token``: it was altered, has expired, is for something else, or was used
            with another password.
        SignInDelayed: ``sign_in_delayed``: it was used, and too many passwords have been tried with it since.
        EmailTaken: ``email_taken``: somebody else has the address by now.
        Unavailable: too many passwords are being hashed.
    """
    return Request("POST", "/v1/email-verifications/undo", (type(None),), body=undo)


def users_mark_verified(user: UUID, /) -> Request[User]:
    """Mark the e-mail address of a user as confirmed, as a platform administrator.

    ``PUT /v1/users/{user}/email-verification``.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        Missing: ``not_found``.
    """
    return Request("PUT", f"/v1/users/{part(user)}/email-verification", (User,))


def users_suspend(user: UUID, /, new: NewSuspension | None = None) -> Request[Suspension]:
    """Suspend a user: at once they can do nothing, and nothing lets them in. Their memberships stay.

    ``PUT /v1/users/{user}/suspension``.

    Their sessions, API keys, mailed tokens and pending changes end. Until they are resumed, they cannot sign in, set a
    new password by mail or accept invitations, and those that they sent do not work. To change the reason, suspend
    them again.

    Args:
        new: why; only platform administrators see it, and the audit log does not have it.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator, or suspends themselves.
        LastAdministrator: ``last_administrator``: nobody else could administer the platform.
        Missing: ``not_found``.
    """
    return Request("PUT", f"/v1/users/{part(user)}/suspension", (Suspension,), body=new)


def users_resume(user: UUID, /) -> Request[User]:
    """Let a suspended user sign in again, with the password and the memberships that they had.

    ``DELETE /v1/users/{user}/suspension``.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        NotSuspended: ``not_suspended``: the user is active.
        Missing: ``not_found``.
    """
    return Request("DELETE", f"/v1/users/{part(user)}/suspension", (User,))


def users_get_suspension(user: UUID, /) -> Request[Suspension]:
    """Read since when a user is suspended, and why.

    ``GET /v1/users/{user}/suspension``.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        NotSuspended: ``not_suspended``: the user is active.
        Missing: ``not_found``.
    """
    return Request("GET", f"/v1/users/{part(user)}/suspension", (Suspension,))


def users_grant_admin(user: UUID, /, grant: AdminGrant | None = None) -> Request[User]:
    """Make a user a platform administrator, who can do everything. Takes effect with their next request.

    ``PUT /v1/users/{user}/admin``.

    Args:
        grant: the password of whoever asks, if their session did not give it lately.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        Missing: ``not_found``.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
    """
    return Request("PUT", f"/v1/users/{part(user)}/admin", (User,), body=grant)


def users_revoke_admin(user: UUID, /) -> Request[User]:
    """Take the rights of a platform administrator from a user, or from yourself. Takes effect with their next request.

    ``DELETE /v1/users/{user}/admin``.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        LastAdministrator: ``last_administrator``: nobody else could administer the platform.
        Missing: ``not_found``.
    """
    return Request("DELETE", f"/v1/users/{part(user)}/admin", (User,))


def users_export(user: UUID | Literal["me"], /) -> Request[Download]:
    """Read everything stored about a user, as parts of one JSON document (see ``PersonalData``), without secrets.

    ``GET /v1/users/me/export``, ``GET /v1/users/{user}/export``.

    ``private_metadata`` is in it when a platform administrator asks.

    The rows are read as you take the parts, so memory stays flat for any size, and a slow reader holds no connection.
    Changes made while you read may or may not be included.

    Raises:
        Missing: ``not_found``.
        Forbidden: the user is somebody else, and the actor is not a platform administrator.
    """
    return Request("GET", f"/v1/users/{part(user)}/export", (Download,))


def users_delete(
    user: UUID | Literal["me"], /, *, version: datetime | None = None, current_password: str | None = None
) -> Request[None]:
    """Remove a user and everything stored about them. Only audit events stay, which know the user by id.

    ``DELETE /v1/users/{user}``.

    This removes the account, sessions, memberships, API keys, tokens, mails about the user and the IP addresses they
    used. It also removes mails and invitations to their e-mail address, if they have confirmed it or a platform
    administrator erases them. So nobody can remove what was sent to an address that they only claim. They get a
    last mail, if they have confirmed their address.

    Raises:
        LastAdministrator: ``last_administrator``: nobody else could administer the platform.
        OwnsOrganizations: ``owns_organizations``: names them, including deleted ones that can be restored. What they
            were made owner of without being asked does not count: it goes to somebody else in it.
        StillReferenced: ``still_referenced``: rows of your own tables refer to them. Names the tables, and how many.
        Missing: ``not_found``.
        Stale: ``stale``.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
    """
    return Request(
        "DELETE", f"/v1/users/{part(user)}", (type(None),), body={"current_password": current_password}, version=version
    )
