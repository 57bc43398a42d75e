CREATE TYPE unit AS ENUM ('C', '%', 'hPa');
CREATE TYPE reading AS (amount DOUBLE PRECISION, unit unit);
CREATE TABLE readings (
  device_id INTEGER NOT NULL REFERENCES devices (id),
  taken_at TIMESTAMPTZ NOT NULL,
  what reading NOT NULL,
  raw BYTEA,
  PRIMARY KEY (device_id, taken_at)
);
INSERT INTO readings (device_id, taken_at, what, raw)
SELECT 1 + n % 30, TIMESTAMPTZ '2022-07-01 00:00:00+00' + n * INTERVAL '7 minutes', ROW(n / 4.0, 'C')::reading, decode(lpad(to_hex(n), 4, '0'), 'hex')
FROM generate_series(1, 120) AS n;
