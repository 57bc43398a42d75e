"""Inviting people to an organization, and accepting: once, by whoever has the address that the invitation went to."""

from functools import partial
from types import MappingProxyType
from typing import Any, Final, get_args
from uuid import UUID

import msgspec

from freehold.access import (
    AccountAction,
    Action,
    By,
    Scope,
    Subject,
    Writes,
    on_organization,
    on_user,
    operation,
    own_actions,
)
from freehold.audit.recording import record
from freehold.base.errors import FreeholdError, Invalid, InvalidToken
from freehold.base.tokens import Kind, new_token
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.organizations.invitations import queries
from freehold.organizations.invitations.errors import (
    InvitationEnded,
    InvitationForAnother,
    NoSuchInvitation,
)
from freehold.organizations.invitations.joining import accept_token, hash_of, is_for
from freehold.organizations.invitations.sending import count, invite_all, lifetime_seconds, mail_all
from freehold.organizations.invitations.types import (
    Invitation,
    InvitationAcceptance,
    InvitationEntry,
    InvitationRefusal,
    InvitationResult,
    InvitationResults,
    InvitationsPageRequest,
    InvitationStatus,
    InvitationToken,
    Membership,
    NewInvitation,
    NewInvitations,
    ReceivedInvitation,
)
from freehold.organizations.invitations.vouching import received, sender_of, shown
from freehold.organizations.members.errors import RoleGone
from freehold.organizations.roles.assigning import promised_role
from freehold.users import operations as users
from freehold.users.proving.proof import refuse_acting
from freehold.users.repeating import clicks
from freehold.users.types import NewUser, User

_STORED: Final = MappingProxyType[str | None, tuple[tuple[str, ...], bool | None]](
    {
        None: (("open",), None),
        "open": (("open",), False),
        "expired": (("open", "expired"), True),
        "accepted": (("accepted",), None),
        "declined": (("declined",), None),
        "revoked": (("revoked",), None),
        "all": (get_args(InvitationStatus), None),
    }
)
"""As what each status is stored, and whether the time must be over: nobody writes it down when that happens."""
_SIGN_UP_TOKEN: Final = "/invitation_token"  # noqa: S105 - where it stands in what is sent


@on_organization(Action.INVITATION_READ)
async def list_all(scope: Scope, request: PageRequest) -> Page[Invitation]:
    """List the open and expired invitations of an organization, newest first; with a ``status``, those that have it.

    An ``InvitationsPageRequest`` has a ``status`` and a ``sort``. With ``all``, you get all that are kept: those that
    are open, and those that ended in the last 90 days.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        InvalidCursor: the cursor belongs to another list.
    """
    asked = request if isinstance(request, InvitationsPageRequest) else InvitationsPageRequest()
    statuses, is_over = _STORED[asked.status]
    wanted: dict[str, Any] = {"organization_id": scope.organization_id, "statuses": statuses, "is_over": is_over}

    async def page(read: Any = queries.page, **position: Any) -> list[Invitation]:
        return [shown(row, scope.standing.own) for row in await read(scope.db, **wanted, **position)]

    return await page_by_id(
        scope.context.tools.cursors,
        request,
        listing=f"invitations:{scope.organization_id}:{asked.status}",
        page=page,
        oldest=partial(page, queries.page_oldest) if asked.sort == "oldest" else None,
        count=partial(queries.count_all, scope.db, **wanted),
    )


@on_organization(Action.INVITATION_READ)
async def get(scope: Scope, invitation_id: UUID) -> Invitation:
    """Read an invitation: an open one, or one that ended in the last 90 days.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
    """
    found = await queries.by_id(scope.db, organization_id=scope.organization_id, id=invitation_id)
    if found is None:
        raise NoSuchInvitation
    return shown(found, scope.standing.own)


@on_organization(Action.INVITATION_CREATE, writes=Writes.TRANSACTION)
async def create(scope: Scope, new: NewInvitation) -> Invitation:
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
    (outcome,) = await invite_all(scope, [InvitationEntry(email=new.email, role=new.role)])
    if isinstance(outcome, FreeholdError):
        raise outcome
    return outcome


@on_organization(Action.INVITATION_CREATE, writes=Writes.TRANSACTION)
async def create_many(scope: Scope, new: NewInvitations) -> InvitationResults:
    """Invite up to 100 people at once. Each is answered for themselves, with the code that ``create`` would raise.

    Raises:
        EmailUnverified: ``email_unverified``: the actor must confirm their own address first.
    """
    outcomes = await invite_all(scope, new.invitations)
    results = tuple(
        InvitationResult(
            email=entry.email,
            role=entry.role,
            invitation=None if isinstance(outcome, FreeholdError) else outcome,
            error=_refusal(outcome) if isinstance(outcome, FreeholdError) else None,
        )
        for entry, outcome in zip(new.invitations, outcomes, strict=True)
    )
    return InvitationResults(data=results, invited=sum(result.invitation is not None for result in results))


@on_organization(Action.INVITATION_CREATE, writes=Writes.TRANSACTION)
async def resend(scope: Scope, invitation_id: UUID) -> Invitation:
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
    token = new_token(Kind.INVITATION)
    renewed = await queries.renew(
        scope.db,
        organization_id=scope.organization_id,
        id=invitation_id,
        token_hash=token.hash,
        **sender_of(scope.context),
        lifetime_seconds=lifetime_seconds(scope.context),
    )
    if renewed is None:
        raise await _not_open(scope, invitation_id)
    invitation = Invitation(**msgspec.structs.asdict(renewed.invitation))
    role = await promised_role(scope.db, scope.organization_id, invitation.role, renewed.role_id, scope.standing.own)
    if role is None:
        raise RoleGone(invitation.role)
    scope.require_all(role.actions, f"invite somebody to the role {role.name}")
    invitation = msgspec.structs.replace(invitation, role=role.name)
    await count(scope, invitation.email)
    await mail_all(scope, [(invitation, token.token)])
    await record(
        scope.context, scope.action, invitation.id, organization_id=scope.organization_id, role=invitation.role
    )
    return invitation


@on_organization(Action.INVITATION_DELETE, writes=Writes.TRANSACTION)
async def revoke(scope: Scope, invitation_id: UUID) -> None:
    """Revoke an invitation, so that its token no longer works.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
        InvitationEnded: ``invitation_ended``: it was accepted, declined or revoked before, or replaced.
    """
    if await queries.revoke(scope.db, organization_id=scope.organization_id, id=invitation_id) is None:
        raise await _not_open(scope, invitation_id)
    await record(scope.context, scope.action, invitation_id, organization_id=scope.organization_id)


@operation(AccountAction.INVITATION_ACCEPT, by=By.SIGNED_IN, writes=Writes.TRANSACTION)
async def accept(context: Context, acceptance: InvitationAcceptance) -> Membership:
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
    refuse_acting(context)
    user = await users.get(context, "me")
    return await accept_token(context, user, acceptance.token, "/token")


@operation(AccountAction.INVITATION_PREVIEW, by=By.ANYONE)
async def preview(context: Context, invitation: InvitationToken) -> ReceivedInvitation:
    """Look at an invitation with the token that was mailed, before you answer it.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
    """
    found = await queries.by_token(context.db, token_hash=hash_of(invitation.token))
    if found is None:
        raise InvalidToken
    return received(found, await own_actions(context))


@operation(AccountAction.INVITATION_DECLINE, by=By.ANYONE, writes=Writes.TRANSACTION)
async def decline(context: Context, invitation: InvitationToken) -> None:
    """Decline an invitation with the token that was mailed. A second time is answered as the first.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
    """
    hashed = hash_of(invitation.token)
    declined = await queries.decline(context.db, token_hash=hashed)
    if declined is None:
        used = await clicks.find(context, hashed)
        if used is None or used.user_id is not None or used.organization_id is None:
            raise InvalidToken
        return
    await clicks.note(context, hashed, user_id=None, organization_id=declined.organization_id)
    await _record_declined(context, declined)


@on_user(AccountAction.INVITATION_LIST, private=True, looks_up=True)
async def list_of_user(subject: Subject, request: PageRequest) -> Page[ReceivedInvitation]:
    """List the open invitations to the address that a user has confirmed, newest first.

    Raises:
        Missing: ``not_found``: the user does not exist, or the actor cannot see them.
        InvalidCursor: the cursor belongs to another list.
    """

    async def page(*, before_id: UUID, limit: int) -> list[ReceivedInvitation]:
        rows = await queries.page_of_user(subject.db, user_id=subject.user_id, before_id=before_id, limit=limit)
        own = await own_actions(subject.context)
        return [received(row, own) for row in rows]

    return await page_by_id(
        subject.context.tools.cursors,
        request,
        listing=f"received-invitations:{subject.user_id}",
        page=page,
        count=partial(queries.count_of_user, subject.db, user_id=subject.user_id),
    )


@on_user(AccountAction.INVITATION_DECLINE, writes=Writes.TRANSACTION)
async def decline_of_user(subject: Subject, invitation_id: UUID) -> None:
    """Decline an invitation to the address that a user has confirmed, by its id.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
    """
    declined = await queries.decline_of_user(subject.db, user_id=subject.user_id, id=invitation_id)
    if declined is None:
        raise NoSuchInvitation
    await _record_declined(subject.context, declined)


@operation(AccountAction.USER_CREATE, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def sign_up(context: Context, new: NewUser, *, is_admin: bool = False) -> User:
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
    token = new.invitation_token
    if token is None:
        return await users.create(context, new, is_admin=is_admin)
    # Looked at before a hash is spent on it; what counts is that it is used up, with the account.
    if not await is_for(context, new.email, token, _SIGN_UP_TOKEN):
        raise InvitationForAnother

    async def invited(context: Context, user: User) -> None:
        await accept_token(context, user, token, _SIGN_UP_TOKEN)

    return await users.create(context, new, is_admin=is_admin, invited=invited)


async def _not_open(scope: Scope, invitation_id: UUID) -> NoSuchInvitation | InvitationEnded:
    """Say why nothing can be done with an invitation."""
    found = await queries.by_id(scope.db, organization_id=scope.organization_id, id=invitation_id)
    if found is None:
        return NoSuchInvitation()
    became = "expired and was replaced" if found.status == "expired" else f"was {found.status}"
    return InvitationEnded(f"This invitation {became}: to invite this address again, create another")


def _refusal(error: FreeholdError) -> InvitationRefusal:
    if isinstance(error, Invalid):
        first = error.errors[0]
        return InvitationRefusal(code=first.code, detail=f"{first.pointer.strip('/')}: {first.detail}")
    return InvitationRefusal(code=error.code, detail=error.detail)


async def _record_declined(context: Context, declined: queries.Declined) -> None:
    await record(context, AccountAction.INVITATION_DECLINE, declined.id, organization_id=declined.organization_id)
