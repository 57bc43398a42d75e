-- name: position
-- Where an event stands in the stream: its chain, and whether its transaction is known.
SELECT chain_id, transaction_id IS NOT NULL AS is_placed FROM audit_events WHERE id = :id;

-- name: page_placed
-- Events after one, of transactions that ended, and before which none can end any more: what is written later, or was
-- written and is not yet committed, has a higher number than all of these.
SELECT {audit.event}
FROM audit_events
WHERE (transaction_id, sequence, id) > (
        coalesce((SELECT p.transaction_id FROM audit_events p WHERE p.id = :after_id), '0'::xid8),
        coalesce((SELECT p.sequence FROM audit_events p WHERE p.id = :after_id), 0),
        :after_id::uuid
    )
    AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    AND created_at >= :from_time
ORDER BY transaction_id, sequence, id
LIMIT :limit;

-- name: page_unplaced
-- Events after one, of those whose transaction is not known; they come before all others.
SELECT {audit.event}
FROM audit_events
WHERE transaction_id IS NULL AND id > :after_id AND created_at >= :from_time
ORDER BY id
LIMIT :limit;

-- name: newest_placed
-- The newest events that page_placed could give, the newest first.
SELECT {audit.event}
FROM audit_events
WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot()) AND created_at >= :from_time
ORDER BY transaction_id DESC, sequence DESC, id DESC
LIMIT :limit;

-- name: newest_unplaced
-- The newest events of those whose transaction is not known, the newest first.
SELECT {audit.event}
FROM audit_events
WHERE transaction_id IS NULL AND created_at >= :from_time
ORDER BY id DESC
LIMIT :limit;

-- name: last_before
-- The last event whose id was made before a time, as the id of that time says.
SELECT id FROM audit_events WHERE id < :id ORDER BY id DESC LIMIT 1;

-- name: page_of_chain
-- Events of an organization after one. Whoever writes to a chain holds its head until the end, so these come in order.
SELECT {audit.event}
FROM audit_events
WHERE chain_id = :chain_id
    AND sequence > coalesce((SELECT p.sequence FROM audit_events p WHERE p.id = :after_id AND p.chain_id = :chain_id), 0)
    AND created_at >= :from_time
ORDER BY sequence
LIMIT :limit;

-- name: newest_of_chain
-- The newest events of an organization, the newest first.
SELECT {audit.event}
FROM audit_events
WHERE chain_id = :chain_id AND created_at >= :from_time
ORDER BY sequence DESC
LIMIT :limit;

-- name: last_of_chain_before
-- The last event of an organization that was written before a time.
SELECT id
FROM audit_events
WHERE organization_id = :chain_id AND created_at < :time
ORDER BY created_at DESC, id DESC
LIMIT 1;

-- name: has_foreign_placed
-- Whether events have the number of a transaction that this server has not had: the database was moved here by a dump.
SELECT EXISTS (SELECT 1 FROM audit_events WHERE transaction_id >= pg_snapshot_xmax(pg_current_snapshot()));

-- name: forget_places
-- Forget the transactions of all events; those that are written from now on have new ones.
UPDATE audit_events SET transaction_id = NULL WHERE transaction_id IS NOT NULL;

-- name: stream
-- How far the log was written to an output, and whether this process may write, or nobody does.
SELECT event_id, holder_id = :holder_id AND held_until > now() + make_interval(secs => :spare_seconds) AS is_held,
    holder_id IS DISTINCT FROM :holder_id AND held_until > now() AS is_held_by_another
FROM audit_streams
WHERE output = :output;

-- name: hold_stream
-- Hold an output for a while, unless another process holds it; one that is new begins after an event.
INSERT INTO audit_streams AS s (output, event_id, holder_id, held_until)
VALUES (:output, :newest_id, :holder_id, now() + make_interval(secs => :seconds))
ON CONFLICT (output) DO UPDATE
SET holder_id = :holder_id, held_until = now() + make_interval(secs => :seconds)
WHERE s.holder_id = :holder_id OR s.held_until <= now()
RETURNING s.event_id, s.held_until;

-- name: advance_stream
-- Note the last event that was written to an output; nothing when another process has taken over.
UPDATE audit_streams
SET event_id = :event_id, held_until = now() + make_interval(secs => :seconds)
WHERE output = :output AND holder_id = :holder_id
RETURNING output;
