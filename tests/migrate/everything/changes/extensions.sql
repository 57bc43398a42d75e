-- with bloom
ALTER INDEX e.pets_bloom SET (length = 80);

-- with bloom
ALTER INDEX e.pets_bloom RESET (col1);

-- with bloom
DROP EXTENSION bloom CASCADE;

-- with hstore
ALTER EXTENSION hstore SET SCHEMA public;

-- with hstore
COMMENT ON EXTENSION hstore IS NULL;

-- with hstore
DROP INDEX e.keyed_gist; CREATE INDEX keyed_gist ON e.keyed USING gist (h e.gist_hstore_ops (siglen = 33));

-- with hstore
ALTER TABLE e.keyed ALTER h SET DEFAULT '"a"=>"2"';

-- with hstore
ALTER FUNCTION e.keys(e.hstore) NO DEPENDS ON EXTENSION hstore;

-- with file_fdw
ALTER FOREIGN TABLE e.lines_of_file OPTIONS (SET filename '/elsewhere');

-- with file_fdw
ALTER FOREIGN TABLE e.lines_of_file ALTER line OPTIONS (DROP force_not_null);

-- with file_fdw
DROP SERVER everything_files CASCADE;
