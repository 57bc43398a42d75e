"""Inviting people to an organization, and accepting: once, by whoever has the address that the invitation went to."""

from functools import partial
from typing import Final
from uuid import UUID

import msgspec

from freehold.access import AccountAction, Action, By, Scope, Writes, on_organization, operation
from freehold.audit.recording import record
from freehold.base.errors import InvalidToken
from freehold.base.ids import new_id
from freehold.base.tokens import Kind, new_token, token_hash
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.mail.operations import enqueue
from freehold.mail.restraint import restrain
from freehold.organizations.invitations import queries
from freehold.organizations.invitations.errors import AlreadyInvited, InvitationForAnother, NoSuchInvitation
from freehold.organizations.invitations.types import Invitation, InvitationAcceptance, Membership, NewInvitation
from freehold.organizations.members.errors import AlreadyMember, RoleGone
from freehold.organizations.members.operations import join
from freehold.organizations.roles.assigning import promised_role, role_to_give
from freehold.users import operations as users
from freehold.users.types import NewUser, User
from freehold.users.verification.errors import EmailUnverified

_SECONDS_A_DAY = 86_400
_SIGN_UP_TOKEN: Final = "/invitation_token"  # noqa: S105 - where it stands in what is sent


@on_organization(Action.INVITATION_READ)
async def list_all(scope: Scope, request: PageRequest) -> Page[Invitation]:
    """List the invitations that nobody has accepted, newest first; also those that have expired.

    Raises:
        Missing: ``not_found``: there is no such organization to see.
        Invalid: the cursor is not of this list.
    """
    return await page_by_id(
        scope.context.tools.cursors,
        request,
        listing=f"invitations:{scope.organization_id}",
        page=partial(queries.page, scope.db, organization_id=scope.organization_id),
        count=partial(queries.count_all, scope.db, organization_id=scope.organization_id),
    )


@on_organization(Action.INVITATION_READ)
async def get(scope: Scope, invitation_id: UUID) -> Invitation:
    """Read an invitation.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
    """
    found = await queries.by_id(scope.db, organization_id=scope.organization_id, id=invitation_id)
    if found is None:
        raise NoSuchInvitation
    return found


@on_organization(Action.INVITATION_CREATE, writes=Writes.TRANSACTION)
async def create(scope: Scope, new: NewInvitation) -> Invitation:
    """Invite somebody by mail, who need not have an account.

    Raises:
        UnknownRole: ``unknown_role``: the organization has no such role.
        Forbidden: the role includes actions that the actor lacks.
        AlreadyMember: ``already_member``: a member has this address, perhaps the actor.
        AlreadyInvited: ``already_invited``.
        MailedTooOften: ``mailed_too_often``: to this address within the hour, whoever invited.
    """
    role = await role_to_give(scope, new.role)
    if await queries.is_member(scope.db, organization_id=scope.organization_id, email=new.email):
        raise AlreadyMember
    token = new_token(Kind.INVITATION)
    made = await queries.insert(
        scope.db,
        organization_id=scope.organization_id,
        id=new_id(),
        email=new.email,
        role=role.name,
        role_id=role.id,
        token_hash=token.hash,
        invited_by=scope.context.actor_id,
        lifetime_seconds=_lifetime_seconds(scope.context),
    )
    if made is None:
        raise AlreadyInvited
    await _send(scope, made, token.token)
    return made


@on_organization(Action.INVITATION_CREATE, writes=Writes.TRANSACTION)
async def resend(scope: Scope, invitation_id: UUID) -> Invitation:
    """Mail an invitation again, also one that has expired, with a new token and its whole time; the old token ends.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
        RoleGone: ``role_gone``.
        Forbidden: the role includes actions that the actor lacks.
        MailedTooOften: ``mailed_too_often``: to this address within the hour, whoever invited.
    """
    token = new_token(Kind.INVITATION)
    renewed = await queries.renew(
        scope.db,
        organization_id=scope.organization_id,
        id=invitation_id,
        token_hash=token.hash,
        lifetime_seconds=_lifetime_seconds(scope.context),
    )
    if renewed is None:
        raise NoSuchInvitation
    invitation = renewed.invitation
    role = await promised_role(scope.db, scope.organization_id, invitation.role, renewed.role_id)
    if role is None:
        raise RoleGone(invitation.role)
    scope.require_all(role.actions, f"invite somebody to the role {role.name}")
    invitation = msgspec.structs.replace(invitation, role=role.name)
    await _send(scope, invitation, token.token)
    return invitation


@on_organization(Action.INVITATION_DELETE, writes=Writes.TRANSACTION)
async def revoke(scope: Scope, invitation_id: UUID) -> None:
    """Take an invitation back: its token no longer works.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
    """
    if await queries.delete(scope.db, organization_id=scope.organization_id, id=invitation_id) is None:
        raise NoSuchInvitation
    await record(scope.context, scope.action, invitation_id, organization_id=scope.organization_id)


@operation(AccountAction.INVITATION_ACCEPT, by=By.SIGNED_IN, writes=Writes.TRANSACTION)
async def accept(context: Context, acceptance: InvitationAcceptance) -> Membership:
    """Join the organization that the actor was invited to; works once.

    Raises:
        InvalidToken: ``invalid_token``: it was used, replaced, revoked, altered, has expired, or is for something else.
        InvitationForAnother: ``invitation_for_another``: it was mailed to another address.
        EmailUnverified: ``email_unverified``: it was mailed to the actor's address, which is not confirmed yet.
        AlreadyMember: ``already_member``.
        RoleGone: ``role_gone``: the organization no longer has the role.
    """
    return await _accept(context, await users.get(context, "me"), acceptance.token, "/token")


@operation(AccountAction.USER_CREATE, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def sign_up(context: Context, new: NewUser, *, is_admin: bool = False) -> User:
    """Sign up, or make an account for somebody.

    With ``new.invitation_token`` the invitation is accepted in the same transaction, and the address counts as
    confirmed, since the token was mailed there. Without it, a mail asks to confirm the address.

    Raises:
        UsernameTaken: ``username_taken``.
        EmailTaken: ``email_taken``: sign in with it, then accept.
        SignUpClosed: ``sign_up_closed``: only administrators make accounts, or only those who were invited sign up.
        InvalidToken: ``invalid_token``: there is no such invitation.
        InvitationForAnother: ``invitation_for_another``: it was mailed to another address.
        RoleGone: ``role_gone``: the organization no longer has the role.
        Forbidden: only a platform administrator makes platform administrators.
        Unavailable: too many passwords are being hashed.
    """
    token = new.invitation_token
    if token is None:
        return await users.create(context, new, is_admin=is_admin)
    # Looked at before a hash is spent on it; what counts is that it is used up, with the account.
    if not await _is_for(context, new.email, token, _SIGN_UP_TOKEN):
        raise InvitationForAnother

    async def invited(context: Context, user: User) -> None:
        await _accept(context, user, token, _SIGN_UP_TOKEN)

    return await users.create(context, new, is_admin=is_admin, invited=invited)


async def _accept(context: Context, user: User, token: str, pointer: str) -> Membership:
    taken = await queries.take(context.db, token_hash=_hash(token), user_id=user.id)
    if taken is None:
        if await _is_for(context, user.email, token, pointer):
            raise EmailUnverified(
                "Confirm your e-mail address first, then accept the invitation (POST /v1/users/me/email-verification "
                "mails you the link again)"
            )
        raise InvitationForAnother
    await join(
        context, taken.organization_id, user.id, role_name=taken.role, role_id=taken.role_id, invitation_id=taken.id
    )
    return await queries.membership(context.db, organization_id=taken.organization_id, user_id=user.id)


async def _is_for(context: Context, email: str, token: str, pointer: str) -> bool:
    """Say whether an open invitation is for an address.

    Raises:
        InvalidToken: there is no open invitation with this token.
    """
    is_for_address = await queries.is_for_address(context.db, token_hash=_hash(token), email=email)
    if is_for_address is None:
        raise InvalidToken(pointer)
    return is_for_address


def _hash(token: str) -> bytes:
    """Hash a token; one that cannot be any is looked up all the same, so that all that do not work take as long."""
    return token_hash(Kind.INVITATION, token) or b""


async def _send(scope: Scope, invitation: Invitation, token: str) -> None:
    await restrain(scope.context, invitation.email, "invitation")
    settings = scope.context.tools.settings
    writer = await queries.letterhead(scope.db, organization_id=scope.organization_id, user_id=scope.context.actor_id)
    await enqueue(
        scope.context,
        invitation.email,
        "invitation",
        about=scope.context.actor_id,
        inviter=writer.username or "An administrator",
        organization=writer.organization,
        role=invitation.role,
        email=invitation.email,
        token=token,
        link=f"{settings.base_url}/accept-invitation?token={token}",
        days=f"{settings.invitation_days:g}",
    )
    await record(
        scope.context, scope.action, invitation.id, organization_id=scope.organization_id, role=invitation.role
    )


def _lifetime_seconds(context: Context) -> float:
    return context.tools.settings.invitation_days * _SECONDS_A_DAY
