-- +goose Up
UPDATE posts SET slug = lower(regexp_replace(title, '[^a-zA-Z0-9]+', '-', 'g')) WHERE slug IS NULL;

-- +goose Down
UPDATE posts SET slug = NULL WHERE slug IS NOT NULL;
