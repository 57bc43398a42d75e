"""The roles of an organization as a matrix of actions, and roles of its own."""

from types import MappingProxyType
from typing import Final

from freehold.access import Action, known_actions
from freehold.base.errors import FreeholdError, Missing
from freehold.base.scalars import RoleText
from freehold.base.validation import parse_value
from freehold.console.frame import Place, organization_in, place_of, show
from freehold.console.keys import picked
from freehold.data.paging import PageRequest
from freehold.organizations.roles import operations
from freehold.organizations.roles.errors import RoleInUse, RoleTaken
from freehold.organizations.roles.types import CustomRole, NewCustomRole, RoleEntry, RolePatch
from freehold.pages.calls import Call
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

roles = Pages(__package__)

PATH: Final = "/organizations/{organization}/roles"
DONE: Final = {
    "created": "The role is ready.",
    "saved": "The role is saved. It counts for everybody who has it from their next request on.",
    "deleted": "The role is deleted.",
}
_FIELDS: Final = MappingProxyType[type[FreeholdError], str]({RoleTaken: "name", RoleInUse: "name"})
_COLUMNS: Final = 12
_EXAMPLE: Final = {"name": "release-manager", "actions": ["organization.read", "project.read", "project.update"]}


@roles.shows(PATH, for_user=True)
async def show_roles(visit: Visit) -> Answer:
    """Show who may do what, by role."""
    place = await place_of(visit)
    request = PageRequest(limit=_COLUMNS, cursor=visit.query.get("cursor") or None)
    listed = await operations.list_all(visit.context, place.organization.id, request)
    creation = Call("Create a role", "POST", f"{place.api}/roles", dict(_EXAMPLE))
    return await show(
        visit,
        "roles.html",
        "Roles",
        current="roles",
        place=place,
        listed=listed,
        actions=place.actions,
        done=DONE,
        calls=[
            Call("List roles", "GET", f"{place.api}/roles"),
            *([creation] if place.may(Action.ROLE_CREATE) else []),
            Call("Ask whether you may do something", "GET", f"{place.api}/access?action=project.delete"),
        ],
    )


@roles.shows(f"{PATH}/new", for_user=True)
async def show_new_role(visit: Visit) -> Answer:
    """Ask for what a new role needs."""
    return await _show_role(visit, await place_of(visit), None)


@roles.acts(f"{PATH}/new", fields=_FIELDS)
async def create_role(visit: Visit) -> Answer:
    """Make a role."""
    await operations.create(
        visit.context, organization_in(visit), visit.read(NewCustomRole, "name", actions=picked(visit))
    )
    return visit.go(f"/organizations/{visit.parts[0]}/roles?done=created")


@roles.shows(PATH + "/{role}", for_user=True)
async def show_role(visit: Visit) -> Answer:
    """Show a role, to be changed by who may."""
    place = await place_of(visit)
    return await _show_role(visit, place, await operations.get(visit.context, place.organization.id, _name(visit)))


@roles.acts(PATH + "/{role}", fields=_FIELDS)
async def change_role(visit: Visit) -> Answer:
    """Save a role, or delete it."""
    where, name = organization_in(visit), _name(visit)
    if visit.form.get("do") == "delete":
        await operations.delete(visit.context, where, name)
        return visit.go(f"/organizations/{visit.parts[0]}/roles?done=deleted")
    patch = visit.read(RolePatch, name=visit.form.get("name", ""), actions=picked(visit))
    await operations.update(visit.context, where, name, patch)
    return visit.go(f"/organizations/{visit.parts[0]}/roles?done=saved")


def _name(visit: Visit) -> str:
    try:
        name: str = parse_value(RoleText, visit.parts[1], "")
    except FreeholdError:
        raise Missing("There is no such role") from None
    return name


async def _show_role(visit: Visit, place: Place, role: CustomRole | RoleEntry | None) -> Answer:
    path = f"{place.api}/roles/{role.name}" if role else ""
    held = set(role.actions) if role else set()
    is_within = role is None or known_actions(role.actions, place.standing.own) <= place.standing.actions
    may_change = role is not None and not role.built_in and is_within and place.may(Action.ROLE_UPDATE)
    may_delete = role is not None and not role.built_in and is_within and place.may(Action.ROLE_DELETE)
    calls = [Call("Create a role", "POST", f"{place.api}/roles", dict(_EXAMPLE))]
    if role:
        calls = [Call("Read it", "GET", path)]
        if may_change:
            calls.append(Call("Change it", "PATCH", path, {"name": role.name, "actions": sorted(held)}))
        if may_delete:
            calls.append(Call("Delete it", "DELETE", path))
    return await show(
        visit,
        "role.html",
        role.name if role else "Create a role",
        current="roles",
        place=place,
        role=role,
        chosen=set(picked(visit)) if visit.form else held,
        actions=place.actions,
        is_within=is_within,
        may_change=may_change or (role is None and place.may(Action.ROLE_CREATE)),
        may_delete=may_delete,
        fields=("name", "actions"),
        calls=calls,
    )
