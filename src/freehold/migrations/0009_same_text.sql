-- Let a name show what it holds, keep old slugs for whoever had them, and find the passwords that take long to check.
-- migrate:up

-- Names hold nothing that cannot be seen, but for what shapes their letters and emoji (see freehold.base.text). Those that
-- held more lose it; where nothing is left to see, a person has no such name, and anything else is called Unnamed.
ALTER TABLE users DROP CONSTRAINT users_first_name_check;
UPDATE users
SET first_name = btrim(regexp_replace(first_name, '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]', '', 'g'), E' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'),
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE first_name ~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$';
UPDATE users
SET first_name = NULL,
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE first_name !~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]';
ALTER TABLE users ADD CONSTRAINT users_first_name_check CHECK (
    first_name !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'
    AND first_name ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'
);

ALTER TABLE users DROP CONSTRAINT users_last_name_check;
UPDATE users
SET last_name = btrim(regexp_replace(last_name, '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]', '', 'g'), E' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'),
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE last_name ~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$';
UPDATE users
SET last_name = NULL,
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE last_name !~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]';
ALTER TABLE users ADD CONSTRAINT users_last_name_check CHECK (
    last_name !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'
    AND last_name ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'
);

ALTER TABLE organizations DROP CONSTRAINT organizations_name_check;
UPDATE organizations
SET name = btrim(regexp_replace(name, '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]', '', 'g'), E' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'),
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE name ~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$';
UPDATE organizations
SET name = 'Unnamed',
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE name !~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]';
ALTER TABLE organizations ADD CONSTRAINT organizations_name_check CHECK (
    name !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'
    AND name ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'
);

ALTER TABLE projects DROP CONSTRAINT projects_name_check;
UPDATE projects
SET name = btrim(regexp_replace(name, '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]', '', 'g'), E' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'),
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE name ~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$';
UPDATE projects
SET name = 'Unnamed',
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE name !~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]';
ALTER TABLE projects ADD CONSTRAINT projects_name_check CHECK (
    name !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'
    AND name ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'
);

ALTER TABLE api_keys DROP CONSTRAINT api_keys_name_check;
UPDATE api_keys
SET name = btrim(regexp_replace(name, '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]', '', 'g'), E' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000')
WHERE name ~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$';
UPDATE api_keys
SET name = 'Unnamed'
WHERE name !~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]';
ALTER TABLE api_keys ADD CONSTRAINT api_keys_name_check CHECK (
    name !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'
    AND name ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'
);

-- Every slug that an organization has, or had lately. An organization's slug must be its own here, so nobody takes one that
-- another organization has given up, whatever writes the row.
CREATE TABLE slugs (
    slug varchar(100) NOT NULL,
    organization_id uuid NOT NULL,
    released_at timestamptz,
    CONSTRAINT slugs_pkey PRIMARY KEY (slug),
    CONSTRAINT slugs_slug_organization_id_key UNIQUE (slug, organization_id),
    CONSTRAINT slugs_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX slugs_organization_id_idx ON slugs (organization_id);
CREATE INDEX slugs_released_at_idx ON slugs (released_at) WHERE released_at IS NOT NULL;
COMMENT ON TABLE slugs IS 'Which organization each slug leads to: its own, and those it had lately.';
COMMENT ON COLUMN slugs.slug IS 'As in a path.';
COMMENT ON COLUMN slugs.organization_id IS 'Whose it is.';
COMMENT ON COLUMN slugs.released_at IS 'When the organization took another; kept for it for 90 days from then. NULL while it is the slug.';

INSERT INTO slugs (slug, organization_id) SELECT slug, id FROM organizations;

-- The bare word is what a name became of which nothing was left. Its old address leads on.
INSERT INTO slugs (slug, organization_id)
SELECT 'organization-' || left(md5(id::text), 8), id FROM organizations WHERE slug = 'organization';
UPDATE slugs SET released_at = now() WHERE slug = 'organization';
UPDATE organizations
SET slug = 'organization-' || left(md5(id::text), 8),
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE slug = 'organization';
ALTER TABLE organizations DROP CONSTRAINT organizations_slug_check;
ALTER TABLE organizations ADD CONSTRAINT organizations_slug_check CHECK (
    slug ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'
    AND slug !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    AND slug <> ALL (ARRAY[
            'admin', 'api', 'auth', 'billing', 'console', 'current', 'docs', 'health', 'help', 'login', 'logout', 'me',
            'new', 'null', 'openapi', 'organization', 'root', 'search', 'settings', 'signup', 'status', 'support',
            'system', 'undefined', 'www'
    ])
);
ALTER TABLE organizations ADD CONSTRAINT organizations_slug_fkey
    FOREIGN KEY (slug, id) REFERENCES slugs (slug, organization_id);

-- The kinds and costs of the hashes that other systems made. A failed sign-in costs as much as the dearest, whoever it names.
CREATE INDEX users_password_kind_idx ON users ((coalesce(
    substring(
        regexp_replace(password_hash, '^(scrypt[$][0-9]+)[$][^$]+', '\1')
        FROM '^(?:[{]SSHA[}]|(?:bcrypt[_a-z0-9]*[$])?[$]2[aby](?=[$])|[$][56](?=[$])|(?:argon2)?[$]?[a-z][_a-z0-9-]{2,19}(?=[$:]))(?:[$:,](?:[mtpnirv]=|ln=|rounds=|sha)?[0-9]+(?=[$:,]))*'
    ), ''
)))
WHERE password_hash <> '!' AND password_hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%';

-- Lines whose password hash cannot be checked, in a partial import that was cut off.
ALTER TABLE imports ADD COLUMN unusable_passwords bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN imports.unusable_passwords IS 'Lines so far whose password hash cannot be checked.';

-- migrate:down
-- An older version accepts these names, and gives an old slug to anybody.

DROP INDEX users_password_kind_idx;
ALTER TABLE imports DROP COLUMN unusable_passwords;
ALTER TABLE organizations DROP CONSTRAINT organizations_slug_fkey;
DROP TABLE slugs;
ALTER TABLE organizations DROP CONSTRAINT organizations_slug_check;
ALTER TABLE organizations ADD CONSTRAINT organizations_slug_check CHECK (
    slug ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'
    AND slug !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    AND slug <> ALL (ARRAY[
            'admin', 'api', 'auth', 'billing', 'console', 'current', 'docs', 'health', 'help', 'login', 'logout', 'me',
            'new', 'null', 'openapi', 'root', 'search', 'settings', 'signup', 'status', 'support', 'system', 'undefined',
            'www'
    ])
);
ALTER TABLE users DROP CONSTRAINT users_first_name_check;
ALTER TABLE users ADD CONSTRAINT users_first_name_check CHECK (
    first_name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND first_name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
);
ALTER TABLE users DROP CONSTRAINT users_last_name_check;
ALTER TABLE users ADD CONSTRAINT users_last_name_check CHECK (
    last_name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND last_name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
);
ALTER TABLE organizations DROP CONSTRAINT organizations_name_check;
ALTER TABLE organizations ADD CONSTRAINT organizations_name_check CHECK (
    name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
);
ALTER TABLE projects DROP CONSTRAINT projects_name_check;
ALTER TABLE projects ADD CONSTRAINT projects_name_check CHECK (
    name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
);
ALTER TABLE api_keys DROP CONSTRAINT api_keys_name_check;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_name_check CHECK (
    name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
);
