-- name: insert
-- Let whoever has a token take back a change from an address.
INSERT INTO email_undos (token_hash, user_id, email, expires_at)
VALUES (:token_hash, :user_id, :email, now() + make_interval(secs => :lifetime_seconds));

-- name: is_live
-- Whether a token takes back a change. One that was made ahead of now was made before the clock was set back.
SELECT EXISTS (
    SELECT FROM email_undos
    WHERE token_hash = :token_hash AND expires_at > now() AND created_at < now() + interval '1 hour'
);

-- name: undo
-- Use up a token, with those of all later changes: the address from before is the user's again, and confirmed.
WITH taken AS (
    DELETE FROM email_undos
    WHERE token_hash = :token_hash AND expires_at > now() AND created_at < now() + interval '1 hour'
    RETURNING user_id, email, created_at
),
later AS (
    DELETE FROM email_undos e USING taken WHERE e.user_id = taken.user_id AND e.created_at > taken.created_at
)
UPDATE users u
SET email = taken.email,
    email_verified_at = now(),
    password_hash = coalesce(:password_hash, u.password_hash),
    updated_at = next_version(statement_timestamp(), u.updated_at)
FROM taken
WHERE u.id = taken.user_id
RETURNING u.id, u.username, u.email;

-- name: drop_expired
-- Forget changes that can no longer be undone, but for some.
DELETE FROM email_undos WHERE expires_at <= now() AND token_hash::text <> ALL (:kept::text[]);
