-- pair: wider_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(20);
-- up
ALTER TABLE {t} ALTER x TYPE varchar(100);
-- down
ALTER TABLE {t} ALTER x TYPE varchar(20) ;

-- pair: wider_text_cut
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x varchar(20);
-- up
ALTER TABLE {t} ALTER x TYPE varchar(100);
-- down
ALTER TABLE {t} ALTER x TYPE varchar(20) USING left(x, 20);

-- pair: wider_text_in_key
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(20);
ALTER TABLE {t} ADD UNIQUE (x);
-- up
ALTER TABLE {t} ALTER x TYPE varchar(100);
-- down
ALTER TABLE {t} ALTER x TYPE varchar(20) ;

-- pair: any_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(255);
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE varchar(255) ;

-- pair: text_from_char
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x char(5);
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE char(5) ;

-- pair: wider_char
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x char(5);
-- up
ALTER TABLE {t} ALTER x TYPE char(9);
-- down
ALTER TABLE {t} ALTER x TYPE char(5) ;

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

-- pair: any_array
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(5)[];
-- up
ALTER TABLE {t} ALTER x TYPE varchar(50)[];
-- down
ALTER TABLE {t} ALTER x TYPE varchar(5)[] ;

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

-- pair: json_from_jsonb
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x jsonb;
-- up
ALTER TABLE {t} ALTER x TYPE json;
-- down
ALTER TABLE {t} ALTER x TYPE jsonb ;

-- pair: text_from_int
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE int USING x::int;

-- pair: text_from_uuid
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x uuid;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE uuid USING x::uuid;

-- pair: text_from_bool
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x bool;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE bool USING x::bool;

-- pair: text_from_json
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x jsonb;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE jsonb USING x::jsonb;

-- pair: text_from_xml
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x xml;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE xml USING x::xml;

-- pair: text_from_bytea
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x bytea;
-- up
ALTER TABLE {t} ALTER x TYPE text USING encode(x, 'hex');
-- down
ALTER TABLE {t} ALTER x TYPE bytea USING decode(x, 'hex');

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

-- pair: name_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(10);
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE varchar(10) ;

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

-- pair: varchars
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(3);
-- up
ALTER TABLE {t} ALTER x TYPE varchar;
-- down
ALTER TABLE {t} ALTER x TYPE varchar(3) ;

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

-- pair: ints_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int[];
-- up
ALTER TABLE {t} ALTER x TYPE text[];
-- down
ALTER TABLE {t} ALTER x TYPE int[] USING x::int[];

-- pair: jsonb_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x json;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE json USING x::json;

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

-- pair: inet_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x inet;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE inet USING x::inet;

-- pair: date_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x date;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE date USING x::date;

-- pair: int_numeric
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x int;
-- up
ALTER TABLE {t} ALTER x TYPE numeric(12,2);
-- down
ALTER TABLE {t} ALTER x TYPE int ;

-- pair: point_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x point;
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE point USING x::point;
-- pair: case_begins_to_matter
-- error: down-fails-after-writes
-- needs: SELECT 'x' COLLATE "und-x-icu"
-- before
CREATE COLLATION {t}_ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
ALTER TABLE {t} ADD x text COLLATE {t}_ci;
UPDATE {t} SET x = 'x' || id;
ALTER TABLE {t} ADD UNIQUE (x);
-- up
ALTER TABLE {t} ALTER x TYPE text COLLATE "C";
-- down
ALTER TABLE {t} ALTER x TYPE text COLLATE {t}_ci;

-- pair: case_begins_to_matter_with_citext
-- error: down-fails-after-writes
-- needs: SELECT 1 / count(*) FROM pg_available_extensions WHERE name = 'citext'
-- before
CREATE EXTENSION citext;
ALTER TABLE {t} ADD x citext;
UPDATE {t} SET x = 'x' || id;
ALTER TABLE {t} ADD UNIQUE (x);
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE citext;
