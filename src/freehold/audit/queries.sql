-- name: insert
-- Write down one event.
INSERT INTO audit_events (id, organization_id, actor_id, action, target_type, target_id, details, request_id, ip)
VALUES (:id, :organization_id, :actor_id, :action, :target_type, :target_id, :details::jsonb, :request_id, :ip);
