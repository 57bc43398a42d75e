"""P1, P2, P8: the two queries of the seed as requests of somebody who is signed in."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bench import limit
from bench.answers import compare, fetch, summaries
from bench.contest import Measure, alternate
from bench.contestants import Contestant
from bench.figures import Figure, ratios
from bench.load import Request, write_requests
from bench.rows import Person
from bench.stage import Stage

CONNECTIONS = 128
COMPARED = 20
"""Of so many people all answers are compared."""

Ask = Callable[[Contestant, Person], Request]


def user_with_organizations(stage: Stage, contestants: Sequence[Contestant]) -> list[Figure]:
    """Measure P1.

    Raises:
        Failed: contestants do not answer alike, or not at all.
    """
    for person in stage.people[:COMPARED]:
        expected, *others = [(each, fetch(each, _me(each, person))) for each in contestants]
        for contestant, given in others:
            if contestant.name == "better-auth":
                compare(sorted(summaries(expected[1]["organizations"])), sorted(summaries(given)), contestant.name)
            else:
                compare(expected[1], given, contestant.name)
    title = "P1: who am I, with my organizations; 128 connections"
    found = _contest(stage, title, contestants, _me, limit.SESSION + limit.USER)
    targets = {"pgbench": 0.6, "FastAPI + SQLAlchemy": 10.0, "Django + DRF": 20.0, "better-auth": 20.0}
    return _figures("P1", "user with organizations", found, targets)


def newest_projects(stage: Stage, contestants: Sequence[Contestant]) -> list[Figure]:
    """Measure P2.

    Raises:
        Failed: contestants do not answer alike, or not at all.
    """
    contestants = [each for each in contestants if each.name != "better-auth"]  # it has no projects
    for person in stage.people[:COMPARED]:
        expected, *others = [(each, _page(fetch(each, _projects(each, person)))) for each in contestants]
        for contestant, given in others:
            compare(expected[1], given, contestant.name)
    title = "P2: an organization's 20 newest projects; 128 connections"
    found = _contest(stage, title, contestants, _projects, limit.SESSION + limit.ROLE + limit.PROJECTS)
    return _figures(
        "P2", "20 newest projects", found, {"pgbench": 0.35, "FastAPI + SQLAlchemy": 6.0, "Django + DRF": None}
    )


def alone(stage: Stage, coalescing: Contestant, without: Contestant) -> list[Figure]:
    """Measure P8: what coalescing costs whoever is alone.

    Raises:
        Failed: an answer was not right.
    """
    requests = write_requests(stage.folder / "alone", [_me(coalescing, person) for person in stage.people])

    def latency(url: str, number: int) -> float:
        return stage.wrk(url, requests, number, connections=1).p50_us

    found = alternate(
        "P8: the same request, one connection",
        {each.name: partial(latency, each.url) for each in (coalescing, without)},
        rounds=stage.effort.rounds,
        unit="us",
    )
    stage.contests["P8"] = found
    values = ratios(found[coalescing.name], found[without.name])
    return [Figure(target="P8", work="latency, alone", against="without coalescing", values=values, at_most=1.2)]


def _contest(
    stage: Stage, title: str, contestants: Sequence[Contestant], ask: Ask, statements: str
) -> dict[str, list[float]]:
    key = title.partition(":")[0]
    script = limit.write_script(stage.folder / f"{key}.sql", statements, len(stage.people))

    def ours(number: int, contestant: Contestant) -> float:
        requests = stage.folder / f"{key}-{contestant.name}"
        if not requests.exists():
            write_requests(requests, [ask(contestant, person) for person in stage.people])
        return stage.wrk(contestant.url, requests, number, connections=CONNECTIONS).per_second

    measures: dict[str, Measure] = {each.name: partial(ours, contestant=each) for each in contestants}
    measures["pgbench"] = lambda _: limit.run(stage.url, [script], seconds=stage.effort.seconds)
    found = alternate(title, measures, rounds=stage.effort.rounds)
    stage.contests[key] = found
    return found


def _figures(
    target: str, work: str, found: Mapping[str, list[float]], targets: Mapping[str, float | None]
) -> list[Figure]:
    return [
        Figure(target=target, work=work, against=name, values=ratios(found["Freehold"], found[name]), at_least=least)
        for name, least in targets.items()
        if name in found
    ]


def _me(contestant: Contestant, person: Person) -> Request:
    path = "/api/auth/organization/list" if contestant.name == "better-auth" else "/v1/users/me?include=organizations"
    return Request("GET", path, contestant.sign(person))


def _projects(contestant: Contestant, person: Person) -> Request:
    return Request("GET", f"/v1/organizations/{person.organization_id}/projects", contestant.sign(person))


def _page(answer: dict[str, Any]) -> Any:
    return answer.get("data", answer.get("results"))
