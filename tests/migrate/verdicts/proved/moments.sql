-- pair: moments_berlin
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Europe/Berlin';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Europe/Berlin';

-- pair: moments_los_angeles
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'America/Los_Angeles';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'America/Los_Angeles';

-- pair: moments_kiritimati
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Pacific/Kiritimati';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Pacific/Kiritimati';

-- pair: moments_gmt12
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Etc/GMT+12';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Etc/GMT+12';

-- pair: moments_new_york
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'America/New_York';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'America/New_York';

-- pair: moments_kolkata
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Asia/Kolkata';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Asia/Kolkata';

-- pair: moments_offset
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE '+05:30';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE '+05:30';

-- pair: local_times_berlin
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Europe/Berlin';
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Europe/Berlin';

-- pair: local_times_los_angeles
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'America/Los_Angeles';
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'America/Los_Angeles';

-- pair: local_times_kiritimati
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Pacific/Kiritimati';
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Pacific/Kiritimati';

-- pair: local_times_gmt12
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Etc/GMT+12';
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Etc/GMT+12';

-- pair: local_times_new_york
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'America/New_York';
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'America/New_York';

-- pair: local_times_kolkata
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Asia/Kolkata';
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Asia/Kolkata';

-- pair: moments_unique
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
ALTER TABLE {t} ADD UNIQUE (x);
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Europe/Berlin';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Europe/Berlin';

-- pair: local_times_unique
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
ALTER TABLE {t} ADD UNIQUE (x);
-- up
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Europe/Berlin';
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Europe/Berlin';

-- pair: moments_of_the_session
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz;
-- down
ALTER TABLE {t} ALTER x TYPE timestamp;

-- pair: local_times_of_the_session
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamp;
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz;

-- pair: set_local
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
SET LOCAL TimeZone = 'Asia/Tokyo';
ALTER TABLE {t} ALTER x TYPE timestamptz;
-- down
SET LOCAL TimeZone = 'Asia/Tokyo';
ALTER TABLE {t} ALTER x TYPE timestamp;

-- pair: moments_in_arrays
-- before
ALTER TABLE {t} ADD x timestamp[];
UPDATE {t} SET x = ARRAY[timestamp '2024-01-01' + id * interval '1 hour'];
-- up
SET LOCAL TimeZone = 'UTC';
ALTER TABLE {t} ALTER x TYPE timestamptz[] USING x::timestamptz[];
-- down
SET LOCAL TimeZone = 'UTC';
ALTER TABLE {t} ALTER x TYPE timestamp[] USING x::timestamp[];

-- pair: precise
-- before
ALTER TABLE {t} ADD x timestamp(3);
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz(3) USING x AT TIME ZONE 'UTC';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp(3) USING x AT TIME ZONE 'UTC';

-- pair: default_now
-- before
ALTER TABLE {t} ADD x timestamp NOT NULL DEFAULT now();
-- up
ALTER TABLE {t} ALTER x DROP DEFAULT, ALTER x TYPE timestamptz USING x AT TIME ZONE 'UTC', ALTER x SET DEFAULT now();
-- down
ALTER TABLE {t} ALTER x DROP DEFAULT, ALTER x TYPE timestamp USING x AT TIME ZONE 'UTC', ALTER x SET DEFAULT now();

-- pair: default_kept
-- before
ALTER TABLE {t} ADD x timestamp NOT NULL DEFAULT now();
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'UTC';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'UTC';

-- pair: eighteen_columns
-- before
ALTER TABLE {t} ADD x0 timestamp NOT NULL DEFAULT now(), ADD x1 timestamp NOT NULL DEFAULT now(),
    ADD x2 timestamp NOT NULL DEFAULT now(), ADD x3 timestamp NOT NULL DEFAULT now(),
    ADD x4 timestamp NOT NULL DEFAULT now(), ADD x5 timestamp NOT NULL DEFAULT now(),
    ADD x6 timestamp NOT NULL DEFAULT now(), ADD x7 timestamp NOT NULL DEFAULT now(),
    ADD x8 timestamp NOT NULL DEFAULT now(), ADD x9 timestamp NOT NULL DEFAULT now(),
    ADD x10 timestamp NOT NULL DEFAULT now(), ADD x11 timestamp NOT NULL DEFAULT now(),
    ADD x12 timestamp NOT NULL DEFAULT now(), ADD x13 timestamp NOT NULL DEFAULT now(),
    ADD x14 timestamp NOT NULL DEFAULT now(), ADD x15 timestamp NOT NULL DEFAULT now(),
    ADD x16 timestamp NOT NULL DEFAULT now(), ADD x17 timestamp NOT NULL DEFAULT now();
-- up
ALTER TABLE {t} ALTER x0 TYPE timestamptz USING x0 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x1 TYPE timestamptz USING x1 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x2 TYPE timestamptz USING x2 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x3 TYPE timestamptz USING x3 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x4 TYPE timestamptz USING x4 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x5 TYPE timestamptz USING x5 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x6 TYPE timestamptz USING x6 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x7 TYPE timestamptz USING x7 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x8 TYPE timestamptz USING x8 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x9 TYPE timestamptz USING x9 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x10 TYPE timestamptz USING x10 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x11 TYPE timestamptz USING x11 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x12 TYPE timestamptz USING x12 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x13 TYPE timestamptz USING x13 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x14 TYPE timestamptz USING x14 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x15 TYPE timestamptz USING x15 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x16 TYPE timestamptz USING x16 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x17 TYPE timestamptz USING x17 AT TIME ZONE 'UTC';
-- down
ALTER TABLE {t} ALTER x0 TYPE timestamp USING x0 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x1 TYPE timestamp USING x1 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x2 TYPE timestamp USING x2 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x3 TYPE timestamp USING x3 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x4 TYPE timestamp USING x4 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x5 TYPE timestamp USING x5 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x6 TYPE timestamp USING x6 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x7 TYPE timestamp USING x7 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x8 TYPE timestamp USING x8 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x9 TYPE timestamp USING x9 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x10 TYPE timestamp USING x10 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x11 TYPE timestamp USING x11 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x12 TYPE timestamp USING x12 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x13 TYPE timestamp USING x13 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x14 TYPE timestamp USING x14 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x15 TYPE timestamp USING x15 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x16 TYPE timestamp USING x16 AT TIME ZONE 'UTC';
ALTER TABLE {t} ALTER x17 TYPE timestamp USING x17 AT TIME ZONE 'UTC';

-- pair: domain_of_local_times
-- before
CREATE DOMAIN {t}_d AS timestamp;
ALTER TABLE {t} ADD x {t}_d;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'UTC';
-- down
ALTER TABLE {t} ALTER x TYPE {t}_d USING x AT TIME ZONE 'UTC';

-- pair: swapped
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '37 hours';
-- up
ALTER TABLE {t} ADD x_new timestamptz;
UPDATE {t} SET x_new = x AT TIME ZONE 'UTC' WHERE true;
ALTER TABLE {t} DROP x;
ALTER TABLE {t} RENAME x_new TO x;
-- down
ALTER TABLE {t} ADD x_old timestamp;
UPDATE {t} SET x_old = x AT TIME ZONE 'UTC';
ALTER TABLE {t} DROP x;
ALTER TABLE {t} RENAME x_old TO x;

-- pair: moments_utc
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '1 hour';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'UTC';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'UTC';

-- pair: moments_elsewhere
-- before
ALTER TABLE {t} ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '1 hour';
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'America/Bogota';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'America/Bogota';

-- pair: moments_in_a_key
-- before
ALTER TABLE {t} DROP CONSTRAINT {t}_pkey, ADD x timestamp;
UPDATE {t} SET x = timestamp '2024-01-01' + id * interval '1 hour';
ALTER TABLE {t} ADD PRIMARY KEY (x);
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'Asia/Tokyo';
-- down
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'Asia/Tokyo';

-- pair: local_times_utc
-- before
ALTER TABLE {t} ADD x timestamptz;
UPDATE {t} SET x = timestamptz '2024-01-01' + id * interval '1 hour';
-- up
ALTER TABLE {t} ALTER x TYPE timestamp USING x AT TIME ZONE 'UTC';
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz USING x AT TIME ZONE 'UTC';

-- pair: moments_without_a_key
-- before
CREATE TABLE {t}_k (x timestamp, w text);
INSERT INTO {t}_k SELECT '2024-01-01', v FROM {t};
-- up
ALTER TABLE {t}_k ALTER x TYPE timestamptz USING x AT TIME ZONE 'Asia/Tokyo';
-- down
ALTER TABLE {t}_k ALTER x TYPE timestamp USING x AT TIME ZONE 'Asia/Tokyo';
