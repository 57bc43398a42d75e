-- Reads the table without holding anyone up.
-- migrate:up
ALTER TABLE orders VALIDATE CONSTRAINT orders_status_check;

-- migrate:down
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ('new', 'paid', 'sent')) NOT VALID;
