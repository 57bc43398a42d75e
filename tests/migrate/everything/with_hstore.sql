CREATE EXTENSION hstore SCHEMA e;
COMMENT ON EXTENSION hstore IS 'keys and values';
REVOKE EXECUTE ON FUNCTION e.hstore_in(cstring) FROM PUBLIC;
GRANT USAGE ON TYPE e.hstore TO pg_monitor;
CREATE TABLE e.keyed (h e.hstore NOT NULL DEFAULT '"a"=>"1"');
CREATE INDEX keyed_gist ON e.keyed USING gist (h e.gist_hstore_ops (siglen = 32));
CREATE FUNCTION e.keys(e.hstore) RETURNS text[] LANGUAGE sql AS 'SELECT NULL::text[]';
ALTER FUNCTION e.keys(e.hstore) DEPENDS ON EXTENSION hstore;
