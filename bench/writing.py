"""P3 and P4: making a project, and signing in."""

import asyncio
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import argon2
import asyncpg
import msgspec

from bench import limit
from bench.contest import alternate
from bench.contestants import Contestant
from bench.figures import Figure, ratios
from bench.load import Failed, Request, write_requests
from bench.rows import PASSWORD
from bench.stage import Stage
from freehold import Platform  # noqa: F401 - with it every statement is known
from freehold.base.settings import Settings
from freehold.data.sql import STATEMENTS

WRITING_CONNECTIONS = 128
WRITING_CLIENTS = 20
"""As many as Freehold's two pools have connections: more of them share one write to the disk."""
SIGNING_IN_CONNECTIONS = 16

NEW = {"name": "Measured", "description": "Made while measuring.", "settings": {"features": ["beta.search"]}}
ORGANIZATION = "('018f0000-0000-7000-8002-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid"
OWNER = "('018f0000-0000-7000-8001-' || lpad(to_hex(:n::bigint * 4 % {users} + 1), 12, '0'))::uuid"
EVENT: Mapping[str, str] = {
    "chain_id": ORGANIZATION,
    "id": "gen_random_uuid()",
    "organization_id": ORGANIZATION,
    "actor_id": OWNER,
    "key_id": "NULL",
    "action": "'project.create'",
    "target_type": "'project'",
    "target_id": "gen_random_uuid()",
    "details": '\'{{"name": "Measured"}}\'',
    "request_id": "gen_random_uuid()",
    "ip": "'127.0.0.1'",
}
PROJECT: Mapping[str, str] = {
    "id": "gen_random_uuid()",
    "organization_id": ORGANIZATION,
    "name": "'Measured'",
    "description": "'Made while measuring.'",
    "visibility": "'private'",
    "features": "ARRAY['beta.search']",
    "public_metadata": "'{{}}'",
    "private_metadata": "'{{}}'",
}
COUNT = """
SELECT (SELECT count(*) FROM projects WHERE name = 'Measured'),
    (SELECT count(*) FROM audit_events WHERE action = 'project.create')
"""
SETTLED_SECONDS = 0.3
ROLE = f"""
SELECT o.id, o.slug, r.role, r.actions, (SELECT version FROM own_action_versions) AS own_version
FROM organizations o
LEFT JOIN organization_roles r ON r.organization_id = o.id AND r.user_id = {OWNER}
WHERE o.id = {ORGANIZATION} AND o.deleted_at IS NULL;
"""  # noqa: S608 - made of constants


def create_projects(stage: Stage, contestant: Contestant) -> list[Figure]:
    """Measure P3.

    Raises:
        Failed: a project or its audit event is not there afterwards.
    """
    body = msgspec.json.encode(NEW).decode()
    asked = [
        Request("POST", f"/v1/organizations/{each.organization_id}/projects", contestant.sign(each), body)
        for each in stage.people
    ]
    requests = write_requests(stage.folder / "P3", asked)
    script = stage.folder / "P3.sql"
    script.write_text(_transaction(stage), "utf-8")

    def ours(number: int) -> float:
        before = asyncio.run(_written(stage.url))
        run = stage.wrk(contestant.url, requests, number, connections=WRITING_CONNECTIONS)
        projects, events = (now - then for now, then in zip(asyncio.run(_written(stage.url)), before, strict=True))
        # What was in flight when wrk stopped is made all the same, and was not counted.
        if not run.requests <= projects == events <= run.requests + WRITING_CONNECTIONS:
            raise Failed(f"{run.requests} projects were made; the database has {projects} more, and {events} events")
        return run.per_second

    found = alternate(
        "P3: make a project, with its audit event, on the disk; 128 connections",
        {
            contestant.name: ours,
            "pgbench": lambda _: limit.run(stage.url, [script], seconds=stage.effort.seconds, clients=WRITING_CLIENTS),
        },
        rounds=stage.effort.rounds,
    )
    stage.contests["P3"] = found
    values = ratios(found[contestant.name], found["pgbench"])
    return [Figure(target="P3", work="create a project", against="pgbench", values=values, at_least=0.5)]


def sign_in(stage: Stage, contestant: Contestant) -> list[Figure]:
    """Measure P4.

    Raises:
        Failed: an answer was not right.
    """
    logins = [msgspec.json.encode({"login": each.username, "password": PASSWORD}).decode() for each in stage.people]
    asked = [Request("POST", "/v1/sessions", "Accept: application/json", body) for body in logins]
    requests = write_requests(stage.folder / "P4", asked)
    found = alternate(
        "P4: sign in; 16 connections",
        {
            contestant.name: lambda number: (
                stage.wrk(contestant.url, requests, number, connections=SIGNING_IN_CONNECTIONS).per_second
            ),
            "argon2id alone": lambda _: _hashes_per_second(stage.effort.seconds),
        },
        rounds=stage.effort.rounds,
    )
    stage.contests["P4"] = found
    values = ratios(found[contestant.name], found["argon2id alone"])
    return [Figure(target="P4", work="sign in", against="raw argon2id", values=values, at_least=0.9)]


def _transaction(stage: Stage) -> str:
    """Write the work for pgbench: the plain question for the role, and the very statement of Freehold."""
    scale = stage.effort.scale
    event = {f"event_{name}": value for name, value in EVENT.items()}
    parts = [ROLE, _with_values("freehold.projects.insert", event | dict(PROJECT))]
    return "\n".join([f"\\set n random(1, {scale.organizations})", *(part.format(users=scale.users) for part in parts)])


def _with_values(name: str, values: Mapping[str, str]) -> str:
    bound = STATEMENTS[name]
    sql = bound.sql.replace("{", "{{").replace("}", "}}")
    return re.sub(r"\$(\d+)", lambda match: values[bound.parameters[int(match[1]) - 1]], sql) + ";"


async def _written(url: str) -> tuple[int, int]:
    """Count what was made, once nobody makes more."""
    connection = await asyncpg.connect(url)
    try:
        before, now = None, tuple(await connection.fetchrow(COUNT))
        while before != now:
            await asyncio.sleep(SETTLED_SECONDS)
            before, now = now, tuple(await connection.fetchrow(COUNT))
    finally:
        await connection.close()
    return now


def _hashes_per_second(seconds: float) -> float:
    """Verify passwords on every core, with the parameters that Freehold uses, and nothing else."""
    hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    stored = hasher.hash(PASSWORD)
    began = time.monotonic()

    def work() -> int:
        count = 0
        while time.monotonic() - began < seconds:
            hasher.verify(stored, PASSWORD)
            count += 1
        return count

    threads = Settings().password_threads
    with ThreadPoolExecutor(threads) as pool:
        counts = [each.result() for each in [pool.submit(work) for _ in range(threads)]]
    return sum(counts) / (time.monotonic() - began)
