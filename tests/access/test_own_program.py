"""A program of one's own asks who sends a request and what they may do, and gets the answer that the API acts by."""

import asyncio
import logging
from contextlib import nullcontext
from typing import Any
from uuid import uuid4

import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import (
    AccessQuestion,
    Action,
    AuditPageRequest,
    Forbidden,
    Missing,
    NewApiKey,
    NewCustomRole,
    NewOrganization,
    NewRole,
    NewSession,
    NewSuspension,
    Organization,
    OrganizationPatch,
    PageRequest,
    Platform,
    Unauthenticated,
    User,
)
from freehold.base.errors import Renamed
from freehold.base.tokens import Kind, new_token


@pytest.fixture
async def ada(sign_up: SignUp) -> User:
    return await sign_up("ada")


@pytest.fixture
async def acme(platform: Platform, ada: User) -> Organization:
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


async def token_of(platform: Platform, login: str) -> str:
    return (await platform.sessions.create(NewSession(login=login, password=PASSWORD))).token


async def refused(platform: Platform, credentials: str | None) -> bool:
    try:
        await platform.authenticate(credentials)
    except Unauthenticated:
        return True
    return False


async def test_session_acts_as_its_user_and_no_more_once_it_has_ended(platform: Platform, ada: User):
    token = await token_of(platform, "ada")
    for credentials in (token, f"Bearer {token}", f"bearer  {token} "):
        acting = await platform.authenticate(credentials)
        assert (acting.context.actor_id, acting.context.is_admin) == (ada.id, False)
    listed = await acting.sessions.list(PageRequest())
    assert [each.current for each in listed.data] == [True]
    await acting.sessions.end(listed.data[0].id)
    assert await refused(platform, token)


async def test_api_key_acts_as_its_user_and_no_more_once_it_is_revoked(platform: Platform, ada: User):
    issued = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="ci", current_password=PASSWORD))
    acting = await platform.authenticate(issued.key)
    assert acting.context.actor_id == ada.id
    await platform.api_keys.delete(ada.id, issued.id)
    assert await refused(platform, issued.key)


async def test_key_of_an_organization_is_no_user_and_acts_there_alone(
    platform: Platform, ada: User, acme: Organization
):
    other = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Other"))
    issued = await platform.organizations.api_keys.create(acme.id, NewApiKey(name="ci"))
    acting = await platform.authenticate(f"Bearer {issued.key}")
    assert acting.context.actor_id is None
    assert (await acting.access(acme.id, "project.read")).organization_id == acme.id
    with pytest.raises(Missing):
        await acting.access(other.id, "project.read")


@pytest.mark.parametrize(
    "credentials",
    [
        None,
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Basic YWRhOkxvdmVsYWNlMQ==",
        "Bearer naïve",
        "x",
        "\0",
        "fh_\ud800",
        *Kind,
    ],
)
async def test_what_is_no_credential_is_refused_and_nothing_else(platform: Platform, credentials: str | Kind | None):
    given = new_token(credentials).token if isinstance(credentials, Kind) else credentials  # of nobody
    assert await refused(platform, given)


async def test_suspended_user_is_nobody(platform: Platform, ada: User):
    token = await token_of(platform, "ada")
    await platform.users.suspend(ada.id, NewSuspension())
    assert await refused(platform, token)


async def test_where_the_request_came_from_is_in_the_audit_log(platform: Platform, ada: User):
    token = await token_of(platform, "ada")
    acting = await platform.authenticate(token, ip="192.0.2.7", user_agent="mine/1", request_id="r-1")
    made = await acting.organizations.create(NewOrganization(name="Acme"))
    event = (await platform.audit.list_of_organization(made.id, AuditPageRequest())).data[0]
    assert (event.ip, event.request_id, event.actor_id) == ("192.0.2.7", "r-1", ada.id)


async def test_access_is_what_explain_access_says_for_everybody_and_every_action(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp
):
    actors: dict[str, Platform] = {"operator": platform, "owner": platform.acting_as(ada.id)}
    await platform.organizations.roles.create(acme.id, NewCustomRole(name="auditor", actions=(Action.AUDIT_READ,)))
    for role in ("admin", "member", "auditor"):
        user = await sign_up(role)
        await platform.organizations.members.put(acme.id, user.id, NewRole(role=role))
        actors[role] = platform.acting_as(user.id)
    limits = (Action.ORGANIZATION_READ, Action.PROJECT_CREATE)
    new = NewApiKey(name="ci", actions=limits, current_password=PASSWORD)
    key = await actors["admin"].api_keys.create("me", new)
    actors["limited key"] = await platform.authenticate(key.key)
    allowed: dict[str, set[Action]] = {}
    for name, acting in actors.items():
        allowed[name] = set()
        for action in Action:
            answer = await acting.organizations.explain_access(acme.id, AccessQuestion(action=action))
            with nullcontext() if answer.allowed else pytest.raises(Forbidden):
                scope = await acting.access(acme.slug, action.value)
                assert (scope.organization_id, scope.action) == (acme.id, action)
                allowed[name].add(action)
    assert allowed["operator"] == set(Action) >= allowed["owner"] > allowed["admin"] > allowed["member"]
    assert (allowed["auditor"], allowed["limited key"]) == (
        {Action.ORGANIZATION_READ, Action.AUDIT_READ},
        set(limits),
    )


async def test_outsiders_and_strangers_learn_nothing(platform: Platform, acme: Organization, sign_up: SignUp):
    bob = platform.acting_as((await sign_up("bob")).id)
    details = []
    for organization in (acme.id, acme.slug, uuid4(), "nowhere"):
        with pytest.raises(Missing) as caught:
            await bob.access(organization, Action.PROJECT_READ)
        details.append(caught.value.detail)
        with pytest.raises(Unauthenticated):
            await platform.acting_as(None).access(organization, Action.PROJECT_READ)
    assert len(set(details)) == 1


async def test_misspelt_action_is_the_programs_own_mistake(platform: Platform, acme: Organization):
    with pytest.raises(ValueError, match=r"no action 'project\.red': use one of"):
        await platform.access(acme.id, "project.red")


async def test_slug_from_before_leads_on_for_reads_and_refuses_changes(platform: Platform, acme: Organization):
    await platform.organizations.update(acme.id, OrganizationPatch(slug="apex"))
    assert (await platform.access("acme", "project.read")).organization_id == acme.id
    with pytest.raises(Renamed):
        await platform.access("acme", "project.create")


async def test_refusal_is_logged_once(
    platform: Platform, acme: Organization, sign_up: SignUp, caplog: pytest.LogCaptureFixture
):
    member = await sign_up("bob")
    await platform.organizations.members.put(acme.id, member.id, NewRole(role="member"))
    with caplog.at_level(logging.INFO, logger="freehold"), pytest.raises(Forbidden):
        await platform.acting_as(member.id).access(acme.id, "project.delete")
    assert [each.getMessage() for each in caplog.records] == [f"refused: project.delete to {member.id}"]


async def test_questions_that_come_together_share_their_queries(
    platform: Platform, acme: Organization, monkeypatch: pytest.MonkeyPatch
):
    token = await token_of(platform, "ada")
    flights: list[tuple[int, int]] = []
    observer = platform.context.tools.observer
    monkeypatch.setattr(observer, "flight", lambda callers, keys: flights.append((callers, keys)))

    async def ask() -> Any:
        return await (await platform.authenticate(token)).access(acme.slug, "project.read")

    scopes = await asyncio.gather(*(ask() for _ in range(50)))
    assert {scope.organization_id for scope in scopes} == {acme.id}
    assert sum(callers for callers, _ in flights) == 100
    assert len(flights) <= 8
