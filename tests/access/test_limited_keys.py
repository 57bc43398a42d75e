"""A limited key sees what its actions and projects say, on every path that is served and with every `include`."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, get_args
from uuid import UUID

import httpx
import msgspec
import pytest
from tests.mail.letters import token_to
from tests.users.people import Headers, arrive, confirm, me

from freehold import GRANTS, Action, Platform, Role
from freehold.access import NEVER_BY_KEY, ON_CHOSEN_PROJECTS
from freehold.serve.application import ENDPOINTS, openapi
from freehold.web.routing import Endpoint

MARKS: Final = {
    "organization": Action.ORGANIZATION_READ,
    "member": Action.MEMBER_READ,
    "project": Action.PROJECT_READ,
    "role": Action.ROLE_READ,
    "invitation": Action.INVITATION_READ,
    "apikey": Action.API_KEY_READ,
    "webhook": Action.WEBHOOK_READ,
}
"""Word that stands in what an action shows, followed by whose it is -> that action."""
READS: Final = [each for each in ENDPOINTS if each.method == "GET" and each.auth != "none"]
WRITES: Final = [each for each in ENDPOINTS if each.method != "GET" and each.auth == "required"]
NEEDS: Final[dict[str, Action]] = {
    "update_organization": Action.ORGANIZATION_UPDATE,
    "delete_organization": Action.ORGANIZATION_DELETE,
    "restore_organization": Action.ORGANIZATION_RESTORE,
    "offer_ownership": Action.ORGANIZATION_TRANSFER,
    "withdraw_owner_offer": Action.ORGANIZATION_TRANSFER,
    "hand_over_organization": Action.ORGANIZATION_TRANSFER,
    "put_member": Action.MEMBER_ADD,
    "delete_member": Action.MEMBER_REMOVE,
    "create_invitation": Action.INVITATION_CREATE,
    "create_invitations": Action.INVITATION_CREATE,
    "resend_invitation": Action.INVITATION_CREATE,
    "revoke_invitation": Action.INVITATION_DELETE,
    "create_role": Action.ROLE_CREATE,
    "update_role": Action.ROLE_UPDATE,
    "delete_role": Action.ROLE_DELETE,
    "create_project": Action.PROJECT_CREATE,
    "update_project": Action.PROJECT_UPDATE,
    "delete_project": Action.PROJECT_DELETE,
    "create_organization_webhook_endpoint": Action.WEBHOOK_CREATE,
    "update_organization_webhook_endpoint": Action.WEBHOOK_UPDATE,
    "rotate_organization_webhook_secret": Action.WEBHOOK_UPDATE,
    "replay_organization_webhooks": Action.WEBHOOK_REPLAY,
    "replay_organization_webhook_delivery": Action.WEBHOOK_REPLAY,
    "delete_organization_webhook_endpoint": Action.WEBHOOK_DELETE,
}
"""What changes something in an organization -> the action that a key needs. All else needs a session, or a key without
limits: a limited one never does it."""
WEBHOOK: Final = {"url": "https://hooks.acme.example/", "events": ["api_key.create"]}
REFUSED: Final = {401, 403, 404}
Limits = list[tuple[Action, ...]]
WRITE_LIMITS: Final[Limits] = [(), *((action,) for action in Action if action not in NEVER_BY_KEY)]
LIMITS: Final[Limits] = [
    (),
    *((action,) for action in MARKS.values() if action not in NEVER_BY_KEY),
    (Action.AUDIT_READ,),
    (Action.ORGANIZATION_READ, Action.MEMBER_READ, Action.PROJECT_READ),
]
SOME_LIMITS: Final = LIMITS[-1:]
"""What the quick suite tries: a key that reads much and not all."""
SOME_WRITE_LIMITS: Final[Limits] = [(), (Action.PROJECT_UPDATE,)]
"""The same of a key without any action, and of one that changes what is chosen."""


def _some_and_all(some: Limits, every: Limits) -> pytest.MarkDecorator:
    """Try some limits in the quick suite, and all of them in the long one."""
    sets = [pytest.param(some, id="some"), pytest.param(every, id="all", marks=pytest.mark.long)]
    return pytest.mark.parametrize("limits", sets)


def _answers(endpoint: Endpoint) -> Iterator[str]:
    """Every choice that a path's query string offers, as in `?include=organizations`."""
    yield ""
    for field in msgspec.structs.fields(endpoint.query):
        for kind in get_args(field.type):
            yield from (f"?{field.encode_name}={choice}" for choice in get_args(kind) if isinstance(choice, str))


class Estate:
    """Ada's organizations alpha and beta, each with something of every kind, all of it marked."""

    def __init__(self, client: httpx.AsyncClient, ada: Headers) -> None:
        self.client, self.ada = client, ada
        self.ids: dict[str, dict[str, str]] = {}

    async def make(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(path, json=body, headers=self.ada)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def fill(self, name: str) -> None:
        where = f"/v1/organizations/{name}"
        made = await self.make("/v1/organizations", {"name": f"organization_{name}", "slug": name})
        fellow = await arrive(self.client, f"member_{name}")
        fellow_id = str((await me(self.client, fellow))["id"])
        added = await self.client.put(f"{where}/members/{fellow_id}", json={"role": "member"}, headers=self.ada)
        assert added.status_code == 200
        self.ids[name] = {
            "organization": made["id"],
            "slug": name,
            "action": "project.read",
            "user": fellow_id,
            "project": (await self.make(f"{where}/projects", {"name": f"project_{name}"}))["id"],
            "role": (await self.make(f"{where}/roles", {"name": f"role_{name}", "actions": []}))["id"],
            "invitation": (await self.make(f"{where}/invitations", {"email": f"invitation_{name}@example.com"}))["id"],
            "endpoint": (await self.make(f"{where}/webhook-endpoints", WEBHOOK | {"description": f"webhook_{name}"}))[
                "id"
            ],
            "api_key": (await self.make(f"{where}/api-keys", {"name": f"apikey_{name}"}))["id"],
        }
        sent = await self.client.get(
            f"{where}/webhook-endpoints/{self.ids[name]['endpoint']}/deliveries", headers=self.ada
        )
        self.ids[name]["delivery"] = sent.json()["data"][0]["id"]

    def paths(self, endpoint: Endpoint) -> Iterator[str]:
        for name, ids in self.ids.items():
            for query in _answers(endpoint):
                yield endpoint.path.format(**ids).replace("{organization}", name) + query
        for query in _answers(endpoint):
            yield endpoint.path.replace("{user}", "me").format(**self.ids["alpha"]) + query


@pytest.fixture
async def estate(client: httpx.AsyncClient, platform: Platform) -> Estate:
    ada = await arrive(client, "ada")
    assert (await confirm(client, await token_to(platform, "ada@example.com"))).status_code == 204
    made = Estate(client, ada)
    for name in ("alpha", "beta"):
        await made.fill(name)
    return made


def _shown_beyond(text: str, may: dict[str, frozenset[Action]]) -> set[str]:
    """Name the marks in an answer that its reader should not see."""
    marks = {f"{word}_{name}" for word in MARKS for name in may}
    return {mark for mark in marks if mark in text and MARKS[mark.partition("_")[0]] not in may[mark.partition("_")[2]]}


@pytest.mark.parametrize("holder", ["user", "organization", "project"])
@_some_and_all(SOME_LIMITS, LIMITS)
async def test_limited_key_reads_what_it_says_and_nothing_else_anywhere(
    holder: str, limits: Limits, client: httpx.AsyncClient, estate: Estate
):
    seen: set[str] = set()
    wrong: dict[tuple[Any, ...], Any] = {}
    for actions in limits:
        body: dict[str, Any] = {"name": "limited", "actions": list(actions)}
        where = "/v1/organizations/alpha/api-keys" if holder == "organization" else "/v1/users/me/api-keys"
        if holder == "project":
            body["project_ids"] = [estate.ids["alpha"]["project"]]
            if not set(actions) <= {Action.ORGANIZATION_READ, Action.MEMBER_READ, Action.PROJECT_READ}:
                continue
        key = await estate.make(where, body)
        headers = {"Authorization": f"Bearer {key['key']}"}
        held = frozenset(actions)
        may = {"alpha": held, "beta": held if holder == "user" else frozenset[Action]()}
        for endpoint in READS:
            for path in estate.paths(endpoint):
                answer = await client.get(path, headers=headers)
                if answer.status_code not in {200, 401, 403, 404, 422}:
                    wrong[actions, path] = answer.text
                if answer.status_code == 200 and "audit-events" not in path:  # the log tells of everything
                    if beyond := _shown_beyond(answer.text, may):
                        wrong[actions, path] = beyond
                    seen |= {word for word in MARKS if f"{word}_alpha" in answer.text}
    assert not wrong
    readable = {word for word, action in MARKS.items() if any(action in actions for actions in limits)}
    assert seen == (readable & {"organization", "member", "project"} if holder == "project" else readable), seen


published = cache(openapi)


def example(endpoint: Endpoint) -> Any:
    if endpoint.body is None:
        return None
    described = published()["paths"][endpoint.path][endpoint.method.lower()]
    return described["requestBody"]["content"]["application/json"]["example"]


async def change(client: httpx.AsyncClient, endpoint: Endpoint, path: str, by: Headers, body: Any) -> httpx.Response:
    return await client.request(endpoint.method, path, headers=by, json=body)


def test_every_write_in_an_organization_says_which_action_a_key_needs():
    named = {endpoint.name for endpoint in WRITES}
    assert set(NEEDS) <= named
    inside = {endpoint.name for endpoint in WRITES if "{organization}" in endpoint.path}
    by_people = {name for name in inside if "api_key" in name} | {"accept_owner_offer", "decline_owner_offer"}
    assert inside - by_people == set(NEEDS)


@pytest.mark.parametrize("holder", ["user", "organization", "project"])
@_some_and_all(SOME_WRITE_LIMITS, WRITE_LIMITS)
async def test_limited_key_writes_nothing_that_it_does_not_say(
    holder: str, limits: Limits, client: httpx.AsyncClient, estate: Estate, connection: Any
):
    """Every write with every single action: on what the key is for, on another organization, on its user's account."""

    async def state() -> list[Any]:
        tables = (
            "users",
            "organizations",
            "organization_members",
            "projects",
            "roles",
            "invitations",
            "api_keys",
            "webhook_endpoints",
        )
        sums = [f"(SELECT sum(hashtext((to_jsonb(t) - 'last_used_at')::text)) FROM {each} t)" for each in tables]  # noqa: S608
        return list(await connection.fetchrow(f"SELECT {', '.join(sums)}"))

    wrong: dict[tuple[Any, ...], Any] = {}
    for actions in limits:
        body: dict[str, Any] = {"name": "limited", "actions": list(actions)}
        if holder == "project":
            if not set(actions) <= ON_CHOSEN_PROJECTS:
                continue
            body["project_ids"] = [estate.ids["alpha"]["project"]]
        where = "/v1/organizations/alpha/api-keys" if holder == "organization" else "/v1/users/me/api-keys"
        key = await estate.make(where, body)
        headers = {"Authorization": f"Bearer {key['key']}"}
        before = await state()
        for endpoint in WRITES:
            needed = NEEDS.get(endpoint.name)
            for place in ("alpha", "beta") if "{organization}" in endpoint.path else ("alpha",):
                reaches = holder == "user" or place == "alpha"
                if needed in actions and reaches:
                    continue
                is_id = needed or endpoint.references.get("user") is UUID
                path = endpoint.path.replace("{user}", estate.ids[place]["user"] if is_id else "me")
                session = str(UUID(int=7)) if endpoint.references.get("session") is UUID else "current"
                path = path.format(**{**estate.ids[place], "organization": place, "session": session})
                answer = await change(client, endpoint, path, headers, example(endpoint))
                if answer.status_code not in REFUSED:
                    wrong[actions, endpoint.name, place] = answer.text
        if await state() != before:
            wrong[actions,] = "something was changed"
    assert not wrong


async def test_key_that_says_an_action_does_it(client: httpx.AsyncClient, estate: Estate):
    """Or refusing everything would pass for limiting."""
    ids, acme = estate.ids["alpha"], "/v1/organizations/alpha"
    bodies: dict[str, Any] = {"offer_ownership": {"user_id": ids["user"]}, "put_member": {"role": "member"}}
    bodies["create_invitation"] = {"email": "fresh@example.com"}
    bodies["create_role"] = {"name": "helper", "actions": [Action.PROJECT_READ]}
    bodies["update_organization_webhook_endpoint"] = {"status": "enabled"}
    bodies["update_role"] = {"actions": [Action.PROJECT_READ]}
    last = [
        "delete_member",
        "revoke_invitation",
        "delete_role",
        "delete_project",
        "delete_organization_webhook_endpoint",
        "delete_organization",
    ]
    order = [*(name for name in NEEDS if name not in {*last, "restore_organization"}), *last, "restore_organization"]
    endpoints = {endpoint.name: endpoint for endpoint in WRITES}
    for name in order:
        if name == "hand_over_organization":
            continue  # which takes an administrator
        actions = sorted(GRANTS[Role.MEMBER] | {NEEDS[name], Action.MEMBER_UPDATE, Action.AUDIT_READ})
        body = {"name": name, "actions": actions}
        key = await estate.make("/v1/users/me/api-keys", body)
        path = endpoints[name].path.format(**{**ids, "organization": "alpha"})
        sent = bodies.get(name, example(endpoints[name]))
        if name == "update_organization":
            sent = {"name": "Other"}
        answer = await change(client, endpoints[name], path, {"Authorization": f"Bearer {key['key']}"}, sent)
        assert answer.is_success, (name, answer.text)
    assert (await client.get(acme, headers=estate.ada)).status_code == 200
