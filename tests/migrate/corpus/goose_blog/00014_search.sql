-- +goose Up
ALTER TABLE posts ADD COLUMN search tsvector
    GENERATED ALWAYS AS (setweight(to_tsvector('simple', title), 'A') || to_tsvector('simple', body)) STORED;
CREATE INDEX posts_search_idx ON posts USING gin (search);

-- +goose Down
ALTER TABLE posts DROP COLUMN search;
