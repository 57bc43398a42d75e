DROP INDEX CONCURRENTLY readings_taken_at;
