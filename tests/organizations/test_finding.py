"""Finding members, projects and organizations: filters alone and in pairs, against a plain answer in Python."""

import itertools
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from tests.users.administrators import administrator
from tests.users.people import Headers, arrive, code, me

from freehold.base.ids import new_id

Row = dict[str, Any]
Wanted = dict[str, str]
WORDS: Final = ["Rocket", "rocket 2", "Ro", "Apollo", "apo", "Zo\u00eb", "a_b"]


def combinations(filters: dict[str, list[str]], *, most: int = 3) -> list[Wanted]:
    """Every filter alone, in pairs and in threes."""
    found: list[Wanted] = [{}]
    for names in itertools.chain.from_iterable(
        itertools.combinations(filters, number) for number in range(1, most + 1)
    ):
        found += [
            dict(zip(names, values, strict=True)) for values in itertools.product(*(filters[name] for name in names))
        ]
    return found


async def pages(client: httpx.AsyncClient, by: Headers, path: str, wanted: Wanted, limit: int) -> list[Row]:
    """Read all pages; the total must be right."""
    found: list[Row] = []
    cursor: dict[str, str] = {}
    while True:
        query = {**wanted, **cursor, "limit": str(limit), "include": "total"}
        answer = await client.get(path, params=query, headers=by)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["data"]
        if page["next_cursor"] is None:
            assert page["total"] == len(found)
            return found
        cursor = {"cursor": page["next_cursor"]}


async def acme_id(client: httpx.AsyncClient, ada: Headers) -> UUID:
    return UUID((await client.get("/v1/organizations/acme", headers=ada)).json()["id"])


async def test_projects_are_found_as_a_look_at_all_finds_them(
    client: httpx.AsyncClient, ada: Headers, connection: Any, subtests: pytest.Subtests
):
    chance, acme = random.Random(8), await acme_id(client, ada)  # noqa: S311 - the same ones each time
    rows: list[Row] = [
        {
            "id": new_id(),
            "name": f"{chance.choice(WORDS)}{chance.choice(['', ' x', str(number)])}",
            "visibility": chance.choice(["public", "private"]),
            "features": chance.choice([[], ["a"], ["a", "b.c"]]),
        }
        for number in range(60)
    ]
    await connection.executemany(
        "INSERT INTO projects (id, organization_id, name, visibility, features, created_at) "
        "VALUES ($1, $2, $3, $4, $5, now() - $6 * interval '1 minute')",
        [(r["id"], acme, r["name"], r["visibility"], r["features"], number // 2) for number, r in enumerate(rows)],
    )
    for number, row in enumerate(rows):
        row["newest"] = (-(number // 2), row["id"].int)
    filters = {
        "q": ["ro", "Rocket", "apo", "ZO", "nothing"],
        "visibility": ["public", "private"],
        "feature": ["a", "b.c", "z"],
        "sort": ["newest", "oldest", "name"],
    }
    outsider = await arrive(client, "eve")
    for number, wanted in enumerate(combinations(filters)):
        for by, sees_all in ((ada, True), (outsider, False)):
            fitting = [
                row
                for row in rows
                if (sees_all or row["visibility"] == "public")
                and row["name"].lower().startswith(wanted.get("q", "").lower())
                and wanted.get("visibility") in {None, row["visibility"]}
                and ("feature" not in wanted or wanted["feature"] in row["features"])
            ]
            order = wanted.get("sort", "name" if "q" in wanted else "newest")
            if order == "name":
                fitting.sort(key=lambda row: (row["name"].lower().encode(), row["id"].int))
            else:
                fitting.sort(key=lambda row: row["newest"], reverse=order == "newest")
            with subtests.test(**wanted, sees_all=sees_all):
                found = await pages(client, by, "/v1/organizations/acme/projects", wanted, (100, 7)[number % 2])
                assert [each["id"] for each in found] == [str(row["id"]) for row in fitting]


async def test_members_are_found_as_a_look_at_all_finds_them(
    client: httpx.AsyncClient, ada: Headers, connection: Any, subtests: pytest.Subtests
):
    chance, acme = random.Random(8), await acme_id(client, ada)  # noqa: S311 - the same ones each time
    role_id = (
        await client.post("/v1/organizations/acme/roles", json={"name": "clerk", "actions": []}, headers=ada)
    ).json()["id"]
    rows: list[Row] = [{"username": "ada", "first": None, "last": None, "role": "owner"}]
    for number in range(40):
        first, last = chance.choice([None, *WORDS]), chance.choice([None, *WORDS])
        row = {"username": f"rob_{number}", "first": first, "last": last}
        rows.append({**row, "role": chance.choice(["admin", "member", "clerk"])})
        user_id = await connection.fetchval(
            "INSERT INTO users (username, email, password_hash, first_name, last_name) "
            "VALUES ($1, 'zz' || $1::varchar || '@example.com', '!', $2, $3) RETURNING id",
            *row.values(),
        )
        built_in = rows[-1]["role"] != "clerk"
        await connection.execute(
            "INSERT INTO organization_members (organization_id, user_id, role, role_id) VALUES ($1, $2, $3, $4)",
            *(acme, user_id, rows[-1]["role"] if built_in else "member", None if built_in else UUID(role_id)),
        )
    filters = {
        "q": ["rob", "ROB_1", "apollo", "apollo ap", "zz", "ro"],
        "role": ["owner", "admin", "member", "clerk", "nobody"],
        "sort": ["newest", "oldest"],
    }
    for number, wanted in enumerate(combinations(filters)):
        fitting = [
            row["username"]
            for row in rows
            if wanted.get("role") in {None, row["role"]}
            and any(
                text.lower().startswith(wanted.get("q", "").lower())
                for text in (row["username"], f"{row['first'] or ''} {row['last'] or ''}".strip(), row["last"] or "")
                if text and (text == row["username"] or text == row["last"] or row["first"])
            )
        ]
        if wanted.get("sort") == "newest":
            fitting.reverse()
        with subtests.test(**wanted):
            found = await pages(client, ada, "/v1/organizations/acme/members", wanted, (100, 7)[number % 2])
            assert [each["user"]["username"] for each in found] == fitting


async def test_one_member_is_read_by_fellow_members(client: httpx.AsyncClient, ada: Headers):
    eve = await arrive(client, "eve")
    eve_id = (await me(client, eve))["id"]
    path = f"/v1/organizations/acme/members/{eve_id}"
    assert code(await client.get(path, headers=ada), 404) == "not_found"
    assert code(await client.get(path, headers=eve), 404) == "not_found"
    assert (await client.put(path, json={"role": "admin"}, headers=ada)).status_code == 200
    for which, by in ((path, ada), ("/v1/organizations/acme/members/me", eve)):
        found = (await client.get(which, headers=by)).json()
        assert (found["user"]["id"], found["role"]) == (eve_id, "admin")


async def test_organizations_are_found_as_a_look_at_all_finds_them(
    client: httpx.AsyncClient, ada: Headers, connection: Any, subtests: pytest.Subtests
):
    root, chance = await administrator(client, connection), random.Random(8)  # noqa: S311 - the same ones each time
    rows: list[Row] = [{"id": str(await acme_id(client, ada)), "name": "Acme", "slug": "acme"}]
    for number in range(40):
        name = f"{chance.choice(WORDS)} {number}"
        body = {"name": name} if chance.random() < 0.5 else {"name": name, "slug": f"{chance.choice('ar')}-{number}"}
        made = (await client.post("/v1/organizations", json=body, headers=ada)).json()
        rows.append({name: made[name] for name in ("id", "name", "slug")})
    gone = rows.pop()
    assert (await client.delete(f"/v1/organizations/{gone['id']}", headers=ada)).status_code == 204
    for q in ("ro", "Rocket", "a", "a-", "acme", "zo", "nothing", "r-1"):
        fitting = [
            (min(text for text in (row["name"].lower(), row["slug"]) if text.startswith(q.lower())), row["id"])
            for row in rows
            if row["name"].lower().startswith(q.lower()) or row["slug"].startswith(q.lower())
        ]
        for limit in (100, 3):
            with subtests.test(q=q, limit=limit):
                found = await pages(client, root, "/v1/organizations", {"q": q, "all": "true"}, limit)
                assert [each["id"] for each in found] == [
                    each for _, each in sorted(fitting, key=lambda entry: (entry[0].encode(), entry[1]))
                ]
                mine = await pages(client, ada, "/v1/organizations", {"q": q}, limit)
                assert sorted(each["id"] for each in mine) == sorted(each for _, each in fitting)
    for wanted in ({"all": "true"}, {}, {"q": "ro"}):
        q = wanted.get("q", "")
        fitting = [row["id"] for row in rows if row["name"].lower().startswith(q) or row["slug"].startswith(q)]
        for sort, limit in itertools.product(("newest", "oldest"), (100, 3)):
            with subtests.test(**wanted, sort=sort, limit=limit):
                by = root if "all" in wanted else ada
                found = await pages(client, by, "/v1/organizations", {**wanted, "sort": sort}, limit)
                assert [each["id"] for each in found] == sorted(fitting, reverse=sort == "newest")
    both = {"all": "true", "q": "ro", "sort": "newest"}
    assert code(await client.get("/v1/organizations", params=both, headers=root), 409) == "refused"


Answer = Callable[[httpx.AsyncClient, Headers], Awaitable[httpx.Response]]
WAYS: Final[dict[str, Answer]] = {
    "reading": lambda client, by: client.get("/v1/organizations/acme", headers=by),
    "listing": lambda client, by: client.get("/v1/organizations", headers=by),
    "updating": lambda client, by: client.patch("/v1/organizations/acme", json={"name": "Other"}, headers=by),
    "updating nothing": lambda client, by: client.patch("/v1/organizations/acme", json={}, headers=by),
}


@pytest.mark.parametrize("holder", ["key of a user", "key of the organization", "role"])
@pytest.mark.parametrize("reads", [False, True])
async def test_who_the_members_are_takes_member_read(
    holder: str,
    reads: bool,  # noqa: FBT001
    client: httpx.AsyncClient,
    ada: Headers,
    subtests: pytest.Subtests,
):
    actions = ["organization.read", "organization.update", *(["member.read"] if reads else [])]
    if holder == "role":
        by = await arrive(client, "eve")
        role = {"name": "clerk", "actions": actions}
        assert (await client.post("/v1/organizations/acme/roles", json=role, headers=ada)).status_code == 201
        put = f"/v1/organizations/acme/members/{(await me(client, by))['id']}"
        assert (await client.put(put, json={"role": "clerk"}, headers=ada)).status_code == 200
    else:
        path = "/v1/users/me/api-keys" if holder == "key of a user" else "/v1/organizations/acme/api-keys"
        made = await client.post(path, json={"name": "k", "actions": actions}, headers=ada)
        by = {"Authorization": f"Bearer {made.json()['key']}"}
    ada_id = (await me(client, ada))["id"]
    for way, ask in WAYS.items():
        if holder == "key of the organization" and way == "listing":
            continue
        with subtests.test(way=way):
            answer = await ask(client, by)
            found = answer.json()["data"][0] if way == "listing" else answer.json()
            assert (ada_id in found["members"]) is reads, answer.text
            assert found["members_count"] == (2 if holder == "role" else 1)
