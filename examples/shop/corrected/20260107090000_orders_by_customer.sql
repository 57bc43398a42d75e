-- Built beside the running shop.
-- migrate: transaction=off
-- migrate:up
CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);

-- migrate:down
DROP INDEX CONCURRENTLY orders_customer_id_idx;
