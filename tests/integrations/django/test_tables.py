"""Statements of Django itself, in one organization of Freehold."""

from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import UniqueViolation

from freehold import (
    NewOrganization,
    Scope,
    TenantRoleUnusable,
)
from freehold.integrations.django import in_organization, platform

from .conftest import sign_up

PROTECTED = """
CREATE TABLE notes (organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE, text text NOT NULL);
CREATE POLICY notes_organization ON notes USING (
    organization_id = (SELECT nullif(current_setting('freehold.organization_id', true), '')::uuid)
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
"""
ADD = "INSERT INTO notes SELECT current_setting('freehold.organization_id')::uuid, %s"


@pytest.fixture
def beside(database_url: str, opened: None) -> Iterator[tuple[str, str]]:
    """Freehold's database as one of Django's, and the name of a role for tenants that may use a table there."""
    alias, role = "beside", f"tenant_{uuid4().hex[:12]}"
    parts = conninfo_to_dict(database_url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {name: str(parts.get(part) or "") for name, part in names.items()}
    connections.databases[alias] = connections.configure_settings(
        {"default": {"ENGINE": "django.db.backends.postgresql", **given}}
    )["default"]
    with connections[alias].cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role}; {PROTECTED} GRANT SELECT, INSERT ON notes TO {role}")
    yield alias, role
    with connections[alias].cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    connections[alias].close()
    del connections[alias]
    del connections.databases[alias]


def scopes(role: str, *names: str) -> list[Scope]:
    """Make organizations of ada's, and say what she is there."""
    acting = platform().acting_as(sign_up("ada").id)
    made = []
    for name in names:
        acting.organizations.create(NewOrganization(name=name))
        scope = acting.access(name.lower(), "project.read")
        tools = msgspec.structs.replace(
            scope.context.tools, settings=msgspec.structs.replace(scope.context.tools.settings, tenant_role=role)
        )
        made.append(msgspec.structs.replace(scope, context=msgspec.structs.replace(scope.context, tools=tools)))
    return made


def texts(alias: str) -> list[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT text FROM notes ORDER BY text")
        return [text for (text,) in cursor.fetchall()]


def lose(alias: str) -> None:
    add(alias, "lost")
    raise UniqueViolation


def add(alias: str, text: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(ADD, [text])


def test_statements_of_django_reach_the_rows_of_one_organization(beside: tuple[str, str]):
    alias, role = beside
    acme, bolt = scopes(role, "Acme", "Bolt")
    for scope, text in ((acme, "a"), (bolt, "b")):
        with in_organization(scope, using=alias):
            add(alias, text)
            assert texts(alias) == [text]
    with pytest.raises(UniqueViolation), in_organization(acme, using=alias):
        lose(alias)
    with in_organization(acme, using=alias):
        assert texts(alias) == ["a"]


def test_block_inside_another_transaction_binds_nothing_after_it(beside: tuple[str, str]):
    alias, role = beside
    acme, bolt = scopes(role, "Acme", "Bolt")
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        for fails in (False, True):
            with suppress(ZeroDivisionError), in_organization(acme, using=alias):
                add(alias, "a")
                with in_organization(bolt, using=alias):
                    assert texts(alias) == []
                assert set(texts(alias)) == {"a"}
                _ = 1 / (not fails)
            cursor.execute(
                "SELECT current_setting('role'), coalesce(current_setting('freehold.organization_id', true), '')"
            )
            assert cursor.fetchone() == ("none", "")


@pytest.mark.parametrize(("name", "says"), [("no_such_role", "freehold tenants role"), ("postgres", "does not bind")])
def test_role_that_binds_nothing_is_refused(beside: tuple[str, str], name: str, says: str):
    alias, _ = beside
    (acme,) = scopes(name, "Acme")
    with pytest.raises(TenantRoleUnusable, match=says), in_organization(acme, using=alias):
        raise AssertionError
    assert texts(alias) == []


@pytest.mark.parametrize("name", ["nowhere.Nothing", "auth.Nothing", "Nothing"])
def test_model_that_does_not_exist_is_said_to_be_none(the_project: None, name: str):
    with pytest.raises(CommandError, match="There is no model"):
        call_command("freehold_protect", name)


def test_table_that_cannot_be_protected_says_why(opened: None):
    with pytest.raises(CommandError, match="auth_user"):
        call_command("freehold_protect", "auth.User")
