-- Let a platform administrator act for a user: in a session of an hour at most that says so.
-- migrate:up
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the table that it changes is small
-- migrate: lint-ignore: constraint-missing-not-valid no release is without this migration, so the table that it changes is small
-- migrate: lint-ignore: adding-foreign-key-constraint no release is without this migration, so the tables that it changes are small

-- Which administrator acts in the session; NULL: the user themselves.
ALTER TABLE sessions ADD COLUMN acting_admin_id uuid;
ALTER TABLE sessions ADD CONSTRAINT sessions_acting_admin_id_fkey
    FOREIGN KEY (acting_admin_id) REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE sessions ADD CONSTRAINT sessions_acting_check CHECK (
    acting_admin_id IS NULL
    OR (acting_admin_id <> user_id AND expires_at <= created_at + interval '60 minutes' AND authenticated_at IS NULL)
);
COMMENT ON COLUMN sessions.acting_admin_id IS 'The platform administrator who acts for the user; NULL: the user.';
CREATE INDEX sessions_acting_admin_idx ON sessions (acting_admin_id) WHERE acting_admin_id IS NOT NULL;

-- migrate:down
-- An older version would take a session in which somebody acts for the user's own.

DELETE FROM sessions WHERE acting_admin_id IS NOT NULL;
DROP INDEX sessions_acting_admin_idx;
ALTER TABLE sessions DROP CONSTRAINT sessions_acting_check;
ALTER TABLE sessions DROP CONSTRAINT sessions_acting_admin_id_fkey;
ALTER TABLE sessions DROP COLUMN acting_admin_id;
