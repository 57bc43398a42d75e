-- Foreign data, publications, and privileges of objects to come.
CREATE FOREIGN DATA WRAPPER everything_wrapper VALIDATOR postgresql_fdw_validator;
COMMENT ON FOREIGN DATA WRAPPER everything_wrapper IS 'wraps';
GRANT USAGE ON FOREIGN DATA WRAPPER everything_wrapper TO pg_monitor;
CREATE FOREIGN DATA WRAPPER everything_bare OPTIONS (depth '7');
CREATE SERVER everything_server TYPE 'kind' VERSION '7' FOREIGN DATA WRAPPER everything_wrapper OPTIONS (host 'there', dbname 'd');
COMMENT ON SERVER everything_server IS 'serves';
GRANT USAGE ON FOREIGN SERVER everything_server TO pg_monitor;
CREATE SERVER everything_other FOREIGN DATA WRAPPER everything_bare;
CREATE USER MAPPING FOR pg_monitor SERVER everything_server OPTIONS (user 'u', password 'secret');
CREATE USER MAPPING FOR PUBLIC SERVER everything_other;
CREATE FOREIGN TABLE e.remote (
    a int OPTIONS (column_name 'x') NOT NULL, b text COLLATE "C" DEFAULT 'y', CONSTRAINT remote_check CHECK (a > 0)
) SERVER everything_other OPTIONS (schema_name 's', table_name 't');
COMMENT ON FOREIGN TABLE e.remote IS 'far away';
COMMENT ON COLUMN e.remote.b IS 'a column there';
ALTER FOREIGN TABLE e.remote ALTER b SET STATISTICS 33, ALTER b SET (n_distinct = 9);
GRANT SELECT ON e.remote TO pg_monitor;
CREATE TRIGGER remote_touch BEFORE INSERT ON e.remote FOR EACH ROW EXECUTE FUNCTION e.touch();

CREATE PUBLICATION everything_all FOR ALL TABLES WITH (publish = 'insert, truncate');
CREATE PUBLICATION everything_some FOR TABLE e.people, e.events WITH (publish_via_partition_root = true);
CREATE PUBLICATION everything_none;
COMMENT ON PUBLICATION everything_some IS 'news';
ALTER PUBLICATION everything_none OWNER TO pg_monitor;

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;
ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor IN SCHEMA e GRANT INSERT ON TABLES TO pg_signal_backend WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES IN SCHEMA e GRANT USAGE ON SEQUENCES TO pg_monitor;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT CREATE ON SCHEMAS TO pg_monitor;

-- What a dump keeps of objects that it does not make.
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO pg_monitor;
REVOKE SELECT ON pg_catalog.pg_stat_activity FROM PUBLIC;
GRANT SELECT (datname) ON pg_catalog.pg_stat_activity TO PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.plpgsql_call_handler() TO pg_monitor;
