CREATE OR REPLACE VIEW e.happy (who, how_old) WITH (security_barrier = true, check_option = local)
    AS SELECT name, age FROM e.people WHERE mood = 'sad' AND kind IN ('a', 'b');

CREATE OR REPLACE VIEW e.happy (who, how_old) WITH (security_barrier = true, check_option = local)
    AS SELECT name, age FROM e.people WHERE mood = 'happy' AND kind IN ('a', 'c');

DROP VIEW e.on_unfilled; CREATE VIEW e.on_unfilled AS SELECT a::bigint FROM e.unfilled WHERE false;

ALTER VIEW e.happy RESET (security_barrier);

ALTER VIEW e.happy SET (check_option = cascaded);

-- since 15
ALTER VIEW e.invoked RESET (security_invoker);

ALTER VIEW e.happy ALTER COLUMN who DROP DEFAULT;

ALTER VIEW e.happy ALTER COLUMN how_old SET DEFAULT 7;

ALTER VIEW e.happy RENAME COLUMN how_old TO age;

COMMENT ON VIEW e.happy IS NULL;

COMMENT ON COLUMN e.happy.how_old IS NULL;

DROP RULE cascaded_insert ON e.cascaded;

DROP TRIGGER counting_instead ON e.counting;

ALTER MATERIALIZED VIEW e.summary SET (fillfactor = 78);

ALTER MATERIALIZED VIEW e.summary RESET (toast.autovacuum_enabled);

DROP INDEX e.summary_key;

ALTER MATERIALIZED VIEW e.summary SET WITHOUT CLUSTER;

ALTER MATERIALIZED VIEW e.summary ALTER label SET STATISTICS 67;

ALTER MATERIALIZED VIEW e.summary ALTER label SET STORAGE MAIN;

ALTER MATERIALIZED VIEW e.summary ALTER label SET (n_distinct = 4);

ALTER MATERIALIZED VIEW e.summary NO DEPENDS ON EXTENSION plpgsql;

COMMENT ON MATERIALIZED VIEW e.summary IS NULL;

COMMENT ON COLUMN e.summary.n IS NULL;
