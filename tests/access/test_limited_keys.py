"""A limited key sees what its actions and projects say, on every path that is served and with every `include`."""

from collections.abc import Iterator
from typing import Any, Final, get_args

import httpx
import msgspec
import pytest
from tests.mail.letters import token_to
from tests.users.people import Headers, arrive, confirm, me

from freehold import Action, Platform
from freehold.access import NEVER_BY_KEY
from freehold.serve.application import ENDPOINTS
from freehold.web.routing import Endpoint

MARKS: Final = {
    "organization": Action.ORGANIZATION_READ,
    "member": Action.MEMBER_READ,
    "project": Action.PROJECT_READ,
    "role": Action.ROLE_READ,
    "invitation": Action.INVITATION_READ,
    "apikey": Action.API_KEY_READ,
}
"""Word that stands in what an action shows, followed by whose it is -> that action."""
READS: Final = [each for each in ENDPOINTS if each.method == "GET" and each.auth != "none"]
LIMITS: Final = [
    (),
    *((action,) for action in MARKS.values() if action not in NEVER_BY_KEY),
    (Action.AUDIT_READ,),
    (Action.ORGANIZATION_READ, Action.MEMBER_READ, Action.PROJECT_READ),
]


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
            "user": fellow_id,
            "project": (await self.make(f"{where}/projects", {"name": f"project_{name}"}))["id"],
            "role": (await self.make(f"{where}/roles", {"name": f"role_{name}", "actions": []}))["id"],
            "invitation": (await self.make(f"{where}/invitations", {"email": f"invitation_{name}@example.com"}))["id"],
            "api_key": (await self.make(f"{where}/api-keys", {"name": f"apikey_{name}"}))["id"],
        }

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
async def test_limited_key_reads_what_it_says_and_nothing_else_anywhere(
    holder: str, client: httpx.AsyncClient, estate: Estate, subtests: pytest.Subtests
):
    seen: set[str] = set()
    for actions in LIMITS:
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
                with subtests.test(actions=actions, path=path):
                    assert answer.status_code in {200, 401, 403, 404, 422}, answer.text
                    if answer.status_code == 200 and "audit-events" not in path:  # the log tells of everything
                        assert _shown_beyond(answer.text, may) == set()
                        seen |= {mark for word in MARKS for mark in (f"{word}_alpha",) if mark in answer.text}
    words = {mark.partition("_")[0] for mark in seen}
    assert words == ({"organization", "member", "project"} if holder == "project" else {*MARKS}), words
