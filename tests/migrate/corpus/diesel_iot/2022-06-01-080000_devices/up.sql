CREATE TABLE devices (
  id SERIAL PRIMARY KEY,
  serial_number VARCHAR NOT NULL UNIQUE,
  location MACADDR,
  updated_at TIMESTAMP NOT NULL DEFAULT '2022-06-01',
  "group" SMALLINT NOT NULL DEFAULT 0
);

SELECT manage_updated_at('devices');
