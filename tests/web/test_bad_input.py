"""Whatever is wrong with a request to whichever endpoint: a problem answer that names it, and nothing stored.

The cases are made from the declarations of the routes, so that a new route or field is covered by itself.
"""

import json
from collections.abc import AsyncIterator, Iterator
from string import ascii_lowercase
from types import NoneType
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import msgspec
import pytest
from msgspec import UnsetType
from tests.conftest import with_database
from tests.described import document

from freehold import NewSession, NewUser, Platform, Settings
from freehold.base.scalars import RoleText, Slug
from freehold.base.text_rules import Rule
from freehold.base.validation import Input
from freehold.serve.application import ENDPOINTS, create_application
from freehold.web.examples import example_of
from freehold.web.references import alternatives, kinds_of
from freehold.web.routing import Endpoint

WITH_BODY = [endpoint for endpoint in ENDPOINTS if endpoint.body]
SIGNED_IN = [endpoint for endpoint in ENDPOINTS if endpoint.auth == "required"]
KNOWING_CALLERS = [endpoint for endpoint in ENDPOINTS if endpoint.auth != "none"]
BY_PATH = {endpoint.path: [e for e in ENDPOINTS if e.path == endpoint.path] for endpoint in ENDPOINTS}
DOCUMENT = document()
SOME_ID = "0190163d-8694-739b-aea5-966c26f8ad91"
PARTS = {"slug": "free", "action": "project.read"}
"""What is no id in a path."""
TABLES = ("users", "organizations", "organization_members", "projects", "sessions", "audit_events")

for_each = pytest.mark.parametrize
Case = tuple[str, Any, str]
"""What is done to a body, the body, and the pointer that must be named."""


def name(endpoint: Endpoint) -> str:
    return endpoint.name


def address(endpoint: Endpoint, /, **bad: str) -> str:
    """The path with parts of the right shape (there is nothing there), or with a bad one."""
    return endpoint.path.format(**{part: bad.get(part, PARTS.get(part, SOME_ID)) for part in endpoint.references})


def example(endpoint: Endpoint) -> dict[str, Any]:
    content = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]["requestBody"]["content"]
    found: dict[str, Any] = example_of(content["application/json"]["schema"], DOCUMENT["components"]["schemas"])
    return found


def failing(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, f"{answer.status_code} {answer.text}"
    return {error["pointer"] for error in answer.json()["errors"]}


@pytest.fixture(scope="module")
async def lasting_platform(server_urls: tuple[str, str]) -> AsyncIterator[Platform]:
    """A platform for all tests here, which store nothing."""
    admin_url, template = server_urls
    database = f"freehold_bad_input_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
    async with Platform.open(with_database(admin_url, database), settings=Settings(rate_limits="off")) as opened:
        yield opened
    await admin.execute(f"DROP DATABASE {database} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="module")
async def token(lasting_platform: Platform) -> str:
    await lasting_platform.users.create(NewUser(username="ada", email="ada@example.com", password="Lovelace1"))
    return (await lasting_platform.sessions.create(NewSession(login="ada", password="Lovelace1"))).token


@pytest.fixture
async def nobody(lasting_platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    """A caller who is not signed in."""
    transport = httpx.ASGITransport(create_application(lasting_platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


@pytest.fixture
def ada(nobody: httpx.AsyncClient, token: str) -> httpx.AsyncClient:
    """A signed-in caller."""
    nobody.headers["Authorization"] = f"Bearer {token}"
    return nobody


@pytest.fixture
async def nothing_stored(lasting_platform: Platform, token: str) -> AsyncIterator[None]:  # noqa: ARG001 - signs in first
    """Compare what is stored before the test and after it."""
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TABLES)  # noqa: S608 - ours
    database = lasting_platform.context.db
    before = await database.fetch(counts, [])
    yield
    assert await database.fetch(counts, []) == before


def cases(kind: type[Input], body: dict[str, Any], pointer: str = "") -> Iterator[Case]:
    """Everything that can be wrong with an object: each field in turn, and the object itself."""
    yield "unknown field", {**body, "no/such~field": 1}, f"{pointer}/no~1such~0field"
    for field in msgspec.structs.fields(kind):
        here = f"{pointer}/{field.encode_name}"
        if field.required:
            yield "missing", {key: value for key, value in body.items() if key != field.encode_name}, here
        for what, value, where in values(field.type, body[field.encode_name], here):
            yield what, {**body, field.encode_name: value}, where


def values(kind: Any, good: Any, pointer: str) -> Iterator[Case]:  # noqa: C901 - one branch a kind of wrong
    """Everything that can be wrong with a value."""
    members = alternatives(kind)
    inner = next(member for member in members if member not in {NoneType, UnsetType})
    if NoneType not in members:
        yield "null", None, pointer
    wrongs: tuple[Any, ...] = (1.5, True, [], {}, "x", 10**30)
    for wrong in wrongs:
        if not isinstance(wrong, str if good is None else type(good)):
            yield f"wrong type {wrong!r}", wrong, pointer
    if isinstance(inner, type) and issubclass(inner, Input):
        yield from cases(inner, good, pointer)
    rule = next((note for note in getattr(inner, "__metadata__", ()) if isinstance(note, Rule)), None)
    if good is None and rule is not None:
        good = "a"  # the example leaves it out; what is done to it is what makes it wrong
    if isinstance(good, str):
        yield "NUL", f"{good}\0", pointer
        yield "lone surrogate", f"{good}\ud800", pointer
        yield "too long", "Aa1" * 20_000, pointer
    if rule is not None:
        yield "one too long", "a" * ((rule.max_sent or rule.max_length) + 1), pointer
    if rule is not None and rule.min_length:
        yield "empty", "", pointer
        yield "one too short", "a" * (rule.min_length - 1), pointer
    if isinstance(good, list):
        yield "wrong type of entry", [*good, 1], f"{pointer}/{len(good)}"
        if not isinstance(good[0], dict):  # of many invitations, each is answered for itself
            yield "duplicate entry", [*good, *good], f"{pointer}/{len(good)}"
        names = [f"{first}{second}" for first in ascii_lowercase[:16] for second in ascii_lowercase]
        form = "noun.{}" if "." in str(good[0]) else "feature_{}"
        yield "too many entries", [form.format(each) for each in names[:401]], pointer


@for_each("endpoint", WITH_BODY, ids=name)
@pytest.mark.usefixtures("nothing_stored")
async def test_every_field_that_is_wrong_is_named(ada: httpx.AsyncClient, endpoint: Endpoint) -> None:
    assert endpoint.body is not None
    unnoticed = []
    for what, body, pointer in cases(endpoint.body, example(endpoint)):
        answer = await ada.request(
            endpoint.method,
            address(endpoint),
            content=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if answer.status_code != 422 or pointer not in failing(answer):
            unnoticed.append((what, pointer, answer.status_code, answer.text))
    assert not unnoticed


@for_each("endpoint", WITH_BODY, ids=name)
@pytest.mark.usefixtures("nothing_stored")
async def test_a_repeated_key_is_named(ada: httpx.AsyncClient, endpoint: Endpoint) -> None:
    for key, value in example(endpoint).items():
        pair = f"{json.dumps(key)}: {json.dumps(value)}"
        body = json.dumps(example(endpoint))[:-1] + f", {pair}}}"
        headers = {"Content-Type": "application/json"}
        answer = await ada.request(endpoint.method, address(endpoint), content=body, headers=headers)
        assert f"/{key}" in failing(answer)


@for_each("endpoint", WITH_BODY, ids=name)
@pytest.mark.usefixtures("nothing_stored")
async def test_a_body_that_is_no_json_is_refused(ada: httpx.AsyncClient, endpoint: Endpoint) -> None:
    good = json.dumps(example(endpoint)).encode()
    kind = "application/json"
    for body, content_type, status in (
        (good[:-1], kind, 400),
        *([] if endpoint.body_optional else [(b"", kind, 400)]),
        (good.replace(b"{", b'{"\xff": 1, ', 1), kind, 400),
        (b"[" * 200_000, kind, 400),
        (good, "text/plain", 415),
        (good, "application/json; charset=utf-16", 415),
        (good + b" " * 2_000_000, kind, 413),
        (b"[]", kind, 422),
        (b"null", kind, 422),
    ):
        headers = {"Content-Type": content_type}
        answer = await ada.request(endpoint.method, address(endpoint), content=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), body[:99]


def required_of(endpoint: Endpoint) -> set[str]:
    """Parameters of the query string that are named when they are missing."""
    return {f"/{field.encode_name}" for field in msgspec.structs.fields(endpoint.query) if field.required}


async def send(client: httpx.AsyncClient, endpoint: Endpoint, target: str) -> httpx.Response:
    """A request in which nothing is wrong but the target."""
    return await client.request(endpoint.method, target, json=example(endpoint) if endpoint.body else None)


@for_each("endpoint", [e for e in ENDPOINTS if e.references], ids=name)
async def test_every_part_of_a_path_that_is_wrong_is_named(ada: httpx.AsyncClient, endpoint: Endpoint) -> None:
    bad = ["%00", "%ED%A0%80", "%FF", "%C3%A9", "A_B", "-a", "admin", "x" * 300, f"{SOME_ID}%0A", f"{SOME_ID}%00"]
    for part, reference in endpoint.references.items():
        kinds = kinds_of(reference)
        others = [] if Slug in kinds or RoleText in kinds else [f"{SOME_ID}0", "acme"]
        for value in [*bad, *others]:
            if value == "admin" and (RoleText in kinds or Slug in kinds):
                continue  # a role; and a slug that nobody may have, which is looked for as any other
            answer = await send(ada, endpoint, address(endpoint, **{part: value}))
            assert failing(answer) == {f"/{part}"} | required_of(endpoint), value


@for_each("endpoint", ENDPOINTS, ids=name)
async def test_every_query_parameter_that_is_wrong_is_named(ada: httpx.AsyncClient, endpoint: Endpoint) -> None:
    for field in [field.encode_name for field in msgspec.structs.fields(endpoint.query)]:
        for bad in (f"{field}=%00", f"{field}=", f"{field}={'x' * 2100}", f"{field}=1&{field}=1"):
            named = {f"/{field}"} | required_of(endpoint)
            assert failing(await send(ada, endpoint, f"{address(endpoint)}?{bad}")) == named, bad
    unknown = {"/nothing", "/a~1b"} | required_of(endpoint)
    assert failing(await send(ada, endpoint, f"{address(endpoint)}?nothing=1&a%2Fb")) == unknown
    assert (await send(ada, endpoint, f"{address(endpoint)}?a=%ff")).status_code == 400


@for_each("endpoint", SIGNED_IN, ids=name)
async def test_who_is_not_signed_in_is_told_so_first(nobody: httpx.AsyncClient, endpoint: Endpoint) -> None:
    bad = dict.fromkeys(endpoint.references, "A_B")
    answer = await nobody.request(endpoint.method, f"{address(endpoint, **bad)}?nothing=1", content=b"{")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@for_each("endpoint", KNOWING_CALLERS, ids=name)
async def test_credentials_that_are_not_valid_are_refused(nobody: httpx.AsyncClient, endpoint: Endpoint) -> None:
    for wrong in (b"", b"Bearer", b"Basic YTpi", b"Bearer fh_nobody", b"Bearer fh_" + b"A" * 43, b"Bearer \xff"):
        answer = await nobody.request(endpoint.method, address(endpoint), headers={b"authorization": wrong})
        assert answer.status_code == 401, wrong


@for_each("path", BY_PATH)
async def test_a_path_names_the_methods_that_it_knows(ada: httpx.AsyncClient, path: str) -> None:
    known = {endpoint.method for endpoint in BY_PATH[path]}
    allowed = known | ({"HEAD"} if "GET" in known else set())
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - allowed:
        answer = await ada.request(method, address(BY_PATH[path][0]))
        assert answer.status_code == 405
        assert answer.headers["allow"] == ", ".join(sorted(allowed))


def test_an_example_has_every_field() -> None:
    """Else the cases above would leave fields out."""
    for endpoint in WITH_BODY:
        assert endpoint.body is not None
        assert example(endpoint).keys() == {f.encode_name for f in msgspec.structs.fields(endpoint.body)}
