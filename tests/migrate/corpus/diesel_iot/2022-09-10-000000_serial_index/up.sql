CREATE UNIQUE INDEX CONCURRENTLY devices_name_key ON devices (name);
ALTER TABLE devices ADD CONSTRAINT devices_name UNIQUE USING INDEX devices_name_key;
