"""Inviting people to an organization, and what became of the invitations."""

from functools import partial
from types import MappingProxyType
from typing import Any, Final, get_args
from uuid import UUID

import msgspec

from freehold.access import (
    Action,
    Scope,
    Writes,
    on_organization,
)
from freehold.audit.recording import record
from freehold.base.errors import FreeholdError, Invalid
from freehold.base.tokens import Kind, new_token
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.organizations.invitations import queries
from freehold.organizations.invitations.errors import (
    InvitationEnded,
    NoSuchInvitation,
)
from freehold.organizations.invitations.sending import count, invite_all, lifetime_seconds, mail_all
from freehold.organizations.invitations.types import (
    Invitation,
    InvitationEntry,
    InvitationRefusal,
    InvitationResult,
    InvitationResults,
    InvitationsPageRequest,
    InvitationStatus,
    NewInvitation,
    NewInvitations,
)
from freehold.organizations.invitations.vouching import sender_of, shown
from freehold.organizations.members.errors import RoleGone
from freehold.organizations.roles.assigning import promised_role

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
