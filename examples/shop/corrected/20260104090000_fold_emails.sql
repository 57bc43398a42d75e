-- Addresses are compared in lower case; as they were written they are kept, so that there is a way back.
-- migrate:up
ALTER TABLE customers ADD COLUMN email_as_written text;
UPDATE customers SET email_as_written = email, email = lower(email) WHERE email <> lower(email);

-- migrate:down
UPDATE customers SET email = email_as_written WHERE email_as_written IS NOT NULL;
ALTER TABLE customers DROP COLUMN email_as_written;
