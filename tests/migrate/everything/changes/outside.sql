ALTER FOREIGN DATA WRAPPER everything_wrapper NO VALIDATOR;

ALTER FOREIGN DATA WRAPPER everything_bare OPTIONS (SET depth '8');

ALTER FOREIGN DATA WRAPPER everything_bare RENAME TO everything_naked;

UPDATE pg_foreign_data_wrapper SET fdwhandler = 'e.native'::regproc WHERE fdwname = 'everything_bare';

COMMENT ON FOREIGN DATA WRAPPER everything_wrapper IS NULL;

ALTER SERVER everything_server VERSION '8';

UPDATE pg_foreign_server SET srvtype = 'other' WHERE srvname = 'everything_server';

UPDATE pg_foreign_server SET srvfdw = (SELECT oid FROM pg_foreign_data_wrapper WHERE fdwname = 'everything_bare') WHERE srvname = 'everything_server';

ALTER SERVER everything_server RENAME TO everything_host;

DROP SERVER everything_server CASCADE;

COMMENT ON SERVER everything_server IS NULL;

ALTER SERVER everything_server OPTIONS (SET host 'elsewhere');

ALTER SERVER everything_server OPTIONS (DROP dbname);

ALTER USER MAPPING FOR pg_monitor SERVER everything_server OPTIONS (SET password 'other');

ALTER USER MAPPING FOR pg_monitor SERVER everything_server OPTIONS (DROP user);

DROP USER MAPPING FOR PUBLIC SERVER everything_other;

CREATE USER MAPPING FOR pg_monitor SERVER everything_other;

ALTER FOREIGN TABLE e.remote OPTIONS (SET schema_name 't');

ALTER FOREIGN TABLE e.remote ALTER a OPTIONS (SET column_name 'y');

ALTER FOREIGN TABLE e.remote ALTER b SET DEFAULT 'z';

ALTER FOREIGN TABLE e.remote ALTER b SET STATISTICS 34;

ALTER FOREIGN TABLE e.remote ALTER b SET (n_distinct = 8);

ALTER FOREIGN TABLE e.remote ALTER a DROP NOT NULL;

ALTER FOREIGN TABLE e.remote DROP CONSTRAINT remote_check;

ALTER FOREIGN TABLE e.remote ADD COLUMN c int;

UPDATE pg_foreign_table SET ftserver = (SELECT oid FROM pg_foreign_server WHERE srvname = 'everything_server') WHERE ftrelid = 'e.remote'::regclass;

COMMENT ON FOREIGN TABLE e.remote IS NULL;

COMMENT ON COLUMN e.remote.b IS NULL;

DROP TRIGGER remote_touch ON e.remote;

ALTER PUBLICATION everything_all SET (publish = 'insert');

ALTER PUBLICATION everything_all SET (publish = 'truncate');

ALTER PUBLICATION everything_all SET (publish = 'insert, truncate, update');

ALTER PUBLICATION everything_all SET (publish = 'insert, truncate, delete');

ALTER PUBLICATION everything_some SET (publish_via_partition_root = false);

ALTER PUBLICATION everything_some DROP TABLE e.events;

ALTER PUBLICATION everything_some ADD TABLE e.pets;

ALTER PUBLICATION everything_none RENAME TO everything_nothing;

DROP PUBLICATION everything_all; CREATE PUBLICATION everything_all WITH (publish = 'insert, truncate');

-- since 15
ALTER PUBLICATION everything_filtered SET TABLE e.pets (id) WHERE (id > 0 AND name IN ('a', 'b'));

-- since 15
ALTER PUBLICATION everything_filtered SET TABLE e.pets (id, name) WHERE (id > 0 AND name IN ('a', 'c'));

-- since 15
ALTER PUBLICATION everything_filtered SET TABLE e.pets (id, name);

-- since 15
ALTER PUBLICATION everything_schema SET TABLES IN SCHEMA e;

-- since 15
ALTER PUBLICATION everything_none ADD TABLES IN SCHEMA "Odd name";

-- since 18
ALTER PUBLICATION everything_generated SET (publish_generated_columns = none);

COMMENT ON PUBLICATION everything_some IS NULL;

INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label) VALUES ('e.people'::regclass, 'pg_class'::regclass, 0, 'p', 'secret');

INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label) VALUES ('e.people'::regclass, 'pg_class'::regclass, 1, 'p', 'secret');
