-- For the best sellers.
-- migrate: transaction=off
-- migrate:up
CREATE INDEX CONCURRENTLY order_lines_product_id_idx ON order_lines (product_id);

-- migrate:down
DROP INDEX CONCURRENTLY order_lines_product_id_idx;
