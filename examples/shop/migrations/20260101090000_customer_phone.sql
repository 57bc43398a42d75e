-- Support wants to call people back.
-- migrate:up
ALTER TABLE customers ADD COLUMN phone varchar(40);

-- migrate:down
ALTER TABLE customers DROP COLUMN phone;
