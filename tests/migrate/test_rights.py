"""Roles that are no superuser, on databases with things of others: it works, or one sentence says what to do."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.migrate.casting import Cast, Make

from freehold.migrate import runner
from freehold.migrate.errors import BackupError, MigrateError, RightsError, StepError

Query = Callable[..., list[tuple[object, ...]]]


def refusal(work: Awaitable[object], kind: type[MigrateError]) -> str:
    """What is said, in one sentence."""

    async def run() -> None:
        await work

    with pytest.raises(kind) as caught:
        asyncio.run(run())
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_member_of_the_owner_can_do_everything(cast: Cast, site: Make, query: Query) -> None:
    if not query("SELECT FROM pg_available_extensions WHERE name = 'citext'"):
        pytest.skip("this server does not bring the extension citext")
    cast.run(
        "CREATE EXTENSION citext; CREATE ROLE {owner}_app; GRANT SELECT ON items TO {owner}_app; SET ROLE {owner};"
        "CREATE TABLE names (name citext); INSERT INTO names VALUES ('Ada'); SELECT lo_from_bytea(0, 'x');"
        "ALTER TABLE names ENABLE ROW LEVEL SECURITY; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {owner}_app;"
        "CREATE PUBLICATION all_items FOR TABLE items; CREATE DOMAIN positive AS int CHECK (VALUE > 0)"
    )
    here = site("member")
    try:
        taken = asyncio.run(here.backup())
        for work in (here.rehearse, here.apply, here.down):
            asyncio.run(work())
        asyncio.run(here.restore(taken))
        owner = cast.names["owner"]
        assert query("SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()") == [(owner,)]
        assert query("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'names'") == [(owner,)]
        assert query("SELECT has_table_privilege($1, 'items', 'SELECT')", f"{owner}_app") == [(True,)]
    finally:
        for name in (cast.database, *_kept(query, cast.database)):
            there = cast._replace(admin_url=cast.admin_url.replace(f"/{cast.database}", f"/{name}"))
            there.run("DROP OWNED BY {owner}_app")
        cast.run("DROP ROLE {owner}_app")


def _kept(query: Query, database: str) -> list[str]:
    rows = query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{database}_before_")
    return [str(name) for (name,) in rows]


def test_what_the_role_may_not_read_is_named_before_anything_is_written(cast: Cast, site: Make) -> None:
    cast.run(
        "CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO {other}; CREATE SEQUENCE counter;"
        "CREATE TABLE part (id int, b int); ALTER TABLE part OWNER TO {other}; GRANT SELECT (id) ON part TO {owner};"
        "CREATE SCHEMA far AUTHORIZATION {other}; CREATE TABLE far.away (id int); GRANT SELECT ON far.away TO {owner};"
    )
    said = refusal(site("owner").backup(), RightsError)
    assert said == (
        f"Role {cast.names['owner']} may not read sequence public.counter, table far.away, table public.part and 1 "
        f"more, which belongs into a backup: run 'GRANT pg_read_all_data TO {cast.names['owner']}' as a superuser, or "
        "use a role that may read everything"
    )
    assert not site("owner").backups.exists() or list(site("owner").backups.iterdir()) == []
    asyncio.run(site("reader").backup())
    cast.run("GRANT pg_read_all_data TO {owner}")
    asyncio.run(site("owner").backup())


@pytest.mark.parametrize("kind", ["owner", "reader"])
def test_rows_that_row_level_security_hides_are_missed(cast: Cast, site: Make, kind: str) -> None:
    cast.run(
        "SET ROLE {owner}; CREATE TABLE secrets (id int); INSERT INTO secrets VALUES (1), (2);"
        "ALTER TABLE secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY one ON secrets USING (id = 1)"
    )
    said = refusal(site(kind).backup(), RightsError)
    assert said.startswith(f"Row level security hides rows of public.secrets from role {cast.names[kind]}")
    assert f"'ALTER ROLE {cast.names[kind]} BYPASSRLS'" in said
    cast.run(f"ALTER ROLE {{{kind}}} BYPASSRLS")
    assert asyncio.run(site(kind).backup()).manifest.digests.tables["public.secrets"].rows == 2


def test_large_object_of_another_role_is_named(cast: Cast, site: Make) -> None:
    cast.run("SELECT lo_from_bytea(4711, 'x'); ALTER LARGE OBJECT 4711 OWNER TO {other}")
    assert "may not read large object 4711" in refusal(site("owner").backup(), RightsError)
    cast.run("GRANT SELECT ON LARGE OBJECT 4711 TO {owner}")
    asyncio.run(site("owner").backup())


def test_role_that_may_not_keep_the_journal_is_told_before_a_backup_is_taken(cast: Cast, site: Make) -> None:
    here, name = site("reader"), cast.names["reader"]
    for work in (here.rehearse(), here.apply(), here.down()):
        assert f"'GRANT CREATE ON DATABASE {cast.database} TO {name}'" in refusal(work, RightsError)
    assert not here.backups.exists()
    asyncio.run(runner.apply(cast.url("owner"), sets=[]))
    asyncio.run(runner.status(here.url, sets=here.sets))
    cast.run("REVOKE pg_read_all_data FROM {reader}")
    refusal(runner.status(here.url, sets=here.sets), RightsError)
    said = refusal(here.apply(), RightsError)
    assert f"which belongs to {cast.names['owner']}: use that role" in said
    cast.run(
        "GRANT USAGE ON SCHEMA freehold_migrate TO {reader};"
        "GRANT ALL ON ALL TABLES IN SCHEMA freehold_migrate TO {reader}"
    )
    with pytest.raises(StepError, match=r"0001_note\.sql:2: must be owner of table items"):
        asyncio.run(runner.apply(here.url, sets=here.sets))


def test_role_that_does_not_own_the_database_may_not_replace_it(cast: Cast, site: Make) -> None:
    taken = asyncio.run(site("reader").backup())
    said = refusal(site("reader").restore(taken), RightsError)
    assert f"does not own {cast.database}" in said
    assert f"use its owner {cast.names['owner']}" in said


def test_restore_that_would_lose_an_owner_is_refused(cast: Cast, site: Make) -> None:
    cast.run("CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO {other}; GRANT SELECT ON theirs TO {owner}")
    taken = asyncio.run(site("owner").backup())
    said = refusal(site("owner").restore(taken), RightsError)
    assert f"may not give back what belongs to {cast.names['other']}" in said
    asyncio.run(site("superuser").restore(taken))


def test_what_only_a_superuser_can_restore_is_said_with_both_ways_out(cast: Cast, site: Make) -> None:
    cast.run(
        "CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;"
        "ALTER FUNCTION seen() OWNER TO {owner};"
        "CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION seen()"
    )
    said = refusal(site("owner").rehearse(), BackupError)
    assert f"role {cast.names['owner']} may not run 'CREATE EVENT TRIGGER seen ON ddl_command_end'" in said
    assert "use a superuser, or, for a rehearsal, name a server of your own with --staging-url" in said
    asyncio.run(site("superuser").rehearse())
