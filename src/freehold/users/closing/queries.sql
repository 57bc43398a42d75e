-- name: end_access
-- End what lets somebody into an account or change it: sessions but for one (all, when that is NULL), those in which they
-- act for others, what was mailed and not used, and API keys, unless they are kept; tells which. Confirming the present address stays possible.
WITH ended AS (
    DELETE FROM sessions
    WHERE (user_id = :user_id OR acting_admin_id = :user_id) AND id IS DISTINCT FROM :kept_session_id
),
resets AS (
    DELETE FROM password_resets WHERE user_id = :user_id
),
changes AS (
    DELETE FROM email_verifications v
    USING users u
    WHERE v.user_id = :user_id AND u.id = v.user_id AND v.email <> u.email
)
DELETE FROM api_keys WHERE user_id = :user_id AND NOT :keep_api_keys::boolean RETURNING id;

-- name: end_access @citus
-- The same but for what was mailed: see end_mailed.
WITH ended AS (
    DELETE FROM sessions
    WHERE (user_id = :user_id OR acting_admin_id = :user_id) AND id IS DISTINCT FROM :kept_session_id
)
DELETE FROM api_keys WHERE user_id = :user_id AND NOT :keep_api_keys::boolean RETURNING id;

-- name: end_mailed
-- End what was mailed and not used, on Citus: there, a statement that also changed other tables would change one copy alone.
WITH resets AS (
    DELETE FROM password_resets WHERE user_id = :user_id
)
DELETE FROM email_verifications v
USING users u
WHERE v.user_id = :user_id AND u.id = v.user_id AND v.email <> u.email;

-- name: lock_password
-- Take away a password: none fits any more, until a new one is set.
UPDATE users
SET password_hash = '!',
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :user_id
RETURNING id;

-- name: lock_session
-- Have whatever ends a user's sessions wait for this transaction, or this one for it.
SELECT id FROM users WHERE id = :user_id FOR NO KEY UPDATE;

-- name: is_open
-- Whether a session has not ended; asked once its user is locked, for only a new statement sees what ended meanwhile.
SELECT EXISTS (SELECT FROM sessions WHERE id = :session_id);
