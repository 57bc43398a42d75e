-- name: replace
-- Let whoever has a token confirm an address for a user; ends what was asked before. A user who changes their address gets
-- a new version, which shows the change.
WITH touched AS (
    UPDATE users u
    SET updated_at = next_version(statement_timestamp(), u.updated_at)
    WHERE u.id = :user_id AND (
        u.email <> :email::varchar
        OR EXISTS (SELECT FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email)
    )
)
INSERT INTO email_verifications (user_id, email, token_hash, expires_at)
VALUES (:user_id, :email::varchar, :token_hash, now() + make_interval(secs => :lifetime_seconds))
ON CONFLICT (user_id) DO UPDATE
SET email = excluded.email,
    token_hash = excluded.token_hash,
    created_at = excluded.created_at,
    expires_at = excluded.expires_at;

-- name: withdraw
-- End a change of address that waits to be confirmed; confirming the present address stays possible.
WITH ended AS (
    DELETE FROM email_verifications v
    USING users u
    WHERE v.user_id = :user_id AND u.id = v.user_id AND v.email <> u.email
    RETURNING v.user_id
)
UPDATE users u
SET updated_at = next_version(statement_timestamp(), u.updated_at)
FROM ended
WHERE u.id = ended.user_id
RETURNING u.id;

-- name: is_taken
-- Whether somebody else has an address, in any case, or had it before a change that can still be undone.
SELECT EXISTS (
    SELECT FROM users WHERE lower(email COLLATE "C") = lower(:email::text COLLATE "C") AND id <> :user_id
) OR EXISTS (
    SELECT FROM email_undos
    WHERE lower(email COLLATE "C") = lower(:email::text COLLATE "C") AND user_id <> :user_id AND expires_at > now()
);

-- name: correct
-- Replace the address of a user who has never confirmed it, if their password is still the one that was given and they are
-- not suspended. What was mailed to the one before sets no password.
WITH resets AS (
    DELETE FROM password_resets WHERE user_id = :user_id
)
UPDATE users u
SET email = :email,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :user_id AND email_verified_at IS NULL AND password_hash = :password_hash AND suspended_at IS NULL
RETURNING {users.user};

-- name: pending
-- The address that a user has to confirm: the one that they change to, else theirs.
SELECT {users.user},
    CASE WHEN u.email_verified_at IS NULL OR v.email <> u.email THEN coalesce(v.email, u.email) END AS pending_email
FROM users u
LEFT JOIN email_verifications v ON v.user_id = u.id
WHERE u.id = :user_id;

-- name: whose
-- Whose address a token confirms. One that was made far ahead of now was made before the clock was set back, and would
-- live for as long as that was wrong. Of somebody who is suspended nothing is confirmed.
SELECT v.user_id
FROM email_verifications v
JOIN users u ON u.id = v.user_id AND u.suspended_at IS NULL
WHERE v.token_hash = :token_hash AND v.expires_at > now() AND v.created_at < now() + interval '1 hour';

-- name: confirm
-- Use up a token: the address is the user's from now on, and confirmed; what was mailed to another one sets no password.
WITH taken AS (
    DELETE FROM email_verifications
    WHERE token_hash = :token_hash AND expires_at > now() AND created_at < now() + interval '1 hour'
    RETURNING user_id, email
),
resets AS (
    DELETE FROM password_resets r
    USING taken
    JOIN users u ON u.id = taken.user_id
    WHERE r.user_id = taken.user_id AND u.email <> taken.email
)
UPDATE users u
SET email = taken.email,
    email_verified_at = now(),
    updated_at = next_version(statement_timestamp(), u.updated_at)
FROM taken
JOIN users earlier ON earlier.id = taken.user_id
WHERE u.id = taken.user_id AND u.suspended_at IS NULL
RETURNING u.id, u.username, u.email, earlier.email AS earlier_email, earlier.email <> u.email AS is_change,
    earlier.email_verified_at IS NOT NULL AS was_verified;

-- name: use_up_invitations
-- Revoke the invitations to a user's address from organizations that they belong to: they have no use for them as a member,
-- and must have none once they are no longer one.
UPDATE invitations i
SET status = 'revoked', ended_at = now(), token_hash = NULL
FROM users u, organization_members m
WHERE i.status = 'open' AND u.id = :user_id AND m.user_id = u.id AND m.organization_id = i.organization_id
    AND lower(i.email COLLATE "C") = lower(u.email COLLATE "C");

-- name: mark_verified
-- Take a user's address as confirmed.
WITH ended AS (
    DELETE FROM email_verifications v
    USING users
    WHERE v.user_id = :user_id AND users.id = v.user_id AND users.email = v.email
)
UPDATE users u
SET email_verified_at = kept_time(email_verified_at, now()),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :user_id
RETURNING {users.user};
