"""One answer to 'may they?': asked over HTTP, on the command line and in the library, and tried for real.

The whole table of role x action is generated. What is tried for real runs in a transaction that is undone.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import anyio
import httpx
import pytest
from click.testing import CliRunner
from tests.conftest import PASSWORD, SignUp

from freehold import (
    GRANTS,
    Access,
    AccessQuestion,
    Action,
    Actor,
    AuditPageRequest,
    Forbidden,
    FreeholdError,
    Missing,
    NewApiKey,
    NewCustomRole,
    NewInvitation,
    NewOrganization,
    NewOwner,
    NewProject,
    NewReplay,
    NewRole,
    NewSession,
    NewWebhookEndpoint,
    OrganizationPatch,
    PageRequest,
    Platform,
    ProjectPatch,
    RolePatch,
    WebhookEndpointPatch,
)
from freehold.cli.program import program
from freehold.data.context import OPERATOR
from freehold.serve.application import create_application

CUSTOM: Final = {
    "clerk": frozenset({Action.ORGANIZATION_READ, Action.MEMBER_READ, Action.MEMBER_ADD, Action.PROJECT_READ}),
    "guest": frozenset({Action.ORGANIZATION_READ}),
}
WHO: Final[dict[str, frozenset[Action]]] = {
    **{role.value: actions for role, actions in GRANTS.items()},
    **CUSTOM,
    "outsider": frozenset(),
    "root": frozenset(Action),
}
"""A person for each role, and what they may do: an outsider nothing, a platform administrator all."""


WEBHOOK: Final = NewWebhookEndpoint(url="https://hooks.acme.example/", events=("*",))
REPLAY: Final = NewReplay(from_=datetime(2026, 1, 1, tzinfo=UTC))


class Scene:
    """An organization with these people, a project, a key, an invitation, a role of nobody's and a bystander."""

    id: UUID
    project_id: UUID
    key_id: UUID
    invitation_id: UUID
    endpoint_id: UUID
    bystander: UUID

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.people: dict[str, UUID] = {}

    async def build(self, sign_up: SignUp) -> None:
        self.people = {name: (await sign_up(name)).id for name in WHO}
        self.bystander = (await sign_up("bystander")).id
        owner = self.platform.acting_as(self.people["owner"])
        self.id = (await owner.organizations.create(NewOrganization(name="Acme"))).id
        for name, actions in {**CUSTOM, "spare": frozenset[Action]()}.items():
            await owner.organizations.roles.create(self.id, NewCustomRole(name=name, actions=tuple(actions)))
        for name in ("admin", "member", *CUSTOM):
            await owner.organizations.members.put(self.id, self.people[name], NewRole(role=name))
        await owner.organizations.members.put(self.id, self.bystander, NewRole(role="guest"))
        self.project_id = (await owner.projects.create(self.id, NewProject(name="Rocket"))).id
        new = NewApiKey(name="weak", actions=(Action.ORGANIZATION_READ,))
        self.key_id = (await owner.organizations.api_keys.create(self.id, new)).id
        invitation = NewInvitation(email="carol@example.com", role="guest")
        self.invitation_id = (await owner.organizations.invitations.create(self.id, invitation)).id
        self.endpoint_id = (await owner.organizations.webhooks.create(self.id, WEBHOOK)).id

    def actor(self, name: str) -> Actor:
        return Actor(user_id=self.people[name], is_admin=name == "root")


@pytest.fixture
async def scene(platform: Platform, sign_up: SignUp, connection: Any) -> Scene:
    built = Scene(platform)
    await built.build(sign_up)
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'root'")
    return built


async def restore(platform: Platform, at: Scene) -> object:
    """Restore the organization after the operator has deleted it, in the same transaction."""
    await platform.acting_as(OPERATOR).organizations.delete(at.id)
    return await platform.organizations.restore(at.id)


Call = Callable[[Platform, Scene], Awaitable[object]]
CALLS: Final[dict[Action, Call]] = {
    Action.ORGANIZATION_READ: lambda p, at: p.organizations.get(at.id),
    Action.ORGANIZATION_UPDATE: lambda p, at: p.organizations.update(at.id, OrganizationPatch(name="Other")),
    Action.ORGANIZATION_DELETE: lambda p, at: p.organizations.delete(at.id),
    Action.ORGANIZATION_TRANSFER: lambda p, at: p.organizations.owner_offers.create(
        at.id, NewOwner(user_id=at.bystander)
    ),
    Action.ORGANIZATION_RESTORE: restore,
    Action.MEMBER_READ: lambda p, at: p.organizations.members.list(at.id, PageRequest()),
    Action.MEMBER_ADD: lambda p, at: p.organizations.members.put(at.id, at.people["outsider"], NewRole(role="guest")),
    Action.MEMBER_UPDATE: lambda p, at: p.organizations.members.put(at.id, at.bystander, NewRole(role="guest")),
    Action.MEMBER_REMOVE: lambda p, at: p.organizations.members.remove(at.id, at.bystander),
    Action.INVITATION_READ: lambda p, at: p.organizations.invitations.list(at.id, PageRequest()),
    Action.INVITATION_CREATE: lambda p, at: p.organizations.invitations.create(
        at.id, NewInvitation(email="dave@example.com", role="guest")
    ),
    Action.INVITATION_DELETE: lambda p, at: p.organizations.invitations.revoke(at.id, at.invitation_id),
    Action.ROLE_READ: lambda p, at: p.organizations.roles.list(at.id, PageRequest()),
    Action.ROLE_CREATE: lambda p, at: p.organizations.roles.create(at.id, NewCustomRole(name="new", actions=())),
    Action.ROLE_UPDATE: lambda p, at: p.organizations.roles.update(at.id, "spare", RolePatch(name="other")),
    Action.ROLE_DELETE: lambda p, at: p.organizations.roles.delete(at.id, "spare"),
    Action.PROJECT_READ: lambda p, at: p.projects.list(at.id, PageRequest()),
    Action.PROJECT_CREATE: lambda p, at: p.projects.create(at.id, NewProject(name="Second")),
    Action.PROJECT_UPDATE: lambda p, at: p.projects.update(at.id, at.project_id, ProjectPatch(name="Other")),
    Action.PROJECT_DELETE: lambda p, at: p.projects.delete(at.id, at.project_id),
    Action.API_KEY_READ: lambda p, at: p.organizations.api_keys.list(at.id, PageRequest()),
    Action.API_KEY_CREATE: lambda p, at: p.organizations.api_keys.create(at.id, NewApiKey(name="k", actions=())),
    Action.API_KEY_DELETE: lambda p, at: p.organizations.api_keys.delete(at.id, at.key_id),
    Action.AUDIT_READ: lambda p, at: p.audit.list_of_organization(at.id, AuditPageRequest()),
    Action.WEBHOOK_READ: lambda p, at: p.organizations.webhooks.list(at.id, PageRequest()),
    Action.WEBHOOK_CREATE: lambda p, at: p.organizations.webhooks.create(at.id, WEBHOOK),
    Action.WEBHOOK_UPDATE: lambda p, at: p.organizations.webhooks.update(
        at.id, at.endpoint_id, WebhookEndpointPatch(events=("*",))
    ),
    Action.WEBHOOK_DELETE: lambda p, at: p.organizations.webhooks.delete(at.id, at.endpoint_id),
    Action.WEBHOOK_REPLAY: lambda p, at: p.organizations.webhooks.replay(at.id, at.endpoint_id, REPLAY),
}
"""One real call for each action."""


def test_every_action_has_its_call():
    assert set(CALLS) == set(Action)


async def tried(scene: Scene, name: str, action: Action, connection: Any) -> bool:
    attempt = connection.transaction()
    await attempt.start()
    try:
        await CALLS[action](scene.platform.within(connection).acting_as(scene.actor(name)), scene)
    except (Forbidden, Missing):
        return False
    finally:
        await attempt.rollback()
    return True


async def asked_in_the_library(scene: Scene, asker: Platform, question: AccessQuestion) -> Access | None:
    try:
        return await asker.organizations.explain_access(scene.id, question)
    except Missing:
        return None


@pytest.mark.parametrize("name", WHO)
async def test_four_ways_of_asking_give_one_answer(name: str, scene: Scene, connection: Any, database_url: str):
    signed_in = await scene.platform.acting_as(None).sessions.create(NewSession(login=name, password=PASSWORD))
    transport = httpx.ASGITransport(create_application(scene.platform))
    headers = {"Authorization": f"Bearer {signed_in.token}"}
    person = scene.platform.acting_as(scene.actor(name))
    runner = CliRunner(env={"FREEHOLD_DATABASE_URL": database_url})
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        for action in Action:
            expected = action in WHO[name]
            assert await tried(scene, name, action, connection) is expected, action
            of_self = await asked_in_the_library(scene, person, AccessQuestion(action=action))
            over_http = await client.get(f"/v1/organizations/{scene.id}/access", params={"action": action.value})
            told = AccessQuestion(action=action, user_id=scene.people[name])
            of_other = await asked_in_the_library(scene, scene.platform, told)
            command = ["organizations", "access", "acme", name, action.value, "--json"]
            on_command_line = await anyio.to_thread.run_sync(partial(runner.invoke, program, command))
            assert on_command_line.exit_code == 0, on_command_line.output
            printed = json.loads(on_command_line.stdout)
            assert of_other is not None
            assert printed == {"allowed": of_other.allowed, "because": of_other.because}
            assert of_other.allowed is expected
            if name == "outsider":
                assert of_self is None
                assert over_http.status_code == 404
                assert of_other.because == "not a member"
            else:
                assert over_http.json() == printed
                assert of_self == of_other


@pytest.mark.parametrize(
    ("name", "action", "because"),
    [
        ("owner", Action.ORGANIZATION_DELETE, "owner of the organization"),
        ("admin", Action.MEMBER_ADD, "role admin includes member.add"),
        ("admin", Action.ORGANIZATION_DELETE, "role admin does not include organization.delete"),
        ("clerk", Action.MEMBER_ADD, "role clerk includes member.add"),
        ("root", Action.ORGANIZATION_DELETE, "platform administrator"),
    ],
)
async def test_answer_says_through_what(scene: Scene, name: str, action: Action, because: str):
    answer = await scene.platform.acting_as(scene.actor(name)).organizations.explain_access(
        scene.id, AccessQuestion(action=action)
    )
    assert answer.because == because


async def test_public_project_lets_anybody_read_and_ask(scene: Scene, connection: Any):
    await connection.execute("UPDATE projects SET visibility = 'public'")
    outsider = scene.platform.acting_as(scene.actor("outsider"))
    read = await outsider.organizations.explain_access(scene.id, AccessQuestion(action=Action.PROJECT_READ))
    assert (read.allowed, read.because) == (True, "anyone can read public projects")
    change = await outsider.organizations.explain_access(scene.id, AccessQuestion(action=Action.PROJECT_UPDATE))
    assert (change.allowed, change.because) == (False, "not a member")
    for name in ("outsider", "guest"):
        assert await tried(scene, name, Action.PROJECT_READ, connection)
    guest = scene.platform.acting_as(scene.actor("guest"))
    assert (await guest.projects.get(scene.id, scene.project_id)).name == "Rocket"
    assert (await guest.organizations.explain_access(scene.id, AccessQuestion(action=Action.PROJECT_READ))) == read


async def test_nobody_learns_who_administers_the_platform(scene: Scene):
    question = AccessQuestion(action=Action.PROJECT_DELETE, user_id=scene.people["root"])
    answer = await scene.platform.acting_as(scene.actor("admin")).organizations.explain_access(scene.id, question)
    assert (answer.allowed, answer.because) == (False, "not a member")


async def test_guest_asks_about_themselves_alone(scene: Scene):
    guest = scene.platform.acting_as(scene.actor("guest"))
    with pytest.raises(FreeholdError) as error:
        await guest.organizations.explain_access(
            scene.id, AccessQuestion(action=Action.PROJECT_READ, user_id=scene.people["admin"])
        )
    assert isinstance(error.value, Forbidden)


async def test_key_that_asks_is_told_of_its_own_limits(scene: Scene):
    from freehold.api_keys.operations import authenticate  # noqa: PLC0415

    new = NewApiKey(name="k", actions=(Action.ORGANIZATION_READ,))
    mine = await scene.platform.acting_as(scene.actor("admin")).api_keys.create("me", new)
    own = await scene.platform.acting_as(scene.actor("admin")).organizations.api_keys.create(scene.id, new)
    for key in (mine.key, own.key):
        asker = scene.platform.acting_as((await authenticate(scene.platform.context, key)).signed_in)
        answer = await asker.organizations.explain_access(scene.id, AccessQuestion(action=Action.MEMBER_ADD))
        assert (answer.allowed, answer.because) == (False, "the API key does not include member.add")
