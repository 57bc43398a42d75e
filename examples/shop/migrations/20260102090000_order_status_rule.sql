-- Only three states exist. NOT VALID: new rows are held to it at once, old ones by the next migration.
-- migrate:up
ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ('new', 'paid', 'sent')) NOT VALID;

-- migrate:down
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
