CREATE TABLE alarms (
  device_id INTEGER NOT NULL REFERENCES devices (id) ON UPDATE CASCADE,
  during TSTZRANGE NOT NULL,
  level NUMERIC NOT NULL DEFAULT 'NaN',
  hosts INET[] NOT NULL DEFAULT '{}',
  CONSTRAINT alarms_one_at_a_time EXCLUDE USING gist (during WITH &&)
);
INSERT INTO alarms (device_id, during, level) VALUES
  (1, '[2022-09-01 00:00+00,2022-09-01 01:00+00)', 1.50),
  (2, '[2022-09-02 00:00+00,)', 2);
CREATE VIEW current_alarms WITH (security_barrier) AS
  SELECT d.serial_number, a.level FROM alarms a JOIN devices d ON d.id = a.device_id WHERE upper_inf(a.during);
