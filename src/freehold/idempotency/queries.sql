-- name: claim
-- Take a key for this transaction; false when another has it. It is let go with the transaction, however that ends.
SELECT pg_try_advisory_xact_lock(:lock);

-- name: find
-- The unexpired answer that was given under a key.
SELECT request_hash, sealed_answer FROM idempotent_answers WHERE key_hash = :key_hash AND expires_at > now();

-- name: insert
-- Keep an answer for a day, in place of an expired one under the same key.
INSERT INTO idempotent_answers AS kept (key_hash, request_hash, sealed_answer, expires_at)
VALUES (:key_hash, :request_hash, :sealed_answer, now() + interval '24 hours')
ON CONFLICT (key_hash) DO UPDATE
SET request_hash = excluded.request_hash,
    sealed_answer = excluded.sealed_answer,
    created_at = excluded.created_at,
    expires_at = excluded.expires_at
WHERE kept.expires_at <= now();

-- name: drop_expired
-- Forget the answers that are older than a day, but for some.
DELETE FROM idempotent_answers WHERE expires_at <= now() AND key_hash::text <> ALL (:kept::text[]);
