"""Who belongs to an organization and who is invited, in one table."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, get_args
from uuid import UUID

import msgspec

from freehold.access import Action, Role, built_in
from freehold.base.errors import FreeholdError
from freehold.console import queries
from freehold.console.frame import Place, id_in, organization_in, place_of, show
from freehold.data.paging import Page, PageRequest
from freehold.organizations.invitations import operations as invitations
from freehold.organizations.invitations.errors import AlreadyInvited
from freehold.organizations.invitations.types import (
    Invitation,
    InvitationsPageRequest,
    InvitationStatus,
    NewInvitation,
)
from freehold.organizations.members import operations
from freehold.organizations.members.errors import AlreadyMember
from freehold.organizations.members.types import Member, MembersPageRequest, NewRole
from freehold.organizations.roles import operations as roles
from freehold.pages.calls import Call, with_query
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

members = Pages(__package__)

PATH: Final = "/organizations/{organization}/members"
DONE: Final = {
    "invited": "The invitation is on its way.",
    "resent": "The invitation is on its way again. The earlier link no longer works.",
    "revoked": "The invitation is revoked. Its link no longer works.",
    "changed": "The role is changed. It counts from their next request on.",
    "removed": "They are no member any more.",
    "removed-left": (
        "They are no member any more. API keys that they made for the organization go on, and invitations that they "
        "sent no longer work: look through both."
    ),
}
_FIELDS: Final = MappingProxyType[type[FreeholdError], str]({AlreadyInvited: "email", AlreadyMember: "email"})
_MOST_ROLES: Final = 100


class Row(msgspec.Struct, frozen=True):
    """A member, and what the visitor may do with them."""

    member: Member
    is_self: bool
    can_change: bool
    can_remove: bool
    why: str


class Invited(msgspec.Struct, frozen=True):
    """An invitation, why the visitor cannot send it again ("" if they can), and whether it can still be revoked."""

    invitation: Invitation
    why: str
    is_revocable: bool


async def role_grants(visit: Visit, place: Place) -> dict[str, frozenset[str]]:
    """Say what each role gives, as far as the visitor may read that: the built-in ones, and then the custom ones."""
    found = {role.value: built_in(role, place.standing.own) for role in Role}
    if place.may(Action.ROLE_READ):
        listed = await roles.list_all(visit.context, place.organization.id, PageRequest(limit=_MOST_ROLES))
        found |= {role.name: frozenset(role.actions) for role in listed.data}
    return found


def assignable(place: Place, grants: Mapping[str, frozenset[str]]) -> list[str]:
    """List the roles that the visitor can give: nobody gives more than they have."""
    return [name for name, held in grants.items() if name != Role.OWNER and held <= place.standing.actions]


def _rows(place: Place, listed: Iterable[Member], grants: Mapping[str, frozenset[str]], self_id: object) -> list[Row]:
    rows = []
    for member in listed:
        is_owner = member.user.id == place.organization.owner_id
        is_within = grants.get(member.role, frozenset(place.actions)) <= place.standing.actions
        why = "Owns the organization: hand it over first" if is_owner else ""
        if not is_owner and not is_within:
            why = "Can do more here than you"
        may = not is_owner and is_within
        rows.append(
            Row(
                member,
                member.user.id == self_id,
                may and place.may(Action.MEMBER_UPDATE) and place.may(Action.MEMBER_ADD),
                may and place.may(Action.MEMBER_REMOVE) and member.user.id != self_id,
                why,
            )
        )
    return rows


_ENDED: Final = {
    "accepted": "It was accepted",
    "declined": "It was declined: invite them again",
    "revoked": "It was revoked: invite them again",
}


def _why_not_again(place: Place, invitation: Invitation, choices: list[str], replaced: frozenset[UUID]) -> str:
    """Say why an invitation cannot be sent again: what has ended stays so, and nobody gives more than they have."""
    if invitation.status in _ENDED:
        return _ENDED[invitation.status]
    if invitation.id in replaced:
        return "A newer invitation took its place"
    if not place.may(Action.INVITATION_CREATE):
        return f"You cannot send it: {place.why(Action.INVITATION_CREATE)}"
    return "" if invitation.role in choices else "Its role can do more here than you, or is gone"


@members.shows(PATH, for_user=True)
async def show_members(visit: Visit) -> Answer:
    """List the members in the order in which they joined, and who is invited."""
    place = await place_of(visit)
    where = place.organization.id
    wanted = msgspec.structs.replace(
        visit.filtered(InvitationsPageRequest, "status"), cursor=visit.query.get("invitations") or None
    )
    request = visit.filtered(MembersPageRequest, "q", "role", "cursor")
    status = wanted.status if place.may(Action.INVITATION_READ) else None
    listed = Page[Member](data=[]) if status else await operations.list_all(visit.context, where, request)
    grants = await role_grants(visit, place)
    invited = Page[Invitation](data=[])
    if place.may(Action.INVITATION_READ) and not visit.only(("q", "role", "cursor")):
        invited = await invitations.list_all(visit.context, where, wanted)
    choices = assignable(place, grants)
    over = [each.id for each in invited.data if each.status == "expired"]
    replaced = frozenset(
        await queries.replaced_invitations(visit.context.db, organization_id=where, ids=over) if over else ()
    )
    new = {"email": visit.form.get("email") or "grace@example.com", "role": visit.form.get("role") or "member"}
    return await show(
        visit,
        "members.html",
        "Members",
        current="members",
        place=place,
        rows=_rows(place, listed.data, grants, visit.context.actor_id),
        listed=listed,
        invited=invited,
        invited_rows=[
            Invited(
                each,
                _why_not_again(place, each, choices, replaced),
                each.status not in _ENDED and each.id not in replaced and place.may(Action.INVITATION_DELETE),
            )
            for each in invited.data
        ],
        choices=choices,
        statuses=get_args(InvitationStatus) if place.may(Action.INVITATION_READ) else (),
        status=status,
        is_narrowed=bool(visit.only(("q", "role"))),
        done=DONE,
        fields=() if "do" in visit.form else ("email", "role"),
        calls=[
            Call("List members", "GET", with_query(f"{place.api}/members", **visit.only(("q", "role")))),
            *(
                [Call("Invite somebody", "POST", f"{place.api}/invitations", dict(new))]
                if place.may(Action.INVITATION_CREATE)
                else []
            ),
            *(
                [Call("List invitations", "GET", with_query(f"{place.api}/invitations", **visit.only(("status",))))]
                if place.may(Action.INVITATION_READ)
                else []
            ),
            *_calls_on_member(place, listed.data),
        ],
    )


def _calls_on_member(place: Place, listed: list[Member]) -> list[Call]:
    other = next((each for each in listed if each.user.id != place.organization.owner_id), None)
    if other is None:
        return []
    path, name = f"{place.api}/members/{other.user.id}", other.user.username
    change = Call(f"Change the role of {name}", "PUT", path, {"role": "admin"})
    remove = Call(f"Remove {name}", "DELETE", path)
    return [
        *([change] if place.may(Action.MEMBER_UPDATE) else []),
        *([remove] if place.may(Action.MEMBER_REMOVE) else []),
    ]


@members.acts(PATH, fields=_FIELDS)
async def change_members(visit: Visit) -> Answer:
    """Invite somebody, or do something with an invitation or a member."""
    context, where, do = visit.context, organization_in(visit), visit.form.get("do")
    if do == "resend":
        await invitations.resend(context, where, id_in(visit.form.get("invitation", "")))
        return _back(visit, "resent")
    if do == "revoke":
        await invitations.revoke(context, where, id_in(visit.form.get("invitation", "")))
        return _back(visit, "revoked")
    if do == "role":
        user_id = id_in(visit.form.get("user", ""))
        await operations.get(context, where, user_id)  # who has left meanwhile is not added again
        await operations.put(context, where, user_id, visit.read(NewRole, role=visit.form.get("new_role", "")))
        return _back(visit, "changed")
    if do == "remove":
        left = await operations.remove(context, where, id_in(visit.form.get("user", "")))
        return _back(visit, "removed-left" if left else "removed")
    if do == "leave":
        await operations.leave(context, where)
        return visit.go("/?done=left")
    await invitations.create(context, where, visit.read(NewInvitation, "email", "role"))
    return _back(visit, "invited")


def _back(visit: Visit, done: str) -> Answer:
    return visit.go(f"/organizations/{visit.parts[0]}/members?done={done}")
