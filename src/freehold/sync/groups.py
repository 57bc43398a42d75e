"""The operations of a platform, by what they are about, for synchronous programs.

``make renew`` writes this from ``freehold.groups``.
"""

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, Literal
from uuid import UUID

from freehold.access.scope import OrganizationRef, UserRef
from freehold.actions.types import ActionDeclaration, ActionEntry, ActionRemoval
from freehold.api_keys.types import ApiKey, IssuedApiKey, KeyRotation, NewApiKey
from freehold.audit.following.types import EventsRequest
from freehold.audit.operations import Progress
from freehold.audit.types import AccountAuditPageRequest, AuditEvent, AuditHead, AuditPageRequest, AuditReport
from freehold.base.scalars import Password
from freehold.data.paging import Page, PageRequest
from freehold.mail.types import Message
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.invitations.types import (
    Invitation,
    InvitationAcceptance,
    InvitationResults,
    InvitationToken,
    Membership,
    NewInvitation,
    NewInvitations,
    ReceivedInvitation,
)
from freehold.organizations.members.types import LeftBehind, Member, NewRole
from freehold.organizations.ownership.types import OwnerOffer
from freehold.organizations.roles.types import (
    Access,
    AccessQuestion,
    CustomRole,
    NewCustomRole,
    RoleEntry,
    RolePatch,
    RoleRef,
)
from freehold.organizations.types import NewOrganization, NewOwner, Organization, OrganizationPatch, SlugCheck
from freehold.projects.types import NewProject, Project, ProjectPatch
from freehold.sessions.acting.types import Impersonation, NewImpersonation
from freehold.sessions.types import EmailCorrection, NewSession, Session, SessionRefresh, SignedIn
from freehold.sync.facade import Group, Working
from freehold.tokens.types import NewServiceToken, PublicKeys, ServiceToken, SigningKeys
from freehold.transfer.progress import Progress as TransferProgress
from freehold.transfer.refusals import Refusals
from freehold.transfer.systems.rows import SystemName
from freehold.transfer.types import Form, ImportPlan, ImportReport, KindName, OnConflict
from freehold.users.recovery.types import NewPasswordReset, PasswordResetCompletion
from freehold.users.rights.types import AdminGrant
from freehold.users.suspension.types import NewSuspension, Suspension
from freehold.users.types import (
    NewUser,
    OwnUserWithOrganizations,
    PasswordChange,
    User,
    UserPatch,
    UserWithOrganizations,
)
from freehold.users.undoing.types import EmailUndo
from freehold.users.verification.types import EmailVerification, PasswordNeeded
from freehold.webhooks.types import (
    IssuedWebhookEndpoint,
    NewReplay,
    NewWebhookEndpoint,
    Replay,
    SecretRotation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointPatch,
)


class Users(Group):
    """Operations on users."""

    def create(self, new: NewUser, *, is_admin: bool = False) -> User:
        """Sign up, or create an account for somebody.

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
        return self._working.run(lambda platform: platform.users.create(new, is_admin=is_admin))

    def get(self, user: UserRef, /) -> User:
        """Read a user; an ``OwnUser``, which shows more, when it is the actor themselves or an administrator asks.

        Raises:
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.users.get(user))

    def get_with_organizations(self, user: UserRef, /) -> UserWithOrganizations | OwnUserWithOrganizations:
        """Read a user with their organizations, as far as the actor can see them.

        Raises:
            Forbidden: an API key asks that does not include organization.read.
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.users.get_with_organizations(user))

    def find(self, login: str) -> User:
        """Read the user with this username or e-mail address, in upper or lower case.

        Raises:
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.users.find(login))

    def any_admin(self) -> bool:
        """Say whether any platform administrator exists yet."""
        return self._working.run(lambda platform: platform.users.any_admin())

    def list(self, request: PageRequest) -> Page[User]:
        """List users, newest first, or as a ``UsersPageRequest`` says.

        Args:
            request: which page; a ``UsersPageRequest`` has filters, too.

        Raises:
            InvalidCursor: the cursor belongs to another list.
            Refused: ``q`` and ``sort`` are both given.
        """
        return self._working.run(lambda platform: platform.users.list(request))

    def update(self, user: UserRef, /, patch: UserPatch, *, version: datetime | None = None) -> User:
        """Update a user. ``version`` is the ``updated_at`` that you read.

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
        return self._working.run(lambda platform: platform.users.update(user, patch, version=version))

    def change_password(self, user: UserRef, /, change: PasswordChange, *, version: datetime | None = None) -> None:
        """Change a password, with the current one as proof. Ends all other sessions of the user and notifies them by mail.

        API keys go on, unless ``change.end_api_keys``: programs need not stop because a person changes their password.

        Raises:
            WrongPassword: ``wrong_password``.
            SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
            Stale: ``stale``.
        """
        self._working.run(lambda platform: platform.users.change_password(user, change, version=version))

    def set_password(self, user: UserRef, /, password: Password, *, keep_api_keys: bool = False) -> None:
        """Set somebody's password as a platform administrator; all their sessions end, and their API keys unless kept.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            Invalid: the password is too weak.
            Missing: ``not_found``.
        """
        self._working.run(lambda platform: platform.users.set_password(user, password, keep_api_keys=keep_api_keys))

    def request_password_reset(self, reset: NewPasswordReset) -> None:
        """Mail a token that sets a new password, if a user has this address. Callers cannot find out whether one does.

        An unknown address takes the same time, because the same statements run; they only store the event. When an address
        has reached its limit of such mails per hour, no mail is sent and the last token keeps working. So nobody can fill
        the mailbox of somebody else, or keep them from setting a new password.

        Raises:
            MailedTooOften: ``mailed_too_often``: only for platform administrators, who can know who has an account.
        """
        self._working.run(lambda platform: platform.users.request_password_reset(reset))

    def send_password_reset(self, user: UserRef, /) -> None:
        """Mail a user a token that sets a new password, as a platform administrator.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            UserSuspended: ``user_suspended``.
            MailedTooOften: ``mailed_too_often``: too many mails to this address in the last hour.
            Missing: ``not_found``.
        """
        self._working.run(lambda platform: platform.users.send_password_reset(user))

    def reset_password(self, completion: PasswordResetCompletion) -> None:
        """Set a new password with the token from the mail, which works once.

        Every session, API key and pending change of the user ends, they get a mail that says so, and their address counts
        as confirmed: whoever made these may be somebody else, who knew the password or had only claimed the address.

        Raises:
            InvalidToken: ``invalid_token``: the token was used, replaced or changed, has expired, or has another purpose.
            Unavailable: too many passwords are being hashed.
        """
        self._working.run(lambda platform: platform.users.reset_password(completion))

    def send_email_verification(self, user: UserRef, /) -> None:
        """Mail the confirmation token again, to the new address of the user if they are changing it. Ends earlier tokens.

        Raises:
            EmailVerified: ``email_verified``: no address waits for confirmation.
            UserSuspended: ``user_suspended``: a platform administrator asks for somebody who is suspended.
            MailedTooOften: ``mailed_too_often``: too many mails to this address in the last hour.
            Missing: ``not_found``.
        """
        self._working.run(lambda platform: platform.users.send_email_verification(user))

    def verify_email(self, verification: EmailVerification) -> PasswordNeeded | None:
        """Confirm an e-mail address with the token that was mailed there, which works once.

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
        return self._working.run(lambda platform: platform.users.verify_email(verification))

    def undo_email_change(self, undo: EmailUndo) -> None:
        """Take back a change of address; works once, and ends every later change with it.

        Every session and API key of the user ends. Without a new password in the request, a mail with a link to set one
        goes to the address. The same token again, within 30 days, changes nothing and is answered as done.

        Raises:
            InvalidToken: ``invalid_token``: it was altered, has expired, is for something else, or was used
                with another password.
            SignInDelayed: ``sign_in_delayed``: it was used, and too many passwords have been tried with it since.
            EmailTaken: ``email_taken``: somebody else has the address by now.
            Unavailable: too many passwords are being hashed.
        """
        self._working.run(lambda platform: platform.users.undo_email_change(undo))

    def mark_verified(self, user: UserRef, /) -> User:
        """Mark the e-mail address of a user as confirmed, as a platform administrator.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.users.mark_verified(user))

    def suspend(self, user: UserRef, /, new: NewSuspension | None = None) -> Suspension:
        """Suspend a user: at once they can do nothing, and nothing lets them in. Their memberships stay.

        Their sessions, API keys, mailed tokens and pending changes end. Until they are resumed, they cannot sign in, set a
        new password by mail or accept invitations, and those that they sent do not work. To change the reason, suspend
        them again.

        Args:
            subject: whom.
            new: why; only platform administrators see it, and the audit log does not have it.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator, or suspends themselves.
            LastAdministrator: ``last_administrator``: nobody else could administer the platform.
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.users.suspend(user, new))

    def resume(self, user: UserRef, /) -> User:
        """Let a suspended user sign in again, with the password and the memberships that they had.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            NotSuspended: ``not_suspended``: the user is active.
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.users.resume(user))

    def get_suspension(self, user: UserRef, /) -> Suspension:
        """Read since when a user is suspended, and why.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            NotSuspended: ``not_suspended``: the user is active.
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.users.get_suspension(user))

    def grant_admin(self, user: UserRef, /, grant: AdminGrant | None = None) -> User:
        """Make a user a platform administrator, who can do everything. Takes effect with their next request.

        Args:
            subject: whom.
            grant: the password of whoever asks, if their session did not give it lately.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            Missing: ``not_found``.
            FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
            WrongPassword: ``wrong_password``.
        """
        return self._working.run(lambda platform: platform.users.grant_admin(user, grant))

    def revoke_admin(self, user: UserRef, /) -> User:
        """Take the rights of a platform administrator from a user, or from yourself. Takes effect with their next request.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            LastAdministrator: ``last_administrator``: nobody else could administer the platform.
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.users.revoke_admin(user))

    def export(self, user: UserRef, /) -> Iterator[bytes]:
        """Read everything stored about a user, as parts of one JSON document (see ``PersonalData``), without secrets.

        ``private_metadata`` is in it when a platform administrator asks.

        The rows are read as you take the parts, so memory stays flat for any size, and a slow reader holds no connection.
        Changes made while you read may or may not be included.

        Raises:
            Missing: ``not_found``.
            Forbidden: the user is somebody else, and the actor is not a platform administrator.
        """
        return self._working.iterate(lambda platform: platform.users.export(user))

    def delete(self, user: UserRef, /, *, version: datetime | None = None, current_password: str | None = None) -> None:
        """Remove a user and everything stored about them. Only audit events stay, which know the user by id.

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
        self._working.run(
            lambda platform: platform.users.delete(user, version=version, current_password=current_password)
        )


class Sessions(Group):
    """Sign in and out."""

    def create(self, new: NewSession) -> SignedIn:
        """Sign in with a username or an e-mail address.

        An unknown login takes as long as a wrong password and gets the same answer. Somebody whose account has no password,
        as after an import of hashes that Freehold cannot check, is mailed a token that sets one.

        Raises:
            WrongCredentials: ``wrong_credentials``.
            SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
            AccountSuspended: ``account_suspended``: told only with the right password.
            EmailUnverified: ``email_unverified``: the platform requires a confirmed address; the mail is sent again.
            Unavailable: too many people are signing in.
        """
        return self._working.run(lambda platform: platform.sessions.create(new))

    def refresh(self, refresh: SessionRefresh) -> Session:
        """Give the password to the session that asks: for some minutes it may do what a session alone may not.

        Raises:
            Missing: ``not_found``: the actor has no session.
            WrongPassword: ``wrong_password``.
            SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
            Unauthenticated: the session was ended meanwhile.
        """
        return self._working.run(lambda platform: platform.sessions.refresh(refresh))

    def impersonate(self, user: UserRef, /, new: NewImpersonation, *, admin_id: UUID | None = None) -> Impersonation:
        """Act for a user, for up to 60 minutes: with the token you are them, but for what takes their password.

        Every answer to the token has ``X-Acting-For`` over HTTP, and every audit event of the session names the user and
        the administrator. It ends at once when the administrator is suspended or no longer one, and when the user becomes
        one. The user sees the session in their list, and the event with the reason in the data that they export.

        Args:
            subject: for whom; never another platform administrator.
            new: why, and for how long.
            admin_id: who acts, where the operator begins it for an administrator; others act themselves.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator or is an API key, or the user is one.
            FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
            WrongPassword: ``wrong_password``.
            UserSuspended: ``user_suspended``.
            Invalid: the operator names no active platform administrator.
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.sessions.impersonate(user, new, admin_id=admin_id))

    def correct_email(self, correction: EmailCorrection) -> None:
        """Correct an address that was mistyped at sign-up, with the credentials of the account, before it is confirmed.

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
        self._working.run(lambda platform: platform.sessions.correct_email(correction))

    def list(self, request: PageRequest) -> Page[Session]:
        """List the sessions of the actor, newest first.

        Raises:
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.sessions.list(request))

    def list_of_user(self, user: UserRef, /, request: PageRequest) -> Page[Session]:
        """List the sessions of a user, newest first. For the user and for platform administrators.

        Raises:
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.sessions.list_of_user(user, request))

    def end(self, session: UUID | Literal["current"]) -> None:
        """End a session of the actor. ``current`` signs out.

        Raises:
            Missing: ``not_found``: the actor does not have this session.
        """
        self._working.run(lambda platform: platform.sessions.end(session))

    def end_of_user(self, user: UserRef, /, session_id: UUID) -> None:
        """End a session of a user. For the user and for platform administrators.

        Raises:
            Missing: ``not_found``: the user does not have this session.
        """
        self._working.run(lambda platform: platform.sessions.end_of_user(user, session_id))

    def end_others(self, user: UserRef, /) -> None:
        """End all sessions of a user except the current one, or every session if a platform administrator asks."""
        self._working.run(lambda platform: platform.sessions.end_others(user))


class Members(Group):
    """Operations on the members of an organization."""

    def list(self, organization: OrganizationRef, /, request: PageRequest) -> Page[Member]:
        """List the members of an organization, in the order in which they joined, or as a ``MembersPageRequest`` says.

        Raises:
            Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.members.list(organization, request))

    def get(self, organization: OrganizationRef, /, user: UserRef) -> Member:
        """Read a member of an organization.

        Raises:
            Missing: ``not_found``: the organization does not exist, the actor cannot see it, or the user is not a member.
        """
        return self._working.run(lambda platform: platform.organizations.members.get(organization, user))

    def put(
        self, organization: OrganizationRef, /, user_id: UUID, new: NewRole, *, version: datetime | None = None
    ) -> Member:
        """Add a member, or change the role of one. ``version`` is the ``updated_at`` of the organization.

        You can add people who share another organization with you (setting ``direct_adding``). Invite everybody else.
        Platform administrators can add anyone.

        Raises:
            NoSuchUser: ``no_such_user``: no user has this id, or the actor shares no organization with them.
            InvitationNeeded: ``invitation_needed``: nobody is added without an invitation here.
            OwnerMustStay: ``owner_must_stay``: the role of the owner cannot be changed.
            UnknownRole: ``unknown_role``: the role does not exist.
            Forbidden: the actor can add members but not change them, or lacks actions of the role or of the member.
            Stale: ``stale``.
        """
        return self._working.run(
            lambda platform: platform.organizations.members.put(organization, user_id, new, version=version)
        )

    def remove(
        self, organization: OrganizationRef, /, user_id: UUID, *, version: datetime | None = None
    ) -> LeftBehind | None:
        """Remove a member. ``version`` is the ``updated_at`` of the organization. They get a mail.

        Returns:
            What they leave behind, as far as the actor may read it; None for nothing.

        Raises:
            OwnerMustStay: ``owner_must_stay``.
            Missing: ``not_found``: the user is not a member.
            Forbidden: the member has actions that the actor lacks.
            Stale: ``stale``.
        """
        return self._working.run(
            lambda platform: platform.organizations.members.remove(organization, user_id, version=version)
        )

    def leave(self, organization: OrganizationRef, /, *, version: datetime | None = None) -> LeftBehind | None:
        """Leave an organization. The owner must hand it over first.

        Returns:
            What the actor leaves behind, as far as they might read it; None for nothing.

        Raises:
            OwnerMustStay: ``owner_must_stay``.
            Forbidden: the actor is a limited API key.
            Stale: ``stale``.
        """
        return self._working.run(lambda platform: platform.organizations.members.leave(organization, version=version))


class Invitations(Group):
    """Operations on the invitations to an organization."""

    def list(self, organization: OrganizationRef, /, request: PageRequest) -> Page[Invitation]:
        """List the open and expired invitations of an organization, newest first; with a ``status``, those that have it.

        An ``InvitationsPageRequest`` has a ``status`` and a ``sort``. With ``all``, you get all that are kept: those that
        are open, and those that ended in the last 90 days.

        Raises:
            Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.invitations.list(organization, request))

    def get(self, organization: OrganizationRef, /, invitation_id: UUID) -> Invitation:
        """Read an invitation: an open one, or one that ended in the last 90 days.

        Raises:
            NoSuchInvitation: ``no_such_invitation``.
        """
        return self._working.run(lambda platform: platform.organizations.invitations.get(organization, invitation_id))

    def create(self, organization: OrganizationRef, /, new: NewInvitation) -> Invitation:
        """Invite somebody to an organization by mail, with or without an account.

        Raises:
            UnknownRole: ``unknown_role``: the role does not exist.
            Forbidden: the role includes actions that the actor lacks.
            AlreadyMember: ``already_member``: a member has this address.
            AlreadyInvited: ``already_invited``.
            TooManyInvitations: ``too_many_invitations``: the organization has too many open ones.
            EmailUnverified: ``email_unverified``: the actor must confirm their own address first.
            MailedTooOften: ``mailed_too_often``: too many invitations to this address in the last hour.
            SentTooMany: ``sent_too_many``: the actor has sent too many in the last hour.
        """
        return self._working.run(lambda platform: platform.organizations.invitations.create(organization, new))

    def resend(self, organization: OrganizationRef, /, invitation_id: UUID) -> Invitation:
        """Send an invitation again, with a new token and a new expiry. The old token stops working.

        It is the actor's from now on: it works for as long as they could send it, whatever becomes of who sent it before.

        Raises:
            NoSuchInvitation: ``no_such_invitation``.
            InvitationEnded: ``invitation_ended``: it was accepted, declined or revoked, or replaced.
            RoleGone: ``role_gone``.
            Forbidden: the role includes actions that the actor lacks.
            EmailUnverified: ``email_unverified``: the actor must confirm their own address first.
            MailedTooOften: ``mailed_too_often``: too many invitations to this address in the last hour.
            SentTooMany: ``sent_too_many``: the actor has sent too many in the last hour.
        """
        return self._working.run(
            lambda platform: platform.organizations.invitations.resend(organization, invitation_id)
        )

    def revoke(self, organization: OrganizationRef, /, invitation_id: UUID) -> None:
        """Revoke an invitation, so that its token no longer works.

        Raises:
            NoSuchInvitation: ``no_such_invitation``.
            InvitationEnded: ``invitation_ended``: it was accepted, declined or revoked before, or replaced.
        """
        self._working.run(lambda platform: platform.organizations.invitations.revoke(organization, invitation_id))

    def create_many(self, organization: OrganizationRef, /, new: NewInvitations) -> InvitationResults:
        """Invite up to 100 people at once. Each is answered for themselves, with the code that ``create`` would raise.

        Raises:
            EmailUnverified: ``email_unverified``: the actor must confirm their own address first.
        """
        return self._working.run(lambda platform: platform.organizations.invitations.create_many(organization, new))

    def preview(self, invitation: InvitationToken) -> ReceivedInvitation:
        """Look at an invitation with the token that was mailed, before you answer it.

        Raises:
            InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
        """
        return self._working.run(lambda platform: platform.organizations.invitations.preview(invitation))

    def list_of_user(self, user: UserRef, /, request: PageRequest) -> Page[ReceivedInvitation]:
        """List the open invitations to the address that a user has confirmed, newest first.

        Raises:
            Missing: ``not_found``: the user does not exist, or the actor cannot see them.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.invitations.list_of_user(user, request))

    def decline_of_user(self, user: UserRef, /, invitation_id: UUID) -> None:
        """Decline an invitation to the address that a user has confirmed, by its id.

        Raises:
            NoSuchInvitation: ``no_such_invitation``.
        """
        self._working.run(lambda platform: platform.organizations.invitations.decline_of_user(user, invitation_id))

    def decline(self, invitation: InvitationToken) -> None:
        """Decline an invitation with the token that was mailed. A second time is answered as the first.

        Raises:
            InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
        """
        self._working.run(lambda platform: platform.organizations.invitations.decline(invitation))

    def accept(self, acceptance: InvitationAcceptance) -> Membership:
        """Accept an invitation and join the organization. Works once.

        The same token from the same person again gives the membership that they have, as an ``EarlierMembership``.

        Raises:
            InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
            InvitationForAnother: ``invitation_for_another``: the invitation was sent to another address.
            EmailUnverified: ``email_unverified``: the actor has not confirmed the invited address yet.
            AccountSuspended: ``account_suspended``: the actor was suspended meanwhile.
            AlreadyMember: ``already_member``.
            RoleGone: ``role_gone``: the role no longer exists.
            InviterLacksRight: ``inviter_lacks_right``: whoever sent it could not send it now.
            NotWhileActing: ``not_while_acting``: an administrator acts for the user, and cannot consent for them.
        """
        return self._working.run(lambda platform: platform.organizations.invitations.accept(acceptance))


class OwnerOffers(Group):
    """Operations on the offer of an organization's ownership to a member."""

    def create(self, organization: OrganizationRef, /, new: NewOwner) -> OwnerOffer:
        """Offer the ownership to a member, who can accept it within 7 days. An earlier offer ends. They get a mail.

        Raises:
            NewOwnerIsNoMember: ``new_owner_is_no_member``.
            AlreadyOwner: ``already_owner``.
            UserSuspended: ``user_suspended``: they can answer nothing until a platform administrator resumes them.
            MailedTooOften: ``mailed_too_often``: too many offers to this person in the last hour.
        """
        return self._working.run(lambda platform: platform.organizations.owner_offers.create(organization, new))

    def get(self, organization: OrganizationRef, /) -> OwnerOffer:
        """Read the open offer of an organization's ownership, for whoever can hand it over and for whom it is made to.

        Raises:
            NoSuchOwnerOffer: ``no_such_owner_offer``.
        """
        return self._working.run(lambda platform: platform.organizations.owner_offers.get(organization))

    def withdraw(self, organization: OrganizationRef, /) -> None:
        """Withdraw the offer of an organization's ownership.

        Raises:
            NoSuchOwnerOffer: ``no_such_owner_offer``.
        """
        self._working.run(lambda platform: platform.organizations.owner_offers.withdraw(organization))

    def accept(self, organization: OrganizationRef, /) -> Organization:
        """Accept the ownership of an organization. The previous owner becomes an admin.

        Raises:
            NoSuchOwnerOffer: ``no_such_owner_offer``.
            OwnerOfferVoid: ``owner_offer_void``: whoever offered it could not hand the organization over now.
            Forbidden: the actor is an API key.
            NotWhileActing: ``not_while_acting``: an administrator acts for the user, and cannot consent for them.
            AccountSuspended: ``account_suspended``: the actor was suspended meanwhile.
        """
        return self._working.run(lambda platform: platform.organizations.owner_offers.accept(organization))

    def decline(self, organization: OrganizationRef, /) -> None:
        """Decline the ownership of an organization.

        Raises:
            NoSuchOwnerOffer: ``no_such_owner_offer``.
            Forbidden: the actor is an API key.
        """
        self._working.run(lambda platform: platform.organizations.owner_offers.decline(organization))


class Roles(Group):
    """Operations on the roles of an organization."""

    def list(self, organization: OrganizationRef, /, request: PageRequest) -> Page[RoleEntry]:
        """List the roles of an organization: built-in roles first, then custom roles by name.

        Raises:
            Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.roles.list(organization, request))

    def get(self, organization: OrganizationRef, /, role: RoleRef) -> CustomRole | RoleEntry:
        """Read a role.

        Raises:
            NoSuchRole: ``no_such_role``.
        """
        return self._working.run(lambda platform: platform.organizations.roles.get(organization, role))

    def create(self, organization: OrganizationRef, /, new: NewCustomRole) -> CustomRole:
        """Create a role from actions that the actor has.

        Raises:
            UnknownAction: ``unknown_action``.
            Forbidden: the actor lacks some of the actions, or only the owner can give one of them.
            RoleTaken: ``role_taken``.
            TooManyRoles: ``too_many_roles``.
        """
        return self._working.run(lambda platform: platform.organizations.roles.create(organization, new))

    def update(
        self, organization: OrganizationRef, /, role: RoleRef, patch: RolePatch, *, version: datetime | None = None
    ) -> CustomRole:
        """Update a role for everybody who has it. ``version`` is the ``updated_at`` that you read.

        Raises:
            NoSuchRole: ``no_such_role``.
            BuiltInRole: ``built_in_role``.
            UnknownAction: ``unknown_action``.
            Forbidden: the role has, or would have, actions that the actor lacks.
            RoleTaken: ``role_taken``.
            Stale: ``stale``.
        """
        return self._working.run(
            lambda platform: platform.organizations.roles.update(organization, role, patch, version=version)
        )

    def delete(self, organization: OrganizationRef, /, role: RoleRef, *, version: datetime | None = None) -> None:
        """Delete a role that no member has.

        Raises:
            NoSuchRole: ``no_such_role``.
            BuiltInRole: ``built_in_role``.
            RoleInUse: ``role_in_use``.
            StillReferenced: ``still_referenced``: rows of your own tables refer to it.
            Forbidden: the role has actions that the actor lacks.
            Stale: ``stale``.
        """
        self._working.run(lambda platform: platform.organizations.roles.delete(organization, role, version=version))


class Audit(Group):
    """Operations on the audit log."""

    def record(
        self,
        action: str,
        target_id: UUID | None = None,
        *,
        organization: OrganizationRef | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Write an event of your own to the audit log, in the same chain of hashes as Freehold's.

        Pass your connection to ``within``, and the event is stored with your change or not at all. Call it last: until the
        transaction ends, whoever else changes something in this organization waits::

            with platform.in_organization("acme") as connection:
                connection.execute("UPDATE invoices SET sent_at = now() WHERE id = $1", invoice_id)
                platform.within(connection).audit.record("invoice.sent", invoice_id, organization="acme")

        Args:
            action: a noun and a verb of your own, such as ``invoice.sent``: lower-case letters and underscores, at most 32
                and 31. Nouns of Freehold's own actions are refused, so that no event can be mistaken for one of its own.
            target_id: what it is done to.
            organization: whose log it belongs to, by id or slug. The actor must be able to see it. None for what concerns
                the actor's account alone, or the platform.
            details: what else a reader needs, at most 8 KiB as JSON. Never a secret, never personal data: an event cannot
                be erased.

        Raises:
            Unauthenticated: ``unauthenticated``: nobody is signed in.
            Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
            Forbidden: ``forbidden``: an API key asks that is not for ``organization.read``, or names no organization.
            Invalid: the action or the details are not valid.
        """
        self._working.run(
            lambda platform: platform.audit.record(action, target_id, organization=organization, details=details)
        )

    def list_of_organization(self, organization: OrganizationRef, /, request: AuditPageRequest) -> Page[AuditEvent]:
        """List the audit events of an organization, newest first.

        Raises:
            Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
            Forbidden: ``forbidden``: the role of the actor lacks ``audit.read``.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.audit.list_of_organization(organization, request))

    def list_of_accounts(self, request: AccountAuditPageRequest) -> Page[AuditEvent]:
        """List the audit events of accounts, outside organizations, newest first.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.audit.list_of_accounts(request))

    def verify(
        self, *, chain_id: UUID | None = None, expected: Sequence[AuditHead] = (), progress: Progress | None = None
    ) -> AuditReport:
        """Check every event, or those of one chain, and report each that was changed, moved, removed or inserted.

        It reads one snapshot of the log, a thousand events at a time. Others can keep writing.

        Args:
            chain_id: an organization's or a user's id; None for all.
            expected: heads that you stored elsewhere. Without them, somebody who can write to the database could rewrite a
                chain from any event to its end. With them, only events after the newest head can be rewritten.
            progress: called with the progress.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
        """
        return self._working.run(
            lambda platform: platform.audit.verify(chain_id=chain_id, expected=expected, progress=progress)
        )

    def heads(self, *, chain_id: UUID | None = None) -> list[AuditHead]:
        """Return the end of each chain. Store it elsewhere, and give it to ``verify`` later.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
        """
        return self._working.run(lambda platform: platform.audit.heads(chain_id=chain_id))

    def export(
        self, write: Callable[[bytes], object], *, chain_id: UUID | None = None, progress: Progress | None = None
    ) -> int:
        """Write every event, or those of one chain, as lines of JSON, with everything an outsider needs to check them.

        Args:
            write: called with each line, including its line end.
            chain_id: an organization's or a user's id; None for all.
            progress: called with the progress.

        Returns:
            How many events were written.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
        """
        return self._working.run(lambda platform: platform.audit.export(write, chain_id=chain_id, progress=progress))

    def read_events(self, request: EventsRequest) -> list[AuditEvent]:
        """Read events of the whole platform after a position, the oldest first.

        Repeat it with the id of the last event as ``after``: you get every event once, without gaps, also when transactions
        end in another order than they began. An event appears when no transaction is open that began to write before it;
        one that runs for long, such as an import, delays what is written meanwhile.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            Invalid: the log has no event with the id ``after``, such as after a backup was restored.
        """
        return self._working.run(lambda platform: platform.audit.read_events(request))

    def read_events_of_organization(self, organization: OrganizationRef, /, request: EventsRequest) -> list[AuditEvent]:
        """Read events of an organization after a position, the oldest first, at once when they are stored.

        Repeat it with the id of the last event as ``after``: you get every event once, in the order of ``sequence``.

        Raises:
            Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
            Forbidden: ``forbidden``: the role of the actor lacks ``audit.read``.
            Invalid: the organization's log has no event with the id ``after``.
        """
        return self._working.run(lambda platform: platform.audit.read_events_of_organization(organization, request))


class OrganizationApiKeys(Group):
    """Operations on the API keys of an organization (service accounts)."""

    def list(self, organization: OrganizationRef, /, request: PageRequest) -> Page[ApiKey]:
        """List the API keys of an organization, newest first, including recently expired ones.

        Raises:
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.api_keys.list(organization, request))

    def get(self, organization: OrganizationRef, /, key_id: UUID) -> ApiKey:
        """Read an API key of an organization, without the key itself.

        Raises:
            NoSuchApiKey: ``no_such_api_key``.
        """
        return self._working.run(lambda platform: platform.organizations.api_keys.get(organization, key_id))

    def create(self, organization: OrganizationRef, /, new: NewApiKey) -> IssuedApiKey:
        """Create an API key that belongs to the organization. It can only act there, with exactly its actions.

        Without ``actions``, it gets the actions of a plain member, as far as the actor has them.

        Raises:
            BeyondKeys: ``beyond_api_keys``: an API key cannot have these actions.
            UnknownAction: ``unknown_action``.
            Forbidden: the actor lacks some of the actions, or only the owner can give one of them.
            Invalid: a project is not in the organization.
            FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
            WrongPassword: ``wrong_password``.
            TooManyApiKeys: ``too_many_api_keys``: the organization already has 1,000 active keys.
        """
        return self._working.run(lambda platform: platform.organizations.api_keys.create(organization, new))

    def rotate(self, organization: OrganizationRef, /, key_id: UUID, rotation: KeyRotation) -> IssuedApiKey:
        """Replace an API key with a new one that has the same limits and expiry. The old key works until the overlap ends.

        Raises:
            NoSuchApiKey: ``no_such_api_key``.
            ApiKeyExpired: ``api_key_expired``.
            FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
            WrongPassword: ``wrong_password``.
            TooManyApiKeys: ``too_many_api_keys``: the old key counts until its overlap ends.
            Forbidden: the key has actions that the actor lacks.
        """
        return self._working.run(
            lambda platform: platform.organizations.api_keys.rotate(organization, key_id, rotation)
        )

    def delete(self, organization: OrganizationRef, /, key_id: UUID) -> None:
        """Revoke an API key of an organization, even one that can do more than the actor.

        Raises:
            NoSuchApiKey: ``no_such_api_key``.
        """
        self._working.run(lambda platform: platform.organizations.api_keys.delete(organization, key_id))


class ApiKeys(Group):
    """Operations on the API keys of a user."""

    def list(self, user: UserRef, /, request: PageRequest) -> Page[ApiKey]:
        """List the API keys of a user, newest first, including recently expired ones.

        Raises:
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.api_keys.list(user, request))

    def get(self, user: UserRef, /, key_id: UUID) -> ApiKey:
        """Read an API key of a user, without the key itself.

        Raises:
            NoSuchApiKey: ``no_such_api_key``.
        """
        return self._working.run(lambda platform: platform.api_keys.get(user, key_id))

    def create(self, user: UserRef, /, new: NewApiKey) -> IssuedApiKey:
        """Create an API key that acts as the user. It can never do more than the user.

        Raises:
            BeyondKeys: ``beyond_api_keys``: an API key cannot have these actions.
            UnknownAction: ``unknown_action``.
            Forbidden: the user has some of the actions in no organization.
            Invalid: a project is not in the user's organizations.
            FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
            WrongPassword: ``wrong_password``.
            TooManyApiKeys: ``too_many_api_keys``: the user already has 1,000 active keys.
        """
        return self._working.run(lambda platform: platform.api_keys.create(user, new))

    def rotate(self, user: UserRef, /, key_id: UUID, rotation: KeyRotation) -> IssuedApiKey:
        """Replace an API key with a new one that has the same limits and expiry. The old key works until the overlap ends.

        Raises:
            NoSuchApiKey: ``no_such_api_key``.
            ApiKeyExpired: ``api_key_expired``.
            FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
            WrongPassword: ``wrong_password``.
            TooManyApiKeys: ``too_many_api_keys``: the old key counts until its overlap ends.
        """
        return self._working.run(lambda platform: platform.api_keys.rotate(user, key_id, rotation))

    def delete(self, user: UserRef, /, key_id: UUID) -> None:
        """Revoke an API key of a user.

        Raises:
            NoSuchApiKey: ``no_such_api_key``.
        """
        self._working.run(lambda platform: platform.api_keys.delete(user, key_id))


class OrganizationWebhooks(Group):
    """Operations on the webhook endpoints of an organization."""

    def list(self, organization: OrganizationRef, /, request: PageRequest) -> Page[WebhookEndpoint]:
        """List the endpoints of an organization, newest first.

        Raises:
            Invalid: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.webhooks.list(organization, request))

    def get(self, organization: OrganizationRef, /, endpoint_id: UUID) -> WebhookEndpoint:
        """Read an endpoint of an organization, without its secret.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        """
        return self._working.run(lambda platform: platform.organizations.webhooks.get(organization, endpoint_id))

    def create(self, organization: OrganizationRef, /, new: NewWebhookEndpoint) -> IssuedWebhookEndpoint:
        """Create an endpoint that hears of what happens in the organization. Its secret is shown only this once.

        Raises:
            WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
            UnknownEvent: ``unknown_event``.
            TooManyWebhookEndpoints: ``too_many_webhook_endpoints``: the organization already has 50.
            Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        """
        return self._working.run(lambda platform: platform.organizations.webhooks.create(organization, new))

    def update(
        self,
        organization: OrganizationRef,
        /,
        endpoint_id: UUID,
        patch: WebhookEndpointPatch,
        *,
        version: datetime | None = None,
    ) -> WebhookEndpoint:
        """Update an endpoint of an organization. ``version`` is the ``updated_at`` that you read.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
            UnknownEvent: ``unknown_event``.
            Forbidden: the actor may not read the audit log, which is what an endpoint receives.
            Stale: ``stale``.
        """
        return self._working.run(
            lambda platform: platform.organizations.webhooks.update(organization, endpoint_id, patch, version=version)
        )

    def rotate_secret(
        self, organization: OrganizationRef, /, endpoint_id: UUID, rotation: SecretRotation
    ) -> IssuedWebhookEndpoint:
        """Give an endpoint of an organization a new secret, shown only this once. Both sign until the overlap ends.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        """
        return self._working.run(
            lambda platform: platform.organizations.webhooks.rotate_secret(organization, endpoint_id, rotation)
        )

    def delete(self, organization: OrganizationRef, /, endpoint_id: UUID, *, version: datetime | None = None) -> None:
        """Delete an endpoint of an organization, with what waits for it.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            Stale: ``stale``.
        """
        self._working.run(
            lambda platform: platform.organizations.webhooks.delete(organization, endpoint_id, version=version)
        )

    def list_deliveries(
        self, organization: OrganizationRef, /, endpoint_id: UUID, request: PageRequest
    ) -> Page[WebhookDelivery]:
        """List what was sent to an endpoint of an organization and what waits, newest first.

        A ``DeliveriesPageRequest`` has a ``state``.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            Forbidden: the actor may not read the audit log, which is what an endpoint receives.
            Invalid: the cursor belongs to another list.
        """
        return self._working.run(
            lambda platform: platform.organizations.webhooks.list_deliveries(organization, endpoint_id, request)
        )

    def get_delivery(self, organization: OrganizationRef, /, endpoint_id: UUID, delivery_id: UUID) -> WebhookDelivery:
        """Read a delivery to an endpoint of an organization: what was sent, and what was answered.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            NoSuchDelivery: ``no_such_delivery``.
            Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        """
        return self._working.run(
            lambda platform: platform.organizations.webhooks.get_delivery(organization, endpoint_id, delivery_id)
        )

    def replay(self, organization: OrganizationRef, /, endpoint_id: UUID, new: NewReplay) -> Replay:
        """Send all events of the organization in a span of time to an endpoint again: at most 10,000.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
            ReplayTooLong: ``replay_too_long``.
            Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        """
        return self._working.run(
            lambda platform: platform.organizations.webhooks.replay(organization, endpoint_id, new)
        )

    def replay_delivery(self, organization: OrganizationRef, /, endpoint_id: UUID, delivery_id: UUID) -> Replay:
        """Send what one delivery has sent to an endpoint of an organization again.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            NoSuchDelivery: ``no_such_delivery``.
            WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
            Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        """
        return self._working.run(
            lambda platform: platform.organizations.webhooks.replay_delivery(organization, endpoint_id, delivery_id)
        )


class Webhooks(Group):
    """Operations on the webhook endpoints of the platform, for platform administrators."""

    def list(self, request: PageRequest) -> Page[WebhookEndpoint]:
        """List the endpoints of the platform, newest first.

        Raises:
            Invalid: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.webhooks.list(request))

    def get(self, endpoint_id: UUID) -> WebhookEndpoint:
        """Read an endpoint of the platform, without its secret.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        """
        return self._working.run(lambda platform: platform.webhooks.get(endpoint_id))

    def create(self, new: NewWebhookEndpoint) -> IssuedWebhookEndpoint:
        """Create an endpoint of the platform, which hears of what happens anywhere. Its secret is shown only this once.

        Raises:
            WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
            UnknownEvent: ``unknown_event``.
            TooManyWebhookEndpoints: ``too_many_webhook_endpoints``: the platform already has 50.
        """
        return self._working.run(lambda platform: platform.webhooks.create(new))

    def update(
        self, endpoint_id: UUID, patch: WebhookEndpointPatch, *, version: datetime | None = None
    ) -> WebhookEndpoint:
        """Update an endpoint of the platform. ``version`` is the ``updated_at`` that you read.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
            UnknownEvent: ``unknown_event``.
            Stale: ``stale``.
        """
        return self._working.run(lambda platform: platform.webhooks.update(endpoint_id, patch, version=version))

    def rotate_secret(self, endpoint_id: UUID, rotation: SecretRotation) -> IssuedWebhookEndpoint:
        """Give an endpoint of the platform a new secret, shown only this once. Both sign until the overlap ends.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        """
        return self._working.run(lambda platform: platform.webhooks.rotate_secret(endpoint_id, rotation))

    def delete(self, endpoint_id: UUID, *, version: datetime | None = None) -> None:
        """Delete an endpoint of the platform, with what waits for it.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            Stale: ``stale``.
        """
        self._working.run(lambda platform: platform.webhooks.delete(endpoint_id, version=version))

    def list_deliveries(self, endpoint_id: UUID, request: PageRequest) -> Page[WebhookDelivery]:
        """List what was sent to an endpoint of the platform and what waits, newest first.

        A ``DeliveriesPageRequest`` has a ``state``.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            Invalid: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.webhooks.list_deliveries(endpoint_id, request))

    def get_delivery(self, endpoint_id: UUID, delivery_id: UUID) -> WebhookDelivery:
        """Read a delivery to an endpoint of the platform: what was sent, and what was answered.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            NoSuchDelivery: ``no_such_delivery``.
        """
        return self._working.run(lambda platform: platform.webhooks.get_delivery(endpoint_id, delivery_id))

    def replay(self, endpoint_id: UUID, new: NewReplay) -> Replay:
        """Send all events of a span of time to an endpoint of the platform again: at most 10,000.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
            ReplayTooLong: ``replay_too_long``.
        """
        return self._working.run(lambda platform: platform.webhooks.replay(endpoint_id, new))

    def replay_delivery(self, endpoint_id: UUID, delivery_id: UUID) -> Replay:
        """Send what one delivery has sent to an endpoint of the platform again.

        Raises:
            NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
            NoSuchDelivery: ``no_such_delivery``.
            WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
        """
        return self._working.run(lambda platform: platform.webhooks.replay_delivery(endpoint_id, delivery_id))


class Actions(Group):
    """Actions: Freehold's, and those that applications declared."""

    def declare(self, declaration: ActionDeclaration) -> builtins.list[ActionEntry]:
        """Declare the actions of an application, and return those that it has declared, by name.

        Roles and API keys can have them from then on, in every process. Nothing is written if all is as declared before, or
        if a higher ``revision`` was declared. What is left out stays declared.

        Raises:
            Invalid: an action is named twice.
            ActionTaken: ``action_taken``: another application declared an action for other roles.
            ActionChanged: ``action_changed``: the application itself did, in the same revision.
            TooManyActions: ``too_many_actions``: all applications together can have 100 actions.
        """
        return self._working.run(lambda platform: platform.actions.declare(declaration))

    def list(self, request: PageRequest) -> Page[ActionEntry]:
        """List all actions: Freehold's first, then those that applications declared, by name.

        Raises:
            Unauthenticated: nobody is signed in.
            Invalid: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.actions.list(request))

    def get(self, name: str) -> ActionEntry:
        """Read an action: which built-in roles have it, and which applications declared it.

        Raises:
            Unauthenticated: nobody is signed in.
            NoSuchAction: ``no_such_action``.
        """
        return self._working.run(lambda platform: platform.actions.get(name))

    def delete(self, name: str, *, force: bool = False) -> ActionRemoval:
        """Delete an action that applications declared, and return which custom roles and API keys had it.

        With ``force``, it is deleted even if some have it. It then gives them nothing; if an application declares it again,
        they have it again.

        Raises:
            NoSuchAction: ``no_such_action``.
            BuiltInAction: ``built_in_action``: it is one of Freehold's.
            ActionInUse: ``action_in_use``: naming the custom roles and API keys that have it.
        """
        return self._working.run(lambda platform: platform.actions.delete(name, force=force))


class Organizations(Group):
    """Operations on organizations."""

    def __init__(self, working: Working) -> None:
        super().__init__(working)
        self.members = Members(working)
        self.roles = Roles(working)
        self.invitations = Invitations(working)
        self.owner_offers = OwnerOffers(working)
        self.api_keys = OrganizationApiKeys(working)
        self.webhooks = OrganizationWebhooks(working)

    def create(self, new: NewOrganization, *, owner_id: UUID | None = None) -> Organization:
        """Create an organization that the actor owns, or (for platform administrators) the user ``owner_id``.

        Raises:
            SlugTaken: ``slug_taken``: only if you give a slug.
            Forbidden: ``owner_id`` is somebody else, and the actor is not a platform administrator.
        """
        return self._working.run(lambda platform: platform.organizations.create(new, owner_id=owner_id))

    def check_slug(self, slug: str) -> SlugCheck:
        """Say whether an organization could have a slug, before you create or rename one: somebody else may be faster.

        Args:
            slug: of any text.
        """
        return self._working.run(lambda platform: platform.organizations.check_slug(slug))

    def get(self, organization: OrganizationRef, /) -> Organization:
        """Read an organization.

        Raises:
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.organizations.get(organization))

    def list(self, request: PageRequest) -> Page[Organization]:
        """List all organizations, newest first; with a ``q``, in the order of what begins with it.

        Raises:
            InvalidCursor: the cursor belongs to another list.
            Refused: ``q`` and ``sort`` are both given, or a ``feature``.
        """
        return self._working.run(lambda platform: platform.organizations.list(request))

    def list_of_user(self, user: UserRef, /, request: PageRequest) -> Page[Organization]:
        """List the organizations of a user that the actor can see, newest first unless it is a request that says otherwise.

        Raises:
            Missing: ``not_found``: the user does not exist, or the actor cannot see them.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.list_of_user(user, request))

    def update(
        self, organization: OrganizationRef, /, patch: OrganizationPatch, *, version: datetime | None = None
    ) -> Organization:
        """Update an organization. ``version`` is the ``updated_at`` that you read.

        A slug that it had leads on to the new one for 90 days. Nobody else gets it in that time; the organization can take
        it back. Up to 10 old slugs are kept for it. Metadata is merged into what the organization keeps (RFC 7396).

        Raises:
            SlugTaken: ``slug_taken``.
            TooManyOldSlugs: ``too_many_old_slugs``: 10 old slugs are kept for it, and this is none of them.
            Stale: ``stale``.
            Invalid: with what it keeps already, the metadata is too large.
        """
        return self._working.run(lambda platform: platform.organizations.update(organization, patch, version=version))

    def hand_over(
        self, organization: OrganizationRef, /, new: NewOwner, *, version: datetime | None = None
    ) -> Organization:
        """Make a member the owner without an offer: a platform administrator themselves, the operator any member.

        The previous owner becomes an admin. A member whom the operator made owner can delete their account all the same:
        the organization then goes to somebody else in it.

        Raises:
            ConsentNeeded: ``consent_needed``: offer it instead.
            NewOwnerIsNoMember: ``new_owner_is_no_member``.
            Stale: ``stale``.
        """
        return self._working.run(lambda platform: platform.organizations.hand_over(organization, new, version=version))

    def delete(self, organization: OrganizationRef, /, *, version: datetime | None = None) -> DeletedOrganization:
        """Delete an organization. It is gone for everybody, but its owner can restore it for some time.

        Its slug stays taken until the organization is removed for good.

        Raises:
            Stale: ``stale``.
        """
        return self._working.run(lambda platform: platform.organizations.delete(organization, version=version))

    def restore(self, organization: OrganizationRef, /) -> Organization:
        """Restore a deleted organization with its members, projects and invitations.

        Raises:
            Missing: ``not_found``: it was not deleted, it is too late, or the actor is not allowed to restore it.
        """
        return self._working.run(lambda platform: platform.organizations.restore(organization))

    def purge(self, organization: OrganizationRef, /, *, version: datetime | None = None) -> None:
        """Remove a deleted organization and everything in it for good, without waiting. Frees its slug.

        Raises:
            Missing: ``not_found``: it was not deleted.
            Stale: ``stale``.
            StillReferenced: ``still_referenced``: rows of your own tables refer to it. Names the tables, and how many.
        """
        self._working.run(lambda platform: platform.organizations.purge(organization, version=version))

    def list_deleted(self, request: PageRequest) -> Page[DeletedOrganization]:
        """List all deleted organizations that can be restored, newest first.

        Raises:
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.list_deleted(request))

    def list_deleted_of_user(self, user: UserRef, /, request: PageRequest) -> Page[DeletedOrganization]:
        """List the deleted organizations that a user can restore, newest first.

        Raises:
            Missing: ``not_found``: the user does not exist, or the actor cannot see them.
            Forbidden: somebody else's, or an API key asks that does not include organization.restore.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.organizations.list_deleted_of_user(user, request))

    def explain_access(self, organization: OrganizationRef, /, question: AccessQuestion) -> Access:
        """Show whether a user can do an action in the organization, and why, by the same decision as every operation.

        Everybody can ask about themselves. To ask about others, the actor needs ``member.read``. The answer covers what the
        membership allows. Only platform administrators see who else is a platform administrator.

        Raises:
            Missing: ``not_found``: the actor cannot see this organization.
            NoSuchAction: ``no_such_action``.
            Forbidden: the actor asks about somebody else without ``member.read``.
        """
        return self._working.run(lambda platform: platform.organizations.explain_access(organization, question))


class Projects(Group):
    """Operations on projects."""

    def create(self, organization: OrganizationRef, /, new: NewProject) -> Project:
        """Create a project in an organization.

        Raises:
            Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
            Forbidden: it has ``private_metadata``, and the actor may not change the organization.
        """
        return self._working.run(lambda platform: platform.projects.create(organization, new))

    def get(self, organization: OrganizationRef, /, project_id: UUID) -> Project:
        """Read a project. Anyone can read public projects.

        Raises:
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.projects.get(organization, project_id))

    def list(self, organization: OrganizationRef, /, request: PageRequest) -> Page[Project]:
        """List the projects of an organization, newest first, or as a ``ProjectsPageRequest`` says.

        Without ``project.read``, you see the public ones.

        Raises:
            Missing: ``not_found``: the actor cannot see the organization, or it has no public project.
            Forbidden: the actor is a member without ``project.read``, and no project is public.
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.projects.list(organization, request))

    def update(
        self,
        organization: OrganizationRef,
        /,
        project_id: UUID,
        patch: ProjectPatch,
        *,
        version: datetime | None = None,
    ) -> Project:
        """Update a project. ``version`` is the ``updated_at`` that you read.

        Metadata is merged into what the project keeps (RFC 7396), so that two changes of different keys both stay.

        Raises:
            Missing: ``not_found``.
            Forbidden: ``private_metadata`` changes, and the actor may not change the organization.
            Stale: ``stale``.
            Invalid: with what it keeps already, the metadata is too large.
        """
        return self._working.run(
            lambda platform: platform.projects.update(organization, project_id, patch, version=version)
        )

    def delete(self, organization: OrganizationRef, /, project_id: UUID, *, version: datetime | None = None) -> None:
        """Delete a project.

        Raises:
            Missing: ``not_found``.
            Stale: ``stale``.
            StillReferenced: ``still_referenced``: rows of your own tables refer to it.
        """
        self._working.run(lambda platform: platform.projects.delete(organization, project_id, version=version))


class Tokens(Group):
    """Tokens for other services, and the keys that sign them."""

    def create(self, new: NewServiceToken) -> ServiceToken:
        """Create a token for another service, which verifies it by the public keys without asking Freehold.

        It is valid for 5 minutes, or until the session or API key that asks ends, if that is sooner. Nothing ends it before
        that: see "What revocation means" in the how-to. An API key of an organization gets one for that organization.

        Raises:
            Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
            Renamed: ``renamed``: the organization has another slug now.
            Forbidden: ``forbidden``: the operator asks, who is no user.
            OrganizationNeeded: ``organization_needed``: the API key is limited, and no organization is named.
            NotWhileActing: ``not_while_acting``: an administrator acts for the user.
            TokenTooLarge: ``token_too_large``: name the ``actions`` that the service needs.
            Unauthenticated: ``unauthenticated``: the session or key has ended, or the user was suspended.
        """
        return self._working.run(lambda platform: platform.tokens.create(new))

    def public_keys(self) -> PublicKeys:
        """Read the public keys that verify tokens, as a JWK Set. Anybody can."""
        return self._working.run(lambda platform: platform.tokens.public_keys())

    def list_keys(self) -> SigningKeys:
        """List the signing keys that others verify with now, the newest first, without their private halves.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
        """
        return self._working.run(lambda platform: platform.tokens.list_keys())

    def rotate_key(self, *, at_once: bool = False) -> SigningKeys:
        """Make a new signing key, and return all. It signs in 10 minutes, once others know it; tokens stay valid.

        Freehold does so by itself every 30 days (``FREEHOLD_SIGNING_KEY_DAYS``). If a new key waits already, nothing is
        made.

        Args:
            at_once: for a key that leaked: sign with the new key from now on, and withdraw all others. Services refuse
                the tokens of before as soon as they read the public keys again, within 5 minutes.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            Conflict: ``conflict``: somebody else rotates at this moment, and ``at_once`` was not done.
        """
        return self._working.run(lambda platform: platform.tokens.rotate_key(at_once=at_once))


class Mail(Group):
    """Operations on the outbox, for platform administrators."""

    def get(self, message_id: UUID) -> Message:
        """Read a mail of the outbox. Only the operator sees the tokens in its text.

        Raises:
            Missing: ``not_found``.
        """
        return self._working.run(lambda platform: platform.mail.get(message_id))

    def list(self, request: PageRequest) -> Page[Message]:
        """List the mails of the outbox, newest first. Only the operator sees the tokens in their texts.

        A ``MailPageRequest`` has a ``state``.

        Raises:
            InvalidCursor: the cursor belongs to another list.
        """
        return self._working.run(lambda platform: platform.mail.list(request))


class Transfer(Group):
    """Operations that import and export many rows."""

    def import_file(
        self,
        kind: KindName,
        file: BinaryIO,
        *,
        form: Form = "ndjson",
        plan: ImportPlan | None = None,
        refusals: Refusals | None = None,
        progress: TransferProgress | None = None,
        on_report: Callable[[ImportReport], object] = lambda _: None,
    ) -> ImportReport:
        """Import the rows of a file of any size. Every rule is checked; ids and times are kept.

        Memory stays below 200 MB, for any size of the file and its lines. Either all lines are stored or none, unless the
        plan is partial: then the valid lines are stored, some thousands in each transaction, and an interrupted import of
        the same file continues where it stopped. If it was interrupted after its last line, the report is repeated.

        Args:
            kind: what the file holds.
            file: in UTF-8, plain or compressed with gzip or zstd. From a pipe, a partial import cannot be continued.
            form: the format of the file.
            plan: what to do with existing rows and wrong lines.
            refusals: collects the refused lines; you close it.
            progress: called with the progress.
            on_report: called with the report when everything is stored. A partial import that is interrupted before this
                returns calls it again when it is repeated.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            BadFile: ``bad_file``: the file cannot be read to its end, or has columns that ``kind`` does not have.
            ImportIsRunning: ``import_is_running``.
            Unavailable: ``unavailable``: the database failed. Nothing is stored, or (of a partial import) a part. Also
                where Citus spreads the tables.
        """
        return self._working.run(
            lambda platform: platform.transfer.import_file(
                kind, file, form=form, plan=plan, refusals=refusals, progress=progress, on_report=on_report
            )
        )

    def export_file(
        self,
        kind: KindName,
        write: Callable[[bytes], object],
        *,
        form: Form = "ndjson",
        with_password_hashes: bool = False,
        on_progress: Callable[[int, int], object] = lambda _done, _total: None,
    ) -> int:
        """Export every row as a line, as of one moment and in order of id. The same rows always make the same bytes.

        Deleted organizations are left out, with their members and projects.

        Args:
            kind: what to write.
            write: called with some lines at a time.
            form: the format to write.
            with_password_hashes: include the password hashes of users. Protect such a file like passwords.
            on_progress: called with the number of rows written and the (estimated) total.

        Returns:
            How many rows were written.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            Unavailable: ``unavailable``: the database has failed.
        """
        return self._working.run(
            lambda platform: platform.transfer.export_file(
                kind, write, form=form, with_password_hashes=with_password_hashes, on_progress=on_progress
            )
        )

    def import_system(
        self,
        system: SystemName,
        source_url: str,
        *,
        table: str | None = None,
        on_conflict: OnConflict = "fail",
        dry_run: bool = False,
        refusals: Refusals | None = None,
        progress: TransferProgress | None = None,
    ) -> list[ImportReport]:
        """Import the users of another system with their passwords, and (from better-auth) organizations and members.

        better-auth has organizations if its organization plugin is in use. Everything is stored in one transaction. Rows
        that Freehold cannot store are refused, and the rest are stored.

        Args:
            system: the system that the database belongs to.
            source_url: URL of that database. It is only read, as of one moment.
            table: its table of users, if not the usual one.
            on_conflict: what to do with existing rows.
            dry_run: store everything, then undo it.
            refusals: collects the refused rows; you close it.
            progress: called with the progress.

        Raises:
            Forbidden: ``forbidden``: the actor is not a platform administrator.
            NotThatSystem: ``not_that_system``: the database does not have the tables of the system.
            Unavailable: ``unavailable``: one of the databases cannot be reached, or has failed; nothing is stored.
        """
        return self._working.run(
            lambda platform: platform.transfer.import_system(
                system,
                source_url,
                table=table,
                on_conflict=on_conflict,
                dry_run=dry_run,
                refusals=refusals,
                progress=progress,
            )
        )
