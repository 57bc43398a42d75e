"""Nobody sees what they may not see: random lives of users and organizations over HTTP, beside a simple model.

The model knows who is in which organization as what, and which projects are public. After every step somebody looks at
everything, and at the end everybody does: each answer must be the one that the model expects, hold nothing that the
model hides, and say of what is hidden exactly what it says of what does not exist.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.conftest import PASSWORD, TRUSTING

from freehold import GRANTS, Action, NewSession, NewUser, Platform, Role
from freehold.serve.application import create_application

NAMES = ("ada", "bob", "cleo", "dan")
NOBODY = "nobody"
names = st.sampled_from(NAMES)
viewers = st.sampled_from((*NAMES, NOBODY))
places = st.integers(0, 2)

OK, UNAUTHENTICATED, FORBIDDEN, MISSING, CONFLICT = 200, 401, 403, 404, 409


class World:
    """The application with four users who are signed in, driven from tests that are not asynchronous."""

    def __init__(self, database_url: str) -> None:
        self._runner = asyncio.Runner()
        self._database_url = database_url
        self.ids: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self._runner.run(self._open())

    async def _open(self) -> None:
        self._opened = Platform.open(self._database_url, settings=TRUSTING)
        platform = await self._opened.__aenter__()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_application(platform)), base_url="http://test"
        )
        self._connection = await asyncpg.connect(self._database_url)
        for name in NAMES:
            user = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
            self.ids[name] = str(user.id)
            self.tokens[name] = (await platform.sessions.create(NewSession(login=name, password=PASSWORD))).token

    def close(self) -> None:
        async def close() -> None:
            await self._connection.close()
            await self._client.aclose()
            await self._opened.__aexit__(None, None, None)

        self._runner.run(close())
        self._runner.close()

    def ask(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who in self.tokens else {}
        return self._runner.run(self._client.request(method, f"/v1{path}", json=body, headers=headers))

    def rows(self, sql: str) -> list[Any]:
        found: list[Any] = self._runner.run(self._connection.fetch(sql))
        return found


class Place(msgspec.Struct):
    """An organization as the model knows it."""

    id: str
    slug: str
    owner: str
    roles: dict[str, str]
    projects: dict[str, tuple[str, bool]] = {}
    """Project id -> its name and whether it is public."""

    def role(self, who: str) -> Role | None:
        if who == self.owner:
            return Role.OWNER
        return Role(self.roles[who]) if who in self.roles else None

    def expected(self, who: str, action: Action) -> int:
        """What somebody gets who does this here, if nothing else stands against it."""
        role = self.role(who)
        if who == NOBODY:
            return UNAUTHENTICATED
        if role is None:
            return MISSING
        return OK if action in GRANTS[role] else FORBIDDEN

    def visible_projects(self, who: str) -> set[str]:
        return {key for key, (_, public) in self.projects.items() if public or self.role(who)}

    def hidden(self, who: str) -> set[str]:
        """Words that no answer to this person may hold."""
        if self.role(who):
            return set()
        visible = self.visible_projects(who)
        words = {self.slug, *(word for key in set(self.projects) - visible for word in (key, self.projects[key][0]))}
        return words if visible else words | {self.id}


class Isolation(RuleBasedStateMachine):
    """One random life."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []
        self.world.rows("DELETE FROM organizations")  # those of the life before

    def ask(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """Ask, and look for what the answer may not hold."""
        answer = self.world.ask(who, method, path, body)
        assert answer.status_code < 500, answer.text
        for place in self.places:
            for word in place.hidden(who):
                assert word not in answer.text.replace(path, ""), f"{who} sees {word} in {method} {path}"
        for name, user_id in self.world.ids.items():
            if not self.sees_user(who, name):
                assert user_id not in answer.text, f"{who} sees {name} in {method} {path}"
        return answer

    def sees_user(self, who: str, name: str) -> bool:
        return who == name or any(place.role(who) and place.role(name) for place in self.places)

    def status(self, who: str, method: str, path: str, body: Any = None) -> int:
        answer = self.ask(who, method, path, body).status_code
        return OK if answer in {201, 204} else answer

    def place(self, number: int) -> Place:
        return self.places[number % len(self.places)]

    @initialize()
    def begin(self) -> None:
        """Begin where there is something to hide: two organizations, of which one shows a part of itself."""
        for owner, member in (("ada", "bob"), ("cleo", "ada")):
            self.make_organization(owner)
            self.put_member(owner, len(self.places) - 1, member, "member")
            self.make_project(owner, len(self.places) - 1, public=False)
        self.make_project("ada", 0, public=True)

    @rule(who=names)
    def make_organization(self, who: str) -> None:
        slug = f"o-{uuid4().hex}"
        made = self.ask(who, "POST", "/organizations", {"name": slug, "slug": slug})
        assert made.status_code == 201
        self.places.append(Place(made.json()["id"], slug, who, {who: "admin"}, {}))

    @precondition(lambda self: self.places)
    @rule(who=viewers, number=places, whom=names, role=st.sampled_from(("admin", "member")))
    def put_member(self, who: str, number: int, whom: str, role: str) -> None:
        place = self.place(number)
        expected = place.expected(who, Action.MEMBER_ADD)
        path = f"/organizations/{place.id}/members/{self.world.ids[whom]}"
        if expected == OK and whom == place.owner:
            expected = CONFLICT
        if expected == OK:  # the answer shows the new member, who is then seen
            place.roles[whom] = role
        assert self.status(who, "PUT", path, {"role": role}) == expected

    @precondition(lambda self: self.places)
    @rule(who=viewers, number=places, whom=names)
    def remove_member(self, who: str, number: int, whom: str) -> None:
        place = self.place(number)
        action = Action.ORGANIZATION_READ if who == whom else Action.MEMBER_REMOVE
        expected = place.expected(who, action)
        if expected == OK and whom == place.owner:
            expected = CONFLICT
        elif expected == OK and whom not in place.roles:
            expected = MISSING
        path = f"/organizations/{place.id}/members/{self.world.ids[whom]}"
        assert self.status(who, "DELETE", path) == expected
        if expected == OK:
            del place.roles[whom]

    @precondition(lambda self: self.places)
    @rule(who=viewers, number=places, whom=names)
    def hand_over(self, who: str, number: int, whom: str) -> None:
        place = self.place(number)
        expected = place.expected(who, Action.ORGANIZATION_TRANSFER)
        if expected == OK and (whom not in place.roles or whom == place.owner):
            expected = CONFLICT
        body = {"user_id": self.world.ids[whom]}
        assert self.status(who, "POST", f"/organizations/{place.id}/owner-offer", body) == expected
        if expected == OK:
            assert self.status(whom, "POST", f"/organizations/{place.id}/owner-offer/accept") == OK
            place.owner = whom

    @precondition(lambda self: self.places)
    @rule(who=viewers, number=places, public=st.booleans())
    def make_project(self, who: str, number: int, public: bool) -> None:  # noqa: FBT001 - Hypothesis calls by name
        place = self.place(number)
        name = f"p-{uuid4().hex}"
        body = {"name": name, "settings": {"visibility": "public" if public else "private"}}
        made = self.ask(who, "POST", f"/organizations/{place.id}/projects", body)
        expected = place.expected(who, Action.PROJECT_CREATE)
        assert made.status_code == (201 if expected == OK else expected)
        if expected == OK:
            place.projects[made.json()["id"]] = (name, public)

    @precondition(lambda self: any(place.projects for place in self.places))
    @rule(who=viewers, number=places, public=st.booleans(), removed=st.booleans())
    def change_project(self, who: str, number: int, public: bool, removed: bool) -> None:  # noqa: FBT001 - as above
        place = [place for place in self.places if place.projects][number % sum(bool(p.projects) for p in self.places)]
        project_id, (name, _) = sorted(place.projects.items())[number % len(place.projects)]
        expected = place.expected(who, Action.PROJECT_DELETE if removed else Action.PROJECT_UPDATE)
        if expected == MISSING and project_id in place.visible_projects(who):
            expected = FORBIDDEN
        path = f"/organizations/{place.slug}/projects/{project_id}"
        if removed:
            assert self.status(who, "DELETE", path) == expected
        else:
            body = {"settings": {"visibility": "public" if public else "private"}}
            assert self.status(who, "PATCH", path, body) == expected
        if expected == OK and removed:
            del place.projects[project_id]
        elif expected == OK:
            place.projects[project_id] = (name, public)

    @precondition(lambda self: len(self.places) > 1)
    @rule(who=viewers, number=places)
    def delete_organization(self, who: str, number: int) -> None:
        place = self.place(number)
        expected = place.expected(who, Action.ORGANIZATION_DELETE)
        assert self.status(who, "DELETE", f"/organizations/{place.id}") == expected
        if expected == OK:
            self.places.remove(place)

    @rule(who=viewers)
    def look_around(self, who: str) -> None:
        """Look at everything there is, as somebody."""
        for name, user_id in self.world.ids.items():
            self.look_at(who, f"/users/{user_id}?include=organizations", "/users/{}", sees=self.sees_user(who, name))
        for place in self.places:
            self.look_at_place(who, place)
        mine = self.ask(who, "GET", "/organizations?include=total&limit=100")
        if who != NOBODY:
            own = {place.id for place in self.places if place.role(who)}
            assert own <= {organization["id"] for organization in mine.json()["data"]}

    def look_at_place(self, who: str, place: Place) -> None:
        belongs = place.role(who) is not None
        for reference in (place.id, place.slug):
            self.look_at(who, f"/organizations/{reference}", "/organizations/{}", sees=belongs)
            self.look_at(who, f"/organizations/{reference}/members", "/organizations/{}/members", sees=belongs)
        visible = place.visible_projects(who)
        listed = self.ask(who, "GET", f"/organizations/{place.id}/projects?include=total&limit=100")
        if visible or belongs:
            answer = listed.json()
            assert ({project["id"] for project in answer["data"]}, answer["total"]) == (visible, len(visible))
        else:
            assert listed.status_code == MISSING
        for project_id in place.projects:
            path = f"/organizations/{place.id}/projects/{project_id}"
            nowhere = "/organizations/{}/projects/{}"
            if not belongs:
                self.look_at(who, path, nowhere, sees=project_id in visible, signed_out=MISSING)
            else:
                assert self.ask(who, "GET", path).status_code == OK

    def look_at(self, who: str, path: str, nowhere: str, *, sees: bool, signed_out: int = UNAUTHENTICATED) -> None:
        """Read one thing; what is hidden is answered as what does not exist."""
        answer = self.ask(who, "GET", path)
        if who == NOBODY and signed_out == UNAUTHENTICATED:
            assert answer.status_code == UNAUTHENTICATED
        elif sees:
            assert answer.status_code == OK
        else:
            absent = self.ask(who, "GET", nowhere.format(uuid4(), uuid4()))
            assert _without_request(answer) == _without_request(absent)
            assert answer.status_code == MISSING

    @invariant()
    def every_organization_has_one_owner_who_is_a_member(self) -> None:
        rows = self.world.rows(
            "SELECT organization_id, count(*) FROM organization_roles WHERE role = 'owner' GROUP BY 1"
        )
        owners = {row[0]: row[1] for row in rows}
        assert set(owners.values()) <= {1}
        assert {UUID(place.id) for place in self.places} <= set(owners)

    def teardown(self) -> None:
        for who in (*NAMES, NOBODY):
            self.look_around(who)


def _without_request(answer: httpx.Response) -> tuple[int, dict[str, Any], set[str]]:
    problem = json.loads(answer.text)
    problem.pop("request_id", None)
    return answer.status_code, problem, set(answer.headers)


@pytest.fixture
def machine(database_url: str) -> Iterator[type[Isolation]]:
    world = World(database_url)
    yield type("IsolationHere", (Isolation,), {"world": world})
    world.close()


def run(machine: type[Isolation], *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nobody_sees_what_they_may_not_see(machine: type[Isolation]):
    run(machine, examples=6, steps=15)


@pytest.mark.long
def test_nobody_sees_what_they_may_not_see_in_many_lives(machine: type[Isolation]):
    run(machine, examples=150, steps=40)
