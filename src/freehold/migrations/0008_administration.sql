-- Say which users are suspended and why, and carry what administrators search by.
-- migrate:up
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the tables that it changes are small
-- migrate: lint-ignore: constraint-missing-not-valid no release is without this migration, so the tables that it changes are small

-- Since when a user is suspended; NULL: active. The reason is for administrators alone.
ALTER TABLE users ADD COLUMN suspended_at timestamptz;
ALTER TABLE users ADD COLUMN suspension_reason varchar(500);
ALTER TABLE users ADD CONSTRAINT users_suspension_reason_check CHECK (
    suspension_reason ~ '^[^\u0001-\u001f\u007f-\u009f]+$'
    AND suspension_reason !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
);
ALTER TABLE users ADD CONSTRAINT users_suspension_check CHECK (suspended_at IS NOT NULL OR suspension_reason IS NULL);
COMMENT ON COLUMN users.suspended_at IS 'Since when the user may do nothing; NULL: active.';
COMMENT ON COLUMN users.suspension_reason IS 'Why the user is suspended, for platform administrators alone.';

-- Few rows each: who is suspended, and who administers the platform, in order of id.
CREATE INDEX users_suspended_idx ON users (id) WHERE suspended_at IS NOT NULL;
CREATE INDEX users_admin_idx ON users (id) WHERE is_admin;

-- What a search goes along, in the order of its answer: text, then id.
CREATE INDEX users_username_search_idx ON users (lower(username COLLATE "C"), id);
CREATE INDEX users_email_search_idx ON users (lower(email COLLATE "C"), id);
CREATE INDEX users_name_search_idx ON users ((lower(coalesce(first_name || ' ' || last_name, first_name)) COLLATE "C"), id)
    WHERE first_name IS NOT NULL;
CREATE INDEX users_last_name_search_idx ON users ((lower(last_name) COLLATE "C"), id) WHERE last_name IS NOT NULL;
CREATE INDEX projects_name_search_idx ON projects (organization_id, (lower(name)) COLLATE "C", id);
CREATE INDEX organizations_name_search_idx ON organizations ((lower(name)) COLLATE "C", id);
CREATE INDEX organizations_slug_search_idx ON organizations (slug COLLATE "C", id);

-- migrate:down
-- An older version knows no suspension: whoever is suspended can sign in there again.

DROP INDEX organizations_slug_search_idx;
DROP INDEX organizations_name_search_idx;
DROP INDEX projects_name_search_idx;
DROP INDEX users_last_name_search_idx;
DROP INDEX users_name_search_idx;
DROP INDEX users_email_search_idx;
DROP INDEX users_username_search_idx;
DROP INDEX users_admin_idx;
DROP INDEX users_suspended_idx;
ALTER TABLE users DROP CONSTRAINT users_suspension_check;
ALTER TABLE users DROP CONSTRAINT users_suspension_reason_check;
ALTER TABLE users DROP COLUMN suspension_reason;
ALTER TABLE users DROP COLUMN suspended_at;
