-- Say when a session gave its password, which key sent an invitation, and how a change of address is undone.
-- migrate:up

-- When the password was last given. NULL in sessions from before: when they began.
ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz;

-- The organization's key that sent it. NULL with invited_by NULL: the operator. It is no foreign key: a key can be revoked
-- while its invitations are open, which then no longer work.
ALTER TABLE invitations ADD COLUMN invited_by_key uuid;

-- The last mail to somebody whose account is gone: removed as soon as it is delivered or given up.
ALTER TABLE mail_messages ADD COLUMN is_last boolean NOT NULL DEFAULT false;

-- Addresses that users had until they changed them, and who may undo that: whoever has the token that was mailed there.
CREATE TABLE email_undos (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    email varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT email_undos_pkey PRIMARY KEY (token_hash),
    CONSTRAINT email_undos_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT email_undos_token_hash_check CHECK (length(token_hash) = 32)
);
CREATE INDEX email_undos_user_id_idx ON email_undos (user_id, created_at);
-- Nobody else gets the address while the change can be undone.
CREATE INDEX email_undos_email_idx ON email_undos (lower(email COLLATE "C"));
COMMENT ON TABLE email_undos IS 'Changes of address that can be undone.';

-- migrate:down
-- An older version asks for no fresh sign-in, and undoes nothing.

DROP TABLE email_undos;
ALTER TABLE mail_messages DROP COLUMN is_last;
ALTER TABLE invitations DROP COLUMN invited_by_key;
ALTER TABLE sessions DROP COLUMN authenticated_at;
