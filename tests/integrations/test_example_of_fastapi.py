"""The invoices of organizations in examples/invoices_fastapi: in process, on a real database, with its migrations."""

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.contract.renewal import REPOSITORY

from freehold import AuditPageRequest, NewApiKey, NewCustomRole, NewOrganization, NewRole, Platform
from freehold.data.db import connect
from freehold.tenants.checking import check
from freehold.tenants.protecting import protect
from freehold.tenants.role import make_role

EXAMPLE = REPOSITORY / "examples/invoices_fastapi"
FILES = sorted((EXAMPLE / "migrations").glob("*.sql"))
PATH = "/organizations/acme/invoices"
INVOICE = {"number": "A-1", "cents": 1200}


@pytest.fixture
async def role(database_url: str, connection: Any) -> AsyncIterator[str]:
    """The role for tenants under a name of its own: all databases of the server share their roles."""
    name = f"tenant_{uuid4().hex[:12]}"
    db = await connect(database_url, size=1)
    await make_role(db, name)
    await db.close()
    yield name
    await connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


def text_of(path: Path, role: str) -> str:
    return path.read_text("utf-8").replace("freehold_tenant", role)


@pytest.fixture
async def tables(role: str, connection: Any) -> None:
    """The tables of the application."""
    for path in FILES:
        await connection.execute(text_of(path, role).partition("-- migrate:down")[0])


@pytest.fixture
def example(tables: None, role: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:  # noqa: ARG001
    """The application's module, on a database with its tables."""
    monkeypatch.setenv("FREEHOLD_DATABASE_URL", database_url)
    monkeypatch.setenv("FREEHOLD_TENANT_ROLE", role)
    spec = importlib.util.spec_from_file_location("invoices_fastapi_app", EXAMPLE / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
async def client(example: ModuleType) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who calls the application, which runs."""
    transport = httpx.ASGITransport(example.app)
    async with (
        example.app.router.lifespan_context(example.app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as opened,
    ):
        yield opened


@pytest.fixture
async def people(platform: Platform, client: httpx.AsyncClient, sign_up: SignUp) -> dict[str, dict[str, str]]:
    """The headers of each kind of caller: Acme's people, Navy's owner, somebody without an organization, nobody."""
    ids = {name: (await sign_up(name)).id for name in ("ada", "max", "amy", "clerk", "bob", "eve")}
    acme = await platform.acting_as(ids["ada"]).organizations.create(NewOrganization(name="Acme"))
    await platform.acting_as(ids["bob"]).organizations.create(NewOrganization(name="Navy"))
    new = NewCustomRole(name="sender", actions=("organization.read", "invoice.send"))
    await platform.acting_as(ids["ada"]).organizations.roles.create(acme.id, new)
    for name, role in (("max", "member"), ("amy", "admin"), ("clerk", "sender")):
        await platform.organizations.members.put(acme.id, ids[name], NewRole(role=role))
    made = NewApiKey(name="books", actions=("invoice.read",))
    headers = {"books": (await platform.organizations.api_keys.create(acme.id, made)).key, "wrong": "fh_wrong"}
    for name, user_id in ids.items():
        headers[name] = (await platform.acting_as(user_id).api_keys.create("me", NewApiKey(name="own"))).key
    signed_in = await client.post("/freehold/v1/sessions", json={"login": "ada", "password": PASSWORD})
    headers["ada"] = signed_in.json()["token"]
    return {"nobody": {}} | {name: {"Authorization": f"Bearer {token}"} for name, token in headers.items()}


async def test_each_kind_of_caller_may_do_what_is_declared(
    client: httpx.AsyncClient, people: dict[str, dict[str, str]]
):
    expected = {
        #         home, list, create, send
        "ada": (200, 200, 201, 200),
        "amy": (200, 200, 201, 200),
        "max": (200, 200, 201, 403),
        "clerk": (200, 403, 403, 404),  # nobody has written what would be sent
        "books": (403, 200, 403, 403),
        "bob": (200, 404, 404, 404),
        "eve": (200, 404, 404, 404),
        "nobody": (401, 401, 401, 401),
        "wrong": (401, 401, 401, 401),
    }
    for name, headers in people.items():
        new = {"number": f"{name.upper()}-1", "cents": 100}
        answers = [
            await client.get("/", headers=headers),
            await client.get(PATH, headers=headers),
            await client.post(PATH, json=new, headers=headers),
            await client.post(f"{PATH}/{new['number']}/send", headers=headers),
        ]
        assert tuple(answer.status_code for answer in answers) == expected[name], name
    assert [each["number"] for each in (await client.get(PATH, headers=people["ada"])).json()] == [
        "ADA-1",
        "AMY-1",
        "MAX-1",
    ]


async def test_organizations_do_not_see_each_other(client: httpx.AsyncClient, people: dict[str, dict[str, str]]):
    ada, bob = people["ada"], people["bob"]
    assert (await client.post(PATH, json=INVOICE, headers=ada)).status_code == 201
    navy = PATH.replace("acme", "navy")
    assert (await client.get(navy, headers=bob)).json() == []
    assert (await client.post(f"{navy}/A-1/send", headers=bob)).status_code == 404
    assert (await client.post(navy, json={**INVOICE, "cents": 5}, headers=bob)).status_code == 201
    assert [each["cents"] for each in (await client.get(PATH, headers=ada)).json()] == [1200]
    assert (await client.get("/", headers=bob)).json() == {"username": "bob", "organizations": ["navy"]}


async def test_what_is_taken_or_not_valid_is_said_and_stores_nothing(
    client: httpx.AsyncClient, people: dict[str, dict[str, str]]
):
    ada = people["ada"]
    assert (await client.post(PATH, json=INVOICE, headers=ada)).status_code == 201
    taken = await client.post(PATH, json=INVOICE, headers=ada)
    assert (taken.status_code, taken.json()["detail"]) == (409, "There is an invoice A-1 already")
    for wrong in ({"number": "a b", "cents": 1}, {"number": "B", "cents": 0}, {"number": "B", "cents": 2**63}, {}):
        assert (await client.post(PATH, json=wrong, headers=ada)).status_code == 422
    assert len((await client.get(PATH, headers=ada)).json()) == 1


async def test_sending_and_its_event_are_stored_together_or_not_at_all(
    client: httpx.AsyncClient, people: dict[str, dict[str, str]], platform: Platform, connection: Any
):
    ada = people["ada"]
    assert (await client.post(PATH, json=INVOICE, headers=ada)).status_code == 201

    async def stored() -> tuple[bool, list[str]]:
        sent = await connection.fetchval("SELECT bool_or(sent_at IS NOT NULL) FROM invoices")
        page = await platform.audit.list_of_organization("acme", AuditPageRequest(limit=100))
        return sent, [str(each.details["number"]) for each in page.data if each.action == "invoice.sent"]

    await connection.execute("ALTER TABLE invoices ADD CONSTRAINT late CHECK (sent_at IS NULL) NOT VALID")
    with pytest.raises(asyncpg.CheckViolationError):
        await client.post(f"{PATH}/A-1/send", headers=ada)
    assert await stored() == (False, [])
    await connection.execute("ALTER TABLE invoices DROP CONSTRAINT late")
    assert (await client.post(f"{PATH}/A-1/send", headers=ada)).json()["sent_at"]
    assert await stored() == (True, ["A-1"])
    assert (await client.post(f"{PATH}/A-1/send", headers=ada)).status_code == 404
    assert await stored() == (True, ["A-1"])


@pytest.mark.usefixtures("tables")
async def test_migration_that_protects_is_what_the_command_writes_and_leaves_nothing_open(
    role: str, database_url: str, tmp_path: Path, connection: Any
):
    db = await connect(database_url, size=1)
    try:
        assert await check(db, column="organization_id", role=role) == []
        await connection.execute(text_of(FILES[1], role).partition("-- migrate:down")[2])
        assert {each.check for each in await check(db, column="organization_id", role=role)} != set()
        written = await protect(
            db, "invoices", column="organization_id", role=role, on_delete="cascade", folder=tmp_path
        )
    finally:
        await db.close()
    assert [path.read_text("utf-8") for path in written.files] == [text_of(FILES[1], role)]
