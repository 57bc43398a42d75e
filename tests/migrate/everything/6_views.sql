-- Views, materialized and not.
CREATE VIEW e.happy (who, how_old) WITH (security_barrier = true, check_option = local)
    AS SELECT name, age FROM e.people WHERE mood = 'happy' AND kind IN ('a', 'b');
ALTER VIEW e.happy ALTER COLUMN who SET DEFAULT 'me';
COMMENT ON VIEW e.happy IS 'a view';
COMMENT ON COLUMN e.happy.how_old IS 'in years';
GRANT SELECT (who) ON e.happy TO pg_monitor;
GRANT INSERT ON e.happy TO pg_monitor;
ALTER VIEW e.happy OWNER TO pg_monitor;
CREATE VIEW e.cascaded AS SELECT who FROM e.happy WITH CASCADED CHECK OPTION;
CREATE VIEW e.counting AS WITH RECURSIVE counting (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 9) TABLE counting;
CREATE RULE cascaded_insert AS ON INSERT TO e.cascaded DO INSTEAD NOTHING;
CREATE TRIGGER counting_instead INSTEAD OF INSERT ON e.counting FOR EACH ROW EXECUTE FUNCTION e.touch();
CREATE MATERIALIZED VIEW e.summary USING everything_pile WITH (fillfactor = 77, toast.autovacuum_enabled = false)
    AS SELECT id, count(*) AS n, 'x'::text AS label FROM e.people GROUP BY id;
CREATE UNIQUE INDEX summary_key ON e.summary (id);
ALTER MATERIALIZED VIEW e.summary CLUSTER ON summary_key;
ALTER MATERIALIZED VIEW e.summary ALTER label SET STATISTICS 66, ALTER label SET STORAGE EXTERNAL, ALTER label SET (n_distinct = 3);
ALTER MATERIALIZED VIEW e.summary DEPENDS ON EXTENSION plpgsql;
COMMENT ON MATERIALIZED VIEW e.summary IS 'kept';
COMMENT ON COLUMN e.summary.n IS 'how many';
GRANT SELECT ON e.summary TO pg_monitor;
CREATE MATERIALIZED VIEW e.unfilled AS SELECT 1 AS a WITH NO DATA;
CREATE VIEW e.on_unfilled AS SELECT a FROM e.unfilled WHERE false;
