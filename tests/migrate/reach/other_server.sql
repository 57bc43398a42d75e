-- Refused wherever it is rehearsed: what reaches another server.

CREATE SUBSCRIPTION a CONNECTION 'host=b' PUBLICATION c;

CREATE SUBSCRIPTION a CONNECTION 'host=b' PUBLICATION c WITH (connect = false);

ALTER SUBSCRIPTION a ENABLE;

ALTER SUBSCRIPTION a RENAME TO b;

ALTER SUBSCRIPTION a OWNER TO b;

COMMENT ON SUBSCRIPTION a IS 'x';

DROP SUBSCRIPTION a;

IMPORT FOREIGN SCHEMA public FROM SERVER s INTO public;

SELECT dblink_exec('host=b', 'DELETE FROM t');

SELECT public.dblink_connect('a', 'host=b');

SELECT * FROM dblink('a', 'SELECT 1') AS x (y int);

INSERT INTO t SELECT * FROM dblink('a', 'SELECT 1') AS x (y int);

DO $$ BEGIN PERFORM dblink_exec('a', 'b'); END $$;

DO $$ BEGIN EXECUTE 'SELECT dblink_exec(''a'', ''b'')'; END $$;
