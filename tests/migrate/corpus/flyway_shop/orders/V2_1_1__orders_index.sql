-- Alone, since it cannot run in a transaction.
CREATE INDEX CONCURRENTLY order_customer_id_idx ON ${schema}."order" (customer_id);
