-- name: sign_ups
-- How many users joined on each day, whose ids begin in that span; a day that has more than a hundred thousand is not counted on.
SELECT (
    SELECT count(*) FROM (SELECT FROM users WHERE id >= low AND id < high LIMIT 100000) AS joined
)
FROM unnest(:lows::uuid[], :highs::uuid[]) WITH ORDINALITY AS days (low, high, place)
ORDER BY place;

-- name: replaced_invitations
-- Those of these invitations of an organization in whose place a newer one was sent: they are settled as expired, and cannot be
-- sent again.
SELECT id
FROM invitations
WHERE organization_id = :organization_id AND id = ANY (:ids::uuid[]) AND status = 'expired';

-- name: failed_purges
-- Deleted organizations that could not be removed for good, and what kept them, the first that was deleted first.
SELECT o.id, o.name, o.slug, o.deleted_at, f.reason, f.attempts, f.failed_at
FROM purge_failures f
JOIN organizations o ON o.id = f.organization_id
WHERE o.deleted_at IS NOT NULL
ORDER BY o.deleted_at, o.id
LIMIT :limit;

-- name: active_users
-- How many users were signed in somewhere and used it within the last day, week and month.
SELECT
    count(*) FILTER (WHERE last_used_at > now() - interval '1 day') AS day,
    count(*) FILTER (WHERE last_used_at > now() - interval '7 days') AS week,
    count(*) FILTER (WHERE last_used_at > now() - interval '30 days') AS month
FROM (SELECT max(last_used_at) AS last_used_at FROM sessions GROUP BY user_id) AS users;
