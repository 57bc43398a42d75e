-- access.role_by_id
SELECT asks.place, o.id, o.slug, r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asks (id, user_id, place)
JOIN organizations o ON o.id = asks.id AND o.deleted_at IS NULL
LEFT JOIN LATERAL (SELECT role, actions FROM organization_roles WHERE organization_id = o.id AND user_id = asks.user_id LIMIT 1) AS r ON true;

-- access.role_by_slug
SELECT asks.place, o.id, o.slug, r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS asks (slug, user_id, place)
JOIN organizations o ON o.slug = asks.slug AND o.deleted_at IS NULL
LEFT JOIN LATERAL (SELECT role, actions FROM organization_roles WHERE organization_id = o.id AND user_id = asks.user_id LIMIT 1) AS r ON true;

-- api_keys.by_id
SELECT k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at, k.expires_at,
k.last_used_at, (SELECT c.username FROM users c WHERE c.id = k.created_by) AS created_by_username,
CASE WHEN k.organization_id IS NOT NULL AND k.created_by IS NOT NULL THEN EXISTS (
    SELECT 1 FROM organization_members m WHERE m.organization_id = k.organization_id AND m.user_id = k.created_by
) END AS created_by_is_member
FROM api_keys k
WHERE id = $1 AND (user_id = $2 OR organization_id = $3);

-- api_keys.insert
INSERT INTO api_keys AS k (
    id, user_id, organization_id, name, hint, key_hash, actions, project_ids, created_by, expires_at
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
)
RETURNING k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at, k.expires_at,
k.last_used_at, (SELECT c.username FROM users c WHERE c.id = k.created_by) AS created_by_username,
CASE WHEN k.organization_id IS NOT NULL AND k.created_by IS NOT NULL THEN EXISTS (
    SELECT 1 FROM organization_members m WHERE m.organization_id = k.organization_id AND m.user_id = k.created_by
) END AS created_by_is_member;

-- api_keys.insert @citus
WITH k AS (
    INSERT INTO api_keys AS k (
        id, user_id, organization_id, name, hint, key_hash, actions, project_ids, created_by, expires_at
    )
    VALUES (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
    )
    RETURNING k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at,
        k.expires_at, k.last_used_at
)
SELECT k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at, k.expires_at,
k.last_used_at, (SELECT c.username FROM users c WHERE c.id = k.created_by) AS created_by_username,
CASE WHEN k.organization_id IS NOT NULL AND k.created_by IS NOT NULL THEN EXISTS (
    SELECT 1 FROM organization_members m WHERE m.organization_id = k.organization_id AND m.user_id = k.created_by
) END AS created_by_is_member FROM k;

-- api_keys.page
-- order of id, each to the end of the page, where OR, or one end for both, would gather and sort every key.
(
    SELECT k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at, k.expires_at,
    k.last_used_at, (SELECT c.username FROM users c WHERE c.id = k.created_by) AS created_by_username,
    CASE WHEN k.organization_id IS NOT NULL AND k.created_by IS NOT NULL THEN EXISTS (
        SELECT 1 FROM organization_members m WHERE m.organization_id = k.organization_id AND m.user_id = k.created_by
    ) END AS created_by_is_member
    FROM api_keys k
    WHERE user_id = $1 AND id < $2
    ORDER BY id DESC
    LIMIT $3
)
UNION ALL
(
    SELECT k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at, k.expires_at,
    k.last_used_at, (SELECT c.username FROM users c WHERE c.id = k.created_by) AS created_by_username,
    CASE WHEN k.organization_id IS NOT NULL AND k.created_by IS NOT NULL THEN EXISTS (
        SELECT 1 FROM organization_members m WHERE m.organization_id = k.organization_id AND m.user_id = k.created_by
    ) END AS created_by_is_member
    FROM api_keys k
    WHERE organization_id = $4 AND id < $2
    ORDER BY id DESC
    LIMIT $3
)
ORDER BY id DESC
LIMIT $3;

-- api_keys.retire
WITH before AS (
    SELECT id, expires_at FROM api_keys
    WHERE id = $1 AND (user_id = $2 OR organization_id = $3)
        AND (expires_at IS NULL OR expires_at > now())
    FOR UPDATE
)
UPDATE api_keys k
SET expires_at = least(k.expires_at, now() + make_interval(secs => $4))
FROM before
WHERE k.id = before.id
RETURNING k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at,
    before.expires_at, k.last_used_at, (SELECT c.username FROM users c WHERE c.id = k.created_by) AS created_by_username,
    CASE WHEN k.organization_id IS NOT NULL AND k.created_by IS NOT NULL THEN EXISTS (
        SELECT 1 FROM organization_members m WHERE m.organization_id = k.organization_id AND m.user_id = k.created_by
    ) END AS created_by_is_member;

-- audit.capture
WITH event AS (
    SELECT $1::uuid AS chain_id, $2::uuid AS id, $3::text AS action
), head AS (
    SELECT $4::bigint AS sequence
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($5::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $3::text, split_part($3, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT count(*) FROM delivery;

-- audit.count_of_accounts
SELECT count(*)
FROM audit_events
WHERE organization_id IS NULL
    AND ($1::uuid IS NULL OR chain_id = $1)
    AND ($2::uuid IS NULL OR actor_id = $2)
    AND ($3::text IS NULL OR action = $3)
    AND created_at >= $4
    AND created_at < $5;

-- audit.count_of_organization
SELECT count(*)
FROM audit_events
WHERE organization_id = $1
    AND ($2::uuid IS NULL OR actor_id = $2)
    AND ($3::text IS NULL OR action = $3)
    AND created_at >= $4
    AND created_at < $5;

-- audit.count_of_organization @citus
SELECT count(*)
FROM audit_events
WHERE chain_id = $1 AND organization_id = $1
    AND ($2::uuid IS NULL OR actor_id = $2)
    AND ($3::text IS NULL OR action = $3)
    AND created_at >= $4
    AND created_at < $5;

-- audit.every_event
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash, details::text AS details_text,
    encode(ip_salt, 'hex') AS ip_salt, encode(ip_digest, 'hex') AS ip_digest,
    encode(previous_hash, 'hex') AS previous_hash
FROM audit_events
WHERE chain_id BETWEEN $1 AND $2
ORDER BY chain_id, sequence;

-- audit.following.newest_of_chain
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE chain_id = $1 AND created_at >= $2
ORDER BY sequence DESC
LIMIT $3;

-- audit.following.newest_placed
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot()) AND created_at >= $1
ORDER BY transaction_id DESC, sequence DESC, id DESC
LIMIT $2;

-- audit.following.newest_unplaced
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE transaction_id IS NULL AND created_at >= $1
ORDER BY id DESC
LIMIT $2;

-- audit.following.page_of_chain
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE chain_id = $1
    AND sequence > coalesce((SELECT p.sequence FROM audit_events p WHERE p.id = $2 AND p.chain_id = $1), 0)
    AND created_at >= $3
ORDER BY sequence
LIMIT $4;

-- audit.following.page_placed
-- written and is not yet committed, has a higher number than all of these.
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE (transaction_id, sequence, id) > (
        coalesce((SELECT p.transaction_id FROM audit_events p WHERE p.id = $1), '0'::xid8),
        coalesce((SELECT p.sequence FROM audit_events p WHERE p.id = $1), 0),
        $1::uuid
    )
    AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    AND created_at >= $2
ORDER BY transaction_id, sequence, id
LIMIT $3;

-- audit.following.page_unplaced
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE transaction_id IS NULL AND id > $1 AND created_at >= $2
ORDER BY id
LIMIT $3;

-- audit.insert
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (SELECT)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT FROM change;

-- audit.page_of_accounts
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE organization_id IS NULL
    AND (created_at, id) < ($1, $2)
    AND ($3::uuid IS NULL OR chain_id = $3)
    AND ($4::uuid IS NULL OR actor_id = $4)
    AND ($5::text IS NULL OR action = $5)
    AND created_at >= $6
    AND created_at < $7
ORDER BY created_at DESC, id DESC
LIMIT $8;

-- audit.page_of_organization
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE organization_id = $1
    AND (created_at, id) < ($2, $3)
    AND ($4::uuid IS NULL OR actor_id = $4)
    AND ($5::text IS NULL OR action = $5)
    AND created_at >= $6
    AND created_at < $7
ORDER BY created_at DESC, id DESC
LIMIT $8;

-- audit.page_of_organization @citus
SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
FROM audit_events
WHERE chain_id = $1 AND organization_id = $1
    AND (created_at, id) < ($2, $3)
    AND ($4::uuid IS NULL OR actor_id = $4)
    AND ($5::text IS NULL OR action = $5)
    AND created_at >= $6
    AND created_at < $7
ORDER BY created_at DESC, id DESC
LIMIT $8;

-- audit.page_of_user
(
    SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
    FROM audit_events
    WHERE actor_id = $1 AND id > $2
    ORDER BY id
    LIMIT $3
)
UNION ALL
(
    SELECT id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        host(ip) AS ip, created_at, encode(hash, 'hex') AS hash
    FROM audit_events
    WHERE chain_id = $1 AND organization_id IS NULL AND id > $2 AND actor_id IS DISTINCT FROM $1
    ORDER BY id
    LIMIT $3
)
ORDER BY id
LIMIT $3;

-- audit.seal
WITH change AS (SELECT), address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
)
SELECT event.salt, event.ip_digest, event.created_at, content.digest FROM event, content;

-- doctor.role
SELECT current_user::text AS name, r.rolsuper AS is_superuser, r.rolbypassrls AS bypasses_rls,
    has_schema_privilege('public', 'CREATE') AS may_create_in_schema,
    has_table_privilege('audit_events', 'DELETE') AS may_delete_audit,
    has_table_privilege('audit_events', 'TRUNCATE') AS may_truncate_audit,
    has_column_privilege('audit_events', 'hash', 'UPDATE') AS may_rewrite_audit,
    coalesce(
        (
            SELECT array_agg(c.relname::text ORDER BY c.relname)
            FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY ($1::text[])
                AND NOT (
                    has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                    AND (c.relname = 'audit_events' OR has_table_privilege(c.oid, 'UPDATE'))
                    AND (c.relname IN ('audit_events', 'audit_heads') OR has_table_privilege(c.oid, 'DELETE'))
                )
        ),
        '{}'
    ) AS lacks
FROM pg_roles r
WHERE r.rolname = current_user;

-- organizations.by_id
SELECT wanted.place, o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count, o.public_metadata, o.private_metadata
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN organizations o ON o.id = wanted.id AND o.deleted_at IS NULL;

-- organizations.count_found
SELECT count(*) FROM organizations o WHERE (lower(o.name) COLLATE "C" >= lower($1) COLLATE "C" AND lower(o.name) COLLATE "C" < (lower($1) || chr(1114111)) COLLATE "C" OR o.slug COLLATE "C" >= lower($1) COLLATE "C" AND o.slug COLLATE "C" < (lower($1) || chr(1114111)) COLLATE "C") AND o.deleted_at IS NULL;

-- organizations.deletion.delete
UPDATE organizations o
SET deleted_at = now(),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1 AND deleted_at IS NULL AND ($2::timestamptz IS NULL OR updated_at = $2)
RETURNING o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.deleted_at, seconds_after(o.deleted_at, $3) AS restorable_until;

-- organizations.deletion.page
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.deleted_at, seconds_after(o.deleted_at, $1) AS restorable_until
FROM organizations o
WHERE o.id < $2 AND o.deleted_at > now() - make_interval(secs => $1)
ORDER BY o.id DESC
LIMIT $3;

-- organizations.deletion.page_of_user
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.deleted_at, seconds_after(o.deleted_at, $1) AS restorable_until
FROM all_organization_roles r
JOIN organizations o ON o.id = r.organization_id
WHERE r.user_id = $2 AND r.organization_id < $3
    AND o.deleted_at > now() - make_interval(secs => $1)
    AND (r.role = 'owner' OR 'organization.restore' = ANY (r.actions))
ORDER BY r.organization_id DESC
LIMIT $4;

-- organizations.deletion.restore
UPDATE organizations o
SET deleted_at = NULL,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1 AND deleted_at > now() - make_interval(secs => $2)
RETURNING o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count, o.public_metadata, o.private_metadata;

-- organizations.holds_slug
SELECT EXISTS (SELECT FROM slugs s WHERE s.slug = $1 AND (s.released_at IS NULL OR s.released_at > now() - interval '90 days'));

-- organizations.insert
-- Whoever claims a slug in the same moment waits here; one claims it, whoever has it or had it lately.
WITH claimed AS (
    INSERT INTO slugs AS s (slug, organization_id)
    SELECT candidate, $1
    FROM unnest($2::text[]) WITH ORDINALITY AS candidates (candidate, rank)
    WHERE NOT EXISTS (SELECT 1 FROM slugs s WHERE s.slug = candidate AND (s.released_at IS NULL OR s.released_at > now() - interval '90 days'))
    ORDER BY rank
    LIMIT 1
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL WHERE NOT (s.released_at IS NULL OR s.released_at > now() - interval '90 days')
    RETURNING s.slug
), organization AS (
    INSERT INTO organizations AS o (
        id, name, slug, owner_id, owner_consented, features, public_metadata, private_metadata
    )
    SELECT $1, $3, claimed.slug, $4, $5, $6::text[], $7::text::jsonb,
        $8::text::jsonb
    FROM claimed
    RETURNING o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features, o.public_metadata, o.private_metadata
), owner AS (
    INSERT INTO organization_members (organization_id, user_id, role)
    SELECT id, owner_id, 'admin' FROM organization
)
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features, o.public_metadata, o.private_metadata, ARRAY[o.owner_id] AS members, 1 AS members_count
FROM organization o;

-- organizations.insert @citus
WITH claimed AS (
    INSERT INTO slugs AS s (slug, organization_id)
    SELECT candidate, $1
    FROM unnest($2::text[]) WITH ORDINALITY AS candidates (candidate, rank)
    WHERE NOT EXISTS (SELECT 1 FROM slugs s WHERE s.slug = candidate AND (s.released_at IS NULL OR s.released_at > now() - interval '90 days'))
    ORDER BY rank
    LIMIT 1
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE s.released_at IS NOT NULL
    RETURNING s.slug
), organization AS (
    INSERT INTO organizations AS o (
        id, name, slug, owner_id, owner_consented, features, public_metadata, private_metadata
    )
    SELECT $1, $3, claimed.slug, $4, $5, $6::text[], $7::text::jsonb,
        $8::text::jsonb
    FROM claimed
    RETURNING o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features, o.public_metadata, o.private_metadata
), owner AS (
    INSERT INTO organization_members (organization_id, user_id, role)
    SELECT id, owner_id, 'admin' FROM organization
)
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features, o.public_metadata, o.private_metadata, ARRAY[o.owner_id] AS members, 1 AS members_count
FROM organization o;

-- organizations.invitations.by_id
SELECT i.id, i.email, coalesce(r.name, i.role) AS role, i.invited_by, i.created_at, i.expires_at, i.role_id,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN 'expired' ELSE i.status END AS status,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN i.expires_at ELSE i.ended_at END AS ended_at, r.actions AS promised_actions, i.invited_by_key, s.role AS sender_role, s.actions AS sender_actions, coalesce(u.is_admin, false) AS sender_is_admin,
u.suspended_at IS NOT NULL AS sender_is_suspended,
k.actions AS key_actions
FROM invitations i
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
LEFT JOIN organization_roles s ON s.organization_id = i.organization_id AND s.user_id = i.invited_by
LEFT JOIN users u ON u.id = i.invited_by
LEFT JOIN api_keys k ON k.id = i.invited_by_key AND k.organization_id = i.organization_id
    AND (k.expires_at IS NULL OR k.expires_at > now())
WHERE i.organization_id = $1 AND i.id = $2;

-- organizations.invitations.by_token
SELECT i.id, i.email, coalesce(r.name, i.role) AS role, i.invited_by, i.created_at, i.expires_at, i.role_id,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN 'expired' ELSE i.status END AS status,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN i.expires_at ELSE i.ended_at END AS ended_at, r.actions AS promised_actions, i.invited_by_key, s.role AS sender_role, s.actions AS sender_actions, coalesce(u.is_admin, false) AS sender_is_admin,
u.suspended_at IS NOT NULL AS sender_is_suspended,
k.actions AS key_actions, o.id AS organization_id, o.name AS organization_name, o.slug AS organization_slug, u.username AS inviter
FROM invitations i
JOIN organizations o ON o.id = i.organization_id AND o.deleted_at IS NULL
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
LEFT JOIN organization_roles s ON s.organization_id = i.organization_id AND s.user_id = i.invited_by
LEFT JOIN users u ON u.id = i.invited_by
LEFT JOIN api_keys k ON k.id = i.invited_by_key AND k.organization_id = i.organization_id
    AND (k.expires_at IS NULL OR k.expires_at > now())
WHERE i.token_hash = $1 AND i.expires_at > now() AND i.created_at < now() + interval '1 hour';

-- organizations.invitations.count_all
SELECT count(*) FROM invitations i WHERE -- (NULL: both).
i.organization_id = $1 AND i.status = ANY ($2::text[])
    AND ($3::boolean IS NULL OR (i.expires_at <= now()) = $3);

-- organizations.invitations.make_room
UPDATE invitations i
SET status = 'expired', ended_at = i.expires_at, token_hash = NULL
FROM unnest($1::text[]) AS wanted (email)
WHERE lower(i.email COLLATE "C") = lower(wanted.email COLLATE "C") AND i.organization_id = $2
    AND i.status = 'open' AND i.expires_at <= now();

-- organizations.invitations.membership
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, r.role, r.joined_at
FROM organization_roles r
JOIN organizations o ON o.id = r.organization_id
WHERE r.organization_id = $1 AND r.user_id = $2;

-- organizations.invitations.page
SELECT i.id, i.email, coalesce(r.name, i.role) AS role, i.invited_by, i.created_at, i.expires_at, i.role_id,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN 'expired' ELSE i.status END AS status,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN i.expires_at ELSE i.ended_at END AS ended_at, r.actions AS promised_actions, i.invited_by_key, s.role AS sender_role, s.actions AS sender_actions, coalesce(u.is_admin, false) AS sender_is_admin,
u.suspended_at IS NOT NULL AS sender_is_suspended,
k.actions AS key_actions
FROM invitations i
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
LEFT JOIN organization_roles s ON s.organization_id = i.organization_id AND s.user_id = i.invited_by
LEFT JOIN users u ON u.id = i.invited_by
LEFT JOIN api_keys k ON k.id = i.invited_by_key AND k.organization_id = i.organization_id
    AND (k.expires_at IS NULL OR k.expires_at > now())
WHERE -- (NULL: both).
i.organization_id = $1 AND i.status = ANY ($2::text[])
    AND ($3::boolean IS NULL OR (i.expires_at <= now()) = $3) AND i.id < $4
ORDER BY i.id DESC
LIMIT $5;

-- organizations.invitations.page_of_user
SELECT i.id, i.email, coalesce(r.name, i.role) AS role, i.invited_by, i.created_at, i.expires_at, i.role_id,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN 'expired' ELSE i.status END AS status,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN i.expires_at ELSE i.ended_at END AS ended_at, r.actions AS promised_actions, i.invited_by_key, s.role AS sender_role, s.actions AS sender_actions, coalesce(u.is_admin, false) AS sender_is_admin,
u.suspended_at IS NOT NULL AS sender_is_suspended,
k.actions AS key_actions, o.id AS organization_id, o.name AS organization_name, o.slug AS organization_slug, u.username AS inviter
FROM users me
JOIN invitations i ON lower(i.email COLLATE "C") = lower(me.email COLLATE "C")
JOIN organizations o ON o.id = i.organization_id AND o.deleted_at IS NULL
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
LEFT JOIN organization_roles s ON s.organization_id = i.organization_id AND s.user_id = i.invited_by
LEFT JOIN users u ON u.id = i.invited_by
LEFT JOIN api_keys k ON k.id = i.invited_by_key AND k.organization_id = i.organization_id
    AND (k.expires_at IS NULL OR k.expires_at > now())
WHERE me.id = $1 AND me.email_verified_at IS NOT NULL AND i.status = 'open' AND i.expires_at > now()
    AND i.id < $2
ORDER BY i.id DESC
LIMIT $3;

-- organizations.invitations.page_oldest
SELECT i.id, i.email, coalesce(r.name, i.role) AS role, i.invited_by, i.created_at, i.expires_at, i.role_id,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN 'expired' ELSE i.status END AS status,
CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN i.expires_at ELSE i.ended_at END AS ended_at, r.actions AS promised_actions, i.invited_by_key, s.role AS sender_role, s.actions AS sender_actions, coalesce(u.is_admin, false) AS sender_is_admin,
u.suspended_at IS NOT NULL AS sender_is_suspended,
k.actions AS key_actions
FROM invitations i
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
LEFT JOIN organization_roles s ON s.organization_id = i.organization_id AND s.user_id = i.invited_by
LEFT JOIN users u ON u.id = i.invited_by
LEFT JOIN api_keys k ON k.id = i.invited_by_key AND k.organization_id = i.organization_id
    AND (k.expires_at IS NULL OR k.expires_at > now())
WHERE -- (NULL: both).
i.organization_id = $1 AND i.status = ANY ($2::text[])
    AND ($3::boolean IS NULL OR (i.expires_at <= now()) = $3) AND i.id > $4
ORDER BY i.id
LIMIT $5;

-- organizations.invitations.sender
SELECT i.invited_by, i.invited_by_key, s.role AS sender_role, s.actions AS sender_actions, coalesce(u.is_admin, false) AS sender_is_admin,
u.suspended_at IS NOT NULL AS sender_is_suspended,
k.actions AS key_actions
FROM (SELECT $1::uuid AS organization_id, $2::uuid AS invited_by, $3::uuid AS invited_by_key) AS i
LEFT JOIN organization_roles s ON s.organization_id = i.organization_id AND s.user_id = i.invited_by
LEFT JOIN users u ON u.id = i.invited_by
LEFT JOIN api_keys k ON k.id = i.invited_by_key AND k.organization_id = i.organization_id
    AND (k.expires_at IS NULL OR k.expires_at > now());

-- organizations.members.count_found
SELECT count(*)
FROM organization_roles r
-- tenth of all members, and walk through the users of a large organization.
CROSS JOIN LATERAL (
    SELECT id, username, first_name, last_name, avatar_url FROM users WHERE id = r.user_id LIMIT 1
) AS u
WHERE r.organization_id = $1 AND ($2::text IS NULL OR r.role = $2)
AND (
    $3::text IS NULL
    OR starts_with(lower(u.username COLLATE "C"), lower($3 COLLATE "C"))
    OR starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)), lower($3))
    OR starts_with(lower(u.last_name), lower($3))
);

-- organizations.members.page
SELECT u.id, u.username, u.first_name, u.last_name, u.avatar_url, r.role, r.joined_at
FROM organization_roles r
-- tenth of all members, and walk through the users of a large organization.
CROSS JOIN LATERAL (
    SELECT id, username, first_name, last_name, avatar_url FROM users WHERE id = r.user_id LIMIT 1
) AS u
WHERE r.organization_id = $1 AND (r.joined_at, r.user_id) > ($2, $3) AND ($4::text IS NULL OR r.role = $4)
AND (
    $5::text IS NULL
    OR starts_with(lower(u.username COLLATE "C"), lower($5 COLLATE "C"))
    OR starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)), lower($5))
    OR starts_with(lower(u.last_name), lower($5))
)
ORDER BY r.joined_at, r.user_id
LIMIT $6;

-- organizations.members.page_newest
SELECT u.id, u.username, u.first_name, u.last_name, u.avatar_url, r.role, r.joined_at
FROM organization_roles r
-- tenth of all members, and walk through the users of a large organization.
CROSS JOIN LATERAL (
    SELECT id, username, first_name, last_name, avatar_url FROM users WHERE id = r.user_id LIMIT 1
) AS u
WHERE r.organization_id = $1 AND (r.joined_at, r.user_id) < ($2, $3) AND ($4::text IS NULL OR r.role = $4)
AND (
    $5::text IS NULL
    OR starts_with(lower(u.username COLLATE "C"), lower($5 COLLATE "C"))
    OR starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)), lower($5))
    OR starts_with(lower(u.last_name), lower($5))
)
ORDER BY r.joined_at DESC, r.user_id DESC
LIMIT $6;

-- organizations.ownership.get
SELECT f.organization_id, f.offered_by, f.created_at, f.expires_at, u.id, u.username, u.first_name, u.last_name, u.avatar_url
FROM owner_offers f
JOIN users u ON u.id = f.user_id
WHERE f.organization_id = $1 AND f.expires_at > now();

-- organizations.ownership.give
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE organizations o
SET owner_id = $12,
    owner_consented = $13,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $14 AND deleted_at IS NULL AND ($15::timestamptz IS NULL OR updated_at = $15)
RETURNING o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- organizations.ownership.give @citus
UPDATE organizations o
SET owner_id = $1,
    owner_consented = $2,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $3 AND deleted_at IS NULL AND ($4::timestamptz IS NULL OR updated_at = $4)
RETURNING o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count;

-- organizations.page
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count
FROM organizations o
WHERE o.id < $1 AND o.deleted_at IS NULL
ORDER BY o.id DESC
LIMIT $2;

-- organizations.page_of_user
-- key those of its projects. Whoever reads it (NULL: all may be read) sees members where their role says so.
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count,
    $1::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_roles reader
        WHERE reader.organization_id = om.organization_id AND reader.user_id = $1
            AND (reader.actions IS NULL OR 'member.read' = ANY (reader.actions))
    ) AS reads_members
FROM organization_members om
JOIN organizations o ON o.id = om.organization_id
WHERE om.user_id = $2 AND om.organization_id < $3 AND o.deleted_at IS NULL
    AND ($4::text IS NULL OR starts_with(lower(o.name), lower($4)) OR starts_with(o.slug, lower($4)))
    AND ($5::text IS NULL OR $5 = ANY (o.features))
    AND ($6::uuid[] IS NULL OR om.organization_id = ANY ($6))
    AND ($7::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_members shared
        WHERE shared.organization_id = om.organization_id AND shared.user_id = $7
    ))
ORDER BY om.organization_id DESC
LIMIT $8;

-- organizations.page_of_user_oldest
-- key those of its projects. Whoever reads it (NULL: all may be read) sees members where their role says so.
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count,
    $1::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_roles reader
        WHERE reader.organization_id = om.organization_id AND reader.user_id = $1
            AND (reader.actions IS NULL OR 'member.read' = ANY (reader.actions))
    ) AS reads_members
FROM organization_members om
JOIN organizations o ON o.id = om.organization_id
WHERE om.user_id = $2 AND om.organization_id > $3 AND o.deleted_at IS NULL
    AND ($4::text IS NULL OR starts_with(lower(o.name), lower($4)) OR starts_with(o.slug, lower($4)))
    AND ($5::text IS NULL OR $5 = ANY (o.features))
    AND ($6::uuid[] IS NULL OR om.organization_id = ANY ($6))
    AND ($7::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_members shared
        WHERE shared.organization_id = om.organization_id AND shared.user_id = $7
    ))
ORDER BY om.organization_id
LIMIT $8;

-- organizations.page_oldest
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count
FROM organizations o
WHERE o.id > $1 AND o.deleted_at IS NULL
ORDER BY o.id
LIMIT $2;

-- organizations.search
-- of two indexes reach. Each is shown with the first such text alone; the last entry comes, too, so that the next page
-- begins there.
SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count, o.term, o.is_shown, o.number = $1 AS is_end
FROM (
    SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features, o.term, row_number() OVER (ORDER BY o.term, o.id) AS number,
        o.term = least(
            CASE WHEN starts_with(lower(o.name), lower($2)) THEN lower(o.name) COLLATE "C" END,
            CASE WHEN starts_with(o.slug, lower($2)) THEN o.slug COLLATE "C" END
        ) AND o.place = CASE o.term WHEN lower(o.name) COLLATE "C" THEN 1 ELSE 2 END AS is_shown
    FROM (
        (
            SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features, lower(o.name) COLLATE "C" AS term, 1 AS place
            FROM organizations o
            WHERE lower(o.name) COLLATE "C" >= lower($2) COLLATE "C" AND lower(o.name) COLLATE "C" < (lower($2) || chr(1114111)) COLLATE "C" AND (lower(o.name) COLLATE "C", o.id) > (greatest($3::text COLLATE "C", lower($2::text) COLLATE "C"), $4) AND o.deleted_at IS NULL
            ORDER BY lower(o.name) COLLATE "C", o.id
            LIMIT $1
        )
        UNION ALL
        (
            SELECT o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features, o.slug COLLATE "C", 2
            FROM organizations o
            WHERE o.slug COLLATE "C" >= lower($2) COLLATE "C" AND o.slug COLLATE "C" < (lower($2) || chr(1114111)) COLLATE "C" AND (o.slug COLLATE "C", o.id) > (greatest($3::text COLLATE "C", lower($2::text) COLLATE "C"), $4) AND o.deleted_at IS NULL
            ORDER BY o.slug COLLATE "C", o.id
            LIMIT $1
        )
    ) AS o
    ORDER BY o.term, o.id
    LIMIT $1
) AS o
WHERE o.is_shown OR o.number = $1
ORDER BY o.term, o.id
LIMIT $5;

-- organizations.take_slug
-- has, or had lately, is not claimed, which breaks a constraint as soon as the organization gets it. Nothing is done where
-- it keeps so many others already: then, when the first of them is free again.
WITH old AS (
    SELECT count(*) >= $1 AS is_full, min(s.released_at) + interval '90 days' AS free_at
    FROM slugs s
    WHERE s.organization_id = $2 AND s.released_at IS NOT NULL AND s.slug <> $3 AND (s.released_at IS NULL OR s.released_at > now() - interval '90 days')
), locked AS (
    SELECT o.id, o.slug
    FROM organizations o, old
    WHERE o.id = $2 AND o.deleted_at IS NULL AND o.slug <> $3 AND NOT old.is_full
    FOR NO KEY UPDATE OF o
), claimed AS (
    INSERT INTO slugs AS s (slug, organization_id)
    SELECT $3::varchar, id FROM locked
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE s.organization_id = excluded.organization_id OR NOT (s.released_at IS NULL OR s.released_at > now() - interval '90 days')
), released AS (
    UPDATE slugs s
    SET released_at = now()
    FROM locked
    WHERE s.slug = locked.slug AND s.organization_id = locked.id
)
SELECT old.free_at
FROM old
JOIN organizations o ON o.id = $2 AND o.slug <> $3
WHERE old.is_full;

-- organizations.take_slug @citus
-- locked already.
WITH old AS (
    SELECT count(*) >= $1 AS is_full, min(s.released_at) + interval '90 days' AS free_at
    FROM slugs s
    WHERE s.organization_id = $2 AND s.released_at IS NOT NULL AND s.slug <> $3 AND (s.released_at IS NULL OR s.released_at > now() - interval '90 days')
), locked AS (
    SELECT o.id, o.slug
    FROM organizations o, old
    WHERE o.id = $2 AND o.deleted_at IS NULL AND o.slug <> $3 AND NOT old.is_full
), claimed AS (
    INSERT INTO slugs AS s (slug, organization_id)
    SELECT $3::varchar, id
    FROM locked
    WHERE NOT EXISTS (SELECT FROM slugs s WHERE s.slug = $3 AND s.organization_id <> $2 AND (s.released_at IS NULL OR s.released_at > now() - interval '90 days'))
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE s.organization_id = excluded.organization_id OR s.released_at IS NOT NULL
), released AS (
    UPDATE slugs s
    SET released_at = now()
    FROM locked
    WHERE s.slug = locked.slug AND s.organization_id = locked.id
)
SELECT old.free_at
FROM old
JOIN organizations o ON o.id = $2 AND o.slug <> $3
WHERE old.is_full;

-- organizations.update
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE organizations o
SET name = coalesce($12, name),
    slug = coalesce($13, slug),
    features = coalesce($14, features),
    public_metadata = coalesce($15::text::jsonb, public_metadata),
    private_metadata = coalesce($16::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $17 AND deleted_at IS NULL AND ($18::timestamptz IS NULL OR updated_at = $18)
RETURNING o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count, o.public_metadata, o.private_metadata
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- organizations.update @citus
UPDATE organizations o
SET name = coalesce($1, name),
    slug = coalesce($2, slug),
    features = coalesce($3, features),
    public_metadata = coalesce($4::text::jsonb, public_metadata),
    private_metadata = coalesce($5::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $6 AND deleted_at IS NULL AND ($7::timestamptz IS NULL OR updated_at = $7)
RETURNING o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count, o.public_metadata, o.private_metadata;

-- personal_data.account
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, u.is_admin, u.suspended_at, u.locale, nullif(v.email, u.email) AS new_email,
    u.metadata, u.public_metadata, u.private_metadata
FROM users u
LEFT JOIN email_verifications v ON v.user_id = u.id
WHERE u.id = $1;

-- personal_data.api_keys
SELECT k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at, k.expires_at,
k.last_used_at, (SELECT c.username FROM users c WHERE c.id = k.created_by) AS created_by_username,
CASE WHEN k.organization_id IS NOT NULL AND k.created_by IS NOT NULL THEN EXISTS (
    SELECT 1 FROM organization_members m WHERE m.organization_id = k.organization_id AND m.user_id = k.created_by
) END AS created_by_is_member
FROM api_keys k
WHERE user_id = $1 AND id > $2
ORDER BY id
LIMIT $3;

-- personal_data.erase_invitations
WITH person AS (
    SELECT lower(email COLLATE "C") AS address
    FROM users
    WHERE id = $1 AND (email_verified_at IS NOT NULL OR $2::boolean)
)
DELETE FROM invitations i USING person WHERE lower(i.email COLLATE "C") = person.address;

-- personal_data.erase_received
WITH person AS (
    SELECT lower(email COLLATE "C") AS address
    FROM users
    WHERE id = $1 AND (email_verified_at IS NOT NULL OR $2::boolean)
), mails AS (
    DELETE FROM mail_messages m USING person WHERE lower(m.recipient COLLATE "C") = person.address
)
DELETE FROM invitations i USING person WHERE lower(i.email COLLATE "C") = person.address;

-- personal_data.erase_received @citus
WITH person AS (
    SELECT lower(email COLLATE "C") AS address
    FROM users
    WHERE id = $1 AND (email_verified_at IS NOT NULL OR $2::boolean)
)
DELETE FROM mail_messages m USING person WHERE lower(m.recipient COLLATE "C") = person.address;

-- personal_data.invitations
SELECT i.id, i.organization_id, o.name AS organization, i.email, coalesce(r.name, i.role) AS role, i.created_at,
    i.expires_at, CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN 'expired' ELSE i.status END AS status,
    CASE WHEN i.status = 'open' AND i.expires_at <= now() THEN i.expires_at ELSE i.ended_at END AS ended_at
FROM invitations i
JOIN organizations o ON o.id = i.organization_id
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
WHERE (i.accepted_by = $1 OR lower(i.email COLLATE "C") = lower($2::text COLLATE "C")) AND i.id > $3
    AND o.deleted_at IS NULL
ORDER BY i.id
LIMIT $4;

-- projects.by_id
SELECT wanted.place, p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, p.public_metadata, p.private_metadata
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS wanted (organization_id, id, place)
JOIN projects p ON p.organization_id = wanted.organization_id AND p.id = wanted.id;

-- projects.by_id @citus
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, p.public_metadata, p.private_metadata FROM projects p WHERE p.organization_id = $1 AND p.id = $2;

-- projects.count_narrowed
SELECT count(*)
FROM projects p
WHERE p.organization_id = $1
AND ($2::uuid[] IS NULL OR p.id = ANY ($2))
AND (p.visibility = 'public' OR NOT $3::boolean)
AND ($4::text IS NULL OR p.visibility = $4)
AND ($5::text IS NULL OR $5 = ANY (p.features)) AND ($6::text IS NULL OR starts_with(lower(p.name), lower($6)));

-- projects.delete
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
DELETE FROM projects
WHERE organization_id = $12 AND id = $13 AND ($14::timestamptz IS NULL OR updated_at = $14)
RETURNING id
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- projects.insert
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
INSERT INTO projects AS p (
    id, organization_id, name, description, visibility, features, public_metadata, private_metadata
)
VALUES (
    $12, $13, $14, $15, $16, $17, $18::text::jsonb,
    $19::text::jsonb
)
RETURNING p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, p.public_metadata, p.private_metadata
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- projects.insert @citus
INSERT INTO projects AS p (
    id, organization_id, name, description, visibility, features, public_metadata, private_metadata
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7::text::jsonb,
    $8::text::jsonb
)
RETURNING p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, p.public_metadata, p.private_metadata;

-- projects.lock
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, p.public_metadata, p.private_metadata FROM projects p WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE;

-- projects.page
SELECT wanted.place, found.*
FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::bigint[])
    WITH ORDINALITY AS wanted (organization_id, before_created_at, before_id, "limit", place)
CROSS JOIN LATERAL (
    SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at
    FROM projects p
    WHERE p.organization_id = wanted.organization_id
        AND (p.created_at, p.id) < (wanted.before_created_at, wanted.before_id)
    ORDER BY p.created_at DESC, p.id DESC
    LIMIT wanted."limit"
) AS found;

-- projects.page @citus
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at
FROM projects p
WHERE p.organization_id = $1
    AND (p.created_at, p.id) < ($2, $3)
ORDER BY p.created_at DESC, p.id DESC
LIMIT $4;

-- projects.page_by_name
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, lower(p.name) COLLATE "C" AS term
FROM projects p
WHERE p.organization_id = $1
AND ($2::uuid[] IS NULL OR p.id = ANY ($2))
AND (p.visibility = 'public' OR NOT $3::boolean)
AND ($4::text IS NULL OR p.visibility = $4)
AND ($5::text IS NULL OR $5 = ANY (p.features))
    AND lower(p.name) COLLATE "C" >= coalesce(lower($6::text), '') COLLATE "C"
    AND lower(p.name) COLLATE "C" < coalesce(lower($6) || chr(1114111), repeat(chr(1114111), 101)) COLLATE "C"
    -- The later of both bounds: an index is entered at one of them, and walked from there.
    AND (lower(p.name) COLLATE "C", p.id)
        > (greatest($7::text COLLATE "C", coalesce(lower($6), '') COLLATE "C"), $8)
ORDER BY lower(p.name) COLLATE "C", p.id
LIMIT $9;

-- projects.page_chosen
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at
FROM projects p
WHERE p.organization_id = $1
    AND p.id = ANY ($2::uuid[])
    AND (p.visibility = 'public' OR NOT $3::boolean)
    AND (p.created_at, p.id) < ($4, $5)
ORDER BY p.created_at DESC, p.id DESC
LIMIT $6;

-- projects.page_narrowed
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at
FROM projects p
WHERE p.organization_id = $1
AND ($2::uuid[] IS NULL OR p.id = ANY ($2))
AND (p.visibility = 'public' OR NOT $3::boolean)
AND ($4::text IS NULL OR p.visibility = $4)
AND ($5::text IS NULL OR $5 = ANY (p.features))
    AND ($6::text IS NULL OR starts_with(lower(p.name), lower($6)))
    AND (p.created_at, p.id) < ($7, $8)
ORDER BY p.created_at DESC, p.id DESC
LIMIT $9;

-- projects.page_oldest
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at
FROM projects p
WHERE p.organization_id = $1
AND ($2::uuid[] IS NULL OR p.id = ANY ($2))
AND (p.visibility = 'public' OR NOT $3::boolean)
AND ($4::text IS NULL OR p.visibility = $4)
AND ($5::text IS NULL OR $5 = ANY (p.features))
    AND ($6::text IS NULL OR starts_with(lower(p.name), lower($6)))
    AND (p.created_at, p.id) > ($7, $8)
ORDER BY p.created_at, p.id
LIMIT $9;

-- projects.page_public
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at
FROM projects p
WHERE p.organization_id = $1
    AND p.visibility = 'public'
    AND (p.created_at, p.id) < ($2, $3)
ORDER BY p.created_at DESC, p.id DESC
LIMIT $4;

-- projects.update
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE projects p
SET name = coalesce($12, name),
    description = coalesce($13, description),
    visibility = coalesce($14, visibility),
    features = coalesce($15, features),
    public_metadata = coalesce($16::text::jsonb, public_metadata),
    private_metadata = coalesce($17::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE organization_id = $18 AND id = $19 AND ($20::timestamptz IS NULL OR updated_at = $20)
RETURNING p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, p.public_metadata, p.private_metadata
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- projects.update @citus
UPDATE projects p
SET name = coalesce($1, name),
    description = coalesce($2, description),
    visibility = coalesce($3, visibility),
    features = coalesce($4, features),
    public_metadata = coalesce($5::text::jsonb, public_metadata),
    private_metadata = coalesce($6::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE organization_id = $7 AND id = $8 AND ($9::timestamptz IS NULL OR updated_at = $9)
RETURNING p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, p.public_metadata, p.private_metadata;

-- sessions.by_token_hash
SELECT wanted.place, asks.session_id, asks.user_id, asks.is_admin, asks.acting_admin_id, asks.is_stale
FROM unnest($1::bytea[]) WITH ORDINALITY AS wanted (token_hash, place)
CROSS JOIN LATERAL (
    SELECT s.id AS session_id, s.user_id, u.is_admin, s.acting_admin_id,
        s.last_used_at NOT BETWEEN now() - interval '1 minute' AND now() AS is_stale
    FROM sessions s
    JOIN users u ON u.id = s.user_id AND u.suspended_at IS NULL
    WHERE s.token_hash = wanted.token_hash AND s.expires_at > now()
        -- One in which somebody acts for the user works while they are an active administrator, and the user is none.
        AND (s.acting_admin_id IS NULL OR (NOT u.is_admin AND EXISTS (
            SELECT FROM users a WHERE a.id = s.acting_admin_id AND a.is_admin AND a.suspended_at IS NULL
        )))
    LIMIT 1
) AS asks;

-- sessions.by_token_hash_with_id
SELECT wanted.place, asks.session_id, asks.user_id, asks.is_admin, asks.acting_admin_id, asks.is_stale,
    o.id AS organization_id, o.slug, r.role, r.actions, (SELECT version FROM own_action_versions) AS own_version
FROM unnest($1::bytea[], $2::uuid[]) WITH ORDINALITY
    AS wanted (token_hash, organization_id, place)
CROSS JOIN LATERAL (
    SELECT s.id AS session_id, s.user_id, u.is_admin, s.acting_admin_id,
        s.last_used_at NOT BETWEEN now() - interval '1 minute' AND now() AS is_stale
    FROM sessions s
    JOIN users u ON u.id = s.user_id AND u.suspended_at IS NULL
    WHERE s.token_hash = wanted.token_hash AND s.expires_at > now()
        -- One in which somebody acts for the user works while they are an active administrator, and the user is none.
        AND (s.acting_admin_id IS NULL OR (NOT u.is_admin AND EXISTS (
            SELECT FROM users a WHERE a.id = s.acting_admin_id AND a.is_admin AND a.suspended_at IS NULL
        )))
    LIMIT 1
) AS asks
LEFT JOIN organizations o ON o.id = wanted.organization_id AND o.deleted_at IS NULL
LEFT JOIN LATERAL (SELECT role, actions FROM organization_roles WHERE organization_id = o.id AND user_id = asks.user_id LIMIT 1) AS r ON true;

-- sessions.by_token_hash_with_organizations
SELECT wanted.place, asks.session_id, asks.acting_admin_id, asks.is_stale, u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, u.is_admin, u.locale,
(SELECT v.email FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email) AS new_email,
    o.ids, o.names, o.slugs, o.owner_ids, o.times_created, o.times_updated
FROM (
    SELECT token_hash, place, NULL::uuid AS viewer_id
    FROM unnest($1::bytea[]) WITH ORDINALITY AS given (token_hash, place)
) AS wanted
CROSS JOIN LATERAL (
    SELECT s.id AS session_id, s.user_id, u.is_admin, s.acting_admin_id,
        s.last_used_at NOT BETWEEN now() - interval '1 minute' AND now() AS is_stale
    FROM sessions s
    JOIN users u ON u.id = s.user_id AND u.suspended_at IS NULL
    WHERE s.token_hash = wanted.token_hash AND s.expires_at > now()
        -- One in which somebody acts for the user works while they are an active administrator, and the user is none.
        AND (s.acting_admin_id IS NULL OR (NOT u.is_admin AND EXISTS (
            SELECT FROM users a WHERE a.id = s.acting_admin_id AND a.is_admin AND a.suspended_at IS NULL
        )))
    LIMIT 1
) AS asks
JOIN users u ON u.id = asks.user_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(newest.id), '{}') AS ids,
        coalesce(array_agg(newest.name), '{}') AS names,
        coalesce(array_agg(newest.slug), '{}') AS slugs,
        coalesce(array_agg(newest.owner_id), '{}') AS owner_ids,
        coalesce(array_agg(newest.created_at), '{}') AS times_created,
        coalesce(array_agg(newest.updated_at), '{}') AS times_updated
    FROM (
        SELECT organizations.id, organizations.name, organizations.slug, organizations.owner_id,
            organizations.created_at, organizations.updated_at
        FROM organization_members om
        JOIN organizations ON organizations.id = om.organization_id
        WHERE om.user_id = u.id AND organizations.deleted_at IS NULL
            AND (wanted.viewer_id IS NULL OR EXISTS (
                SELECT 1 FROM organization_members shared
                WHERE shared.organization_id = om.organization_id AND shared.user_id = wanted.viewer_id
            ))
        ORDER BY om.organization_id DESC
        LIMIT 1000
    ) AS newest
) AS o;

-- sessions.by_token_hash_with_slug
SELECT wanted.place, asks.session_id, asks.user_id, asks.is_admin, asks.acting_admin_id, asks.is_stale,
    o.id AS organization_id, o.slug, r.role, r.actions, (SELECT version FROM own_action_versions) AS own_version
FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS wanted (token_hash, slug, place)
CROSS JOIN LATERAL (
    SELECT s.id AS session_id, s.user_id, u.is_admin, s.acting_admin_id,
        s.last_used_at NOT BETWEEN now() - interval '1 minute' AND now() AS is_stale
    FROM sessions s
    JOIN users u ON u.id = s.user_id AND u.suspended_at IS NULL
    WHERE s.token_hash = wanted.token_hash AND s.expires_at > now()
        -- One in which somebody acts for the user works while they are an active administrator, and the user is none.
        AND (s.acting_admin_id IS NULL OR (NOT u.is_admin AND EXISTS (
            SELECT FROM users a WHERE a.id = s.acting_admin_id AND a.is_admin AND a.suspended_at IS NULL
        )))
    LIMIT 1
) AS asks
LEFT JOIN organizations o ON o.slug = wanted.slug AND o.deleted_at IS NULL
LEFT JOIN LATERAL (SELECT role, actions FROM organization_roles WHERE organization_id = o.id AND user_id = asks.user_id LIMIT 1) AS r ON true;

-- sessions.delete
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
DELETE FROM sessions WHERE id = $12 AND user_id = $13 RETURNING id
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- sessions.password_hashes_in_use
WITH RECURSIVE kinds (kind, password_hash) AS (
    (
        SELECT coalesce(
            substring(
                regexp_replace(password_hash, '^(scrypt[$][0-9]+)[$][^$]+', '\1')
                FROM '^(?:[{]SSHA[}]|(?:bcrypt[_a-z0-9]*[$])?[$]2[aby](?=[$])|[$][56](?=[$])|(?:argon2)?[$]?[a-z][_a-z0-9-]{2,19}(?=[$:]))(?:[$:,](?:[mtpnirv]=|ln=|rounds=|sha)?[0-9]+(?=[$:,]))*'
            ), ''
        ), password_hash
        FROM users
        WHERE password_hash <> '!' AND password_hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'
        ORDER BY 1
        LIMIT 1
    )
    UNION ALL
    SELECT following.kind, following.password_hash
    FROM kinds
    CROSS JOIN LATERAL (
        SELECT coalesce(
            substring(
                regexp_replace(password_hash, '^(scrypt[$][0-9]+)[$][^$]+', '\1')
                FROM '^(?:[{]SSHA[}]|(?:bcrypt[_a-z0-9]*[$])?[$]2[aby](?=[$])|[$][56](?=[$])|(?:argon2)?[$]?[a-z][_a-z0-9-]{2,19}(?=[$:]))(?:[$:,](?:[mtpnirv]=|ln=|rounds=|sha)?[0-9]+(?=[$:,]))*'
            ), ''
        ) AS kind, password_hash
        FROM users
        WHERE password_hash <> '!' AND password_hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%' AND coalesce(
            substring(
                regexp_replace(password_hash, '^(scrypt[$][0-9]+)[$][^$]+', '\1')
                FROM '^(?:[{]SSHA[}]|(?:bcrypt[_a-z0-9]*[$])?[$]2[aby](?=[$])|[$][56](?=[$])|(?:argon2)?[$]?[a-z][_a-z0-9-]{2,19}(?=[$:]))(?:[$:,](?:[mtpnirv]=|ln=|rounds=|sha)?[0-9]+(?=[$:,]))*'
            ), ''
        ) > kinds.kind
        ORDER BY 1
        LIMIT 1
    ) AS following
)
SELECT password_hash FROM kinds LIMIT 100;

-- sessions.refresh
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE sessions
SET authenticated_at = now()
WHERE id = $12 AND user_id = $13 AND acting_admin_id IS NULL AND expires_at > now()
RETURNING id, created_at, authenticated_at, last_used_at, expires_at, user_agent, host(ip) AS ip,
    acting_admin_id, true AS current
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- tenants.functions
SELECT p.oid::regprocedure::text AS name, CASE WHEN n.nspname = 'public' THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname) END AS table, o.rolname::text AS owner,
    o.rolsuper OR o.rolbypassrls OR (c.relowner = o.oid AND NOT c.relforcerowsecurity) AS escapes
FROM pg_proc p
JOIN pg_roles o ON o.oid = p.proowner
JOIN pg_class c ON c.relrowsecurity
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE p.prosecdef AND position(lower(c.relname::text) IN lower(coalesce(pg_get_functiondef(p.oid), ''))) > 0
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    )
ORDER BY 1, 2;

-- tenants.keys
SELECT k.conname::text AS name, CASE WHEN n.nspname = 'public' THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname) END AS table,
    ARRAY(
        SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place
    ) AS columns,
    p.relname::text AS parent,
    ARRAY(
        SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place
    ) AS parent_columns,
    k.confdeltype::text AS deletes,
    EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND a.attnotnull
    ) AS requires,
    EXISTS (
        SELECT FROM pg_index i
        WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = ANY (k.conkey)
    ) AS has_index,
    EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attname = $1::text AND NOT a.attisdropped
    ) AS is_tenants,
    pn.nspname = 'public' AND p.relname = ANY ($2::text[]) AS parent_is_freeholds,
    EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = k.confrelid AND a.attname = $1::text AND NOT a.attisdropped
    ) AS parent_is_tenants
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid
JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND n.nspname NOT IN ('information_schema', 'freehold_migrate') AND n.nspname !~ '^pg_'
    AND NOT (n.nspname = 'public' AND c.relname = ANY ($2::text[]))
ORDER BY 2, 1;

-- tenants.policies
SELECT CASE WHEN n.nspname = 'public' THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname) END AS table, p.polname::text AS name, p.polpermissive AS is_permissive,
    0 = ANY (p.polroles) OR EXISTS (
        SELECT FROM pg_roles r
        WHERE r.rolname = $1::text AND EXISTS (
            SELECT FROM unnest(p.polroles) AS to_role (oid) WHERE pg_has_role(r.oid, to_role.oid, 'USAGE')
        )
    ) AS is_for_all,
    pg_get_expr(p.polqual, p.polrelid) AS shows, pg_get_expr(p.polwithcheck, p.polrelid) AS accepts
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relrowsecurity AND n.nspname NOT IN ('information_schema', 'freehold_migrate') AND n.nspname !~ '^pg_'
    AND NOT (n.nspname = 'public' AND c.relname = ANY ($2::text[]))
ORDER BY 1, 2;

-- tenants.references_of
SELECT k.conname::text AS name, quote_ident(a.attname) AS column, CASE WHEN n.nspname = 'public' THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname) END AS parent,
    quote_ident(pa.attname) AS parent_column, k.confdeltype::text AS deletes,
    c.oid = 'public.organizations'::regclass AS is_to_organizations,
    EXISTS (
        SELECT FROM pg_index i
        JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = $1::text AND NOT o.attisdropped
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 2
            AND i.indkey[0] = o.attnum AND i.indkey[1] = pa.attnum
    ) AND NOT EXISTS (
        SELECT FROM pg_constraint done
        JOIN pg_attribute own ON own.attrelid = k.conrelid AND own.attname = $1 AND NOT own.attisdropped
        WHERE done.contype = 'f' AND done.conrelid = k.conrelid AND done.confrelid = k.confrelid
            AND cardinality(done.conkey) = 2 AND done.conkey @> ARRAY[own.attnum, a.attnum]
    ) AS can_be_composite
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.confrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = k.confkey[1]
WHERE k.contype = 'f' AND k.conrelid = to_regclass($2::text) AND cardinality(k.conkey) = 1
ORDER BY k.conname;

-- tenants.role
SELECT r.oid IS NOT NULL AS is_there,
    coalesce(
        (SELECT bool_or(b.rolsuper OR b.rolbypassrls) FROM pg_roles b WHERE pg_has_role(r.oid, b.oid, 'MEMBER')), false
    ) AS escapes,
    coalesce(pg_has_role(r.oid, 'MEMBER'), false) AS may_take,
    (SELECT me.rolsuper OR me.rolcreaterole FROM pg_roles me WHERE me.rolname = current_user) AS may_make,
    coalesce(
        (SELECT array_agg(c.oid::regclass::text ORDER BY c.relname)
         FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')),
        '{}'
    ) AS owns,
    coalesce(
        (SELECT array_agg(c.relname::text ORDER BY c.relname)
         FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1::text[])
            AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')),
        '{}'
    ) AS reads
FROM (SELECT $2::text AS name) AS wanted
LEFT JOIN pg_roles r ON r.rolname = wanted.name;

-- tenants.subject
SELECT n.nspname::text AS schema, c.relname::text AS name, CASE WHEN n.nspname = 'public' THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname) END AS quoted, c.relkind::text AS kind,
    format_type(a.atttypid, a.atttypmod) AS type, coalesce(NOT a.attnotnull, true) AS may_be_null,
    c.relrowsecurity AS is_secured, c.relforcerowsecurity AS is_forced,
    EXISTS (
        SELECT FROM pg_policy p
        WHERE p.polrelid = c.oid AND position('freehold.organization_id' IN pg_get_expr(p.polqual, p.polrelid)) > 0
    ) AS has_policy,
    EXISTS (
        SELECT FROM pg_index i
        WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = a.attnum
    ) AS has_index,
    coalesce(
        (SELECT bool_and(has_table_privilege(r.oid, c.oid, wanted))
         FROM pg_roles r, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted WHERE r.rolname = $1::text),
        false
    ) AS is_granted,
    coalesce((SELECT has_schema_privilege(r.oid, n.oid, 'USAGE') FROM pg_roles r WHERE r.rolname = $1::text), false)
        AS may_use_schema,
    coalesce(
        (SELECT array_agg(quote_ident(ka.attname) ORDER BY u.place)
         FROM pg_constraint k
         CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u (number, place)
         JOIN pg_attribute ka ON ka.attrelid = c.oid AND ka.attnum = u.number
         WHERE k.conrelid = c.oid AND k.contype = 'p'),
        '{}'
    ) AS key,
    coalesce(
        (SELECT array_agg(s.oid::regclass::text ORDER BY s.relname)
         FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
         WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.classid = 'pg_class'::regclass
            AND d.deptype IN ('a', 'i')),
        '{}'
    ) AS sequences
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $2::text AND NOT a.attisdropped
WHERE c.oid = to_regclass($3::text) AND n.nspname NOT IN ('information_schema', 'freehold_migrate') AND n.nspname !~ '^pg_'
    AND NOT (n.nspname = 'public' AND c.relname = ANY ($4::text[]));

-- tenants.tables
SELECT n.nspname::text AS schema, c.relname::text AS name, CASE WHEN n.nspname = 'public' THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname) END AS quoted,
    format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS may_be_null, c.relrowsecurity AS is_secured,
    c.relforcerowsecurity AS is_forced, EXISTS (
        SELECT FROM pg_index i
        WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = a.attnum
    ) AS has_index,
    EXISTS (
        SELECT FROM pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid = 'public.organizations'::regclass
            AND a.attnum = ANY (k.conkey)
    ) AS has_key,
    coalesce((SELECT has_table_privilege(r.oid, c.oid, 'SELECT') FROM pg_roles r WHERE r.rolname = $1::text), false)
        AS is_granted
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $2::text AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('information_schema', 'freehold_migrate') AND n.nspname !~ '^pg_'
    AND NOT (n.nspname = 'public' AND c.relname = ANY ($3::text[]))
ORDER BY n.nspname, c.relname;

-- tenants.views
WITH RECURSIVE reading AS (
    SELECT w.ev_class AS oid, d.refobjid AS table_oid
    FROM pg_class c
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
        AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> c.oid
    WHERE c.relrowsecurity
    UNION
    SELECT w.ev_class, reading.table_oid
    FROM reading
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = reading.oid
        AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> reading.oid
)
SELECT CASE WHEN n.nspname = 'public' THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname) END AS name, reading.table_oid::regclass::text AS table, o.rolname::text AS owner,
    c.relkind = 'm' AS is_materialized,
    o.rolsuper OR o.rolbypassrls OR (t.relowner = o.oid AND NOT t.relforcerowsecurity) AS escapes
FROM reading
JOIN pg_class c ON c.oid = reading.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = reading.table_oid
JOIN pg_roles o ON o.oid = c.relowner
WHERE c.relkind = 'm' OR NOT coalesce(
    (SELECT s.option_value::boolean FROM pg_options_to_table(c.reloptions) AS s WHERE s.option_name = 'security_invoker'),
    false
)
ORDER BY 1, 2;

-- transfer.every_project
SELECT p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at, p.public_metadata, p.private_metadata
FROM projects p
JOIN organizations o ON o.id = p.organization_id AND o.deleted_at IS NULL
ORDER BY p.id;

-- transfer.staging.members_insert
INSERT INTO organization_members (organization_id, user_id, role, role_id, created_at)
SELECT s.organization_id, s.user_id, CASE WHEN r.id IS NULL THEN left(coalesce(s.role, 'member'), 20) ELSE 'member' END,
    r.id, coalesce(s.joined_at, now())
FROM staged s
LEFT JOIN roles r ON r.organization_id = s.organization_id AND r.name = s.role
WHERE s.ctid >= ('(' || $1::bigint || ',0)')::tid AND s.ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY s.line;

-- transfer.staging.members_insert_new
INSERT INTO organization_members (organization_id, user_id, role, role_id, created_at)
SELECT s.organization_id, s.user_id, CASE WHEN r.id IS NULL THEN left(coalesce(s.role, 'member'), 20) ELSE 'member' END,
    r.id, coalesce(s.joined_at, now())
FROM staged s
LEFT JOIN roles r ON r.organization_id = s.organization_id AND r.name = s.role
WHERE s.ctid >= ('(' || $1::bigint || ',0)')::tid AND s.ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY s.line
ON CONFLICT DO NOTHING;

-- transfer.staging.members_insert_others
INSERT INTO organization_members (organization_id, user_id, role, role_id, created_at)
SELECT s.organization_id, s.user_id, CASE WHEN r.id IS NULL THEN left(coalesce(s.role, 'member'), 20) ELSE 'member' END,
    r.id, coalesce(s.joined_at, now())
FROM staged s
LEFT JOIN roles r ON r.organization_id = s.organization_id AND r.name = s.role
WHERE s.ctid >= ('(' || $1::bigint || ',0)')::tid AND s.ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY s.line
ON CONFLICT (organization_id, user_id) DO NOTHING;

-- transfer.staging.organizations_insert
WITH claimed AS (
    INSERT INTO slugs AS k (slug, organization_id)
    SELECT DISTINCT ON (slug) slug, id FROM staged
    WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
        AND NOT EXISTS (SELECT FROM organizations WHERE id = staged.id)
    ORDER BY slug, line
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE k.released_at <= now() - interval '90 days'
)
INSERT INTO organizations (
    id, name, slug, owner_id, owner_consented, created_at, updated_at, features, public_metadata, private_metadata
)
SELECT id, name, slug, owner_id, false, coalesce(created_at, now()), coalesce(updated_at, created_at, now()),
    coalesce(features, '{}'), coalesce(public_metadata::jsonb, '{}'), coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY line;

-- transfer.staging.organizations_insert_new
WITH claimed AS (
    INSERT INTO slugs AS k (slug, organization_id)
    SELECT DISTINCT ON (slug) slug, id FROM staged
    WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
        AND NOT EXISTS (SELECT FROM organizations WHERE id = staged.id)
    ORDER BY slug, line
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE k.released_at <= now() - interval '90 days'
    RETURNING k.slug, k.organization_id
)
INSERT INTO organizations (
    id, name, slug, owner_id, owner_consented, created_at, updated_at, features, public_metadata, private_metadata
)
SELECT id, name, slug, owner_id, false, coalesce(created_at, now()), coalesce(updated_at, created_at, now()),
    coalesce(features, '{}'), coalesce(public_metadata::jsonb, '{}'), coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
    AND NOT EXISTS (SELECT FROM organizations WHERE id = staged.id)
    AND EXISTS (SELECT FROM claimed c WHERE c.slug = staged.slug AND c.organization_id = staged.id)
ORDER BY line
ON CONFLICT DO NOTHING;

-- transfer.staging.organizations_insert_others
WITH claimed AS (
    INSERT INTO slugs AS k (slug, organization_id)
    SELECT DISTINCT ON (slug) slug, id FROM staged
    WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
        AND NOT EXISTS (SELECT FROM organizations WHERE id = staged.id)
    ORDER BY slug, line
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE k.released_at <= now() - interval '90 days'
)
INSERT INTO organizations (
    id, name, slug, owner_id, owner_consented, created_at, updated_at, features, public_metadata, private_metadata
)
SELECT id, name, slug, owner_id, false, coalesce(created_at, now()), coalesce(updated_at, created_at, now()),
    coalesce(features, '{}'), coalesce(public_metadata::jsonb, '{}'), coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
    AND NOT EXISTS (SELECT FROM organizations WHERE id = staged.id)
ORDER BY line
ON CONFLICT (id) DO NOTHING;

-- transfer.staging.organizations_update
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

-- transfer.staging.projects_insert
INSERT INTO projects (
    id, organization_id, name, description, visibility, features, created_at, updated_at, public_metadata,
    private_metadata
)
SELECT id, organization_id, name, coalesce(description, ''), coalesce(visibility, 'private'), coalesce(features, '{}'),
    coalesce(created_at, now()), coalesce(updated_at, created_at, now()), coalesce(public_metadata::jsonb, '{}'),
    coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY line;

-- transfer.staging.projects_insert_new
INSERT INTO projects (
    id, organization_id, name, description, visibility, features, created_at, updated_at, public_metadata,
    private_metadata
)
SELECT id, organization_id, name, coalesce(description, ''), coalesce(visibility, 'private'), coalesce(features, '{}'),
    coalesce(created_at, now()), coalesce(updated_at, created_at, now()), coalesce(public_metadata::jsonb, '{}'),
    coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY line
ON CONFLICT DO NOTHING;

-- transfer.staging.projects_insert_others
INSERT INTO projects (
    id, organization_id, name, description, visibility, features, created_at, updated_at, public_metadata,
    private_metadata
)
SELECT id, organization_id, name, coalesce(description, ''), coalesce(visibility, 'private'), coalesce(features, '{}'),
    coalesce(created_at, now()), coalesce(updated_at, created_at, now()), coalesce(public_metadata::jsonb, '{}'),
    coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY line
ON CONFLICT (organization_id, id) DO NOTHING;

-- transfer.staging.projects_update
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

-- transfer.staging.users_insert
INSERT INTO users (
    id, username, email, email_verified_at, first_name, last_name, avatar_url, created_at, updated_at, password_hash,
    suspended_at, suspension_reason, metadata, public_metadata, private_metadata
)
SELECT id, username, email, email_verified_at, first_name, last_name, avatar_url, coalesce(created_at, now()),
    coalesce(updated_at, created_at, now()), coalesce(password_hash, '!'), suspended_at,
    CASE WHEN suspended_at IS NOT NULL THEN suspension_reason END, coalesce(metadata::jsonb, '{}'),
    coalesce(public_metadata::jsonb, '{}'), coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY line;

-- transfer.staging.users_insert_new
INSERT INTO users (
    id, username, email, email_verified_at, first_name, last_name, avatar_url, created_at, updated_at, password_hash,
    suspended_at, suspension_reason, metadata, public_metadata, private_metadata
)
SELECT id, username, email, email_verified_at, first_name, last_name, avatar_url, coalesce(created_at, now()),
    coalesce(updated_at, created_at, now()), coalesce(password_hash, '!'), suspended_at,
    CASE WHEN suspended_at IS NOT NULL THEN suspension_reason END, coalesce(metadata::jsonb, '{}'),
    coalesce(public_metadata::jsonb, '{}'), coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY line
ON CONFLICT DO NOTHING;

-- transfer.staging.users_insert_others
INSERT INTO users (
    id, username, email, email_verified_at, first_name, last_name, avatar_url, created_at, updated_at, password_hash,
    suspended_at, suspension_reason, metadata, public_metadata, private_metadata
)
SELECT id, username, email, email_verified_at, first_name, last_name, avatar_url, coalesce(created_at, now()),
    coalesce(updated_at, created_at, now()), coalesce(password_hash, '!'), suspended_at,
    CASE WHEN suspended_at IS NOT NULL THEN suspension_reason END, coalesce(metadata::jsonb, '{}'),
    coalesce(public_metadata::jsonb, '{}'), coalesce(private_metadata::jsonb, '{}')
FROM staged
WHERE ctid >= ('(' || $1::bigint || ',0)')::tid AND ctid < ('(' || $2::bigint || ',0)')::tid
ORDER BY line
ON CONFLICT (id) DO NOTHING;

-- transfer.staging.users_update
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

-- transfer.systems.better_auth_members
SELECT 'member ' || m.id AS source, NULL::text AS refusal,
    CASE
        WHEN m."organizationId"::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN m."organizationId"::text::uuid
        ELSE md5('better-auth/organization/' || m."organizationId")::uuid
    END AS organization_id,
    CASE
        WHEN m."userId"::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN m."userId"::text::uuid
        ELSE md5('better-auth/user/' || m."userId")::uuid
    END AS user_id,
    CASE
        WHEN string_to_array(replace(m.role, ' ', ''), ',') && ARRAY['owner', 'admin'] THEN 'admin'
        ELSE m.role
    END AS role,
    m."createdAt"::timestamptz AS joined_at
FROM member m
WHERE m.id IS DISTINCT FROM (
    SELECT first.id FROM member first
    WHERE first."organizationId" = m."organizationId"
        AND 'owner' = ANY(string_to_array(replace(first.role, ' ', ''), ','))
    ORDER BY first."createdAt", first.id
    LIMIT 1
)
ORDER BY m.id;

-- transfer.systems.better_auth_organizations
SELECT 'organization ' || o.id AS source, NULL::text AS refusal,
    CASE
        WHEN o.id::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN o.id::text::uuid
        ELSE md5('better-auth/organization/' || o.id)::uuid
    END AS id,
    o.name, o.slug,
    CASE
        WHEN w."userId"::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN w."userId"::text::uuid
        ELSE md5('better-auth/user/' || w."userId")::uuid
    END AS owner_id,
    w."createdAt"::timestamptz AS owner_joined_at, o."createdAt"::timestamptz AS created_at
FROM organization o
LEFT JOIN LATERAL (
    SELECT m."userId", m."createdAt" FROM member m
    WHERE m."organizationId" = o.id AND 'owner' = ANY(string_to_array(replace(m.role, ' ', ''), ','))
    ORDER BY m."createdAt", m.id
    LIMIT 1
) AS w ON true
ORDER BY o.id;

-- transfer.systems.better_auth_users
SELECT 'user ' || u.id AS source, NULL::text AS refusal,
    CASE
        WHEN u.id::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN u.id::text::uuid
        ELSE md5('better-auth/user/' || u.id)::uuid
    END AS id,
    coalesce(
        to_jsonb(u) ->> 'username',
        left(regexp_replace(split_part(u.email, '@', 1), '[^A-Za-z0-9_]', '_', 'g'), 40) || '_' || left(md5(u.id::text), 8)
    ) AS username,
    u.email, CASE WHEN u."emailVerified" THEN u."updatedAt"::timestamptz END AS email_verified_at,
    nullif(split_part(btrim(u.name), ' ', 1), '') AS first_name,
    nullif(btrim(substr(btrim(u.name), length(split_part(btrim(u.name), ' ', 1)) + 1)), '') AS last_name,
    CASE WHEN u.image ~ '^https?://[!-~]+$' THEN u.image END AS avatar_url, u."createdAt"::timestamptz AS created_at,
    u."updatedAt"::timestamptz AS updated_at,
    (
        SELECT a.password FROM account a
        WHERE a."userId" = u.id AND a."providerId" = 'credential' AND a.password IS NOT NULL
        ORDER BY a.id
        LIMIT 1
    ) AS password_hash
FROM table_of_users u
ORDER BY u.id;

-- transfer.systems.django_users
SELECT 'user ' || u.id AS source,
    CASE WHEN NOT u.is_active THEN 'is not active there, and Freehold knows no inactive users' END AS refusal,
    CASE
        WHEN u.id::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN u.id::text::uuid
        ELSE md5('django/' || u.id)::uuid
    END AS id,
    u.username, u.email, nullif(btrim(u.first_name), '') AS first_name,
    nullif(btrim(u.last_name), '') AS last_name, u.date_joined::timestamptz AS created_at,
    CASE WHEN u.password = '' OR u.password LIKE '!%' THEN '!' ELSE u.password END AS password_hash
FROM table_of_users u
ORDER BY u.id;

-- transfer.systems.fastapi_users
SELECT 'user ' || u.id AS source,
    CASE WHEN NOT u.is_active THEN 'is not active there, and Freehold knows no inactive users' END AS refusal,
    CASE
        WHEN u.id::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN u.id::text::uuid
        ELSE md5('fastapi-users/' || u.id)::uuid
    END AS id,
    left(regexp_replace(split_part(u.email, '@', 1), '[^A-Za-z0-9_]', '_', 'g'), 40) || '_' || left(md5(u.id::text), 8)
        AS username,
    u.email, CASE WHEN u.is_verified THEN now() END AS email_verified_at, u.hashed_password AS password_hash
FROM table_of_users u
ORDER BY u.id;

-- users.by_id
SELECT wanted.place, u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, u.is_admin, u.locale,
(SELECT v.email FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email) AS new_email, u.metadata, u.public_metadata, u.private_metadata
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN users u ON u.id = wanted.id;

-- users.by_login
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE lower(username COLLATE "C") = lower($1::text COLLATE "C")
    OR lower(email COLLATE "C") = lower($1::text COLLATE "C");

-- users.credentials_by_login
SELECT u.password_hash, u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, u.is_admin, u.locale,
(SELECT v.email FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email) AS new_email
FROM users u
WHERE lower(username COLLATE "C") = lower($1::text COLLATE "C")
    OR lower(email COLLATE "C") = lower($1::text COLLATE "C");

-- users.finding.admins_by_username
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, lower(u.username COLLATE "C") AS term, true AS is_shown, false AS is_end
FROM users u
WHERE u.is_admin AND (lower(u.username COLLATE "C"), u.id) > ($1, $2) AND ($3::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $3)
AND ($4::boolean IS NULL OR u.is_admin = $4)
ORDER BY lower(u.username COLLATE "C"), u.id
LIMIT $5;

-- users.finding.by_exact_email
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE lower(u.email COLLATE "C") = lower($1 COLLATE "C")
    AND ($2::text IS NULL OR (
        starts_with(lower(u.username COLLATE "C"), $3) OR starts_with(lower(u.email COLLATE "C"), $3)
        OR coalesce(starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($2)), false) OR coalesce(starts_with(lower(u.last_name) COLLATE "C", lower($2)), false)
    ))
    AND ($4::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $4)
    AND ($5::boolean IS NULL OR u.is_admin = $5);

-- users.finding.by_exact_username
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE lower(u.username COLLATE "C") = lower($1 COLLATE "C")
    AND ($2::text IS NULL OR lower(u.email COLLATE "C") = lower($2 COLLATE "C"))
    AND ($3::text IS NULL OR (
        starts_with(lower(u.username COLLATE "C"), $4) OR starts_with(lower(u.email COLLATE "C"), $4)
        OR coalesce(starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($3)), false) OR coalesce(starts_with(lower(u.last_name) COLLATE "C", lower($3)), false)
    ))
    AND ($5::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $5)
    AND ($6::boolean IS NULL OR u.is_admin = $6);

-- users.finding.by_username
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, lower(u.username COLLATE "C") AS term, true AS is_shown, false AS is_end
FROM users u
WHERE (lower(u.username COLLATE "C"), u.id) > ($1, $2) AND ($3::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $3)
AND ($4::boolean IS NULL OR u.is_admin = $4)
ORDER BY lower(u.username COLLATE "C"), u.id
LIMIT $5;

-- users.finding.count_found
SELECT count(*)
FROM users u
WHERE (
        lower(u.username COLLATE "C") >= $1 AND lower(u.username COLLATE "C") < $1 || chr(1114111)
        OR lower(u.email COLLATE "C") >= $1 AND lower(u.email COLLATE "C") < $1 || chr(1114111)
        OR u.first_name IS NOT NULL
            AND lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" >= lower($2) COLLATE "C" AND lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" < (lower($2) || chr(1114111)) COLLATE "C"
        OR u.last_name IS NOT NULL
            AND lower(u.last_name) COLLATE "C" >= lower($2) COLLATE "C" AND lower(u.last_name) COLLATE "C" < (lower($2) || chr(1114111)) COLLATE "C"
    )
    AND ($3::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $3)
    AND ($4::boolean IS NULL OR u.is_admin = $4);

-- users.finding.newest
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE u.id < $1 AND ($2::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $2)
AND ($3::boolean IS NULL OR u.is_admin = $3)
ORDER BY u.id DESC
LIMIT $4;

-- users.finding.newest_admins
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE u.is_admin AND u.id < $1 AND ($2::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $2)
AND ($3::boolean IS NULL OR u.is_admin = $3)
ORDER BY u.id DESC
LIMIT $4;

-- users.finding.newest_suspended
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE u.suspended_at IS NOT NULL AND u.id < $1 AND ($2::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $2)
AND ($3::boolean IS NULL OR u.is_admin = $3)
ORDER BY u.id DESC
LIMIT $4;

-- users.finding.oldest
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE u.id > $1 AND ($2::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $2)
AND ($3::boolean IS NULL OR u.is_admin = $3)
ORDER BY u.id
LIMIT $4;

-- users.finding.oldest_admins
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE u.is_admin AND u.id > $1 AND ($2::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $2)
AND ($3::boolean IS NULL OR u.is_admin = $3)
ORDER BY u.id
LIMIT $4;

-- users.finding.oldest_suspended
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
FROM users u
WHERE u.suspended_at IS NOT NULL AND u.id > $1 AND ($2::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $2)
AND ($3::boolean IS NULL OR u.is_admin = $3)
ORDER BY u.id
LIMIT $4;

-- users.finding.search
-- is shown with the first such text alone; the last entry comes, too, so that the next page begins there.
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, u.term, u.is_shown, u.number = $1 AS is_end
FROM (
    SELECT u.id, u.username, u.email, u.email_verified_at, u.suspended_at, u.is_admin, u.created_at, u.updated_at, u.first_name,
    u.last_name, u.avatar_url, u.term, row_number() OVER (ORDER BY u.term, u.id) AS number,
        u.term = least(
            CASE WHEN starts_with(lower(u.username COLLATE "C"), $2) THEN lower(u.username COLLATE "C") END,
            CASE WHEN starts_with(lower(u.email COLLATE "C"), $2) THEN lower(u.email COLLATE "C") END,
            CASE WHEN starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($3)) THEN lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" END,
            CASE WHEN starts_with(lower(u.last_name) COLLATE "C", lower($3)) THEN lower(u.last_name) COLLATE "C" END
        )
        AND u.place = CASE u.term
            WHEN lower(u.username COLLATE "C") THEN 1 WHEN lower(u.email COLLATE "C") THEN 2 WHEN lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" THEN 3 ELSE 4
        END
        AND ($4::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $4)
        AND ($5::boolean IS NULL OR u.is_admin = $5) AS is_shown
    FROM (-- whom several texts do is found by each of them.
    (
        SELECT u.id, u.username, u.email, u.email_verified_at, u.suspended_at, u.is_admin, u.created_at, u.updated_at, u.first_name,
        u.last_name, u.avatar_url, lower(u.username COLLATE "C") COLLATE "C" AS term, 1 AS place
        FROM users u
        WHERE lower(u.username COLLATE "C") >= $2 AND lower(u.username COLLATE "C") < $2 || chr(1114111)
            AND (lower(u.username COLLATE "C"), u.id) > (
                greatest($6::text COLLATE "C", $2::text COLLATE "C"),
                CASE WHEN $6::text COLLATE "C" >= $2::text COLLATE "C" THEN $7::uuid
                    ELSE '00000000-0000-0000-0000-000000000000' END
            )
        ORDER BY lower(u.username COLLATE "C"), u.id
        LIMIT $1
    )
    UNION ALL
    (
        SELECT u.id, u.username, u.email, u.email_verified_at, u.suspended_at, u.is_admin, u.created_at, u.updated_at, u.first_name,
        u.last_name, u.avatar_url, lower(u.email COLLATE "C") COLLATE "C", 2
        FROM users u
        WHERE lower(u.email COLLATE "C") >= $2 AND lower(u.email COLLATE "C") < $2 || chr(1114111)
            AND (lower(u.email COLLATE "C"), u.id) > (
                greatest($6::text COLLATE "C", $2::text COLLATE "C"),
                CASE WHEN $6::text COLLATE "C" >= $2::text COLLATE "C" THEN $7::uuid
                    ELSE '00000000-0000-0000-0000-000000000000' END
            )
        ORDER BY lower(u.email COLLATE "C"), u.id
        LIMIT $1
    )
    UNION ALL
    (
        SELECT u.id, u.username, u.email, u.email_verified_at, u.suspended_at, u.is_admin, u.created_at, u.updated_at, u.first_name,
        u.last_name, u.avatar_url, lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", 3
        FROM users u
        WHERE u.first_name IS NOT NULL
            AND lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" >= lower($3) COLLATE "C" AND lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" < (lower($3) || chr(1114111)) COLLATE "C"
            AND (lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", u.id) > (
                greatest($6::text COLLATE "C", lower($3::text) COLLATE "C"),
                CASE WHEN $6::text COLLATE "C" >= lower($3::text) COLLATE "C" THEN $7::uuid
                    ELSE '00000000-0000-0000-0000-000000000000' END
            )
        ORDER BY lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", u.id
        LIMIT $1
    )
    UNION ALL
    (
        SELECT u.id, u.username, u.email, u.email_verified_at, u.suspended_at, u.is_admin, u.created_at, u.updated_at, u.first_name,
        u.last_name, u.avatar_url, lower(u.last_name) COLLATE "C", 4
        FROM users u
        WHERE u.last_name IS NOT NULL
            AND lower(u.last_name) COLLATE "C" >= lower($3) COLLATE "C" AND lower(u.last_name) COLLATE "C" < (lower($3) || chr(1114111)) COLLATE "C"
            AND (lower(u.last_name) COLLATE "C", u.id) > (
                greatest($6::text COLLATE "C", lower($3::text) COLLATE "C"),
                CASE WHEN $6::text COLLATE "C" >= lower($3::text) COLLATE "C" THEN $7::uuid
                    ELSE '00000000-0000-0000-0000-000000000000' END
            )
        ORDER BY lower(u.last_name) COLLATE "C", u.id
        LIMIT $1
    )) AS u
    ORDER BY u.term, u.id
    LIMIT $1
) AS u
WHERE u.is_shown OR u.number = $1
ORDER BY u.term, u.id
LIMIT $8;

-- users.finding.search_admins
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, least(
    CASE WHEN starts_with(lower(u.username COLLATE "C"), $1) THEN lower(u.username COLLATE "C") END,
    CASE WHEN starts_with(lower(u.email COLLATE "C"), $1) THEN lower(u.email COLLATE "C") END,
    CASE WHEN starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($2)) THEN lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" END,
    CASE WHEN starts_with(lower(u.last_name) COLLATE "C", lower($2)) THEN lower(u.last_name) COLLATE "C" END
) AS term, true AS is_shown, false AS is_end
FROM users u
WHERE u.is_admin AND (least(
    CASE WHEN starts_with(lower(u.username COLLATE "C"), $1) THEN lower(u.username COLLATE "C") END,
    CASE WHEN starts_with(lower(u.email COLLATE "C"), $1) THEN lower(u.email COLLATE "C") END,
    CASE WHEN starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($2)) THEN lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" END,
    CASE WHEN starts_with(lower(u.last_name) COLLATE "C", lower($2)) THEN lower(u.last_name) COLLATE "C" END
), u.id) > ($3, $4) AND ($5::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $5)
AND ($6::boolean IS NULL OR u.is_admin = $6)
ORDER BY least(
    CASE WHEN starts_with(lower(u.username COLLATE "C"), $1) THEN lower(u.username COLLATE "C") END,
    CASE WHEN starts_with(lower(u.email COLLATE "C"), $1) THEN lower(u.email COLLATE "C") END,
    CASE WHEN starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($2)) THEN lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" END,
    CASE WHEN starts_with(lower(u.last_name) COLLATE "C", lower($2)) THEN lower(u.last_name) COLLATE "C" END
), u.id
LIMIT $7;

-- users.finding.search_suspended
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, least(
    CASE WHEN starts_with(lower(u.username COLLATE "C"), $1) THEN lower(u.username COLLATE "C") END,
    CASE WHEN starts_with(lower(u.email COLLATE "C"), $1) THEN lower(u.email COLLATE "C") END,
    CASE WHEN starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($2)) THEN lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" END,
    CASE WHEN starts_with(lower(u.last_name) COLLATE "C", lower($2)) THEN lower(u.last_name) COLLATE "C" END
) AS term, true AS is_shown, false AS is_end
FROM users u
WHERE u.suspended_at IS NOT NULL AND (least(
    CASE WHEN starts_with(lower(u.username COLLATE "C"), $1) THEN lower(u.username COLLATE "C") END,
    CASE WHEN starts_with(lower(u.email COLLATE "C"), $1) THEN lower(u.email COLLATE "C") END,
    CASE WHEN starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($2)) THEN lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" END,
    CASE WHEN starts_with(lower(u.last_name) COLLATE "C", lower($2)) THEN lower(u.last_name) COLLATE "C" END
), u.id) > ($3, $4) AND ($5::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $5)
AND ($6::boolean IS NULL OR u.is_admin = $6)
ORDER BY least(
    CASE WHEN starts_with(lower(u.username COLLATE "C"), $1) THEN lower(u.username COLLATE "C") END,
    CASE WHEN starts_with(lower(u.email COLLATE "C"), $1) THEN lower(u.email COLLATE "C") END,
    CASE WHEN starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C", lower($2)) THEN lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C" END,
    CASE WHEN starts_with(lower(u.last_name) COLLATE "C", lower($2)) THEN lower(u.last_name) COLLATE "C" END
), u.id
LIMIT $7;

-- users.finding.suspended_by_username
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, lower(u.username COLLATE "C") AS term, true AS is_shown, false AS is_end
FROM users u
WHERE u.suspended_at IS NOT NULL AND (lower(u.username COLLATE "C"), u.id) > ($1, $2) AND ($3::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $3)
AND ($4::boolean IS NULL OR u.is_admin = $4)
ORDER BY lower(u.username COLLATE "C"), u.id
LIMIT $5;

-- users.insert
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
INSERT INTO users AS u (
    id, username, email, email_verified_at, password_hash, first_name, last_name, avatar_url, is_admin, locale,
    metadata, public_metadata, private_metadata
)
SELECT $12, $13, $14::varchar, time_if($15::boolean, now()), $16, $17, $18,
    $19, $20, $21, $22::text::jsonb, $23::text::jsonb,
    $24::text::jsonb
WHERE NOT EXISTS (
    SELECT FROM email_undos e
    WHERE lower(e.email COLLATE "C") = lower($14::varchar COLLATE "C") AND e.expires_at > now()
)
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- users.insert @citus
INSERT INTO users AS u (
    id, username, email, email_verified_at, password_hash, first_name, last_name, avatar_url, is_admin, locale,
    metadata, public_metadata, private_metadata
)
SELECT $1, $2, $3::varchar, time_if($4::boolean, now()), $5, $6, $7,
    $8, $9, $10, $11::text::jsonb, $12::text::jsonb,
    $13::text::jsonb
WHERE NOT EXISTS (
    SELECT FROM email_undos e
    WHERE lower(e.email COLLATE "C") = lower($3::varchar COLLATE "C") AND e.expires_at > now()
)
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url;

-- users.rights.grant
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE users u
SET is_admin = true,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $12
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- users.rights.grant @citus
UPDATE users u
SET is_admin = true,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url;

-- users.rights.revoke
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE users u
SET is_admin = false,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $12
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- users.rights.revoke @citus
UPDATE users u
SET is_admin = false,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url;

-- users.set_password_hash
UPDATE users u
SET password_hash = $1,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $2 AND ($3::timestamptz IS NULL OR updated_at = $3)
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url;

-- users.suspension.resume
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE users u
SET suspended_at = NULL,
    suspension_reason = NULL,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $12 AND suspended_at IS NOT NULL
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- users.suspension.resume @citus
UPDATE users u
SET suspended_at = NULL,
    suspension_reason = NULL,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1 AND suspended_at IS NOT NULL
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url;

-- users.update
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE users u
SET username = coalesce($12, username),
    first_name = CASE WHEN 'first_name' = ANY ($13::text[]) THEN $14 ELSE first_name END,
    last_name = CASE WHEN 'last_name' = ANY ($13) THEN $15 ELSE last_name END,
    avatar_url = CASE WHEN 'avatar_url' = ANY ($13) THEN $16 ELSE avatar_url END,
    locale = CASE WHEN 'locale' = ANY ($13) THEN $17 ELSE locale END,
    metadata = coalesce($18::text::jsonb, metadata),
    public_metadata = coalesce($19::text::jsonb, public_metadata),
    private_metadata = coalesce($20::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $21 AND ($22::timestamptz IS NULL OR updated_at = $22)
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, u.is_admin, u.locale,
(SELECT v.email FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email) AS new_email, u.metadata, u.public_metadata, u.private_metadata
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- users.update @citus
UPDATE users u
SET username = coalesce($1, username),
    first_name = CASE WHEN 'first_name' = ANY ($2::text[]) THEN $3 ELSE first_name END,
    last_name = CASE WHEN 'last_name' = ANY ($2) THEN $4 ELSE last_name END,
    avatar_url = CASE WHEN 'avatar_url' = ANY ($2) THEN $5 ELSE avatar_url END,
    locale = CASE WHEN 'locale' = ANY ($2) THEN $6 ELSE locale END,
    metadata = coalesce($7::text::jsonb, metadata),
    public_metadata = coalesce($8::text::jsonb, public_metadata),
    private_metadata = coalesce($9::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $10 AND ($11::timestamptz IS NULL OR updated_at = $11)
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url, u.is_admin, u.locale,
(SELECT v.email FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email) AS new_email, u.metadata, u.public_metadata, u.private_metadata;

-- users.verification.correct
-- not suspended. What was mailed to the one before sets no password.
WITH resets AS (
    DELETE FROM password_resets WHERE user_id = $1
)
UPDATE users u
SET email = $2,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1 AND email_verified_at IS NULL AND password_hash = $3 AND suspended_at IS NULL
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url;

-- users.verification.mark_verified
WITH ended AS (
    DELETE FROM email_verifications v
    USING users
    WHERE v.user_id = $1 AND users.id = v.user_id AND users.email = v.email
)
UPDATE users u
SET email_verified_at = kept_time(email_verified_at, now()),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1
RETURNING u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url;

-- users.verification.pending
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url,
    CASE WHEN u.email_verified_at IS NULL OR v.email <> u.email THEN coalesce(v.email, u.email) END AS pending_email
FROM users u
LEFT JOIN email_verifications v ON v.user_id = u.id
WHERE u.id = $1;

-- users.with_organizations
-- One row a user: a row for each organization would bring the user again with each.
SELECT wanted.place,
    u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
    CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
    u.first_name, u.last_name, u.avatar_url, u.is_admin, u.locale,
    (SELECT v.email FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email) AS new_email,
    o.ids, o.names, o.slugs, o.owner_ids, o.times_created, o.times_updated
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS wanted (id, viewer_id, place)
JOIN users u ON u.id = wanted.id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(newest.id), '{}') AS ids,
        coalesce(array_agg(newest.name), '{}') AS names,
        coalesce(array_agg(newest.slug), '{}') AS slugs,
        coalesce(array_agg(newest.owner_id), '{}') AS owner_ids,
        coalesce(array_agg(newest.created_at), '{}') AS times_created,
        coalesce(array_agg(newest.updated_at), '{}') AS times_updated
    FROM (
        SELECT organizations.id, organizations.name, organizations.slug, organizations.owner_id,
            organizations.created_at, organizations.updated_at
        FROM organization_members om
        JOIN organizations ON organizations.id = om.organization_id
        WHERE om.user_id = u.id AND organizations.deleted_at IS NULL
            AND (wanted.viewer_id IS NULL OR EXISTS (
                SELECT 1 FROM organization_members shared
                WHERE shared.organization_id = om.organization_id AND shared.user_id = wanted.viewer_id
            ))
        ORDER BY om.organization_id DESC
        LIMIT 1000
    ) AS newest
) AS o;

-- webhooks.by_id
SELECT w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at FROM webhook_endpoints w WHERE w.id = $1 AND w.organization_id IS NOT DISTINCT FROM $2::uuid;

-- webhooks.delete
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
DELETE FROM webhook_endpoints w
WHERE w.id = $12 AND w.organization_id IS NOT DISTINCT FROM $13::uuid AND ($14::timestamptz IS NULL OR updated_at = $14)
RETURNING w.id
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- webhooks.delete @citus
DELETE FROM webhook_endpoints w
WHERE w.id = $1 AND w.organization_id IS NOT DISTINCT FROM $2::uuid AND ($3::timestamptz IS NULL OR updated_at = $3)
RETURNING w.id;

-- webhooks.delivery_by_id
SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
d.response_status, d.response_body, d.error, d.duration_ms,
(
    SELECT q.due_at
    FROM webhook_queues q
    WHERE q.endpoint_id = d.endpoint_id AND q.chain_id = d.chain_id AND d.state = 'waiting' AND isfinite(q.due_at)
) AS next_attempt_at,
e.id AS event_id, e.chain_id, e.sequence, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type, e.target_id,
e.details, e.request_id, e.created_at AS happened_at
FROM webhook_deliveries d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
WHERE d.id = $1 AND d.endpoint_id = $2;

-- webhooks.delivery_by_id @citus
WITH d AS MATERIALIZED (
    SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
    d.response_status, d.response_body, d.error, d.duration_ms, d.chain_id, d.event_id,
    (
        SELECT q.due_at
        FROM webhook_queues q
        WHERE q.endpoint_id = d.endpoint_id AND q.chain_id = d.chain_id AND d.state = 'waiting' AND isfinite(q.due_at)
    ) AS next_attempt_at FROM webhook_deliveries d WHERE d.id = $1 AND d.endpoint_id = $2
)
SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
d.response_status, d.response_body, d.error, d.duration_ms, d.next_attempt_at, e.id AS event_id, e.chain_id, e.sequence, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type, e.target_id,
e.details, e.request_id, e.created_at AS happened_at FROM d JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id;

-- webhooks.drop_queue
DELETE FROM webhook_queues q WHERE q.endpoint_id = $1 AND q.chain_id = $2 AND q.lease_id = $3 AND q.additions = $4 RETURNING true;

-- webhooks.drop_queue_of_gone
WITH queue AS (
    DELETE FROM webhook_queues q WHERE q.endpoint_id = $1 AND q.chain_id = $2 AND q.lease_id = $3 RETURNING q.endpoint_id, q.chain_id
)
DELETE FROM webhook_deliveries d
USING queue
WHERE d.endpoint_id = queue.endpoint_id AND d.chain_id = queue.chain_id AND d.state = 'waiting';

-- webhooks.give_back
UPDATE webhook_queues q SET due_at = now(), lease_id = NULL WHERE q.endpoint_id = $1 AND q.chain_id = $2 AND q.lease_id = $3;

-- webhooks.insert
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
INSERT INTO webhook_endpoints AS w (id, organization_id, url, description, events, sealed_secret, created_by)
VALUES ($12, $13, $14, $15, $16, $17, $18)
RETURNING w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- webhooks.insert @citus
WITH w AS (INSERT INTO webhook_endpoints AS w (id, organization_id, url, description, events, sealed_secret, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
w.previous_secret_expires_at) SELECT w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at FROM w;

-- webhooks.next
SELECT q.additions, q.failures, w.url, w.status, w.sealed_secret,
    CASE WHEN w.previous_secret_expires_at > now() THEN w.sealed_previous_secret END AS sealed_previous_secret,
    d.id AS delivery_id, e.id AS event_id, e.chain_id, e.sequence, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type, e.target_id,
    e.details, e.request_id, e.created_at AS happened_at
FROM webhook_queues q
LEFT JOIN webhook_endpoints w ON w.id = q.endpoint_id
LEFT JOIN LATERAL (
    SELECT id, event_id
    FROM webhook_deliveries
    WHERE endpoint_id = q.endpoint_id AND chain_id = q.chain_id AND state = 'waiting'
    ORDER BY sequence, id
    LIMIT 1
) AS d ON true
LEFT JOIN audit_events e ON e.chain_id = q.chain_id AND e.id = d.event_id
WHERE q.endpoint_id = $1 AND q.chain_id = $2 AND q.lease_id = $3;

-- webhooks.note_delivered
WITH delivered AS (
    UPDATE webhook_deliveries
    SET state = 'delivered', ended_at = now(), attempts = attempts + 1, attempted_at = $1, url = $2,
        response_status = $3, response_body = $4, error = NULL, duration_ms = $5
    WHERE id = $6 AND state = 'waiting'
), well AS (
    UPDATE webhook_endpoints
    SET failing_since = NULL, updated_at = next_version(statement_timestamp(), updated_at)
    WHERE id = $7 AND failing_since IS NOT NULL
)
UPDATE webhook_queues q
SET due_at = now() + make_interval(secs => $8), failures = 0
WHERE q.endpoint_id = $7 AND q.chain_id = $9 AND q.lease_id = $10
RETURNING true;

-- webhooks.note_failure
-- old is given up. Tells for how long the endpoint has had failures alone, and whether this was given up.
WITH queue AS (
    UPDATE webhook_queues q
    SET due_at = now() + make_interval(secs => $1), failures = q.failures + 1, lease_id = NULL
    WHERE q.endpoint_id = $2 AND q.chain_id = $3 AND q.lease_id = $4
    RETURNING q.endpoint_id
), attempt AS (
    UPDATE webhook_deliveries d
    SET attempts = attempts + 1, attempted_at = $5, url = $6, response_status = $7,
        response_body = $8, error = $9, duration_ms = $10,
        state = CASE WHEN created_at < now() - make_interval(secs => $11) THEN 'failed' ELSE state END,
        ended_at = CASE WHEN created_at < now() - make_interval(secs => $11) THEN now() END
    FROM queue
    WHERE d.id = $12 AND d.state = 'waiting'
    RETURNING d.state
), ill AS (
    UPDATE webhook_endpoints w
    SET failing_since = now(), updated_at = next_version(statement_timestamp(), updated_at)
    FROM queue
    WHERE w.id = queue.endpoint_id AND w.failing_since IS NULL
)
SELECT coalesce(extract(epoch FROM now() - w.failing_since), 0)::float8 AS failing_seconds,
    EXISTS (SELECT FROM attempt WHERE state = 'failed') AS is_given_up
FROM queue
JOIN webhook_endpoints w ON w.id = queue.endpoint_id;

-- webhooks.note_failure @citus
WITH queue AS (
    UPDATE webhook_queues q
    SET due_at = now() + make_interval(secs => $1), failures = q.failures + 1, lease_id = NULL
    WHERE q.endpoint_id = $2 AND q.chain_id = $3 AND q.lease_id = $4
    RETURNING q.endpoint_id
), attempt AS (
    UPDATE webhook_deliveries d
    SET attempts = attempts + 1, attempted_at = $5, url = $6, response_status = $7,
        response_body = $8, error = $9, duration_ms = $10,
        state = CASE WHEN created_at < now() - make_interval(secs => $11) THEN 'failed' ELSE state END,
        ended_at = CASE WHEN created_at < now() - make_interval(secs => $11) THEN now() END
    FROM queue
    WHERE d.id = $12 AND d.state = 'waiting'
    RETURNING d.state
)
SELECT 0::float8 AS failing_seconds,
    EXISTS (SELECT FROM attempt WHERE state = 'failed') AS is_given_up
FROM queue;

-- webhooks.page
(
    SELECT w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
    CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at
    FROM webhook_endpoints w
    WHERE w.organization_id = $1 AND w.id < $2
    ORDER BY w.id DESC
    LIMIT $3
)
UNION ALL
(
    SELECT w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
    CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at
    FROM webhook_endpoints w
    WHERE w.organization_id IS NULL AND $1 IS NULL AND w.id < $2
    ORDER BY w.id DESC
    LIMIT $3
)
ORDER BY id DESC
LIMIT $3;

-- webhooks.page_of_deliveries
SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
d.response_status, d.response_body, d.error, d.duration_ms,
(
    SELECT q.due_at
    FROM webhook_queues q
    WHERE q.endpoint_id = d.endpoint_id AND q.chain_id = d.chain_id AND d.state = 'waiting' AND isfinite(q.due_at)
) AS next_attempt_at,
e.id AS event_id, e.chain_id, e.sequence, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type, e.target_id,
e.details, e.request_id, e.created_at AS happened_at
FROM webhook_deliveries d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
WHERE d.endpoint_id = $1 AND (d.created_at, d.id) < ($2, $3)
ORDER BY d.created_at DESC, d.id DESC
LIMIT $4;

-- webhooks.page_of_deliveries @citus
WITH d AS MATERIALIZED (
    SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
    d.response_status, d.response_body, d.error, d.duration_ms, d.chain_id, d.event_id,
    (
        SELECT q.due_at
        FROM webhook_queues q
        WHERE q.endpoint_id = d.endpoint_id AND q.chain_id = d.chain_id AND d.state = 'waiting' AND isfinite(q.due_at)
    ) AS next_attempt_at
    FROM webhook_deliveries d
    WHERE d.endpoint_id = $1 AND (d.created_at, d.id) < ($2, $3)
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT $4
)
SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
d.response_status, d.response_body, d.error, d.duration_ms, d.next_attempt_at, e.id AS event_id, e.chain_id, e.sequence, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type, e.target_id,
e.details, e.request_id, e.created_at AS happened_at
FROM d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
ORDER BY d.created_at DESC, d.id DESC;

-- webhooks.page_of_deliveries_in_state
SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
d.response_status, d.response_body, d.error, d.duration_ms,
(
    SELECT q.due_at
    FROM webhook_queues q
    WHERE q.endpoint_id = d.endpoint_id AND q.chain_id = d.chain_id AND d.state = 'waiting' AND isfinite(q.due_at)
) AS next_attempt_at,
e.id AS event_id, e.chain_id, e.sequence, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type, e.target_id,
e.details, e.request_id, e.created_at AS happened_at
FROM webhook_deliveries d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
WHERE d.endpoint_id = $1 AND d.state = $2 AND (d.created_at, d.id) < ($3, $4)
ORDER BY d.created_at DESC, d.id DESC
LIMIT $5;

-- webhooks.page_of_deliveries_in_state @citus
WITH d AS MATERIALIZED (
    SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
    d.response_status, d.response_body, d.error, d.duration_ms, d.chain_id, d.event_id,
    (
        SELECT q.due_at
        FROM webhook_queues q
        WHERE q.endpoint_id = d.endpoint_id AND q.chain_id = d.chain_id AND d.state = 'waiting' AND isfinite(q.due_at)
    ) AS next_attempt_at
    FROM webhook_deliveries d
    WHERE d.endpoint_id = $1 AND d.state = $2 AND (d.created_at, d.id) < ($3, $4)
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT $5
)
SELECT d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
d.response_status, d.response_body, d.error, d.duration_ms, d.next_attempt_at, e.id AS event_id, e.chain_id, e.sequence, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type, e.target_id,
e.details, e.request_id, e.created_at AS happened_at
FROM d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
ORDER BY d.created_at DESC, d.id DESC;

-- webhooks.park
WITH endpoint AS (
    SELECT id FROM webhook_endpoints WHERE id = $1 AND status = 'disabled' FOR SHARE
)
UPDATE webhook_queues q SET due_at = 'infinity', lease_id = NULL FROM endpoint WHERE q.endpoint_id = $1 AND q.chain_id = $2 AND q.lease_id = $3;

-- webhooks.replay_one
WITH chosen AS (
    SELECT chain_id, sequence, event_id, action FROM webhook_deliveries WHERE id = $1 AND endpoint_id = $2
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action, is_replay)
    SELECT $2, c.chain_id, c.sequence, c.event_id, c.action, true
    FROM chosen c
    WHERE NOT EXISTS (
        SELECT FROM webhook_deliveries d
        WHERE d.endpoint_id = $2 AND d.chain_id = c.chain_id AND d.sequence = c.sequence AND d.state = 'waiting'
    )
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT DISTINCT $2::uuid, chain_id FROM chosen ORDER BY chain_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE
    SET additions = q.additions + 1,
        due_at = CASE WHEN q.lease_id IS NULL THEN least(q.due_at, now()) ELSE q.due_at END
)
SELECT count(*) FROM chosen;

-- webhooks.replay_span
-- take what a transaction lasts, so they lead there.
WITH chosen AS (
    SELECT e.chain_id, e.sequence, e.id AS event_id, e.action
    FROM audit_events e
    WHERE e.id BETWEEN $1 AND $2 AND e.created_at >= $3 AND e.created_at < $4 AND $5::text[] && ARRAY['*', e.action::text, split_part(e.action, '.', 1) || '.*']
    ORDER BY e.id
    LIMIT $6
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action, is_replay)
    SELECT $7, c.chain_id, c.sequence, c.event_id, c.action, true
    FROM chosen c
    WHERE NOT EXISTS (
        SELECT FROM webhook_deliveries d
        WHERE d.endpoint_id = $7 AND d.chain_id = c.chain_id AND d.sequence = c.sequence AND d.state = 'waiting'
    )
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT DISTINCT $7::uuid, chain_id FROM chosen ORDER BY chain_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE
    SET additions = q.additions + 1,
        due_at = CASE WHEN q.lease_id IS NULL THEN least(q.due_at, now()) ELSE q.due_at END
)
SELECT count(*) FROM chosen;

-- webhooks.replay_span_of_organization
WITH chosen AS (
    SELECT e.chain_id, e.sequence, e.id AS event_id, e.action
    FROM audit_events e
    WHERE e.organization_id = $1 AND e.created_at >= $2 AND e.created_at < $3 AND $4::text[] && ARRAY['*', e.action::text, split_part(e.action, '.', 1) || '.*']
    ORDER BY e.created_at DESC, e.id DESC
    LIMIT $5
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action, is_replay)
    SELECT $6, c.chain_id, c.sequence, c.event_id, c.action, true
    FROM chosen c
    WHERE NOT EXISTS (
        SELECT FROM webhook_deliveries d
        WHERE d.endpoint_id = $6 AND d.chain_id = c.chain_id AND d.sequence = c.sequence AND d.state = 'waiting'
    )
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT DISTINCT $6::uuid, chain_id FROM chosen ORDER BY chain_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE
    SET additions = q.additions + 1,
        due_at = CASE WHEN q.lease_id IS NULL THEN least(q.due_at, now()) ELSE q.due_at END
)
SELECT count(*) FROM chosen;

-- webhooks.rotate
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE webhook_endpoints w
SET sealed_previous_secret = CASE WHEN $12::float8 > 0 THEN sealed_secret END,
    previous_secret_expires_at = time_if($12 > 0, now() + make_interval(secs => $12)),
    sealed_secret = $13,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE w.id = $14 AND w.organization_id IS NOT DISTINCT FROM $15::uuid
RETURNING w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- webhooks.rotate @citus
WITH w AS (UPDATE webhook_endpoints w
SET sealed_previous_secret = CASE WHEN $1::float8 > 0 THEN sealed_secret END,
    previous_secret_expires_at = time_if($1 > 0, now() + make_interval(secs => $1)),
    sealed_secret = $2,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE w.id = $3 AND w.organization_id IS NOT DISTINCT FROM $4::uuid RETURNING w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
w.previous_secret_expires_at) SELECT w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at FROM w;

-- webhooks.switch_off
UPDATE webhook_endpoints w
SET status = 'disabled', updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1 AND status = 'enabled' AND (failing_since < now() - make_interval(secs => $2) OR $3::boolean)
RETURNING w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at;

-- webhooks.switch_off @citus
WITH w AS (UPDATE webhook_endpoints w
SET status = 'disabled', updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = $1 AND status = 'enabled' AND (failing_since < now() - make_interval(secs => $2) OR $3::boolean) RETURNING w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
w.previous_secret_expires_at) SELECT w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at FROM w;

-- webhooks.update
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (
UPDATE webhook_endpoints w
SET url = coalesce($12, url),
    description = coalesce($13, description),
    events = coalesce($14, events),
    status = coalesce($15, status),
    failing_since = CASE WHEN $15 = 'enabled' AND status = 'disabled' THEN NULL ELSE failing_since END,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE w.id = $16 AND w.organization_id IS NOT DISTINCT FROM $17::uuid AND ($18::timestamptz IS NULL OR updated_at = $18)
RETURNING w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at
)
, address AS MATERIALIZED ( -- so that the salt is made once
    SELECT $1::inet AS ip, CASE WHEN $1::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT * FROM change)
), event AS MATERIALIZED (
    SELECT $2::uuid AS chain_id, $3::uuid AS id, $4::uuid AS organization_id,
        $5::uuid AS actor_id, $6::uuid AS key_id, $7::text AS action, $8::text AS target_type,
        $9::uuid AS target_id, $10::text::jsonb AS details, $11::text AS request_id, ip, salt,
        sha256(salt || convert_to(host(ip), 'UTF8')) AS ip_digest, clock_timestamp() AS created_at
    FROM address
), content AS MATERIALIZED ( -- the parts as netstrings, so that no two events have one rendering
    SELECT sha256(convert_to((
        SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
            target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
            trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
        ]) WITH ORDINALITY AS parts (part, place)
    ), 'UTF8')) AS digest
    FROM event
), head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT $2, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
    FROM content, (SELECT decode(repeat('00', 32), 'hex') AS hash) AS first
    ON CONFLICT (chain_id) DO UPDATE
    SET sequence = h.sequence + 1,
        previous_hash = h.hash,
        hash = sha256(h.hash || int8send(h.sequence + 1) || (SELECT digest FROM content))
    RETURNING sequence, previous_hash, hash
), written AS (
    INSERT INTO audit_events (
        chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
        ip, ip_salt, ip_digest, created_at, previous_hash, hash
    )
    SELECT e.chain_id, head.sequence, e.id, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type,
        e.target_id, e.details, e.request_id, e.ip, e.salt, e.ip_digest, e.created_at, head.previous_hash, head.hash
    FROM event e, head
), delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN ($4::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', $7::text, split_part($7, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)
SELECT * FROM change;

-- webhooks.update @citus
WITH w AS (UPDATE webhook_endpoints w
SET url = coalesce($1, url),
    description = coalesce($2, description),
    events = coalesce($3, events),
    status = coalesce($4, status),
    failing_since = CASE WHEN $4 = 'enabled' AND status = 'disabled' THEN NULL ELSE failing_since END,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE w.id = $5 AND w.organization_id IS NOT DISTINCT FROM $6::uuid AND ($7::timestamptz IS NULL OR updated_at = $7) RETURNING w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
w.previous_secret_expires_at) SELECT w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at FROM w;
