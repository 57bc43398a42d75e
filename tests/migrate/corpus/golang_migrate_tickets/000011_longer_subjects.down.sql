ALTER TABLE tickets DROP COLUMN "from", ALTER COLUMN subject TYPE varchar(200);
