-- name: add
-- Add requests to buckets, and tell what all nodes have counted in each, and the database's time.
INSERT INTO request_counts AS c (bucket, ends_at, requests)
SELECT bucket, to_timestamp(ends_at), requests
FROM unnest(:buckets::text[], :ends::double precision[], :requests::bigint[]) AS counted (bucket, ends_at, requests)
ORDER BY bucket, ends_at
ON CONFLICT (bucket, ends_at) DO UPDATE SET requests = c.requests + excluded.requests
RETURNING bucket, extract(epoch FROM ends_at)::double precision AS ends_at, requests,
    extract(epoch FROM clock_timestamp())::double precision AS now;

-- name: add_one
-- Add a request to a bucket in the window of the database's clock, and tell what all nodes have counted in it.
INSERT INTO request_counts AS c (bucket, ends_at, requests)
VALUES (
    :bucket,
    to_timestamp(
        (floor(extract(epoch FROM clock_timestamp()) / :window_seconds::integer) + 1) * :window_seconds::integer
    ),
    1
)
ON CONFLICT (bucket, ends_at) DO UPDATE SET requests = c.requests + 1
RETURNING bucket, extract(epoch FROM ends_at)::double precision AS ends_at, requests,
    extract(epoch FROM clock_timestamp())::double precision AS now;

-- name: drop_ended
-- Forget the windows that have ended, with a minute of grace for nodes that are late.
DELETE FROM request_counts WHERE ends_at < now() - interval '1 minute';
