"""Every kind of role on a database with every kind of thing that a plain owner may not have."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from tests.migrate.casting import ROLES, Cast, Make

from freehold.migrate.backup import Backup
from freehold.migrate.errors import BackupError, RightsError, StagingError

Query = Callable[..., list[tuple[object, ...]]]

CONTENTS = {
    "plain": "SELECT 1",
    "trusted_extension": "CREATE EXTENSION citext; SET ROLE {owner}; CREATE TABLE names (name citext)",
    "own_trusted_extension": "SET ROLE {owner}; CREATE EXTENSION citext; CREATE TABLE names (name citext)",
    "untrusted_extension": "CREATE EXTENSION pageinspect",
    "event_trigger": "CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;"
    "CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION seen()",
    "table_granted": "CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO {other}; "
    "GRANT SELECT ON theirs TO {owner}",
    "table_of_another": "CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO {other}",
    "column_granted": "CREATE TABLE theirs (id int, b int); GRANT SELECT (id) ON theirs TO {owner}",
    "partition_of_another": "CREATE TABLE parts (id int) PARTITION BY LIST (id); "
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1); "
    "ALTER TABLE parts OWNER TO {owner}; ALTER TABLE parts_1 OWNER TO {other}",
    "sequence_of_another": "CREATE SEQUENCE theirs; ALTER SEQUENCE theirs OWNER TO {other}",
    "view_of_another": "CREATE VIEW theirs AS SELECT 1; ALTER VIEW theirs OWNER TO {other}",
    "function_of_another": "CREATE FUNCTION theirs() RETURNS int LANGUAGE sql RETURN 1; "
    "ALTER FUNCTION theirs() OWNER TO {other}",
    "schema_of_another": "CREATE SCHEMA far AUTHORIZATION {other}; CREATE TABLE far.away (id int)",
    "schema_granted": "CREATE SCHEMA far AUTHORIZATION {other}; CREATE TABLE far.away (id int); "
    "GRANT USAGE ON SCHEMA far TO {owner}; GRANT SELECT ON far.away TO {owner}",
    "row_level_security": "SET ROLE {owner}; CREATE TABLE r (id int); ALTER TABLE r ENABLE ROW LEVEL SECURITY",
    "forced": "SET ROLE {owner}; CREATE TABLE r (id int); "
    "ALTER TABLE r ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    "row_level_security_of_another": "CREATE TABLE r (id int); ALTER TABLE r ENABLE ROW LEVEL SECURITY; "
    "ALTER TABLE r OWNER TO {other}; GRANT SELECT ON r TO {owner}",
    "large_object": "SET ROLE {owner}; SELECT lo_from_bytea(0, 'x')",
    "large_object_granted": "SELECT lo_from_bytea(4711, 'x'); ALTER LARGE OBJECT 4711 OWNER TO {other}; "
    "GRANT SELECT ON LARGE OBJECT 4711 TO {owner}",
    "large_object_of_another": "SELECT lo_from_bytea(4711, 'x'); ALTER LARGE OBJECT 4711 OWNER TO {other}",
    "foreign_server": "CREATE FOREIGN DATA WRAPPER wrapper; GRANT USAGE ON FOREIGN DATA WRAPPER wrapper TO {owner}; "
    "SET ROLE {owner}; CREATE SERVER far FOREIGN DATA WRAPPER wrapper; CREATE FOREIGN TABLE f (id int) SERVER far",
    "publication_of_everything": "CREATE PUBLICATION everything FOR ALL TABLES",
    "default_privileges": "SET ROLE {owner}; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {other}",
    "default_privileges_of_another": "SET ROLE {other}; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {owner}",
    "internal_function": "CREATE FUNCTION f() RETURNS trigger LANGUAGE internal "
    "AS 'suppress_redundant_updates_trigger'",
    "leakproof_function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql LEAKPROOF RETURN 1",
    "operator_class": "CREATE OPERATOR CLASS o FOR TYPE int4 USING btree "
    "AS OPERATOR 1 <, FUNCTION 1 btint4cmp (int4, int4)",
    "access_method": "CREATE ACCESS METHOD am TYPE TABLE HANDLER heap_tableam_handler",
    "security_label": "INSERT INTO pg_seclabel "
    "VALUES ('items'::regclass, 'pg_class'::regclass, 0, 'unloaded', 'secret')",
}

WORKS_FOR_ITS_OWNER = {
    *(
        "plain",
        "trusted_extension",
        "own_trusted_extension",
        "row_level_security",
        "large_object",
        "default_privileges",
    ),
}
REHEARSED_BY_ITS_OWNER = WORKS_FOR_ITS_OWNER | {
    *("table_granted", "view_of_another", "function_of_another", "schema_granted", "large_object_granted"),
    "default_privileges_of_another",
}


@pytest.mark.long
@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("kind", ["superuser", *(kind for kind in ROLES if kind != "other")])
def test_every_role_can_work_or_is_told_in_one_sentence(cast: Cast, site: Make, kind: str, content: str) -> None:
    if content.endswith("extension"):
        _skip_without(cast, content)
    cast.run(CONTENTS[content])
    here = site(kind)
    done: set[str] = set()

    def attempt(name: str, work: Awaitable[object]) -> object:
        async def run() -> object:
            return await work

        try:
            answer = asyncio.run(run())
        except (RightsError, StagingError, BackupError) as error:
            said = str(error)
            assert "\n" not in said
            assert content == "security_label" or any(way in said for way in ("use ", "run '", "--staging-url"))
            return None
        done.add(name)
        return answer

    taken = attempt("backup", here.backup())
    attempt("rehearse", here.rehearse())
    if "rehearse" in done:
        attempt("apply", here.apply())
        attempt("down", here.down())
    if isinstance(taken, Backup):
        attempt("restore", here.restore(taken))
    if kind == "superuser" and content != "security_label":
        assert done == {"backup", "rehearse", "apply", "down", "restore"}
    if kind in ("owner", "member"):
        assert ("rehearse" in done) == (content in REHEARSED_BY_ITS_OWNER)
        assert {"rehearse", "apply", "down"} <= done or "rehearse" not in done
        assert ("restore" in done) == (content in WORKS_FOR_ITS_OWNER)


def _skip_without(cast: Cast, content: str) -> None:
    name = "pageinspect" if content.startswith("untrusted") else "citext"

    async def present() -> bool:
        connection = await asyncpg.connect(cast.admin_url)
        try:
            return bool(await connection.fetchval("SELECT count(*) FROM pg_available_extensions WHERE name = $1", name))
        finally:
            await connection.close()

    if not asyncio.run(present()):
        pytest.skip(f"this server does not bring the extension {name}")
