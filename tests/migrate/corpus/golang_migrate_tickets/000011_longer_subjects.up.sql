ALTER TABLE tickets ALTER COLUMN subject TYPE text, ADD COLUMN "from" text DEFAULT 'mail';
