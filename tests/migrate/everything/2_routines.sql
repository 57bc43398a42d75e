-- Functions, procedures, aggregates, languages, casts and transforms.
CREATE FUNCTION e.one(first int, INOUT second numeric DEFAULT 1.5, VARIADIC rest text[] DEFAULT ARRAY['a', 'b'])
    LANGUAGE sql IMMUTABLE LEAKPROOF STRICT SECURITY DEFINER PARALLEL SAFE COST 7
    SET search_path = e, pg_temp SET work_mem = '8MB' SET app.name = 'it''s' SET role = 'none'
    AS $$ SELECT second + first $$;
COMMENT ON FUNCTION e.one IS 'adds';
ALTER FUNCTION e.one OWNER TO pg_monitor;
REVOKE EXECUTE ON FUNCTION e.one FROM PUBLIC;
GRANT EXECUTE ON FUNCTION e.one TO pg_signal_backend WITH GRANT OPTION;
CREATE FUNCTION e.many(n int) RETURNS TABLE (a int, b text) LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 77
    SUPPORT generate_series_int4_support AS $$ BEGIN RETURN QUERY SELECT n, 'x  y'; END $$;
CREATE FUNCTION e.standard(x int DEFAULT 3) RETURNS text LANGUAGE sql
    BEGIN ATOMIC SELECT 'a' || x; SELECT CASE WHEN x IN (1, 2) THEN 'b' ELSE ((x + 1) * 2)::text END; END;
CREATE FUNCTION e.expression(x varchar) RETURNS boolean LANGUAGE sql RETURN x IN ('a', 'b');
CREATE FUNCTION e.native() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION e.row_number2() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number';
CREATE FUNCTION e.any_of(anyelement, anyarray) RETURNS SETOF anyelement LANGUAGE sql AS 'SELECT $1';
CREATE PROCEDURE e.act(INOUT a int, OUT b text) LANGUAGE plpgsql SET lock_timeout = '1s' AS $$ BEGIN b := a; COMMIT; END $$;
COMMENT ON PROCEDURE e.act IS 'does';
GRANT EXECUTE ON PROCEDURE e.act TO pg_monitor;
CREATE FUNCTION e.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
ALTER FUNCTION e.touch() DEPENDS ON EXTENSION plpgsql;
CREATE FUNCTION e.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;

CREATE FUNCTION e.add_numeric(internal, numeric) RETURNS internal LANGUAGE internal AS 'numeric_avg_accum';
CREATE AGGREGATE e.total(numeric) (
    SFUNC = e.add_numeric, STYPE = internal, SSPACE = 64, FINALFUNC = numeric_avg, FINALFUNC_EXTRA = false,
    FINALFUNC_MODIFY = read_write, COMBINEFUNC = numeric_avg_combine, SERIALFUNC = numeric_avg_serialize,
    DESERIALFUNC = numeric_avg_deserialize, MSFUNC = numeric_avg_accum, MINVFUNC = numeric_accum_inv, MSTYPE = internal,
    MSSPACE = 32, MFINALFUNC = numeric_avg, MFINALFUNC_MODIFY = shareable, PARALLEL = safe
);
CREATE AGGREGATE e.highest(int) (
    SFUNC = int4larger, STYPE = int, INITCOND = '0', SORTOP = OPERATOR(pg_catalog.>), MSFUNC = int4pl, MINVFUNC = int4mi,
    MSTYPE = int, MINITCOND = '1'
);
CREATE AGGREGATE e.middle(share float8 ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = read_write
);
CREATE AGGREGATE e.place(VARIADIC "any" ORDER BY VARIADIC "any") (
    SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL
);
COMMENT ON AGGREGATE e.total(numeric) IS 'of all';
ALTER AGGREGATE e.total(numeric) OWNER TO pg_monitor;
GRANT EXECUTE ON FUNCTION e.total(numeric) TO pg_signal_backend;

CREATE FUNCTION e.inline_code(internal) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION e.validate_code(oid) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE mine HANDLER e.native INLINE e.inline_code VALIDATOR e.validate_code;
CREATE LANGUAGE untrusted HANDLER e.native;
COMMENT ON LANGUAGE mine IS 'of my own';
ALTER LANGUAGE mine OWNER TO pg_monitor;
GRANT USAGE ON LANGUAGE mine TO pg_signal_backend;

CREATE FUNCTION e.mood_of(int) RETURNS e.mood LANGUAGE sql IMMUTABLE AS $$ SELECT 'calm'::e.mood $$;
CREATE CAST (int AS e.mood) WITH FUNCTION e.mood_of(int) AS ASSIGNMENT;
CREATE CAST (e.pair AS text) WITH INOUT AS IMPLICIT;
CREATE CAST (int AS e.token) WITHOUT FUNCTION;
COMMENT ON CAST (int AS e.mood) IS 'by number';

CREATE TRANSFORM FOR e.token LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION e.token_recv(internal));
COMMENT ON TRANSFORM FOR e.token LANGUAGE sql IS 'there and back';
CREATE FUNCTION e.transformed(e.token) RETURNS int LANGUAGE sql TRANSFORM FOR TYPE e.token AS 'SELECT 1';

CREATE EVENT TRIGGER everything_watching ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION e.watch();
ALTER EVENT TRIGGER everything_watching ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER everything_watching IS 'looks on';
CREATE EVENT TRIGGER everything_dropping ON sql_drop EXECUTE FUNCTION e.watch();
ALTER EVENT TRIGGER everything_dropping DISABLE;
