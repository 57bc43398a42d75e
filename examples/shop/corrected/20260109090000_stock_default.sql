-- A new product has no stock yet.
-- migrate:up
ALTER TABLE products ALTER COLUMN stock SET DEFAULT 0;

-- migrate:down
ALTER TABLE products ALTER COLUMN stock DROP DEFAULT;
