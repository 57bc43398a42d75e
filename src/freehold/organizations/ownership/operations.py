"""Handing an organization over: offered, and accepted by whoever is to own it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from freehold.access import AccountAction, Action, Scope, Writes, checked_again, no_such_organization, on_organization
from freehold.audit.recording import event_of, record
from freehold.base.errors import Forbidden, Stale
from freehold.data.context import Context
from freehold.data.db import Database, Transaction
from freehold.mail.links import link_to
from freehold.mail.news import tell
from freehold.mail.operations import enqueue
from freehold.mail.restraint import restrain
from freehold.organizations.deletion.purging import purge_locked
from freehold.organizations.invitations.vouching import held_by_sender, sender_of
from freehold.organizations.ownership import queries
from freehold.organizations.ownership.errors import (
    AlreadyOwner,
    ConsentNeeded,
    NewOwnerIsNoMember,
    NoSuchOwnerOffer,
    OwnerOfferVoid,
)
from freehold.organizations.ownership.types import OwnerOffer
from freehold.organizations.types import NewOwner, Organization
from freehold.users.proving.proof import refuse_acting
from freehold.users.suspension.errors import UserSuspended
from freehold.users.suspension.operations import refuse_suspended

OFFER_DAYS: Final = 7
_LIFETIME_SECONDS: Final = OFFER_DAYS * 86_400.0


@on_organization(Action.ORGANIZATION_TRANSFER, writes=Writes.TRANSACTION)
async def offer(scope: Scope, new: NewOwner) -> OwnerOffer:
    """Offer the ownership to a member, who can accept it within 7 days. An earlier offer ends. They get a mail.

    Raises:
        NewOwnerIsNoMember: ``new_owner_is_no_member``.
        AlreadyOwner: ``already_owner``.
        UserSuspended: ``user_suspended``: they can answer nothing until a platform administrator resumes them.
        MailedTooOften: ``mailed_too_often``: too many offers to this person in the last hour.
    """
    owner_id = await queries.lock(scope.db, id=scope.organization_id)
    scope = await checked_again(scope)
    if new.user_id == owner_id:
        raise AlreadyOwner
    heir = await queries.member(scope.db, organization_id=scope.organization_id, user_id=new.user_id)
    if heir is None:
        raise NewOwnerIsNoMember
    if heir.is_suspended:
        raise UserSuspended
    sender = sender_of(scope.context)
    await queries.insert(
        scope.db,
        organization_id=scope.organization_id,
        user_id=new.user_id,
        offered_by=sender["invited_by"],
        offered_by_key=sender["invited_by_key"],
        lifetime_seconds=_LIFETIME_SECONDS,
    )
    await _mail(scope, new.user_id, heir)
    await _record(scope, AccountAction.OWNERSHIP_OFFER, new.user_id)
    return await _open_offer(scope)


@on_organization(Action.ORGANIZATION_READ)
async def get(scope: Scope) -> OwnerOffer:
    """Read the open offer of an organization's ownership, for whoever can hand it over and for whom it is made to.

    Raises:
        NoSuchOwnerOffer: ``no_such_owner_offer``.
    """
    found = await _open_offer(scope)
    if not scope.may(Action.ORGANIZATION_TRANSFER) and found.user.id != scope.context.actor_id:
        raise NoSuchOwnerOffer
    return found


@on_organization(Action.ORGANIZATION_TRANSFER, writes=Writes.TRANSACTION)
async def withdraw(scope: Scope) -> None:
    """Withdraw the offer of an organization's ownership.

    Raises:
        NoSuchOwnerOffer: ``no_such_owner_offer``.
    """
    user_id = await queries.delete(_giving_up(scope), organization_id=scope.organization_id)
    if user_id is None:
        raise NoSuchOwnerOffer
    await _record(scope, AccountAction.OWNERSHIP_WITHDRAW, user_id)


@on_organization(Action.ORGANIZATION_READ, writes=Writes.TRANSACTION)
async def accept(scope: Scope) -> Organization:
    """Accept the ownership of an organization. The previous owner becomes an admin.

    Raises:
        NoSuchOwnerOffer: ``no_such_owner_offer``.
        OwnerOfferVoid: ``owner_offer_void``: whoever offered it could not hand the organization over now.
        Forbidden: the actor is an API key.
        NotWhileActing: ``not_while_acting``: an administrator acts for the user, and cannot consent for them.
        AccountSuspended: ``account_suspended``: the actor was suspended meanwhile.
    """
    refuse_acting(scope.context)
    user_id = _person(scope)
    await queries.lock(scope.db, id=scope.organization_id)
    scope = await checked_again(scope)
    taken = await queries.take(scope.db, organization_id=scope.organization_id, user_id=user_id)
    if taken is None:
        await refuse_suspended(scope.context, user_id)
        raise NoSuchOwnerOffer
    held = await held_by_sender(
        scope.db,
        organization_id=scope.organization_id,
        user_id=taken.offered_by,
        key_id=taken.offered_by_key,
        own=scope.standing.own,
    )
    if Action.ORGANIZATION_TRANSFER not in held:
        raise OwnerOfferVoid
    await _record(scope, AccountAction.OWNERSHIP_ACCEPT, user_id)
    given = await _give(scope, user_id, consented=True)
    await tell(scope.context, user_id, "ownership_received", organization=given.name)
    return given


@on_organization(Action.ORGANIZATION_READ, writes=Writes.TRANSACTION)
async def decline(scope: Scope) -> None:
    """Decline the ownership of an organization.

    Raises:
        NoSuchOwnerOffer: ``no_such_owner_offer``.
        Forbidden: the actor is an API key.
    """
    user_id = _person(scope)
    if await queries.take(scope.db, organization_id=scope.organization_id, user_id=user_id) is None:
        raise NoSuchOwnerOffer
    await _record(scope, AccountAction.OWNERSHIP_DECLINE, user_id)


@on_organization(Action.ORGANIZATION_TRANSFER, writes=Writes.TRANSACTION)
async def hand_over(scope: Scope, new: NewOwner, *, version: datetime | None = None) -> Organization:
    """Make a member the owner without an offer: a platform administrator themselves, the operator any member.

    The previous owner becomes an admin. A member whom the operator made owner can delete their account all the same:
    the organization then goes to somebody else in it.

    Raises:
        ConsentNeeded: ``consent_needed``: offer it instead.
        NewOwnerIsNoMember: ``new_owner_is_no_member``.
        Stale: ``stale``.
    """
    context = scope.context
    is_self = new.user_id == context.actor_id
    if not context.is_admin or not (is_self or context.actor_id is None):
        raise ConsentNeeded
    await queries.lock(scope.db, id=scope.organization_id)
    scope = await checked_again(scope)
    if await queries.member(scope.db, organization_id=scope.organization_id, user_id=new.user_id) is None:
        raise NewOwnerIsNoMember
    await queries.delete(_giving_up(scope), organization_id=scope.organization_id)
    given = await _give(scope, new.user_id, consented=is_self, version=version)
    if not is_self:
        await tell(context, new.user_id, "ownership_received", organization=given.name)
    return given


async def let_go(context: Context, user_id: UUID) -> None:
    """Free a user of the organizations that they own without having been asked, before their account is removed.

    Each goes to the admin who has been there longest, or else the member. One without any other member is removed.
    """
    unasked = await queries.lock_unasked(context.db, user_id=user_id)
    if not unasked:
        return
    passed = await queries.pass_on(context.db, ids=unasked, user_id=user_id)
    for each in passed:
        await tell(context, each.owner_id, "ownership_received", organization=each.name)
    for each in sorted(passed, key=lambda each: each.id):
        owner = str(each.owner_id)
        await record(context, Action.ORGANIZATION_TRANSFER, each.id, organization_id=each.id, owner_id=owner)
    if removed := set(unasked) - {each.id for each in passed}:
        await purge_locked(context, removed)


def _giving_up(scope: Scope) -> Database | Transaction:
    return scope.db.deleting("owner_offers", organization_id=scope.organization_id)


async def _give(scope: Scope, user_id: UUID, *, consented: bool, version: datetime | None = None) -> Organization:
    where = scope.organization_id
    given = await queries.give(
        scope.db,
        event_of(scope.context, Action.ORGANIZATION_TRANSFER, where, organization_id=where, owner_id=str(user_id)),
        id=where,
        owner_id=user_id,
        consented=consented,
        version=version,
    )
    if given is None:
        raise no_such_organization() if version is None else Stale()
    return given


async def _open_offer(scope: Scope) -> OwnerOffer:
    found = await queries.get(scope.db, organization_id=scope.organization_id)
    if found is None:
        raise NoSuchOwnerOffer
    return found


async def _mail(scope: Scope, user_id: UUID, heir: queries.Heir) -> None:
    if heir.email is None:
        return
    await restrain(scope.context, heir.email, "ownership_offered")
    actor_id = scope.context.actor_id
    await enqueue(
        scope.context,
        heir.email,
        "ownership_offered",
        about=user_id,
        username=heir.username,
        inviter=(actor_id and await queries.username_of(scope.db, user_id=actor_id)) or "",
        organization=heir.organization,
        link=link_to(scope.context.tools.settings, "ownership", str(scope.organization_id), name="organization"),
        days=str(OFFER_DAYS),
    )


async def _record(scope: Scope, action: AccountAction, user_id: UUID) -> None:
    where = scope.organization_id
    await record(scope.context, action, where, organization_id=where, to=str(user_id))


def _person(scope: Scope) -> UUID:
    if scope.standing.key is not None:
        raise Forbidden("An API key cannot answer an offer of ownership: sign in")
    if scope.context.actor_id is None:
        raise NoSuchOwnerOffer
    return scope.context.actor_id
