-- name: insert_all
-- Put messages into the outbox; for one without a recipient the same work is done and nothing is kept.
INSERT INTO mail_messages (id, recipient, user_id, subject, text_body, html_body, is_last)
SELECT id, recipient, user_id, subject, text_body, html_body, is_last
FROM unnest(
    :ids::uuid[], :recipients::text[], :user_ids::uuid[], :subjects::text[], :text_bodies::text[], :html_bodies::text[],
    :are_last::boolean[]
) AS letters (id, recipient, user_id, subject, text_body, html_body, is_last)
WHERE recipient IS NOT NULL;

-- name: locales
-- The language of whoever reads each message: of the user with that address, or else of the one whom it speaks of.
SELECT coalesce(
    (SELECT locale FROM users WHERE lower(email COLLATE "C") = lower(letters.recipient COLLATE "C")),
    (SELECT locale FROM users WHERE id = letters.user_id)
)
FROM unnest(:recipients::text[], :user_ids::uuid[]) WITH ORDINALITY AS letters (recipient, user_id, place)
ORDER BY place;

-- name: reader
-- What a user is called, their address, if they have confirmed it, and their language.
SELECT username, CASE WHEN email_verified_at IS NOT NULL THEN email END AS email, locale FROM users WHERE id = :user_id;

-- name: count_in_hour
-- Count mails against budgets, the hour of each of which begins with its first; tells how many they were, and how long the
-- hour lasts. An hour that ends later than any can was begun before the clock was set back.
INSERT INTO mail_budgets AS b (subject, mails, ends_at)
SELECT subject, mails, now() + interval '1 hour'
FROM unnest(:subjects::bytea[], :mails::integer[]) AS counted (subject, mails)
ORDER BY subject
ON CONFLICT (subject) DO UPDATE
SET mails = excluded.mails
        + CASE WHEN b.ends_at BETWEEN now() AND now() + interval '2 hours' THEN b.mails ELSE 0 END,
    ends_at = CASE WHEN b.ends_at BETWEEN now() AND now() + interval '2 hours' THEN b.ends_at ELSE excluded.ends_at END
RETURNING subject, mails, ceil(extract(epoch FROM ends_at - now()))::integer AS seconds_left;

-- name: drop_ended_budgets
-- Forget the budgets whose hour is over, but for some.
DELETE FROM mail_budgets WHERE ends_at < now() AND subject::text <> ALL (:kept::text[]);

-- name: page
-- Messages, newest id first, before a position.
SELECT id, recipient AS "to", subject, text_body AS text, created_at, attempts, sent_at, failed_at, last_error
FROM mail_messages
WHERE id < :before_id
ORDER BY id DESC
LIMIT :limit;

-- name: count_all
-- How many messages there are.
SELECT count(*) FROM mail_messages;

-- name: page_of_state
-- Messages in a state, newest id first, before a position.
SELECT id, recipient AS "to", subject, text_body AS text, created_at, attempts, sent_at, failed_at, last_error
FROM mail_messages
WHERE state = :state AND id < :before_id
ORDER BY id DESC
LIMIT :limit;

-- name: count_by_state
-- How many messages are in each state.
SELECT
    count(*) FILTER (WHERE state = 'waiting') AS waiting,
    count(*) FILTER (WHERE state = 'sent') AS sent,
    count(*) FILTER (WHERE state = 'failed') AS failed
FROM mail_messages;

-- name: count_waiting
-- How many messages wait to be delivered.
SELECT count(*) FROM mail_messages WHERE sent_at IS NULL AND failed_at IS NULL;

-- name: by_id
-- The message with this id.
SELECT id, recipient AS "to", subject, text_body AS text, created_at, attempts, sent_at, failed_at, last_error
FROM mail_messages
WHERE id = :id;

-- name: claim
-- Take the message that has been due longest, for the time of a lease in which other workers leave it alone.
UPDATE mail_messages
SET attempts = attempts + 1,
    next_attempt_at = now() + make_interval(secs => :lease_seconds)
WHERE id = (
    SELECT id
    FROM mail_messages
    WHERE sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= now()
    ORDER BY next_attempt_at, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id, recipient, subject, text_body, html_body, created_at, attempts;

-- name: note_sent
-- Note that a message was delivered, and forget what it said if somebody else has it now; forget the last to somebody whole.
WITH last AS (
    DELETE FROM mail_messages WHERE id = :id AND is_last
)
UPDATE mail_messages
SET sent_at = now(),
    failed_at = NULL,
    last_error = NULL,
    text_body = CASE WHEN :forget::boolean THEN '' ELSE text_body END,
    html_body = CASE WHEN :forget THEN '' ELSE html_body END
WHERE id = :id AND NOT is_last;

-- name: note_failure
-- Note why a message was not delivered, unless another worker has it by now: it is tried again after a delay, or given
-- up, and forgotten, when it was refused for good or is too old. Tells whether it was given up. Of the last to somebody no
-- address stays, either.
UPDATE mail_messages m
SET last_error = :error,
    next_attempt_at = now() + make_interval(secs => :delay_seconds),
    failed_at = CASE WHEN gives_up THEN now() END,
    text_body = CASE WHEN gives_up THEN '' ELSE text_body END,
    html_body = CASE WHEN gives_up THEN '' ELSE html_body END,
    recipient = CASE WHEN gives_up AND is_last THEN 'erased@invalid' ELSE recipient END
FROM (
    SELECT id, :refused::boolean OR created_at < now() - make_interval(secs => :patience_seconds) AS gives_up
    FROM mail_messages
    WHERE id = :id
) AS found
WHERE m.id = found.id AND m.attempts = :attempts
RETURNING gives_up;

-- name: drop_old
-- Forget messages that were delivered or given up long ago: so many at once, those first that lie there longest, but for some.
DELETE FROM mail_messages
WHERE id = ANY (ARRAY(
    SELECT id
    FROM mail_messages
    WHERE coalesce(sent_at, failed_at) < now() - make_interval(secs => :keep_seconds)
        AND id::text <> ALL (:kept::text[])
    ORDER BY coalesce(sent_at, failed_at)
    LIMIT :limit
))
RETURNING id;
