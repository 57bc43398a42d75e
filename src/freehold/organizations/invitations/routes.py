"""Invitations over HTTP, and signing up, which can accept one."""

from uuid import UUID

from freehold.access import OrganizationRef, UserRef
from freehold.base.errors import Forbidden, InvalidToken, Missing, Unavailable
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.mail.errors import MailedTooOften, SentTooMany
from freehold.organizations.errors import OrganizationGone
from freehold.organizations.invitations import operations
from freehold.organizations.invitations.errors import (
    AlreadyInvited,
    InvitationEnded,
    InvitationForAnother,
    InviterLacksRight,
    NoSuchInvitation,
    TooManyInvitations,
)
from freehold.organizations.invitations.types import (
    EarlierMembership,
    Invitation,
    InvitationAcceptance,
    InvitationResults,
    InvitationsPageRequest,
    InvitationToken,
    Membership,
    NewInvitation,
    NewInvitations,
    ReceivedInvitation,
)
from freehold.organizations.members.errors import AlreadyMember, RoleGone
from freehold.organizations.roles.errors import UnknownRole
from freehold.passwords.hashing import CommonPassword
from freehold.users.errors import EmailTaken, SignUpClosed, UsernameTaken
from freehold.users.proving.errors import NotWhileActing
from freehold.users.types import NewUser, User
from freehold.users.verification.errors import EmailUnverified
from freehold.web.routing import Routes

routes = Routes("invitations", "Invite people to an organization by mail.")


@routes.post(
    "/v1/users",
    status=201,
    auth="optional",
    limit="sign-ups",
    tag="users",
    errors=[
        UsernameTaken,
        EmailTaken,
        SignUpClosed,
        CommonPassword,
        InvalidToken,
        InvitationForAnother,
        InviterLacksRight,
        RoleGone,
        Unavailable,
    ],
)
async def create_user(context: Context, body: NewUser) -> User:
    """Sign up.

    A mail asks you to confirm your address. With `invitation_token`, you also accept that invitation: use the address
    that it was mailed to, which then counts as confirmed.
    """
    return await operations.sign_up(context, body)


@routes.post(
    "/v1/organizations/{organization}/invitations",
    status=201,
    limit="mails",
    errors=[
        Missing,
        Forbidden,
        AlreadyMember,
        AlreadyInvited,
        UnknownRole,
        TooManyInvitations,
        EmailUnverified,
        MailedTooOften,
        SentTooMany,
    ],
)
async def create_invitation(context: Context, organization: OrganizationRef, body: NewInvitation) -> Invitation:
    """Invite somebody to an organization.

    They get a mail with a token, and do not need an account. You cannot invite them to a role with actions that you do
    not have. You must have confirmed your own address, unless this platform is set otherwise.
    """
    return await operations.create(context, organization, body)


@routes.post(
    "/v1/organizations/{organization}/invitations/batch",
    limit="mails",
    errors=[Missing, Forbidden, EmailUnverified],
)
async def create_invitations(
    context: Context, organization: OrganizationRef, body: NewInvitations
) -> InvitationResults:
    """Invite up to 100 people at once.

    Each is answered for themselves, in your order: with the invitation, or with the code of what is wrong. A mistake in
    one keeps nobody else from being invited.
    """
    return await operations.create_many(context, organization, body)


@routes.get("/v1/organizations/{organization}/invitations", errors=[Missing, Forbidden])
async def list_invitations(
    context: Context, organization: OrganizationRef, query: InvitationsPageRequest
) -> Page[Invitation]:
    """List the open and expired invitations of an organization, newest first, or as `sort` says.

    With `status`, the list has those that are `open`, `expired`, `accepted`, `declined` or `revoked`, or `all`.
    Invitations are kept for 90 days after they ended.
    """
    return await operations.list_all(context, organization, query)


@routes.get("/v1/organizations/{organization}/invitations/{invitation}", errors=[Missing, Forbidden, NoSuchInvitation])
async def get_invitation(context: Context, organization: OrganizationRef, invitation: UUID) -> Invitation:
    """Read an invitation: an open one, or one that ended in the last 90 days."""
    return await operations.get(context, organization, invitation)


@routes.delete(
    "/v1/organizations/{organization}/invitations/{invitation}",
    errors=[Missing, Forbidden, NoSuchInvitation, InvitationEnded],
)
async def revoke_invitation(context: Context, organization: OrganizationRef, invitation: UUID) -> None:
    """Revoke an invitation, so that its token no longer works."""
    await operations.revoke(context, organization, invitation)


@routes.post(
    "/v1/organizations/{organization}/invitations/{invitation}/resend",
    limit="mails",
    errors=[
        Missing,
        Forbidden,
        NoSuchInvitation,
        InvitationEnded,
        RoleGone,
        EmailUnverified,
        MailedTooOften,
        SentTooMany,
    ],
)
async def resend_invitation(context: Context, organization: OrganizationRef, invitation: UUID) -> Invitation:
    """Send an invitation again.

    It gets a new token and a new expiry. The old token stops working. It is yours from now on: so you adopt the
    invitations of somebody who has left (`needs_resending`).
    """
    return await operations.resend(context, organization, invitation)


@routes.post("/v1/invitations/preview", auth="none", limit="sign-ins", errors=[InvalidToken])
async def preview_invitation(context: Context, body: InvitationToken) -> ReceivedInvitation:
    """Look at an invitation with the token from the mail.

    Nothing changes. You need not be signed in.
    """
    return await operations.preview(context, body)


@routes.post("/v1/invitations/decline", auth="optional", limit="sign-ins", errors=[InvalidToken])
async def decline_invitation(context: Context, body: InvitationToken) -> None:
    """Decline an invitation with the token from the mail.

    It stops working. You need not be signed in, nor have an account.
    """
    await operations.decline(context, body)


@routes.get("/v1/users/{user}/invitations", errors=[Missing, Forbidden])
async def list_received_invitations(context: Context, user: UserRef, query: PageRequest) -> Page[ReceivedInvitation]:
    """List the open invitations to your confirmed address, newest first.

    To accept one, you need the token that was mailed.
    """
    return await operations.list_of_user(context, user, query)


@routes.delete("/v1/users/{user}/invitations/{invitation}", errors=[Missing, Forbidden, NoSuchInvitation])
async def decline_received_invitation(context: Context, user: UserRef, invitation: UUID) -> None:
    """Decline an invitation to your confirmed address."""
    await operations.decline_of_user(context, user, invitation)


@routes.post(
    "/v1/invitations/accept",
    status=201,
    limit="sign-ins",
    location="../../organizations/{0.organization.id}",
    again=EarlierMembership,
    errors=[
        InvalidToken,
        InvitationForAnother,
        EmailUnverified,
        NotWhileActing,
        AlreadyMember,
        OrganizationGone,
        InviterLacksRight,
        RoleGone,
    ],
)
async def accept_invitation(context: Context, body: InvitationAcceptance) -> Membership:
    """Accept an invitation.

    Send the token that was mailed to your confirmed address. It works once. If you have no account, sign up with
    `invitation_token` instead. When you send the same token again, the answer is 200 with your membership.
    """
    return await operations.accept(context, body)
