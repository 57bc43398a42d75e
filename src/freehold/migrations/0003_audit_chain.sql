-- Chain the audit log: each event holds the hash of the one before it, so that no row can be changed or removed unseen.
-- migrate:up
-- migrate: lint-ignore: constraint-missing-not-valid no release is without this migration, so the tables that it changes are empty
-- migrate: lint-ignore: disallowed-unique-constraint no release is without this migration, so the tables that it changes are empty
-- migrate: lint-ignore: update-without-where no release is without this migration, so the tables that it changes are empty
-- migrate: lint-ignore: adding-not-nullable-field no release is without this migration, so the tables that it changes are empty
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the tables that it changes are empty

ALTER TABLE audit_events
    ADD COLUMN chain_id uuid,
    ADD COLUMN sequence bigint,
    ADD COLUMN key_id uuid,
    ADD COLUMN ip_salt bytea,
    ADD COLUMN ip_digest bytea,
    ADD COLUMN previous_hash bytea,
    ADD COLUMN hash bytea;

-- Where each chain ends: what the next event is chained to, and what shows that the last one was not removed.
CREATE TABLE audit_heads (
    chain_id uuid NOT NULL,
    sequence bigint NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_heads_pkey PRIMARY KEY (chain_id),
    CONSTRAINT audit_heads_sequence_check CHECK (sequence >= 1),
    CONSTRAINT audit_heads_hash_check CHECK (length(hash) = 32 AND length(previous_hash) = 32)
) WITH (fillfactor = 50); -- each event updates its head's row in place

-- Events from before: chained in the order in which they were made. An account's event belongs to the user it was done
-- to, else to who did it, else to the platform (the UUID of zeros).
UPDATE audit_events e
SET chain_id = numbered.chain_id,
    sequence = numbered.sequence,
    ip_salt = numbered.salt,
    ip_digest = sha256(numbered.salt || convert_to(host(e.ip), 'UTF8'))
FROM (
    SELECT id, chain_id, row_number() OVER (PARTITION BY chain_id ORDER BY created_at, id) AS sequence, salt
    FROM (
        SELECT id, created_at,
            coalesce(
                organization_id, CASE WHEN target_type = 'user' THEN target_id END, actor_id, '00000000-0000-0000-0000-000000000000'
            ) AS chain_id,
            CASE WHEN ip IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
        FROM audit_events
    ) AS placed
) AS numbered
WHERE numbered.id = e.id;

ALTER TABLE audit_events ADD CONSTRAINT audit_events_chain_id_sequence_key UNIQUE (chain_id, sequence);

-- As the statement that writes an event says it (audit/queries.sql); the reference describes it.
UPDATE audit_events
SET hash = sha256(convert_to((
    SELECT string_agg(coalesce(octet_length(convert_to(part, 'UTF8')) || ':' || part, '-'), ',' ORDER BY place)
    FROM unnest(ARRAY[
        chain_id::text, id::text, organization_id::text, actor_id::text, key_id::text, action, target_type,
        target_id::text, details::text, request_id, encode(ip_digest, 'hex'),
        trunc(extract(epoch FROM created_at) * 1000000)::bigint::text
    ]) WITH ORDINALITY AS parts (part, place)
), 'UTF8'));

WITH RECURSIVE chained AS (
    SELECT id, chain_id, sequence, first.previous_hash,
        sha256(first.previous_hash || int8send(sequence) || hash) AS hash
    FROM audit_events, (SELECT decode(repeat('00', 32), 'hex') AS previous_hash) AS first
    WHERE sequence = 1
    UNION ALL
    SELECT e.id, e.chain_id, e.sequence, c.hash, sha256(c.hash || int8send(e.sequence) || e.hash)
    FROM chained c
    JOIN audit_events e ON e.chain_id = c.chain_id AND e.sequence = c.sequence + 1
)
UPDATE audit_events e
SET previous_hash = chained.previous_hash, hash = chained.hash
FROM chained
WHERE chained.id = e.id;

INSERT INTO audit_heads (chain_id, sequence, previous_hash, hash)
SELECT DISTINCT ON (chain_id) chain_id, sequence, previous_hash, hash FROM audit_events ORDER BY chain_id, sequence DESC;

ALTER TABLE audit_events
    ALTER COLUMN chain_id SET NOT NULL,
    ALTER COLUMN sequence SET NOT NULL,
    ALTER COLUMN previous_hash SET NOT NULL,
    ALTER COLUMN hash SET NOT NULL,
    ADD CONSTRAINT audit_events_sequence_check CHECK (sequence >= 1),
    ADD CONSTRAINT audit_events_hash_check CHECK (length(hash) = 32 AND length(previous_hash) = 32),
    -- An address can be erased together with its salt; its digest then stays and tells nothing.
    ADD CONSTRAINT audit_events_ip_check CHECK (
        num_nulls(ip, ip_salt) IN (0, 2) AND (ip IS NULL OR ip_digest IS NOT NULL)
    );

-- What one user did and what was done to their account: for the export of everything about them, and for erasing it.
CREATE INDEX audit_events_actor_id_idx ON audit_events (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_events_user_idx ON audit_events (chain_id, id) WHERE organization_id IS NULL;
-- The platform's list of account events.
CREATE INDEX audit_events_account_idx ON audit_events (created_at DESC, id DESC) WHERE organization_id IS NULL;

COMMENT ON TABLE audit_heads IS 'Where the chain of each organization''s and each account''s audit events ends.';

-- migrate:down

DROP INDEX audit_events_account_idx;
DROP INDEX audit_events_user_idx;
DROP INDEX audit_events_actor_id_idx;
ALTER TABLE audit_events
    DROP CONSTRAINT audit_events_ip_check,
    DROP CONSTRAINT audit_events_hash_check,
    DROP CONSTRAINT audit_events_sequence_check,
    DROP CONSTRAINT audit_events_chain_id_sequence_key,
    DROP COLUMN hash,
    DROP COLUMN previous_hash,
    DROP COLUMN ip_digest,
    DROP COLUMN ip_salt,
    DROP COLUMN key_id,
    DROP COLUMN sequence,
    DROP COLUMN chain_id;
DROP TABLE audit_heads;
