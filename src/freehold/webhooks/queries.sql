-- part: capture
-- What the statement that writes an event does besides: put it before the endpoints that hear of it (see audit.insert).
delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action)
    SELECT w.id, e.chain_id, head.sequence, e.id, e.action
    FROM event e, head, webhook_endpoints w
    WHERE w.status = 'enabled'
        AND coalesce(w.organization_id, '00000000-0000-0000-0000-000000000000'::uuid)
            IN (:organization_id::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        AND w.events && ARRAY['*', :action::text, split_part(:action, '.', 1) || '.*']
    RETURNING endpoint_id, chain_id
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT endpoint_id, chain_id FROM delivery ORDER BY endpoint_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE SET additions = q.additions + 1
)

-- part: endpoint
-- What a WebhookEndpoint is read from: w is a row of webhook_endpoints.
w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at

-- part: stored
-- What an endpoint is made of, as a statement on Citus returns it, which knows no time of now there.
w.id, w.organization_id, w.url, w.description, w.events, w.status, w.failing_since, w.created_by, w.created_at, w.updated_at,
w.previous_secret_expires_at

-- part: own
-- The endpoint with this id, if it is that of the organization, or of the platform (NULL).
w.id = :id AND w.organization_id IS NOT DISTINCT FROM :organization_id::uuid

-- part: hears
-- Whether an endpoint for some events hears of one: e is a row of audit_events.
:events::text[] && ARRAY['*', e.action::text, split_part(e.action, '.', 1) || '.*']

-- name: page
-- Endpoints of an organization, or of the platform (NULL), newest id first, before a position.
(
    SELECT {endpoint}
    FROM webhook_endpoints w
    WHERE w.organization_id = :organization_id AND w.id < :before_id
    ORDER BY w.id DESC
    LIMIT :limit
)
UNION ALL
(
    SELECT {endpoint}
    FROM webhook_endpoints w
    WHERE w.organization_id IS NULL AND :organization_id IS NULL AND w.id < :before_id
    ORDER BY w.id DESC
    LIMIT :limit
)
ORDER BY id DESC
LIMIT :limit;

-- name: count_all
-- How many endpoints an organization has, or the platform (NULL).
SELECT count(*)
FROM webhook_endpoints
WHERE organization_id = :organization_id OR (organization_id IS NULL AND :organization_id IS NULL);

-- name: by_id
-- The endpoint of an organization, or of the platform, with this id.
SELECT {endpoint} FROM webhook_endpoints w WHERE {own};

-- name: lock_organization
-- Make those wait for each other who add endpoints to an organization.
SELECT id FROM organizations WHERE id = :organization_id FOR NO KEY UPDATE;

-- part: insertion
-- Adds an endpoint.
INSERT INTO webhook_endpoints AS w (id, organization_id, url, description, events, sealed_secret, created_by)
VALUES (:id, :organization_id, :url, :description, :events, :sealed_secret, :created_by)

-- name: insert
-- Add an endpoint.
{insertion}
RETURNING {endpoint};

-- name: insert @citus
-- The same.
WITH w AS ({insertion} RETURNING {stored}) SELECT {endpoint} FROM w;

-- part: change
-- Changes what is given: NULL leaves a column as it is. What is enabled has a clean slate.
UPDATE webhook_endpoints w
SET url = coalesce(:url, url),
    description = coalesce(:description, description),
    events = coalesce(:events, events),
    status = coalesce(:status, status),
    failing_since = CASE WHEN :status = 'enabled' AND status = 'disabled' THEN NULL ELSE failing_since END,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE {own} AND (:version::timestamptz IS NULL OR updated_at = :version)

-- name: update
-- Change what is given.
{change}
RETURNING {endpoint};

-- name: update @citus
-- The same.
WITH w AS ({change} RETURNING {stored}) SELECT {endpoint} FROM w;

-- part: rotation
-- Signs with another secret from now on, and with the one before for as long as is asked.
UPDATE webhook_endpoints w
SET sealed_previous_secret = CASE WHEN :overlap_seconds::float8 > 0 THEN sealed_secret END,
    previous_secret_expires_at = time_if(:overlap_seconds > 0, now() + make_interval(secs => :overlap_seconds)),
    sealed_secret = :sealed_secret,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE {own}

-- name: rotate
-- Sign with another secret.
{rotation}
RETURNING {endpoint};

-- name: rotate @citus
-- The same.
WITH w AS ({rotation} RETURNING {stored}) SELECT {endpoint} FROM w;

-- name: delete
-- Remove an endpoint. What waits for it, and what was sent to it, is dropped by the jobs.
DELETE FROM webhook_endpoints w
WHERE {own} AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING w.id;

-- name: resume
-- Go on with the queues of an endpoint that is enabled again.
UPDATE webhook_queues SET due_at = now(), failures = 0 WHERE endpoint_id = :endpoint_id AND lease_id IS NULL;

-- part: sent
-- What is kept of a delivery: d is a row of webhook_deliveries.
d.id, d.endpoint_id, d.state, d.is_replay, d.attempts, d.created_at, d.attempted_at, d.ended_at, d.url,
d.response_status, d.response_body, d.error, d.duration_ms

-- part: due
-- When a delivery is sent next.
(
    SELECT q.due_at
    FROM webhook_queues q
    WHERE q.endpoint_id = d.endpoint_id AND q.chain_id = d.chain_id AND d.state = 'waiting' AND isfinite(q.due_at)
)

-- part: delivery
-- What a DeliveryRow is read from: d is a row of webhook_deliveries, with its event e.
{sent},
{due} AS next_attempt_at,
{event}

-- part: kept
-- The same without the event, which is on another server.
{sent}, d.chain_id, d.event_id,
{due} AS next_attempt_at

-- part: delivered
-- What a DeliveryRow is read from there: d is what was kept, with its event e.
{sent}, d.next_attempt_at, {event}

-- part: event
-- What a SentEvent is read from: e is a row of audit_events.
e.id AS event_id, e.chain_id, e.sequence, e.organization_id, e.actor_id, e.key_id, e.action, e.target_type, e.target_id,
e.details, e.request_id, e.created_at AS happened_at

-- name: page_of_deliveries
-- Deliveries to an endpoint, newest first, before a position.
SELECT {delivery}
FROM webhook_deliveries d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
WHERE d.endpoint_id = :endpoint_id AND (d.created_at, d.id) < (:before_time, :before_id)
ORDER BY d.created_at DESC, d.id DESC
LIMIT :limit;

-- name: page_of_deliveries @citus
-- The same; the deliveries are looked up first, and their events where these are.
WITH d AS MATERIALIZED (
    SELECT {kept}
    FROM webhook_deliveries d
    WHERE d.endpoint_id = :endpoint_id AND (d.created_at, d.id) < (:before_time, :before_id)
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT :limit
)
SELECT {delivered}
FROM d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
ORDER BY d.created_at DESC, d.id DESC;

-- name: page_of_deliveries_in_state
-- Deliveries to an endpoint in a state, newest first, before a position.
SELECT {delivery}
FROM webhook_deliveries d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
WHERE d.endpoint_id = :endpoint_id AND d.state = :state AND (d.created_at, d.id) < (:before_time, :before_id)
ORDER BY d.created_at DESC, d.id DESC
LIMIT :limit;

-- name: page_of_deliveries_in_state @citus
-- The same; the deliveries are looked up first, and their events where these are.
WITH d AS MATERIALIZED (
    SELECT {kept}
    FROM webhook_deliveries d
    WHERE d.endpoint_id = :endpoint_id AND d.state = :state AND (d.created_at, d.id) < (:before_time, :before_id)
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT :limit
)
SELECT {delivered}
FROM d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
ORDER BY d.created_at DESC, d.id DESC;

-- name: count_deliveries
-- How many deliveries to an endpoint there are, in a state or (NULL) in all.
SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = :endpoint_id AND (:state::text IS NULL OR state = :state);

-- name: delivery_by_id
-- The delivery to an endpoint with this id.
SELECT {delivery}
FROM webhook_deliveries d
JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id
WHERE d.id = :id AND d.endpoint_id = :endpoint_id;

-- name: delivery_by_id @citus
-- The same.
WITH d AS MATERIALIZED (
    SELECT {kept} FROM webhook_deliveries d WHERE d.id = :id AND d.endpoint_id = :endpoint_id
)
SELECT {delivered} FROM d JOIN audit_events e ON e.chain_id = d.chain_id AND e.id = d.event_id;

-- part: replay
-- Puts events (chosen) before an endpoint again, but for those that wait already. They come before what happened later.
delivery AS (
    INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action, is_replay)
    SELECT :endpoint_id, c.chain_id, c.sequence, c.event_id, c.action, true
    FROM chosen c
    WHERE NOT EXISTS (
        SELECT FROM webhook_deliveries d
        WHERE d.endpoint_id = :endpoint_id AND d.chain_id = c.chain_id AND d.sequence = c.sequence AND d.state = 'waiting'
    )
), queue AS (
    INSERT INTO webhook_queues AS q (endpoint_id, chain_id)
    SELECT DISTINCT :endpoint_id::uuid, chain_id FROM chosen ORDER BY chain_id
    ON CONFLICT (endpoint_id, chain_id) DO UPDATE
    SET additions = q.additions + 1,
        due_at = CASE WHEN q.lease_id IS NULL THEN least(q.due_at, now()) ELSE q.due_at END
)
SELECT count(*) FROM chosen

-- name: replay_one
-- Send again what one delivery has sent.
WITH chosen AS (
    SELECT chain_id, sequence, event_id, action FROM webhook_deliveries WHERE id = :id AND endpoint_id = :endpoint_id
), {replay};

-- name: replay_span_of_organization
-- Send again what happened in an organization in a span of time, as far as an endpoint hears of it.
WITH chosen AS (
    SELECT e.chain_id, e.sequence, e.id AS event_id, e.action
    FROM audit_events e
    WHERE e.organization_id = :organization_id AND e.created_at >= :from_time AND e.created_at < :to_time AND {hears}
    ORDER BY e.created_at DESC, e.id DESC
    LIMIT :limit
), {replay};

-- name: replay_span
-- Send again what happened anywhere in a span of time, as far as an endpoint hears of it; ids are in order of time, give or
-- take what a transaction lasts, so they lead there.
WITH chosen AS (
    SELECT e.chain_id, e.sequence, e.id AS event_id, e.action
    FROM audit_events e
    WHERE e.id BETWEEN :first_id AND :last_id AND e.created_at >= :from_time AND e.created_at < :to_time AND {hears}
    ORDER BY e.id
    LIMIT :limit
), {replay};

-- name: claim
-- Take the queue that has been due longest, for the time of a lease; not one of the endpoints that are busy.
UPDATE webhook_queues
SET lease_id = :lease_id, due_at = now() + make_interval(secs => :lease_seconds)
WHERE (endpoint_id, chain_id) = (
    SELECT endpoint_id, chain_id
    FROM webhook_queues
    WHERE due_at <= now() AND endpoint_id <> ALL (:busy::uuid[])
    ORDER BY due_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING endpoint_id, chain_id, lease_id;

-- part: held
-- The queue that a worker holds; nobody has taken it over since.
q.endpoint_id = :endpoint_id AND q.chain_id = :chain_id AND q.lease_id = :lease_id

-- name: next
-- What a queue that this worker holds goes on with: its endpoint, if that is still there, and the first that waits, if any.
SELECT q.additions, q.failures, w.url, w.status, w.sealed_secret,
    CASE WHEN w.previous_secret_expires_at > now() THEN w.sealed_previous_secret END AS sealed_previous_secret,
    d.id AS delivery_id, {event}
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
WHERE {held};

-- name: note_delivered
-- Note that a delivery arrived, and hold the queue for another lease; tells whether this worker still holds it.
WITH delivered AS (
    UPDATE webhook_deliveries
    SET state = 'delivered', ended_at = now(), attempts = attempts + 1, attempted_at = :attempted_at, url = :url,
        response_status = :response_status, response_body = :response_body, error = NULL, duration_ms = :duration_ms
    WHERE id = :delivery_id AND state = 'waiting'
), well AS (
    UPDATE webhook_endpoints
    SET failing_since = NULL, updated_at = next_version(statement_timestamp(), updated_at)
    WHERE id = :endpoint_id AND failing_since IS NOT NULL
)
UPDATE webhook_queues q
SET due_at = now() + make_interval(secs => :lease_seconds), failures = 0
WHERE {held}
RETURNING true;

-- part: failure
-- Gives the queue back, and notes the attempt.
queue AS (
    UPDATE webhook_queues q
    SET due_at = now() + make_interval(secs => :delay_seconds), failures = q.failures + 1, lease_id = NULL
    WHERE {held}
    RETURNING q.endpoint_id
), attempt AS (
    UPDATE webhook_deliveries d
    SET attempts = attempts + 1, attempted_at = :attempted_at, url = :url, response_status = :response_status,
        response_body = :response_body, error = :error, duration_ms = :duration_ms,
        state = CASE WHEN created_at < now() - make_interval(secs => :patience_seconds) THEN 'failed' ELSE state END,
        ended_at = CASE WHEN created_at < now() - make_interval(secs => :patience_seconds) THEN now() END
    FROM queue
    WHERE d.id = :delivery_id AND d.state = 'waiting'
    RETURNING d.state
)

-- name: note_failure
-- Note that an attempt failed, if this worker still holds the queue, and give the queue back until the next one. What is too
-- old is given up. Tells for how long the endpoint has had failures alone, and whether this was given up.
WITH {failure}, ill AS (
    UPDATE webhook_endpoints w
    SET failing_since = now(), updated_at = next_version(statement_timestamp(), updated_at)
    FROM queue
    WHERE w.id = queue.endpoint_id AND w.failing_since IS NULL
)
SELECT coalesce(extract(epoch FROM now() - w.failing_since), 0)::float8 AS failing_seconds,
    EXISTS (SELECT FROM attempt WHERE state = 'failed') AS is_given_up
FROM queue
JOIN webhook_endpoints w ON w.id = queue.endpoint_id;

-- name: note_failure @citus
-- The same. The endpoint is not kept where the queue is, so that it fails is noted and asked apart.
WITH {failure}
SELECT 0::float8 AS failing_seconds,
    EXISTS (SELECT FROM attempt WHERE state = 'failed') AS is_given_up
FROM queue;

-- name: note_ill
-- Note that an endpoint has failures alone from now on, on Citus.
UPDATE webhook_endpoints
SET failing_since = now(), updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :endpoint_id AND failing_since IS NULL;

-- name: ill_for
-- For how long an endpoint has had failures alone, in seconds.
SELECT extract(epoch FROM now() - failing_since)::float8
FROM webhook_endpoints
WHERE id = :endpoint_id AND failing_since IS NOT NULL;

-- name: rest
-- Leave the other queues of an endpoint alone for a while, too, where nothing there can help: it answers nobody.
UPDATE webhook_queues
SET due_at = now() + make_interval(secs => :delay_seconds)
WHERE (endpoint_id, chain_id) IN (
    SELECT endpoint_id, chain_id
    FROM webhook_queues
    WHERE endpoint_id = :endpoint_id AND lease_id IS NULL AND due_at < now() + make_interval(secs => :delay_seconds)
    FOR UPDATE SKIP LOCKED
);

-- name: give_back
-- Let the queue be anybody's again.
UPDATE webhook_queues q SET due_at = now(), lease_id = NULL WHERE {held};

-- name: drop_queue
-- Drop a queue in which nothing waits, unless something was added since that was seen; tells whether it is gone.
DELETE FROM webhook_queues q WHERE {held} AND q.additions = :additions RETURNING true;

-- name: drop_queue_of_gone
-- Drop a queue whose endpoint is gone, with all that waits in it.
WITH queue AS (
    DELETE FROM webhook_queues q WHERE {held} RETURNING q.endpoint_id, q.chain_id
)
DELETE FROM webhook_deliveries d
USING queue
WHERE d.endpoint_id = queue.endpoint_id AND d.chain_id = queue.chain_id AND d.state = 'waiting';

-- name: park
-- Leave a queue alone until its endpoint is enabled again. Whoever enables it is waited for, and seen.
WITH endpoint AS (
    SELECT id FROM webhook_endpoints WHERE id = :endpoint_id AND status = 'disabled' FOR SHARE
)
UPDATE webhook_queues q SET due_at = 'infinity', lease_id = NULL FROM endpoint WHERE {held};

-- part: disabling
-- Disables an endpoint that fails, unless it is disabled already or has answered since.
UPDATE webhook_endpoints w
SET status = 'disabled', updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id AND status = 'enabled' AND (failing_since < now() - make_interval(secs => :failing_seconds) OR :is_gone::boolean)

-- name: switch_off
-- Disable an endpoint that fails; tells which.
{disabling}
RETURNING {endpoint};

-- name: switch_off @citus
-- The same.
WITH w AS ({disabling} RETURNING {stored}) SELECT {endpoint} FROM w;

-- name: readers
-- Who hears that an endpoint was switched off: the owner of its organization and who made it, if they are still a member, or
-- the platform's administrators; with confirmed addresses alone.
SELECT u.id AS user_id, u.username, u.email, u.locale,
    (SELECT o.name FROM organizations o WHERE o.id = :organization_id) AS organization
FROM users u
WHERE u.email_verified_at IS NOT NULL AND u.suspended_at IS NULL
    AND (
        (:organization_id::uuid IS NULL AND u.is_admin)
        OR u.id = (SELECT o.owner_id FROM organizations o WHERE o.id = :organization_id)
        OR u.id = (
            SELECT m.user_id FROM organization_members m
            WHERE m.organization_id = :organization_id AND m.user_id = :created_by
        )
    )
ORDER BY u.id;

-- name: backlog
-- How many deliveries wait for endpoints that are enabled (no more than so many are counted), and for how long the first has.
SELECT count(*) AS waiting, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest_seconds
FROM (
    SELECT d.created_at
    FROM webhook_deliveries d
    JOIN webhook_endpoints w ON w.id = d.endpoint_id
    WHERE d.state = 'waiting' AND w.status = 'enabled'
    LIMIT :limit
) AS waiting;

-- name: drop_old
-- Forget deliveries of long ago, so many at once, the oldest first, but for some.
DELETE FROM webhook_deliveries
WHERE id = ANY (ARRAY(
    SELECT id
    FROM webhook_deliveries
    WHERE created_at < now() - make_interval(secs => :keep_seconds) AND id::text <> ALL (:kept::text[])
    ORDER BY created_at
    LIMIT :limit
))
RETURNING id;

-- name: drop_gone
-- Forget deliveries to endpoints that are gone, so many at once, but for some. The endpoints are found by leaps along the index.
WITH RECURSIVE known (endpoint_id) AS (
    (SELECT endpoint_id FROM webhook_deliveries ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT d.endpoint_id FROM webhook_deliveries d WHERE d.endpoint_id > k.endpoint_id ORDER BY d.endpoint_id LIMIT 1
    )
    FROM known k
    WHERE k.endpoint_id IS NOT NULL
)
DELETE FROM webhook_deliveries
WHERE id = ANY (ARRAY(
    SELECT d.id
    FROM known k
    CROSS JOIN LATERAL (
        SELECT id FROM webhook_deliveries
        WHERE endpoint_id = k.endpoint_id AND id::text <> ALL (:kept::text[])
        LIMIT :limit
    ) AS d
    WHERE NOT EXISTS (SELECT FROM webhook_endpoints w WHERE w.id = k.endpoint_id)
    LIMIT :limit
))
RETURNING id;

-- name: drop_queues_of_gone
-- Forget queues of endpoints that are gone, also those that rest, but for some.
DELETE FROM webhook_queues q
WHERE NOT EXISTS (SELECT FROM webhook_endpoints w WHERE w.id = q.endpoint_id)
    AND q.endpoint_id || ' ' || q.chain_id <> ALL (:kept::text[]);
