-- Who writes. The first of all migrations.
-- +goose Up
CREATE TABLE authors (
    id bigserial PRIMARY KEY,
    handle varchar(40) NOT NULL UNIQUE,
    "displayName" text NOT NULL, -- the old client wanted camel case
    joined_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT authors_handle_shape CHECK (handle ~ '^[a-z0-9_]+$')
);
COMMENT ON TABLE authors IS 'People; not everyone is a reader''s favourite';

-- +goose Down
DROP TABLE authors;
