-- Reaching for the rows of another server, on the database of cluster.py.

INSERT INTO app.far VALUES (11, 'new');

UPDATE app.far SET v = 'changed';

DELETE FROM app.far;

SELECT count(*) FROM app.far;

INSERT INTO app.near VALUES (11, 'new');

INSERT INTO app.parts VALUES (500, 'new');

UPDATE app.parts SET v = 'changed';

TRUNCATE app.far;

REFRESH MATERIALIZED VIEW app.kept;

SELECT app.run('UPDATE app.far SET v = ''changed''');

SELECT app.run('SELECT dblink_exec(''far'', ''DELETE FROM far'')');

SELECT app.run('SELECT dblink_exec(''dbname=remote'', ''DELETE FROM far'')');

SELECT app.run('SELECT dblink_connect(''x'', ''dbname=remote'')');

CREATE SERVER new FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'remote');
CREATE USER MAPPING FOR PUBLIC SERVER new;
CREATE FOREIGN TABLE f (id int) SERVER new OPTIONS (table_name 'far');
DELETE FROM f;

CREATE FOREIGN DATA WRAPPER own HANDLER postgres_fdw_handler;
CREATE SERVER new FOREIGN DATA WRAPPER own;
CREATE FOREIGN TABLE f (id int) SERVER new;
DELETE FROM f;

DROP EXTENSION dblink;
DO $$ BEGIN CREATE EXTENSION dblink; EXECUTE 'SELECT dblink_exec(''dbname=remote'', ''DELETE FROM far'')'; END $$;

CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE f (l text) SERVER files OPTIONS (program 'touch OUTSIDE/ran');
SELECT * FROM f;
