-- Statements over a temporary table with the lines of a file, `staged`, which is there within an import alone. For each
-- kind: `stage` makes it; `clashes` finds the lines that bring what is there already, or what an earlier line brings;
-- `dangling` finds those that name what does not exist; `insert` stores the rows between two pages of it, so that
-- somebody can be told how far it is (as it is, a row that exists breaks a constraint; `insert_new` passes it over;
-- `insert_others` passes over what an update has dealt with); `update` and what follows it changes what exists. `given`
-- has a bit for each field that a line has, the lowest for the first column after it.

-- name: pages
-- How many pages hold the lines.
SELECT (pg_relation_size('staged') / current_setting('block_size')::integer)::bigint;

-- name: analyze
-- Let the planner know how many lines there are.
ANALYZE staged;

-- name: end
-- Let go of the lines, so that the same transaction can hold another kind.
DROP TABLE staged;

-- name: discard
-- Leave out lines that are refused.
DELETE FROM staged WHERE line = ANY(:lines::bigint[]);

-- name: users_stage
-- Hold users.
CREATE TEMPORARY TABLE staged (
    line bigint NOT NULL, given integer NOT NULL,
    id uuid, username text, email text, email_verified_at timestamptz, first_name text,
    last_name text, avatar_url text, created_at timestamptz, updated_at timestamptz, password_hash text,
    suspended_at timestamptz, suspension_reason text, metadata text, public_metadata text, private_metadata text
) ON COMMIT DROP;

-- name: users_clashes
-- Ids, usernames and addresses that are there; when users are updated, those of another user.
WITH keys AS (
    SELECT line, id, 'id' AS field, id::text AS key FROM staged
    UNION ALL
    SELECT line, id, 'username', lower(username COLLATE "C") FROM staged
    UNION ALL
    SELECT line, id, 'email', lower(email COLLATE "C") FROM staged
), repeated AS (
    SELECT line, field, first FROM (
        SELECT line, field, first_value(line) OVER (PARTITION BY field, key ORDER BY line) AS first FROM keys
    ) AS lines
    WHERE line > first
), taken AS (
    SELECT s.line, 'id' AS field FROM staged s JOIN users u ON u.id = s.id WHERE NOT :updates::boolean
    UNION ALL
    SELECT s.line, 'username'
    FROM staged s
    JOIN users u ON lower(u.username COLLATE "C") = lower(s.username COLLATE "C")
    WHERE u.id <> s.id OR NOT :updates
    UNION ALL
    SELECT s.line, 'email'
    FROM staged s
    JOIN users u ON lower(u.email COLLATE "C") = lower(s.email COLLATE "C")
    WHERE u.id <> s.id OR NOT :updates
)
SELECT line, field, first FROM repeated
UNION ALL
SELECT line, field, NULL FROM taken
ORDER BY line, field, first;

-- name: users_stranding
-- Lines that suspend who administers the platform, when nobody would be left who does. Administrators are locked only
-- where there are such lines: two who take this from each other wait here, and nobody waits for any other import.
WITH admins AS MATERIALIZED (
    SELECT id
    FROM users
    WHERE is_admin AND suspended_at IS NULL AND EXISTS (
        SELECT
        FROM staged s
        JOIN users u ON u.id = s.id AND u.is_admin AND u.suspended_at IS NULL
        WHERE s.suspended_at IS NOT NULL
    )
    ORDER BY id
    FOR NO KEY UPDATE
), suspended AS (
    SELECT s.line, s.id FROM staged s JOIN admins a ON a.id = s.id WHERE s.suspended_at IS NOT NULL
)
SELECT line, 'suspended_at' AS field
FROM suspended
WHERE NOT EXISTS (SELECT FROM admins WHERE id NOT IN (SELECT id FROM suspended))
ORDER BY line;

-- part: users_rows
-- Add users.
INSERT INTO users (
    id, username, email, email_verified_at, first_name, last_name, avatar_url, created_at, updated_at, password_hash,
    suspended_at, suspension_reason, metadata, public_metadata, private_metadata
)
SELECT id, username, email, email_verified_at, first_name, last_name, avatar_url, coalesce(created_at, now()),
    coalesce(updated_at, created_at, now()), coalesce(password_hash, '!'), suspended_at,
    CASE WHEN suspended_at IS NOT NULL THEN suspension_reason END, coalesce(metadata::jsonb, '{}'),
    coalesce(public_metadata::jsonb, '{}'), coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || :first_page::bigint || ',0)')::tid AND ctid < ('(' || :end_page::bigint || ',0)')::tid
ORDER BY line

-- name: users_insert
-- Add users; one that is there breaks a constraint.
{users_rows};

-- name: users_insert_new
-- Add users that are not there, by whatever they must not share.
{users_rows}
ON CONFLICT DO NOTHING;

-- name: users_insert_others
-- Add users that are not there, by their key; what else they share with others breaks a constraint.
{users_rows}
ON CONFLICT (id) DO NOTHING;

-- name: users_end_access
-- End what was begun with a password or an address that is replaced now, or by somebody who is suspended now.
WITH replaced AS MATERIALIZED (
    SELECT u.id
    FROM users u
    JOIN staged s ON s.id = u.id
    WHERE lower(u.email) <> lower(s.email) OR coalesce(s.password_hash, u.password_hash) <> u.password_hash
        OR s.suspended_at IS NOT NULL
), resets AS (
    DELETE FROM password_resets WHERE user_id IN (SELECT id FROM replaced)
), verifications AS (
    DELETE FROM email_verifications WHERE user_id IN (SELECT id FROM replaced)
), keys AS (
    DELETE FROM api_keys WHERE user_id IN (SELECT id FROM replaced)
)
DELETE FROM sessions
WHERE user_id IN (SELECT id FROM replaced) OR acting_admin_id IN (SELECT id FROM replaced);

-- name: users_update
-- Change the users that differ in what their lines give.
UPDATE users u
SET username = s.username,
    email = s.email,
    email_verified_at = s.email_verified_at,
    first_name = s.first_name,
    last_name = s.last_name,
    avatar_url = s.avatar_url,
    created_at = s.created_at,
    updated_at = kept_time(
        time_if(s.updated_at > u.updated_at, s.updated_at), next_version(statement_timestamp(), u.updated_at)
    ),
    password_hash = s.password_hash,
    suspended_at = s.suspended_at,
    suspension_reason = s.suspension_reason,
    metadata = s.metadata,
    public_metadata = s.public_metadata,
    private_metadata = s.private_metadata
FROM (
    SELECT s.id, s.username, s.email, s.updated_at,
        CASE WHEN given & 8 > 0 OR (given & 4 > 0 AND u.email <> s.email) THEN s.email_verified_at
            ELSE u.email_verified_at END AS email_verified_at,
        CASE WHEN given & 16 > 0 THEN s.first_name ELSE u.first_name END AS first_name,
        CASE WHEN given & 32 > 0 THEN s.last_name ELSE u.last_name END AS last_name,
        CASE WHEN given & 64 > 0 THEN s.avatar_url ELSE u.avatar_url END AS avatar_url,
        coalesce(s.created_at, u.created_at) AS created_at,
        coalesce(s.password_hash, u.password_hash) AS password_hash,
        CASE WHEN given & 1024 > 0 THEN s.suspended_at ELSE u.suspended_at END AS suspended_at,
        CASE WHEN given & 1024 = 0 THEN u.suspension_reason WHEN s.suspended_at IS NULL THEN NULL
            WHEN given & 2048 > 0 THEN s.suspension_reason ELSE u.suspension_reason END AS suspension_reason,
        CASE WHEN given & 4096 > 0 THEN coalesce(s.metadata::jsonb, '{}') ELSE u.metadata END AS metadata,
        CASE WHEN given & 8192 > 0 THEN coalesce(s.public_metadata::jsonb, '{}') ELSE u.public_metadata END
            AS public_metadata,
        CASE WHEN given & 16384 > 0 THEN coalesce(s.private_metadata::jsonb, '{}') ELSE u.private_metadata END
            AS private_metadata
    FROM staged s
    JOIN users u ON u.id = s.id
) AS s
WHERE s.id = u.id
    AND (s.username, s.email, s.email_verified_at, s.first_name, s.last_name, s.avatar_url, s.created_at, s.password_hash, s.suspended_at, s.suspension_reason, s.metadata, s.public_metadata, s.private_metadata)
        IS DISTINCT FROM
        (u.username, u.email, u.email_verified_at, u.first_name, u.last_name, u.avatar_url, u.created_at, u.password_hash, u.suspended_at, u.suspension_reason, u.metadata, u.public_metadata, u.private_metadata);

-- name: users_use_up
-- Revoke the invitations to the users' addresses from organizations that they belong to.
UPDATE invitations i
SET status = 'revoked', ended_at = now(), token_hash = NULL
FROM staged s, organization_members m
WHERE i.status = 'open' AND m.user_id = s.id AND m.organization_id = i.organization_id
    AND lower(i.email COLLATE "C") = lower(s.email COLLATE "C");

-- name: organizations_stage
-- Hold organizations.
CREATE TEMPORARY TABLE staged (
    line bigint NOT NULL, given integer NOT NULL,
    id uuid, name text, slug text, owner_id uuid, owner_joined_at timestamptz,
    created_at timestamptz, updated_at timestamptz, features text[], public_metadata text, private_metadata text
) ON COMMIT DROP;

-- name: organizations_clashes
-- Ids and slugs that are there; when organizations are updated, those of another organization.
WITH keys AS (
    SELECT line, 'id' AS field, id::text AS key FROM staged
    UNION ALL
    SELECT line, 'slug', slug FROM staged
), repeated AS (
    SELECT line, field, first FROM (
        SELECT line, field, first_value(line) OVER (PARTITION BY field, key ORDER BY line) AS first FROM keys
    ) AS lines
    WHERE line > first
), taken AS (
    SELECT s.line, 'id' AS field
    FROM staged s
    JOIN organizations o ON o.id = s.id
    WHERE NOT :updates::boolean OR o.deleted_at IS NOT NULL
    UNION ALL
    SELECT s.line, 'slug' FROM staged s JOIN slugs k ON k.slug = s.slug
    WHERE CASE WHEN k.organization_id = s.id THEN k.released_at IS NULL AND NOT :updates
        ELSE k.released_at IS NULL OR k.released_at > now() - interval '90 days' END
)
SELECT line, field, first FROM repeated
UNION ALL
SELECT line, field, NULL FROM taken
ORDER BY line, field, first;

-- name: organizations_dangling
-- Owners who do not exist.
SELECT line, 'owner_id' AS field
FROM staged
WHERE NOT EXISTS (SELECT FROM users WHERE id = staged.owner_id)
ORDER BY line;

-- part: organizations_lines
-- The lines of organizations that are new, between two pages.
staged
WHERE ctid >= ('(' || :first_page::bigint || ',0)')::tid AND ctid < ('(' || :end_page::bigint || ',0)')::tid
    AND NOT EXISTS (SELECT FROM organizations WHERE id = staged.id)

-- part: organizations_claim
-- Claim the slugs of new organizations, but those that others have or had lately.
INSERT INTO slugs AS k (slug, organization_id)
SELECT DISTINCT ON (slug) slug, id FROM {organizations_lines}
ORDER BY slug, line
ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
WHERE k.released_at <= now() - interval '90 days'

-- part: organizations_rows
-- Add organizations.
INSERT INTO organizations (
    id, name, slug, owner_id, owner_consented, created_at, updated_at, features, public_metadata, private_metadata
)
SELECT id, name, slug, owner_id, false, coalesce(created_at, now()), coalesce(updated_at, created_at, now()),
    coalesce(features, '{}'), coalesce(public_metadata::jsonb, '{}'), coalesce(private_metadata::jsonb, '{}')

-- name: organizations_insert
-- Add organizations; one that is there breaks a constraint.
WITH claimed AS (
    {organizations_claim}
)
{organizations_rows}
FROM staged
WHERE ctid >= ('(' || :first_page::bigint || ',0)')::tid AND ctid < ('(' || :end_page::bigint || ',0)')::tid
ORDER BY line;

-- name: organizations_insert_new
-- Add organizations that are not there, by whatever they must not share.
WITH claimed AS (
    {organizations_claim}
    RETURNING k.slug, k.organization_id
)
{organizations_rows}
FROM {organizations_lines}
    AND EXISTS (SELECT FROM claimed c WHERE c.slug = staged.slug AND c.organization_id = staged.id)
ORDER BY line
ON CONFLICT DO NOTHING;

-- name: organizations_insert_others
-- Add organizations that are not there, by their key; what else they share with others breaks a constraint.
WITH claimed AS (
    {organizations_claim}
)
{organizations_rows}
FROM {organizations_lines}
ORDER BY line
ON CONFLICT (id) DO NOTHING;

-- name: organizations_take_slugs
-- Claim the slugs that organizations get, and keep those that they had for them.
WITH renamed AS MATERIALIZED (
    SELECT o.id, o.slug AS old, s.slug AS new
    FROM staged s
    JOIN organizations o ON o.id = s.id AND o.slug <> s.slug
    ORDER BY s.line
    FOR NO KEY UPDATE OF o
), claimed AS (
    INSERT INTO slugs AS k (slug, organization_id)
    SELECT new, id FROM renamed
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE k.organization_id = excluded.organization_id OR k.released_at <= now() - interval '90 days'
)
UPDATE slugs k
SET released_at = now()
FROM renamed
WHERE k.slug = renamed.old AND k.organization_id = renamed.id;

-- name: organizations_update
-- Change the organizations that differ from their lines.
UPDATE organizations o
SET name = s.name,
    slug = s.slug,
    owner_id = s.owner_id,
    owner_consented = o.owner_consented AND s.owner_id = o.owner_id,
    created_at = s.created_at,
    updated_at = kept_time(
        time_if(s.updated_at > o.updated_at, s.updated_at), next_version(statement_timestamp(), o.updated_at)
    ),
    features = s.features,
    public_metadata = s.public_metadata,
    private_metadata = s.private_metadata
FROM (
    SELECT s.id, s.name, s.slug, s.owner_id, s.updated_at, coalesce(s.created_at, o.created_at) AS created_at,
        CASE WHEN given & 128 > 0 THEN coalesce(s.features, '{}') ELSE o.features END AS features,
        CASE WHEN given & 256 > 0 THEN coalesce(s.public_metadata::jsonb, '{}') ELSE o.public_metadata END
            AS public_metadata,
        CASE WHEN given & 512 > 0 THEN coalesce(s.private_metadata::jsonb, '{}') ELSE o.private_metadata END
            AS private_metadata
    FROM staged s
    JOIN organizations o ON o.id = s.id
) AS s
WHERE s.id = o.id
    AND (s.name, s.slug, s.owner_id, s.created_at, s.features, s.public_metadata, s.private_metadata)
        IS DISTINCT FROM
        (o.name, o.slug, o.owner_id, o.created_at, o.features, o.public_metadata, o.private_metadata);

-- name: organizations_drop_claims
-- Let go of the slugs that were claimed for lines that were passed over.
DELETE FROM slugs k
USING staged s
WHERE k.slug = s.slug AND k.organization_id = s.id AND k.released_at IS NULL
    AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = k.organization_id AND o.slug = k.slug);

-- name: organizations_owners
-- Make every owner a member.
INSERT INTO organization_members (organization_id, user_id, role, created_at)
SELECT o.id, o.owner_id, 'admin', coalesce(s.owner_joined_at, o.created_at)
FROM staged s
JOIN organizations o ON o.id = s.id
ORDER BY s.line
ON CONFLICT DO NOTHING;

-- name: organizations_use_up
-- Revoke the invitations of the owners, who are members.
UPDATE invitations i
SET status = 'revoked', ended_at = now(), token_hash = NULL
FROM staged s, users u
WHERE i.status = 'open' AND s.id = i.organization_id AND u.id = s.owner_id AND lower(i.email COLLATE "C") = lower(u.email COLLATE "C");

-- name: members_stage
-- Hold memberships.
CREATE TEMPORARY TABLE staged (
    line bigint NOT NULL, given integer NOT NULL,
    organization_id uuid, user_id uuid, role text, joined_at timestamptz
) ON COMMIT DROP;

-- name: members_clashes
-- Memberships that are there.
WITH repeated AS (
    SELECT line, first FROM (
        SELECT line, first_value(line) OVER (PARTITION BY organization_id, user_id ORDER BY line) AS first FROM staged
    ) AS lines
    WHERE line > first
), taken AS (
    SELECT s.line
    FROM staged s
    JOIN organization_members m ON m.organization_id = s.organization_id AND m.user_id = s.user_id
    WHERE NOT :updates::boolean
)
SELECT line, 'user_id' AS field, first FROM repeated
UNION ALL
SELECT line, 'user_id', NULL FROM taken
ORDER BY line, field, first;

-- name: members_dangling
-- Organizations, users and roles that do not exist.
SELECT line, 'organization_id' AS field
FROM staged
WHERE NOT EXISTS (SELECT FROM organizations WHERE id = staged.organization_id)
UNION ALL
SELECT line, 'user_id' FROM staged WHERE NOT EXISTS (SELECT FROM users WHERE id = staged.user_id)
UNION ALL
SELECT line, 'role'
FROM staged
WHERE role NOT IN ('admin', 'member')
    AND EXISTS (SELECT FROM organizations WHERE id = staged.organization_id)
    AND NOT EXISTS (SELECT FROM roles WHERE organization_id = staged.organization_id AND name = staged.role)
ORDER BY line, field;

-- part: members_rows
-- Add members. A role that does not exist breaks the rule of the column, as it must; its name can be longer than that.
INSERT INTO organization_members (organization_id, user_id, role, role_id, created_at)
SELECT s.organization_id, s.user_id, CASE WHEN r.id IS NULL THEN left(coalesce(s.role, 'member'), 20) ELSE 'member' END,
    r.id, coalesce(s.joined_at, now())
FROM staged s
LEFT JOIN roles r ON r.organization_id = s.organization_id AND r.name = s.role
WHERE s.ctid >= ('(' || :first_page::bigint || ',0)')::tid AND s.ctid < ('(' || :end_page::bigint || ',0)')::tid
ORDER BY s.line

-- name: members_insert
-- Add members; one that is there breaks a constraint.
{members_rows};

-- name: members_insert_new
-- Add members that are not there, by whatever they must not share.
{members_rows}
ON CONFLICT DO NOTHING;

-- name: members_insert_others
-- Add members that are not there, by their key; what else they share with others breaks a constraint.
{members_rows}
ON CONFLICT (organization_id, user_id) DO NOTHING;

-- name: members_touch_updated
-- Give the organizations whose members are about to change a new version.
UPDATE organizations
SET updated_at = next_version(statement_timestamp(), updated_at)
WHERE id IN (
    SELECT m.organization_id
    FROM staged s
    JOIN organization_members m ON m.organization_id = s.organization_id AND m.user_id = s.user_id
    LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.id = m.role_id
    WHERE coalesce(s.role, r.name, m.role) <> coalesce(r.name, m.role)
);

-- name: members_update
-- Change the members that differ from their lines.
UPDATE organization_members m
SET role = CASE WHEN s.role_id IS NULL THEN left(s.role, 20) ELSE 'member' END,
    role_id = s.role_id,
    created_at = s.joined_at
FROM (
    SELECT s.organization_id, s.user_id, coalesce(s.joined_at, m.created_at) AS joined_at,
        coalesce(s.role, m.role) AS role, CASE WHEN s.role IS NULL THEN m.role_id ELSE r.id END AS role_id
    FROM staged s
    JOIN organization_members m ON m.organization_id = s.organization_id AND m.user_id = s.user_id
    LEFT JOIN roles r ON r.organization_id = s.organization_id AND r.name = s.role
) AS s
WHERE m.organization_id = s.organization_id
    AND m.user_id = s.user_id
    AND (CASE WHEN s.role_id IS NULL THEN s.role ELSE 'member' END, s.role_id, s.joined_at)
        IS DISTINCT FROM (m.role, m.role_id, m.created_at);

-- name: members_touch
-- Give a new version to the organizations that somebody has joined since their last one. Who joined before it changes
-- none: so an export that is imported elsewhere stays what it was.
UPDATE organizations o
SET updated_at = joined.last
FROM (
    SELECT organization_id, max(coalesce(joined_at, now())) AS last FROM staged GROUP BY organization_id
) AS joined
WHERE o.id = joined.organization_id AND o.updated_at < joined.last;

-- name: members_use_up
-- Revoke the invitations of those who are members now: a token from before must not make them more than that.
UPDATE invitations i
SET status = 'revoked', ended_at = now(), token_hash = NULL
FROM staged s, users u
WHERE i.status = 'open' AND s.organization_id = i.organization_id AND u.id = s.user_id
    AND lower(i.email COLLATE "C") = lower(u.email COLLATE "C");

-- name: projects_stage
-- Hold projects.
CREATE TEMPORARY TABLE staged (
    line bigint NOT NULL, given integer NOT NULL,
    id uuid, organization_id uuid, name text, description text, visibility text,
    features text[], created_at timestamptz, updated_at timestamptz, public_metadata text, private_metadata text
) ON COMMIT DROP;

-- name: projects_clashes
-- Ids that are there; when projects are updated, those of another organization's project.
WITH repeated AS (
    SELECT line, first FROM (
        SELECT line, first_value(line) OVER (PARTITION BY id ORDER BY line) AS first FROM staged
    ) AS lines
    WHERE line > first
), taken AS (
    SELECT s.line
    FROM staged s
    JOIN projects p ON p.id = s.id
    WHERE p.organization_id <> s.organization_id OR NOT :updates::boolean
)
SELECT line, 'id' AS field, first FROM repeated
UNION ALL
SELECT line, 'id', NULL FROM taken
ORDER BY line, field, first;

-- name: projects_dangling
-- Organizations that do not exist.
SELECT line, 'organization_id' AS field
FROM staged
WHERE NOT EXISTS (SELECT FROM organizations WHERE id = staged.organization_id)
ORDER BY line;

-- part: projects_rows
-- Add projects.
INSERT INTO projects (
    id, organization_id, name, description, visibility, features, created_at, updated_at, public_metadata,
    private_metadata
)
SELECT id, organization_id, name, coalesce(description, ''), coalesce(visibility, 'private'), coalesce(features, '{}'),
    coalesce(created_at, now()), coalesce(updated_at, created_at, now()), coalesce(public_metadata::jsonb, '{}'),
    coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || :first_page::bigint || ',0)')::tid AND ctid < ('(' || :end_page::bigint || ',0)')::tid
ORDER BY line

-- name: projects_insert
-- Add projects; one that is there breaks a constraint.
{projects_rows};

-- name: projects_insert_new
-- Add projects that are not there, by whatever they must not share.
{projects_rows}
ON CONFLICT DO NOTHING;

-- name: projects_insert_others
-- Add projects that are not there, by their key; what else they share with others breaks a constraint.
{projects_rows}
ON CONFLICT (organization_id, id) DO NOTHING;

-- name: projects_update
-- Change the projects that differ in what their lines give.
UPDATE projects p
SET name = s.name,
    description = s.description,
    visibility = s.visibility,
    features = s.features,
    created_at = s.created_at,
    updated_at = kept_time(
        time_if(s.updated_at > p.updated_at, s.updated_at), next_version(statement_timestamp(), p.updated_at)
    ),
    public_metadata = s.public_metadata,
    private_metadata = s.private_metadata
FROM (
    SELECT s.id, s.organization_id, s.name, s.updated_at,
        CASE WHEN given & 8 > 0 THEN coalesce(s.description, '') ELSE p.description END AS description,
        CASE WHEN given & 16 > 0 THEN coalesce(s.visibility, 'private') ELSE p.visibility END AS visibility,
        CASE WHEN given & 32 > 0 THEN coalesce(s.features, '{}') ELSE p.features END AS features,
        CASE WHEN given & 256 > 0 THEN coalesce(s.public_metadata::jsonb, '{}') ELSE p.public_metadata END
            AS public_metadata,
        CASE WHEN given & 512 > 0 THEN coalesce(s.private_metadata::jsonb, '{}') ELSE p.private_metadata END
            AS private_metadata,
        coalesce(s.created_at, p.created_at) AS created_at
    FROM staged s
    JOIN projects p ON p.organization_id = s.organization_id AND p.id = s.id
) AS s
WHERE p.organization_id = s.organization_id
    AND p.id = s.id
    AND (s.name, s.description, s.visibility, s.features, s.created_at, s.public_metadata, s.private_metadata)
        IS DISTINCT FROM
        (p.name, p.description, p.visibility, p.features, p.created_at, p.public_metadata, p.private_metadata);
