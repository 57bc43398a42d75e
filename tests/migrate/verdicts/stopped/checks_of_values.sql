-- pair: c_time
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x time DEFAULT '10:00';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x >= '08:00');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x >= '08:00');

-- pair: c_span
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x interval DEFAULT '2 hours';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x >= '1 hour');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x >= '1 hour');

-- pair: c_span2
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x interval DEFAULT '2 hours';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x < '1 day');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x < '1 day');

-- pair: c_masklen
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x cidr DEFAULT '10.0.0.0/8';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (masklen(x) <= 24);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (masklen(x) <= 24);

-- pair: c_list_length
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x jsonb DEFAULT '[1]';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (jsonb_array_length(x) <= 3);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (jsonb_array_length(x) <= 3);

-- pair: c_json_kind
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x jsonb DEFAULT '{"kind": "a"}';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x->>'kind' IN ('a', 'b'));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x->>'kind' IN ('a', 'b'));

-- pair: c_json_number
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x jsonb DEFAULT '{"n": 1}';
ALTER TABLE {t} ADD CONSTRAINT c CHECK ((x->>'n')::int BETWEEN 0 AND 9);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK ((x->>'n')::int BETWEEN 0 AND 9);

-- pair: c_json_size
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x jsonb DEFAULT '{}';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (length(x::text) < 100);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (length(x::text) < 100);

-- pair: c_tsv
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x tsvector DEFAULT 'a';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x @@ 'a');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x @@ 'a');

-- pair: c_year
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x date DEFAULT '2024-01-01';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (extract(year FROM x) >= 2000);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (extract(year FROM x) >= 2000);

-- pair: c_weekday
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x date DEFAULT '2024-01-01';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (extract(isodow FROM x) < 6);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (extract(isodow FROM x) < 6);

-- pair: c_percent_num
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x numeric(5,2) DEFAULT 5;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x <= 100.00);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x <= 100.00);

-- pair: c_half
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x numeric DEFAULT 5;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x * 2 = trunc(x * 2));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x * 2 = trunc(x * 2));

-- pair: c_point
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x point DEFAULT '(1,2)';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x[0] BETWEEN -180 AND 180);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x[0] BETWEEN -180 AND 180);

-- pair: c_array_null
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x text[] DEFAULT '{a}';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (array_position(x, NULL) IS NULL);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (array_position(x, NULL) IS NULL);

-- pair: c_array_within
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x text[] DEFAULT '{a}';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x <@ ARRAY['a', 'b']);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x <@ ARRAY['a', 'b']);

-- pair: c_bit
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x bit(3) DEFAULT B'101';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x <> B'111');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x <> B'111');

-- pair: c_nan
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x double precision DEFAULT 1;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x <> 'NaN');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x <> 'NaN');

-- pair: c_finite
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x timestamptz DEFAULT '2024-01-01';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (isfinite(x));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (isfinite(x));

-- pair: c_status_smallint
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD status smallint NOT NULL DEFAULT 0;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (status = ANY (ARRAY[0, 1]));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (status IN (0, 1, 2));
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (status = ANY (ARRAY[0, 1]));

-- pair: c_between
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n BETWEEN 1 AND 100);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (n BETWEEN 0 AND 100);
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n BETWEEN 1 AND 100);

-- pair: c_percent
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD p double precision DEFAULT 5;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (p >= 0 AND p <= 100);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (p >= 0);
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (p >= 0 AND p <= 100);

-- pair: c_json_key
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD j jsonb DEFAULT '{"name": 1}';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (j ? 'name');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (j ? 'name');

-- pair: c_range
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD r int4range DEFAULT '[1,2)';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (NOT isempty(r));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (NOT isempty(r));

-- pair: c_mod
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = 2 * id;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n % 2 = 0);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n % 2 = 0);

-- pair: c_uuid
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD u uuid DEFAULT gen_random_uuid();
ALTER TABLE {t} ADD CONSTRAINT c CHECK (u <> '00000000-0000-0000-0000-000000000000');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (u <> '00000000-0000-0000-0000-000000000000');

-- pair: c_bytea
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD b bytea DEFAULT 'ab';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (octet_length(b) <= 4);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (octet_length(b) <= 4);

-- pair: c_interval
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD i interval DEFAULT '1 day';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (i > '0');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (i > '0');

-- pair: c_future
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD d date DEFAULT '2024-02-03';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (d <= CURRENT_DATE);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (d <= CURRENT_DATE);

-- pair: c_inet
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD a inet DEFAULT '10.0.0.1';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (family(a) = 4);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (family(a) = 4);

-- pair: c_money
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD m money DEFAULT 5;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (m > 0::money);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (m > 0::money);
