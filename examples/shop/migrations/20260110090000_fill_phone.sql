-- In batches of 5,000, each in a transaction of its own.
-- migrate:up
-- migrate: backfill: customers.id batch=5000
UPDATE customers SET phone = 'unknown' WHERE id BETWEEN $1 AND $2 AND phone IS NULL;

-- migrate:down
-- migrate: backfill: customers.id batch=5000
UPDATE customers SET phone = NULL WHERE id BETWEEN $1 AND $2 AND phone = 'unknown';
