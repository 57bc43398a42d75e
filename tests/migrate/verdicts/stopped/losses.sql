-- pair: view_row_lost
-- error: down-loses-data
-- up
UPDATE {t} SET v = upper(v) WHERE true;
-- down
UPDATE {t} SET v = lower(v);

-- pair: generated_dropped
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
-- up
ALTER TABLE {t} DROP n;
ALTER TABLE {t} ADD n int GENERATED ALWAYS AS (id) STORED;
-- down
ALTER TABLE {t} DROP n;
ALTER TABLE {t} ADD n int;

-- pair: undeclared_drop
-- error: down-loses-data
-- up
ALTER TABLE {t} DROP v;
-- down
ALTER TABLE {t} ADD v text;

-- pair: undeclared_table
-- error: down-loses-data
-- before
CREATE TABLE {t}_s (id serial PRIMARY KEY, w text);
INSERT INTO {t}_s (w) SELECT v FROM {t};
-- up
DROP TABLE {t}_s;
-- down
CREATE TABLE {t}_s (id serial PRIMARY KEY, w text);

-- pair: truncated
-- error: down-loses-data
-- up
TRUNCATE {t};
-- down
SELECT 1;
