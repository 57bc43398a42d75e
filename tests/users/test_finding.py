"""Finding users: every filter alone and in pairs against a plain answer in Python, on pages of every size; by index."""

import itertools
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

import pytest
from tests.contract.many_rows import many_rows
from tests.contract.plans import nodes

from freehold import Invalid, PageRequest, Platform, User, UsersPageRequest
from freehold.base.ids import new_id
from freehold.data.sql import STATEMENTS

Row = dict[str, Any]

NAMES: Final = [None, "Ada", "ada", "Adam", "Ad", "Bo", "bob_1", "Ada Lo", "Zo\u00eb", "%", "a_b"]
FILTERS: Final[dict[str, list[str]]] = {
    "q": ["a", "AD", "ada", "ada l", "ada@", "b", "user_1", "user_1@", "zo", "zo\u00eb", "%", "a_", "nobody", "lo"],
    "state": ["active", "suspended"],
    "admin": ["true", "false"],
    "sort": ["newest", "oldest", "username"],
    "username": ["ADA", "user_11", "nobody"],
    "email": ["Ada@Example.com", "user_11@example.com", "nobody@example.com"],
}


def _texts(row: Row) -> list[str]:
    """What a search goes by, in lower case."""
    full = f"{row['first_name']} {row['last_name']}" if row["last_name"] else row["first_name"]
    return [text.lower() for text in (row["username"], row["email"], full, row["last_name"]) if text]


def _fits(row: Row, wanted: dict[str, str]) -> bool:
    return (
        ("q" not in wanted or any(text.startswith(wanted["q"].lower()) for text in _texts(row)))
        and ("state" not in wanted or (wanted["state"] == "suspended") == row["suspended"])
        and ("admin" not in wanted or (wanted["admin"] == "true") == row["is_admin"])
        and ("username" not in wanted or wanted["username"].lower() == row["username"].lower())
        and ("email" not in wanted or wanted["email"].lower() == row["email"].lower())
    )


def _expected(rows: list[Row], wanted: dict[str, str]) -> list[UUID]:
    """Answer by looking at every user."""
    orders: dict[str, Callable[[Row], Any]] = {
        "newest": lambda row: -row["id"].int,
        "oldest": lambda row: row["id"].int,
        "username": lambda row: (row["username"].lower().encode(), row["id"].int),
    }
    order = orders[wanted.get("sort", "newest")]
    if "q" in wanted and "username" not in wanted and "email" not in wanted:

        def order(row: Row) -> Any:
            first = min(text.encode() for text in _texts(row) if text.startswith(wanted["q"].lower()))
            return first, row["id"].int

    return [row["id"] for row in sorted((row for row in rows if _fits(row, wanted)), key=order)]


def _some() -> Iterator[dict[str, str]]:
    """One value of every filter alone and of every two together, and the searches that are told apart by characters."""
    yield {}
    yield from ({"q": q} for q in ("a", "ada l", "user_1@", "zo\u00eb", "%", "a_"))
    chosen = {"q": "AD", "state": "suspended", "admin": "true", "sort": "username", "username": "ADA"}
    yield from ({name: value} for name, value in chosen.items())
    yield from (dict(pair) for pair in itertools.combinations(chosen.items(), 2) if {"q", "sort"} != {*dict(pair)})
    yield {"state": "active", "admin": "false", "q": "a"}


def _combinations() -> Iterator[dict[str, str]]:
    """Every filter alone and in pairs, and those that go along one another's indexes in threes."""
    yield {}
    for name, values in FILTERS.items():
        yield from ({name: value} for value in values)
    for one, other in itertools.combinations(FILTERS, 2):
        yield from ({one: a, other: b} for a in FILTERS[one] for b in FILTERS[other] if {one, other} != {"q", "sort"})
    for state, admin in itertools.product(FILTERS["state"], FILTERS["admin"]):
        both = {"state": state, "admin": admin}
        yield from ({**both, "q": q} for q in FILTERS["q"])
        yield from ({**both, "sort": sort} for sort in FILTERS["sort"])


@pytest.fixture
async def rows(connection: Any) -> list[Row]:
    """A hundred users with names that begin alike, some suspended, some administrators."""
    chance = random.Random(8)  # noqa: S311 - the same ones each time
    made: list[Row] = []
    for number in range(100):
        username = "ada" if number == 50 else "Bob_7" if number == 51 else f"User_{number}"
        made.append(
            {
                "id": new_id(),
                "username": username,
                "email": f"{username}@example.com"
                if chance.random() < 0.7
                else f"{chance.choice('abz')}{number}@example.com",
                "first_name": chance.choice(NAMES),
                "last_name": chance.choice(NAMES),
                "suspended": chance.random() < 0.3,
                "is_admin": chance.random() < 0.2,
            }
        )
    await connection.executemany(
        "INSERT INTO users (id, username, email, password_hash, first_name, last_name, suspended_at, is_admin) "
        "VALUES ($1, $2, $3, '!', $4, $5, CASE WHEN $6 THEN now() END, $7)",
        [tuple(row.values()) for row in made],
    )
    return made


async def _all_pages(platform: Platform, wanted: dict[str, str], limit: int) -> list[UUID]:
    found: list[User] = []
    cursor = None
    while True:
        filters: dict[str, Any] = {**wanted, **({"admin": wanted["admin"] == "true"} if "admin" in wanted else {})}
        page = await platform.users.list(UsersPageRequest(limit=limit, cursor=cursor, include="total", **filters))
        found += page.data
        assert len(page.data) <= limit
        cursor = page.next_cursor
        if cursor is None:
            assert page.total == len(found)
            return [user.id for user in found]


@pytest.mark.parametrize(
    "combinations", [pytest.param(_some, id="some"), pytest.param(_combinations, id="all", marks=pytest.mark.long)]
)
async def test_every_filter_alone_and_in_pairs_finds_what_a_look_at_everybody_finds(
    platform: Platform, rows: list[Row], subtests: pytest.Subtests, combinations: Callable[[], Iterator[dict[str, str]]]
):
    for number, wanted in enumerate(combinations()):
        with subtests.test(**wanted):
            limit = (100, 7, 33, 1)[number % 4] if len(wanted) < 3 else 100
            assert await _all_pages(platform, wanted, limit) == _expected(rows, wanted)


async def test_many_who_are_suspended_are_found_in_the_same_order(platform: Platform, connection: Any, rows: list[Row]):
    """Beyond a thousand, another way leads to them."""
    await connection.execute(
        "INSERT INTO users (id, username, email, password_hash, suspended_at) "
        "SELECT gen_random_uuid(), 'many_' || n, 'many_' || n || '@example.com', '!', now() "
        "FROM generate_series(1, 1001) n"
    )
    for wanted in ({"q": "ad"}, {"q": "user"}, {"q": "b"}):
        suspended = {**wanted, "state": "suspended"}
        assert await _all_pages(platform, suspended, 7) == _expected(rows, suspended)
    listed = await _all_pages(platform, {"state": "suspended", "sort": "username"}, 100)
    mine = {row["id"] for row in rows}
    assert [each for each in listed if each in mine] == _expected(rows, {"state": "suspended", "sort": "username"})


async def test_cursor_is_good_for_its_filters_alone(platform: Platform, rows: list[Row]):
    assert rows
    cursor = (await platform.users.list(UsersPageRequest(limit=1, q="user"))).next_cursor
    for other in (UsersPageRequest(q="use", cursor=cursor), UsersPageRequest(q="user", state="active", cursor=cursor)):
        with pytest.raises(Invalid):
            await platform.users.list(other)
    with pytest.raises(Invalid):
        await platform.users.list(PageRequest(cursor=cursor))


async def test_longest_texts_have_cursors(platform: Platform, connection: Any):
    await connection.execute(
        "INSERT INTO users (username, email, password_hash, first_name, last_name) "
        "SELECT 'u_' || n, n || '@example.com', '!', repeat('\U0001f600', 100), repeat('\U0001f600', 100) "
        "FROM generate_series(1, 3) n"
    )
    assert len(await _all_pages(platform, {"q": "\U0001f600"}, 1)) == 3


async def test_search_and_sort_are_not_combined(platform: Platform):
    with pytest.raises(Invalid, match="cannot be combined"):
        await platform.users.list(UsersPageRequest(q="a", sort="oldest"))


@pytest.mark.long
async def test_search_reads_what_it_shows_and_little_more(database_url: str, admin_url: str, subtests: pytest.Subtests):
    """Where all begin alike, a page is read along the indexes, and no scan goes through what another one shows."""
    async with many_rows(database_url, admin_url, 100_000) as big:
        statement = STATEMENTS["freehold.users.finding.search"]
        given = {
            "q": "'user_'",
            "folded": "'user_'",
            "after_term": "'user_5'",
            "after_id": f"'{UUID(int=0)}'",
            "is_suspended": "false",
            "is_admin": "NULL",
            "entries": "84",
            "limit": "21",
        }
        values = ", ".join(given[name] for name in statement.parameters)
        for mode in ("force_generic_plan", "force_custom_plan"):
            with subtests.test(mode=mode):
                await big.execute(f"PREPARE looked AS {statement.sql}")
                await big.execute(f"SET plan_cache_mode = {mode}")
                (plan,) = await big.fetchrow(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE looked({values})")
                await big.execute("DEALLOCATE looked")
                scans = [node for node in nodes(json.loads(plan)[0]["Plan"]) if "Scan" in node["Node Type"]]
                assert {node["Node Type"] for node in scans} <= {"Index Scan", "Subquery Scan"}
                assert sum(node["Actual Rows"] for node in scans if node["Node Type"] == "Index Scan") <= 84


SOUGHT = {
    "freehold.users.finding.search": {
        "q": "'user_19'",
        "folded": "'user_19'",
        "is_suspended": "NULL",
        "is_admin": "NULL",
    },
    "freehold.organizations.search": {"q": "'user_19'"},
    "freehold.projects.page_by_name": {"q": "'user_19'", "public_only": "false"},
}


async def test_first_page_of_what_begins_late_in_an_index_does_not_walk_through_it(connection: Any):
    """Of two lower bounds on one column, the wrong one entered the index: all names before were read for each page."""
    await connection.execute(
        "INSERT INTO users (username, email, password_hash, first_name, last_name) "
        "SELECT 'user_' || n, n || '@example.com', '!', 'First' || n, 'Last' || n FROM generate_series(1, 20000) n"
    )
    async with connection.transaction():
        for statement in (
            (
                "INSERT INTO slugs (slug, organization_id) "
                "SELECT 'user-' || n, gen_random_uuid() FROM generate_series(1, 20000) n"
            ),
            (
                "INSERT INTO organizations (id, name, slug, owner_id) "
                "SELECT organization_id, replace(slug, '-', '_'), slug, (SELECT id FROM users LIMIT 1) FROM slugs"
            ),
            (
                "INSERT INTO organization_members (organization_id, user_id, role) "
                "SELECT id, owner_id, 'admin' FROM organizations"
            ),
        ):
            await connection.execute(statement)
    organization = await connection.fetchval("SELECT id FROM organizations LIMIT 1")
    await connection.execute(
        "INSERT INTO projects (organization_id, name) SELECT $1, 'user_' || n FROM generate_series(1, 20000) n",
        organization,
    )
    await connection.execute("VACUUM ANALYZE users, organizations, projects")
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    for name, own in SOUGHT.items():
        sought = STATEMENTS[name]
        position = {"after_term": "''", "after_id": f"'{UUID(int=0)}'", "entries": "84", "limit": "21"}
        given = {"organization_id": f"'{organization}'", **position, **own}
        values = ", ".join(given.get(parameter, "NULL") for parameter in sought.parameters)
        await connection.execute(f"PREPARE looked AS {sought.sql}")
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE looked({values})"
        await connection.fetch(explained)  # what is read once a connection is read now
        (plan,) = await connection.fetchrow(explained)
        await connection.execute("DEALLOCATE looked")
        top = json.loads(plan)[0]["Plan"]
        assert top["Actual Rows"] == 21, name
        pages = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        assert pages < (60 if "projects" in name else 250), f"{name} read {pages} pages"
