"""The audit log is read by those who may, newest first, narrowed and paged."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.conftest import PASSWORD

from freehold import (
    AccountAuditPageRequest,
    AuditPageRequest,
    Forbidden,
    Missing,
    NewOrganization,
    NewProject,
    NewRole,
    Platform,
    User,
)
from freehold.serve.application import create_application

SignUp = Callable[[str], Awaitable[User]]


@pytest.fixture
async def acme(platform: Platform, sign_up: SignUp) -> UUID:
    """An organization of Ada's with two projects, in which Bob is a plain member."""
    ada, bob = await sign_up("ada"), await sign_up("bob")
    acting = platform.acting_as(ada.id)
    made = await acting.organizations.create(NewOrganization(name="Acme"))
    for name in ("One", "Two"):
        await acting.projects.create(made.id, NewProject(name=name))
    await acting.organizations.members.put(made.id, bob.id, NewRole(role="member"))
    return made.id


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def headers(client: httpx.AsyncClient, login: str) -> dict[str, str]:
    answer = await client.post("/v1/sessions", json={"login": login, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_admin_reads_it_newest_first_in_pages(client: httpx.AsyncClient, acme: UUID):
    ada = await headers(client, "ada")
    path = f"/v1/organizations/{acme}/audit-events"
    answer = await client.get(f"{path}?limit=3&include=total", headers=ada)
    assert answer.status_code == 200
    page = answer.json()
    assert page["total"] == 4
    rest = (await client.get(f"{path}?cursor={page['next_cursor']}", headers=ada)).json()
    events = [*page["data"], *rest["data"]]
    assert [event["action"] for event in events] == [
        "member.add",
        "project.create",
        "project.create",
        "organization.create",
    ]
    assert [event["sequence"] for event in events] == [4, 3, 2, 1]
    assert rest["next_cursor"] is None
    assert events[0]["organization_id"] == events[0]["chain_id"] == str(acme)
    assert events[0]["details"] == {"role": "member"}
    assert len(events[0]["hash"]) == 64


async def test_filters_narrow_it(client: httpx.AsyncClient, acme: UUID):
    ada = await headers(client, "ada")
    path = f"/v1/organizations/{acme}/audit-events"
    everything = (await client.get(path, headers=ada)).json()["data"]

    async def count(**query: str) -> int:
        answer = await client.get(path, params=query, headers=ada)
        assert answer.status_code == 200, answer.text
        return len(answer.json()["data"])

    assert await count(action="project.create") == 2
    assert await count(actor_id=everything[0]["actor_id"]) == 4
    assert await count(actor_id=str(acme)) == 0
    third = everything[1]["created_at"]
    assert await count(**{"from": third}) == 2
    assert await count(to=third) == 2
    assert await count(**{"from": third, "action": "organization.create"}) == 0


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=yesterday", "/from"),
        ("to=2026-01-02T03:04:05", "/to"),
        ("action=project", "/action"),
        ("actor_id=ada", "/actor_id"),
        ("user=ada", "/user"),
    ],
)
async def test_filter_that_cannot_be_read_is_named(client: httpx.AsyncClient, acme: UUID, query: str, pointer: str):
    ada = await headers(client, "ada")
    answer = await client.get(f"/v1/organizations/{acme}/audit-events?{query}", headers=ada)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_cursor_is_good_for_its_own_filters_alone(client: httpx.AsyncClient, acme: UUID):
    ada = await headers(client, "ada")
    path = f"/v1/organizations/{acme}/audit-events"
    cursor = (await client.get(f"{path}?limit=1&action=project.create", headers=ada)).json()["next_cursor"]
    assert (await client.get(f"{path}?limit=1&cursor={cursor}", headers=ada)).status_code == 409
    assert (await client.get(f"{path}?limit=1&action=project.create&cursor={cursor}", headers=ada)).status_code == 200


async def test_members_may_not_and_outsiders_see_nothing(platform: Platform, acme: UUID, sign_up: SignUp):
    bob = await platform.users.find("bob")
    with pytest.raises(Forbidden):
        await platform.acting_as(bob.id).audit.list_of_organization(acme, AuditPageRequest())
    eve = await sign_up("eve")
    with pytest.raises(Missing):
        await platform.acting_as(eve.id).audit.list_of_organization(acme, AuditPageRequest())
    for request in (
        platform.acting_as(eve.id).audit.list_of_accounts(AccountAuditPageRequest()),
        platform.acting_as(eve.id).audit.verify(),
        platform.acting_as(eve.id).audit.heads(),
        platform.acting_as(eve.id).audit.export(lambda _: None),
    ):
        with pytest.raises(Forbidden):
            await request


async def test_platform_administrator_reads_what_concerned_accounts(
    client: httpx.AsyncClient, platform: Platform, acme: UUID, connection: Any
):
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'ada'")
    ada, bob = await headers(client, "ada"), await platform.users.find("bob")
    answer = await client.get("/v1/audit-events", params={"user_id": str(bob.id)}, headers=ada)
    events = answer.json()["data"]
    assert {event["chain_id"] for event in events} == {str(bob.id)}
    assert {event["organization_id"] for event in events} == {None}
    assert "user.create" in {event["action"] for event in events}
    everybody = (await client.get("/v1/audit-events", params={"limit": 100}, headers=ada)).json()["data"]
    assert len(everybody) > len(events)
    assert str(acme) not in {event["chain_id"] for event in everybody}
    answer = await client.get("/v1/audit-events", headers=await headers(client, "bob"))
    assert answer.status_code == 403


async def test_times_are_compared_to_the_microsecond(platform: Platform, acme: UUID):
    page = await platform.audit.list_of_organization(acme, AuditPageRequest(limit=1))
    newest = page.data[0].created_at
    after = AuditPageRequest(from_=newest + timedelta(microseconds=1))
    assert (await platform.audit.list_of_organization(acme, after)).data == []
