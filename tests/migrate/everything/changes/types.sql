ALTER SCHEMA "Odd name" RENAME TO "other name";

CREATE SCHEMA another;

COMMENT ON SCHEMA e IS 'something else';

COMMENT ON SCHEMA public IS 'something else';

COMMENT ON SCHEMA public IS NULL;

ALTER COLLATION e.plain RENAME TO plainer;

DROP COLLATION e.halves; CREATE COLLATION e.halves (LC_COLLATE = 'C', LC_CTYPE = 'C');

-- since 17
DROP COLLATION e.builtin; CREATE COLLATION e.builtin (PROVIDER = builtin, LOCALE = 'C');

COMMENT ON COLLATION e.plain IS NULL;

UPDATE pg_collation SET collisdeterministic = false WHERE collname = 'plain';

-- since 16
UPDATE pg_collation SET collicurules = '& a < b' WHERE collname = 'plain';

-- with icu
DROP COLLATION e.careless; CREATE COLLATION e.careless (PROVIDER = icu, LOCALE = 'und-u-ks-level1', DETERMINISTIC = false);

ALTER TYPE e.mood ADD VALUE 'glad';

ALTER TYPE e.mood RENAME VALUE 'sad' TO 'unhappy';

COMMENT ON TYPE e.mood IS NULL;

ALTER DOMAIN e.word DROP DEFAULT;

ALTER DOMAIN e.word SET DEFAULT 'y';

ALTER DOMAIN e.word SET NOT NULL;

ALTER DOMAIN e.given DROP NOT NULL;

ALTER DOMAIN e.word DROP CONSTRAINT word_has_letters;

ALTER DOMAIN e.word RENAME CONSTRAINT word_has_letters TO word_has_some;

ALTER DOMAIN e.word VALIDATE CONSTRAINT word_is_known;

ALTER DOMAIN e.word DROP CONSTRAINT word_is_known; ALTER DOMAIN e.word ADD CONSTRAINT word_is_known CHECK (VALUE IN ('x', 'z')) NOT VALID;

COMMENT ON DOMAIN e.word IS NULL;

COMMENT ON CONSTRAINT word_has_letters ON DOMAIN e.word IS 'two';

-- since 18
ALTER DOMAIN e.given RENAME CONSTRAINT really_given TO surely_given;

DROP DOMAIN e.word_again; CREATE DOMAIN e.word_again AS e.word COLLATE "POSIX" CHECK (VALUE IN ('x'));

DROP DOMAIN e.word_again; CREATE DOMAIN e.word_again AS varchar(9) COLLATE "C" CHECK (VALUE IN ('x'));

ALTER TYPE e.pair ADD ATTRIBUTE four int CASCADE;

ALTER TYPE e.pair DROP ATTRIBUTE three CASCADE;

ALTER TYPE e.pair RENAME ATTRIBUTE three TO third CASCADE;

ALTER TYPE e.pair ALTER ATTRIBUTE three TYPE text[] CASCADE;

ALTER TYPE e.pair ALTER ATTRIBUTE "Two" TYPE varchar(8) COLLATE "C" CASCADE;

ALTER TYPE e.pair ALTER ATTRIBUTE "Two" TYPE varchar(7) COLLATE "POSIX" CASCADE;

COMMENT ON COLUMN e.pair."Two" IS 'the first';

DROP TYPE e.span; CREATE TYPE e.span AS RANGE (SUBTYPE = float4, MULTIRANGE_TYPE_NAME = e.spans); COMMENT ON TYPE e.span IS 'from and to';

DROP TYPE e.span; CREATE TYPE e.span AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = e.spans); COMMENT ON TYPE e.span IS 'from and to';

ALTER TYPE e.spans RENAME TO many_spans;

DROP TYPE e.lines; CREATE TYPE e.lines AS RANGE (SUBTYPE = text, COLLATION = "C");

DROP TYPE e.lines; CREATE TYPE e.lines AS RANGE (SUBTYPE = text, SUBTYPE_OPCLASS = text_pattern_ops, COLLATION = "POSIX");

DROP TYPE e.steps CASCADE; CREATE TYPE e.steps AS RANGE (SUBTYPE = int4);

DROP TYPE e.unfinished;

ALTER TYPE e.label SET (RECEIVE = e.label_recv);

ALTER TYPE e.label SET (SEND = e.label_send);

ALTER TYPE e.label SET (TYPMOD_IN = NONE);

ALTER TYPE e.label SET (TYPMOD_OUT = NONE);

ALTER TYPE e.label SET (ANALYZE = array_typanalyze);

ALTER TYPE e.list SET (SUBSCRIPT = NONE);

ALTER TYPE e.label SET (STORAGE = main);

COMMENT ON TYPE e.token IS NULL;

-- What ALTER TYPE cannot change is changed where it is kept.
UPDATE pg_type SET typlen = 8 WHERE oid = 'e.token'::regtype;

UPDATE pg_type SET typbyval = false WHERE oid = 'e.token'::regtype;

UPDATE pg_type SET typalign = 's' WHERE oid = 'e.token'::regtype;

UPDATE pg_type SET typcategory = 'U' WHERE oid = 'e.token'::regtype;

UPDATE pg_type SET typispreferred = false WHERE oid = 'e.token'::regtype;

UPDATE pg_type SET typdefault = '8' WHERE oid = 'e.token'::regtype;

UPDATE pg_type SET typdelim = ',' WHERE oid = 'e.token'::regtype;

UPDATE pg_type SET typelem = 'text'::regtype WHERE oid = 'e.list'::regtype;

UPDATE pg_type SET typcollation = 0 WHERE oid = 'e.label'::regtype;

UPDATE pg_type SET typinput = 'varcharin' WHERE oid = 'e.label'::regtype;

UPDATE pg_type SET typoutput = 'varcharout' WHERE oid = 'e.label'::regtype;

UPDATE pg_range SET rngsubdiff = 'float4mi' WHERE rngtypid = 'e.span'::regtype;
