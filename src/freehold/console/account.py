"""One's own account: profile and address, password and sessions, organizations, export and deletion."""

from types import MappingProxyType
from typing import Final

from freehold.base.errors import FreeholdError
from freehold.console.frame import id_in, require_typed, show
from freehold.data.paging import PageRequest
from freehold.organizations import operations as organizations
from freehold.organizations.deletion import operations as deletion
from freehold.pages.calls import Call
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.personal_data import operations as personal_data
from freehold.sessions import operations as sessions
from freehold.users import operations as users
from freehold.users.errors import EmailTaken, UsernameTaken
from freehold.users.proving.errors import FreshSignInNeeded
from freehold.users.types import PasswordChange, UserPatch
from freehold.web.answers import Answer

account = Pages(__package__)

_TAKEN: Final = MappingProxyType[type[FreeholdError], str](
    {UsernameTaken: "username", EmailTaken: "email", FreshSignInNeeded: "current_password"}
)
_PROFILE: Final = ("first_name", "last_name", "avatar_url")
DONE: Final = {
    "saved": "Saved.",
    "mailed": "We mailed a link to the new address. It counts once you open that link and confirm.",
    "password": "The password is changed. Every other session has ended.",
    "ended": "The session has ended.",
    "others": "Every other session has ended.",
    "deleted": "The organization is deleted. You can restore it below.",
}


@account.shows("/account", for_user=True)
async def show_account(visit: Visit) -> Answer:
    """Show the profile and the address."""
    user = await users.get(visit.context, "me")
    profile = {name: getattr(user.profile, name) for name in _PROFILE}
    return await show(
        visit,
        "account.html",
        "Profile",
        current="account",
        user=user,
        done=DONE,
        fields=("username", "email", "current_password", *_PROFILE),
        picture_hint=_picture_hint(visit),
        calls=[
            Call("Read your account", "GET", "/v1/users/me"),
            Call("Change it", "PATCH", "/v1/users/me", {"username": user.username, "profile": profile}),
        ],
    )


def _picture_hint(visit: Visit) -> str:
    if not (allowed := sorted(visit.settings.shown_origins)):
        return "Applications show it. These pages show your initials: they load nothing from other sites."
    return f"Applications show it. These pages show pictures of {', '.join(allowed)}; for any other, your initials."


@account.acts("/account", limit="sign-ins", fields=_TAKEN)
async def change_account(visit: Visit) -> Answer:
    """Save the profile, or ask for another address."""
    if visit.form.get("do") == "email":
        await users.update(visit.context, "me", visit.read(UserPatch, "email", "current_password"))
        return visit.go("/account?done=mailed")
    profile = {name: visit.form.get(name, "").strip() or None for name in _PROFILE}
    patch = visit.read(UserPatch, username=visit.form.get("username", ""), profile=profile)
    await users.update(visit.context, "me", patch)
    return visit.go("/account?done=saved")


@account.shows("/account/security", for_user=True)
async def show_security(visit: Visit) -> Answer:
    """Show the sessions with their devices, and ask for a new password."""
    listed = await sessions.list_mine(visit.context, visit.filtered(PageRequest, "cursor"))
    other = next((each for each in listed.data if not each.current), None)
    return await show(
        visit,
        "security.html",
        "Password and sessions",
        current="security",
        listed=listed,
        done=DONE,
        fields=("current_password", "new_password"),
        calls=[
            Call("List your sessions", "GET", "/v1/sessions"),
            *([Call("End a session", "DELETE", f"/v1/sessions/{other.id}")] if other else []),
            Call("End every other session", "DELETE", "/v1/sessions"),
            Call(
                "Change your password",
                "PUT",
                "/v1/users/me/password",
                {"current_password": "...", "new_password": "..."},
            ),
        ],
    )


@account.acts("/account/security", limit="sign-ins")
async def change_security(visit: Visit) -> Answer:
    """End a session or all others, or change the password."""
    do = visit.form.get("do")
    if do == "end":
        await sessions.end(visit.context, id_in(visit.form.get("session", "")))
        return visit.go("/account/security?done=ended")
    if do == "others":
        await sessions.end_others(visit.context, "me")
        return visit.go("/account/security?done=others")
    ends_keys = visit.form.get("end_api_keys") == "on"
    change = visit.read(PasswordChange, "current_password", "new_password", end_api_keys=ends_keys)
    await users.change_password(visit.context, "me", change)
    return visit.go("/account/security?done=password")


@account.shows("/account/organizations", for_user=True)
async def show_organizations(visit: Visit) -> Answer:
    """List one's organizations, and the deleted ones that one can restore."""
    listed = await organizations.list_of_user(visit.context, "me", visit.filtered(PageRequest, "cursor"))
    deleted = await deletion.list_of_user(visit.context, "me", PageRequest(limit=100))
    restoring = [
        Call("Restore a deleted one", "POST", f"/v1/organizations/{each.id}/restore") for each in deleted.data[:1]
    ]
    return await show(
        visit,
        "organizations.html",
        "Your organizations",
        current="organizations",
        listed=listed,
        deleted=deleted,
        done=DONE,
        calls=[Call("List your organizations", "GET", "/v1/users/me/organizations"), *restoring],
    )


@account.acts("/account/organizations")
async def restore_organization(visit: Visit) -> Answer:
    """Restore a deleted organization."""
    restored = await deletion.restore(visit.context, id_in(visit.form.get("organization", "")))
    return visit.go(f"/organizations/{restored.slug}")


@account.shows("/account/data", for_user=True)
async def show_data(visit: Visit) -> Answer:
    """Offer everything that is stored about who asks as a file, and the end of the account."""
    return await show(
        visit,
        "data.html",
        "Your data",
        current="data",
        fields=("typed_name", "current_password"),
        calls=[
            Call("Download everything stored about you", "GET", "/v1/users/me/export"),
            Call("Delete your account", "DELETE", "/v1/users/me", {"current_password": "..."}),
        ],
    )


@account.acts("/account/data", limit="sign-ins", fields=_TAKEN)
async def delete_account(visit: Visit) -> Answer:
    """Delete the account and all that is stored about it."""
    require_typed(visit, (await users.get(visit.context, "me")).username)
    await personal_data.erase(visit.context, "me", current_password=visit.form.get("current_password") or None)
    return visit.go("/sign-in?done=account-deleted", visit.drop())
