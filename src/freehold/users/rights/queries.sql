-- name: is_active_admin
-- Whether a user administers the platform and is not suspended; has whatever changes that wait for this transaction.
SELECT is_admin AND suspended_at IS NULL FROM users WHERE id = :user_id FOR NO KEY UPDATE;

-- name: lock_active_admins
-- Who administers the platform and is not suspended. Two who take this from each other wait here: the second one sees
-- what the first one has done.
SELECT id FROM users WHERE is_admin AND suspended_at IS NULL ORDER BY id FOR NO KEY UPDATE;

-- name: grant
-- Let a user administer the platform.
UPDATE users u
SET is_admin = true,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id
RETURNING {users.user};

-- name: revoke
-- Let a user administer the platform no longer.
UPDATE users u
SET is_admin = false,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id
RETURNING {users.user};

-- name: end_acting
-- End the sessions in which a user acts for others, or an administrator for them.
DELETE FROM sessions WHERE acting_admin_id = :id OR (user_id = :id AND acting_admin_id IS NOT NULL);
