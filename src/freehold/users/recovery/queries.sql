-- name: replace
-- Let whoever has a token set the password of the user with this address; ends an earlier token. No row: no such user,
-- or a suspended one.
WITH found AS (
    SELECT id, username, email
    FROM users
    WHERE lower(email COLLATE "C") = lower(:email::text COLLATE "C") AND suspended_at IS NULL
    FOR SHARE -- a suspension waits for this, or this for it: it ends the token, or none is made
),
made AS (
    INSERT INTO password_resets (user_id, token_hash, expires_at)
    SELECT id, :token_hash, now() + make_interval(secs => :lifetime_seconds) FROM found
    ON CONFLICT (user_id) DO UPDATE
    SET token_hash = excluded.token_hash,
        created_at = excluded.created_at,
        expires_at = excluded.expires_at
)
SELECT id, username, email FROM found;

-- name: holder
-- Who has an address, and whether they have never confirmed it.
SELECT id, email_verified_at IS NULL AS is_unconfirmed
FROM users
WHERE lower(email COLLATE "C") = lower(:email::text COLLATE "C");

-- name: is_live
-- Whether a token sets a password. One that was made far ahead of now was made before the clock was set back, and would
-- live for as long as that was wrong.
SELECT EXISTS (
    SELECT
    FROM password_resets r
    JOIN users u ON u.id = r.user_id AND u.suspended_at IS NULL
    WHERE r.token_hash = :token_hash AND r.expires_at > now() AND r.created_at < now() + interval '1 hour'
);

-- name: complete
-- Use up a token: set the password, end what else was mailed. The token came by mail, so the address is confirmed, too.
WITH taken AS (
    DELETE FROM password_resets
    WHERE token_hash = :token_hash AND expires_at > now() AND created_at < now() + interval '1 hour'
    RETURNING user_id
),
voided AS (
    DELETE FROM email_verifications v USING taken WHERE v.user_id = taken.user_id
)
UPDATE users u
SET password_hash = :password_hash,
    email_verified_at = kept_time(u.email_verified_at, now()),
    updated_at = next_version(statement_timestamp(), u.updated_at)
FROM taken
WHERE u.id = taken.user_id AND u.suspended_at IS NULL
RETURNING u.id, u.username, u.email;

-- name: recipient
-- Where mails reach a user, and whether they are suspended.
SELECT email, suspended_at IS NOT NULL AS is_suspended FROM users WHERE id = :id;
