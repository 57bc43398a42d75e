CREATE MATERIALIZED VIEW open_by_priority AS
SELECT priority, count(*) AS number, min(opened) AS oldest FROM tickets WHERE closed IS NULL GROUP BY priority
WITH DATA;
CREATE UNIQUE INDEX open_by_priority_key ON open_by_priority (priority);
