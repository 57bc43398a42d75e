"""API keys, of oneself and of an organization: made, shown once, rotated and revoked."""

from types import MappingProxyType
from typing import Any, Final

from freehold.access import NEVER_BY_KEY, Action, all_actions, ordered, own_actions
from freehold.api_keys import operations
from freehold.api_keys.errors import ApiKeyExpired
from freehold.api_keys.types import IssuedApiKey, KeyRotation, NewApiKey
from freehold.base.errors import FreeholdError
from freehold.console.frame import Place, id_in, place_of, show
from freehold.data.paging import PageRequest
from freehold.pages.calls import Call
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.users.proving.errors import FreshSignInNeeded
from freehold.web.answers import Answer

keys = Pages(__package__)

OF_USER: Final = "/account/api-keys"
OF_ORGANIZATION: Final = "/organizations/{organization}/api-keys"
DONE: Final = {"revoked": "The key is revoked. It works no longer."}
_FIELDS: Final = MappingProxyType[type[FreeholdError], str](
    {FreshSignInNeeded: "current_password", ApiKeyExpired: "name"}
)
_PICKED: Final = "action:"


def picked(visit: Visit) -> list[str]:
    """List the actions whose boxes are ticked."""
    return [name.removeprefix(_PICKED) for name in visit.form if name.startswith(_PICKED)]


def new_key(visit: Visit) -> NewApiKey:
    """Read the form of a new key, which works to the end (UTC) of the day that was picked.

    Raises:
        Invalid: naming every field that is not right.
    """
    given: dict[str, Any] = {}
    if visit.form.get("limited") == "on":
        given["actions"] = picked(visit)
    day = visit.form.get("expires_at", "")
    if day:
        given["expires_at"] = f"{day}T23:59:59Z"
    return visit.read(NewApiKey, "name", "current_password", **given)


@keys.shows(OF_USER, for_user=True)
async def show_own_keys(visit: Visit) -> Answer:
    """List one's keys, and ask for a new one."""
    return await _show(visit, None, None)


@keys.shows(OF_ORGANIZATION, for_user=True)
async def show_organization_keys(visit: Visit) -> Answer:
    """List the keys of an organization, and ask for a new one."""
    return await _show(visit, await place_of(visit), None)


async def _show(visit: Visit, place: Place | None, issued: IssuedApiKey | None) -> Answer:
    request = visit.filtered(PageRequest, "cursor")
    if place is None:
        listed = await operations.list_of_user(visit.context, "me", request)
        api, offered = "/v1/users/me/api-keys", all_actions(await own_actions(visit.context))
    else:
        listed = await operations.list_of_organization(visit.context, place.organization.id, request)
        api, offered = f"{place.api}/api-keys", place.standing.actions
    may_make = place is None or place.may(Action.API_KEY_CREATE)
    may_end = place is None or place.may(Action.API_KEY_DELETE)
    calls = [Call("List them", "GET", api)]
    if may_make:
        name = visit.form.get("name") or "deploy"
        calls.append(Call("Create one", "POST", api, {"name": name, "actions": ["project.read"]}))
    for each in listed.data[:1]:
        calls += [Call("Rotate one", "POST", f"{api}/{each.id}/rotate", {"overlap_seconds": 86400})] if may_make else []
        calls += [Call("Revoke one", "DELETE", f"{api}/{each.id}")] if may_end else []
    return await show(
        visit,
        "keys.html",
        "API keys",
        current="keys" if place else "account-keys",
        place=place,
        listed=listed,
        issued=issued,
        offered=ordered(offered - NEVER_BY_KEY),
        picked=picked(visit) if visit.trouble else [],
        may_make=may_make,
        may_end=may_end,
        action=f"{place.path}/api-keys" if place else OF_USER,
        done=DONE,
        fields=("name", "expires_at", "current_password", "actions"),
        calls=calls,
    )


@keys.acts(OF_USER, limit="sign-ins", fields=_FIELDS)
async def change_own_keys(visit: Visit) -> Answer:
    """Make, rotate or revoke a key of one's own."""
    context, do = visit.context, visit.form.get("do")
    if do == "revoke":
        await operations.delete_of_user(context, "me", id_in(visit.form.get("key", "")))
        return visit.go(f"{OF_USER}?done=revoked")
    if do == "rotate":
        rotation = visit.read(KeyRotation, "current_password")
        issued = await operations.rotate_of_user(context, "me", id_in(visit.form.get("key", "")), rotation)
    else:
        issued = await operations.create_for_user(context, "me", new_key(visit))
    return await _issued(visit, None, issued)


@keys.acts(OF_ORGANIZATION, limit="sign-ins", fields=_FIELDS)
async def change_organization_keys(visit: Visit) -> Answer:
    """Make, rotate or revoke a key of an organization."""
    place = await place_of(visit)
    context, where, do = visit.context, place.organization.id, visit.form.get("do")
    if do == "revoke":
        await operations.delete_of_organization(context, where, id_in(visit.form.get("key", "")))
        return visit.go(f"{place.path}/api-keys?done=revoked")
    if do == "rotate":
        rotation = visit.read(KeyRotation, "current_password")
        issued = await operations.rotate_of_organization(context, where, id_in(visit.form.get("key", "")), rotation)
    else:
        issued = await operations.create_for_organization(context, where, new_key(visit))
    return await _issued(visit, place, issued)


async def _issued(visit: Visit, place: Place | None, issued: IssuedApiKey) -> Answer:
    """Show the new key at once, in the answer to the form: it stands in no address and is stored nowhere."""
    visit.form = {}
    return await _show(visit, place, issued)
