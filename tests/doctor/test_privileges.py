"""Freehold works as a role that has what `freehold doctor --grants` prints, and that role can do no more."""

import io
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import PASSWORD, database_name

from freehold import (
    NewOrganization,
    NewProject,
    NewSession,
    NewUser,
    PageRequest,
    Platform,
    ProjectPatch,
    Settings,
)
from freehold.data.db import connect
from freehold.data.jobs import Job
from freehold.data.own_tables import own_tables
from freehold.doctor import queries
from freehold.doctor.privileges import grants
from freehold.slices import SLICES


@pytest.fixture
async def role_url(database_url: str, connection: Any) -> AsyncIterator[str]:
    """The URL of the database for a new role that has the least privileges."""
    role = f"freehold_least_{uuid4().hex[:12]}"
    await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'least'")
    for statement in grants(role, database_name(database_url)).statements:
        await connection.execute(statement)
    parts = urlsplit(database_url)
    place = parts.netloc.rpartition("@")[2]
    yield urlunsplit(parts._replace(netloc=f"{role}:least@{place}"))
    await connection.execute(f"DROP OWNED BY {role}")
    await connection.execute(f"DROP ROLE {role}")


async def test_every_table_of_the_schema_is_thought_of(connection: Any):
    found = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert set(own_tables()) == {name for (name,) in found}


async def test_platform_works_with_the_least_privileges(role_url: str):
    async with Platform.open(role_url, settings=Settings(rate_limits="on")) as platform:
        ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
        bob = await platform.users.create(NewUser(username="bob", email="bob@example.com", password=PASSWORD))
        await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
        acting = platform.acting_as(ada.id)
        acme = await acting.organizations.create(NewOrganization(name="Acme"))
        project = await acting.projects.create(acme.id, NewProject(name="Saturn"))
        await acting.projects.update(acme.id, project.id, ProjectPatch(name="Apollo"))
        await acting.projects.delete(acme.id, project.id)
        await acting.organizations.delete(acme.id)
        out = io.BytesIO()
        await platform.transfer.export_file("users", out.write)
        lines = out.getvalue()
        await platform.users.delete(bob.id)
        report = await platform.transfer.import_file("users", io.BytesIO(lines.splitlines(keepends=True)[-1]))
        assert report.stored + report.skipped + report.refused == 1
        assert (await platform.audit.verify()).found == 0
        assert (await platform.users.list(PageRequest())).data


async def test_every_job_runs_with_the_least_privileges(role_url: str):
    async with Platform.open(role_url, settings=Settings()) as platform:
        for each in SLICES:
            for job in each.found("jobs", Job):
                await job(platform.context)


@pytest.mark.parametrize(
    "forbidden",
    [
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "UPDATE audit_events SET hash = previous_hash",
        "UPDATE audit_events SET actor_id = NULL",
        "DELETE FROM audit_heads",
        "ALTER TABLE users ADD COLUMN more text",
        "DROP TABLE users",
        "CREATE TABLE freehold_migrate.more (id integer)",
        "DELETE FROM freehold_migrate.applied",
    ],
)
async def test_role_can_do_no_more(role_url: str, forbidden: str):
    connection = await asyncpg.connect(role_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(forbidden)
    finally:
        await connection.close()


async def test_role_with_less_or_more_is_found(role_url: str, connection: Any):
    db = await connect(role_url, size=1)
    try:
        least = await queries.role(db, tables=own_tables())
        assert (least.is_superuser, least.may_rewrite_audit, least.may_delete_audit, least.lacks) == (
            False,
            False,
            False,
            (),
        )
        await connection.execute(
            f"REVOKE UPDATE ON projects, users FROM {least.name}; GRANT DELETE ON audit_events TO {least.name}"
        )
        changed = await queries.role(db, tables=own_tables())
        assert changed.lacks == ("projects", "users")
        assert changed.may_delete_audit
    finally:
        await db.close()
