"""Who sees and who changes metadata: every kind of viewer, on every entity, for every field, on every path served."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final, get_args

import httpx
import msgspec
import pytest
from tests.users.administrators import administrator
from tests.users.people import Headers, arrive, code, me

from freehold.serve.application import ENDPOINTS
from freehold.web.routing import Endpoint

READS: Final = [each for each in ENDPOINTS if each.method == "GET" and "stream" not in each.path]
FIELDS: Final = {
    "user": ("metadata", "public_metadata", "private_metadata"),
    "organization": ("public_metadata", "private_metadata"),
    "project": ("public_metadata", "private_metadata"),
    "public_project": ("public_metadata", "private_metadata"),
}
PUBLIC, PRIVATE, ALL = {"public_metadata"}, {"private_metadata"}, {"metadata", "public_metadata", "private_metadata"}
BOTH: Final = PUBLIC | PRIVATE
NONE: Final[set[str]] = set()

SEES: Final[dict[str, dict[str, set[str]]]] = {
    # viewer: what they see of mia, of acme, and of its projects
    "root": {"user": ALL, "organization": BOTH, "project": BOTH},
    "root, acting for mia": {"user": {"metadata", *PUBLIC}, "organization": PUBLIC, "project": PUBLIC},
    "owner": {"user": PUBLIC, "organization": BOTH, "project": BOTH},
    "admin": {"user": PUBLIC, "organization": BOTH, "project": BOTH},
    "mia": {"user": {"metadata", *PUBLIC}, "organization": PUBLIC, "project": PUBLIC},
    "fellow": {"user": PUBLIC, "organization": PUBLIC, "project": PUBLIC},
    "role: read the organization": {"user": PUBLIC, "organization": PUBLIC, "project": NONE},
    "role: change the organization": {"user": PUBLIC, "organization": BOTH, "project": NONE},
    "outsider": {"user": NONE, "organization": NONE, "project": NONE},
    "nobody": {"user": NONE, "organization": NONE, "project": NONE},
    "owner's key": {"user": PUBLIC, "organization": BOTH, "project": BOTH},
    "owner's key: organization.read": {"user": NONE, "organization": PUBLIC, "project": NONE},
    "owner's key: project.read": {"user": NONE, "organization": NONE, "project": PUBLIC},
    "owner's key: nothing": {"user": NONE, "organization": NONE, "project": NONE},
    "key: organization.read, organization.update": {"user": NONE, "organization": BOTH, "project": NONE},
    "key: project.read, organization.update": {"user": NONE, "organization": NONE, "project": BOTH},
    "key: project.read, project.update": {"user": NONE, "organization": NONE, "project": PUBLIC},
    "key of one project": {"user": NONE, "organization": PUBLIC, "project": PUBLIC},
}
CHANGES: Final[dict[str, dict[str, set[str]]]] = {
    **{viewer: dict.fromkeys(("user", "organization", "project"), NONE) for viewer in SEES},
    "root": SEES["root"],
    "root, acting for mia": {"user": {"metadata"}, "organization": NONE, "project": PUBLIC},
    "owner": {"user": NONE, "organization": BOTH, "project": BOTH},
    "admin": {"user": NONE, "organization": BOTH, "project": BOTH},
    "mia": {"user": {"metadata"}, "organization": NONE, "project": PUBLIC},
    "fellow": {"user": NONE, "organization": NONE, "project": PUBLIC},
    "role: change the organization": {"user": NONE, "organization": BOTH, "project": NONE},
    "owner's key": {"user": NONE, "organization": BOTH, "project": BOTH},
    "key: organization.read, organization.update": {"user": NONE, "organization": BOTH, "project": NONE},
    "key: project.read, organization.update": {"user": NONE, "organization": BOTH, "project": NONE},
    "key: project.read, project.update": {"user": NONE, "organization": NONE, "project": PUBLIC},
    "key of one project": {"user": NONE, "organization": NONE, "project": PUBLIC},
}


def mark(entity: str, field: str) -> dict[str, str]:
    """What an entity keeps: a word that stands nowhere else."""
    return {"mark": f"{entity}_{field}_mark"}


class Estate:
    """Acme with its people, keys and projects, each of which keeps a mark in every field."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.viewers: dict[str, Headers] = {"nobody": {}}
        self.paths: dict[str, str] = {}
        self.ids: dict[str, str] = {"organization": "acme", "slug": "acme", "action": "project.read"}

    async def ask(self, method: str, path: str, by: Headers, body: Any, status: int) -> Any:
        answer = await self.client.request(method, path, headers=by, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def fill(self, connection: Any) -> None:
        root = self.viewers["root"] = await administrator(self.client, connection)
        owner = self.viewers["owner"] = await arrive(self.client, "ada")
        await self.ask("POST", "/v1/organizations", owner, {"name": "Acme"}, 201)
        roles = {"read": ["organization.read", "member.read"]}
        roles["change"] = [*roles["read"], "organization.update"]
        for name, actions in roles.items():
            await self.ask("POST", "/v1/organizations/acme/roles", owner, {"name": name, "actions": actions}, 201)
        people = {"admin": "admin", "mia": "member", "fellow": "member"}
        people |= {"role: read the organization": "read", "role: change the organization": "change"}
        for number, (viewer, role) in enumerate(people.items()):
            self.viewers[viewer] = await arrive(self.client, viewer if viewer == "mia" else f"person_{number}")
            person = str((await me(self.client, self.viewers[viewer]))["id"])
            await self.ask("PUT", f"/v1/organizations/acme/members/{person}", root, {"role": role}, 200)
            self.ids["user"] = person if viewer == "mia" else self.ids.get("user", "")
        self.viewers["outsider"] = await arrive(self.client, "olga")
        acting = await self.ask(
            "POST", f"/v1/users/{self.ids['user']}/impersonation", root, {"reason": "Looks", "minutes": 5}, 201
        )
        self.viewers["root, acting for mia"] = {"Authorization": f"Bearer {acting['token']}"}
        await self._fill_entities(root, owner)
        await self._make_keys(owner)

    async def _fill_entities(self, root: Headers, owner: Headers) -> None:
        self.paths |= {"user": f"/v1/users/{self.ids['user']}", "organization": "/v1/organizations/acme"}
        for entity, visibility in {"project": "private", "public_project": "public"}.items():
            new = {"name": entity, "settings": {"visibility": visibility}}
            made = await self.ask("POST", "/v1/organizations/acme/projects", owner, new, 201)
            self.paths[entity] = f"/v1/organizations/acme/projects/{made['id']}"
            self.ids[entity] = made["id"]
        for entity, fields in FIELDS.items():
            kept = {field: mark(entity, field) for field in fields}
            assert kept.items() <= (await self.ask("PATCH", self.paths[entity], root, kept, 200)).items()

    async def _make_keys(self, owner: Headers) -> None:
        for viewer in SEES:
            kind, _, limits = viewer.partition(": ")
            if "key" not in kind:
                continue
            body: dict[str, Any] = {"name": viewer}
            if limits:
                body["actions"] = [] if limits == "nothing" else limits.split(", ")
            if viewer == "key of one project":
                body["actions"] = ["organization.read", "project.read", "project.update"]
                body["project_ids"] = [self.ids["project"], self.ids["public_project"]]
            whose = "users/me" if kind == "owner's key" else "organizations/acme"
            made = await self.ask("POST", f"/v1/{whose}/api-keys", owner, body, 201)
            self.viewers[viewer] = {"Authorization": f"Bearer {made['key']}"}


@pytest.fixture
async def estate(client: httpx.AsyncClient, connection: Any) -> Estate:
    made = Estate(client)
    await made.fill(connection)
    assert set(made.viewers) == set(SEES) == set(CHANGES)
    return made


def kind_of(entity: str) -> str:
    return entity.removeprefix("public_")


async def test_every_viewer_sees_what_is_for_them_and_nothing_else(estate: Estate):
    wrong: dict[tuple[str, ...], Any] = {}
    for viewer, by in estate.viewers.items():
        for entity, path in estate.paths.items():
            answer = await estate.client.get(path, headers=by)
            shown = {field for field in ALL if field in (answer.json() if answer.status_code == 200 else {})}
            if shown != SEES[viewer][kind_of(entity)]:
                wrong[viewer, entity] = shown
            elif any(answer.json()[field] != mark(entity, field) for field in shown):
                wrong[viewer, entity] = answer.text
    assert not wrong


def _queries(endpoint: Endpoint) -> Iterator[str]:
    yield ""
    for field in msgspec.structs.fields(endpoint.query):
        for kind in get_args(field.type):
            yield from (f"?{field.encode_name}={choice}" for choice in get_args(kind) if isinstance(choice, str))
        if field.type is bool:
            yield f"?{field.encode_name}=true"


def _paths(estate: Estate) -> set[str]:
    """Every path that is read, of acme and mia and the projects, with every choice that its query offers."""
    found: set[str] = set()
    for endpoint in READS:
        for entity in ("project", "public_project"):
            path = endpoint.path.replace("{project}", estate.ids[entity])
            for name, value in estate.ids.items():
                path = path.replace(f"{{{name}}}", value)
            if "{" not in path:
                found |= {path + query for query in _queries(endpoint)}
    return found


@pytest.mark.parametrize(
    "viewers",
    [
        pytest.param(("root", "owner", "mia"), id="some"),
        pytest.param(tuple(SEES), id="all", marks=pytest.mark.long),
    ],
)
async def test_no_list_and_no_include_shows_metadata_to_anybody(viewers: tuple[str, ...], estate: Estate):
    """Only the entity's own path does; the export of a user's data shows theirs, the log of changes no value."""
    wrong, read = set(), 0
    own = {*estate.paths.values(), f"{estate.paths['user']}/export"}
    own |= {path.replace(estate.ids["user"], "me") for path in own}
    for viewer in viewers:
        for path in _paths(estate) - own:
            answer = await estate.client.get(path, headers=estate.viewers[viewer])
            read += answer.status_code == 200
            if "_metadata_mark" in answer.text:
                wrong.add((viewer, path))
    assert not wrong
    assert read > 100


async def test_every_viewer_changes_what_is_for_them_and_nothing_else(estate: Estate, connection: Any):
    wrong: dict[tuple[str, ...], Any] = {}
    tables = {"user": "users", "organization": "organizations", "project": "projects", "public_project": "projects"}
    for viewer, by in estate.viewers.items():
        for entity, fields in FIELDS.items():
            for field in fields:
                answer = await estate.client.patch(estate.paths[entity], headers=by, json={field: {"by": viewer}})
                key = "acme" if entity == "organization" else estate.ids[entity]
                column = "slug" if entity == "organization" else "id::text"
                sql = f"SELECT {field} ->> 'by' FROM {tables[entity]} WHERE {column} = $1"  # noqa: S608 - our own names
                stored = await connection.fetchval(sql, key)
                may = field in CHANGES[viewer][kind_of(entity)]
                if (answer.status_code == 200) is not may or (stored == viewer) is not may:
                    wrong[viewer, entity, field] = (answer.status_code, stored)
                if not may and answer.status_code not in {401, 403, 404}:
                    wrong[viewer, entity, field] = answer.text
    assert not wrong


async def test_whoever_may_not_change_private_metadata_cannot_make_a_project_with_it(estate: Estate):
    new = {"name": "Secret", "private_metadata": {"a": 1}}
    projects = "/v1/organizations/acme/projects"
    assert code(await estate.client.post(projects, headers=estate.viewers["mia"], json=new), 403) == "forbidden"
    made = await estate.ask("POST", projects, estate.viewers["owner"], new | {"public_metadata": {"b": None}}, 201)
    assert (made["private_metadata"], made["public_metadata"]) == ({"a": 1}, {})


async def test_only_administrators_sign_somebody_up_with_what_is_theirs_to_write(estate: Estate):
    for field, status in {"metadata": 201, "public_metadata": 403, "private_metadata": 403}.items():
        new = {"username": f"n_{field[:8]}", "email": f"{field}@example.com", "password": "Byron1815"}
        answer = await estate.client.post("/v1/users", json=new | {field: {"a": 1}})
        assert answer.status_code == status, answer.text
        new |= {"username": f"r_{field[:8]}", "email": f"r.{field}@example.com"}
        assert (
            await estate.client.post("/v1/users", json=new | {field: {"a": 1}}, headers=estate.viewers["root"])
        ).status_code == 201


async def test_empty_change_of_what_is_not_theirs_is_refused_to_nobody_and_changes_nothing(estate: Estate):
    mia = estate.viewers["mia"]
    for field in ("public_metadata", "private_metadata"):
        await estate.ask("PATCH", estate.paths["user"], mia, {field: {}}, 200)
        await estate.ask("PATCH", estate.paths["user"], mia, {field: None}, 403)
        kept = await estate.ask("GET", estate.paths["user"], estate.viewers["root"], None, 200)
        assert kept[field] == mark("user", field)


async def test_own_export_leaves_out_what_administrators_keep_for_themselves(estate: Estate):
    path = f"{estate.paths['user']}/export"
    own = (await estate.client.get(path, headers=estate.viewers["mia"])).json()["user"]
    assert (own["metadata"], own["public_metadata"]) == (mark("user", "metadata"), mark("user", "public_metadata"))
    assert "private_metadata" not in own
    by_root = (await estate.client.get(path, headers=estate.viewers["root"])).json()["user"]
    assert by_root["private_metadata"] == mark("user", "private_metadata")


@pytest.mark.usefixtures("estate")
async def test_audit_log_and_webhooks_say_that_metadata_changed_and_not_how(connection: Any):
    rows = await connection.fetch("SELECT action, details::text FROM audit_events")
    assert not [row for row in rows if "mark" in row["details"]]
    changed = [row["details"] for row in rows if '"private_metadata"' in row["details"]]
    assert len(changed) == len(FIELDS)


async def test_changes_of_different_keys_at_once_all_stay(estate: Estate):
    by = estate.viewers["root"]
    for entity, path in estate.paths.items():
        await asyncio.gather(
            *(estate.ask("PATCH", path, by, {"public_metadata": {f"k{n}": n}}, 200) for n in range(20))
        )
        kept = (await estate.ask("GET", path, by, None, 200))["public_metadata"]
        assert kept == {**mark(entity, "public_metadata"), **{f"k{n}": n for n in range(20)}}


async def test_one_of_two_changes_of_the_same_version_is_stale(estate: Estate):
    by = estate.viewers["root"]
    for path in estate.paths.values():
        version = (await estate.client.get(path, headers=by)).headers["etag"]
        answers = await asyncio.gather(
            *(
                estate.client.patch(path, headers=by | {"If-Match": version}, json={"public_metadata": {f"k{n}": n}})
                for n in range(2)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        kept = (await estate.ask("GET", path, by, None, 200))["public_metadata"]
        assert len(kept.keys() & {"k0", "k1"}) == 1


async def test_what_is_merged_keeps_to_the_limit_together(estate: Estate):
    by = estate.viewers["root"]
    for path in estate.paths.values():
        await estate.ask("PATCH", path, by, {"public_metadata": None}, 200)
        await estate.ask("PATCH", path, by, {"public_metadata": {"a": "x" * 5000}}, 200)
        refused = await estate.ask("PATCH", path, by, {"public_metadata": {"b": "x" * 5000}}, 422)
        assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [
            ("/public_metadata", "invalid_metadata")
        ]
        await estate.ask("PATCH", path, by, {"public_metadata": {"a": None, "b": "x" * 5000}}, 200)
