-- name: wait_seconds
-- How long an attempt to sign in has to wait: a known device for its own failures alone, any other for those of the
-- login and of the address. A time that is further off than any wait was written before the clock was set back.
SELECT coalesce(ceil(max(extract(epoch FROM b.retry_at - now()))), 0)::integer
FROM sign_in_budgets b
WHERE b.retry_at > now() AND b.retry_at <= now() + interval '15 minutes'
    AND b.subject = ANY (
        CASE WHEN EXISTS (SELECT 1 FROM sign_in_budgets WHERE subject = :device AND is_known AND expires_at > now())
            THEN ARRAY[:device::bytea]
            ELSE ARRAY[:account::bytea, :address::bytea] END
    );

-- name: note_failure
-- Count a failed attempt, and put the next one off: 1 second after the free ones, then twice as long each time, up to
-- 15 minutes. After a day without a failure the count begins anew. Tells the counts of the account (or device) and the address.
WITH counted AS (
    SELECT subject, free
    FROM (VALUES (:device::bytea, true, 5), (:account, false, 5), (:address, false, 50)) AS candidates (subject, on_device, free)
    WHERE subject IS NOT NULL AND on_device = EXISTS (
        SELECT 1 FROM sign_in_budgets WHERE subject = :device AND is_known AND expires_at > now()
    )
), noted AS (
    INSERT INTO sign_in_budgets AS b (subject, failures, expires_at)
    SELECT subject, 1, now() + interval '1 day' FROM counted ORDER BY subject
    ON CONFLICT (subject) DO UPDATE
    SET failures = CASE WHEN b.retry_at < now() - interval '1 day' THEN 1 ELSE b.failures + 1 END,
        retry_at = now() + CASE
            WHEN b.retry_at < now() - interval '1 day' OR b.failures + 1 < (SELECT free FROM counted c WHERE c.subject = b.subject)
            THEN interval '0'
            ELSE least(
                make_interval(secs => power(2, least(b.failures + 1 - (SELECT free FROM counted c WHERE c.subject = b.subject), 10))),
                interval '15 minutes'
            )
        END,
        expires_at = greatest(b.expires_at, now() + interval '1 day')
    RETURNING b.subject, b.failures
)
SELECT coalesce(max(failures) FILTER (WHERE subject IS DISTINCT FROM :address), 0)::integer AS failures,
    coalesce(max(failures) FILTER (WHERE subject = :address), 0)::integer AS failures_of_address
FROM noted;

-- name: note_success
-- Know the devices for 90 days, their failures forgotten. What failed on an unknown device is forgiven to the login,
-- unless the device was known: whoever guesses elsewhere meanwhile must not gain by it. Tells whether it was.
WITH known AS MATERIALIZED (
    SELECT count(*) > 0 AS was_known
    FROM sign_in_budgets
    WHERE subject = ANY (:devices::bytea[]) AND is_known AND expires_at > now()
),
forgiven AS (
    DELETE FROM sign_in_budgets
    WHERE subject = ANY (:accounts::bytea[]) AND NOT (SELECT was_known FROM known)
),
noted AS (
    INSERT INTO sign_in_budgets AS b (subject, is_known, expires_at)
    SELECT DISTINCT device, true, now() + interval '90 days' FROM unnest(:devices::bytea[]) AS devices (device)
    ORDER BY device
    ON CONFLICT (subject) DO UPDATE
    SET is_known = true, failures = 0, retry_at = now(), expires_at = excluded.expires_at
)
SELECT was_known FROM known;

-- name: drop_expired
-- Forget old failures, and devices that were not used for long, but for some.
DELETE FROM sign_in_budgets WHERE expires_at <= now() AND subject::text <> ALL (:kept::text[]);
