"""Members, invitations, roles, keys, the audit log and settings of an organization in the console."""

import html
import re
from typing import Any, get_args

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.mail.letters import letters_to, token_to

from freehold import InvitationToken, NewCustomRole, NewInvitation, NewRole, PageRequest, Platform
from freehold.access import Action
from freehold.organizations.invitations.types import InvitationStatus

from .conftest import Enter

ALL = PageRequest(limit=100)
MEMBERS = "/organizations/acme/members"
SETTINGS = "/organizations/acme/settings"


async def id_of(platform: Platform, name: str) -> Any:
    return (await platform.users.find(name)).id


async def join(platform: Platform, name: str, role: str) -> None:
    await platform.organizations.members.put("acme", await id_of(platform, name), NewRole(role=role))


async def test_somebody_is_invited_again_and_no_more(ada: httpx.AsyncClient, platform: Platform):
    answer = await ada.post(MEMBERS, data={"email": "grace@example.com", "role": "admin"})
    assert answer.headers["location"] == f"{MEMBERS}?done=invited"
    shown = (await ada.get(answer.headers["location"])).text
    assert "The invitation is on its way." in shown
    (invitation,) = (await platform.organizations.invitations.list("acme", ALL)).data
    assert invitation.role == "admin"
    form = {"invitation": str(invitation.id)}
    assert (await ada.post(MEMBERS, data={**form, "do": "resend"})).status_code == 303
    assert len(await letters_to(platform, "grace@example.com")) == 2
    assert (await ada.post(MEMBERS, data={**form, "do": "revoke"})).status_code == 303
    assert (await platform.organizations.invitations.list("acme", ALL)).data == []
    again = await ada.post(MEMBERS, data={**form, "do": "revoke"})
    assert again.status_code == 409
    assert 'role="alert"' in again.text


@pytest.mark.parametrize("status", get_args(InvitationStatus))
async def test_invitations_are_shown_by_status(
    ada: httpx.AsyncClient, enter: Enter, platform: Platform, connection: Any, status: str
):
    empty = (await ada.get(MEMBERS, params={"status": status})).text
    assert f"No invitation is {status}." in empty
    invitations = platform.organizations.invitations
    made = {email: await invitations.create("acme", NewInvitation(email=f"{email}@example.com")) for email in "abc"}
    await invitations.revoke("acme", made["a"].id)
    await connection.execute("UPDATE invitations SET expires_at = now() WHERE id = $1", made["b"].id)
    await invitations.decline(InvitationToken(token=await token_to(platform, "c@example.com")))
    await invitations.create("acme", NewInvitation(email="d@example.com"))
    grace = await enter("grace")
    await invitations.create("acme", NewInvitation(email="grace@example.com"))
    token = await token_to(platform, "grace@example.com")
    assert (await grace.post("/invitation", data={"token": token})).status_code == 303
    shown = (await ada.get(MEMBERS, params={"status": status})).text
    of = {"revoked": "a", "expired": "b", "declined": "c", "open": "d", "accepted": "grace"}
    assert set(re.findall(r"<b>([a-z]+)@example.com</b>", shown)) == {of[status]}
    assert ("Revoke</button>" in shown) == (status in {"open", "expired"})
    why = {"accepted": "It was accepted", "declined": "It was declined", "revoked": "It was revoked"}.get(status, "")
    assert bool(re.search(r'value="resend"[^>]* disabled aria-describedby', shown)) == bool(why)
    assert why in shown
    for invitation in re.findall(r'name="invitation" value="([^"]+)"', shown):
        again = await ada.post(MEMBERS, data={"invitation": invitation, "do": "resend"})
        assert again.status_code == (409 if why else 303), "what is offered works, and what is not is refused"


async def test_invitation_that_another_replaced_says_so(ada: httpx.AsyncClient, platform: Platform, connection: Any):
    await platform.organizations.invitations.create("acme", NewInvitation(email="grace@example.com"))
    await connection.execute("UPDATE invitations SET expires_at = now()")
    await platform.organizations.invitations.create("acme", NewInvitation(email="grace@example.com"))
    shown = (await ada.get(MEMBERS, params={"status": "expired"})).text
    assert "A newer invitation took its place" in shown
    (replaced,) = re.findall(r'name="invitation" value="([^"]+)"', shown)
    assert (await ada.post(MEMBERS, data={"invitation": replaced, "do": "resend"})).status_code == 409


@pytest.mark.usefixtures("ada")
async def test_whoever_cannot_send_an_invitation_again_is_told_why(enter: Enter, platform: Platform):
    await platform.organizations.invitations.create("acme", NewInvitation(email="mary@example.com", role="admin"))
    read = (Action.MEMBER_READ, Action.INVITATION_READ)
    for name, actions, why in (
        ("reader", read, "You cannot send it: role reader does not include invitation.create"),
        ("host", (*read, Action.INVITATION_CREATE), "Its role can do more here than you"),
    ):
        await platform.organizations.roles.create("acme", NewCustomRole(name=name, actions=actions))
        browser = await enter(name)
        await join(platform, name, name)
        shown = (await browser.get(MEMBERS)).text
        assert why in shown
        (invitation,) = re.findall(r'name="invitation" value="([^"]+)"', shown)
        assert re.search(r'value="resend"[^>]* disabled', shown)
        assert (await browser.post(MEMBERS, data={"invitation": invitation, "do": "resend"})).status_code == 403


async def test_status_is_ignored_for_who_may_not_see_invitations(
    ada: httpx.AsyncClient, enter: Enter, platform: Platform
):
    grace = await enter("grace")
    await join(platform, "grace", "member")
    shown = (await grace.get(MEMBERS, params={"status": "open"})).text
    assert "ada" in shown
    assert "Show invitations" not in shown
    assert "Show invitations" in (await ada.get(MEMBERS)).text


@pytest.mark.parametrize(
    ("typed", "status", "field"),
    [
        ({"email": "grace@", "role": "member"}, 422, "email"),
        ({"email": "", "role": "member"}, 422, "email"),
        ({"email": "ada@example.com", "role": "member"}, 409, "email"),
        ({"email": "mary@example.com", "role": "member"}, 409, "email"),
    ],
)
async def test_invitation_that_is_not_right_is_told_beside_the_field(
    ada: httpx.AsyncClient, platform: Platform, typed: dict[str, str], status: int, field: str
):
    await platform.organizations.invitations.create("acme", NewInvitation(email="mary@example.com"))
    answer = await ada.post(MEMBERS, data=typed)
    assert answer.status_code == status
    assert f'id="{field}-wrong"' in answer.text
    assert f'value="{typed["email"]}"' in answer.text


async def test_role_is_changed_and_a_member_removed(ada: httpx.AsyncClient, enter: Enter, platform: Platform):
    grace = await enter("grace")
    await join(platform, "grace", "member")
    form = {"user": str(await id_of(platform, "grace"))}
    assert (await ada.post(MEMBERS, data={**form, "do": "role", "new_role": "admin"})).status_code == 303
    assert "Invite somebody" in (await grace.get(MEMBERS)).text
    wrong = await ada.post(MEMBERS, data={**form, "do": "role", "new_role": "owner"})
    assert wrong.status_code == 409
    assert 'role="alert"' in wrong.text
    assert (await ada.post(MEMBERS, data={**form, "do": "remove"})).status_code == 303
    assert (await grace.get(MEMBERS)).status_code == 404
    assert (await ada.post(MEMBERS, data={**form, "do": "role", "new_role": "admin"})).status_code == 404


async def test_member_leaves_and_sees_no_other_button(ada: httpx.AsyncClient, enter: Enter, platform: Platform):
    grace = await enter("grace")
    await join(platform, "grace", "member")
    shown = (await grace.get(MEMBERS)).text
    assert 'value="leave"' in shown
    assert not re.search(r'value="(role|remove|resend|revoke)"', shown)
    assert "You cannot invite anybody here: role member does not include invitation.create." in shown
    ids = {"user": str(await id_of(platform, "ada"))}
    for do in ("role", "remove"):
        assert (await grace.post(MEMBERS, data={**ids, "do": do, "new_role": "member"})).status_code == 403
    assert (await grace.post(MEMBERS, data={"email": "x@example.com", "role": "member"})).status_code == 403
    assert (await grace.post(MEMBERS, data={"do": "leave"})).headers["location"] == "/?done=left"
    assert (await ada.post(MEMBERS, data={"do": "leave"})).status_code == 409


@pytest.mark.usefixtures("ada")
async def test_nobody_is_offered_to_give_or_take_more_than_they_have(enter: Enter, platform: Platform):
    await platform.organizations.roles.create(
        "acme", NewCustomRole(name="host", actions=tuple(each for each in Action if each.startswith("member.")))
    )
    host = await enter("host")
    await join(platform, "host", "host")
    await enter("grace")
    await join(platform, "grace", "admin")
    shown = (await host.get(MEMBERS)).text
    assert "Can do more here than you" in shown
    assert not re.search(r'value="(role|remove)"', shown)


async def test_roles_are_a_matrix_and_made_changed_and_deleted(ada: httpx.AsyncClient, platform: Platform):
    path = "/organizations/acme/roles"
    made = await ada.post(f"{path}/new", data={"name": "tester", "action:project.read": "on"})
    assert made.headers["location"] == f"{path}?done=created"
    (role,) = [each for each in (await platform.organizations.roles.list("acme", ALL)).data if not each.built_in]
    assert set(role.actions) == {"organization.read", "project.read"}
    assert ">tester</a>" in (await ada.get(path)).text
    taken = await ada.post(f"{path}/new", data={"name": "tester", "action:project.update": "on"})
    assert taken.status_code == 409
    assert 'id="name-wrong"' in taken.text
    assert 'name="action:project.update" checked' in taken.text
    for typed, status in (({"name": "Not A Name"}, 422), ({"name": "x", "action:no.such": "on"}, 409)):
        assert (await ada.post(f"{path}/new", data=typed)).status_code == status
    changed = await ada.post(f"{path}/tester", data={"name": "testers", "action:audit.read": "on"})
    assert changed.headers["location"] == f"{path}?done=saved"
    assert (await ada.post(f"{path}/testers", data={"do": "delete"})).status_code == 303
    assert (await ada.get(f"{path}/testers")).status_code == 404
    built_in = await ada.get(f"{path}/admin")
    assert "cannot be changed" in built_in.text
    assert "Save" not in built_in.text
    assert (await ada.post(f"{path}/admin", data={"name": "boss"})).status_code == 409


@pytest.mark.parametrize("path", ["/account/api-keys", "/organizations/acme/api-keys"])
async def test_key_is_shown_once_rotated_and_revoked(ada: httpx.AsyncClient, path: str):
    made = await ada.post(path, data={"name": "deploy", "limited": "on", "action:project.read": "on"})
    assert made.status_code == 200
    found = re.search(r"fh[a-z]*_[A-Za-z0-9_-]{20,}", made.text)
    assert found is not None
    key = found[0]
    bearer = {"Authorization": f"Bearer {key}", "Cookie": ""}
    assert (await ada.get("/v1/organizations/acme/projects", headers=bearer)).status_code == 200
    shown = await ada.get(path)
    assert key not in shown.text
    key_id = re.search(r'name="key" value="([0-9a-f-]{36})"', shown.text)
    assert key_id is not None
    assert shown.text.count("deploy") > 1
    rotated = await ada.post(path, data={"do": "rotate", "key": key_id[1], "current_password": PASSWORD})
    assert rotated.status_code == 200
    assert "is shown only this once" in rotated.text
    assert (await ada.post(path, data={"do": "revoke", "key": key_id[1]})).status_code == 303
    assert (await ada.get("/v1/organizations/acme/projects", headers=bearer)).status_code == 401
    expired, unproved = {"name": "x", "expires_at": "2020-01-01"}, {"name": "x", "current_password": "no"}
    for typed, status in (({"name": ""}, 422), (expired, 409), (unproved, 409)):
        wrong = await ada.post(path, data=typed)
        assert wrong.status_code == status
        assert 'class="wrong"' in wrong.text
    assert (await ada.post(path, data={"do": "revoke", "key": "x"})).status_code == 404


async def test_log_is_narrowed_by_who_what_and_when(ada: httpx.AsyncClient, platform: Platform):
    await ada.post("/organizations/acme/projects/new", data={"name": "Rocket"})
    path = "/organizations/acme/audit-log"
    assert len(re.findall("<summary class=.mono.>", (await ada.get(path)).text)) == 2
    narrowed = (await ada.get(f"{path}?action=project.create&from=2020-01-01&to=&actor_id=")).text
    assert re.findall("<summary class=.mono.>([^<]+)", narrowed) == ["project.create"]
    assert "&#34;hash&#34;:" in narrowed
    assert "No event matches" in (await ada.get(f"{path}?to=2020-01-01")).text
    mine = await ada.get(f"{path}?actor_id={await id_of(platform, 'ada')}")
    assert "organization.create" in mine.text
    assert (await ada.get(f"{path}?from=tomorrow")).status_code == 422


async def test_features_of_an_organization_are_typed_with_commas_and_shown_as_chips(
    ada: httpx.AsyncClient, enter: Enter, platform: Platform
):
    saved = await ada.post(SETTINGS, data={"name": "Acme", "slug": "acme", "features": "sso, wiki,sso"})
    assert saved.headers["location"] == "/organizations/acme/settings?done=saved"
    assert (await platform.organizations.get("acme")).features == ("sso", "wiki")
    assert 'value="sso, wiki"' in (await ada.get(SETTINGS)).text
    assert (await ada.post(SETTINGS, data={"name": "Acme", "slug": "acme"})).status_code == 303
    assert (await platform.organizations.get("acme")).features == ("sso", "wiki"), "a form without the field keeps them"
    wrong = await ada.post(SETTINGS, data={"name": "Acme", "slug": "acme", "features": "S S O"})
    assert wrong.status_code == 422
    bob = await enter("bob")
    await platform.organizations.members.put("acme", await id_of(platform, "bob"), NewRole())
    assert '<span class="chip">sso</span>' in (await bob.get(SETTINGS)).text


async def test_organization_is_renamed_deleted_and_restored(ada: httpx.AsyncClient):
    renamed = await ada.post(SETTINGS, data={"name": "Acme & Sons", "slug": "acme-sons"})
    assert renamed.headers["location"] == "/organizations/acme-sons/settings?done=saved"
    path = "/organizations/acme-sons/settings"
    assert (await ada.get("/organizations/acme")).status_code == 200, "the old slug still leads there"
    for typed in ({"name": "", "slug": "acme"}, {"name": "Acme", "slug": "A B"}):
        wrong = await ada.post(path, data=typed)
        assert wrong.status_code == 422
        assert 'class="wrong"' in wrong.text
    assert (await ada.post(path, data={"do": "delete", "typed_name": "acme"})).status_code == 422
    gone = await ada.post(path, data={"do": "delete", "typed_name": "Acme & Sons"})
    assert gone.headers["location"] == "/account/organizations?done=deleted"
    assert (await ada.get(path)).status_code == 404
    shown = await ada.get("/account/organizations")
    found = re.search(r'name="organization" value="([0-9a-f-]{36})"', shown.text)
    assert found is not None
    restored = await ada.post("/account/organizations", data={"organization": found[1]})
    assert restored.headers["location"] == "/organizations/acme-sons"
    assert (await ada.get(path)).status_code == 200


async def test_ownership_is_offered_withdrawn_and_accepted(ada: httpx.AsyncClient, enter: Enter, platform: Platform):
    grace = await enter("grace")
    await join(platform, "grace", "admin")
    heir = {"do": "offer", "user_id": str(await id_of(platform, "grace"))}
    assert (await ada.post(SETTINGS, data=heir)).headers["location"] == f"{SETTINGS}?done=offered"
    assert "Withdraw the offer" in (await ada.get(SETTINGS)).text
    assert "Answer the offer" in (await grace.get(SETTINGS)).text
    assert (await ada.post(SETTINGS, data={"do": "withdraw"})).status_code == 303
    assert (await ada.post(SETTINGS, data={"do": "withdraw"})).status_code == 404
    mine = await ada.post(SETTINGS, data={**heir, "user_id": str(await id_of(platform, "ada"))})
    assert (mine.status_code, 'id="user_id-wrong"' in mine.text) == (409, True)
    await ada.post(SETTINGS, data=heir)
    link = re.search(r'href="(/accept-ownership[^"]+)"', (await grace.get(SETTINGS)).text)
    assert link is not None
    accepted = await grace.post(html.unescape(link[1]), data={"accept": "yes"})
    assert accepted.headers["location"] == "/?done=owner"
    assert "You cannot delete it: role admin does not include organization.delete." in (await ada.get(SETTINGS)).text
    for form in (heir, {"do": "delete", "typed_name": "Acme"}):
        assert (await ada.post(SETTINGS, data=form)).status_code == 403
