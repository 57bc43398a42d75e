BEGIN;
ALTER TABLE devices ADD COLUMN name TEXT;
UPDATE devices SET name = 'Device ' || serial_number WHERE name IS NULL;
ALTER TABLE devices ALTER COLUMN name SET NOT NULL;
COMMIT;
