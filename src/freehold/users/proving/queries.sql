-- name: password_hash_of
-- The hash that a user's password must fit.
SELECT password_hash FROM users WHERE id = :id;

-- name: is_fresh
-- Whether a session gave its password within some time. One that lies ahead was given before the clock was set back.
SELECT coalesce(authenticated_at, created_at) BETWEEN now() - make_interval(secs => :seconds) AND now()
FROM sessions
WHERE id = :session_id;
