"""Sending invitations, one or many: whoever sends may, nobody gets too many, and each is answered for itself."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from freehold.access import Scope
from freehold.audit.recording import record
from freehold.base.errors import FieldError, Forbidden, FreeholdError, Invalid
from freehold.base.ids import new_id
from freehold.base.scalars import ASSIGNABLE_ROLE, EMAIL
from freehold.base.text_rules import Rule
from freehold.base.tokens import Kind, NewToken, new_token
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften, SentTooMany
from freehold.mail.links import link_to
from freehold.mail.operations import Letter, enqueue_all
from freehold.mail.restraint import restrain_all
from freehold.organizations.invitations import queries
from freehold.organizations.invitations.errors import AlreadyInvited, InvitedTwice, TooManyInvitations
from freehold.organizations.invitations.types import Invitation, InvitationEntry
from freehold.organizations.invitations.vouching import sender_of
from freehold.organizations.members.errors import AlreadyMember
from freehold.organizations.roles.assigning import AssignableRole, roles_to_give
from freehold.users.verification.errors import EmailUnverified

Outcome = Invitation | FreeholdError
_SECONDS_A_DAY: Final = 86_400


class Wanted(msgspec.Struct):
    """Somebody to invite, and what came of it."""

    email: str
    role: str
    outcome: Outcome | None = None


async def invite_all(scope: Scope, entries: Sequence[InvitationEntry]) -> list[Outcome]:
    """Invite people, each for themselves: what is wrong with one keeps nobody else from being invited.

    However many they are, the same few statements run.

    Raises:
        EmailUnverified: ``email_unverified``: the actor must confirm their own address first.
    """
    sender = await sender_or_refused(scope)
    wanted = [_read(entry) for entry in entries]
    await queries.lock_organization(scope.db, organization_id=scope.organization_id)
    roles = await roles_to_give(scope, {each.role for each in _open(wanted)})
    seen: set[str] = set()
    for each in _open(wanted):
        role = roles[each.role]
        if isinstance(role, FreeholdError):
            each.outcome = role
        elif each.email.lower() in seen:
            each.outcome = InvitedTwice()
        seen.add(each.email.lower())
    await _refuse_known(scope, _open(wanted))
    await _refuse_too_many(scope, _open(wanted), sender)
    await _store(scope, _open(wanted), {name: role for name, role in roles.items() if isinstance(role, AssignableRole)})
    return [each.outcome for each in wanted if each.outcome is not None]


async def sender_or_refused(scope: Scope) -> UUID | None:
    """Find the user who answers for what is sent: the actor, or whoever made the key; None for an administrator.

    Raises:
        Forbidden: they are suspended, and so nobody answers for it.
        EmailUnverified: ``email_unverified``: they have not confirmed their address, which inviting needs.
    """
    context = scope.context
    if context.is_admin:
        return None
    key = context.actor.key if context.actor else None
    sponsor = await queries.sponsor(
        scope.db, organization_id=scope.organization_id, user_id=context.actor_id, key_id=key.id if key else None
    )
    if sponsor.is_suspended:
        raise Forbidden("Whoever made this API key is suspended: make another key, or invite people as a member")
    if not (sponsor.is_confirmed or context.tools.settings.unverified_may_invite):
        raise EmailUnverified(
            "Confirm your e-mail address before you invite people (POST /v1/users/me/email-verification mails you the "
            "link again)"
            if key is None or key.organization_id is None
            else "Whoever made this API key must confirm their e-mail address before it can invite people"
        )
    return sponsor.id


async def count(scope: Scope, email: str) -> None:
    """Return when one more invitation may be sent to an address now, and count it.

    Raises:
        EmailUnverified: ``email_unverified``.
        MailedTooOften: ``mailed_too_often``.
        SentTooMany: ``sent_too_many``.
    """
    sender = await sender_or_refused(scope)
    for refusal in await _count(scope.context, [email], sender):
        if refusal is not None:
            raise refusal


async def mail_all(scope: Scope, invited: Sequence[tuple[Invitation, str]]) -> None:
    """Mail invitations, each with its token."""
    settings, actor_id = scope.context.tools.settings, scope.context.actor_id
    head = await queries.letterhead(scope.db, organization_id=scope.organization_id, user_id=actor_id)
    letters = [
        Letter(
            recipient=invitation.email,
            about=actor_id,
            values={
                "inviter": head.username or "",
                "organization": head.organization,
                "role": invitation.role,
                "email": invitation.email,
                "token": token,
                "link": link_to(settings, "invitation", token),
                "days": f"{settings.invitation_days:g}",
            },
        )
        for invitation, token in invited
    ]
    await enqueue_all(scope.context, "invitation", letters)


def lifetime_seconds(context: Context) -> float:
    """Say for how long an invitation can be accepted."""
    return context.tools.settings.invitation_days * _SECONDS_A_DAY


def _open(wanted: Sequence[Wanted]) -> list[Wanted]:
    return [each for each in wanted if each.outcome is None]


def _read(entry: InvitationEntry) -> Wanted:
    problems: list[FieldError] = []
    email = _checked(EMAIL, entry.email, "/email", problems)
    role = _checked(ASSIGNABLE_ROLE, entry.role, "/role", problems)
    return Wanted(email, role, Invalid(problems) if problems else None)


def _checked(rule: Rule, value: str, pointer: str, problems: list[FieldError]) -> str:
    try:
        return rule.check(value)
    except ValueError as error:
        problems.append(FieldError(pointer, rule.code, str(error)))
        return value


async def _refuse_known(scope: Scope, wanted: list[Wanted]) -> None:
    """Refuse who is a member, or has an open invitation."""
    known = await queries.survey(
        scope.db, organization_id=scope.organization_id, emails=[each.email for each in wanted]
    )
    for each, found in zip(wanted, known, strict=True):
        if found.is_member:
            each.outcome = AlreadyMember()
        elif found.is_open:
            each.outcome = AlreadyInvited()


async def _refuse_too_many(scope: Scope, wanted: list[Wanted], sender: UUID | None) -> None:
    most = scope.context.tools.settings.open_invitations
    room = most - await queries.count_open(scope.db, organization_id=scope.organization_id)
    for each in wanted[max(0, room) :]:
        each.outcome = TooManyInvitations(f"An organization can have {most:,} open invitations: revoke some first")
    fitting = wanted[: max(0, room)]
    refusals = await _count(scope.context, [each.email for each in fitting], sender)
    for each, refusal in zip(fitting, refusals, strict=True):
        each.outcome = refusal


async def _count(
    context: Context, emails: Sequence[str], sender: UUID | None
) -> list[MailedTooOften | SentTooMany | None]:
    most = context.tools.settings.invitations_per_hour
    return await restrain_all(context, emails, "invitation", sender=sender, most=most)


async def _store(scope: Scope, wanted: list[Wanted], roles: dict[str, AssignableRole]) -> None:
    if not wanted:
        return
    await queries.make_room(scope.db, organization_id=scope.organization_id, emails=[each.email for each in wanted])
    tokens: list[NewToken] = [new_token(Kind.INVITATION) for _ in wanted]
    made = await queries.insert_all(
        scope.db,
        organization_id=scope.organization_id,
        ids=[new_id() for _ in wanted],
        emails=[each.email for each in wanted],
        roles=[roles[each.role].name for each in wanted],
        role_ids=[roles[each.role].id for each in wanted],
        token_hashes=[token.hash for token in tokens],
        **sender_of(scope.context),
        lifetime_seconds=lifetime_seconds(scope.context),
    )
    stored = {row.email: Invitation(**msgspec.structs.asdict(row)) for row in made}
    invited = []
    for each, token in zip(wanted, tokens, strict=True):
        invitation = stored.get(each.email)
        each.outcome = invitation or AlreadyInvited()
        if invitation is not None:
            invited.append((invitation, token.token))
    await mail_all(scope, invited)
    await _record(scope, [invitation for invitation, _ in invited])


async def _record(scope: Scope, invited: list[Invitation]) -> None:
    where = scope.organization_id
    if len(invited) == 1:
        (one,) = invited
        await record(scope.context, scope.action, one.id, organization_id=where, role=one.role)
    elif invited:
        ids = [str(each.id) for each in invited]
        await record(scope.context, scope.action, None, organization_id=where, invitations=ids)
