-- Find the mails that wait or were given up without reading those that were sent.
-- migrate:up
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the table that it changes is empty
-- migrate: lint-ignore: adding-field-with-default no release is without this migration, so the table that it changes is empty

ALTER TABLE mail_messages ADD COLUMN state varchar(7) NOT NULL GENERATED ALWAYS AS (
    CASE WHEN failed_at IS NOT NULL THEN 'failed' WHEN sent_at IS NOT NULL THEN 'sent' ELSE 'waiting' END
) STORED;
COMMENT ON COLUMN mail_messages.state IS 'What became of it so far: waiting, sent, or failed.';
CREATE INDEX mail_messages_state_idx ON mail_messages (state, id DESC);

-- migrate:down

DROP INDEX mail_messages_state_idx;
ALTER TABLE mail_messages DROP COLUMN state;
