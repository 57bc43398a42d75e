-- Users, organizations with their members, projects, sessions and the audit log.
-- migrate:up

CREATE TABLE users (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    username varchar(50) NOT NULL,
    email varchar(255) NOT NULL,
    password_hash varchar(255) NOT NULL,
    first_name varchar(100),
    last_name varchar(100),
    avatar_url varchar(2048),
    is_admin boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_username_key UNIQUE (username),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_username_check CHECK (username ~ '^[A-Za-z0-9_]{3,50}$'),
    -- A superset of what the application accepts: one @ with text around it, no space, no control character.
    CONSTRAINT users_email_check CHECK (email ~ '^[^@\u0001-\u0020\u007f-\u00a0]+@[^@\u0001-\u0020\u007f-\u00a0]+$'),
    CONSTRAINT users_password_hash_check CHECK (password_hash <> ''),
    -- Names are trimmed, not empty, and without control characters.
    CONSTRAINT users_first_name_check CHECK (
        first_name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND first_name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
    ),
    CONSTRAINT users_last_name_check CHECK (
        last_name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND last_name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
    ),
    CONSTRAINT users_avatar_url_check CHECK (
        avatar_url ~ '^https?://[^/?#\u0001-\u0020\u007f-\u00a0]+([/?#][^\u0001-\u0020\u007f-\u00a0]*)?$'
    )
);

-- Identity without regard to case. COLLATE "C" folds A-Z and nothing else, the same on every server and for ever:
-- a database in a Turkish locale would otherwise hold INFO and info as two accounts.
CREATE UNIQUE INDEX users_username_lower_key ON users (lower(username COLLATE "C"));
CREATE UNIQUE INDEX users_email_lower_key ON users (lower(email COLLATE "C"));

CREATE TABLE organizations (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name varchar(100) NOT NULL,
    slug varchar(100) NOT NULL,
    owner_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT organizations_pkey PRIMARY KEY (id),
    CONSTRAINT organizations_slug_key UNIQUE (slug),
    CONSTRAINT organizations_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT organizations_name_check CHECK (
        name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
    ),
    CONSTRAINT organizations_slug_check CHECK (
        slug ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'
        -- An address names an organization by id or by slug: the two must never look alike.
        AND slug !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        AND slug <> ALL (ARRAY[
            'admin', 'api', 'auth', 'billing', 'console', 'current', 'docs', 'health', 'help', 'login', 'logout', 'me', 'new', 'null',
            'openapi', 'root', 'search', 'settings', 'signup', 'status', 'support', 'system', 'undefined', 'www'
        ])
    )
);
CREATE INDEX organizations_owner_id_idx ON organizations (owner_id);

CREATE TABLE organization_members (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role varchar(20) NOT NULL DEFAULT 'member',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT organization_members_pkey PRIMARY KEY (organization_id, user_id),
    CONSTRAINT organization_members_organization_id_fkey
        FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT organization_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT organization_members_role_check CHECK (role IN ('admin', 'member'))
);
CREATE INDEX organization_members_user_id_idx ON organization_members (user_id, organization_id);
-- Members in order of joining, for the pages of a large organization.
CREATE INDEX organization_members_joined_idx ON organization_members (organization_id, created_at, user_id);

-- The role that counts. 'owner' is stored nowhere else than in organizations.owner_id, and derived nowhere else than here.
CREATE VIEW organization_roles AS
SELECT m.organization_id,
    m.user_id,
    CASE WHEN o.owner_id = m.user_id THEN 'owner' ELSE m.role END AS role,
    m.created_at AS joined_at
FROM organization_members m
JOIN organizations o ON o.id = m.organization_id;

-- The owner is a member, always. Deferred, so that one statement can insert both rows, in either order.
ALTER TABLE organizations ADD CONSTRAINT organizations_owner_is_member_fkey
    FOREIGN KEY (id, owner_id) REFERENCES organization_members (organization_id, user_id) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE projects (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    description text NOT NULL DEFAULT '',
    visibility varchar(20) NOT NULL DEFAULT 'private',
    features text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT projects_pkey PRIMARY KEY (id),
    -- What later tables of an organization's data point at, organization first (see data model, growing past one machine).
    CONSTRAINT projects_organization_id_id_key UNIQUE (organization_id, id),
    CONSTRAINT projects_organization_id_fkey
        FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT projects_name_check CHECK (
        name ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND name !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
    ),
    CONSTRAINT projects_description_check CHECK (length(description) <= 10000),
    CONSTRAINT projects_visibility_check CHECK (visibility IN ('public', 'private')),
    -- At most 100 different features. The text form of an array quotes whatever is outside the allowed letters (and the
    -- word null), so one pattern sees elements, NULLs and nested arrays alike. A tsvector holds each word once.
    CONSTRAINT projects_features_check CHECK (
        CASE WHEN features::text ~ '^\{(([a-z0-9_.-]{1,64}|"null")(,([a-z0-9_.-]{1,64}|"null"))*)?\}$'
        THEN cardinality(features) <= 100 AND cardinality(features) = length(array_to_tsvector(features))
        ELSE false END
    )
);
-- The seed's listing: projects of an organization, newest first; below it the same for those who see only public ones.
CREATE INDEX projects_organization_id_created_at_idx ON projects (organization_id, created_at DESC, id DESC);
CREATE INDEX projects_public_idx ON projects (organization_id, created_at DESC, id DESC) WHERE visibility = 'public';

CREATE TABLE sessions (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    user_agent varchar(512),
    ip inet,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_hash_key UNIQUE (token_hash),
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT sessions_token_hash_check CHECK (length(token_hash) = 32)
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id, id DESC);

-- Who did what. No foreign keys: an event outlives the user and the organization that it speaks of.
CREATE TABLE audit_events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid,
    actor_id uuid,
    action varchar(64) NOT NULL,
    target_type varchar(32) NOT NULL,
    target_id uuid,
    details jsonb NOT NULL DEFAULT '{}',
    request_id varchar(128),
    ip inet,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_action_check CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    CONSTRAINT audit_events_details_check CHECK (jsonb_typeof(details) = 'object')
);
CREATE INDEX audit_events_organization_id_idx ON audit_events (organization_id, created_at DESC, id DESC);

-- Secrets that all nodes of one platform share, made by the first to start (the key that signs cursors).
CREATE TABLE server_keys (
    name varchar(32) NOT NULL,
    key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT server_keys_pkey PRIMARY KEY (name),
    CONSTRAINT server_keys_key_check CHECK (length(key) = 32)
);

COMMENT ON TABLE users IS 'People who can sign in.';
COMMENT ON TABLE organizations IS 'Who owns projects; itself owned by one of its members.';
COMMENT ON TABLE organization_members IS 'Which user belongs to which organization, and as what.';
COMMENT ON VIEW organization_roles IS 'What each member is in an organization: owner, admin or member.';
COMMENT ON TABLE projects IS 'What an organization works on.';
COMMENT ON TABLE sessions IS 'Who is signed in where; holds only the hash of each token.';
COMMENT ON TABLE audit_events IS 'Who did what, written in the transaction of the change.';
COMMENT ON TABLE server_keys IS 'Secrets shared by all nodes; never shown.';

-- migrate:down

ALTER TABLE organizations DROP CONSTRAINT organizations_owner_is_member_fkey;
DROP VIEW organization_roles;
DROP TABLE server_keys;
DROP TABLE audit_events;
DROP TABLE sessions;
DROP TABLE projects;
DROP TABLE organization_members;
DROP TABLE organizations;
DROP TABLE users;
