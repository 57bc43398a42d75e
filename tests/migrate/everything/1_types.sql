-- Schemas, types and collations, each with every option of its CREATE and ALTER.
CREATE SCHEMA e;
CREATE SCHEMA "Odd name" AUTHORIZATION pg_monitor;
COMMENT ON SCHEMA e IS 'all there is';
GRANT USAGE ON SCHEMA e TO pg_monitor WITH GRANT OPTION;
GRANT USAGE ON SCHEMA e TO PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO pg_monitor;
COMMENT ON SCHEMA public IS 'not the usual comment';

CREATE COLLATION e.plain (LOCALE = 'C');
CREATE COLLATION e.halves (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
COMMENT ON COLLATION e.plain IS 'by bytes';
ALTER COLLATION e.halves OWNER TO pg_monitor;

CREATE TYPE e.mood AS ENUM ('sad', 'happy');
ALTER TYPE e.mood ADD VALUE 'calm' BEFORE 'happy';
COMMENT ON TYPE e.mood IS 'how it is';
ALTER TYPE e.mood OWNER TO pg_monitor;
REVOKE USAGE ON TYPE e.mood FROM PUBLIC;
GRANT USAGE ON TYPE e.mood TO pg_signal_backend;

CREATE DOMAIN e.word AS varchar(9) COLLATE "C" DEFAULT 'x' CONSTRAINT word_has_letters CHECK (VALUE <> '');
ALTER DOMAIN e.word ADD CONSTRAINT word_is_known CHECK (VALUE IN ('x', 'y')) NOT VALID;
COMMENT ON DOMAIN e.word IS 'a word';
COMMENT ON CONSTRAINT word_has_letters ON DOMAIN e.word IS 'one at least';
CREATE DOMAIN e.given AS int CONSTRAINT really_given NOT NULL;
CREATE DOMAIN e.word_again AS e.word CHECK (VALUE IN ('x'));

CREATE TYPE e.pair AS (one int, "Two" varchar(7) COLLATE "C", three e.mood[]);
ALTER TYPE e.pair DROP ATTRIBUTE one;
COMMENT ON TYPE e.pair IS 'two of them';
COMMENT ON COLUMN e.pair."Two" IS 'the second';

CREATE TYPE e.span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME = e.spans);
CREATE TYPE e.lines AS RANGE (SUBTYPE = text, SUBTYPE_OPCLASS = text_pattern_ops, COLLATION = "C");
CREATE TYPE e.steps;
CREATE FUNCTION e.steps_canonical(e.steps) RETURNS e.steps LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE e.steps AS RANGE (SUBTYPE = int4, CANONICAL = e.steps_canonical);
COMMENT ON TYPE e.span IS 'from and to';

CREATE TYPE e.unfinished;
COMMENT ON TYPE e.unfinished IS 'a shell';

CREATE TYPE e.token;
CREATE FUNCTION e.token_in(cstring) RETURNS e.token LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION e.token_out(e.token) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION e.token_recv(internal) RETURNS e.token LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION e.token_send(e.token) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE TYPE e.token (
    INPUT = e.token_in, OUTPUT = e.token_out, RECEIVE = e.token_recv, SEND = e.token_send, ANALYZE = array_typanalyze,
    INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4, STORAGE = plain, CATEGORY = 'Q', PREFERRED = true, DEFAULT = '7',
    DELIMITER = ';'
);
ALTER TYPE e.token OWNER TO pg_monitor;
COMMENT ON TYPE e.token IS 'a base type';

CREATE TYPE e.label;
CREATE FUNCTION e.label_in(cstring, oid, int4) RETURNS e.label LANGUAGE internal IMMUTABLE STRICT AS 'varcharin';
CREATE FUNCTION e.label_out(e.label) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
CREATE FUNCTION e.label_typmod_in(cstring[]) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
CREATE FUNCTION e.label_typmod_out(int4) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
CREATE FUNCTION e.label_recv(internal, oid, int4) RETURNS e.label LANGUAGE internal IMMUTABLE STRICT AS 'varcharrecv';
CREATE FUNCTION e.label_send(e.label) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'varcharsend';
CREATE TYPE e.label (
    INPUT = e.label_in, OUTPUT = e.label_out, TYPMOD_IN = e.label_typmod_in, TYPMOD_OUT = e.label_typmod_out,
    INTERNALLENGTH = variable, STORAGE = extended, COLLATABLE = true
);

CREATE TYPE e.list;
CREATE FUNCTION e.list_in(cstring, oid, int4) RETURNS e.list LANGUAGE internal IMMUTABLE STRICT AS 'array_in';
CREATE FUNCTION e.list_out(e.list) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'array_out';
CREATE TYPE e.list (
    INPUT = e.list_in, OUTPUT = e.list_out, INTERNALLENGTH = variable, ELEMENT = int, SUBSCRIPT = raw_array_subscript_handler
);
