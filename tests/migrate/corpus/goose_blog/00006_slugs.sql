-- Slugs come in three steps; this is the first.
-- +goose Up
ALTER TABLE posts ADD COLUMN slug text;

-- +goose Down
ALTER TABLE posts DROP COLUMN slug;
