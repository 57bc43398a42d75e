"""What is logged, and what never is."""

import asyncio
import io
import json
import logging
import os
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from tests.conftest import PASSWORD
from tests.observe.conftest import Running
from tests.waiting import eventually

from freehold import ImportPlan, NewUser, PageRequest, Platform, Settings
from freehold.base.tokens import Kind
from freehold.data.sql import statement_names
from freehold.observe.access_log import MOST_BYTES, AccessLog, Line
from freehold.observe.logs import HIDDEN, REQUEST_ID, JsonLines, TextLines, hide_secrets
from freehold.observe.observer import Observer

EMAIL = "ada.lovelace@example.com"


def test_json_log_has_a_line_for_each_request_and_no_secret(run: Callable[..., Running]):
    server = run(FREEHOLD_LOG_FORMAT="json", FREEHOLD_LOG_LEVEL="info", FREEHOLD_ACCESS_LOG="true")
    new = {"username": "ada", "email": EMAIL, "password": PASSWORD}
    sign_up = httpx.post(f"{server.url}/v1/users", json=new, headers={"X-Request-Id": "sign-up"})
    assert sign_up.status_code == 201
    login = {"login": EMAIL, "password": PASSWORD}
    token = httpx.post(f"{server.url}/v1/sessions", json=login).json()["token"]
    wrong = httpx.post(f"{server.url}/v1/sessions", json={**login, "password": "Wr0ngGuess"})
    me = httpx.get(
        f"{server.url}/v1/users/me?include=organizations",
        headers={"Authorization": f"Bearer {token}", "X-Request-Id": "me"},
    )
    bad = httpx.get(f"{server.url}/v1/users?cursor=QuerySecret", headers={"Authorization": f"Bearer {token}"})
    lost = httpx.get(f"{server.url}/v1/lost/PathSecret")
    assert [answer.status_code for answer in (wrong, me, lost)] == [401, 200, 404]

    def requests() -> dict[str, Any]:
        whole = server.log.rpartition("\n")[0]
        events = [json.loads(line) for line in whole.splitlines()]
        return {event["request_id"]: event for event in events if event["logger"] == "freehold.access"}

    ids = {answer.headers["x-request-id"] for answer in (sign_up, wrong, me, bad, lost)}
    seen = eventually(lambda: ids <= requests().keys() and requests())
    event = seen["me"]
    assert datetime.fromisoformat(event.pop("time")).tzinfo is not None
    assert event.pop("duration_ms") > 0
    assert event == {
        "level": "info",
        "logger": "freehold.access",
        "message": "GET /v1/users/{user} 200",
        "request_id": "me",
        "method": "GET",
        "route": "/v1/users/{user}",
        "status": 200,
        "ip": "127.0.0.1",
    }
    assert seen[lost.headers["x-request-id"]]["route"] == ""
    server.stop()  # and what is logged at the end
    for secret in (token, PASSWORD, "Wr0ngGuess", EMAIL, "QuerySecret", "PathSecret", "include="):
        assert secret not in server.log
    assert all(json.loads(line) for line in server.log.splitlines())


@pytest.mark.parametrize(
    "secret",
    [
        *(f"{kind.value}{'Ab0_-' * 8}xyz01234567" for kind in Kind),
        f"{Kind.SESSION.value}{'Ab0_-' * 3}",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "pbkdf2_sha256$600000$salt$hash",
        "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl",
        EMAIL,
        "owner:S3cret%40@db.example.com",
    ],
)
def test_whatever_looks_like_a_secret_is_blotted_out(secret: str):
    for text in (f"a {secret} b", f"{{'key': '{secret}'}}", f"Bearer {secret}", f"({secret})"):
        hidden = hide_secrets(text)
        assert secret not in hidden
        assert HIDDEN in hidden


def test_password_in_a_url_is_blotted_out_and_the_host_is_not():
    assert hide_secrets("postgresql://owner:pa55@db/x failed") == f"postgresql://{HIDDEN}@db/x failed"


def test_what_is_no_secret_stays():
    text = "slow statement: users.by_id took 512 ms [0190163d-8694-739b-aea5-966c26f8ad91], line 7 of a.py, 50% @ home"
    assert hide_secrets(text) == text


def record_of(error: Exception | None = None, **more: Any) -> logging.LogRecord:
    try:
        raise error or ValueError
    except ValueError as raised:
        trace = (type(raised), raised, raised.__traceback__) if error else None
    record = logging.LogRecord("freehold.x", logging.ERROR, __file__, 1, "it %s", ("failed",), trace)
    record.__dict__.update(more)
    return record


def test_json_line_has_request_fields_and_where_an_error_came_from():
    REQUEST_ID.set("r-1")
    event = json.loads(JsonLines().format(record_of(ValueError(f"bad {EMAIL}"), fields={"statement": "a.b"})))
    assert event["request_id"] == "r-1"
    assert (event["level"], event["message"], event["statement"]) == ("error", "it failed", "a.b")
    assert event["exception"].startswith("Traceback")
    assert event["exception"].endswith(f"ValueError: bad {HIDDEN}")


def test_text_line_names_the_request_and_hides_what_the_error_told():
    REQUEST_ID.set("r-2")
    first, *trace = TextLines().format(record_of(ValueError(f"bad {EMAIL}"))).splitlines()
    assert first.endswith("Z ERROR freehold.x: it failed [r-2]")
    assert trace[-1] == f"ValueError: bad {HIDDEN}"


async def test_requests_are_written_together_and_never_more_than_a_pipe_takes_at_once():
    reader, writer = os.pipe2(os.O_DIRECT)  # each write is read by itself
    try:
        log = AccessLog("text", file=writer)
        log.write(Line(0.5, f"r{number}", "GET", "/v1/x", 200, 0.001, None) for number in range(200))
        os.close(writer)
        writes = list(iter(lambda: os.read(reader, 1_000_000), b""))
    finally:
        os.close(reader)
    assert all(len(each) <= MOST_BYTES and each.endswith(b"\n") for each in writes)
    assert len(writes) < 200 / 20
    text = b"".join(writes).decode()
    assert [line.split("[")[1].rstrip("]") for line in text.splitlines()] == [f"r{number}" for number in range(200)]
    assert text.splitlines()[7] == "1970-01-01T00:00:00.500000Z INFO freehold.access: GET /v1/x 200 1.000 ms - [r7]"
    assert len(text) > MOST_BYTES


@pytest.mark.parametrize("method", ['G"ET', "G\\ET", "G\nET", "", "G" * 10_000])
async def test_method_that_is_no_word_breaks_no_line(method: str, tmp_path: Path):
    with (tmp_path / "log").open("wb") as file:
        log = AccessLog("json", file=file.fileno())
        log.write([Line(0.0, "r", method, "", 404, 0.0, "::1")])
    event = json.loads((tmp_path / "log").read_text())
    assert (event["method"], event["ip"], event["message"]) == ("-", "::1", "- - 404")


@pytest.fixture
async def impatient(database_url: str) -> AsyncIterator[Platform]:
    async with Platform.open(database_url, settings=Settings(slow_statement_ms=60)) as opened:
        yield opened


async def test_statement_that_waits_long_is_logged_by_name_and_without_values(
    impatient: Platform, connection: Any, database_url: str, caplog: pytest.LogCaptureFixture
):
    ada = await impatient.users.create(NewUser(username="ada", email=EMAIL, password=PASSWORD))
    caplog.clear()
    watcher = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            reading = asyncio.ensure_future(impatient.users.get(ada.id))
            async with asyncio.timeout(30):
                while not await watcher.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                    "AND query_start < clock_timestamp() - interval '70 ms' AND datname = current_database()"
                ):
                    pass
        assert (await reading).username == "ada"
    finally:
        await watcher.close()
    (event,) = [event for event in caplog.records if event.name == "freehold.statements"]
    fields = event.__dict__["fields"]
    assert fields["statement"] == "users.by_id"
    assert fields["duration_ms"] >= 70
    assert event.getMessage() == f"slow statement: users.by_id took {fields['duration_ms']} ms"
    assert str(ada.id) not in caplog.text


async def test_work_on_all_rows_has_no_slow_statements(database_url: str, caplog: pytest.LogCaptureFixture):
    every = Observer(statement_names(), slow_seconds=0)
    async with Platform.open(database_url, observer=every) as platform:
        await platform.users.create(NewUser(username="ada", email=EMAIL, password=PASSWORD))
        caplog.clear()
        await platform.transfer.export_file("users", lambda _lines: None)
        await platform.transfer.import_file("users", io.BytesIO(), plan=ImportPlan(on_conflict="update"))
        await platform.users.list(PageRequest())
    events = [event for event in caplog.records if event.name == "freehold.statements"]
    found = {event.__dict__["fields"]["statement"] for event in events}
    assert found == {"audit.insert", "users.finding.newest"}
