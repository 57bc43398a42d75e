-- Keep an invitation for a while after it was answered or revoked, so that it can be seen what became of it.
-- migrate:up
-- migrate: lint-ignore: constraint-missing-not-valid no release is without this migration, so the table that it changes is empty
-- migrate: lint-ignore: adding-foreign-key-constraint no release is without this migration, so the table that it changes is empty
-- migrate: lint-ignore: require-concurrent-index-deletion no release is without this migration, so the table that it changes is empty
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the table that it changes is empty

-- One that can no longer be accepted has no token, so nothing that looks for a token finds it.
ALTER TABLE invitations
    ADD COLUMN status varchar(10) NOT NULL DEFAULT 'open',
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN accepted_by uuid,
    ALTER COLUMN token_hash DROP NOT NULL;
ALTER TABLE invitations ADD CONSTRAINT invitations_status_check CHECK (
    status IN ('open', 'accepted', 'declined', 'revoked', 'expired')
    AND (status = 'open') = (ended_at IS NULL)
    AND (status = 'open') = (token_hash IS NOT NULL)
    AND (status = 'accepted') = (accepted_by IS NOT NULL)
);
-- What somebody accepted goes with their account, whatever address they have by then.
ALTER TABLE invitations ADD CONSTRAINT invitations_accepted_by_fkey
    FOREIGN KEY (accepted_by) REFERENCES users (id) ON DELETE CASCADE;
COMMENT ON TABLE invitations IS 'Who was asked to join which organization, and what became of it in the last 90 days.';
COMMENT ON COLUMN invitations.status IS 'open until it is accepted, declined or revoked, or makes room for another after it expired (expired).';
COMMENT ON COLUMN invitations.ended_at IS 'When it was accepted, declined or revoked, or had expired; NULL while it is open.';
COMMENT ON COLUMN invitations.accepted_by IS 'The user who accepted it.';

-- An address has one that is open, and any number of others.
DROP INDEX invitations_email_lower_key;
CREATE UNIQUE INDEX invitations_email_lower_key ON invitations (lower(email COLLATE "C"), organization_id)
    WHERE status = 'open';
CREATE INDEX invitations_email_lower_idx ON invitations (lower(email COLLATE "C"));
CREATE INDEX invitations_status_idx ON invitations (organization_id, status, id DESC);
CREATE INDEX invitations_ended_at_idx ON invitations ((coalesce(ended_at, expires_at)));
CREATE INDEX invitations_accepted_by_idx ON invitations (accepted_by) WHERE accepted_by IS NOT NULL;
DROP INDEX invitations_token_hash_idx;
CREATE INDEX invitations_token_hash_idx ON invitations (token_hash) WHERE token_hash IS NOT NULL;

-- migrate:down
-- An older version knows no invitation that was answered.

DELETE FROM invitations WHERE status <> 'open';
DROP INDEX invitations_email_lower_key;
DROP INDEX invitations_email_lower_idx;
DROP INDEX invitations_status_idx;
DROP INDEX invitations_ended_at_idx;
DROP INDEX invitations_accepted_by_idx;
DROP INDEX invitations_token_hash_idx;
ALTER TABLE invitations DROP CONSTRAINT invitations_accepted_by_fkey;
ALTER TABLE invitations DROP CONSTRAINT invitations_status_check;
ALTER TABLE invitations
    DROP COLUMN status,
    DROP COLUMN ended_at,
    DROP COLUMN accepted_by,
    ALTER COLUMN token_hash SET NOT NULL;
CREATE UNIQUE INDEX invitations_email_lower_key ON invitations (lower(email COLLATE "C"), organization_id);
CREATE INDEX invitations_token_hash_idx ON invitations (token_hash);
COMMENT ON TABLE invitations IS 'Who was asked to join which organization, and has not answered.';
