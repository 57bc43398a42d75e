ALTER FUNCTION e.one RENAME TO two;

ALTER FUNCTION e.one SET SCHEMA public;

ALTER FUNCTION e.one STABLE;

ALTER FUNCTION e.one NOT LEAKPROOF;

ALTER FUNCTION e.one CALLED ON NULL INPUT;

ALTER FUNCTION e.one SECURITY INVOKER;

ALTER FUNCTION e.one PARALLEL UNSAFE;

ALTER FUNCTION e.one COST 8;

ALTER FUNCTION e.many ROWS 78;

ALTER FUNCTION e.many SUPPORT generate_series_int8_support;

ALTER FUNCTION e.one SET work_mem = '9MB';

ALTER FUNCTION e.one SET role = 'pg_monitor';

ALTER FUNCTION e.one SET app.name = 'theirs';

ALTER FUNCTION e.one RESET search_path;

ALTER FUNCTION e.one SET statement_timeout = 7;

ALTER FUNCTION e.touch() NO DEPENDS ON EXTENSION plpgsql;

COMMENT ON FUNCTION e.one IS NULL;

CREATE OR REPLACE FUNCTION e.many(n int) RETURNS TABLE (a int, b text) LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 77
    SUPPORT generate_series_int4_support AS $$ BEGIN RETURN QUERY SELECT n, 'x y'; END $$;

CREATE OR REPLACE FUNCTION e.many(n int DEFAULT 2) RETURNS TABLE (a int, b text) LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 77
    SUPPORT generate_series_int4_support AS $$ BEGIN RETURN QUERY SELECT n, 'x  y'; END $$;

CREATE OR REPLACE FUNCTION e.expression(x varchar) RETURNS boolean LANGUAGE sql RETURN x IN ('a', 'c');

CREATE OR REPLACE FUNCTION e.standard(x int DEFAULT 3) RETURNS text LANGUAGE sql
    BEGIN ATOMIC SELECT 'a' || x; SELECT CASE WHEN x IN (1, 2) THEN 'b' ELSE (x + 1 * 2)::text END; END;

CREATE OR REPLACE FUNCTION e.standard(x int DEFAULT 3) RETURNS text LANGUAGE sql
    BEGIN ATOMIC SELECT 'a' || x; SELECT CASE WHEN x IN (1, 2) THEN 'b' ELSE ((x + 1) * 2)::bigint::text END; END;

CREATE OR REPLACE FUNCTION e.native() RETURNS language_handler LANGUAGE c AS 'plpgsql', 'plpgsql_call_handler';

CREATE OR REPLACE FUNCTION e.row_number2() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_rank';

CREATE OR REPLACE FUNCTION e.any_of(anyelement, anyarray) RETURNS SETOF anyelement LANGUAGE plpgsql AS 'BEGIN END';

CREATE OR REPLACE FUNCTION e.transformed(e.token) RETURNS int LANGUAGE sql AS 'SELECT 1';

ALTER PROCEDURE e.act SET lock_timeout = '2s';

COMMENT ON PROCEDURE e.act IS 'does not';

DROP AGGREGATE e.highest(int);

CREATE OR REPLACE AGGREGATE e.highest(int) (
    SFUNC = int4smaller, STYPE = int, INITCOND = '0', SORTOP = OPERATOR(pg_catalog.>), MSFUNC = int4pl, MINVFUNC = int4mi,
    MSTYPE = int, MINITCOND = '1'
);

CREATE OR REPLACE AGGREGATE e.highest(int) (
    SFUNC = int4larger, STYPE = int, INITCOND = '1', SORTOP = OPERATOR(pg_catalog.>), MSFUNC = int4pl, MINVFUNC = int4mi,
    MSTYPE = int, MINITCOND = '1'
);

CREATE OR REPLACE AGGREGATE e.highest(int) (
    SFUNC = int4larger, STYPE = int, INITCOND = '0', SORTOP = OPERATOR(pg_catalog.<), MSFUNC = int4pl, MINVFUNC = int4mi,
    MSTYPE = int, MINITCOND = '1'
);

CREATE OR REPLACE AGGREGATE e.highest(int) (
    SFUNC = int4larger, STYPE = int, INITCOND = '0', SORTOP = OPERATOR(pg_catalog.>), MSFUNC = int4mul, MINVFUNC = int4mi,
    MSTYPE = int, MINITCOND = '1'
);

CREATE OR REPLACE AGGREGATE e.highest(int) (
    SFUNC = int4larger, STYPE = int, INITCOND = '0', SORTOP = OPERATOR(pg_catalog.>), MSFUNC = int4pl, MINVFUNC = int4div,
    MSTYPE = int, MINITCOND = '1'
);

CREATE OR REPLACE AGGREGATE e.highest(int) (
    SFUNC = int4larger, STYPE = int, INITCOND = '0', SORTOP = OPERATOR(pg_catalog.>), MSFUNC = int4pl, MINVFUNC = int4mi,
    MSTYPE = int, MINITCOND = '2'
);

CREATE OR REPLACE AGGREGATE e.highest(int) (SFUNC = int4larger, STYPE = int, INITCOND = '0', SORTOP = OPERATOR(pg_catalog.>));

DROP AGGREGATE e.middle(float8 ORDER BY anyelement); CREATE AGGREGATE e.middle(part float8 ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = read_write
);

UPDATE pg_aggregate SET aggtransspace = 65 WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggfinalfn = 0 WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggfinalextra = true WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggfinalmodify = 's' WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggcombinefn = 0 WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggserialfn = 0 WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggdeserialfn = 0 WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggtranstype = 'text'::regtype WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggmtransspace = 33 WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggmtranstype = 'text'::regtype WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggmfinalfn = 0 WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggmfinalextra = true WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggmfinalmodify = 'w' WHERE aggfnoid = 'e.total'::regproc;

UPDATE pg_aggregate SET aggkind = 'o' WHERE aggfnoid = 'e.place'::regproc;

UPDATE pg_proc SET proparallel = 'r' WHERE oid = 'e.total'::regproc;

COMMENT ON AGGREGATE e.total(numeric) IS NULL;

ALTER LANGUAGE mine RENAME TO ours;

CREATE OR REPLACE TRUSTED LANGUAGE untrusted HANDLER e.native;

CREATE OR REPLACE LANGUAGE untrusted HANDLER plpgsql_call_handler;

CREATE OR REPLACE LANGUAGE untrusted HANDLER e.native INLINE e.inline_code;

CREATE OR REPLACE LANGUAGE untrusted HANDLER e.native VALIDATOR e.validate_code;

COMMENT ON LANGUAGE mine IS NULL;

DROP CAST (int AS e.mood);

DROP CAST (e.pair AS text); CREATE CAST (e.pair AS text) WITH INOUT;

DROP CAST (e.pair AS text); CREATE CAST (e.pair AS text) WITH INOUT AS ASSIGNMENT;

DROP CAST (int AS e.token); CREATE CAST (int AS e.token) WITH INOUT;

UPDATE pg_cast SET castfunc = 'e.token_hash'::regproc WHERE castsource = 'int'::regtype AND casttarget = 'e.mood'::regtype;

COMMENT ON CAST (int AS e.mood) IS NULL;

CREATE OR REPLACE TRANSFORM FOR e.token LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));

CREATE OR REPLACE TRANSFORM FOR e.token LANGUAGE sql (TO SQL WITH FUNCTION e.token_recv(internal));

COMMENT ON TRANSFORM FOR e.token LANGUAGE sql IS NULL;

ALTER EVENT TRIGGER everything_watching RENAME TO everything_looking;

ALTER EVENT TRIGGER everything_watching DISABLE;

ALTER EVENT TRIGGER everything_watching ENABLE REPLICA;

DROP EVENT TRIGGER everything_dropping; CREATE EVENT TRIGGER everything_dropping ON ddl_command_start EXECUTE FUNCTION e.watch();
ALTER EVENT TRIGGER everything_dropping DISABLE;

DROP EVENT TRIGGER everything_dropping; CREATE EVENT TRIGGER everything_dropping ON sql_drop WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION e.watch();
ALTER EVENT TRIGGER everything_dropping DISABLE;

UPDATE pg_event_trigger SET evtfoid = 'e.touch'::regproc WHERE evtname = 'everything_dropping';

COMMENT ON EVENT TRIGGER everything_watching IS NULL;
