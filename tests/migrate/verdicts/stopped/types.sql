-- pair: wider_int
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int;
ALTER TABLE {t} ADD UNIQUE (x);
-- up
ALTER TABLE {t} ALTER x TYPE bigint;
-- down
ALTER TABLE {t} ALTER x TYPE int ;

-- pair: wider_smallint
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x smallint;
ALTER TABLE {t} ADD UNIQUE (x);
-- up
ALTER TABLE {t} ALTER x TYPE int;
-- down
ALTER TABLE {t} ALTER x TYPE smallint ;

-- pair: numeric_from_int
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int;
-- up
ALTER TABLE {t} ALTER x TYPE numeric;
-- down
ALTER TABLE {t} ALTER x TYPE int ;

-- pair: finer_numeric
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x numeric(10, 2);
-- up
ALTER TABLE {t} ALTER x TYPE numeric(12, 4);
-- down
ALTER TABLE {t} ALTER x TYPE numeric(10, 2) ;

-- pair: finer_numeric_in_key
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x numeric(10, 2);
ALTER TABLE {t} ADD UNIQUE (x);
-- up
ALTER TABLE {t} ALTER x TYPE numeric(12, 4);
-- down
ALTER TABLE {t} ALTER x TYPE numeric(10, 2) ;

-- pair: longer_numeric
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x numeric(10, 2);
-- up
ALTER TABLE {t} ALTER x TYPE numeric(12, 2);
-- down
ALTER TABLE {t} ALTER x TYPE numeric(10, 2) ;

-- pair: double
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x real;
-- up
ALTER TABLE {t} ALTER x TYPE double precision;
-- down
ALTER TABLE {t} ALTER x TYPE real ;

-- pair: numeric_from_double
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x double precision;
-- up
ALTER TABLE {t} ALTER x TYPE numeric;
-- down
ALTER TABLE {t} ALTER x TYPE double precision ;

-- pair: money_from
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x money;
-- up
ALTER TABLE {t} ALTER x TYPE numeric;
-- down
ALTER TABLE {t} ALTER x TYPE money ;

-- pair: finer_time
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x timestamp(0);
-- up
ALTER TABLE {t} ALTER x TYPE timestamp;
-- down
ALTER TABLE {t} ALTER x TYPE timestamp(0) ;

-- pair: timestamp_from_date
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x date;
-- up
ALTER TABLE {t} ALTER x TYPE timestamp;
-- down
ALTER TABLE {t} ALTER x TYPE date ;

-- pair: timetz_from_time
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x time;
-- up
ALTER TABLE {t} ALTER x TYPE timetz;
-- down
ALTER TABLE {t} ALTER x TYPE time ;

-- pair: wider_array
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int[];
-- up
ALTER TABLE {t} ALTER x TYPE bigint[];
-- down
ALTER TABLE {t} ALTER x TYPE int[] ;

-- pair: inet_from_cidr
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x cidr;
-- up
ALTER TABLE {t} ALTER x TYPE inet;
-- down
ALTER TABLE {t} ALTER x TYPE cidr USING x::cidr;

-- pair: longer_bits
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x bit(4);
-- up
ALTER TABLE {t} ALTER x TYPE bit(8);
-- down
ALTER TABLE {t} ALTER x TYPE bit(4) ;

-- pair: longer_varbit
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varbit(4);
-- up
ALTER TABLE {t} ALTER x TYPE varbit(8);
-- down
ALTER TABLE {t} ALTER x TYPE varbit(4) ;

-- pair: interval_from
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x interval second(0);
-- up
ALTER TABLE {t} ALTER x TYPE interval;
-- down
ALTER TABLE {t} ALTER x TYPE interval second(0) ;

-- pair: macaddr8_from
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x macaddr;
-- up
ALTER TABLE {t} ALTER x TYPE macaddr8;
-- down
ALTER TABLE {t} ALTER x TYPE macaddr USING x::macaddr;

-- pair: wider_range
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int4range;
UPDATE {t} SET x = int4range(id, id + 1);
-- up
ALTER TABLE {t} ALTER x TYPE int8range USING int8range(lower(x), upper(x));
-- down
ALTER TABLE {t} ALTER x TYPE int4range USING int4range(lower(x)::int, upper(x)::int);

-- pair: bool_to_int
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x bool NOT NULL DEFAULT false;
-- up
ALTER TABLE {t} ALTER x DROP DEFAULT, ALTER x TYPE int USING x::int, ALTER x SET DEFAULT 0;
-- down
ALTER TABLE {t} ALTER x DROP DEFAULT, ALTER x TYPE bool USING x::bool, ALTER x SET DEFAULT false;

-- pair: date_moment
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x date;
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz;
-- down
ALTER TABLE {t} ALTER x TYPE date ;

-- pair: numeric_free
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x numeric(10,2);
-- up
ALTER TABLE {t} ALTER x TYPE numeric;
-- down
ALTER TABLE {t} ALTER x TYPE numeric(10,2) ;

-- pair: numeric_digits
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x numeric(5,0);
-- up
ALTER TABLE {t} ALTER x TYPE numeric(6,0);
-- down
ALTER TABLE {t} ALTER x TYPE numeric(5,0) ;

-- pair: smallbig
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x smallint;
-- up
ALTER TABLE {t} ALTER x TYPE bigint;
-- down
ALTER TABLE {t} ALTER x TYPE smallint ;

-- pair: oid_big
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x oid;
-- up
ALTER TABLE {t} ALTER x TYPE bigint;
-- down
ALTER TABLE {t} ALTER x TYPE oid USING x::oid;

-- pair: time0
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x time(0);
-- up
ALTER TABLE {t} ALTER x TYPE time;
-- down
ALTER TABLE {t} ALTER x TYPE time(0) ;

-- pair: tstz
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x timestamptz(0);
-- up
ALTER TABLE {t} ALTER x TYPE timestamptz;
-- down
ALTER TABLE {t} ALTER x TYPE timestamptz(0) ;

-- pair: hours
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x interval(0);
-- up
ALTER TABLE {t} ALTER x TYPE interval;
-- down
ALTER TABLE {t} ALTER x TYPE interval(0) ;

-- pair: scale
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x numeric(10,2);
-- up
ALTER TABLE {t} ALTER x TYPE numeric(10,4);
-- down
ALTER TABLE {t} ALTER x TYPE numeric(10,2) ;

-- pair: int_double
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int;
-- up
ALTER TABLE {t} ALTER x TYPE double precision;
-- down
ALTER TABLE {t} ALTER x TYPE int ;

-- pair: int_real
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x int;
-- up
ALTER TABLE {t} ALTER x TYPE real;
-- down
ALTER TABLE {t} ALTER x TYPE int ;

-- pair: big_numeric
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x bigint;
-- up
ALTER TABLE {t} ALTER x TYPE numeric(30);
-- down
ALTER TABLE {t} ALTER x TYPE bigint ;

-- pair: int_numeric
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int;
-- up
ALTER TABLE {t} ALTER x TYPE numeric(12,2);
-- down
ALTER TABLE {t} ALTER x TYPE int ;
