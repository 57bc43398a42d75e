DROP OPERATOR e.!! (NONE, e.token);

ALTER OPERATOR e.< (e.token, e.token) SET (RESTRICT = NONE);

ALTER OPERATOR e.< (e.token, e.token) SET (JOIN = NONE);

UPDATE pg_operator SET oprcode = 'e.token_more'::regproc WHERE oid = 'e.<(e.token,e.token)'::regoperator;

UPDATE pg_operator SET oprcom = 0 WHERE oid = 'e.<(e.token,e.token)'::regoperator;

UPDATE pg_operator SET oprnegate = 0 WHERE oid = 'e.=(e.token,e.token)'::regoperator;

UPDATE pg_operator SET oprcanhash = false WHERE oid = 'e.=(e.token,e.token)'::regoperator;

UPDATE pg_operator SET oprcanmerge = false WHERE oid = 'e.=(e.token,e.token)'::regoperator;

COMMENT ON OPERATOR e.< (e.token, e.token) IS NULL;

ALTER OPERATOR FAMILY e.tokens USING btree RENAME TO all_tokens;

ALTER OPERATOR FAMILY e.tokens USING btree DROP OPERATOR 1 (e.token, int);

ALTER OPERATOR FAMILY e.tokens USING btree DROP FUNCTION 1 (e.token, int);

ALTER OPERATOR CLASS e.token_hashes USING hash RENAME TO hashes;

UPDATE pg_opclass SET opcdefault = true WHERE opcname = 'token_hashes';

UPDATE pg_opclass SET opckeytype = 'int'::regtype WHERE opcname = 'box_boxes';

UPDATE pg_opclass SET opcintype = 'int'::regtype WHERE opcname = 'token_hashes';

UPDATE pg_amop SET amopopr = 'e.<>(e.token,e.token)'::regoperator WHERE amopopr = 'e.<(e.token,e.token)'::regoperator;

UPDATE pg_amop SET amopstrategy = 2 WHERE amopopr = 'e.<(e.token,e.token)'::regoperator;

UPDATE pg_amproc SET amproc = 'e.token_compare_int'::regproc WHERE amproc = 'e.token_compare'::regproc;

UPDATE pg_amop SET amopsortfamily = (SELECT oid FROM pg_opfamily WHERE opfname = 'integer_ops' LIMIT 1)
WHERE amopfamily = (SELECT oid FROM pg_opfamily WHERE opfname = 'box_boxes') AND amopsortfamily <> 0;

COMMENT ON OPERATOR FAMILY e.tokens USING btree IS NULL;

COMMENT ON OPERATOR CLASS e.token_ops USING btree IS NULL;

COMMENT ON ACCESS METHOD everything_pile IS NULL;

UPDATE pg_am SET amhandler = 'bthandler' WHERE amname = 'everything_tree';

DROP ACCESS METHOD everything_tree CASCADE;

ALTER CONVERSION e.to_latin RENAME TO latin;

DROP CONVERSION e.to_latin;

UPDATE pg_conversion SET condefault = true WHERE conname = 'to_latin';

UPDATE pg_conversion SET conproc = 'iso8859_1_to_utf8' WHERE conname = 'to_latin';

UPDATE pg_conversion SET contoencoding = 7 WHERE conname = 'to_latin';

UPDATE pg_conversion SET conforencoding = 7 WHERE conname = 'to_latin';

COMMENT ON CONVERSION e.to_latin IS NULL;

ALTER TEXT SEARCH PARSER e.words RENAME TO some_words;

UPDATE pg_ts_parser SET prsheadline = 0 WHERE prsname = 'words';

UPDATE pg_ts_parser SET prsstart = 'prsd_end' WHERE prsname = 'words';

UPDATE pg_ts_parser SET prstoken = 'prsd_end' WHERE prsname = 'words';

UPDATE pg_ts_parser SET prsend = 'prsd_start' WHERE prsname = 'words';

UPDATE pg_ts_parser SET prslextype = 'prsd_start' WHERE prsname = 'words';

COMMENT ON TEXT SEARCH PARSER e.words IS NULL;

UPDATE pg_ts_template SET tmplinit = 0 WHERE tmplname = 'plain';

UPDATE pg_ts_template SET tmpllexize = 'dsynonym_lexize' WHERE tmplname = 'plain';

COMMENT ON TEXT SEARCH TEMPLATE e.plain IS NULL;

ALTER TEXT SEARCH DICTIONARY e.all_words (ACCEPT = true);

ALTER TEXT SEARCH DICTIONARY e.all_words (STOPWORDS);

DROP TEXT SEARCH DICTIONARY e.some_words CASCADE;

UPDATE pg_ts_dict SET dicttemplate = (SELECT oid FROM pg_ts_template WHERE tmplname = 'synonym') WHERE dictname = 'some_words';

COMMENT ON TEXT SEARCH DICTIONARY e.all_words IS NULL;

ALTER TEXT SEARCH CONFIGURATION e.search DROP MAPPING FOR word;

ALTER TEXT SEARCH CONFIGURATION e.search ALTER MAPPING FOR word WITH e.some_words, e.all_words;

ALTER TEXT SEARCH CONFIGURATION e.search ADD MAPPING FOR float WITH simple;

UPDATE pg_ts_config SET cfgparser = (SELECT oid FROM pg_ts_parser WHERE prsname = 'default') WHERE cfgname = 'search';

COMMENT ON TEXT SEARCH CONFIGURATION e.search IS NULL;
