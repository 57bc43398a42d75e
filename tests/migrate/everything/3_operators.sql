-- Operators, their classes and families, access methods, conversions and text search.
CREATE FUNCTION e.token_less(e.token, e.token) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION e.token_more(e.token, e.token) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION e.token_same(e.token, e.token) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION e.token_differs(e.token, e.token) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4ne';
CREATE FUNCTION e.token_compare(e.token, e.token) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION e.token_hash(e.token) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'hashint4';
CREATE FUNCTION e.token_negative(e.token) RETURNS e.token LANGUAGE internal IMMUTABLE STRICT AS 'int4um';
CREATE OPERATOR e.< (
    LEFTARG = e.token, RIGHTARG = e.token, FUNCTION = e.token_less, COMMUTATOR = OPERATOR(e.>), RESTRICT = scalarltsel,
    JOIN = scalarltjoinsel
);
CREATE OPERATOR e.> (LEFTARG = e.token, RIGHTARG = e.token, FUNCTION = e.token_more, COMMUTATOR = OPERATOR(e.<));
CREATE OPERATOR e.= (
    LEFTARG = e.token, RIGHTARG = e.token, FUNCTION = e.token_same, COMMUTATOR = OPERATOR(e.=), NEGATOR = OPERATOR(e.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR e.<> (LEFTARG = e.token, RIGHTARG = e.token, FUNCTION = e.token_differs, NEGATOR = OPERATOR(e.=));
CREATE OPERATOR e.!! (RIGHTARG = e.token, FUNCTION = e.token_negative);
COMMENT ON OPERATOR e.< (e.token, e.token) IS 'before';
ALTER OPERATOR e.!! (NONE, e.token) OWNER TO pg_monitor;

CREATE OPERATOR FAMILY e.tokens USING btree;
CREATE OPERATOR CLASS e.token_ops DEFAULT FOR TYPE e.token USING btree FAMILY e.tokens AS
    OPERATOR 1 e.<, OPERATOR 3 e.=, OPERATOR 5 e.>, FUNCTION 1 e.token_compare(e.token, e.token);
CREATE FUNCTION e.token_compare_int(e.token, int) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION e.token_less_int(e.token, int) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE OPERATOR e.< (LEFTARG = e.token, RIGHTARG = int, FUNCTION = e.token_less_int);
ALTER OPERATOR FAMILY e.tokens USING btree ADD
    OPERATOR 1 e.< (e.token, int), FUNCTION 1 (e.token, int) e.token_compare_int(e.token, int);
CREATE OPERATOR CLASS e.token_hashes FOR TYPE e.token USING hash AS OPERATOR 1 e.=, FUNCTION 1 e.token_hash(e.token);
CREATE OPERATOR CLASS e.box_boxes FOR TYPE polygon USING gist AS
    OPERATOR 1 <<, OPERATOR 15 <-> (polygon, point) FOR ORDER BY float_ops,
    FUNCTION 1 gist_poly_consistent(internal, polygon, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal),
    FUNCTION 3 gist_poly_compress(internal), FUNCTION 5 gist_box_penalty(internal, internal, internal),
    FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal),
    FUNCTION 8 gist_poly_distance(internal, polygon, smallint, oid, internal), STORAGE box;
COMMENT ON OPERATOR FAMILY e.tokens USING btree IS 'a family';
COMMENT ON OPERATOR CLASS e.token_ops USING btree IS 'a class';
ALTER OPERATOR FAMILY e.tokens USING btree OWNER TO pg_monitor;
ALTER OPERATOR CLASS e.token_hashes USING hash OWNER TO pg_monitor;

CREATE ACCESS METHOD everything_pile TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD everything_tree TYPE INDEX HANDLER gisthandler;
COMMENT ON ACCESS METHOD everything_pile IS 'of rows';
CREATE OPERATOR CLASS e.box_tree DEFAULT FOR TYPE box USING everything_tree AS
    OPERATOR 1 <<, OPERATOR 3 &&, FUNCTION 1 gist_box_consistent(internal, box, smallint, oid, internal),
    FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal),
    FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal);

CREATE DEFAULT CONVERSION e.from_latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE CONVERSION e.to_latin FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
COMMENT ON CONVERSION e.to_latin IS 'of letters';
ALTER CONVERSION e.to_latin OWNER TO pg_monitor;

CREATE TEXT SEARCH PARSER e.words (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline
);
CREATE TEXT SEARCH TEMPLATE e.plain (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY e.all_words (TEMPLATE = e.plain, STOPWORDS = english, ACCEPT = false);
CREATE TEXT SEARCH DICTIONARY e.some_words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION e.search (PARSER = e.words);
ALTER TEXT SEARCH CONFIGURATION e.search ADD MAPPING FOR asciiword, word WITH e.all_words, e.some_words;
ALTER TEXT SEARCH CONFIGURATION e.search ADD MAPPING FOR int WITH simple;
COMMENT ON TEXT SEARCH PARSER e.words IS 'finds words';
COMMENT ON TEXT SEARCH TEMPLATE e.plain IS 'of dictionaries';
COMMENT ON TEXT SEARCH DICTIONARY e.all_words IS 'knows words';
COMMENT ON TEXT SEARCH CONFIGURATION e.search IS 'all together';
ALTER TEXT SEARCH DICTIONARY e.some_words OWNER TO pg_monitor;
ALTER TEXT SEARCH CONFIGURATION e.search OWNER TO pg_monitor;
