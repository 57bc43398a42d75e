-- name: add
-- Add requests to buckets, and tell what all nodes have counted in each, and the database's time.
INSERT INTO request_counts AS c (bucket, ends_at, requests)
SELECT bucket, to_timestamp(ends_at), requests
FROM unnest(:buckets::text[], :ends::double precision[], :requests::bigint[]) AS counted (bucket, ends_at, requests)
ORDER BY bucket, ends_at
ON CONFLICT (bucket, ends_at) DO UPDATE SET requests = c.requests + excluded.requests
RETURNING bucket, extract(epoch FROM ends_at)::double precision AS ends_at, requests,
    extract(epoch FROM clock_timestamp())::double precision AS now;

-- name: drop_ended
-- Forget the windows that have ended, with a minute of grace for nodes that are late.
DELETE FROM request_counts WHERE ends_at < now() - interval '1 minute';
