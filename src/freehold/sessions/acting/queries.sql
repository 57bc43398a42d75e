-- name: insert
-- Begin a session in which an administrator acts for a user; no row when the user is an administrator or suspended, or
-- when the administrator is none, or suspended. The locks have whatever takes that away wait for it, or it for them.
WITH acting AS (
    SELECT id FROM users WHERE id = :admin_id AND is_admin AND suspended_at IS NULL FOR SHARE
),
target AS (
    SELECT id FROM users WHERE id = :user_id AND NOT is_admin AND suspended_at IS NULL FOR SHARE
)
INSERT INTO sessions (id, token_hash, user_id, acting_admin_id, expires_at, user_agent, ip)
SELECT :id, :token_hash, target.id, acting.id, now() + make_interval(mins => :minutes), :user_agent, :ip
FROM target, acting
RETURNING expires_at;

-- name: standing
-- Whether a user administers the platform, and whether they are suspended.
SELECT is_admin, suspended_at IS NOT NULL AS is_suspended FROM users WHERE id = :id;
