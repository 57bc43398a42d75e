"""What a fingerprint leaves out: all that a copy does not keep, said once rather than taken for a difference."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from tests.migrate.copying import new_database, restored
from tests.migrate.everything import abilities

from freehold.migrate.catalog import Catalog, read_catalog, schema_objects
from freehold.migrate.catalog.grants import granted
from freehold.migrate.database import connect
from freehold.migrate.fingerprint import differences, dumped, fingerprint, misgranted

NOT_KEPT = Path(__file__).parent / "not_kept.sql"
STAMPED = """
CREATE TABLE t (id int CONSTRAINT t_pkey PRIMARY KEY WITH (fillfactor = 80), name text)
    WITH (fillfactor = 90, toast.autovacuum_enabled = off);
ALTER TABLE t ALTER name SET (n_distinct = 7);
CREATE VIEW v WITH (security_barrier) AS SELECT id FROM t;
CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS SELECT id FROM t;
CREATE INDEX t_name ON t (name) WITH (fillfactor = 60, deduplicate_items = off);
CREATE INDEX t_plain ON t (name);
CREATE INDEX t_words ON t
    USING gist (to_tsvector('simple', name) tsvector_ops (siglen = 100), to_tsvector('english', name));
CREATE INDEX t_pattern ON t (name text_pattern_ops DESC, id);
CREATE TABLE x (during daterange, CONSTRAINT x_during EXCLUDE USING gist (during WITH &&));
CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem = '8MB' SET app.name = 'x' SET role = 'none' AS 'SELECT 1';
"""
STAMPS = """
UPDATE pg_attribute SET attoptions = attoptions || ARRAY['counter=22158952', 'pg_other=a=b']
    WHERE attrelid IN ('t'::regclass, 'v'::regclass, 'm'::regclass) AND attnum > 0;
UPDATE pg_attribute SET attoptions = array_prepend('pg_attver=7', attoptions) || ARRAY['stamp=It''s 7']
    WHERE attrelid::regclass::text IN ('t_plain', 't_words', 't_pattern', 'x_during');
UPDATE pg_class SET reloptions = array_prepend('counter=7', reloptions) || ARRAY['stamp=It''s 7']
    WHERE relname IN ('t', 'v', 'm', 't_pkey', 't_name', 't_plain');
UPDATE pg_class SET reloptions = reloptions || ARRAY['counter=7']
    WHERE oid = (SELECT reltoastrelid FROM pg_class WHERE relname = 't');
UPDATE pg_proc SET proconfig = ARRAY['counter=7'] || proconfig || ARRAY['stamp="It''s" 7'] WHERE proname = 'f';
"""


def read(url: str) -> Catalog:
    async def look() -> Catalog:
        async with connect(url) as connection:
            return await read_catalog(connection)

    return asyncio.run(look())


def stamps(catalog: Catalog) -> list[str]:
    """What is not compared, save the counter of PostgreSQL 15.20 itself."""
    return [each for each in catalog.not_compared if "pg_attver" not in each]


def test_what_the_server_stamps_on_anything_is_no_difference(database_url: str, execute: Callable[[str], None]) -> None:
    execute(STAMPED)
    before = read(database_url)
    execute(STAMPS)
    assert read(database_url).objects == before.objects
    definitions = {each.identity: each.definition for each in before.objects}
    assert definitions["table public.t"] == "TABLE WITH (fillfactor=90, toast.autovacuum_enabled=off)"
    assert definitions["column public.t.name"] == "text WITH (n_distinct=7)"
    assert definitions["constraint public.t.t_pkey"] == "PRIMARY KEY (id) WITH (fillfactor=80)"
    assert "WITH (fillfactor='60', deduplicate_items=off)" in definitions["index public.t_name"]
    assert "tsvector_ops (siglen='100'), to_tsvector(" in definitions["index public.t_words"]
    assert " SET role TO 'none'\n" in definitions["function public.f()"]


def test_what_is_not_compared_is_told_once_and_not_for_each_column(
    database_url: str, execute: Callable[[str], None]
) -> None:
    execute(STAMPED)
    assert stamps(read(database_url)) == []
    execute(STAMPS)
    execute("SELECT lo_create(0), lo_create(0)")
    assert stamps(read(database_url)) == [
        "2 large objects",
        "column option counter",
        "column option pg_other",
        *(f"constraint option {name}" for name in ("counter", "stamp")),
        *(f"function setting {name}" for name in ("counter", "stamp")),
        *(f"index option {name}" for name in ("counter", "stamp")),
        *(f"table option {name}" for name in ("counter", "stamp", "toast.counter")),
        *(f"view option {name}" for name in ("counter", "stamp")),
    ]


def test_options_of_an_access_method_from_an_extension_count_but_the_servers_own(
    database_url: str, execute: Callable[[str], None]
) -> None:
    execute("""
        CREATE ACCESS METHOD tree TYPE INDEX HANDLER gisthandler;
        CREATE OPERATOR CLASS boxes DEFAULT FOR TYPE box USING tree AS
            OPERATOR 1 <<, FUNCTION 1 gist_box_consistent(internal, box, smallint, oid, internal),
            FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal),
            FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal);
        CREATE TABLE t (a box); CREATE INDEX t_tree ON t USING tree (a)
    """)
    plain = read(database_url)
    execute("UPDATE pg_class SET reloptions = '{depth=7}' WHERE relname = 't_tree'")
    deep = read(database_url)
    assert [each.identity for each in differences(plain.objects, deep.objects)] == ["index public.t_tree"]
    execute("UPDATE pg_class SET reloptions = '{pg_counter=1,depth=7}' WHERE relname = 't_tree'")
    assert read(database_url).objects == deep.objects
    assert stamps(read(database_url)) == ["index option pg_counter"]


def test_privilege_that_no_version_knows_is_told_and_not_compared() -> None:
    usual, acl = ["o=rw/o"], ["o=rwQ/o", "reader=r*Q*/o", "=Q/other"]
    assert granted(acl, usual, "o") == (("reader=SELECT*",), ("Q",))


def test_settings_and_privileges_of_the_database_are_told_and_not_compared(
    database_url: str, database_name: str, execute: Callable[[str], None]
) -> None:
    before = read(database_url)
    execute(
        f"ALTER DATABASE {database_name} SET search_path = app; GRANT CREATE ON DATABASE {database_name} TO pg_monitor"
    )
    execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database_name} SET search_path = other")
    assert read(database_url).objects == before.objects
    assert stamps(read(database_url)) == ["privileges of the database", "setting search_path of the database"]


def test_subscription_is_told_and_not_compared(database_url: str, execute: Callable[[str], None]) -> None:
    before = read(database_url)
    execute("""
        CREATE SUBSCRIPTION freehold_test_news CONNECTION 'host=nowhere' PUBLICATION p
        WITH (connect = false, enabled = false, create_slot = false, slot_name = NONE)
    """)
    try:
        assert read(database_url).objects == before.objects
        assert stamps(read(database_url)) == ["subscription freehold_test_news"]
    finally:
        execute("DROP SUBSCRIPTION freehold_test_news")


async def test_what_no_dump_keeps_makes_no_other_fingerprint(admin_url: str, tmp_path: Path) -> None:
    async with new_database(admin_url) as (connection, url):
        major = connection.get_server_version().major
        await connection.execute(NOT_KEPT.read_text("utf-8"))
        if major < 18:  # later ones refuse it
            await connection.execute("ALTER TABLE child ALTER a DROP NOT NULL")
        if has_extension := "with_hstore" in await abilities(connection):
            await connection.execute("CREATE EXTENSION hstore; UPDATE pg_extension SET extversion = '0.9'")
        original = await schema_objects(connection)
        copy = await restored(url, major, admin_url, tmp_path)
    assert [str(each) for each in differences(dumped(original), dumped(copy))] == []
    assert misgranted(original, copy) == []
    assert fingerprint(original, major) == fingerprint(copy, major)
    lost = {each.identity for each in differences(original, copy)}
    assert lost == {
        *("index public.broken", "table public.part_2", "table public.referencing"),
        *(["extension hstore"] if has_extension else []),
    }


async def test_dropped_schema_public_which_every_copy_has_is_no_difference(admin_url: str, tmp_path: Path) -> None:
    async with new_database(admin_url) as (connection, url):
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA other; CREATE TABLE other.t (a int)")
        original = await schema_objects(connection)
        copy = await restored(url, connection.get_server_version().major, admin_url, tmp_path)
    assert original == copy


async def test_version_of_an_extension_that_a_copy_has_not_is_told(admin_url: str) -> None:
    async with new_database(admin_url) as (connection, _):
        if "with_hstore" not in await abilities(connection):
            pytest.skip("the server has not with_hstore")
        await connection.execute("CREATE EXTENSION hstore")
        newest = await connection.fetchval("SELECT extversion FROM pg_extension WHERE extname = 'hstore'")
        await connection.execute("UPDATE pg_extension SET extversion = '0.9' WHERE extname = 'hstore'")
        found = (await read_catalog(connection)).not_compared
    assert f"extension hstore is at version 0.9, and a copy has {newest}" in found


async def test_tablespaces_are_compared(admin_url: str, tmp_path: Path) -> None:
    async with new_database(admin_url) as (connection, url):
        name = f"freehold_test_{uuid4().hex[:12]}"
        major = connection.get_server_version().major
        await connection.execute("SET allow_in_place_tablespaces = on")
        await connection.execute(f"CREATE TABLESPACE {name} LOCATION ''")
        try:
            await connection.execute(f"""
                CREATE TABLE t (a int CONSTRAINT t_pkey PRIMARY KEY USING INDEX TABLESPACE {name}) TABLESPACE {name};
                CREATE INDEX t_a ON t (a) TABLESPACE {name};
                CREATE MATERIALIZED VIEW m TABLESPACE {name} AS SELECT 1 AS a;
                CREATE TABLE parts (a int) PARTITION BY LIST (a) TABLESPACE {name};
            """)
            original = await schema_objects(connection)
            copy = await restored(url, major, admin_url, tmp_path)
            await connection.execute("""
                ALTER TABLE t SET TABLESPACE pg_default; ALTER INDEX t_pkey SET TABLESPACE pg_default;
                ALTER INDEX t_a SET TABLESPACE pg_default; ALTER TABLE parts SET TABLESPACE pg_default;
                ALTER MATERIALIZED VIEW m SET TABLESPACE pg_default;
            """)
            moved = [each.identity for each in differences(original, await schema_objects(connection))]
        finally:
            await connection.execute("DROP MATERIALIZED VIEW IF EXISTS m; DROP TABLE IF EXISTS t, parts")
            await connection.execute(f"DROP TABLESPACE {name}")
    assert original == copy
    assert moved == [
        *("constraint public.t.t_pkey", "index public.t_a", "table public.parts", "table public.t", "view public.m")
    ]
