"""Handing out and erasing all that is kept about one person."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from tests.conftest import SignUp
from tests.personal_data.life import EARLIER, EMAIL, IP, LATER, MARK, NAME, Life
from tests.users.people import arrive, code

from freehold import Forbidden, Missing, NewOrganization, PersonalData, Platform
from freehold.mail.jobs import deliver
from freehold.organizations.errors import OwnsOrganizations
from freehold.serve.application import create_application

EXPORT = "/v1/users/me/export"


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in, at an address that can be recognised."""
    transport = httpx.ASGITransport(create_application(platform), client=(IP, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


@pytest.fixture
async def life(client: httpx.AsyncClient, platform: Platform) -> Life:
    lived = Life(client, platform)
    await lived.live()
    return lived


async def test_export_holds_everything_and_no_secret(life: Life, connection: Any):
    answer = await life.ask("GET", EXPORT)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="personal-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    exported = msgspec.json.decode(answer.content, type=PersonalData)
    assert str(exported.user.id) == life.id
    assert (exported.user.username, exported.user.email, exported.user.new_email) == (NAME, EMAIL, LATER)
    assert exported.user.profile.first_name == MARK
    assert [(each.ip, each.user_agent) for each in exported.sessions] == [(IP, f"{MARK}/1.0")]
    assert [(each.slug, each.role) for each in exported.organizations] == [("acme", "admin")]
    assert [(each.organization, each.role) for each in exported.invitations] == [("Other", "member")]
    assert [each.organization for each in exported.owner_offers] == ["Acme"]
    assert [each.name for each in exported.api_keys] == [MARK]
    assert {each.to for each in exported.mails} >= {EMAIL, EARLIER, LATER}
    actions = {each.action for each in exported.audit_events}
    assert actions >= {"user.create", "session.create", "api_key.create", "invitation.create", "user.export"}
    secrets = await connection.fetch("SELECT password_hash FROM users UNION ALL SELECT text_body FROM mail_messages")
    for (secret,) in secrets:
        assert secret not in answer.text
    assert "fhv_" not in answer.text
    assert "fhi_" not in answer.text
    assert set(json.loads(answer.text)) == set(PersonalData.__struct_fields__)
    assert life.headers["Authorization"].removeprefix("Bearer ") not in answer.text


async def test_long_lists_are_exported_whole(life: Life, connection: Any):
    await connection.execute(
        "INSERT INTO sessions (token_hash, user_id, expires_at)"
        " SELECT sha256(n::text::bytea), $1, now() + interval '1 day' FROM generate_series(1, 1200) n",
        UUID(life.id),
    )
    exported = await life.export()
    assert len({session["id"] for session in exported["sessions"]}) == 1201


async def test_export_is_sent_in_parts(life: Life, connection: Any):
    await connection.execute(
        "INSERT INTO sessions (token_hash, user_id, expires_at, user_agent)"
        " SELECT sha256(n::text::bytea), $1, now() + interval '1 day', repeat('x', 500)"
        " FROM generate_series(1, 5000) n",
        UUID(life.id),
    )
    sizes = [len(part) async for part in await life.platform.users.export(UUID(life.id))]
    assert sum(sizes) > 3_000_000
    assert max(sizes) < 500_000


async def test_export_is_for_the_user_alone(client: httpx.AsyncClient, life: Life, platform: Platform, sign_up: SignUp):
    assert code(await client.get(EXPORT), 401) == "unauthenticated"
    key = (await life.ask("POST", "/v1/users/me/api-keys", json={"name": "second"})).json()["key"]
    assert code(await client.get(EXPORT, headers={"Authorization": f"Bearer {key}"}), 403) == "forbidden"
    fellow = await platform.users.find("fellow")
    with pytest.raises(Forbidden):
        await platform.acting_as(fellow.id).users.export(UUID(life.id))
    stranger = await sign_up("stranger")
    with pytest.raises(Missing):
        await platform.acting_as(stranger.id).users.export(UUID(life.id))


async def test_head_of_an_export_sends_no_data(life: Life):
    answer = await life.ask("HEAD", EXPORT)
    assert answer.content == b""


async def test_erased_user_is_nowhere(life: Life, connection: Any, subtests: pytest.Subtests):
    before = await life.traces(connection)
    tables = {place.partition(".")[0] for place in before}
    expected = {"users", "sessions", "email_verifications", "mail_messages", "invitations", "api_keys", "audit_events"}
    assert tables >= expected  # or finding nothing afterwards would show nothing
    assert (await life.ask("DELETE", "/v1/users/me")).status_code == 204
    await deliver(life.platform.context)  # the last mail goes, and with it what is left of the address
    fellow_events = "UPDATE audit_events SET ip = NULL, ip_salt = NULL WHERE actor_id IS DISTINCT FROM $1"
    assert await connection.execute(fellow_events, UUID(life.id))  # others came from the same address
    await connection.execute("UPDATE sessions SET ip = NULL, user_agent = NULL")
    for place, row in (await life.traces(connection)).items():
        with subtests.test(place=place):
            assert row is None
    assert code(await life.client.get("/v1/users/me", headers=life.headers), 401) == "unauthenticated"


async def test_what_an_erased_user_did_stays_under_their_id(life: Life, connection: Any):
    await life.ask("DELETE", "/v1/users/me")
    mine = await connection.fetch(
        "SELECT action, organization_id, ip, ip_salt, ip_digest FROM audit_events WHERE actor_id = $1 ORDER BY id",
        UUID(life.id),
    )
    actions = [event["action"] for event in mine]
    assert {"user.create", "session.create", "invitation.create", "user.delete"} <= set(actions)
    assert actions.count("member.remove") == 1
    assert [event for event in mine if event["ip"] is not None or event["ip_salt"] is not None] == []
    assert all(event["ip_digest"] for event in mine)
    report = await life.platform.audit.verify()
    assert (report.found, report.findings) == (0, [])


async def test_erasing_leaves_others(life: Life, connection: Any):
    await life.ask("DELETE", "/v1/users/me")
    assert await connection.fetchval("SELECT array_agg(username::text) FROM users") == ["fellow"]
    assert (await life.ask("GET", "/v1/organizations/acme", headers=life.fellow)).json()["members_count"] == 1
    invited = await connection.fetchval("SELECT array_agg(email::text) FROM invitations")
    assert invited == ["third@example.com"]
    assert await connection.fetchval("SELECT count(*) FROM mail_messages WHERE recipient = 'fellow@example.com'") == 1


async def test_who_only_claims_an_address_takes_and_erases_nothing_that_was_sent_there(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    claimant = Life(client, platform)
    await claimant.live(confirmed=False)
    exported = await claimant.export()
    assert exported["invitations"] == []
    assert not [mail for mail in exported["mails"] if "invites you" in mail["subject"] and mail["to"] == EARLIER]
    await claimant.ask("DELETE", "/v1/users/me")
    assert await connection.fetchval("SELECT count(*) FROM invitations WHERE email = $1", EARLIER) == 1
    kept = await connection.fetch("SELECT subject FROM mail_messages WHERE recipient = $1", EARLIER)
    assert [mail["subject"] for mail in kept] == ["fellow invites you to Other"]


async def test_administrator_erases_also_what_was_sent_to_an_unconfirmed_address(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    claimant = Life(client, platform)
    await claimant.live(confirmed=False)
    await platform.users.delete(UUID(claimant.id))
    assert await connection.fetchval("SELECT count(*) FROM invitations WHERE email = $1", EARLIER) == 0
    assert await connection.fetchval("SELECT count(*) FROM mail_messages WHERE recipient = $1", EARLIER) == 0


async def test_owner_cannot_be_erased_also_of_a_deleted_organization(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    as_ada = platform.acting_as(ada.id)
    acme = await as_ada.organizations.create(NewOrganization(name="Acme"))
    with pytest.raises(OwnsOrganizations) as refused:
        await as_ada.users.delete("me")
    assert refused.value.detail.endswith("delete them first: acme")
    await as_ada.organizations.delete(acme.id)
    with pytest.raises(OwnsOrganizations) as refused:
        await as_ada.users.delete("me")
    assert "acme (deleted)" in refused.value.detail
    assert "restore a deleted organization" in refused.value.detail
    await as_ada.organizations.purge(acme.id)
    await as_ada.users.delete("me")
    with pytest.raises(Missing):
        await platform.users.get(ada.id)


async def test_erasing_is_for_the_user_and_administrators(client: httpx.AsyncClient, life: Life):
    path = f"/v1/users/{life.id}"
    assert code(await client.delete(path, headers=life.fellow), 403) == "forbidden"
    assert code(await client.delete(path, headers=await arrive(client, "stranger")), 404) == "not_found"
    tag = (await life.ask("GET", path)).headers["etag"]
    await life.ask("PATCH", path, json={"profile": {"last_name": None}})
    stale = await client.delete(path, headers={**life.headers, "If-Match": tag})
    assert code(stale, 412) == "stale"
    assert len((await life.export())["invitations"]) == 1  # what was refused has erased nothing


async def test_every_column_that_names_a_user_is_known_here(schema_columns: set[str]):
    """A column that is new must be thought of when somebody is exported or erased."""
    cascading = {
        "sessions.user_id",
        "organization_members.user_id",
        "email_undos.user_id",
        "email_verifications.user_id",
        "password_resets.user_id",
        "api_keys.user_id",
        "mail_messages.user_id",
        "owner_offers.user_id",
        "used_tokens.user_id",
        "invitations.accepted_by",
    }
    by_address = {
        "users.email",
        "email_undos.email",
        "email_verifications.email",
        "invitations.email",
        "mail_messages.recipient",
    }
    ids_that_stay = {
        "organizations.owner_id",
        "audit_events.actor_id",
        "invitations.invited_by",
        "owner_offers.offered_by",
        "api_keys.created_by",
        "webhook_endpoints.created_by",
    }
    assert schema_columns == cascading | by_address | ids_that_stay


@pytest.fixture
async def schema_columns(connection: Any) -> set[str]:
    rows = await connection.fetch("""
        SELECT table_name || '.' || column_name AS place FROM information_schema.columns
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            AND column_name ~ '(user|owner|actor|by|member|author|person)(_id)?$|e?mail$|recipient|address'
            AND table_name NOT LIKE 'freehold%'
    """)
    return {row["place"] for row in rows}
