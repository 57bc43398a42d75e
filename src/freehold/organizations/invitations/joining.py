"""Using up an invitation, which makes a member."""

from freehold.access import own_actions
from freehold.base.errors import InvalidToken
from freehold.base.tokens import Kind, token_hash
from freehold.data.context import Context
from freehold.organizations.invitations import queries
from freehold.organizations.invitations.errors import InvitationForAnother, InviterLacksRight
from freehold.organizations.invitations.types import EarlierMembership, Membership
from freehold.organizations.invitations.vouching import may_invite
from freehold.organizations.members.operations import join
from freehold.organizations.roles.assigning import AssignableRole
from freehold.users.repeating import clicks
from freehold.users.suspension.operations import refuse_suspended
from freehold.users.types import User
from freehold.users.verification.errors import EmailUnverified


async def accept_token(context: Context, user: User, token: str, pointer: str) -> Membership:
    """Use up the invitation that a token is of, and make a user a member; a second click gets what the first got.

    Args:
        context: in a transaction.
        user: who joins.
        token: what was mailed.
        pointer: where the token stands in what was sent, for the error.

    Raises:
        InvalidToken: there is no open invitation with this token.
        InvitationForAnother: it was sent to another address.
        EmailUnverified: the address has to be confirmed first.
        InviterLacksRight: whoever sent it could not send it now.
        RoleGone: the role no longer exists.
    """
    taken = await queries.take(context.db, token_hash=hash_of(token), user_id=user.id)
    if taken is None:
        # Asked only now: of two clicks at once, one waits above for the other.
        if held := await _held_with(context, user, token):
            return held
        await refuse_suspended(context, user.id)
        if await is_for(context, user.email, token, pointer):
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
    await clicks.note(context, hash_of(token), user_id=user.id, organization_id=taken.organization_id)
    joined = await queries.membership(context.db, organization_id=taken.organization_id, user_id=user.id)
    if joined is None:
        raise AssertionError("the member was written in this transaction")
    return joined


async def _held_with(context: Context, user: User, token: str) -> Membership | None:
    """Find what a user has got with a token before; None when it was not they, or when they have left since."""
    used = await clicks.find(context, hash_of(token))
    if used is None or used.user_id != user.id or used.organization_id is None:
        return None
    held = await queries.membership(context.db, organization_id=used.organization_id, user_id=user.id)
    return held and EarlierMembership(organization=held.organization, role=held.role, joined_at=held.joined_at)


async def is_for(context: Context, email: str, token: str, pointer: str) -> bool:
    """Say whether an open invitation is for an address.

    Raises:
        InvalidToken: there is no open invitation with this token.
    """
    is_for_address = await queries.is_for_address(context.db, token_hash=hash_of(token), email=email)
    if is_for_address is None:
        raise InvalidToken(pointer)
    return is_for_address


def hash_of(token: str) -> bytes:
    """Hash a token; one that cannot be any is looked up all the same, so that all that do not work take as long."""
    return token_hash(Kind.INVITATION, token) or b""
