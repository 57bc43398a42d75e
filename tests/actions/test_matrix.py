"""Own actions work wherever Freehold's do: kinds of role x own action x every way to ask, in any process."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from tests.actions.conftest import HELD, INVOICES, KEYS, OWN, Another, House

from freehold import (
    Access,
    AccessQuestion,
    Action,
    ActionDeclaration,
    Forbidden,
    Missing,
    NewAction,
    NewApiKey,
    NewCustomRole,
    NewInvitation,
    NewProject,
    NewRole,
    PageRequest,
    Platform,
    Role,
    RolePatch,
)
from freehold.access import NoSuchAction, UnknownAction
from freehold.actions.errors import ActionInUse, BuiltInAction
from freehold.api_keys.errors import BeyondKeys

ALL = sorted(OWN)


async def allowed(platform: Platform, house: House, action: str) -> bool:
    try:
        scope = await platform.access(house.id, action)
    except (Forbidden, Missing):
        return False
    assert scope.action == action
    assert scope.may(action)
    return True


async def test_access_by_every_kind_of_role(house: House):
    found = {name: {action for action in ALL if await allowed(house.acting(name), house, action)} for name in HELD}
    assert found == HELD


async def test_access_in_a_process_that_declared_nothing(house: House, another: Another):
    async with another() as second:
        found = {
            name: {action for action in ALL if await allowed(house.acting(name, second), house, action)}
            for name in HELD
        }
    assert found == HELD


async def test_explanation_of_every_kind_of_role(house: House):
    because = {
        "owner": "owner of the organization",
        "root": "platform administrator",
        "admin": "role admin",
        "member": "role member",
        "clerk": "role clerk",
        "guest": "role guest",
        "outsider": "not a member",
    }
    asking = house.acting("root")
    for name, held in HELD.items():
        for action in ALL:
            question = AccessQuestion(action=action, user_id=house.people[name])
            answer = await asking.organizations.explain_access(house.id, question)
            assert answer.allowed == (action in held), (name, action)
            assert answer.because.startswith(because[name]), (name, action)


async def test_explanation_over_http_and_on_the_command_line_is_the_same(
    house: House, client: httpx.AsyncClient, database_url: str
):
    from click.testing import CliRunner  # noqa: PLC0415

    from freehold.cli.program import program  # noqa: PLC0415

    key = (await house.acting("admin").api_keys.create("me", NewApiKey(name="k"))).key
    for name in ("member", "guest", "clerk"):
        for action in ALL:
            question = AccessQuestion(action=action, user_id=house.people[name])
            told = await house.platform.organizations.explain_access(house.id, question)
            asked = await client.get(
                f"/v1/organizations/{house.id}/access",
                params={"action": action, "user_id": str(house.people[name])},
                headers={"Authorization": f"Bearer {key}"},
            )
            assert asked.json() == {"allowed": told.allowed, "because": told.because}
    arguments = ["organizations", "access", "acme", "clerk", "invoice.void", "--json"]
    run = await asyncio.to_thread(CliRunner().invoke, program, arguments, env={"FREEHOLD_DATABASE_URL": database_url})
    assert run.exit_code == 0, run.output
    assert json.loads(run.output)["allowed"] is True


@pytest.mark.parametrize("name", KEYS)
async def test_organizations_key_holds_exactly_its_actions(house: House, another: Another, name: str):
    async with another() as second:
        for platform in (house.platform, second):
            acting = await platform.authenticate(house.keys[name])
            assert {action for action in ALL if await allowed(acting, house, action)} == OWN & set(KEYS[name])


@pytest.mark.parametrize("name", ["owner", "admin", "member", "clerk", "guest"])
async def test_users_key_holds_what_both_have(house: House, name: str):
    keys: dict[tuple[str, ...] | None, frozenset[str]] = {None: HELD[name], ("organization.read",): frozenset()}
    keys |= {(action,): frozenset({action}) for action in HELD[name]}
    for actions, held in keys.items():
        made = await house.acting(name).api_keys.create("me", NewApiKey(name="k", actions=actions))
        acting = await house.platform.authenticate(made.key)
        assert {action for action in ALL if await allowed(acting, house, action)} == held
    for action in OWN - HELD[name]:
        with pytest.raises(Forbidden):
            await house.acting(name).api_keys.create("me", NewApiKey(name="k", actions=(action,)))


@pytest.mark.parametrize("name", ["admin", "member"])
@pytest.mark.parametrize("action", ALL)
async def test_nobody_gives_what_they_lack(house: House, name: str, action: str):
    acting = house.acting("admin" if name == "admin" else "owner")
    new = NewCustomRole(name="new", actions=(action,))
    if name == "admin" and action not in HELD["admin"]:
        with pytest.raises(Forbidden, match=action):
            await acting.organizations.roles.create(house.id, new)
        with pytest.raises(Forbidden, match=action):
            await acting.organizations.api_keys.create(house.id, NewApiKey(name="k", actions=(action,)))
        with pytest.raises(Forbidden, match=action if action == "invoice.void" else "clerk"):
            await acting.organizations.members.put(house.id, house.people["member"], NewRole(role="clerk"))
        return
    made = await acting.organizations.roles.create(house.id, new)
    assert made.actions == (Action.ORGANIZATION_READ, action)
    await acting.organizations.members.put(house.id, house.people["guest"], NewRole(role="new"))
    assert await allowed(house.acting("guest"), house, action)


async def test_roles_show_them_in_order(house: House, client: httpx.AsyncClient):
    listed = await house.acting("admin").organizations.roles.list(house.id, PageRequest(limit=100))
    shown = {role.name: [action for action in role.actions if action in OWN] for role in listed.data}
    assert shown == {name: sorted(HELD[name]) for name in ("owner", "admin", "member", "clerk", "guest")}
    over_http = await client.get(
        f"/v1/organizations/{house.id}/roles/member",
        headers={
            "Authorization": f"Bearer {(await house.acting('owner').api_keys.create('me', NewApiKey(name='k'))).key}"
        },
    )
    assert over_http.json()["actions"][-1] == "invoice.read"


async def test_role_and_key_are_made_over_http(house: House, client: httpx.AsyncClient):
    headers = {
        "Authorization": f"Bearer {(await house.acting('admin').api_keys.create('me', NewApiKey(name='k'))).key}"
    }
    path = f"/v1/organizations/{house.id}/roles"
    made = await client.post(path, headers=headers, json={"name": "sender", "actions": ["invoice.send"]})
    assert made.status_code == 201
    assert made.json()["actions"] == ["organization.read", "invoice.send"]
    lacking = await client.post(path, headers=headers, json={"name": "voider", "actions": ["invoice.void"]})
    assert lacking.status_code == 403
    unknown = await client.post(path, headers=headers, json={"name": "flyer", "actions": ["invoice.fly"]})
    assert (unknown.status_code, unknown.json()["code"]) == (409, "unknown_action")
    assert "invoice.fly" in unknown.json()["detail"]
    wrong = await client.patch(f"{path}/sender", headers=headers, json={"actions": ["fly"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/actions/0")
    asked = await client.get(f"/v1/organizations/{house.id}/access?action=invoice.fly", headers=headers)
    assert (asked.status_code, asked.json()["code"]) == (404, "no_such_action")


async def test_actions_are_read_over_http(house: House, client: httpx.AsyncClient):
    assert (await client.get("/v1/actions")).status_code == 401
    headers = {
        "Authorization": f"Bearer {(await house.acting('guest').api_keys.create('me', NewApiKey(name='k'))).key}"
    }
    assert (await client.get("/v1/actions?limit=100", headers=headers)).status_code == 403, "it takes a session"
    session = {"Authorization": f"Bearer {await signed_in(client, 'guest')}"}
    listed = (await client.get("/v1/actions?limit=100", headers=session)).json()["data"]
    assert listed[-3] == {
        "name": "invoice.read",
        "built_in": False,
        "roles": ["owner", "admin", "member"],
        "applications": ["invoices"],
        "description": "See invoices",
    }
    assert (await client.get("/v1/actions/invoice.read", headers=session)).json() == listed[-3]
    assert (await client.get("/v1/actions/invoice.fly", headers=session)).json()["code"] == "no_such_action"


async def signed_in(client: httpx.AsyncClient, name: str) -> str:
    from tests.conftest import PASSWORD  # noqa: PLC0415

    answer = await client.post("/v1/sessions", json={"login": name, "password": PASSWORD})
    token: str = answer.json()["token"]
    return token


async def test_key_that_is_limited_to_projects_has_none(house: House):
    project = await house.acting("owner").projects.create(house.id, NewProject(name="Rocket"))
    new = NewApiKey(name="k", actions=("invoice.read",), project_ids=(project.id,))
    with pytest.raises(BeyondKeys):
        await house.acting("owner").organizations.api_keys.create(house.id, new)
    made = await house.acting("owner").api_keys.create("me", NewApiKey(name="k", project_ids=(project.id,)))
    acting = await house.platform.authenticate(made.key)
    assert not await allowed(acting, house, "invoice.read")


async def test_key_without_actions_gets_what_a_member_has(house: House):
    made = await house.platform.organizations.api_keys.create(house.id, NewApiKey(name="k"))
    assert made.actions is not None
    assert OWN & set(made.actions) == {"invoice.read"}


async def test_invitation_to_a_role_with_own_actions_takes_them(house: House):
    await house.acting("admin").organizations.invitations.create(
        house.id, NewInvitation(email="dave@example.com", role="member")
    )
    invited = NewInvitation(email="erin@example.com", role="clerk")
    with pytest.raises(Forbidden, match=r"invoice.void"):
        await house.acting("admin").organizations.invitations.create(house.id, invited)
    made = await house.acting("owner").organizations.invitations.create(house.id, invited)
    assert not made.needs_resending


async def test_change_of_roles_counts_at_once_in_every_process(house: House, another: Another):
    async with another() as second:
        assert not await allowed(house.acting("member", second), house, "invoice.send")
        newer = ActionDeclaration(
            application="invoices", revision=2, actions=(NewAction(name="invoice.send", roles=(Role.MEMBER,)),)
        )
        await house.platform.actions.declare(newer)
        assert await allowed(house.acting("member", second), house, "invoice.send")
        assert await allowed(house.acting("member"), house, "invoice.send")


async def test_declaration_that_is_rolled_back_leaves_nothing_behind(house: House, connection: Any):
    transaction = connection.transaction()
    await transaction.start()
    inside = house.platform.within(connection)
    await inside.actions.declare(ActionDeclaration(application="notes", actions=(NewAction(name="note.read"),)))
    assert await allowed(house.acting("owner", inside), house, "note.read")
    await transaction.rollback()
    with pytest.raises(ValueError, match=r"There is no action 'note.read'"):
        await house.acting("owner").access(house.id, "note.read")
    assert await allowed(house.acting("owner"), house, "invoice.read")


async def test_deleting_says_who_holds_it_and_then_gives_nothing(house: House):
    with pytest.raises(ActionInUse) as refused:
        await house.platform.actions.delete("invoice.void")
    assert "1 custom role (clerk of acme) and 1 API key ('all' of acme (" in refused.value.detail
    removal = await house.platform.actions.delete("invoice.void", force=True)
    assert (removal.role_count, removal.key_count) == (1, 1)
    assert [(each.organization, each.role) for each in removal.roles] == [("acme", "clerk")]
    clerk = house.acting("clerk")
    for acting in (clerk, house.acting("owner"), await house.platform.authenticate(house.keys["all"])):
        with pytest.raises(ValueError, match=r"There is no action 'invoice.void'"):
            await acting.access(house.id, "invoice.void")
    # What is left in the role is in nobody's way: it can be given and changed, though not given anew.
    admin = house.acting("admin")
    await admin.organizations.members.put(house.id, house.people["guest"], NewRole(role="clerk"))
    await admin.organizations.roles.update(house.id, "clerk", RolePatch(name="clerks"))
    with pytest.raises(UnknownAction, match=r"invoice.void"):
        await admin.organizations.roles.update(house.id, "clerks", RolePatch(actions=("invoice.void",)))
    await house.platform.actions.declare(INVOICES)
    assert await allowed(clerk, house, "invoice.void")


async def test_deleting_what_nobody_holds(house: House):
    await house.platform.actions.declare(ActionDeclaration(application="notes", actions=(NewAction(name="note.read"),)))
    removal = await house.platform.actions.delete("note.read")
    assert (removal.role_count, removal.roles, removal.api_keys) == (0, (), ())
    with pytest.raises(NoSuchAction):
        await house.platform.actions.get("note.read")
    with pytest.raises(NoSuchAction):
        await house.platform.actions.delete("note.read")
    with pytest.raises(BuiltInAction):
        await house.platform.actions.delete("project.read")


async def test_deleting_waits_for_who_is_given_it(house: House, connection: Any, another: Another):
    transaction = connection.transaction()
    await transaction.start()
    inside = house.platform.within(connection)
    await house.acting("owner", inside).organizations.roles.create(
        house.id, NewCustomRole(name="sender", actions=("invoice.send",))
    )
    async with another() as second:
        deleting = asyncio.ensure_future(second.actions.delete("invoice.send"))
        waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        while not await connection.fetchval(waits):
            assert not deleting.done()
        await transaction.commit()
        with pytest.raises(ActionInUse, match="sender of acme"):
            await deleting


@pytest.mark.parametrize("action", ["project.fly", "user.create", "fly", "Invoice.read", ""])
async def test_what_can_be_no_action_is_a_fault_of_the_program(house: House, action: str):
    with pytest.raises(ValueError, match="There is no action"):
        await house.acting("owner").access(house.id, action)


async def test_access_answer_type(house: House):
    question = AccessQuestion(action="invoice.read")
    assert await house.acting("member").organizations.explain_access(house.id, question) == Access(
        allowed=True, because="role member includes invoice.read"
    )
