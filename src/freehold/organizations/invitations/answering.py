"""Answering an invitation: once, by whoever has the address that it went to."""

from functools import partial
from typing import Final
from uuid import UUID

from freehold.access import (
    AccountAction,
    By,
    Subject,
    Writes,
    on_user,
    operation,
    own_actions,
)
from freehold.audit.recording import record
from freehold.base.errors import InvalidToken
from freehold.base.tokens import Kind, token_hash
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.organizations.invitations import queries
from freehold.organizations.invitations.errors import (
    InvitationForAnother,
    InviterLacksRight,
    NoSuchInvitation,
)
from freehold.organizations.invitations.types import (
    EarlierMembership,
    InvitationAcceptance,
    InvitationToken,
    Membership,
    ReceivedInvitation,
)
from freehold.organizations.invitations.vouching import may_invite, received
from freehold.organizations.members.operations import join
from freehold.organizations.roles.assigning import AssignableRole
from freehold.users import operations as users
from freehold.users.proving.proof import refuse_acting
from freehold.users.repeating import clicks
from freehold.users.suspension.operations import refuse_suspended
from freehold.users.types import NewUser, User
from freehold.users.verification.errors import EmailUnverified

_SIGN_UP_TOKEN: Final = "/invitation_token"  # noqa: S105 - where it stands in what is sent


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
    return await _accept(context, user, acceptance.token, "/token")


@operation(AccountAction.INVITATION_PREVIEW, by=By.ANYONE)
async def preview(context: Context, invitation: InvitationToken) -> ReceivedInvitation:
    """Look at an invitation with the token that was mailed, before you answer it.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
    """
    found = await queries.by_token(context.db, token_hash=_hash(invitation.token))
    if found is None:
        raise InvalidToken
    return received(found, await own_actions(context))


@operation(AccountAction.INVITATION_DECLINE, by=By.ANYONE, writes=Writes.TRANSACTION)
async def decline(context: Context, invitation: InvitationToken) -> None:
    """Decline an invitation with the token that was mailed. A second time is answered as the first.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
    """
    hashed = _hash(invitation.token)
    declined = await queries.decline(context.db, token_hash=hashed)
    if declined is None:
        used = await clicks.find(context, hashed)
        if used is None or used.user_id is not None or used.organization_id is None:
            raise InvalidToken
        return
    await clicks.note(context, hashed, user_id=None, organization_id=declined.organization_id)
    await _record_declined(context, declined)


@on_user(AccountAction.INVITATION_LIST, private=True)
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
    if not await _is_for(context, new.email, token, _SIGN_UP_TOKEN):
        raise InvitationForAnother

    async def invited(context: Context, user: User) -> None:
        await _accept(context, user, token, _SIGN_UP_TOKEN)

    return await users.create(context, new, is_admin=is_admin, invited=invited)


async def _held(context: Context, user: User, token: str) -> Membership | None:
    """Find what a user has got with a token before; None when it was not they, or when they have left since."""
    used = await clicks.find(context, _hash(token))
    if used is None or used.user_id != user.id or used.organization_id is None:
        return None
    held = await queries.membership(context.db, organization_id=used.organization_id, user_id=user.id)
    return held and EarlierMembership(organization=held.organization, role=held.role, joined_at=held.joined_at)


async def _record_declined(context: Context, declined: queries.Declined) -> None:
    await record(context, AccountAction.INVITATION_DECLINE, declined.id, organization_id=declined.organization_id)


async def _accept(context: Context, user: User, token: str, pointer: str) -> Membership:
    taken = await queries.take(context.db, token_hash=_hash(token), user_id=user.id)
    if taken is None:
        if held := await _held(
            context, user, token
        ):  # asked only now: two clicks at once wait for each other in `take`
            return held
        await refuse_suspended(context, user.id)
        if await _is_for(context, user.email, token, pointer):
            raise EmailUnverified(
                "Confirm your e-mail address first, then accept the invitation (POST /v1/users/me/email-verification "
                "mails you the link again)"
            )
        raise InvitationForAnother

    async def vouched(role: AssignableRole) -> None:
        sender = await queries.sender(
            context.db,
            organization_id=taken.organization_id,
            invited_by=taken.invited_by,
            invited_by_key=taken.invited_by_key,
        )
        if not may_invite(sender, role.actions, await own_actions(context)):
            raise InviterLacksRight

    await join(
        context,
        taken.organization_id,
        user.id,
        role_name=taken.role,
        role_id=taken.role_id,
        invitation_id=taken.id,
        vouched=vouched,
    )
    await clicks.note(context, _hash(token), user_id=user.id, organization_id=taken.organization_id)
    joined = await queries.membership(context.db, organization_id=taken.organization_id, user_id=user.id)
    if joined is None:
        raise AssertionError("the member was written in this transaction")
    return joined


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
