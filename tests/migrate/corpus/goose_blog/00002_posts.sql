-- +goose Up
CREATE TYPE post_state AS ENUM ('draft', 'published');

CREATE TABLE posts (
    id         bigserial PRIMARY KEY,
    author_id  bigint NOT NULL REFERENCES authors (id) ON DELETE RESTRICT,
    title      text NOT NULL,
    body       text NOT NULL DEFAULT '',
    state      post_state NOT NULL DEFAULT 'draft',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX posts_author_id_idx ON posts (author_id);

-- +goose Down
DROP TABLE posts;
DROP TYPE post_state;
