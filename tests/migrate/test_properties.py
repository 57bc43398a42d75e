"""What a database has beside its contents goes along: into the copy that proves a migration, and through a restore."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from tests.migrate.cluster import run

from freehold.migrate import backup, gate, swap
from freehold.migrate.database import with_database
from freehold.migrate.errors import DeclinedError
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import Rehearsal, rehearse
from freehold.migrate.staging import staging_database
from freehold.migrate.swap import Exchange
from freehold.postgres import EmbeddedServer


class Site:
    """A database of which another schema's table would be taken without its settings, and a folder of migrations."""

    def __init__(self, url: str, folder: Path, write: Callable[..., Path]) -> None:
        self.url = url
        self.name = urlsplit(url).path[1:]
        self.folder = folder
        self.write = write

    def sets(self) -> list[MigrationSet]:
        return [MigrationSet.from_folder(self.folder / "migrations")]

    def rehearse(self, staging_url: str | None = None) -> Rehearsal:
        backups = self.folder / "backups"
        return asyncio.run(rehearse(self.url, sets=self.sets(), backups=backups, staging_url=staging_url))

    def execute(self, script: str) -> None:
        asyncio.run(run(self.url, script.format(name=self.name)))

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        return asyncio.run(ask(self.url, question, *values))


async def ask(url: str, question: str, *values: object) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row.values()) for row in await connection.fetch(question, *values)]
    finally:
        await connection.close()


@pytest.fixture
def site(database_url: str, tmp_path: Path, write: Callable[..., Path]) -> Site:
    site = Site(database_url, tmp_path, write)
    site.execute(
        "CREATE SCHEMA app; CREATE TABLE app.n (id int PRIMARY KEY, v text); INSERT INTO app.n VALUES (1, 'a')"
    )
    return site


def test_what_is_proved_under_the_search_path_is_what_is_applied(site: Site) -> None:
    site.execute("ALTER DATABASE {name} SET search_path = app, public")
    site.write("0001_a", "ALTER TABLE n ADD a int;", "ALTER TABLE n DROP a;")
    rehearsal = site.rehearse()
    assert rehearsal.passed, rehearsal.findings
    assert asyncio.run(gate.apply_proved(site.url, sets=site.sets())).surprises == []
    assert site.ask("SELECT count(*) FROM pg_attribute WHERE attrelid = 'app.n'::regclass AND attname = 'a'") == [(1,)]


def test_table_of_the_same_name_in_another_schema_is_not_mistaken(site: Site) -> None:
    site.execute("CREATE TABLE public.n (id int PRIMARY KEY, v text); INSERT INTO app.n VALUES (2, NULL)")
    site.execute("ALTER DATABASE {name} SET search_path = app, public")
    ignore = "lint-ignore: adding-not-nullable-field a test"
    site.write("0001_a", "ALTER TABLE n ALTER v SET NOT NULL;", "ALTER TABLE n ALTER v DROP NOT NULL;", ignore)
    (found,) = [each for each in site.rehearse().findings if each.severity == "error"]
    assert (found.rule, 'column "v" of relation "n" contains null values' in found.message) == ("up-fails", True)


SETTINGS = """
ALTER DATABASE {name} SET search_path = app, "$user", "a ""b", '';
ALTER DATABASE {name} SET "my.flag" = 'it''s, set';
ALTER DATABASE {name} SET TimeZone = 'Asia/Tokyo';
ALTER DATABASE {name} SET work_mem = '7MB';
ALTER DATABASE {name} SET temp_tablespaces = '';
ALTER ROLE CURRENT_USER IN DATABASE {name} SET work_mem = '9MB';
"""
FOUND = """ARRAY(SELECT current_setting(name) FROM
    unnest('{search_path,my.flag,TimeZone,work_mem,temp_tablespaces}'::text[]) AS name)"""


def test_migration_runs_under_the_settings_of_database_and_role(site: Site, server: EmbeddedServer) -> None:
    site.execute(SETTINGS)
    ((values,),) = site.ask(f"SELECT {FOUND}")
    assert values[2:4] == ["Asia/Tokyo", "9MB"]
    ((expected,),) = site.ask("SELECT quote_literal($1::text[]::text)", values)
    site.write("0001_a", f"DO $$ BEGIN ASSERT {FOUND} = {expected}::text[]; END $$;", "SELECT 1;")
    for staging_url in (None, server.admin_url):
        rehearsal = site.rehearse(staging_url)
        assert rehearsal.passed, rehearsal.findings


DEPENDING = """
CREATE TABLE app.days (id int PRIMARY KEY, at timestamptz, day date, CHECK (at::date = day));
INSERT INTO app.days VALUES (1, '2026-01-01 00:30+09', '2026-01-01');
CREATE TABLE app.parts (at timestamptz DEFAULT '2026-01-01 00:00', x float DEFAULT 0.1) PARTITION BY RANGE (at);
CREATE TABLE app."part" PARTITION OF app.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
"""


def test_what_is_printed_or_checked_under_a_setting_is_the_same_in_the_copy(site: Site) -> None:
    site.execute(
        "ALTER DATABASE {name} SET TimeZone = 'Asia/Tokyo'; ALTER DATABASE {name} SET quote_all_identifiers = on;"
        "ALTER DATABASE {name} SET DateStyle = 'German'; ALTER DATABASE {name} SET extra_float_digits = -10"
    )
    site.execute(DEPENDING)
    site.write("0001_a", "ALTER TABLE app.days ADD a int;", "ALTER TABLE app.days DROP a;")
    rehearsal = site.rehearse()
    assert rehearsal.passed, rehearsal.findings
    assert asyncio.run(gate.apply_proved(site.url, sets=site.sets())).surprises == []


def test_limits_that_a_database_has_for_its_application_stop_no_rehearsal(site: Site, admin_url: str) -> None:
    for name in ("statement_timeout", "lock_timeout", "idle_session_timeout", "idle_in_transaction_session_timeout"):
        asyncio.run(run(admin_url, f"ALTER DATABASE {site.name} SET {name} = '1ms'"))
    site.write("0001_a", "ALTER TABLE app.n ADD a int;", "ALTER TABLE app.n DROP a;")
    rehearsal = site.rehearse()
    assert rehearsal.passed, rehearsal.findings


def test_trigger_on_logins_writes_nothing_into_the_copy_that_is_compared(site: Site) -> None:
    if site.ask("SELECT current_setting('server_version_num')::int < 170000") == [(True,)]:
        pytest.skip("triggers on logins came with PostgreSQL 17")
    site.execute(
        "CREATE TABLE app.logins (at timestamptz);"
        "CREATE FUNCTION app.note() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO app.logins VALUES (now()); END $$; CREATE EVENT TRIGGER note ON login "
        "EXECUTE FUNCTION app.note(); ALTER EVENT TRIGGER note ENABLE"
    )
    site.write("0001_a", "ALTER TABLE app.n ADD a int;", "ALTER TABLE app.n DROP a;")
    rehearsal = site.rehearse()
    assert rehearsal.passed, rehearsal.findings


OF_DATABASE = """
SELECT o.rolname, d.encoding, d.datcollate, d.datctype, d.datconnlimit, d.dattablespace, d.datacl IS NULL AS usual,
    ARRAY(SELECT format('%s %s %s', a.grantee::regrole, a.privilege_type, a.is_grantable)
          FROM aclexplode(d.datacl) a ORDER BY 1) AS grants,
    ARRAY(SELECT format('%s %s', s.setrole::regrole, line)
          FROM pg_db_role_setting s, unnest(s.setconfig) line WHERE s.setdatabase = d.oid ORDER BY 1) AS settings
FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba WHERE d.datname = current_database()
"""

DRESSED = """
ALTER DATABASE {name} SET search_path = app, "$user", "a ""b", '';
ALTER DATABASE {name} SET "my.flag" = 'it''s, set';
ALTER ROLE owner_{name} IN DATABASE {name} SET work_mem = '9MB';
ALTER DATABASE {name} OWNER TO owner_{name};
ALTER DATABASE {name} CONNECTION LIMIT 77;
REVOKE ALL ON DATABASE {name} FROM PUBLIC;
REVOKE TEMPORARY ON DATABASE {name} FROM owner_{name};
GRANT CONNECT ON DATABASE {name} TO other_{name} WITH GRANT OPTION;
GRANT TEMPORARY ON DATABASE {name} TO other_{name};
"""


@pytest.fixture
def dressed(site: Site) -> Iterator[Site]:
    """With an owner, who may log in and make databases, and everything else that may differ."""
    site.execute("CREATE ROLE owner_{name} LOGIN CREATEDB PASSWORD 'owner'; CREATE ROLE other_{name}")
    site.execute(DRESSED)
    yield site
    for role in (f"owner_{site.name}", f"other_{site.name}"):
        site.execute(f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}")


def restore(site: Site, url: str) -> Exchange:
    async def yes(_: Exchange) -> bool:
        return True

    async def act() -> Exchange:
        return await swap.restore(url, await backup.create(url, site.folder / "backups"), confirm=yes)

    return asyncio.run(act())


@pytest.mark.parametrize("more", ["", "REVOKE ALL ON DATABASE {name} FROM PUBLIC, owner_{name}, other_{name}"])
def test_restored_database_has_what_belonged_to_the_one_that_it_replaces(
    dressed: Site, database_url: str, admin_url: str, more: str
) -> None:
    dressed.execute(more or "SELECT 1")
    before = dressed.ask(OF_DATABASE)
    exchange = restore(dressed, database_url)
    try:
        assert dressed.ask(OF_DATABASE) == before
        assert exchange.left_out == []
    finally:
        asyncio.run(run(admin_url, f"DROP DATABASE {exchange.kept_as}"))


def test_database_that_others_may_only_read_can_be_restored(site: Site, database_url: str, admin_url: str) -> None:
    site.execute("ALTER ROLE CURRENT_USER IN DATABASE {name} SET default_transaction_read_only = off")
    site.execute("ALTER DATABASE {name} SET default_transaction_read_only = on")
    before = site.ask(OF_DATABASE)
    exchange = restore(site, database_url)
    try:
        assert site.ask(OF_DATABASE) == before
        assert site.ask("SELECT count(*) FROM app.n") == [(1,)]
        assert exchange.left_out == []
    finally:
        asyncio.run(run(admin_url, f"DROP DATABASE {exchange.kept_as}"))


def test_role_that_may_not_carry_everything_is_told_what_is_left_out(dressed: Site, admin_url: str) -> None:
    dressed.execute('ALTER DATABASE {name} SET log_min_duration_statement = 100; ALTER DATABASE {name} RESET "my.flag"')
    dressed.execute(
        "ALTER ROLE other_{name} IN DATABASE {name} SET work_mem = '8MB'; ALTER SCHEMA app OWNER TO owner_{name}"
    )
    dressed.execute("ALTER TABLE app.n OWNER TO owner_{name}")
    url = f"postgresql://owner_{dressed.name}:owner@{dressed.url.partition('@')[2]}"
    exchange = restore(dressed, url)
    try:
        assert exchange.left_out == [
            f"ALTER DATABASE {dressed.name} SET log_min_duration_statement TO '100'",
            f"ALTER ROLE other_{dressed.name} IN DATABASE {dressed.name} SET work_mem TO '8MB'",
        ]
        assert asyncio.run(ask(url, "SELECT current_setting('work_mem')")) == [("9MB",)]
    finally:
        asyncio.run(run(admin_url, f"DROP DATABASE {exchange.kept_as}"))


def test_restore_says_which_subscriptions_are_left_out(shop: str, tmp_path: Path) -> None:
    shown: list[Exchange] = []

    async def no(exchange: Exchange) -> bool:
        shown.append(exchange)
        return False

    async def act() -> None:
        await swap.restore(shop, await backup.create(shop, tmp_path / "backups"), confirm=no)

    with pytest.raises(DeclinedError):
        asyncio.run(act())
    assert shown[0].left_out == ["CREATE SUBSCRIPTION news"]


def test_copy_may_be_used_by_whom_production_may_be_used_by(dressed: Site) -> None:
    async def act() -> list[tuple[Any, ...]]:
        async with staging_database(dressed.url) as copy:
            return await ask(copy, OF_DATABASE)

    (copy,), (production,) = asyncio.run(act()), dressed.ask(OF_DATABASE)
    assert (copy[0], copy[7]) == (production[0], production[7])


@pytest.mark.parametrize(
    "likeness",
    [
        "ENCODING LATIN1 LOCALE 'C'",
        "ENCODING UTF8 LOCALE_PROVIDER icu ICU_LOCALE 'sv-SE' LOCALE 'C'",
        "ENCODING UTF8 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C' LOCALE 'C'",
    ],
)
def test_copy_has_encoding_and_locale_of_production_and_not_of_the_staging_server(
    site: Site, admin_url: str, server: EmbeddedServer, likeness: str
) -> None:
    name = f"{site.name}_like"
    try:
        asyncio.run(run(admin_url, f"CREATE DATABASE {name} TEMPLATE template0 {likeness}"))
    except (
        asyncpg.FeatureNotSupportedError,
        asyncpg.PostgresSyntaxError,
        asyncpg.InvalidObjectDefinitionError,
    ) as error:
        pytest.skip(f"this server has no such locales: {error}")

    async def described(url: str) -> list[tuple[Any, ...]]:
        locale = "to_jsonb(d) ->> 'daticulocale' AS icu, to_jsonb(d) ->> 'datlocale' AS locale"
        columns = f"encoding, datcollate, datctype, {locale}"
        return await ask(url, f"SELECT {columns} FROM pg_database d WHERE datname = current_database()")  # noqa: S608

    async def of_copy(staging_url: str | None) -> list[tuple[Any, ...]]:
        async with staging_database(with_database(admin_url, name), staging_url) as copy:
            return await described(copy)

    try:
        production = asyncio.run(described(with_database(admin_url, name)))
        assert [asyncio.run(of_copy(None)), asyncio.run(of_copy(server.admin_url))] == [production, production]
    finally:
        asyncio.run(run(admin_url, f"DROP DATABASE {name}"))
