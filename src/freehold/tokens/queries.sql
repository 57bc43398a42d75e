-- name: signer
-- The key that signs now.
SELECT id, private_key FROM signing_keys WHERE signs_from <= now() ORDER BY generation DESC LIMIT 1;

-- name: end_of_caller
-- From when and until when a token for the caller is valid: no longer than their session or API key. No row when that
-- has ended, or the user is suspended or gone. Whoever comes without a session or a key (NULL) is checked as a user alone.
SELECT now() AS begins_at,
    least(now() + make_interval(secs => :seconds), s.expires_at, k.expires_at) AS ends_at
FROM (SELECT) AS one
LEFT JOIN users u ON u.id = :user_id
LEFT JOIN sessions s ON s.id = :session_id AND s.user_id = :user_id AND s.acting_admin_id IS NULL
LEFT JOIN api_keys k ON k.id = :key_id AND k.user_id IS NOT DISTINCT FROM :user_id
WHERE (:user_id::uuid IS NULL OR (u.id IS NOT NULL AND u.suspended_at IS NULL))
    AND (:session_id::uuid IS NULL OR s.expires_at > now())
    AND (:key_id::uuid IS NULL OR (k.id IS NOT NULL AND coalesce(k.expires_at > now(), true)));

-- name: published
-- The keys that others verify with: those that sign, will sign, or signed until a while ago; newest first.
SELECT id, public_key, created_at, signs_from, ended_at
FROM (
    SELECT id, public_key, created_at, signs_from, generation,
        lead(signs_from) OVER (ORDER BY generation) AS ended_at
    FROM (
        SELECT id, public_key, created_at, signs_from, generation FROM signing_keys ORDER BY generation DESC LIMIT 100
    ) AS newest
) AS found
WHERE coalesce(ended_at > now() - make_interval(secs => :overlap_seconds), true)
ORDER BY generation DESC;

-- name: insert
-- Add the next key, which signs after a while; the first signs at once. Nothing when the newest began to sign, or will,
-- later than so many seconds ago (NULL: whenever it did), or when another node adds it at this moment.
INSERT INTO signing_keys (generation, id, public_key, private_key, created_at, signs_from)
SELECT coalesce(newest.generation, 0) + 1, :id, :public_key, :private_key, now(),
    now() + make_interval(secs => CASE WHEN newest.generation IS NULL THEN 0 ELSE :lead_seconds::float8 END)
FROM (SELECT) AS one
LEFT JOIN (SELECT generation, signs_from FROM signing_keys ORDER BY generation DESC LIMIT 1) AS newest ON true
WHERE coalesce(newest.signs_from <= now() - make_interval(secs => :min_age_seconds::float8), true)
ON CONFLICT (generation) DO NOTHING
RETURNING generation;

-- name: outlived
-- The newest key that has signed for longer than tokens of those before it can be valid.
SELECT generation
FROM signing_keys
WHERE signs_from <= now() - make_interval(secs => :overlap_seconds)
ORDER BY generation DESC
LIMIT 1;

-- name: delete_before
-- Remove the keys before a generation, but for some.
DELETE FROM signing_keys
WHERE generation < :generation AND generation >= :generation - 100 AND generation::text <> ALL (:kept::text[])
RETURNING id;
