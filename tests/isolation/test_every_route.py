"""Tenants stay apart on every route: random callers ask random routes about what any tenant has.

A model beside it decides from the rows of the database who may do what. After every request: its status is one that
the model allows; the answer holds no id, name or address of an organization or a person that the caller may not see;
what is hidden is answered as what does not exist; no row has changed that the caller may not change.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.isolation.judging import Case, expected, strays
from tests.isolation.model import MODEL, NOWHERE, Pick
from tests.isolation.oracle import Caller, caller_of, described, find_organization, hidden_words, words_of
from tests.isolation.rows import Rows, changes
from tests.isolation.world import Answer, World

from freehold.serve.application import ENDPOINTS

ROUTES: Final = {f"{endpoint.method} {endpoint.path}": endpoint for endpoint in ENDPOINTS}
PLACE: Final = re.compile(r"\{(\w+)\}")
NOBODY: Final = "nobody"
MIGHTY: Final = ("root",) * 10 + ("owner_a", "owner_b", "invited") * 4
"""Who may do much asks more often than others: else little would happen."""
LEARNED: Final = re.compile(r'"(?:key|token)":"(fhk?_[^"]+)"')


def test_every_route_has_its_place_in_the_model():
    assert set(MODEL) == set(ROUTES)


class Isolation(RuleBasedStateMachine):
    """One random life."""

    world: World
    seen: Counter[str]
    """How often each route was done."""
    absent: dict[str, Any]
    """What each route says of what does not exist."""

    @initialize()
    def begin(self) -> None:
        self.world.begin()

    @rule(route=st.sampled_from(sorted(MODEL)), who=st.integers(0, 2**16), seed=st.integers(0, 2**32))
    def ask(self, route: str, who: int, seed: int) -> None:
        before = self.world.now
        callers = [NOBODY, *self.world.tokens, *MIGHTY]
        name = callers[who % len(callers)]
        caller = caller_of(before, self.world.tokens.get(name))
        pick = Pick(seed, before, caller)
        refs = self.refs(route, pick)
        body = MODEL[route].body
        sent = body(pick) if body else None
        query = MODEL[route].query
        asked = query(pick) if query else ""
        method, path = route.split(" ")
        filled = PLACE.sub(lambda found: refs[found[1]], path)
        case = Case(
            route=MODEL[route],
            method=method,
            auth=ROUTES[route].auth,
            refs=refs,
            has_token=name in self.world.tokens,
            caller=caller,
        )
        allowed = expected(case, before) | ({409} if "'role': 'owner'" in str(sent) else set())
        answer, after = self.world.do(name, method, filled, asked, sent)
        told = f"{name} {described(caller)}: {method} {filled}?{asked} {sent}\n{answer.status} {answer.text[:500]}"
        assert answer.status in allowed, f"{told}\nexpected {sorted(allowed)}"
        changed = changes(before, after)
        wrong = strays(case, answer.status, changed, before)
        assert not wrong, f"{told}\nchanged {wrong}"
        said = f"{filled}?{asked} {msgspec.json.encode(sent).decode()}"
        leaked = self.leaked(answer, said, (before, after), case, sent)
        of = [(table, word, row) for word in leaked for table, row in after.all() if word in words_of(row)]
        assert not leaked, f"{told}\nholds {leaked}, of {of[:3]}\n{answer.text}"
        if allowed == {404}:
            self.says_nothing(answer, route, refs, lambda path: self.world.ask(name, method, path, asked, sent))
        if any(change.table in {"organizations", "organization_members"} for change in changed):
            _owners_are_members(after)
        if answer.status in MODEL[route].ok:
            self.seen[route] += 1
            if learned := LEARNED.search(answer.text):
                self.world.tokens[f"+{len(self.world.tokens)} by {name}"] = learned[1]

    def refs(self, route: str, pick: Pick) -> dict[str, str]:
        """What the path names: of any tenant, and mostly what belongs together."""
        refs: dict[str, str] = {}
        for name in PLACE.findall(route):
            refs[name] = self.ref(route, name, refs, pick)
        return refs

    def ref(  # noqa: C901, PLR0911, PLR0912 - a kind of thing a line
        self, route: str, name: str, refs: dict[str, str], pick: Pick
    ) -> str:
        together: dict[str, object] = (
            {"organization_id": refs["organization"]} if "organization" in refs and pick.chance.random() < 0.7 else {}
        )
        own = {"user_id": pick.caller.user_id} if pick.caller and pick.chance.random() < 0.5 else {}
        match name:
            case "organization":
                return self.organization(pick)
            case "slug":
                return str(pick.one(pick.name(), *(row["slug"] for row in pick.rows.of("slugs"))))
            case "user":
                if "me" in str(ROUTES[route].references["user"]) and pick.chance.random() < 0.2:
                    return "me"
                member = pick.of("organization_members", **together) if together else None
                if own and pick.caller and pick.caller.user_id:
                    return str(pick.caller.user_id)
                return str(member["user_id"]) if member else pick.user_id()
            case "project":
                return pick.id_of("projects", **together)
            case "api_key":
                return pick.id_of("api_keys", **(together or own))
            case "invitation":
                return pick.id_of("invitations", **together)
            case "role":
                row = pick.of("roles", **together)
                return str(pick.one("admin", *([row["id"], row["name"]] if row else [])))
            case "endpoint":
                return pick.id_of("webhook_endpoints", **(together or {"organization_id": None}))
            case "delivery":
                return pick.id_of("webhook_deliveries", endpoint_id=refs["endpoint"])
            case "session":
                current = "current" in str(ROUTES[route].references["session"]) and pick.chance.random() < 0.05
                return "current" if current else pick.id_of("sessions", **own)
            case "action":
                return str(pick.one("project.read", "invoice.none"))
        raise AssertionError(f"the model has no such thing as {{{name}}}: add it")

    def organization(self, pick: Pick) -> str:
        if pick.chance.random() < 0.05:
            return str(pick.one(NOWHERE, "no-such-slug"))
        if pick.chance.random() < 0.15:
            return str(pick.one(*(row["slug"] for row in pick.rows.of("slugs"))))
        return pick.id_of("organizations")

    def leaked(self, answer: Answer, said: str, moments: tuple[Rows, Rows], case: Case, sent: Any) -> set[str]:
        before, after = moments
        text = answer.text + "\n".join(value for name, value in answer.headers.items() if name != "x-acting-for")
        held = {word for word in _words(before) | _words(after) if word in text and word not in said}
        if not held:
            return set()
        tokens = (sent["token"],) if isinstance(sent, dict) and "token" in sent else ()
        if answer.status in {308, 409} and "organization" in case.refs:
            # Whoever may see a public project is led on to it.
            led = find_organization(before, case.refs["organization"])[0]
            public = before.find("projects", organization_id=led["id"], visibility="public") if led else None
            held -= {led["slug"]} if led and public else set()
        leaked = held
        for rows in moments:
            caller = self.as_answered(answer, rows, case)
            leaked = {word for word in leaked if word in hidden_words(rows, caller, tokens) or word not in _words(rows)}
        return leaked

    def as_answered(self, answer: Answer, rows: Rows, case: Case) -> Caller | None:
        """Whom an answer is for: of signing up and in, whoever did it."""
        if (
            case.route.action in {"session.create", "user.create"}
            and answer.status == 201
            and not (case.caller and case.caller.is_admin)
        ):
            document = answer.document
            user = document.get("user", document)
            return Caller(user=rows.find("users", id=user["id"]))
        if case.caller is None:
            return None
        if case.caller.key is not None:
            key = rows.find("api_keys", id=case.caller.key["id"])
            return msgspec.structs.replace(case.caller, key=key) if key else case.caller
        return case.caller

    def says_nothing(self, answer: Answer, route: str, refs: dict[str, str], ask: Callable[[str], Answer]) -> None:
        """What is hidden is answered as what does not exist."""
        said = _said(answer)
        if said not in self.absent.setdefault(route, set()):
            path = route.split(" ")[1]
            for given in (set(list(refs)[:-1]), set[str]()):
                kept = {name: value for name, value in refs.items() if name in given | {"role", "action"}}
                nowhere = PLACE.sub("{}", path).format(*(kept.get(name, NOWHERE) for name in refs))
                self.absent[route].add(_said(ask(nowhere)))
        assert said in self.absent[route], f"{route} {refs}: {answer.text} and not {self.absent[route]}"


def _said(answer: Answer) -> str:
    document = answer.document
    document.pop("request_id", None)
    return msgspec.json.encode([answer.status, document, sorted(set(answer.headers) - {"x-acting-for"})]).decode()


_known: dict[int, tuple[Rows, set[str]]] = {}


def _words(rows: Rows) -> set[str]:
    """Every id, name and address that there is."""
    if id(rows) not in _known:
        if len(_known) > 3:
            _known.clear()
        _known[id(rows)] = rows, {word for _, row in rows.all() for word in words_of(row)}
    return _known[id(rows)][1]


def _owners_are_members(rows: Rows) -> None:
    members = {(row["organization_id"], row["user_id"]) for row in rows.of("organization_members")}
    for row in rows.of("organizations"):
        assert (row["id"], row["owner_id"]) in members, row


@pytest.fixture
def machine(database_url: str) -> Iterator[type[Isolation]]:
    world = World(database_url)
    yield type("IsolationHere", (Isolation,), {"world": world, "seen": Counter(), "absent": {}})
    world.close()


def run(machine: type[Isolation], *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # what fails says all about itself
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_tenants_stay_apart_on_every_route(machine: type[Isolation]):
    run(machine, examples=6, steps=40)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_tenants_stay_apart_in_many_lives(machine: type[Isolation]):
    run(machine, examples=2000, steps=60)
    assert set(machine.seen) == set(MODEL), "a route that was never done shows nothing"
