-- pair: c_hex
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x text DEFAULT '#00ff00';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x ~ '^#[0-9a-f]{6}$');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (length(x) = 7);
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x ~ '^#[0-9a-f]{6}$');

-- pair: c_url
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x text DEFAULT 'https://a.example';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x LIKE 'https://%');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (x LIKE 'http%');
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x LIKE 'https://%');

-- pair: c_slug
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x text DEFAULT 'abc';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x ~ '^[a-z0-9-]+$' AND length(x) BETWEEN 3 AND 30);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (x ~ '^[a-z0-9-]+$');
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x ~ '^[a-z0-9-]+$' AND length(x) BETWEEN 3 AND 30);

-- pair: c_phone
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x text DEFAULT '+4930123456';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x ~ '^[+][0-9]{5,15}$');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (x ~ '^[+]');
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (x ~ '^[+][0-9]{5,15}$');

-- pair: c_domainlike
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> '');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (v <> 'none');
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> '');

-- pair: c_email
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v LIKE 'v%' AND position('@' in v) = 0);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v LIKE 'v%' AND position('@' in v) = 0);

-- pair: c_regex
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v ~ '^[a-z]+[0-9]+$');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v ~ '^[a-z]+[0-9]+$');

-- pair: c_upper
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD code text NOT NULL DEFAULT 'ABC';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (code = upper(code));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (code = upper(code));

-- pair: c_len3
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD code text NOT NULL DEFAULT 'ABC';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (length(code) = 3);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (length(code) = 3);

-- pair: c_status
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD status text NOT NULL DEFAULT 'new';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (status IN ('new', 'paid'));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (status IN ('new', 'paid', 'void'));
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (status IN ('new', 'paid'));

-- pair: c_not_blank
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (btrim(v) <> '');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (btrim(v) <> '');
