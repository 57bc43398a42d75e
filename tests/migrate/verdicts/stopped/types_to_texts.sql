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

-- pair: any_array
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(5)[];
-- up
ALTER TABLE {t} ALTER x TYPE varchar(50)[];
-- down
ALTER TABLE {t} ALTER x TYPE varchar(5)[] ;

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

-- pair: name_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(10);
-- up
ALTER TABLE {t} ALTER x TYPE text;
-- down
ALTER TABLE {t} ALTER x TYPE varchar(10) ;

-- pair: varchars
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(3);
-- up
ALTER TABLE {t} ALTER x TYPE varchar;
-- down
ALTER TABLE {t} ALTER x TYPE varchar(3) ;

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
