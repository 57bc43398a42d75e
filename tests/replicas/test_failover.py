"""A standby is promoted: what was acknowledged is there, work goes on by itself, and the old primary is left alone."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from uuid import uuid4

import asyncpg
import pytest

from freehold import NewOrganization, NewProject, NewUser, Organization, PageRequest, Platform
from freehold.base.errors import FreeholdError, Unavailable
from freehold.data.leading import hosts_of
from tests.conftest import PASSWORD, trusting
from tests.replicas.servers import Server, stopped_at_the_end
from tests.replicas.test_faults import far_enough_of, in_thread

BACK_SECONDS = 2.0


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://u:p@a/db", ["postgresql://u:p@a/db"]),
        ("postgresql:///db?host=/run/one", ["postgresql:///db?host=/run/one"]),
        (
            "postgresql://u:p@a:1,b:2,[::1]:3/db?x=y",
            ["postgresql://u:p@a:1/db?x=y", "postgresql://u:p@b:2/db?x=y", "postgresql://u:p@[::1]:3/db?x=y"],
        ),
        ("postgresql://a,b", ["postgresql://a", "postgresql://b"]),
        (
            "postgresql://u@/db?host=/one,/two&port=1,2",
            ["postgresql://u@/db?host=%2Fone&port=1", "postgresql://u@/db?host=%2Ftwo&port=2"],
        ),
        (
            "postgresql://u@/db?host=a,b&port=7",
            ["postgresql://u@/db?host=a&port=7", "postgresql://u@/db?host=b&port=7"],
        ),
    ],
)
def test_a_url_with_several_hosts_is_one_for_each(url: str, hosts: list[str]):
    assert hosts_of(url) == hosts


@pytest.fixture
def pair(folder: Path) -> Iterator[tuple[Server, Server]]:
    primary = Server.primary(folder / f"pair-{uuid4().hex[:8]}")
    with stopped_at_the_end(primary):
        standby = primary.standby(folder / f"pair-{uuid4().hex[:8]}")
        with stopped_at_the_end(standby):
            yield primary, standby


def url_of(*servers: Server) -> str:
    return f"postgresql://postgres@{','.join(server.host for server in servers)}/freehold"


async def organization_of(platform: Platform) -> Organization:
    ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


async def names_in(server: Server) -> set[str]:
    connection = await asyncpg.connect(server.url)
    try:
        return {row["name"] for row in await connection.fetch("SELECT name FROM projects")}
    finally:
        await connection.close()


class Writer:
    """Creates projects one after the other, and keeps which were acknowledged, and when."""

    def __init__(self, platform: Platform, acme: Organization) -> None:
        self._platform = platform
        self._acme = acme
        self.acknowledged: dict[str, float] = {}
        self._number = 0

    async def run(self) -> None:
        while True:
            self._number += 1
            name = f"P{self._number}"
            try:
                await self._platform.projects.create(self._acme.id, NewProject(name=name))
                self.acknowledged[name] = monotonic()
            except FreeholdError:
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("synchronous", [True, False])
async def test_work_goes_on_after_a_promotion_and_nothing_acknowledged_is_lost(
    pair: tuple[Server, Server], record_property: Callable[[str, object], None], *, synchronous: bool
):
    primary, standby = pair
    await far_enough_of(primary, standby)
    if synchronous:
        await in_thread(primary.sql, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        await in_thread(primary.sql, "SELECT pg_reload_conf()")
    async with Platform.open(url_of(primary, standby), settings=trusting(replica_urls=standby.url)) as platform:
        writer = Writer(platform, await organization_of(platform))
        load = [asyncio.create_task(writer.run()) for _ in range(4)]
        while len(writer.acknowledged) < 100:  # noqa: ASYNC110 - until there is some load
            await asyncio.sleep(0.01)
        await in_thread(primary.stop, "immediate")
        before = set(writer.acknowledged)
        await in_thread(standby.promote)
        promoted = monotonic()
        while len(writer.acknowledged) == len(before):  # noqa: ASYNC110 - until it goes on
            await asyncio.sleep(0.005)
        back = monotonic() - promoted
        for task in load:
            task.cancel()
        await asyncio.gather(*load, return_exceptions=True)
    lost = set(writer.acknowledged) - await names_in(standby)
    record_property("lost", f"{len(lost)} of {len(writer.acknowledged)}")
    record_property("seconds until it went on", round(back, 2))
    assert back < BACK_SECONDS
    assert not lost & (set(writer.acknowledged) - before)
    if synchronous:
        assert not lost


async def test_the_old_primary_come_back_alone_is_never_written_to(pair: tuple[Server, Server]):
    old, new = pair
    await far_enough_of(old, new)
    async with Platform.open(url_of(old, new), settings=trusting()) as platform:
        acme = await organization_of(platform)
        await platform.projects.create(acme.id, NewProject(name="Before"))
        await far_enough_of(old, new)
        await in_thread(old.stop, "immediate")
        await in_thread(new.promote)
        await until_created(platform, acme, "After")
        await in_thread(old.start)  # both take writes now
        for number in range(5):
            await platform.projects.create(acme.id, NewProject(name=f"Both {number}"))
        async with Platform.open(url_of(old, new), settings=trusting()) as fresh:
            await fresh.projects.create(acme.id, NewProject(name="Fresh"))
            listed = (await fresh.projects.list(acme.id, PageRequest())).data
            assert [each.name for each in listed][:2] == ["Fresh", "Both 4"]
        await in_thread(new.stop, "immediate")  # the old one is alone
        for _ in range(5):
            with pytest.raises(Unavailable):
                await platform.projects.create(acme.id, NewProject(name="Lost"))
        assert await names_in(old) == {"Before"}
        await in_thread(new.start)
        await until_created(platform, acme, "Again")
    assert "Again" in await names_in(new)
    assert await names_in(old) == {"Before"}


async def until_created(platform: Platform, acme: Organization, name: str) -> None:
    while True:
        with suppress(FreeholdError):
            await platform.projects.create(acme.id, NewProject(name=name))
            return
        await asyncio.sleep(0.01)
