-- An empty column costs nothing. The application writes both; a backfill and the swap follow in later migrations.
-- migrate:up
ALTER TABLE order_lines ADD COLUMN quantity_wide bigint;

-- migrate:down
ALTER TABLE order_lines DROP COLUMN quantity_wide;
