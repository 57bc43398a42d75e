"""What contestants answer is compared before anybody is timed."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from bench.answers import compare, fetch
from bench.load import Failed, Request
from bench.reading import newest_projects, user_with_organizations
from bench.rows import Scale, people
from bench.stage import Effort, Stage
from tests.bench.answering import answering

ACME = {"id": "1", "name": "Acme", "slug": "acme", "created_at": "2024-03-01T00:00:00Z"}
SECOND = {**ACME, "id": "2", "slug": "second"}
ADA = {"id": "7", "username": "ada", "organizations": [ACME, SECOND]}
ME = "/v1/users/me"
LIST = "/api/auth/organization/list"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage without a database: nothing is timed on it."""
    effort = Effort(Scale(48, 3), rounds=1, seconds=1, sizes=(), starts=1, migration_rows=None)
    return Stage(effort, url="postgresql:///none?host=nowhere", admin_url="", folder=tmp_path)


class Timed(Exception):
    """The contestants have answered alike, and would be timed now."""


@pytest.fixture(autouse=True)
def _nobody_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    def timed(*_: object, **__: object) -> None:
        raise Timed

    monkeypatch.setattr("bench.reading.alternate", timed)


@pytest.mark.parametrize(
    "given",
    [
        {"at": "2024-03-01T00:00:00+00:00", "of": [{"at": "2024-03-01T01:00:00.000000+01:00"}]},
        {"of": [{"at": "2024-03-01T00:00:00Z"}], "at": "2024-03-01T00:00:00.000Z"},
    ],
)
def test_times_may_be_spelled_in_any_way(given: Any):
    compare({"at": "2024-03-01T00:00:00Z", "of": [{"at": "2024-03-01T00:00:00Z"}]}, given, "Django")


@pytest.mark.parametrize(
    "given",
    [
        {"at": "2024-03-01T00:00:01Z", "name": "Acme", "n": 1},
        {"at": "2024-03-01T00:00:00", "name": "Acme", "n": 1},
        {"at": "2024-03-01T00:00:00Z", "name": "acme", "n": 1},
        {"at": "2024-03-01T00:00:00Z", "name": "Acme"},
        {"at": "2024-03-01T00:00:00Z", "name": "Acme", "n": 1, "more": None},
        {"at": "2024-03-01T00:00:00Z", "name": "Acme", "n": "1"},
        [],
        None,
    ],
)
def test_every_other_difference_is_told_with_who_answered_it(given: Any):
    with pytest.raises(Failed, match=r"^Django answers differently") as error:
        compare({"at": "2024-03-01T00:00:00Z", "name": "Acme", "n": 1}, given, "Django")
    assert "'name': 'Acme'" in str(error.value).partition("expected:")[2]


@pytest.mark.parametrize("name", ["2024 Trip", "20T", "2024-03-01T", "2024-13-01T00:00:00Z"])
def test_name_that_looks_like_a_time_is_compared_as_it_is(name: str):
    compare({"name": name}, {"name": name}, "Django")
    with pytest.raises(Failed):
        compare({"name": name}, {"name": f"{name} "}, "Django")


def test_order_of_a_list_counts():
    with pytest.raises(Failed):
        compare([1, 2], [2, 1], "Django")


def test_contestants_that_answer_alike_are_timed(stage: Stage):
    spelled = {**ADA, "organizations": [{**ACME, "created_at": "2024-03-01T01:00:00.0+01:00"}, SECOND]}
    known = [{"id": each["id"], "name": each["name"], "slug": each["slug"], "logo": None} for each in (SECOND, ACME)]
    with (
        answering("Freehold", {ME: ADA}) as ours,
        answering("Django + DRF", {ME: spelled}) as django,
        answering("better-auth", {LIST: known}) as better_auth,
        pytest.raises(Timed),
    ):
        user_with_organizations(stage, [each.contestant for each in (ours, django, better_auth)])
    asking = [f"Bearer {each.token}" for each in people(stage.effort.scale)]
    for each in (ours, django, better_auth):
        assert [asked.authorization for asked in each.asked] == asking


@pytest.mark.parametrize("liar", ["FastAPI + SQLAlchemy", "Django + DRF", "better-auth"])
def test_contestant_that_answers_differently_is_named_and_nobody_is_timed(stage: Stage, liar: str):
    truth, lie = {ME: ADA, LIST: [ACME, SECOND]}, {ME: {**ADA, "organizations": [ACME]}, LIST: [ACME]}
    names = ("Freehold", "FastAPI + SQLAlchemy", "Django + DRF", "better-auth")
    with ExitStack() as held:
        servers = [held.enter_context(answering(name, lie if name == liar else truth)) for name in names]
        with pytest.raises(Failed, match="answers differently") as error:
            user_with_organizations(stage, [each.contestant for each in servers])
    assert str(error.value).startswith(liar)
    assert stage.contests == {}


def test_projects_are_compared_wherever_a_contestant_puts_them(stage: Stage):
    paths = [f"/v1/organizations/{each.organization_id}/projects" for each in people(stage.effort.scale)]
    rows = [{"id": "1"}, {"id": "2"}]
    with (
        answering("Freehold", {path: {"data": rows, "next_cursor": "x"} for path in paths}) as ours,
        answering("Django + DRF", {path: {"results": rows} for path in paths}) as django,
        answering("liar", {path: {"data": rows[::-1]} for path in paths}) as liar,
    ):
        with pytest.raises(Timed):
            newest_projects(stage, [ours.contestant, django.contestant])
        with pytest.raises(Failed, match=r"^liar answers differently"):
            newest_projects(stage, [ours.contestant, django.contestant, liar.contestant])


def test_refusal_says_who_refused_what():
    with (
        answering("Django + DRF", {}) as django,
        pytest.raises(Failed, match=r"Django \+ DRF: GET /v1/users/me: .*404"),
    ):
        fetch(django.contestant, Request("GET", ME, "Authorization: Bearer x"))


def test_answer_that_is_no_json_says_whose_it_is():
    with (
        answering("better-auth", {ME: b"<html>"}) as peer,
        pytest.raises(Failed, match="better-auth: GET /v1/users/me"),
    ):
        fetch(peer.contestant, Request("GET", ME, "Authorization: Bearer x"))


def test_contestant_that_is_not_there_says_who():
    with answering("Django + DRF", {}) as django:
        pass
    with pytest.raises(Failed, match=r"Django \+ DRF: GET /v1/users/me: "):
        fetch(django.contestant, Request("GET", ME, "Authorization: Bearer x"))


def test_request_has_the_body_that_wrk_will_send():
    with answering("Freehold", {"/v1/sessions": {"token": "x"}}) as ours:
        answer = fetch(ours.contestant, Request("POST", "/v1/sessions", "Accept: application/json", '{"login": "é"}'))
    assert answer == {"token": "x"}
    (asked,) = ours.asked
    assert (asked.method, asked.content_type, asked.body) == ("POST", "application/json", '{"login": "é"}')
