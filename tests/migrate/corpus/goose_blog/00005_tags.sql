-- +goose Up
CREATE TABLE tags (id serial PRIMARY KEY, name text NOT NULL);
CREATE UNIQUE INDEX tags_name_key ON tags (lower(name));
CREATE TABLE post_tags (
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    tag_id int NOT NULL REFERENCES tags ON DELETE CASCADE,
    PRIMARY KEY (post_id, tag_id)
);
/* A block comment; /* nested */ with a semicolon; */
INSERT INTO tags (id, name) VALUES (1, 'sql'), (2, 'cats');
INSERT INTO post_tags SELECT id, 1 + id % 2 FROM posts;

-- +goose Down
DROP TABLE post_tags;
DROP TABLE tags;
