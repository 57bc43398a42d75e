"""`freehold tenants`: what it writes passes the guard and protects; what it checks is what is open."""

import asyncio
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from freehold.data.db import connect
from freehold.doctor.types import Finding
from freehold.migrate import gate
from freehold.migrate.check import check as check_files
from freehold.migrate.files import MigrationSet, builtin
from freehold.migrate.rehearse import rehearse
from freehold.tenants.checking import check
from tests.forker import Forker

Query = Callable[..., list[Any]]


@pytest.fixture
def query(database_url: str) -> Query:
    """Run statements in the test's database."""

    def run(sql: str, *values: object) -> list[Any]:
        async def ask() -> list[Any]:
            connection = await asyncpg.connect(database_url)
            try:
                if values:
                    return list(await connection.fetch(sql, *values))
                if sql.lstrip().upper().startswith("SELECT"):
                    return list(await connection.fetch(sql))
                await connection.execute(sql)
                return []
            finally:
                await connection.close()

        return asyncio.run(ask())

    return run


@pytest.fixture
def role(query: Query) -> Iterator[str]:
    """The name of a role for tenants, which commands make."""
    name = f"tenant_{uuid4().hex[:12]}"
    yield name
    if query("SELECT FROM pg_roles WHERE rolname = $1", name):
        query(f"DROP OWNED BY {name}; DROP ROLE {name}")


Tenants = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tenants(database_url: str, role: str, forker: Forker, tmp_path: Path) -> Tenants:
    """Run `freehold tenants`."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_TENANT_ROLE": role}
        return forker.run("tenants", *arguments, environment=environment, folder=tmp_path)

    return run


ROWS = """
WITH u AS (
    INSERT INTO users (username, email, password_hash)
    SELECT 'user_' || n, 'user' || n || '@example.com', 'x' FROM generate_series(1, 3) n RETURNING id
), o AS (
    INSERT INTO organizations (name, slug, owner_id) SELECT 'Organization', 'org-' || id, id FROM u
    RETURNING id, owner_id, slug
), s AS (
    INSERT INTO slugs (slug, organization_id) SELECT slug, id FROM o
), m AS (
    INSERT INTO organization_members (organization_id, user_id, role) SELECT id, owner_id, 'admin' FROM o
)
INSERT INTO projects (organization_id, name) SELECT id, 'Project' FROM o
"""
TABLES = {
    "bare": "CREATE TABLE invoices (id bigserial PRIMARY KEY, organization_id uuid NOT NULL)",
    "referring": """
        CREATE TABLE invoices (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
            project_id uuid,
            FOREIGN KEY (organization_id, project_id) REFERENCES projects ON DELETE CASCADE
        );
        CREATE INDEX ON invoices (project_id, organization_id)
    """,
    "odd": """
        CREATE SCHEMA "Billing";
        CREATE TABLE "Billing"."My Invoices" (organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE)
    """,
    "partitioned": """
        CREATE TABLE invoices (organization_id uuid NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
        CREATE TABLE invoices_2026 PARTITION OF invoices FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
    """,
}


FILLED = {
    False: "INSERT INTO {name} (organization_id) SELECT id FROM organizations",
    True: "INSERT INTO {name} (organization_id, day) SELECT id, '2026-05-01' FROM organizations",
}


def name_of(kind: str) -> str:
    return '"Billing"."My Invoices"' if kind == "odd" else "invoices"


def found_by(database_url: str, role: str, *, column: str = "organization_id") -> list[Finding]:
    async def ask() -> list[Finding]:
        db = await connect(database_url, size=1)
        try:
            return await check(db, column=column, role=role)
        finally:
            await db.close()

    return asyncio.run(ask())


def apply(database_url: str, folder: Path, backups: Path) -> None:
    """Judge, rehearse and apply the migrations of a folder, as the guard does."""
    sets = [builtin(), MigrationSet.from_folder(folder)]
    assert [str(each) for each in check_files(sets[1].migrations)] == []
    answer = asyncio.run(rehearse(database_url, sets=sets, backups=backups))
    assert answer.passed, "\n".join(map(str, answer.findings))
    asyncio.run(gate.apply_proved(database_url, sets=sets))


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
@pytest.mark.parametrize("kind", TABLES)
def test_what_is_written_passes_the_guard_and_protects(
    kind: str,
    *,
    filled: bool,
    query: Query,
    tenants: Tenants,
    database_url: str,
    role: str,
    tmp_path: Path,
):
    if kind == "partitioned" and filled:
        pytest.skip("an index of a partitioned table is not built concurrently")
    query(ROWS)
    query(TABLES[kind])
    name = name_of(kind)
    if filled:
        query(FILLED[False].format(name=name))
    folder = tmp_path / "migrations"
    written = tenants("protect", name, "--dir", str(folder))
    assert written.returncode == 0, written.stderr
    files = written.stdout.split()
    assert len(files) == len(list(folder.iterdir())) == (1 if not filled else 2 if kind in {"odd", "referring"} else 3)
    apply(database_url, folder, tmp_path / "backups")
    if not filled:
        query(FILLED[kind == "partitioned"].format(name=name))
    mine = query("SELECT id FROM organizations ORDER BY id LIMIT 1")[0][0]

    async def seen() -> list[Any]:
        connection = await asyncpg.connect(database_url)
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL ROLE {role}; SET LOCAL freehold.organization_id = '{mine}'")
                return list(await connection.fetch(f"SELECT organization_id FROM {name}"))  # noqa: S608 - ours
        finally:
            await connection.close()

    assert asyncio.run(seen()) == [(mine,)]
    assert [str(each) for each in found_by(database_url, role) if each.severity != "note"] == []
    again = tenants("protect", name, "--dir", str(folder))
    assert (again.returncode, again.stdout) == (0, ""), again.stderr
    query("UPDATE organizations SET deleted_at = now()")
    query("DELETE FROM organizations")
    assert query(f"SELECT FROM {name}") == []


def test_keys_to_other_tables_are_repeated_with_the_organization(
    query: Query, tenants: Tenants, database_url: str, tmp_path: Path
):
    query(ROWS)
    query(TABLES["referring"])
    query("""
        CREATE TABLE lines (
            id int PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
            invoice_id uuid REFERENCES invoices ON DELETE CASCADE
        )
    """)
    folder = tmp_path / "migrations"
    for name in ("invoices", "lines"):
        assert tenants("protect", name, "--dir", str(folder)).returncode == 0
        apply(database_url, folder, tmp_path / "backups")
    one, two = (row[0] for row in query("SELECT id FROM organizations ORDER BY id LIMIT 2"))
    project = query("SELECT id FROM projects WHERE organization_id = $1", two)[0][0]
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        query("INSERT INTO invoices (organization_id, project_id) VALUES ($1, $2)", one, project)
    invoice = query("INSERT INTO invoices (organization_id) VALUES ($1) RETURNING id", one)[0][0]
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        query("INSERT INTO lines VALUES (1, $1, $2)", two, invoice)


REFUSED = {
    "nowhere": "no table 'nowhere'",
    "organizations": "no table 'organizations' besides Freehold's own",
    "shown": "is no table",
    "without": "has no such column",
    "texts": "is of type text",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_protected_is_refused(name: str, query: Query, tenants: Tenants, tmp_path: Path):
    query("""
        CREATE TABLE without (a int); CREATE TABLE texts (organization_id text);
        CREATE VIEW shown AS SELECT id AS organization_id FROM organizations;
    """)
    refused = tenants("protect", name, "--dir", str(tmp_path))
    assert refused.returncode == 1
    assert REFUSED[name] in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_role_is_made_once_and_granted(query: Query, tenants: Tenants, role: str):
    printed = tenants("role", "--print", "--grant-to", "Server Role")
    assert printed.stdout.splitlines() == [
        f'CREATE ROLE "{role}" NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT;',
        f'GRANT "{role}" TO "Server Role";',
    ]
    assert query("SELECT FROM pg_roles WHERE rolname = $1", role) == []
    assert tenants("role").returncode == 0
    assert len(query("SELECT FROM pg_roles WHERE rolname = $1 AND NOT rolcanlogin", role)) == 1
    assert tenants("role").stdout == ""


# Each opens a protected table in a way of its own: the SQL, the check that names it, and how much it matters.
OPENED = {
    "unprotected": ("ALTER TABLE invoices DISABLE ROW LEVEL SECURITY", "protection", "error"),
    "no policy": ("DROP POLICY invoices_organization ON invoices", "protection", "error"),
    "owner": ("ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY", "force", "error"),
    "open policy": ("CREATE POLICY open ON invoices USING (true)", "policy", "error"),
    "open insert": ("CREATE POLICY open ON invoices FOR INSERT WITH CHECK (true)", "policy", "error"),
    "half a policy": (
        """
            CREATE POLICY half ON invoices
            USING (organization_id::text = current_setting('freehold.organization_id', true)) WITH CHECK (true)
        """,
        "policy",
        "error",
    ),
    "policy for the role": ("CREATE POLICY open ON invoices TO {role} USING (true)", "policy", "error"),
    "bypassing role": ("ALTER ROLE {role} BYPASSRLS", "role", "error"),
    "role that owns": ("ALTER TABLE invoices OWNER TO {role}", "role", "error"),
    "role that reads Freehold": ("GRANT SELECT ON users TO {role}", "role", "error"),
    "view": ("CREATE VIEW v AS SELECT * FROM invoices", "view", "error"),
    "view of a view": (
        "CREATE VIEW u AS SELECT * FROM invoices; CREATE VIEW v WITH (security_invoker) AS SELECT * FROM u",
        "view",
        "error",
    ),
    "materialized view": ("CREATE MATERIALIZED VIEW v AS SELECT * FROM invoices", "view", "error"),
    "function": (
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM invoices'",
        "function",
        "error",
    ),
    "function of a standard body": (
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM invoices)",
        "function",
        "error",
    ),
    "nullable": ("ALTER TABLE invoices ALTER organization_id DROP NOT NULL", "nullable", "warning"),
    "no key": ("ALTER TABLE invoices DROP CONSTRAINT invoices_organization_id_fkey", "on_delete", "warning"),
    "no action": ("CREATE TABLE o (user_id uuid REFERENCES users)", "on_delete", "warning"),
    "set null of what may not be null": (
        "CREATE TABLE o (user_id uuid NOT NULL REFERENCES users ON DELETE SET NULL)",
        "on_delete",
        "error",
    ),
    "session": ("CREATE TABLE o (session_id uuid REFERENCES sessions)", "on_delete", "error"),
    "no index of a key": ("CREATE TABLE o (user_id uuid REFERENCES users ON DELETE CASCADE)", "index", "warning"),
    "key across organizations": (
        "CREATE TABLE o (organization_id uuid NOT NULL, invoice_id uuid REFERENCES invoices ON DELETE CASCADE)",
        "reference",
        "warning",
    ),
    "another table": ("CREATE SCHEMA s; CREATE TABLE s.o (organization_id uuid)", "protection", "error"),
    "no rights": ("REVOKE SELECT ON invoices FROM {role}", "rights", "warning"),
    "lost index": (
        """
            DROP POLICY invoices_organization ON invoices;
            CREATE POLICY p ON invoices
            USING (organization_id::text = current_setting('freehold.organization_id', true))
        """,
        "plan",
        "warning",
    ),
    "no index": ("DROP INDEX invoices_organization_key", "plan", "warning"),
}


@pytest.fixture
def protected(query: Query, tenants: Tenants, tmp_path: Path) -> None:
    """A protected table."""
    query("""
        CREATE TABLE invoices (
            id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE
        )
    """)
    written = tenants("protect", "invoices", "--dir", str(tmp_path))
    assert written.returncode == 0, written.stderr
    (path,) = tmp_path.iterdir()
    query(path.read_text("utf-8").partition("-- migrate:up")[2].partition("-- migrate:down")[0])


@pytest.mark.usefixtures("protected")
def test_check_names_each_way_around(database_url: str, role: str):
    """In transactions that are undone, on one connection."""

    async def ask() -> None:
        db = await connect(database_url, size=1)
        try:
            assert await check(db, column="organization_id", role=role) == []
            for name, (sql, kind, severity) in OPENED.items():

                async def look(transaction: Any, sql: str = sql) -> list[Finding]:
                    await transaction.run(sql.format(role=role))
                    found = await check(transaction, column="organization_id", role=role)
                    raise Undone(found)

                with pytest.raises(Undone) as undone:
                    await db.transact(look)
                found = undone.value.args[0]
                assert (kind, severity) in {(each.check, each.severity) for each in found}, (name, found)
                for each in found:
                    assert each.remedy.endswith("."), (name, each.remedy)
        finally:
            await db.close()

    asyncio.run(ask())


class Undone(Exception):
    """Undoes a transaction, with what was found in it."""


@pytest.mark.usefixtures("protected")
def test_command_shows_findings_and_fails_for_errors(query: Query, tenants: Tenants):
    assert tenants("check").returncode == 0
    query("CREATE TABLE open_table (organization_id uuid NOT NULL)")
    shown = tenants("check")
    assert shown.returncode == 1
    assert "error (protection): The table open_table is not protected." in shown.stdout
    assert "Run 'freehold tenants protect open_table'." in shown.stdout
    assert '"check":"protection"' in tenants("check", "--json").stdout.replace(" ", "")
    query("DROP TABLE open_table; CREATE TABLE o (user_id uuid REFERENCES users); CREATE INDEX ON o (user_id)")
    assert tenants("check").returncode == 0
    assert tenants("check", "--strict").returncode == 1


@pytest.mark.long  # makes a server, and starts it four times
def test_embedded_server_s_superuser_makes_the_role_that_freehold_s_own_may_not(forker: Forker, tmp_path: Path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FREEHOLD_")}
    for expected in (["CREATE ROLE", "GRANT", "GRANT"], []):
        done = forker.run("tenants", "role", "--data-dir", str(tmp_path), environment=environment, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert [line.partition(' "')[0] for line in lines] == expected
