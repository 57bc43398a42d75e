-- The life of accounts and organizations: verification, recovery, mail, invitations, custom roles, API keys, restoring.
-- migrate:up
-- migrate: lint-ignore: constraint-missing-not-valid no release is without this migration, so the tables that it changes are empty
-- migrate: lint-ignore: adding-foreign-key-constraint no release is without this migration, so the tables that it changes are empty
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the tables that it changes are empty

ALTER TABLE users ADD COLUMN email_verified_at timestamptz;

-- An address that somebody says is theirs, until they show it. One for each user; sending again replaces it.
CREATE TABLE email_verifications (
    user_id uuid NOT NULL,
    email varchar(255) NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT email_verifications_pkey PRIMARY KEY (user_id),
    CONSTRAINT email_verifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT email_verifications_token_hash_key UNIQUE (token_hash),
    CONSTRAINT email_verifications_token_hash_check CHECK (length(token_hash) = 32)
);

CREATE TABLE password_resets (
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT password_resets_pkey PRIMARY KEY (user_id),
    CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT password_resets_token_hash_key UNIQUE (token_hash),
    CONSTRAINT password_resets_token_hash_check CHECK (length(token_hash) = 32)
);

-- The outbox: written in the transaction of the change, delivered afterwards, at least once.
CREATE TABLE mail_messages (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    recipient varchar(255) NOT NULL,
    user_id uuid, -- whom it speaks of, whoever gets it; removing the user removes it
    subject varchar(255) NOT NULL,
    text_body text NOT NULL,
    html_body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    failed_at timestamptz,
    last_error varchar(500),
    CONSTRAINT mail_messages_pkey PRIMARY KEY (id),
    CONSTRAINT mail_messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT mail_messages_attempts_check CHECK (attempts >= 0),
    CONSTRAINT mail_messages_outcome_check CHECK (num_nonnulls(sent_at, failed_at) <= 1)
);
CREATE INDEX mail_messages_due_idx ON mail_messages (next_attempt_at, id) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX mail_messages_done_idx ON mail_messages ((coalesce(sent_at, failed_at)));
CREATE INDEX mail_messages_user_id_idx ON mail_messages (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX mail_messages_recipient_idx ON mail_messages (lower(recipient COLLATE "C"), id);

-- Roles that an organization makes for itself, beside owner, admin and member.
CREATE TABLE roles (
    organization_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name varchar(50) NOT NULL,
    actions text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roles_pkey PRIMARY KEY (organization_id, id),
    CONSTRAINT roles_organization_id_name_key UNIQUE (organization_id, name),
    CONSTRAINT roles_organization_id_fkey
        FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT roles_name_check CHECK (
        name ~ '^[a-z][a-z0-9_-]{0,49}$' AND name NOT IN ('owner', 'admin', 'member')
        -- A role is named by id or by name: the two must never look alike.
        AND name !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    ),
    -- As projects_features_check: the text form shows elements, NULLs and nesting alike; a tsvector holds each word once.
    CONSTRAINT roles_actions_check CHECK (
        CASE WHEN actions::text ~ '^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$'
        THEN cardinality(actions) <= 100 AND cardinality(actions) = length(array_to_tsvector(actions))
            -- Whoever belongs to an organization sees it, and can leave it.
            AND 'organization.read' = ANY (actions)
        ELSE false END
    )
);

-- A member with a role of the organization's own keeps 'member' in the column role, which then does not count.
ALTER TABLE organization_members ADD COLUMN role_id uuid;
ALTER TABLE organization_members ADD CONSTRAINT organization_members_role_id_fkey
    FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id) ON DELETE RESTRICT;
CREATE INDEX organization_members_role_id_idx ON organization_members (organization_id, role_id)
    WHERE role_id IS NOT NULL;

-- A deleted organization can be restored for a while; then it is purged.
ALTER TABLE organizations ADD COLUMN deleted_at timestamptz;
CREATE INDEX organizations_deleted_idx ON organizations (id) WHERE deleted_at IS NOT NULL;
CREATE INDEX organizations_deleted_at_idx ON organizations (deleted_at) WHERE deleted_at IS NOT NULL;

-- What each member is, also in deleted organizations: for restoring them, and for what is kept about a person.
CREATE VIEW all_organization_roles AS
SELECT m.organization_id,
    m.user_id,
    CASE WHEN o.owner_id = m.user_id THEN 'owner' ELSE coalesce(r.name, m.role) END AS role,
    m.created_at AS joined_at,
    CASE WHEN o.owner_id = m.user_id THEN NULL ELSE r.actions END AS actions,
    o.deleted_at
FROM organization_members m
JOIN organizations o ON o.id = m.organization_id
LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.id = m.role_id;

-- The role that counts: in a deleted organization nobody is anything. All that is shown to anybody starts from here.
CREATE OR REPLACE VIEW organization_roles AS
SELECT organization_id, user_id, role, joined_at, actions
FROM all_organization_roles
WHERE deleted_at IS NULL;

CREATE TABLE invitations (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    email varchar(255) NOT NULL,
    role varchar(50) NOT NULL,
    token_hash bytea NOT NULL,
    invited_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (organization_id, id),
    CONSTRAINT invitations_organization_id_fkey
        FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT invitations_token_hash_check CHECK (length(token_hash) = 32)
);
-- The address first, so that it also finds all that somebody was invited to.
CREATE UNIQUE INDEX invitations_email_lower_key ON invitations (lower(email COLLATE "C"), organization_id);
CREATE INDEX invitations_token_hash_idx ON invitations (token_hash);

-- Keys for programs: of a user, or of an organization itself. The key is never stored.
CREATE TABLE api_keys (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id uuid,
    organization_id uuid,
    name varchar(100) NOT NULL,
    hint varchar(16) NOT NULL,
    key_hash bytea NOT NULL,
    actions text[],
    project_ids uuid[],
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id),
    CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
    CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT api_keys_organization_id_fkey
        FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT api_keys_owner_check CHECK (num_nonnulls(user_id, organization_id) = 1),
    CONSTRAINT api_keys_organization_check CHECK (organization_id IS NULL OR actions IS NOT NULL),
    CONSTRAINT api_keys_actions_check CHECK (
        CASE WHEN actions::text ~ '^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$'
        THEN cardinality(actions) <= 100 AND cardinality(actions) = length(array_to_tsvector(actions))
        ELSE actions IS NULL END
    ),
    CONSTRAINT api_keys_project_ids_check CHECK (cardinality(project_ids) <= 100),
    CONSTRAINT api_keys_key_hash_check CHECK (length(key_hash) = 32),
    CONSTRAINT api_keys_name_check CHECK (
        name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
    )
);
CREATE INDEX api_keys_user_id_idx ON api_keys (user_id, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX api_keys_organization_id_idx ON api_keys (organization_id, id DESC) WHERE organization_id IS NOT NULL;

COMMENT ON TABLE email_verifications IS 'Addresses that wait for their owner to show that they are theirs.';
COMMENT ON TABLE password_resets IS 'Who may set a new password with the token that was mailed.';
COMMENT ON TABLE mail_messages IS 'The outbox.';
COMMENT ON VIEW all_organization_roles IS 'What each member is, also in deleted organizations.';
COMMENT ON TABLE roles IS 'Roles that organizations make for themselves.';
COMMENT ON TABLE invitations IS 'Who was asked to join which organization, and has not answered.';
COMMENT ON TABLE api_keys IS 'Keys for programs; holds only the hash of each.';

-- migrate:down
-- An older version knows no restoring, so deleted organizations come back; members with a role of their organization's
-- own become plain members.

DROP TABLE api_keys;
DROP TABLE invitations;
DROP VIEW organization_roles;
DROP VIEW all_organization_roles;
CREATE VIEW organization_roles AS
SELECT m.organization_id,
    m.user_id,
    CASE WHEN o.owner_id = m.user_id THEN 'owner' ELSE m.role END AS role,
    m.created_at AS joined_at
FROM organization_members m
JOIN organizations o ON o.id = m.organization_id;
COMMENT ON VIEW organization_roles IS 'What each member is in an organization: owner, admin or member.';
DROP INDEX organizations_deleted_at_idx;
DROP INDEX organizations_deleted_idx;
ALTER TABLE organizations DROP COLUMN deleted_at;
ALTER TABLE organization_members DROP CONSTRAINT organization_members_role_id_fkey;
DROP INDEX organization_members_role_id_idx;
ALTER TABLE organization_members DROP COLUMN role_id;
DROP TABLE roles;
DROP TABLE mail_messages;
DROP TABLE password_resets;
DROP TABLE email_verifications;
ALTER TABLE users DROP COLUMN email_verified_at;
