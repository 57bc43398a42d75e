"""Statements in an organization: access is asked for, and they reach the rows of that organization alone."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import psycopg
import pytest

from freehold import (
    Action,
    AuditPageRequest,
    Forbidden,
    Invalid,
    Missing,
    NewApiKey,
    NewOrganization,
    NewProject,
    NewRole,
    OrganizationPatch,
    Platform,
    TenantRoleUnusable,
    Unauthenticated,
)
from freehold.data.context import OPERATOR
from tests.conftest import SignUp, trusting

PROTECTED = """
CREATE TABLE invoices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    text text NOT NULL DEFAULT ''
);
CREATE INDEX ON invoices (organization_id);
CREATE POLICY invoices_organization ON invoices USING (
    organization_id = (SELECT nullif(current_setting('freehold.organization_id', true), '')::uuid)
);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
"""
TEXTS = "SELECT text FROM invoices ORDER BY text"
SET = (
    "SELECT current_setting('freehold.organization_id', true), current_setting('freehold.user_id', true), current_user"
)


def platform_of(acting: Platform) -> Platform:
    """The same platform as its operator acts."""
    return acting.acting_as(OPERATOR)


@pytest.fixture
async def role(connection: Any) -> AsyncIterator[str]:
    """The name of a role for tenants, which has a table of its own."""
    name = f"tenant_{uuid4().hex[:12]}"
    await connection.execute(f"CREATE ROLE {name}; {PROTECTED}")
    await connection.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO {name}")
    yield name
    await connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.fixture
async def platform(database_url: str, role: str) -> AsyncIterator[Platform]:
    """A platform with a single connection, so that what is left in it is found."""
    async with Platform.open(database_url, settings=trusting(tenant_role=role, pool_size=1)) as opened:
        yield opened


@pytest.fixture
async def ada(platform: Platform, sign_up: SignUp) -> Platform:
    """The platform as its user acts who owns Acme and Bolt, which have an invoice each."""
    acting = platform.acting_as((await sign_up("ada")).id)
    for name in ("Acme", "Bolt"):
        made = await acting.organizations.create(NewOrganization(name=name))
        async with acting.in_organization(made.slug) as connection:
            await connection.execute("INSERT INTO invoices (organization_id, text) VALUES ($1, $2)", made.id, name)
    return acting


async def test_rows_of_the_organization_alone_are_reached(ada: Platform):
    async with ada.in_organization("acme") as connection:
        assert await connection.fetch(TEXTS) == [("Acme",)]
        assert await connection.execute("UPDATE invoices SET text = 'changed'") == "UPDATE 1"
        assert await connection.execute("DELETE FROM invoices WHERE text <> 'changed'") == "DELETE 0"
    async with ada.in_organization("bolt") as connection:
        assert await connection.fetch(TEXTS) == [("Bolt",)]


async def test_row_of_another_organization_cannot_be_written(ada: Platform):
    bolt = await ada.organizations.get("bolt")

    async def write(sql: str) -> None:
        async with ada.in_organization("acme") as connection:
            await connection.execute(sql, bolt.id)

    for sql in ("INSERT INTO invoices (organization_id) VALUES ($1)", "UPDATE invoices SET organization_id = $1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await write(sql)


async def test_settings_say_where_and_who_and_are_gone_afterwards(ada: Platform, role: str):
    acme = await ada.organizations.get("acme")
    async with ada.in_organization("acme") as connection:
        assert tuple(await connection.fetchrow(SET)) == (str(acme.id), str(ada.context.actor_id), role)
    async with ada.connection() as connection:
        where, who, me = await connection.fetchrow(SET)
        assert (where or "", who or "", me == role) == ("", "", False)
        assert await connection.fetchval("SELECT count(*) FROM pg_settings WHERE name LIKE 'freehold.%'") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "SET freehold.organization_id = '{bolt}'",
        "SELECT set_config('freehold.organization_id', '{bolt}', false)",
        "SET ROLE {role}",
        "SET SESSION AUTHORIZATION {role}",
    ],
)
@pytest.mark.parametrize("fails", [False, True])
async def test_what_a_statement_sets_for_longer_is_gone_afterwards(
    ada: Platform, role: str, statement: str, *, fails: bool
):
    bolt = await ada.organizations.get("bolt")
    with suppress(ZeroDivisionError):
        async with ada.in_organization("acme") as connection:
            await connection.execute("RESET ROLE")
            await connection.execute(statement.format(bolt=bolt.id, role=role))
            if fails:
                raise ZeroDivisionError
    async with ada.transaction() as connection:
        where, _, me = await connection.fetchrow(SET)
        assert (where or "", me == role) == ("", False)


async def test_access_is_asked_for(ada: Platform, platform: Platform, sign_up: SignUp):
    bob, eve = await sign_up("bob"), await sign_up("eve")
    await platform.organizations.members.put("acme", bob.id, NewRole(role="member"))

    async def enter(acting: Platform, *action: str) -> None:
        async with acting.in_organization("acme", *action) as connection:
            await connection.fetch(TEXTS)

    await enter(platform.acting_as(bob.id))
    await enter(platform)
    with pytest.raises(Forbidden):
        await enter(platform.acting_as(bob.id), "organization.update")
    with pytest.raises(Missing):
        await enter(platform.acting_as(eve.id))
    with pytest.raises(Unauthenticated):
        await enter(platform.acting_as(None))
    with pytest.raises(ValueError, match="no action"):
        await enter(ada, "invoice.fly")


async def test_operator_and_key_of_an_organization_are_no_user(platform: Platform, ada: Platform):
    async with platform.in_organization("acme") as connection:
        assert (await connection.fetchrow(SET))[1] == ""
    key = await ada.organizations.api_keys.create("acme", NewApiKey(name="robot", actions=(Action.ORGANIZATION_READ,)))
    robot = await platform.authenticate(key.key)
    async with robot.in_organization("acme") as connection:
        assert (await connection.fetchrow(SET))[1] == ""


async def test_operations_run_in_the_same_transaction_with_freeholds_own_role(ada: Platform, role: str):
    async def write(*, fails: bool) -> None:
        async with ada.in_organization("acme") as connection:
            await connection.execute("UPDATE invoices SET text = 'sent'")
            inside = ada.within(connection)
            project = await inside.projects.create("acme", NewProject(name="Rocket"))
            assert (await inside.projects.get("acme", project.id)).name == "Rocket"
            with pytest.raises(Missing):
                await inside.projects.get("acme", uuid4())
            with pytest.raises(Invalid):
                await inside.audit.record("invoice sent")
            await inside.audit.record("invoice.sent", project.id, organization="acme", details={"total": 12})
            assert await connection.fetchval("SELECT current_user::text") == role
            assert await connection.fetch(TEXTS) == [("sent",)]
            if fails:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write(fails=True)
    page = AuditPageRequest(action="invoice.sent")
    assert (await ada.audit.list_of_organization("acme", page)).data == []
    await write(fails=False)
    (event,) = (await ada.audit.list_of_organization("acme", page)).data
    assert (event.target_type, event.actor_id, event.details) == ("invoice", ada.context.actor_id, {"total": 12})
    assert (await platform_of(ada).audit.verify()).found == 0


async def test_organization_inside_another_and_inside_ones_own_transaction(ada: Platform, role: str):
    async with ada.transaction() as connection:
        inside = ada.within(connection)
        async with inside.in_organization("acme") as same:
            assert same is connection
            assert await same.fetch(TEXTS) == [("Acme",)]
            async with ada.within(same).in_organization("bolt") as other:
                assert await other.fetch(TEXTS) == [("Bolt",)]
                assert (await ada.within(other).organizations.get("bolt")).slug == "bolt"
                assert (await inside.organizations.get("bolt")).slug == "bolt"
            assert await same.fetch(TEXTS) == [("Acme",)]
            assert (await inside.organizations.get("acme")).slug == "acme"
        where, _, me = await connection.fetchrow(SET)
        assert (where, me == role) == ("", False)


async def test_organization_in_a_transaction_of_psycopg(ada: Platform, database_url: str):
    async with (
        await psycopg.AsyncConnection.connect(database_url) as connection,
        connection.transaction(),
        ada.within(connection).in_organization("acme") as same,
    ):
        assert same is connection
        found = await (await same.execute(TEXTS)).fetchall()
        assert found == [("Acme",)]
        assert (await ada.within(same).organizations.get("acme")).slug == "acme"


@pytest.mark.usefixtures("ada")
async def test_role_that_is_not_there_is_named_with_the_remedy(database_url: str):
    async def enter(name: str) -> None:
        settings = trusting(tenant_role=name)
        async with Platform.open(database_url, settings=settings) as platform, platform.in_organization("acme"):
            pass

    with pytest.raises(TenantRoleUnusable, match=r"role nowhere does not exist.*freehold tenants role"):
        await enter("nowhere")


@pytest.mark.usefixtures("ada")
async def test_role_that_nothing_binds_is_refused(database_url: str, connection: Any):
    name = f"free_{uuid4().hex[:12]}"
    await connection.execute(f"CREATE ROLE {name} BYPASSRLS")

    async def enter() -> None:
        settings = trusting(tenant_role=name)
        async with Platform.open(database_url, settings=settings) as platform, platform.in_organization("acme"):
            pass

    try:
        with pytest.raises(TenantRoleUnusable, match="does not bind"):
            await enter()
    finally:
        await connection.execute(f"DROP ROLE {name}")


async def test_old_slug_leads_on(ada: Platform):
    await ada.organizations.update("acme", OrganizationPatch(slug="acme-2"))
    async with ada.in_organization("acme") as connection:
        assert await connection.fetch(TEXTS) == [("Acme",)]


async def test_organization_is_removed_with_its_protected_rows(ada: Platform, platform: Platform, connection: Any):
    acme = await ada.organizations.get("acme")
    await ada.organizations.delete("acme")
    await platform.organizations.purge(acme.id)
    assert await connection.fetch(TEXTS) == [("Bolt",)]
    assert isinstance(acme.id, UUID)
