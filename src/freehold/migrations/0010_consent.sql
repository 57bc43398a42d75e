-- Ask before somebody owns an organization, answer a repeated click, and know in which language to write to people.
-- migrate:up
-- migrate: lint-ignore: require-concurrent-index-creation the tables are new and empty

-- Whoever was made owner without being asked can leave all the same (see the removal of users).
ALTER TABLE organizations ADD COLUMN owner_consented boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN organizations.owner_consented IS 'Whether the owner created it or accepted it; false when made owner by an operator or an import.';

ALTER TABLE users ADD COLUMN locale varchar(35);
ALTER TABLE users ADD CONSTRAINT users_locale_check CHECK (locale ~ '^[a-z]{2,3}(-([A-Z0-9]{2}|[a-z0-9]{3}|[A-Z0-9][a-z0-9]{3}|[a-z0-9]{5,8}))*$') NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_locale_check;
COMMENT ON COLUMN users.locale IS 'The language that mails to the user are written in, such as de or de-AT; NULL: English.';

-- One open offer for each organization. It goes with the membership of whom it is made to.
CREATE TABLE owner_offers (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    offered_by uuid,
    offered_by_key uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT owner_offers_pkey PRIMARY KEY (organization_id),
    CONSTRAINT owner_offers_user_is_member_fkey FOREIGN KEY (organization_id, user_id)
        REFERENCES organization_members (organization_id, user_id) ON DELETE CASCADE
);
CREATE INDEX owner_offers_user_id_idx ON owner_offers (user_id, organization_id);
COMMENT ON TABLE owner_offers IS 'Ownership of organizations that is offered to a member, who has not answered.';
COMMENT ON COLUMN owner_offers.organization_id IS 'Whose ownership.';
COMMENT ON COLUMN owner_offers.user_id IS 'The member who may accept it.';
COMMENT ON COLUMN owner_offers.offered_by IS 'The user who offers it; NULL for the operator and for a key of the organization.';
COMMENT ON COLUMN owner_offers.offered_by_key IS 'The key of the organization that offers it. No foreign key: a key can be revoked while its offer is open.';
COMMENT ON COLUMN owner_offers.created_at IS 'When it was offered.';
COMMENT ON COLUMN owner_offers.expires_at IS 'Until when it can be accepted.';

-- Tokens that have done their work, so that a second click on the same link is answered as done.
CREATE TABLE used_tokens (
    token_hash bytea NOT NULL,
    user_id uuid,
    organization_id uuid,
    used_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT used_tokens_pkey PRIMARY KEY (token_hash),
    CONSTRAINT used_tokens_token_hash_check CHECK (length(token_hash) = 32),
    CONSTRAINT used_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT used_tokens_organization_id_fkey
        FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE
);
CREATE INDEX used_tokens_user_id_idx ON used_tokens (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX used_tokens_organization_id_idx ON used_tokens (organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX used_tokens_used_at_idx ON used_tokens (used_at);
COMMENT ON TABLE used_tokens IS 'Tokens from mails that were used lately, so that a second click is answered as done.';
COMMENT ON COLUMN used_tokens.token_hash IS 'SHA-256 of the token.';
COMMENT ON COLUMN used_tokens.user_id IS 'Who has used it; NULL when nobody was signed in.';
COMMENT ON COLUMN used_tokens.organization_id IS 'The organization that it invited to; NULL for tokens of an account.';
COMMENT ON COLUMN used_tokens.used_at IS 'When it was used.';

-- migrate:down
-- An older version hands ownership over without asking, says that a used token is not valid, and writes English.

DROP TABLE used_tokens;
DROP TABLE owner_offers;
ALTER TABLE users DROP COLUMN locale;
ALTER TABLE organizations DROP COLUMN owner_consented;
