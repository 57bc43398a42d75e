ALTER SCHEMA e OWNER TO pg_monitor;

GRANT CREATE ON SCHEMA e TO pg_monitor;

REVOKE GRANT OPTION FOR USAGE ON SCHEMA e FROM pg_monitor;

REVOKE USAGE ON SCHEMA e FROM PUBLIC;

GRANT CREATE ON SCHEMA public TO PUBLIC;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;

-- since 15
ALTER SCHEMA public OWNER TO pg_database_owner;

ALTER COLLATION e.plain OWNER TO pg_monitor;

ALTER TYPE e.mood OWNER TO pg_signal_backend;

GRANT USAGE ON TYPE e.mood TO PUBLIC;

ALTER TYPE e.token OWNER TO pg_signal_backend;

REVOKE USAGE ON TYPE e.token FROM PUBLIC;

ALTER DOMAIN e.word OWNER TO pg_monitor;

ALTER TYPE e.pair OWNER TO pg_monitor;

ALTER TYPE e.span OWNER TO pg_monitor;

REVOKE USAGE ON TYPE e.span FROM PUBLIC;

ALTER FUNCTION e.one OWNER TO pg_signal_backend;

GRANT EXECUTE ON FUNCTION e.one TO PUBLIC;

REVOKE GRANT OPTION FOR EXECUTE ON FUNCTION e.one FROM pg_signal_backend;

ALTER PROCEDURE e.act OWNER TO pg_monitor;

REVOKE EXECUTE ON PROCEDURE e.act FROM PUBLIC;

ALTER AGGREGATE e.total(numeric) OWNER TO pg_signal_backend;

REVOKE EXECUTE ON FUNCTION e.total(numeric) FROM PUBLIC;

ALTER LANGUAGE mine OWNER TO pg_signal_backend;

REVOKE USAGE ON LANGUAGE mine FROM PUBLIC;

GRANT USAGE ON LANGUAGE plpgsql TO pg_monitor;

REVOKE USAGE ON LANGUAGE sql FROM PUBLIC;

UPDATE pg_event_trigger SET evtowner = 'pg_monitor'::regrole WHERE evtname = 'everything_watching';

ALTER OPERATOR e.< (e.token, e.token) OWNER TO pg_monitor;

ALTER OPERATOR FAMILY e.tokens USING btree OWNER TO pg_signal_backend;

ALTER OPERATOR CLASS e.token_ops USING btree OWNER TO pg_monitor;

ALTER CONVERSION e.to_latin OWNER TO pg_signal_backend;

ALTER TEXT SEARCH DICTIONARY e.all_words OWNER TO pg_monitor;

ALTER TEXT SEARCH CONFIGURATION e.search OWNER TO pg_signal_backend;

ALTER TABLE e.people OWNER TO pg_signal_backend;

GRANT UPDATE ON e.people TO pg_signal_backend;

GRANT TRUNCATE ON e.people TO pg_signal_backend;

GRANT REFERENCES ON e.people TO pg_signal_backend;

GRANT TRIGGER ON e.people TO pg_signal_backend;

-- since 17
GRANT MAINTAIN ON e.people TO pg_signal_backend;

GRANT SELECT ON e.people TO PUBLIC;

GRANT SELECT ON e.people TO pg_signal_backend WITH GRANT OPTION;

GRANT DELETE ON e.people TO pg_signal_backend;

REVOKE DELETE ON e.people FROM pg_monitor;

GRANT SELECT (age) ON e.people TO PUBLIC;

REVOKE GRANT OPTION FOR UPDATE (name) ON e.people FROM pg_signal_backend;

GRANT INSERT (name) ON e.people TO pg_signal_backend;

GRANT REFERENCES (name) ON e.people TO pg_signal_backend;

ALTER SEQUENCE e.descending OWNER TO pg_signal_backend;

GRANT SELECT ON SEQUENCE e.tickets TO pg_monitor;

GRANT UPDATE ON SEQUENCE e.tickets TO pg_monitor;

GRANT USAGE ON SEQUENCE e.people_id_seq TO pg_read_all_stats;

ALTER VIEW e.happy OWNER TO pg_signal_backend;

GRANT SELECT ON e.happy TO pg_read_all_stats;

REVOKE SELECT (who) ON e.happy FROM pg_monitor;

ALTER MATERIALIZED VIEW e.summary OWNER TO pg_monitor;

REVOKE SELECT ON e.summary FROM pg_monitor;

ALTER STATISTICS e.together OWNER TO pg_signal_backend;

UPDATE pg_foreign_data_wrapper SET fdwowner = 'pg_monitor'::regrole WHERE fdwname = 'everything_wrapper';

REVOKE USAGE ON FOREIGN DATA WRAPPER everything_wrapper FROM pg_monitor;

ALTER SERVER everything_server OWNER TO pg_monitor;

GRANT USAGE ON FOREIGN SERVER everything_server TO PUBLIC;

ALTER FOREIGN TABLE e.remote OWNER TO pg_monitor;

REVOKE SELECT ON e.remote FROM pg_monitor;

ALTER PUBLICATION everything_none OWNER TO pg_signal_backend;

ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;

ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor;

ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor IN SCHEMA e REVOKE GRANT OPTION FOR INSERT ON TABLES FROM pg_signal_backend;

ALTER DEFAULT PRIVILEGES IN SCHEMA e GRANT SELECT ON SEQUENCES TO pg_monitor;

ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO PUBLIC;

ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO PUBLIC;

-- since 18
ALTER DEFAULT PRIVILEGES REVOKE SELECT ON LARGE OBJECTS FROM pg_monitor;

REVOKE EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) FROM pg_monitor;

GRANT SELECT ON pg_catalog.pg_stat_activity TO PUBLIC;

REVOKE SELECT (datname) ON pg_catalog.pg_stat_activity FROM PUBLIC;

GRANT EXECUTE ON FUNCTION pg_catalog.plpgsql_inline_handler(internal) TO pg_monitor;

-- with hstore
GRANT EXECUTE ON FUNCTION e.hstore_in(cstring) TO PUBLIC;

-- with hstore
GRANT USAGE ON TYPE e.hstore TO PUBLIC;

-- with file_fdw
REVOKE USAGE ON FOREIGN DATA WRAPPER file_fdw FROM pg_monitor;

-- with file_fdw
ALTER SERVER everything_files OWNER TO pg_monitor;
