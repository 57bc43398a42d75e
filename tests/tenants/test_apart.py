"""Two organizations and random statements: no row of the other is ever seen or changed, also through PgBouncer."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, suppress
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from freehold import NewOrganization, NewUser, Platform, Unavailable
from tests.conftest import PASSWORD, trusting
from tests.data.test_pgbouncer import PROGRAM, bouncer_url  # noqa: F401 - a fixture
from tests.tenants.test_in_organization import PROTECTED

READS = (
    "SELECT organization_id FROM invoices",
    "SELECT organization_id FROM invoices WHERE text = $1 OR organization_id <> $2",
    "SELECT b.organization_id FROM invoices a CROSS JOIN invoices b",
    "SELECT organization_id FROM invoices WHERE id IN (SELECT id FROM invoices WHERE organization_id = $2)",
    "SELECT DISTINCT organization_id FROM (SELECT * FROM invoices FOR UPDATE) AS held",
    "WITH changed AS (UPDATE invoices SET text = text RETURNING organization_id) SELECT * FROM changed",
)
TEXTS = st.sampled_from(["a", "b", "c"])
PLACES = st.integers(0, 1)


class Apart(RuleBasedStateMachine):
    """What two organizations have is what was written in each of them, whatever is tried from the other."""

    def __init__(self, run: Callable[[Any], Any], platform: Platform, organizations: list[UUID], role: str) -> None:
        super().__init__()
        self.run = run
        self.platform = platform
        self.organizations = organizations
        self.role = role
        self.rows: list[list[str]] = [[], []]

    @initialize()
    def empty(self) -> None:
        for place in (0, 1):
            self.do(place, "DELETE FROM invoices")

    async def within(self, place: int, sql: str, *values: object, fails: bool = False) -> list[Any]:
        async with self.platform.in_organization(self.organizations[place]) as connection:
            rows = list(await connection.fetch(sql, *values))
            if fails:
                raise ZeroDivisionError
            return rows

    def do(self, place: int, sql: str, *values: object) -> list[Any]:
        found: list[Any] = self.run(self.within(place, sql, *values))
        return found

    @rule(place=PLACES, text=TEXTS)
    def insert(self, place: int, text: str) -> None:
        self.do(place, "INSERT INTO invoices (organization_id, text) VALUES ($1, $2)", self.organizations[place], text)
        self.rows[place].append(text)

    @rule(place=PLACES, text=TEXTS)
    def insert_elsewhere(self, place: int, text: str) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            self.do(
                place,
                "INSERT INTO invoices (organization_id, text) VALUES ($1, $2)",
                self.organizations[1 - place],
                text,
            )

    @rule(place=PLACES)
    def move(self, place: int) -> None:
        with suppress(asyncpg.InsufficientPrivilegeError):
            self.do(place, "UPDATE invoices SET organization_id = $1", self.organizations[1 - place])
            assert self.rows[place] == []

    @rule(place=PLACES, old=TEXTS, new=TEXTS)
    def update(self, place: int, old: str, new: str) -> None:
        self.do(place, "UPDATE invoices SET text = $2 WHERE text = $1", old, new)
        self.rows[place] = [new if each == old else each for each in self.rows[place]]

    @rule(place=PLACES, text=TEXTS)
    def delete(self, place: int, text: str) -> None:
        self.do(place, "DELETE FROM invoices WHERE text = $1", text)
        self.rows[place] = [each for each in self.rows[place] if each != text]

    @rule(place=PLACES, text=TEXTS)
    def fail(self, place: int, text: str) -> None:
        with suppress(ZeroDivisionError):
            self.run(self.within(place, "UPDATE invoices SET text = $1", text, fails=True))

    @rule(place=PLACES, sql=st.sampled_from(READS), text=TEXTS)
    def read(self, place: int, sql: str, text: str) -> None:
        values = [text, self.organizations[1 - place]] if "$1" in sql else [None, self.organizations[1 - place]]
        if "$1" not in sql:
            sql = f"{sql} " if "$2" not in sql else sql.replace("$2", "$1")
            values = values[1:] if "$1" in sql else []
        assert {row[0] for row in self.do(place, sql, *values)} <= {self.organizations[place]}

    @rule(place=PLACES, how=st.sampled_from(["SET", "SET LOCAL"]), fails=st.booleans())
    def leave_a_setting(self, place: int, how: str, *, fails: bool) -> None:
        async def leave() -> None:
            async with self.platform.in_organization(self.organizations[place]) as connection:
                await connection.execute(f"{how} freehold.organization_id = '{self.organizations[1 - place]}'")
                if fails:
                    raise ZeroDivisionError

        with suppress(ZeroDivisionError):
            self.run(leave())

    @rule(order=st.lists(PLACES, min_size=2, max_size=6))
    def read_at_once(self, order: list[int]) -> None:
        async def every() -> list[list[Any]]:
            return await asyncio.gather(*(self.within(place, READS[0]) for place in order))

        for place, rows in zip(order, self.run(every()), strict=True):
            assert [row[0] for row in rows] == [self.organizations[place]] * len(self.rows[place])

    @rule()
    def read_outside(self) -> None:
        async def outside() -> list[Any]:
            async with self.platform.transaction() as connection:
                await connection.execute(f"SET LOCAL ROLE {self.role}")
                return list(await connection.fetch(READS[0]))

        assert self.run(outside()) == []

    @invariant()
    def each_has_its_own(self) -> None:
        for place in (0, 1):
            rows = self.do(place, "SELECT text FROM invoices ORDER BY text")
            assert [row[0] for row in rows] == sorted(self.rows[place])


@pytest.fixture
def role(database_url: str) -> Iterator[str]:
    """The name of a role for tenants, which has a protected table."""
    name = f"tenant_{uuid4().hex[:12]}"

    async def do(*statements: str) -> None:
        connection = await asyncpg.connect(database_url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(do(f"CREATE ROLE {name}", PROTECTED, f"GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO {name}"))
    yield name
    asyncio.run(do(f"DROP OWNED BY {name}", f"DROP ROLE {name}"))


WAYS = ["direct", pytest.param("pgbouncer", marks=pytest.mark.skipif(PROGRAM is None, reason="no pgbouncer"))]


@pytest.mark.parametrize("way", WAYS)
def test_organizations_are_kept_apart(way: str, role: str, database_url: str, request: pytest.FixtureRequest):
    url = request.getfixturevalue("bouncer_url") if way == "pgbouncer" else database_url
    through = trusting(tenant_role=role, pool_size=4, pgbouncer=way == "pgbouncer")

    stack = AsyncExitStack()

    async def opened() -> Platform:
        async with asyncio.timeout(30):
            while True:
                try:
                    return await stack.enter_async_context(Platform.open(url, settings=through))
                except Unavailable:  # PgBouncer has not begun to listen
                    await asyncio.sleep(0.01)

    async def two(platform: Platform) -> list[UUID]:
        ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
        mine = platform.acting_as(ada.id)
        return [(await mine.organizations.create(NewOrganization(name=name))).id for name in ("Acme", "Bolt")]

    with asyncio.Runner() as runner:
        platform = runner.run(opened())
        try:
            organizations = runner.run(two(platform))
            run_state_machine_as_test(
                cast("Any", lambda: Apart(runner.run, platform, organizations, role)),
                settings=settings(max_examples=10, stateful_step_count=15, deadline=None),
            )
        finally:
            runner.run(stack.aclose())
