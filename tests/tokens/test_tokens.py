"""A token for another service: who gets one, what it says, and that a library of somebody else's accepts it."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.tokens.conftest import ISSUER, keys_of, verified

from freehold import (
    GRANTS,
    AccountAuditPageRequest,
    Action,
    Forbidden,
    FreeholdError,
    Missing,
    NewApiKey,
    NewCustomRole,
    NewImpersonation,
    NewOrganization,
    NewProject,
    NewRole,
    NewServiceToken,
    NewSession,
    NewSuspension,
    Organization,
    Platform,
    Role,
    Unauthenticated,
    User,
)
from freehold.tokens import operations
from freehold.tokens.errors import OrganizationNeeded, TokenTooLarge
from freehold.tokens.types import TOKEN_SECONDS
from freehold.users.proving.errors import NotWhileActing

ALL_OF_OWNER = sorted(GRANTS[Role.OWNER])
DELETE = {"session": "DELETE FROM sessions", "key": "DELETE FROM api_keys"}
EXPIRE = {"session": "UPDATE sessions SET expires_at = $1", "key": "UPDATE api_keys SET expires_at = $1"}


async def sign_in(client: httpx.AsyncClient, login: str = "ada") -> dict[str, str]:
    answer = await client.post("/v1/sessions", json={"login": login, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_session_gets_a_token_that_a_service_verifies(client: httpx.AsyncClient, ada: User, acme: Organization):
    session = await sign_in(client)
    answer = await client.post("/v1/tokens", json={"organization": "acme", "audience": "billing"}, headers=session)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    token = answer.json()["token"]
    assert jwt.get_unverified_header(token).keys() == {"alg", "kid", "typ"}
    claims = verified(token, await keys_of(client), audience="billing")
    (mine,) = (await client.get("/v1/sessions", headers=session)).json()["data"]
    assert claims.pop("jti")
    assert claims.pop("nbf") == claims["iat"]
    assert claims.pop("exp") - claims.pop("iat") == TOKEN_SECONDS
    assert claims == {
        "iss": ISSUER,
        "sub": str(ada.id),
        "aud": "billing",
        "org": str(acme.id),
        "actions": ALL_OF_OWNER,
        "sid": mine["id"],
    }


async def test_freehold_itself_takes_no_such_token(client: httpx.AsyncClient, acme: Organization):
    token = (await client.post("/v1/tokens", json={"organization": acme.slug}, headers=await sign_in(client))).json()
    refused = await client.get("/v1/users/me", headers={"Authorization": f"Bearer {token['token']}"})
    assert refused.status_code == 401


@pytest.mark.usefixtures("ada")
async def test_public_keys_are_for_anybody_to_keep_for_five_minutes(client: httpx.AsyncClient):
    await client.post("/v1/tokens", json={}, headers=await sign_in(client))
    answer = await client.get("/.well-known/jwks.json")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=300")
    assert "vary" not in answer.headers
    (key,) = answer.json()["keys"]
    assert {name: value for name, value in key.items() if name not in {"kid", "x"}} == {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
    }


async def test_token_without_an_organization_says_who_and_nothing_else(client: httpx.AsyncClient, ada: User):
    token = (await client.post("/v1/tokens", json={}, headers=await sign_in(client))).json()["token"]
    claims = verified(token, await keys_of(client))
    assert claims.keys() == {"iss", "sub", "iat", "nbf", "exp", "jti", "sid"}
    assert claims["sub"] == str(ada.id)


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"audience": "other"}, jwt.InvalidAudienceError),
        ({}, jwt.InvalidAudienceError),
        ({"audience": "billing", "issuer": "https://elsewhere.example"}, jwt.InvalidIssuerError),
    ],
)
async def test_service_refuses_what_is_not_for_it(
    options: dict[str, Any], refusal: type[Exception], platform: Platform, client: httpx.AsyncClient, ada: User
):
    made = await platform.acting_as(ada.id).tokens.create(NewServiceToken(audience="billing"))
    with pytest.raises(refusal):
        verified(made.token, await keys_of(client), **options)


async def test_service_refuses_what_somebody_changed(platform: Platform, client: httpx.AsyncClient, ada: User):
    token = (await platform.acting_as(ada.id).tokens.create(NewServiceToken())).token
    other = (await platform.acting_as(ada.id).tokens.create(NewServiceToken())).token
    head, _, signature = token.split(".")
    forged = ".".join([head, other.split(".")[1], signature])
    with pytest.raises(jwt.InvalidSignatureError):
        verified(forged, await keys_of(client))


async def test_actions_are_those_of_the_moment(
    platform: Platform, client: httpx.AsyncClient, acme: Organization, ada: User, sign_up: SignUp
):
    eve = await sign_up("eve")
    of_ada = platform.acting_as(ada.id)
    await of_ada.organizations.roles.create("acme", NewCustomRole(name="clerk", actions=(Action.MEMBER_ADD,)))
    found = {}
    for role in ("member", "admin", "clerk"):
        await of_ada.organizations.members.put("acme", eve.id, NewRole(role=role))
        made = await platform.acting_as(eve.id).tokens.create(NewServiceToken(organization=str(acme.id)))
        found[role] = verified(made.token, await keys_of(client))["actions"]
    assert found == {
        "member": sorted(GRANTS[Role.MEMBER]),
        "admin": sorted(GRANTS[Role.ADMIN]),
        "clerk": ["member.add", "organization.read"],
    }


async def test_service_can_be_given_less(platform: Platform, client: httpx.AsyncClient, acme: Organization, ada: User):
    new = NewServiceToken(organization=acme.slug, actions=(Action.PROJECT_READ, Action.AUDIT_READ))
    made = await platform.acting_as(ada.id).tokens.create(new)
    assert verified(made.token, await keys_of(client))["actions"] == ["audit.read", "project.read"]


async def test_platform_administrator_has_all_actions(
    platform: Platform, client: httpx.AsyncClient, acme: Organization, sign_up: SignUp
):
    root = await sign_up("root")
    await platform.users.grant_admin(root.id)
    session = await sign_in(client, "root")
    token = (await client.post("/v1/tokens", json={"organization": acme.slug}, headers=session)).json()["token"]
    assert verified(token, await keys_of(client))["actions"] == ALL_OF_OWNER


async def test_key_of_an_organization_gets_a_token_for_it_alone(
    platform: Platform, client: httpx.AsyncClient, acme: Organization, ada: User
):
    of_ada = platform.acting_as(ada.id)
    key = await of_ada.organizations.api_keys.create("acme", NewApiKey(name="k", actions=(Action.PROJECT_READ,)))
    bearing = {"Authorization": f"Bearer {key.key}"}
    for body in ({}, {"organization": "acme"}):
        token = (await client.post("/v1/tokens", json=body, headers=bearing)).json()["token"]
        claims = verified(token, await keys_of(client))
        assert (claims["sub"], claims["key_id"]) == (f"api_key:{key.id}", str(key.id))
        assert (claims["org"], claims["actions"]) == (str(acme.id), ["project.read"])
        assert "sid" not in claims
    other = await of_ada.organizations.create(NewOrganization(name="Other"))
    assert (await client.post("/v1/tokens", json={"organization": other.slug}, headers=bearing)).status_code == 404


@pytest.mark.usefixtures("acme")
async def test_key_for_projects_names_them(platform: Platform, client: httpx.AsyncClient, ada: User):
    of_ada = platform.acting_as(ada.id)
    rocket = await of_ada.projects.create("acme", NewProject(name="Rocket"))
    await of_ada.projects.create("acme", NewProject(name="Other"))
    new = NewApiKey(name="k", actions=(Action.PROJECT_READ, Action.PROJECT_UPDATE), project_ids=(rocket.id,))
    key = await of_ada.api_keys.create("me", new)
    of_key = await platform.authenticate(key.key)
    with pytest.raises(OrganizationNeeded):
        await of_key.tokens.create(NewServiceToken())
    claims = verified((await of_key.tokens.create(NewServiceToken(organization="acme"))).token, await keys_of(client))
    assert claims["sub"] == str(ada.id)
    assert claims["actions"] == ["project.read", "project.update"]
    assert claims["project_ids"] == [str(rocket.id)]


async def test_unlimited_key_of_a_user_is_that_user(
    platform: Platform, client: httpx.AsyncClient, acme: Organization, ada: User
):
    key = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="k"))
    of_key = await platform.authenticate(key.key)
    plain = verified((await of_key.tokens.create(NewServiceToken())).token, await keys_of(client))
    assert (plain["sub"], plain["key_id"]) == (str(ada.id), str(key.id))
    made = await of_key.tokens.create(NewServiceToken(organization=acme.slug))
    assert verified(made.token, await keys_of(client))["actions"] == [
        action for action in ALL_OF_OWNER if action not in {"api_key.create", "api_key.delete"}
    ]


async def authenticated(platform: Platform, ada: User, way: str) -> Platform:
    """Ada in a session, or with an API key, as a program holds on to it."""
    if way == "session":
        signed_in = await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
        return await platform.authenticate(signed_in.token)
    if way == "user":
        return platform.acting_as(ada.id)
    key = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="k"))
    return await platform.authenticate(key.key)


@pytest.mark.parametrize(
    ("way", "end"),
    [
        *product(["session", "key", "user"], ["suspended", "erased"]),
        *product(["session", "key"], ["ended", "expired"]),
    ],
)
async def test_nobody_gets_a_token_whose_access_has_ended(
    way: str, end: str, platform: Platform, ada: User, connection: Any
):
    """Also where the program asked who they are before that, and goes on with the answer."""
    of_ada = await authenticated(platform, ada, way)
    assert (await of_ada.tokens.create(NewServiceToken())).token
    if end == "suspended":
        await platform.users.suspend(ada.id, NewSuspension(reason="Sends spam"))
    elif end == "erased":
        await platform.users.delete(ada.id)
    elif end == "ended":
        await connection.execute(DELETE[way])
    else:
        await connection.execute(EXPIRE[way], datetime.now(UTC) - timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        await of_ada.tokens.create(NewServiceToken())


@pytest.mark.parametrize("way", ["session", "key"])
async def test_token_ends_with_what_it_was_made_by(
    way: str, platform: Platform, client: httpx.AsyncClient, ada: User, connection: Any
):
    of_ada = await authenticated(platform, ada, way)
    ends = datetime.now(UTC) + timedelta(seconds=60)
    await connection.execute(EXPIRE[way], ends)
    made = await of_ada.tokens.create(NewServiceToken())
    assert made.expires_at == ends.replace(microsecond=0)
    assert verified(made.token, await keys_of(client))["exp"] == int(ends.timestamp())


async def test_administrator_who_acts_for_a_user_gets_none(
    platform: Platform, client: httpx.AsyncClient, acme: Organization, ada: User, sign_up: SignUp
):
    root = await sign_up("root")
    await platform.users.grant_admin(root.id)
    acting = await platform.sessions.impersonate(ada.id, NewImpersonation(reason="T-1", minutes=5), admin_id=root.id)
    bearing = {"Authorization": f"Bearer {acting.token}"}
    for body in ({}, {"organization": acme.slug}):
        answer = await client.post("/v1/tokens", json=body, headers=bearing)
        assert (answer.status_code, answer.json()["code"]) == (403, NotWhileActing.code)


@pytest.fixture
async def who(platform: Platform, acme: Organization, ada: User, sign_up: SignUp) -> dict[str | None, Platform]:
    assert acme.owner_id == ada.id
    return {
        "operator": platform,
        "ada": platform.acting_as(ada.id),
        "eve": platform.acting_as((await sign_up("eve")).id),
        None: platform.acting_as(None),
    }


@pytest.mark.parametrize(
    ("actor", "new", "refusal"),
    [
        (None, NewServiceToken(), Unauthenticated),
        (None, NewServiceToken(organization="acme"), Unauthenticated),
        ("operator", NewServiceToken(), Forbidden),
        ("operator", NewServiceToken(organization="acme"), Forbidden),
        ("eve", NewServiceToken(organization="acme"), Missing),
        ("eve", NewServiceToken(organization="nowhere"), Missing),
        ("ada", NewServiceToken(organization="0190163d-8694-739b-aea5-966c26f8ad91"), Missing),
        ("ada", NewServiceToken(organization="admin"), Missing),
    ],
)
async def test_who_gets_none_is_told_why(
    actor: str | None, new: NewServiceToken, refusal: type[FreeholdError], who: dict[str | None, Platform]
):
    with pytest.raises(refusal) as refused:
        await who[actor].tokens.create(new)
    assert type(refused.value) is refusal


async def test_outsider_gets_none_where_projects_are_public(
    client: httpx.AsyncClient, acme: Organization, sign_up: SignUp
):
    await sign_up("eve")
    public = {"name": "Open", "settings": {"visibility": "public"}}
    await client.post("/v1/organizations/acme/projects", json=public, headers=await sign_in(client))
    answer = await client.post("/v1/tokens", json={"organization": acme.slug}, headers=await sign_in(client, "eve"))
    assert answer.status_code == 404


async def test_old_slug_is_refused_with_the_new_one(client: httpx.AsyncClient, acme: Organization):
    session = await sign_in(client)
    await client.patch("/v1/organizations/acme", json={"slug": "acme-2"}, headers=session)
    answer = await client.post("/v1/tokens", json={"organization": acme.slug}, headers=session)
    assert (answer.status_code, answer.json()["code"], "acme-2" in answer.text) == (409, "renamed", True)


async def test_id_is_taken_in_capitals(client: httpx.AsyncClient, acme: Organization):
    body = {"organization": str(acme.id).upper()}
    assert (await client.post("/v1/tokens", json=body, headers=await sign_in(client))).status_code == 200


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"organization": "not a slug"}, "/organization", "invalid_organization"),
        ({"organization": 7}, "/organization", "wrong_type"),
        ({"audience": ""}, "/audience", "invalid_audience"),
        ({"audience": "a b"}, "/audience", "invalid_audience"),
        ({"audience": "a" * 256}, "/audience", "invalid_audience"),
        ({"actions": ["fly"]}, "/actions/0", "invalid_action"),
        ({"lifetime": 3600}, "/lifetime", "unknown_field"),
    ],
)
async def test_each_field_that_is_wrong_is_named(
    body: dict[str, Any], pointer: str, code: str, client: httpx.AsyncClient
):
    answer = await client.post("/v1/tokens", json=body, headers=await sign_in(client))
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_token_that_would_be_too_long_for_a_header_is_refused(
    platform: Platform, acme: Organization, ada: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(operations, "MOST_BYTES", 400)
    of_ada = platform.acting_as(ada.id)
    with pytest.raises(TokenTooLarge):
        await of_ada.tokens.create(NewServiceToken(organization=acme.slug))
    assert (await of_ada.tokens.create(NewServiceToken(organization=acme.slug, actions=(Action.PROJECT_READ,)))).token


async def test_largest_token_fits_into_a_header(platform: Platform, acme: Organization, ada: User):
    """A key for as many projects as there can be, which makes the longest claims."""
    of_ada = platform.acting_as(ada.id)
    ids = [(await of_ada.projects.create("acme", NewProject(name=f"P{n}"))).id for n in range(100)]
    key = await of_ada.api_keys.create("me", NewApiKey(name="k", project_ids=tuple(ids)))
    new = NewServiceToken(organization=acme.slug, audience="a" * 255)
    made = await (await platform.authenticate(key.key)).tokens.create(new)
    assert len(f"Authorization: Bearer {made.token}") < 8192


async def test_user_for_whom_a_program_vouches_has_it_in_their_log(platform: Platform, ada: User):
    signed_in = await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
    await (await platform.authenticate(signed_in.token)).tokens.create(NewServiceToken())
    assert "token.create" not in await actions_of(platform, ada.id)
    await platform.acting_as(ada.id).tokens.create(NewServiceToken())
    assert "token.create" in await actions_of(platform, ada.id)


async def actions_of(platform: Platform, user_id: UUID) -> list[str]:
    page = await platform.audit.list_of_accounts(AccountAuditPageRequest(user_id=user_id))
    return [event.action for event in page.data]
