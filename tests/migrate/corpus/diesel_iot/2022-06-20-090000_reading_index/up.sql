CREATE INDEX CONCURRENTLY readings_taken_at ON readings (taken_at);
