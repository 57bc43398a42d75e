"""The machinery by itself, on the tiny slice of ``conftest.py``: no database."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from freehold.web.requests import read_headers

pytestmark = pytest.mark.anyio

THING = "0190163d-8694-739b-aea5-966c26f8ad91"
TAG = '"6475ef6574f35"'
NAMED = {"name": "One"}
JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= found.keys()
    assert found["status"] == status
    assert found["code"] == code
    assert found["type"] == f"urn:freehold:problem:{code}"
    assert found["request_id"] == answer.headers["x-request-id"]
    return found


def pointers(answer: httpx.Response) -> list[str]:
    return [error["pointer"] for error in problem(answer, 422, "invalid")["errors"]]


async def test_an_entity_is_answered_with_its_version(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.get(f"/v1/things/{THING}")
    assert answer.status_code == 200
    assert answer.json() == {"id": THING, "name": "One", "updated_at": "2026-01-02T03:04:05.678901Z"}
    assert answer.headers["etag"] == TAG
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Authorization, Cookie"


async def test_answers_of_several_entities_have_no_version(tiny: httpx.AsyncClient) -> None:
    joined = await tiny.get(f"/v1/things/{THING}", params={"include": "others"})
    assert joined.json()["others"]
    assert "etag" not in joined.headers
    assert "etag" not in (await tiny.get("/v1/things")).headers


BY_PROXIES = [
    f"W/{TAG}",  # nginx
    f'{TAG[:-1]}-gzip"',  # Apache
    f'W/{TAG[:-1]}-br"',
    f'{TAG[:-1]}--gzip"',  # Jetty
    f'{TAG[:-1]};zstd"',
    f'{TAG[:-1]}:deflate"',
]
"""What proxies make of an ETag when they compress its answer."""


@pytest.mark.parametrize("known", [TAG, *BY_PROXIES, "*", f'"other" , {TAG}', f'"a,b",{TAG}'])
async def test_a_version_that_the_caller_has_is_not_sent_again(tiny: httpx.AsyncClient, known: str) -> None:
    answer = await tiny.get(f"/v1/things/{THING}", headers={"If-None-Match": known})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == TAG
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("known", ['"other"', "", "nonsense", f"{TAG[:-1]}", '"6475ef6574f36"'])
async def test_another_version_is_sent(tiny: httpx.AsyncClient, known: str) -> None:
    assert (await tiny.get(f"/v1/things/{THING}", headers={"If-None-Match": known})).status_code == 200


@pytest.mark.parametrize("condition", [TAG, *BY_PROXIES, "*", f'"1", {TAG}', f'W/"1", W/{TAG}', f"W/{TAG}, {TAG}"])
async def test_a_change_on_the_current_version_is_made(tiny: httpx.AsyncClient, condition: str) -> None:
    answer = await tiny.patch(f"/v1/things/{THING}", json=NAMED, headers={"If-Match": condition})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "condition",
    [
        *('"1"', 'W/"1"', '"1-gzip"', f'{TAG[:-1]}-other"', f'{TAG[:-1]}gzip"', '"-gzip"', '"never-ours"'),
        *('"6475ef6574f36"', '"ffffffffffffffffff"', '"01"'),
    ],
)
async def test_a_change_on_another_version_is_refused(tiny: httpx.AsyncClient, condition: str) -> None:
    answer = await tiny.patch(f"/v1/things/{THING}", json=NAMED, headers={"If-Match": condition})
    problem(answer, 412, "stale")


async def test_what_has_no_version_is_changed_only_without_one(tiny: httpx.AsyncClient) -> None:
    assert (await tiny.delete(f"/v1/things/{THING}")).status_code == 204
    assert (await tiny.delete(f"/v1/things/{THING}", headers={"If-Match": "*"})).status_code == 204
    problem(await tiny.delete(f"/v1/things/{THING}", headers={"If-Match": TAG}), 412, "stale")


@pytest.mark.parametrize("condition", ["nonsense", '"', "", ", ".join(['"1"'] * 11)])
async def test_a_condition_that_cannot_be_read_is_malformed(tiny: httpx.AsyncClient, condition: str) -> None:
    answer = await tiny.patch(f"/v1/things/{THING}", json=NAMED, headers={"If-Match": condition})
    problem(answer, 400, "malformed")


async def test_what_is_made_tells_where_it_is(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.post("/v1/things", json=NAMED)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/things/{THING}"
    assert answer.headers["etag"] == TAG


async def test_a_secret_is_stored_nowhere(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.post("/v1/secrets", json=NAMED)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["location"] == "/v1/secrets/current"


async def test_a_list_links_to_its_next_page_and_keeps_the_query(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.get("/v1/things", params={"limit": "1", "include": "total"})
    assert answer.json()["next_cursor"] == "a-b_c"
    assert answer.headers["link"] == '</v1/things?limit=1&include=total&cursor=a-b_c>; rel="next"'
    last = await tiny.get(answer.links["next"]["url"])
    assert last.json()["next_cursor"] is None
    assert "link" not in last.headers


async def test_links_work_where_the_application_is_mounted(tiny_application: ASGIApp) -> None:
    transport = httpx.ASGITransport(tiny_application, root_path="/prefix")
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/prefix/v1/things", headers={"Authorization": "Bearer good"})
        assert answer.links["next"]["url"].startswith("/prefix/v1/things?")
        assert (await client.post("/prefix/v1/things", json=NAMED)).headers["location"] == f"/prefix/v1/things/{THING}"


async def test_head_is_get_without_the_body(tiny: httpx.AsyncClient) -> None:
    got = await tiny.get(f"/v1/things/{THING}")
    head = await tiny.head(f"/v1/things/{THING}")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(got.content))
    assert head.headers["etag"] == TAG


async def test_an_unknown_path_is_a_problem(tiny: httpx.AsyncClient) -> None:
    for path in ("/", "/v1", "/v1/nothing", "/v1/things/", f"/v1/things/{THING}/x", "//v1/things", "/%00", "/%ff"):
        problem(await tiny.get(path), 404, "no_such_path")


async def test_an_unknown_method_is_told_which_are_known(tiny: httpx.AsyncClient) -> None:
    for method in ("PUT", "POST", "OPTIONS", "TRACE", "BREW"):
        answer = await tiny.request(method, f"/v1/things/{THING}")
        problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "DELETE, GET, HEAD, PATCH"


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic Zm9vOmJhcg==", "good", "Bearer bad", "Bearer g\xf6od"]
)
async def test_wrong_credentials_are_refused_also_where_none_are_needed(tiny: httpx.AsyncClient, value: str) -> None:
    headers = {b"authorization": value.encode("latin-1")}
    answer = await tiny.post("/v1/things", json=NAMED, headers=headers)
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_two_credentials_are_refused(tiny: httpx.AsyncClient) -> None:
    twice = httpx.Headers([("Authorization", "Bearer good"), ("Authorization", "Bearer good")])
    del tiny.headers["authorization"]
    problem(await tiny.get("/v1/things", headers=twice), 401, "unauthenticated")


async def test_sign_in_comes_before_everything_that_is_wrong(tiny: httpx.AsyncClient) -> None:
    del tiny.headers["authorization"]
    answer = await tiny.patch("/v1/things/no-uuid", content=b"{", headers={"If-Match": "nonsense"})
    problem(answer, 401, "unauthenticated")


async def test_all_failing_fields_are_named_at_once(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.patch("/v1/things/no_uuid?x=1", json={"name": "", "slug": "A", "size": 11, "a/b": 1})
    assert set(pointers(answer)) == {"/thing", "/x", "/name", "/slug", "/size", "/a~1b"}


@pytest.mark.parametrize(
    ("query", "failing"),
    [
        ("limit=0", "/limit"),
        ("limit=x", "/limit"),
        ("limit=1&limit=1", "/limit"),
        ("limit=", "/limit"),
        ("include=all", "/include"),
        ("unknown", "/unknown"),
        ("cursor=%00", "/cursor"),
        ("cursor=" + "x" * 2100, "/cursor"),
    ],
)
async def test_a_failing_query_parameter_is_named(tiny: httpx.AsyncClient, query: str, failing: str) -> None:
    assert pointers(await tiny.get(f"/v1/things?{query}")) == [failing]


async def test_a_query_that_cannot_be_read_is_malformed(tiny: httpx.AsyncClient) -> None:
    problem(await tiny.get("/v1/things?limit=%ff"), 400, "malformed")
    problem(await tiny.get("/v1/things?" + "a&" * 200), 400, "malformed")


@pytest.mark.parametrize("part", ["A_B", "-a", "%00", "%F0%9F%92%A9", "%ED%A0%80", "0190163D", "a" * 101, "a%20b"])
async def test_a_part_of_a_path_of_no_known_shape_is_named(tiny: httpx.AsyncClient, part: str) -> None:
    assert pointers(await tiny.get(f"/v1/things/{part}")) == ["/thing"]


@pytest.mark.parametrize("part", [THING, THING.upper(), "a-slug", "me"])
async def test_a_part_of_a_path_may_have_several_shapes(tiny: httpx.AsyncClient, part: str) -> None:
    assert (await tiny.get(f"/v1/things/{part}")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nul",
        b"\xff",
        b'{"name": "\xff"}',
        b'{"name": NaN}',
        b"[" * 100_000,
        b'{"size": ' + b"1" * 5000 + b"}",
        b"\xef\xbb\xbf{}",
    ],
)
async def test_a_body_that_cannot_be_read_is_malformed(tiny: httpx.AsyncClient, body: bytes) -> None:
    problem(await tiny.post("/v1/things", content=body, headers=JSON), 400, "malformed")


@pytest.mark.parametrize("body", ["null", "[]", "1", '""', "true", "[{}]"])
async def test_a_body_that_is_no_object_is_invalid(tiny: httpx.AsyncClient, body: str) -> None:
    assert pointers(await tiny.post("/v1/things", content=body, headers=JSON)) == [""]


async def test_repeated_keys_and_lone_surrogates_are_named(tiny: httpx.AsyncClient) -> None:
    body = b'{"name": "a", "name": "b", "\\ud800": 1, "slug": "\\udfff", "x\\u0000": 1}'
    assert set(pointers(await tiny.post("/v1/things", content=body, headers=JSON))) >= {"/name", "/slug"}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'APPLICATION/JSON;charset="UTF-8"',
        "application/json;",
    ],
)
async def test_json_is_read(tiny: httpx.AsyncClient, content_type: str) -> None:
    answer = await tiny.post("/v1/things", content=b'{"name": "One"}', headers={"Content-Type": content_type})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json, application/json"},
        {"Content-Type": "application/merge-patch+json"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_a_body_of_another_type_is_refused(tiny: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await tiny.post("/v1/things", content=b'{"name": "One"}', headers=headers)
    problem(answer, 415, "unsupported_media_type")


async def test_a_patch_may_be_a_merge_patch(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.patch(
        f"/v1/things/{THING}", content=b'{"name": "One"}', headers={"Content-Type": "application/merge-patch+json"}
    )
    assert answer.status_code == 200


async def test_a_body_over_one_mebibyte_is_refused_by_its_length(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.post("/v1/things", content=b" " * (1024 * 1024 + 1), headers=JSON)
    problem(answer, 413, "body_too_large")
    problem(
        await tiny.post("/v1/things", content=b"{}", headers={**JSON, "Content-Length": "9" * 5000}),
        413,
        "body_too_large",
    )


async def test_a_body_over_one_mebibyte_is_not_read_to_its_end(tiny_application: ASGIApp) -> None:
    sent = 0

    async def ten_mebibytes() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(160):
            sent += 65536
            yield b" " * 65536

    parts = ten_mebibytes()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": await anext(parts), "more_body": True}

    status, _ = await call(tiny_application, receive)
    assert status == 413
    assert sent <= 1024 * 1024 + 65536


async def test_a_body_that_is_cut_short_is_malformed(tiny_application: ASGIApp) -> None:
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b'{"name"', "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    assert await call(tiny_application, receive) == (400, "malformed")


async def call(application: Any, receive: Any) -> tuple[int, str]:
    """Post a body in parts, below what any client would do."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/things",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    await application(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])["code"]


@pytest.mark.parametrize("given", ["abc", "A.b_c-1", "x" * 128])
async def test_a_sane_request_id_is_kept(tiny: httpx.AsyncClient, given: str) -> None:
    answer = await tiny.get("/v1/things", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "ü", "a\nb"])
async def test_another_request_id_is_replaced(tiny: httpx.AsyncClient, given: str) -> None:
    answer = await tiny.get("/v1/things", headers={b"x-request-id": given.encode()})
    assert len(answer.headers["x-request-id"]) == 36


async def test_security_headers_are_on_every_answer(tiny: httpx.AsyncClient) -> None:
    for path in ("/v1/things", "/nothing", "/v1/failures/bug", f"/v1/things/{THING}"):
        headers = (await tiny.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "server" not in headers


async def test_a_bug_is_logged_and_not_shown(tiny: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await tiny.get("/v1/failures/bug", headers={"X-Request-Id": "find-me"})
    problem(answer, 500, "internal")
    assert "secret words" not in answer.text
    assert "find-me" in caplog.text
    assert "the secret words of a driver" in caplog.text


async def test_errors_have_their_status_and_headers(tiny: httpx.AsyncClient) -> None:
    problem(await tiny.get("/v1/failures/forbidden"), 403, "forbidden")
    busy = await tiny.get("/v1/failures/busy")
    problem(busy, 503, "unavailable")
    assert busy.headers["retry-after"] == "7"
    pending = await tiny.get("/v1/failures/pending")
    problem(pending, 503, "schema_pending")
    assert pending.headers["retry-after"]
    assert (await tiny.get("/v1/failures/forbidden")).headers["cache-control"] == "no-store"


async def test_at_most_a_hundred_failing_fields_are_named(tiny: httpx.AsyncClient) -> None:
    assert len(pointers(await tiny.get("/v1/failures/many"))) == 100


def test_cookies_of_several_headers_are_one():
    sent = [(b"cookie", b"a=1"), (b"accept", b"text/html"), (b"cookie", b"b=2"), (b"accept", b"*/*")]
    assert read_headers(sent) == {b"cookie": b"a=1; b=2", b"accept": b"text/html, */*"}
