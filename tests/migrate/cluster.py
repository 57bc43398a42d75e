"""A whole server: made with something of every kind on it, and looked at so that any change to it shows."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from freehold.migrate.catalog import schema_objects
from freehold.migrate.database import with_database
from freehold.migrate.digests import digests

ROLES = """
CREATE ROLE idle;
CREATE ROLE reader;
CREATE ROLE writer PASSWORD 'old';
GRANT reader TO writer;
ALTER ROLE writer SET work_mem = '8MB';
COMMENT ON ROLE writer IS 'writes';
CREATE ROLE owner LOGIN CREATEDB CREATEROLE PASSWORD 'owner';
"""

SHOP = """
CREATE EXTENSION dblink;
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION citext;
CREATE SCHEMA app;
CREATE TABLE app.items (id int PRIMARY KEY, v text, n int);
INSERT INTO app.items SELECT n, 'v' || n, n FROM generate_series(1, 100) n;
CREATE TABLE app.notes (id int PRIMARY KEY);
CREATE TABLE app.later (id int PRIMARY KEY);
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{host}', dbname 'remote');
CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user '{user}', password '{password}');
CREATE FOREIGN TABLE app.far (id int, v text) SERVER far OPTIONS (schema_name 'public');
CREATE VIEW app.near AS SELECT * FROM app.far;
CREATE MATERIALIZED VIEW app.kept AS SELECT * FROM app.near;
CREATE MATERIALIZED VIEW app.kept_again AS SELECT count(*) AS n FROM app.kept;
CREATE MATERIALIZED VIEW app.own AS SELECT id FROM app.items WHERE id < 4;
CREATE MATERIALIZED VIEW app.never AS SELECT id FROM app.items WITH NO DATA;
CREATE FUNCTION app.linked() RETURNS SETOF int LANGUAGE plpgsql AS
    $$ BEGIN RETURN QUERY SELECT x FROM public.dblink('far', 'SELECT 1') AS t (x int); END $$;
CREATE MATERIALIZED VIEW app."Linked here" AS SELECT * FROM app.linked();
CREATE MATERIALIZED VIEW app.own_again AS SELECT count(*) FROM app.own;
CREATE TABLE app.parts (id int, v text) PARTITION BY RANGE (id);
CREATE TABLE app.parts_1 PARTITION OF app.parts FOR VALUES FROM (1000) TO (2000);
CREATE FOREIGN TABLE app.parts_2 PARTITION OF app.parts FOR VALUES FROM (0) TO (1000) SERVER far
    OPTIONS (schema_name 'public', table_name 'far');
INSERT INTO app.parts VALUES (1500, 'x');
SELECT lo_from_bytea(4711, 'large');
CREATE SUBSCRIPTION news CONNECTION 'host={host} dbname=remote' PUBLICATION p
    WITH (connect = false, slot_name = 'news');
CREATE PUBLICATION mine FOR TABLE app.items;
CREATE FUNCTION app.run(command text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE command; END $$;
CREATE FUNCTION app.on_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN EXECUTE 'CREATE ROLE of_trigger'; RETURN NULL; END $$;
CREATE TRIGGER note AFTER INSERT ON app.notes FOR EACH ROW EXECUTE FUNCTION app.on_note();
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.later DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION app.on_note();
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE DEBUG '%', tg_tag; END $$;
CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION app.on_ddl();
"""

AROUND = """
ALTER DATABASE shop SET search_path = app, public;
ALTER ROLE writer IN DATABASE shop SET work_mem = '9MB';
REVOKE ALL ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO reader, writer, owner;
COMMENT ON DATABASE shop IS 'sells';
GRANT CREATE ON TABLESPACE pg_default TO reader;
SELECT pg_replication_origin_create('elsewhere');
SELECT pg_create_physical_replication_slot('standby');
"""

_SHARED = {
    "pg_authid": "SELECT to_jsonb(x)::text FROM pg_authid x",
    "pg_auth_members": "SELECT to_jsonb(x)::text FROM pg_auth_members x",
    "pg_database": "SELECT (to_jsonb(x) - '{datfrozenxid,datminmxid}'::text[])::text FROM pg_database x",
    "pg_db_role_setting": "SELECT to_jsonb(x)::text FROM pg_db_role_setting x",
    "pg_tablespace": "SELECT to_jsonb(x)::text FROM pg_tablespace x",
    "pg_shdescription": "SELECT to_jsonb(x)::text FROM pg_shdescription x",
    "pg_shseclabel": "SELECT to_jsonb(x)::text FROM pg_shseclabel x",
    "pg_subscription": "SELECT to_jsonb(x)::text FROM pg_subscription x",
    "pg_replication_origin": "SELECT to_jsonb(x)::text FROM pg_replication_origin x",
    "pg_replication_slots": "SELECT concat_ws(' ', slot_name, plugin, database, active) FROM pg_replication_slots",
    "pg_prepared_xacts": "SELECT gid FROM pg_prepared_xacts",
    "pg_file_settings": "SELECT to_jsonb(x)::text FROM pg_file_settings x",
    "reloaded": "SELECT pg_conf_load_time()::text",
    "reset": "SELECT stats_reset::text FROM pg_stat_bgwriter",
}

_LARGE = "SELECT format('%s %s', loid, md5(string_agg(data, '' ORDER BY pageno))) FROM pg_largeobject GROUP BY loid"


async def build(admin_url: str) -> None:
    """Make the databases ``shop`` and ``remote``, and roles."""
    login = urlsplit(admin_url)
    names = {
        "host": parse_qs(login.query)["host"][0],
        "user": login.username or "",
        "password": unquote(login.password or ""),
    }
    await run(admin_url, ROLES, "CREATE DATABASE remote", "CREATE DATABASE shop")
    await run(
        with_database(admin_url, "remote"),
        "CREATE TABLE far AS SELECT n AS id, 'far ' || n AS v FROM generate_series(1, 10) n",
    )
    await run(with_database(admin_url, "shop"), SHOP.format(**names))
    await run(admin_url, AROUND)


async def run(url: str, *scripts: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for script in scripts:
            await connection.execute(script)
    finally:
        await connection.close()


async def everything(admin_url: str) -> dict[str, Any]:
    """All that a rehearsal could change: what databases share, and each one's schema and rows."""
    found: dict[str, Any] = {}
    connection = await asyncpg.connect(admin_url)
    try:
        queries = dict(_SHARED)
        if connection.get_server_version().major > 14:
            queries["pg_parameter_acl"] = "SELECT to_jsonb(x)::text FROM pg_parameter_acl x"
        for name, query in queries.items():
            found[name] = sorted(row[0] for row in await connection.fetch(query))
        databases = [row[0] for row in await connection.fetch("SELECT datname FROM pg_database WHERE datallowconn")]
    finally:
        await connection.close()
    for name in databases:
        connection = await asyncpg.connect(with_database(admin_url, name))
        try:
            found[f"objects of {name}"] = await schema_objects(connection)
            found[f"rows of {name}"] = await digests(connection)
            found[f"large objects of {name}"] = sorted(row[0] for row in await connection.fetch(_LARGE))
        finally:
            await connection.close()
    return found
