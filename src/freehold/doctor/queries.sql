-- name: server
-- The server's version, the settings that decide what a crash loses, and how this session reaches it.
SELECT current_setting('server_version_num')::integer AS version,
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('data_checksums') AS checksums,
    current_setting('max_connections')::integer AS max_connections,
    current_setting('superuser_reserved_connections')::integer AS reserved_connections,
    pg_is_in_recovery() AS in_recovery,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
    extract(epoch FROM clock_timestamp())::double precision AS now_epoch;

-- name: standing
-- Whether the server is a standby, of which cluster, how far it is, and whether it goes on.
SELECT pg_is_in_recovery() AS in_recovery,
    (SELECT system_identifier FROM pg_control_system()) AS system,
    CASE WHEN NOT pg_is_in_recovery() THEN
        ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer
    ELSE
        coalesce(
            (SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint())
        )
    END AS timeline,
    CASE WHEN pg_is_in_recovery() THEN coalesce((pg_last_wal_replay_lsn() - '0/0')::bigint, 0)
        ELSE (pg_current_wal_flush_lsn() - '0/0')::bigint
    END AS lsn,
    CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS is_paused,
    current_setting('hot_standby_feedback') AS feedback;

-- name: role
-- What the session's role may do. `lacks` names the tables on which it may not do what the application does.
SELECT current_user::text AS name, r.rolsuper AS is_superuser, r.rolbypassrls AS bypasses_rls,
    has_schema_privilege('public', 'CREATE') AS may_create_in_schema,
    has_table_privilege('audit_events', 'DELETE') AS may_delete_audit,
    has_table_privilege('audit_events', 'TRUNCATE') AS may_truncate_audit,
    has_column_privilege('audit_events', 'hash', 'UPDATE') AS may_rewrite_audit,
    coalesce(
        (
            SELECT array_agg(c.relname::text ORDER BY c.relname)
            FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY (:tables::text[])
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

-- name: unproved_constraints
-- Constraints of the application's tables that no one has proved on the rows that were there.
SELECT conrelid::regclass::text || '.' || conname
FROM pg_constraint
WHERE NOT convalidated AND connamespace = 'public'::regnamespace AND conrelid <> 0
ORDER BY 1
LIMIT 20;

-- name: broken_indexes
-- Indexes that were begun and not finished, so that they answer no query but cost each write.
SELECT i.indexrelid::regclass::text
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT (i.indisvalid AND i.indisready)
ORDER BY 1
LIMIT 20;

-- name: idle_triggers
-- Triggers that keep a foreign key and were switched off, by table.
SELECT DISTINCT tgrelid::regclass::text
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace AND t.tgenabled IN ('D', 'R')
ORDER BY 1
LIMIT 20;

-- name: organizations_without_owner
-- Organizations whose owner is none of their members.
SELECT o.id
FROM organizations o
WHERE NOT EXISTS (
    SELECT FROM organization_members m WHERE m.organization_id = o.id AND m.user_id = o.owner_id
)
ORDER BY o.id
LIMIT 20;

-- name: outbox
-- Mails that were given up, and mails that have been due for an hour.
SELECT count(*) FILTER (WHERE failed_at IS NOT NULL) AS given_up,
    count(*) FILTER (WHERE sent_at IS NULL AND failed_at IS NULL AND next_attempt_at < now() - interval '1 hour')
        AS overdue
FROM mail_messages
WHERE sent_at IS NULL;

-- name: any_admin
-- Whether there is a platform administrator.
SELECT EXISTS (SELECT FROM users WHERE is_admin AND suspended_at IS NULL);

-- name: failing_endpoints
-- Webhook endpoints that were switched off, or have had failures alone for a day, the first to fail first.
SELECT w.id, o.slug, w.status = 'disabled' AS is_off, extract(epoch FROM now() - w.failing_since)::float8 AS failing_seconds
FROM webhook_endpoints w
LEFT JOIN organizations o ON o.id = w.organization_id
WHERE (w.status = 'disabled' OR w.failing_since < now() - interval '1 day') AND w.failing_since IS NOT NULL
    AND o.deleted_at IS NULL
ORDER BY w.failing_since, w.id
LIMIT 20;

-- name: idle_queues
-- For how long webhooks are due that nobody sends, in seconds; 0 for none.
SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 FROM webhook_queues WHERE due_at < now();

-- name: failed_purges
-- Deleted organizations that could not be removed for good, as they were tried lately.
SELECT o.slug, f.organization_id, f.attempts, f.reason
FROM purge_failures f
JOIN organizations o ON o.id = f.organization_id
WHERE o.deleted_at IS NOT NULL
ORDER BY o.deleted_at, o.id
LIMIT 20;
