-- part: event
-- What an AuditEvent is read from.
id, chain_id, sequence, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    host(ip) AS ip, created_at, encode(hash, 'hex') AS hash

-- part: narrowed
-- What lists of events can be narrowed to; each filter may be NULL.
(:actor_id::uuid IS NULL OR actor_id = :actor_id)
AND (:action::text IS NULL OR action = :action)
AND created_at >= :from_time
AND created_at < :to_time

-- part: sealed
-- An event as it is given, and the digest of its content: event and content, of what stands before them, if that has rows.
address AS MATERIALIZED ( -- so that the salt is made once
    SELECT :ip::inet AS ip, CASE WHEN :ip::inet IS NOT NULL THEN uuid_send(gen_random_uuid()) END AS salt
    WHERE EXISTS (SELECT FROM change)
), event AS MATERIALIZED (
    SELECT :chain_id::uuid AS chain_id, :id::uuid AS id, :organization_id::uuid AS organization_id,
        :actor_id::uuid AS actor_id, :key_id::uuid AS key_id, :action::text AS action, :target_type::text AS target_type,
        :target_id::uuid AS target_id, :details::text::jsonb AS details, :request_id::text AS request_id, ip, salt,
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

-- name: insert
-- Write down one event, chained to the one before it: the chain's head and the event in one round trip.
-- Whoever writes to the same chain waits here until this transaction ends; whoever writes to another does not.
-- A statement that is `recorded` (see recording.py) stands in the first parentheses; what changed no row has no event.
WITH change AS (SELECT)
, {sealed}, head AS (
    INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
    SELECT :chain_id, 1, first.hash, sha256(first.hash || int8send(1) || content.digest)
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
), {webhooks.capture}
SELECT FROM change;

-- name: seal
-- What is to be written of an event, on Citus: there, the rows of one event are written apart, each on its server.
WITH change AS (SELECT), {sealed}
SELECT event.salt, event.ip_digest, event.created_at, content.digest FROM event, content;

-- name: advance_head
-- Put an event's digest at the end of its chain, on Citus. Whoever writes to the same chain waits here.
INSERT INTO audit_heads AS h (chain_id, sequence, previous_hash, hash)
VALUES (
    :chain_id, 1, decode('0000000000000000000000000000000000000000000000000000000000000000', 'hex'),
    sha256(decode('0000000000000000000000000000000000000000000000000000000000000000', 'hex') || int8send(1) || :digest::bytea)
)
ON CONFLICT (chain_id) DO UPDATE
SET sequence = h.sequence + 1, previous_hash = h.hash, hash = sha256(h.hash || int8send(h.sequence + 1) || :digest)
RETURNING sequence, previous_hash, hash;

-- name: write
-- Write an event for which its chain has a place, on Citus.
INSERT INTO audit_events (
    chain_id, sequence, id, organization_id, actor_id, key_id, action, target_type, target_id, details, request_id,
    ip, ip_salt, ip_digest, created_at, previous_hash, hash
)
VALUES (
    :chain_id, :sequence, :id, :organization_id, :actor_id, :key_id, :action, :target_type, :target_id,
    :details::text::jsonb, :request_id, :ip::inet, :salt, :ip_digest, :created_at, :previous_hash, :hash
);

-- name: capture
-- Put an event before the endpoints that hear of it, on Citus.
WITH event AS (
    SELECT :chain_id::uuid AS chain_id, :id::uuid AS id, :action::text AS action
), head AS (
    SELECT :sequence::bigint AS sequence
), {webhooks.capture}
SELECT count(*) FROM delivery;

-- name: page_of_organization
-- Events of an organization, newest first, before a position; each filter may be NULL.
-- reads: replica
SELECT {event}
FROM audit_events
WHERE organization_id = :organization_id
    AND (created_at, id) < (:before_time, :before_id)
    AND {narrowed}
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: usernames
-- How some users are called now.
-- reads: replica
SELECT id, username FROM users WHERE id = ANY (:ids::uuid[]);

-- name: page_of_organization @citus
-- The same, of one server: an organization's events are in its own chain.
SELECT {event}
FROM audit_events
WHERE chain_id = :organization_id AND organization_id = :organization_id
    AND (created_at, id) < (:before_time, :before_id)
    AND {narrowed}
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: count_of_organization
-- How many events of an organization there are; each filter may be NULL.
-- reads: replica
SELECT count(*)
FROM audit_events
WHERE organization_id = :organization_id
    AND {narrowed};

-- name: count_of_organization @citus
-- The same, of one server.
SELECT count(*)
FROM audit_events
WHERE chain_id = :organization_id AND organization_id = :organization_id
    AND {narrowed};

-- name: page_of_accounts
-- Events that belong to no organization, newest first, before a position; each filter may be NULL.
-- reads: replica
SELECT {event}
FROM audit_events
WHERE organization_id IS NULL
    AND (created_at, id) < (:before_time, :before_id)
    AND (:user_id::uuid IS NULL OR chain_id = :user_id)
    AND {narrowed}
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: count_of_accounts
-- How many events belong to no organization; each filter may be NULL.
-- reads: replica
SELECT count(*)
FROM audit_events
WHERE organization_id IS NULL
    AND (:user_id::uuid IS NULL OR chain_id = :user_id)
    AND {narrowed};

-- name: page_of_user
-- What a user did and what was done to their account, in order of id, after a position; for the export about them.
(
    SELECT {event}
    FROM audit_events
    WHERE actor_id = :user_id AND id > :after_id
    ORDER BY id
    LIMIT :limit
)
UNION ALL
(
    SELECT {event}
    FROM audit_events
    WHERE chain_id = :user_id AND organization_id IS NULL AND id > :after_id AND actor_id IS DISTINCT FROM :user_id
    ORDER BY id
    LIMIT :limit
)
ORDER BY id
LIMIT :limit;

-- name: erase_addresses
-- Erase the addresses from which a user acted. The digests stay, so the chains stay whole; without their salts they
-- tell nothing.
UPDATE audit_events SET ip = NULL, ip_salt = NULL WHERE (actor_id = :user_id OR chain_id = :user_id) AND ip IS NOT NULL;

-- name: every_event
-- All events with everything that their hashes are made of, of some chains, by chain and sequence.
SELECT {event}, details::text AS details_text,
    encode(ip_salt, 'hex') AS ip_salt, encode(ip_digest, 'hex') AS ip_digest,
    encode(previous_hash, 'hex') AS previous_hash
FROM audit_events
WHERE chain_id BETWEEN :first_chain AND :last_chain
ORDER BY chain_id, sequence;

-- name: every_head
-- Where each of some chains ends.
SELECT chain_id, sequence, encode(hash, 'hex') AS hash
FROM audit_heads
WHERE chain_id BETWEEN :first_chain AND :last_chain
ORDER BY chain_id;

-- name: count_written
-- How many events were ever written to some chains, as the heads say, which is far cheaper than counting them.
SELECT coalesce(sum(sequence), 0)::bigint FROM audit_heads WHERE chain_id BETWEEN :first_chain AND :last_chain;

-- name: broken_heads
-- Of heads that were kept elsewhere, the places (1, 2, ...) of those that the chain no longer goes through.
SELECT kept.place
FROM unnest(:chain_ids::uuid[], :sequences::bigint[], :hashes::bytea[]) WITH ORDINALITY
    AS kept (chain_id, sequence, hash, place)
WHERE NOT EXISTS (
    SELECT FROM audit_events e
    WHERE e.chain_id = kept.chain_id AND e.sequence = kept.sequence AND e.hash = kept.hash
)
ORDER BY kept.place;

-- name: broken_heads @citus
-- The same, where a list of heads and the events are not joined one by one.
SELECT kept.place
FROM unnest(:chain_ids::uuid[], :sequences::bigint[], :hashes::bytea[]) WITH ORDINALITY
    AS kept (chain_id, sequence, hash, place)
LEFT JOIN (
    SELECT chain_id, sequence, hash FROM audit_events WHERE chain_id = ANY (:chain_ids) AND sequence = ANY (:sequences)
) AS e ON e.chain_id = kept.chain_id AND e.sequence = kept.sequence AND e.hash = kept.hash
WHERE e.sequence IS NULL
ORDER BY kept.place;
