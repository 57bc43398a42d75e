-- x-multi-statement=true
CREATE INDEX CONCURRENTLY tickets_open ON tickets (priority, opened) WHERE closed IS NULL;
CREATE INDEX CONCURRENTLY tickets_subject ON tickets (lower(subject) text_pattern_ops);
CREATE INDEX CONCURRENTLY tickets_assignee ON tickets USING hash (assignee);
