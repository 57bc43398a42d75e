DROP MATERIALIZED VIEW open_by_priority;
