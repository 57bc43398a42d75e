-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = '5s';
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS posts_slug_key ON posts (slug);
CREATE INDEX CONCURRENTLY IF NOT EXISTS posts_created_at_idx ON posts (created_at DESC) WHERE state = 'published';

-- +goose Down
DROP INDEX CONCURRENTLY IF EXISTS posts_created_at_idx;
DROP INDEX CONCURRENTLY IF EXISTS posts_slug_key;
