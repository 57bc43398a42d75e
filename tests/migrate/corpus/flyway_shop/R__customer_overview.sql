-- Repeatable: the newest is what counts.
CREATE OR REPLACE VIEW ${schema}.customer_overview AS
    SELECT c.id, c.name, count(o.id) AS orders FROM ${schema}.customers c LEFT JOIN ${schema}."order" o ON o.customer_id = c.id GROUP BY c.id;
