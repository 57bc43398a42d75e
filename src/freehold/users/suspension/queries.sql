-- name: suspend
-- Suspend a user, or change why; since when stays.
UPDATE users
SET suspended_at = kept_time(suspended_at, now()),
    suspension_reason = :reason,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id
RETURNING id AS user_id, suspended_at, suspension_reason AS reason;

-- name: resume
-- Let a suspended user in again.
UPDATE users u
SET suspended_at = NULL,
    suspension_reason = NULL,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id AND suspended_at IS NOT NULL
RETURNING {users.user};

-- name: by_id
-- The suspension of a user.
SELECT id AS user_id, suspended_at, suspension_reason AS reason
FROM users
WHERE id = :id AND suspended_at IS NOT NULL;

-- name: is_suspended
-- Whether a user is suspended.
SELECT suspended_at IS NOT NULL FROM users WHERE id = :id;
