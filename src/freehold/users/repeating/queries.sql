-- name: note
-- Note that a token was used.
INSERT INTO used_tokens (token_hash, user_id, organization_id) VALUES (:token_hash, :user_id, :organization_id);

-- name: find
-- Who has used a token, their address, and whether they have no password since.
SELECT t.user_id, t.organization_id, u.email, coalesce(u.password_hash = '!', false) AS is_locked
FROM used_tokens t
LEFT JOIN users u ON u.id = t.user_id
WHERE t.token_hash = :token_hash;
