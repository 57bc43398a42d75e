"""An organization's settings: its name and slug, who owns it, and its end."""

from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

from freehold.access import Action
from freehold.base.errors import FreeholdError, Missing
from freehold.console.frame import Place, organization_in, place_of, require_typed, show, typed_words
from freehold.data.paging import PageRequest
from freehold.organizations import operations
from freehold.organizations.deletion import operations as deletion
from freehold.organizations.errors import SlugTaken
from freehold.organizations.members import operations as members
from freehold.organizations.members.types import Member
from freehold.organizations.ownership import operations as ownership
from freehold.organizations.ownership.errors import AlreadyOwner, NewOwnerIsNoMember
from freehold.organizations.ownership.types import OwnerOffer
from freehold.organizations.types import NewOwner, OrganizationPatch
from freehold.pages.calls import Call
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

settings = Pages(__package__)

PATH: Final = "/organizations/{organization}/settings"
DONE: Final = {
    "saved": "Saved.",
    "offered": "The offer is made. They got a mail, and can accept it within 7 days.",
    "withdrawn": "The offer is withdrawn.",
}
_FIELDS: Final = MappingProxyType[type[FreeholdError], str](
    {SlugTaken: "slug", NewOwnerIsNoMember: "user_id", AlreadyOwner: "user_id"}
)
_MOST_HEIRS: Final = 100


@settings.shows(PATH, for_user=True)
async def show_settings(visit: Visit) -> Answer:
    """Show what can be changed, and to whom it cannot, why."""
    place = await place_of(visit)
    offer = None
    with suppress(Missing):
        offer = await ownership.get(visit.context, place.organization.id)
    return await show(
        visit,
        "settings.html",
        "Settings",
        current="settings",
        place=place,
        offer=offer,
        heirs=await _heirs(visit, place),
        days=round(visit.settings.restore_days),
        done=DONE,
        fields=("name", "slug", "features", "user_id", "typed_name"),
        calls=_calls(place, offer),
    )


async def _heirs(visit: Visit, place: Place) -> list[Member]:
    if not (place.may(Action.ORGANIZATION_TRANSFER) and place.may(Action.MEMBER_READ)):
        return []
    listed = await members.list_all(visit.context, place.organization.id, PageRequest(limit=_MOST_HEIRS))
    return [each for each in listed.data if each.user.id != place.organization.owner_id]


def _calls(place: Place, offer: OwnerOffer | None) -> list[Call]:
    calls = [Call("Read it", "GET", place.api)]
    if place.may(Action.ORGANIZATION_UPDATE):
        now: dict[str, Any] = {"name": place.organization.name, "slug": place.organization.slug}
        now["features"] = list(place.organization.features)
        calls.append(Call("Change its name, slug and features", "PATCH", place.api, dict(now)))
    if place.may(Action.ORGANIZATION_TRANSFER) and offer:
        calls.append(Call("Withdraw the offer", "DELETE", f"{place.api}/owner-offer"))
    elif place.may(Action.ORGANIZATION_TRANSFER):
        heir = next((each for each in place.organization.members if each != place.organization.owner_id), None)
        if heir:
            calls.append(Call("Offer the ownership", "POST", f"{place.api}/owner-offer", {"user_id": str(heir)}))
    if place.may(Action.ORGANIZATION_DELETE):
        calls.append(Call("Delete it", "DELETE", place.api))
        calls.append(Call("Restore it", "POST", f"{place.api}/restore"))
    return calls


@settings.acts(PATH, fields=_FIELDS)
async def change_settings(visit: Visit) -> Answer:
    """Save the name and the slug, offer the ownership or take that back, or delete the organization."""
    context, where, do = visit.context, organization_in(visit), visit.form.get("do")
    if do == "offer":
        await ownership.offer(context, where, visit.read(NewOwner, "user_id"))
        return visit.go(f"/organizations/{visit.parts[0]}/settings?done=offered")
    if do == "withdraw":
        await ownership.withdraw(context, where)
        return visit.go(f"/organizations/{visit.parts[0]}/settings?done=withdrawn")
    if do == "delete":
        require_typed(visit, (await operations.get(context, where)).name)
        await deletion.delete(context, where)
        return visit.go("/account/organizations?done=deleted")
    typed: dict[str, Any] = {name: visit.form.get(name, "") for name in ("name", "slug")}
    if "features" in visit.form:
        typed["features"] = typed_words(visit, "features")
    saved = await operations.update(context, where, visit.read(OrganizationPatch, **typed))
    return visit.go(f"/organizations/{saved.slug}/settings?done=saved")
