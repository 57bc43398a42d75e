-- WRONG: there was no default before, so this way back leads somewhere else.
-- migrate:up
ALTER TABLE products ALTER COLUMN stock SET DEFAULT 0;

-- migrate:down
ALTER TABLE products ALTER COLUMN stock SET DEFAULT 1;
