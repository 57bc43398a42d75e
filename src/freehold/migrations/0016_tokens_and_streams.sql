-- Sign tokens for other services, and let others follow the audit log without losing or repeating an event.
-- migrate:up
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the table that it changes is small

-- Keys that sign tokens for other services (Ed25519). Each generation signs from a moment on, once those who verify know
-- it, until the next one does. As with server_keys, whoever reads this table can sign.
CREATE TABLE signing_keys (
    generation integer NOT NULL,
    id uuid NOT NULL,
    public_key bytea NOT NULL,
    private_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    signs_from timestamptz NOT NULL,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (generation),
    CONSTRAINT signing_keys_id_key UNIQUE (id),
    CONSTRAINT signing_keys_generation_check CHECK (generation >= 1),
    CONSTRAINT signing_keys_key_check CHECK (length(public_key) = 32 AND length(private_key) = 32),
    CONSTRAINT signing_keys_signs_from_check CHECK (signs_from >= created_at)
);
COMMENT ON TABLE signing_keys IS 'Keys that sign tokens for other services; the private halves are never shown.';
COMMENT ON COLUMN signing_keys.generation IS 'Counts the keys; two nodes that make the next one at once make one.';
COMMENT ON COLUMN signing_keys.id IS 'What tokens and /.well-known/jwks.json call the key (kid).';
COMMENT ON COLUMN signing_keys.public_key IS 'The half that others verify with, as 32 bytes.';
COMMENT ON COLUMN signing_keys.private_key IS 'The half that signs, as 32 bytes, not encrypted.';
COMMENT ON COLUMN signing_keys.signs_from IS 'When it begins to sign, and the one before it ends.';

-- Which transaction wrote an event, which tells a reader what can still come before it. NULL: one of before this
-- migration, or of another server from which the database was moved here.
ALTER TABLE audit_events ADD COLUMN transaction_id xid8;
ALTER TABLE audit_events ALTER COLUMN transaction_id SET DEFAULT pg_current_xact_id();
COMMENT ON COLUMN audit_events.transaction_id IS 'The transaction that wrote it; NULL: one of before, or of another server.';
CREATE INDEX audit_events_transaction_id_idx ON audit_events (transaction_id, sequence, id);

-- How far the audit log was written to each output for collectors, and which process writes it now.
CREATE TABLE audit_streams (
    output varchar(1024) NOT NULL,
    event_id uuid,
    holder_id uuid,
    held_until timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT audit_streams_pkey PRIMARY KEY (output)
);
COMMENT ON TABLE audit_streams IS 'How far the audit log was written to each output for collectors.';
COMMENT ON COLUMN audit_streams.output IS 'stdout, or the path of a file.';
COMMENT ON COLUMN audit_streams.event_id IS 'The last event that was written; NULL: none.';
COMMENT ON COLUMN audit_streams.holder_id IS 'The process that writes.';
COMMENT ON COLUMN audit_streams.held_until IS 'When another process may take over, unless that one goes on.';

-- migrate:down
-- An older version signs no tokens and writes no streams. Tokens that were signed are refused from then on.

DROP TABLE audit_streams;
DROP INDEX audit_events_transaction_id_idx;
ALTER TABLE audit_events DROP COLUMN transaction_id;
DROP TABLE signing_keys;
