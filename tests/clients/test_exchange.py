"""How the client sends, waits, sends again and gives up; what it never shows."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from freehold import (
    Conflict,
    FreeholdError,
    Invalid,
    KeyRotation,
    Missing,
    NewOrganization,
    NewSession,
    OrganizationPatch,
    OutcomeUnknown,
    PageRequest,
    Stale,
    TooManyRequests,
    Unavailable,
    UserPatch,
)
from freehold.client import Platform, UnexpectedAnswer, sync
from freehold.client.requests.sessions import sessions_create
from freehold.organizations.errors import SlugTaken
from freehold.web.conditions import etag

ID = "0190163d-8694-739b-aea5-966c26f8ad91"
NOW = "2026-01-02T03:04:05.678901Z"
VERSION = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
ACME = {
    "id": ID,
    "name": "Acme",
    "slug": "acme",
    "owner_id": ID,
    "members": [ID],
    "members_count": 1,
    "features": [],
    "created_at": NOW,
    "updated_at": NOW,
}
SECRET = "fh_secret_0123456789"
Answer = httpx.Response | type[httpx.TransportError]


def problem(status: int, code: str, *, detail: str = "No.", **headers: str) -> httpx.Response:
    document = {"type": "t", "title": "T", "status": status, "detail": detail, "code": code, "request_id": "r-1"}
    kind = {"content-type": "application/problem+json"}
    return httpx.Response(status, headers={**kind, **headers}, content=json.dumps(document))


def done(status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=ACME)


class Server:
    """Answers one after the other, and keeps what was sent."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, type):
            raise answer("broken")
        return answer


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the client waited for, instead of waiting."""
    waited: list[float] = []
    monkeypatch.setattr("freehold.client.sync.sleep", waited.append)

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("freehold.client.platform.sleep", sleep)
    return waited


@contextmanager
def talking(server: Server, **options: Any) -> Iterator[sync.Platform]:
    with (
        httpx.Client(transport=httpx.MockTransport(server)) as http,
        sync.Platform.open("https://example.com/prefix", token=SECRET, client=http, **options) as platform,
    ):
        yield platform


READ: Callable[[sync.Platform], object] = lambda platform: platform.organizations.get("acme")  # noqa: E731
MAKE: Callable[[sync.Platform], object] = lambda platform: platform.organizations.create(  # noqa: E731
    NewOrganization(name="Acme")
)
PATCH: Callable[[sync.Platform], object] = lambda platform: platform.organizations.update(  # noqa: E731
    "acme", OrganizationPatch(name="Acme")
)
DELETE: Callable[[sync.Platform], object] = lambda platform: platform.organizations.owner_offers.withdraw(  # noqa: E731
    "acme"
)
VERSIONED: Callable[[sync.Platform], object] = lambda platform: platform.organizations.delete(  # noqa: E731
    "acme", version=VERSION
)
CALLS = {"read": READ, "make": MAKE, "patch": PATCH, "delete": DELETE, "versioned": VERSIONED}

SURELY_NOT_DONE = [
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    (429, "too_many_requests"),
    (503, "unavailable"),
    (503, "schema_pending"),
    (408, "request_timeout"),
]
PERHAPS_DONE = [
    httpx.ReadTimeout,
    httpx.ReadError,
    httpx.RemoteProtocolError,
    httpx.WriteError,
    502,
    503,
    504,
    (503, "outcome_unknown"),
]
OVER = [
    (400, "malformed"),
    (403, "forbidden"),
    (404, "not_found"),
    (409, "slug_taken"),
    (422, "invalid"),
    (500, "internal"),
]
DOES_NOTHING_TWICE = {"read", "make", "delete"}


def answer_of(what: Any) -> Answer:
    if isinstance(what, tuple):
        return problem(*what)
    return httpx.Response(what, text="<html>") if isinstance(what, int) else what


def name(what: Any) -> str:
    return what.__name__ if isinstance(what, type) else str(what)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("what", [*SURELY_NOT_DONE, *PERHAPS_DONE, *OVER], ids=name)
def test_what_is_sent_again(what: Any, call: str, waits: list[float]):
    again = what in SURELY_NOT_DONE or (what in PERHAPS_DONE and call in DOES_NOTHING_TWICE)
    last = httpx.Response(204) if call in {"delete", "versioned"} else done()
    server = Server(answer_of(what), last)
    with talking(server) as platform:
        if again:
            CALLS[call](platform)
        else:
            with pytest.raises(FreeholdError):
                CALLS[call](platform)
    assert (len(server.sent), len(waits)) == ((2, 1) if again else (1, 0))
    keys = {each.headers.get("idempotency-key") for each in server.sent}
    assert len(keys) == 1
    assert (keys == {None}) is (call != "make")


@pytest.mark.parametrize("what", PERHAPS_DONE, ids=name)
@pytest.mark.parametrize("call", CALLS)
def test_change_that_nobody_confirms_may_be_stored(what: Any, call: str, waits: list[float]):
    with talking(Server(*[answer_of(what)] * 4)) as platform, pytest.raises((OutcomeUnknown, Unavailable)) as caught:
        CALLS[call](platform)
    is_said = what == (503, "outcome_unknown")
    assert isinstance(caught.value, Unavailable) is (call == "read" and not is_said)
    assert len(waits) == (3 if call in DOES_NOTHING_TWICE else 0)


def test_waits_grow_and_are_bounded(waits: list[float]):
    server = Server(*[httpx.ConnectError] * 13)
    with talking(server, retries=12, longest_wait_seconds=5) as platform, pytest.raises(Unavailable):
        READ(platform)
    assert len(server.sent) == 13
    assert all(0 < each <= 5 for each in waits)
    assert waits[0] <= 0.25 < waits[-1]


@pytest.mark.parametrize(
    ("header", "waited"), [("3", 3.0), ("0", 0.25), ("30", 30.0), ("31", None), ("Thu, 01 Jan 2099 00:00:00 GMT", None)]
)
def test_retry_after_is_honoured_up_to_the_longest_wait(header: str, waited: float | None, waits: list[float]):
    server = Server(problem(429, "too_many_requests", **{"retry-after": header}), done())
    with talking(server) as platform:
        if waited is None:
            with pytest.raises(TooManyRequests) as caught:
                READ(platform)
            assert caught.value.retry_after_seconds > 30
            return
        READ(platform)
    assert waits[0] == pytest.approx(waited, abs=0.25)


def test_key_in_flight_is_asked_again_and_another_conflict_is_not(waits: list[float]):
    server = Server(problem(409, "idempotency_key_in_flight", **{"retry-after": "1"}), done(201))
    with talking(server) as platform:
        MAKE(platform)
    assert waits == [1.0]


def test_own_idempotency_key_is_sent(waits: list[float]):
    server = Server(done(201))
    with talking(server) as platform:
        MAKE(platform.with_idempotency_key("invoice-7"))
    assert server.sent[0].headers["idempotency-key"] == "invoice-7"
    assert waits == []


def test_version_is_sent_as_if_match_and_nothing_that_was_left_out():
    server = Server(done(), done(), httpx.Response(201, json={}))
    with talking(server) as platform:
        platform.organizations.update("a/b", OrganizationPatch(name="Apex"), version=VERSION)
        with pytest.raises(UnexpectedAnswer):
            platform.users.update("me", UserPatch(locale=None))
        with pytest.raises(UnexpectedAnswer):
            platform.api_keys.rotate("me", UUID(ID), KeyRotation())
    patch, user, rotation = server.sent
    assert patch.headers["if-match"] == etag(VERSION).decode()
    assert (patch.headers["content-type"], patch.content) == ("application/merge-patch+json", b'{"name":"Apex"}')
    assert patch.url.raw_path == b"/prefix/v1/organizations/a%2Fb"
    assert (user.content, rotation.content) == (b'{"locale":null}', b"{}")
    assert all(
        each.extensions["timeout"] == dict.fromkeys(("connect", "read", "write", "pool"), 30.0) for each in server.sent
    )


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_name_that_would_lead_elsewhere_is_not_sent(part: str):
    server = Server()
    with talking(server) as platform, pytest.raises(Missing):
        platform.organizations.get(part)
    assert server.sent == []


@pytest.mark.parametrize(
    ("location", "followed"),
    [
        ("/prefix/v1/organizations/apex", True),
        ("https://example.com/prefix/v1/organizations/apex", True),
        ("http://example.com/prefix/v1/organizations/apex", False),
        ("https://example.org/v1/organizations/apex", False),
        ("//example.org/v1", False),
    ],
)
def test_old_slug_is_followed_on_the_same_server_alone(location: str, followed: bool):  # noqa: FBT001 - of the matrix
    server = Server(problem(308, "moved", location=location), done())
    with talking(server) as platform:
        if followed:
            READ(platform)
        else:
            with pytest.raises(FreeholdError):
                READ(platform)
    assert [each.url.host for each in server.sent] == ["example.com"] * (2 if followed else 1)


def test_endless_redirects_end():
    server = Server(*[problem(308, "moved", location="/prefix/v1/organizations/apex")] * 10)
    with talking(server) as platform, pytest.raises(FreeholdError):
        READ(platform)
    assert len(server.sent) == 4


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (409, "slug_taken", SlugTaken),
        (412, "stale", Stale),
        (409, "of_tomorrow", Conflict),
        (404, "of_tomorrow", Missing),
        (422, "of_tomorrow", Invalid),
        (418, "of_tomorrow", UnexpectedAnswer),
    ],
)
def test_problem_is_the_error_of_its_code_or_of_its_kind(status: int, code: str, kind: type[FreeholdError]):
    with talking(Server(problem(status, code, detail="Because."))) as platform, pytest.raises(kind) as caught:
        MAKE(platform)
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.detail) == (code, "Because.")
    assert caught.value.__notes__ == ["request r-1"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"id": ID}),
        httpx.Response(200),
        httpx.Response(301, headers={"location": "https://example.org"}),
        httpx.Response(404, text="nginx"),
        httpx.Response(500, headers={"content-type": "application/problem+json"}, text="{"),
    ],
)
def test_what_is_not_freehold_is_said_so(answer: httpx.Response):
    with talking(Server(answer)) as platform, pytest.raises(UnexpectedAnswer):
        READ(platform)


def test_fields_of_a_newer_server_are_left_out():
    with talking(Server(httpx.Response(200, json={**ACME, "motto": "Onward"}))) as platform:
        assert platform.organizations.get("acme").name == "Acme"


async def test_async_client_does_the_same(waits: list[float]):
    server = Server(httpx.ConnectError, problem(429, "too_many_requests", **{"retry-after": "2"}), done(201))
    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(server)) as http,
        Platform.open("https://example.com", token=SECRET, client=http) as platform,
    ):
        assert (await platform.organizations.create(NewOrganization(name="Acme"))).slug == "acme"
    assert (len(waits), waits[1]) == (2, 2.0)
    assert len({each.headers["idempotency-key"] for each in server.sent}) == 1


def test_download_that_breaks_off_is_said_so():
    class Breaking(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b'{"a":'
            raise httpx.ReadError("gone")

    with talking(Server(httpx.Response(200, stream=Breaking()))) as platform:
        parts = platform.users.export("me")
        assert next(parts) == b'{"a":'
        with pytest.raises(Unavailable, match="broke off"):
            next(parts)


def test_token_and_password_are_shown_nowhere(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with talking(Server(httpx.ReadTimeout)) as platform:
        shown = [repr(platform), str(platform), repr(platform._exchange), repr(platform.organizations)]
        with pytest.raises(OutcomeUnknown) as caught:
            platform.organizations.update("acme", OrganizationPatch(name="Acme"))
        shown += [str(caught.value), repr(caught.value), caplog.text]
    shown.append(repr(sessions_create(NewSession(login="ada", password="Lovelace1"))))
    assert not [each for each in shown if SECRET in each or "Lovelace1" in each]


@pytest.mark.parametrize(
    "address",
    [
        "example.com",
        "ftp://example.com",
        "https://",
        "https://ada:pw@example.com",
        "https://example.com?a=b",
        "https://example.com:port",
    ],
)
def test_address_that_cannot_be_one_is_refused(address: str):
    with pytest.raises(ValueError, match="address of the platform") as caught, sync.Platform.open(address):
        pass
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "Bearer x", "a\nb", "schlüssel"])
def test_token_that_cannot_be_one_is_refused_without_showing_it(token: str):
    with (
        pytest.raises(ValueError, match="printable ASCII") as caught,
        sync.Platform.open("https://example.com", token=token),
    ):
        pass
    assert not token or token not in str(caught.value)


def test_filters_are_sent_as_the_server_reads_them():
    server = Server(httpx.Response(200, json={"data": [], "next_cursor": None}))
    with talking(server) as platform:
        platform.organizations.list(PageRequest(limit=7, include="total"))
    assert dict(server.sent[0].url.params) == {"limit": "7", "include": "total", "all": "true"}
