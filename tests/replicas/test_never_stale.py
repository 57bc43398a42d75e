"""Whatever replay does: no read by its writer is older than their write, and nothing is allowed after it was revoked.

Two nodes on a primary and two standbys, whose replay is held and let go at random.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from freehold import (
    NewOrganization,
    NewProject,
    NewRole,
    NewSession,
    NewUser,
    PageRequest,
    Platform,
    ProjectPatch,
    ProjectSettingsPatch,
)
from freehold.base.errors import Forbidden, Missing, Unauthenticated
from tests.conftest import PASSWORD, trusting
from tests.replicas.conftest import Standing
from tests.replicas.servers import Server

NODES = st.integers(0, 1)
PEOPLE = st.sampled_from(["owner", "bob", "eve"])


class Truth(RuleBasedStateMachine):
    """What was acknowledged, beside what the nodes tell."""

    run: Callable[..., object]
    opened: list[AbstractAsyncContextManager[Platform]]
    nodes: list[Platform]
    standing: Standing

    @initialize()
    def begin(self) -> None:
        self.run(self._begin())

    async def _begin(self) -> None:
        await self.standing.let_go()
        self.ids: dict[str, UUID] = {}
        self.tokens: dict[str, str | None] = {}
        self.positions: dict[str, str | None] = {}
        self.written: dict[str, set[str]] = {name: set() for name in ("owner", "bob", "eve")}
        for name in self.written:
            username = f"{name}{uuid4().hex[:10]}"
            new = NewUser(username=username, email=f"{username}@example.com", password=PASSWORD)
            self.ids[name] = (await self.nodes[0].users.create(new)).id
            signed_in = await self.nodes[0].sessions.create(NewSession(login=username, password=PASSWORD))
            self.tokens[name] = signed_in.token
            self.positions[name] = self.nodes[0].position
        owner = self.nodes[0].acting_as(self.ids["owner"])
        self.organization = (await owner.organizations.create(NewOrganization(name="Acme"))).id
        self.roles: dict[str, str | None] = {"owner": "owner", "bob": None, "eve": None}
        self.public = (await owner.projects.create(self.organization, NewProject(name="Public"))).id
        self.is_public = False
        self.positions["owner"] = owner.position

    async def _as(self, node: int, who: str) -> Platform:
        return await self.nodes[node].authenticate(self.tokens[who], position=self.positions[who])

    @rule(standby=st.integers(0, 1), hold=st.booleans())
    def replay(self, standby: int, *, hold: bool) -> None:
        server = self.standing.standbys[standby]
        self.run(self.standing.hold(server) if hold else self.standing.let_go(server))

    @rule(node=NODES, other=NODES, who=PEOPLE, brings_position=st.booleans(), holds=st.sampled_from([True, False]))
    def write(self, node: int, other: int, who: str, *, brings_position: bool, holds: bool) -> None:
        if holds:
            self.run(self.standing.hold())
        self.run(self._write(node, who))
        self.read_at(other, who, brings_position=brings_position)

    async def _write(self, node: int, who: str) -> None:
        if self.tokens[who] is None or self.roles[who] is None:
            return
        caller = await self._as(node, who)
        made = await caller.projects.create(self.organization, NewProject(name=f"P{uuid4().hex[:8]}"))
        self.written[who].add(made.name)
        self.positions[who] = caller.position

    @rule(node=NODES, who=PEOPLE, brings_position=st.booleans())
    def read(self, node: int, who: str, *, brings_position: bool) -> None:
        self.read_at(node, who, brings_position=brings_position)

    def read_at(self, node: int, who: str, *, brings_position: bool) -> None:
        self.run(self._read(node, who, self.positions[who] if brings_position else None))

    async def _read(self, node: int, who: str, position: str | None) -> None:
        if self.tokens[who] is None:
            return
        caller = await self.nodes[node].authenticate(self.tokens[who], position=position)
        if self.roles[who] is None:
            assert (await caller.organizations.list_of_user("me", PageRequest())).data == []
            try:
                seen = (await caller.projects.list(self.organization, PageRequest(limit=100))).data
            except (Missing, Forbidden):
                seen = []
            assert [each.id for each in seen] == [self.public] * self.is_public
            return
        names: set[str] = set()
        request = PageRequest(limit=100)
        page = await caller.projects.list(self.organization, request)
        names |= {each.name for each in page.data}
        newest = self.written[who] if len(page.data) < request.limit else set()
        assert newest <= names

    @rule(node=NODES, other=NODES, who=st.sampled_from(["bob", "eve"]), role=st.sampled_from(["admin", "member", None]))
    def give(self, node: int, other: int, who: str, role: str | None) -> None:
        self.run(self._give(node, who, role))
        self.read_at(other, who, brings_position=True)

    async def _give(self, node: int, who: str, role: str | None) -> None:
        owner = self.nodes[node].acting_as(self.ids["owner"])
        if role is None and self.roles[who] is not None:
            await owner.organizations.members.remove(self.organization, self.ids[who])
        elif role is not None:
            await owner.organizations.members.put(self.organization, self.ids[who], NewRole(role=role))
        self.roles[who] = role

    @rule(node=NODES, other=NODES, who=PEOPLE, public=st.booleans())
    def publish(self, node: int, other: int, who: str, *, public: bool) -> None:
        self.run(self._publish(node, public=public))
        self.is_public = public
        self.read_at(other, who, brings_position=True)

    async def _publish(self, node: int, *, public: bool) -> None:
        owner = self.nodes[node].acting_as(self.ids["owner"])
        patch = ProjectPatch(settings=ProjectSettingsPatch(visibility="public" if public else "private"))
        await owner.projects.update(self.organization, self.public, patch)

    @rule(node=NODES, other=NODES, who=st.sampled_from(["bob", "eve"]))
    def end_sessions(self, node: int, other: int, who: str) -> None:
        self.run(self._end_sessions(node, other, who))

    async def _end_sessions(self, node: int, other: int, who: str) -> None:
        if (token := self.tokens[who]) is None:
            return
        caller = await self._as(node, who)
        sessions = await caller.sessions.list(PageRequest())
        await caller.sessions.end(sessions.data[0].id)
        self.tokens[who] = None
        with pytest.raises(Unauthenticated):
            await self.nodes[other].authenticate(token, position=self.positions[who])


def prove(trio: tuple[Server, Server, Server], examples: int, steps: int) -> None:
    primary, *standbys = trio
    with asyncio.Runner() as runner:

        async def open_nodes() -> None:
            Truth.standing = Standing(primary, tuple(standbys))
            given = trusting(replica_urls=Truth.standing.replica_urls)
            Truth.opened = [Platform.open(primary.url, settings=given) for _ in range(2)]
            Truth.nodes = [await each.__aenter__() for each in Truth.opened]

        async def close_nodes() -> None:
            await Truth.standing.let_go()
            await Truth.standing.close()
            for each in Truth.opened:
                await each.__aexit__(None, None, None)

        runner.run(open_nodes())
        Truth.run = staticmethod(runner.run)
        try:
            run_state_machine_as_test(
                Truth,
                settings=settings(
                    max_examples=examples,
                    stateful_step_count=steps,
                    deadline=None,
                    database=None,
                    phases=(Phase.explicit, Phase.generate),  # a schedule of servers cannot be made smaller
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(close_nodes())


def test_no_read_is_older_than_its_readers_write_and_nothing_is_allowed_once_revoked(
    trio: tuple[Server, Server, Server],
):
    prove(trio, examples=8, steps=30)


@pytest.mark.long
def test_the_same_in_ten_thousand_steps(trio: tuple[Server, Server, Server]):
    prove(trio, examples=100, steps=100)
