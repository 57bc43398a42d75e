"""A POST with an Idempotency-Key is done once and answered the same, however often and whenever it is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.conftest import PASSWORD

from freehold import Platform, User
from freehold.idempotency.jobs import drop_expired

ADA = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}

SignIn = Callable[[str], Awaitable[dict[str, str]]]


@pytest.fixture
def sign_in(client: httpx.AsyncClient, sign_up: Callable[[str], Awaitable[User]]) -> SignIn:
    """Make a user and give the headers that act as them."""

    async def make(username: str) -> dict[str, str]:
        await sign_up(username)
        answer = await client.post("/v1/sessions", json={"login": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    return make


def with_key(key: str | None = None, **headers: str) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid4()), **headers}


async def test_same_request_gets_the_first_answer_again(client: httpx.AsyncClient, connection: Any):
    headers = with_key()
    first = await client.post("/v1/users", json=ADA, headers=headers)
    again = await client.post("/v1/users", json=ADA, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    for name in ("etag", "location", "content-type", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert await connection.fetchval("SELECT count(*) FROM users") == 1
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'user.create'") == 1


async def test_refusal_is_given_again_even_when_the_reason_has_gone(
    client: httpx.AsyncClient, sign_in: SignIn, connection: Any
):
    ada = await sign_in("ada")
    await client.post("/v1/organizations", json={"name": "Acme", "slug": "acme"}, headers=ada)
    headers = with_key(**ada)
    first = await client.post("/v1/organizations", json={"name": "Other", "slug": "acme"}, headers=headers)
    assert (first.status_code, first.json()["code"]) == (409, "slug_taken")
    await client.patch("/v1/organizations/acme", json={"slug": "renamed"}, headers=ada)
    await connection.execute("DELETE FROM slugs WHERE slug = 'acme'")  # as after 90 days
    again = await client.post("/v1/organizations", json={"name": "Other", "slug": "acme"}, headers=headers)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert await connection.fetchval("SELECT count(*) FROM organizations") == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/organizations", {"name": "Other"}),
        ("/v1/organizations", {"name": "Acme", "slug": "acme"}),
        ("/v1/organizations/acme/projects", {"name": "Acme"}),
    ],
)
async def test_key_of_another_request_is_refused(
    client: httpx.AsyncClient, sign_in: SignIn, path: str, body: dict[str, str]
):
    headers = with_key(**await sign_in("ada"))
    await client.post("/v1/organizations", json={"name": "Acme"}, headers=headers)
    answer = await client.post(path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert answer.json()["errors"][0]["pointer"] == "/Idempotency-Key"


async def test_key_belongs_to_its_caller(client: httpx.AsyncClient, sign_in: SignIn, connection: Any):
    key = str(uuid4())
    ada, bob = await sign_in("ada"), await sign_in("bob")
    for caller in (ada, bob):
        answer = await client.post("/v1/organizations", json={"name": "Acme"}, headers=with_key(key, **caller))
        assert answer.status_code == 201
        assert "idempotency-replayed" not in answer.headers
    assert await connection.fetchval("SELECT count(DISTINCT owner_id) FROM organizations") == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "x" * 300, "caf\u00e9", "a\tb"])
async def test_what_is_no_key_is_refused(client: httpx.AsyncClient, connection: Any, key: str):
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    answer = await client.post("/v1/users", json=ADA, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_idempotency_key")
    assert await connection.fetchval("SELECT count(*) FROM users") == 0


async def test_longest_key_is_taken(client: httpx.AsyncClient):
    assert (await client.post("/v1/users", json=ADA, headers=with_key("~" * 255))).status_code == 201


async def test_wrong_fields_use_up_no_key(client: httpx.AsyncClient):
    headers = with_key()
    assert (await client.post("/v1/users", json={**ADA, "email": "no"}, headers=headers)).status_code == 422
    assert (await client.post("/v1/users", json=ADA, headers=headers)).status_code == 201


async def test_creation_sent_a_hundred_times_at_once_makes_one_row(
    client: httpx.AsyncClient, sign_in: SignIn, connection: Any
):
    headers = with_key(**await sign_in("ada"))
    answers = await asyncio.gather(
        *(client.post("/v1/organizations", json={"name": "Acme"}, headers=headers) for _ in range(100))
    )
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in made}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in made) == 1
    for refused in (answer for answer in answers if answer.status_code != 201):
        assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_in_flight")
        assert refused.headers["retry-after"] == "1"
    assert await connection.fetchval("SELECT count(*) FROM organizations") == 1


async def test_key_in_flight_is_told_at_once(client: httpx.AsyncClient, sign_in: SignIn, connection: Any):
    headers = with_key(**await sign_in("ada"))
    async with connection.transaction():
        await connection.execute("LOCK TABLE organizations")
        first = asyncio.create_task(client.post("/v1/organizations", json={"name": "Acme"}, headers=headers))
        await _blocked(connection)
        second = await client.post("/v1/organizations", json={"name": "Acme"}, headers=headers)
        assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_flight")
        assert not first.done()
    assert (await first).status_code == 201


async def test_connection_that_is_killed_midway_leaves_nothing_and_frees_the_key(
    client: httpx.AsyncClient, sign_in: SignIn, connection: Any
):
    headers = with_key(**await sign_in("ada"))
    async with connection.transaction():
        await connection.execute("LOCK TABLE organizations")
        first = asyncio.create_task(client.post("/v1/organizations", json={"name": "Acme"}, headers=headers))
        await connection.fetch("SELECT pg_terminate_backend($1, 5000)", await _blocked(connection))
        assert (await first).status_code == 503
    assert await connection.fetchval("SELECT count(*) FROM idempotent_answers") == 0
    again = await client.post("/v1/organizations", json={"name": "Acme"}, headers=headers)
    assert again.status_code == 201
    assert "idempotency-replayed" not in again.headers
    assert await connection.fetchval("SELECT count(*) FROM organizations") == 1


async def test_lost_race_doubles_nothing(client: httpx.AsyncClient, sign_in: SignIn, connection: Any):
    """A deadlock in the operation begins the whole transaction anew: claim, work and answer."""
    await connection.execute("""
        CREATE SEQUENCE tries;
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('tries') = 1 THEN RAISE 'lost' USING ERRCODE = 'deadlock_detected'; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER losing BEFORE INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION lose();
    """)
    answer = await client.post("/v1/organizations", json={"name": "Acme"}, headers=with_key(**await sign_in("ada")))
    assert answer.status_code == 201
    assert await connection.fetchval("SELECT last_value FROM tries") == 2
    assert await connection.fetchval("SELECT count(*) FROM idempotent_answers") == 1
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'organization.create'") == 1


async def test_answer_with_a_secret_is_kept_unreadable(client: httpx.AsyncClient, connection: Any):
    await client.post("/v1/users", json=ADA)
    key = str(uuid4())
    body = {"login": "ada", "password": PASSWORD}
    first = await client.post("/v1/sessions", json=body, headers=with_key(key))
    again = await client.post("/v1/sessions", json=body, headers=with_key(key))
    assert again.json()["token"] == first.json()["token"]
    row = await connection.fetchrow("SELECT key_hash, request_hash, sealed_answer FROM idempotent_answers")
    stored = b"".join(row)
    for secret in (key, first.json()["token"], "ada@example.com"):
        assert secret.encode() not in stored
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 1


async def test_answer_is_forgotten_after_a_day(client: httpx.AsyncClient, platform: Platform, connection: Any):
    headers = with_key()
    await client.post("/v1/users", json=ADA, headers=headers)
    await connection.execute("UPDATE idempotent_answers SET expires_at = now()")
    again = await client.post("/v1/users", json=ADA, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "username_taken")
    assert await connection.fetchval("SELECT count(*) FROM idempotent_answers WHERE expires_at > now()") == 1
    await connection.execute("UPDATE idempotent_answers SET expires_at = now()")
    await drop_expired(platform.context)
    assert await connection.fetchval("SELECT count(*) FROM idempotent_answers") == 0


async def test_strangers_share_no_key(client: httpx.AsyncClient, connection: Any):
    """The key of another body is another key: nobody learns that somebody else has sent it."""
    headers = with_key()
    bob = {**ADA, "username": "bob", "email": "bob@example.com"}
    for new in (ADA, bob):
        answer = await client.post("/v1/users", json=new, headers=headers)
        assert (answer.status_code, answer.json()["username"]) == (201, new["username"])
        assert "idempotency-replayed" not in answer.headers
    assert await connection.fetchval("SELECT count(*) FROM users") == 2


@pytest.mark.parametrize(
    ("path", "body"), [("projects", {"name": "Rocket"}), ("roles", {"name": "pilot", "actions": ["project.read"]})]
)
async def test_answer_is_given_again_only_to_who_could_still_do_it(
    client: httpx.AsyncClient, sign_in: SignIn, path: str, body: dict[str, Any]
):
    ada, bob = await sign_in("ada"), await sign_in("bob")
    await client.post("/v1/organizations", json={"name": "Acme"}, headers=ada)
    bob_id = (await client.get("/v1/users/me", headers=bob)).json()["id"]
    member = f"/v1/organizations/acme/members/{bob_id}"
    await client.put(member, json={"role": "admin"}, headers=ada)
    path, headers = f"/v1/organizations/acme/{path}", with_key(**bob)
    first = await client.post(path, json=body, headers=headers)
    again = await client.post(path, json=body, headers=headers)
    assert (first.status_code, again.content) == (201, first.content)
    await client.put(member, json={"role": "member"}, headers=ada)
    demoted = await client.post(path, json=body, headers=headers)
    assert demoted.status_code == (201 if path.endswith("projects") else 403)
    await client.delete(member, headers=ada)
    removed = await client.post(path, json=body, headers=headers)
    assert (removed.status_code, removed.json()["code"]) == (404, "not_found")
    await client.put(member, json={"role": "admin"}, headers=ada)
    assert (await client.post(path, json=body, headers=headers)).content == first.content


async def test_looking_whether_an_answer_may_be_given_again_does_nothing(
    client: httpx.AsyncClient, sign_in: SignIn, connection: Any
):
    ada = await sign_in("ada")
    await client.post("/v1/organizations", json={"name": "Acme"}, headers=ada)
    headers = with_key(**ada)
    before = None
    for _ in range(3):
        answer = await client.post("/v1/organizations/acme/projects", json={"name": "Rocket"}, headers=headers)
        assert answer.status_code == 201
        counts = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM projects), (SELECT count(*) FROM audit_events),"
            " (SELECT sum(sequence) FROM audit_heads)"
        )
        assert before in {None, tuple(counts)}
        before = tuple(counts)


async def test_restoring_twice_is_answered_twice(client: httpx.AsyncClient, sign_in: SignIn):
    """It is not deleted any more, so nothing is there to restore: that says nothing about who may."""
    ada, bob = await sign_in("ada"), await sign_in("bob")
    await client.post("/v1/organizations", json={"name": "Acme"}, headers=ada)
    await client.delete("/v1/organizations/acme", headers=ada)
    headers = with_key(**ada)
    first = await client.post("/v1/organizations/acme/restore", headers=headers)
    again = await client.post("/v1/organizations/acme/restore", headers=headers)
    assert (first.status_code, again.content) == (200, first.content)
    assert (await client.post("/v1/organizations/acme/restore", headers=ada)).status_code == 404
    assert (await client.post("/v1/organizations/acme/restore", headers=bob)).status_code == 404


async def test_secret_is_shown_again_only_while_the_sign_in_is_fresh(
    client: httpx.AsyncClient, sign_in: SignIn, connection: Any
):
    headers = with_key(**await sign_in("ada"))
    first = await client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=headers)
    again = await client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=headers)
    assert (first.status_code, again.content) == (201, first.content)
    await connection.execute("UPDATE sessions SET authenticated_at = now() - interval '1 hour'")
    late = await client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=headers)
    assert (late.status_code, late.json()["code"]) == (403, "fresh_sign_in_needed")


async def _blocked(connection: Any) -> int:
    """Wait until somebody waits for the lock of this connection, and tell their backend's id."""
    async with asyncio.timeout(10):
        while True:
            pid: int | None = await connection.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if pid is not None:
                return pid
            await asyncio.sleep(0.01)
