"""Freehold in a Django project: the project, set up once in a process, and who sends requests to it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import django
import msgspec
import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import AsyncClient, Client, override_settings
from tests.conftest import PASSWORD, TRUSTING
from tests.integrations import django_project

from freehold import (
    NewOrganization,
    NewSession,
    NewUser,
    Organization,
    User,
)
from freehold.integrations.django import platform


@pytest.fixture(scope="module", autouse=True)
def the_project(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Set the project up: once in a process."""
    if not project.configured:
        project.configure(**django_project.settings(tmp_path_factory.mktemp("django")))
        django.setup()
        call_command("migrate", verbosity=0)


@pytest.fixture
def opened(database_url: str, the_project: None) -> Iterator[None]:
    """Use a new database, and end with no platform open and no users."""
    with override_settings(FREEHOLD=msgspec.structs.replace(TRUSTING, database_url=database_url)):
        yield
    from django.contrib.auth.models import User as DjangoUser

    DjangoUser.objects.all().delete()


class Caller:
    """Sends requests to the project, by the one interface or the other."""

    def __init__(self, interface: str) -> None:
        self.interface = interface
        self.client: Any = Client() if interface == "wsgi" else AsyncClient()

    def __call__(self, path: str, method: str = "get", headers: dict[str, str] | None = None, **more: Any) -> Any:
        # By the names on the wire: the ASGI client of older Djangos sends underscores where these have hyphens.
        named = {name.lower(): value for name, value in (headers or {}).items()}
        given = named if isinstance(self.client, AsyncClient) else {"headers": headers}
        sent = getattr(self.client, method)(path, **given, **more)
        return asyncio.run(sent) if self.interface == "asgi" else sent


@pytest.fixture(params=["wsgi", "asgi"])
def call(request: pytest.FixtureRequest, opened: None) -> Caller:
    return Caller(request.param)


def sign_up(name: str) -> User:
    return platform().users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))


@pytest.fixture
def acme(opened: None) -> Organization:
    ada = sign_up("ada")
    return platform().acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


def bearer(login: str) -> dict[str, str]:
    signed_in = platform().acting_as(None).sessions.create(NewSession(login=login, password=PASSWORD))
    return {"Authorization": f"Bearer {signed_in.token}"}
