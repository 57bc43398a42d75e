-- Hidden from the text: seen on the copy before the commit, or failing there. Tried on the database of cluster.py.

DO $$ BEGIN EXECUTE 'CREATE ROLE hidden'; END $$;

DO $$ BEGIN IF true THEN CREATE ROLE hidden; END IF; END $$;

DO $$ BEGIN BEGIN CREATE ROLE hidden; EXCEPTION WHEN duplicate_object THEN NULL; END; END $$;

SELECT app.run('CREATE ROLE hidden');

SELECT app.run('DROP ROLE idle');

SELECT app.run('ALTER ROLE writer NOLOGIN CONNECTION LIMIT 5');

SELECT app.run('ALTER ROLE writer PASSWORD ''new''');

SELECT app.run('ALTER ROLE writer RENAME TO hidden');

SELECT app.run('ALTER ROLE writer SET work_mem = 100');

SELECT app.run('ALTER ROLE writer RESET ALL');

SELECT app.run('ALTER ROLE ALL SET work_mem = 100');

SELECT app.run('ALTER ROLE writer IN DATABASE shop SET work_mem = 100');

SELECT app.run('GRANT writer TO idle');

SELECT app.run('REVOKE reader FROM writer');

SELECT app.run('COMMENT ON ROLE writer IS ''changed''');

SELECT app.run('COMMENT ON ROLE writer IS NULL');

SELECT app.run('COMMENT ON DATABASE shop IS ''changed''');

SELECT app.run('ALTER DATABASE shop SET work_mem = 100');

SELECT app.run('ALTER DATABASE shop RESET ALL');

SELECT app.run('ALTER DATABASE shop CONNECTION LIMIT 5');

SELECT app.run('ALTER DATABASE shop OWNER TO writer');

SELECT app.run('ALTER DATABASE remote RENAME TO hidden');

SELECT app.run('GRANT CREATE ON DATABASE shop TO reader');

SELECT app.run('REVOKE CONNECT ON DATABASE shop FROM reader');

SELECT app.run('DROP OWNED BY reader');

SELECT app.run('REASSIGN OWNED BY freehold TO writer');

SELECT app.run('ALTER TABLESPACE pg_default SET (seq_page_cost = 2)');

SELECT app.run('GRANT CREATE ON TABLESPACE pg_default TO writer');

SELECT app.run('CREATE SUBSCRIPTION hidden CONNECTION ''dbname=remote'' PUBLICATION p WITH (connect = false)');

SELECT app.run('UPDATE pg_database SET datallowconn = false WHERE datname = ''shop''');

SELECT app.run('DELETE FROM pg_db_role_setting');

SELECT app.run('SELECT pg_replication_origin_create(''hidden'')');

SELECT app.run('SELECT pg_replication_origin_drop(''elsewhere'')');

SELECT app.run('SELECT pg_create_physical_replication_slot(''hidden'')');

SELECT app.run('SELECT * FROM pg_create_logical_replication_slot(''hidden'', ''pgoutput'')');

SELECT app.run('SELECT pg_drop_replication_slot(''standby'')');

SELECT app.run('SELECT pg_reload_conf()');

SELECT app.run('SELECT pg_switch_wal()');

SELECT app.run('SELECT pg_stat_reset_shared(''bgwriter'')');

SELECT app.run('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ''shop''');

SELECT app.run('SELECT lo_export(4711, ''OUTSIDE/large'')');

SELECT app.run('SELECT lo_import(''/etc/passwd'')');

INSERT INTO app.notes VALUES (1);

INSERT INTO app.later VALUES (1);
