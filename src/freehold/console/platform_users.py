"""Everybody on the platform, for its administrators."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from freehold.base.errors import FreeholdError, Missing
from freehold.console.frame import id_in, require_admin, show
from freehold.data.paging import PageRequest
from freehold.organizations import operations as organizations
from freehold.pages.calls import Call, with_query
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.sessions import operations as sessions
from freehold.sessions.acting import operations as acting
from freehold.sessions.acting.types import NewImpersonation
from freehold.users import operations as users
from freehold.users.finding import operations as finding
from freehold.users.finding.types import UsersPageRequest
from freehold.users.proving.errors import FreshSignInNeeded
from freehold.users.recovery import operations as recovery
from freehold.users.rights import operations as rights
from freehold.users.rights.types import AdminGrant
from freehold.users.suspension import operations as suspension
from freehold.users.suspension.types import NewSuspension
from freehold.users.verification import operations as verification
from freehold.web.answers import Answer

platform_users = Pages(__package__)

_FILTERS: Final = ("q", "state", "admin")
_MOST_ORGANIZATIONS: Final = 50
_PROOF: Final = MappingProxyType[type[FreeholdError], str]({FreshSignInNeeded: "current_password"})
DONE: Final = {
    "suspend": "Suspended. Every session and API key has ended.",
    "resume": "Resumed. They can sign in again.",
    "verify": "The address counts as confirmed.",
    "reset": "We mailed them a link that sets a new password.",
    "end": "Every session has ended.",
    "stopped": "You act as yourself again.",
    "grant": "They administer the platform now.",
    "revoke": "They no longer administer the platform.",
}


@platform_users.shows("/platform/users", for_user=True)
async def show_users(visit: Visit) -> Answer:
    """List the users, newest first, or those that a filter finds."""
    require_admin(visit)
    listed = await finding.list_all(visit.context, visit.filtered(UsersPageRequest, *_FILTERS, "cursor"))
    kept = visit.only(_FILTERS)
    return await show(
        visit,
        "platform_users.html",
        "All users",
        current="platform-users",
        listed=listed,
        is_narrowed=bool(kept),
        kept=_FILTERS,
        calls=[Call("Find users", "GET", with_query("/v1/users", **kept))],
    )


@platform_users.shows("/platform/users/{user}", for_user=True)
async def show_one(visit: Visit) -> Answer:
    """Show a user with their sessions and organizations, and what an administrator can do for them."""
    require_admin(visit)
    user_id = id_in(visit.parts[0])
    person = await users.get(visit.context, user_id)
    path = f"/v1/users/{user_id}"
    return await show(
        visit,
        "platform_user.html",
        person.username,
        current="platform-users",
        person=person,
        suspended=await suspension.get(visit.context, user_id) if person.state == "suspended" else None,
        listed=await sessions.list_of_user(visit.context, user_id, visit.filtered(PageRequest, "cursor")),
        belongs_to=await organizations.list_of_user(visit.context, user_id, PageRequest(limit=_MOST_ORGANIZATIONS)),
        done=DONE,
        fields=("reason", "current_password"),
        calls=[
            Call("Read the user", "GET", path),
            Call("List their sessions", "GET", f"{path}/sessions"),
            Call("End every session", "DELETE", f"{path}/sessions"),
            Call("List their organizations", "GET", f"{path}/organizations"),
            Call("Act for them", "POST", f"{path}/impersonation", {"reason": "Ticket 12"}),
            Call("Suspend", "PUT", f"{path}/suspension", {"reason": "Ticket 12"}),
            Call("Resume", "DELETE", f"{path}/suspension"),
            Call("Mail a link that sets a new password", "POST", f"{path}/password-reset"),
        ],
    )


async def _suspend(visit: Visit, user_id: UUID) -> Any:
    return await suspension.suspend(visit.context, user_id, visit.read(NewSuspension, "reason"))


async def _grant(visit: Visit, user_id: UUID) -> Any:
    return await rights.grant(visit.context, user_id, visit.read(AdminGrant, "current_password"))


_WHAT: Final[Mapping[str, Callable[[Visit, UUID], Awaitable[Any]]]] = {
    "suspend": _suspend,
    "resume": lambda visit, user_id: suspension.resume(visit.context, user_id),
    "verify": lambda visit, user_id: verification.mark_verified(visit.context, user_id),
    "reset": lambda visit, user_id: recovery.request_for(visit.context, user_id),
    "end": lambda visit, user_id: sessions.end_others(visit.context, user_id),
    "grant": _grant,
    "revoke": lambda visit, user_id: rights.revoke(visit.context, user_id),
}


@platform_users.acts("/platform/users/{user}", limit="sign-ins", fields=_PROOF)
async def look_after(visit: Visit) -> Answer:
    """Do for a user what the button says."""
    require_admin(visit)
    do = visit.form.get("do", "")
    if do not in {*_WHAT, "act"}:
        raise Missing("There is nothing like this to do here")
    user_id = id_in(visit.parts[0])
    if do == "act":
        begun = await acting.begin(visit.context, user_id, visit.read(NewImpersonation, "reason", "current_password"))
        return visit.go("/", *visit.act_as(begun.token))
    await _WHAT[do](visit, user_id)
    return visit.go(f"/platform/users/{user_id}?done={do}")
