-- +goose Up
INSERT INTO authors (id, handle, "displayName", joined_at) VALUES
    (1, 'ada', 'Ada; the first', '2020-01-01 00:00:00+00'),
    (2, 'bob', E'Bob \'the\' Builder', '2020-01-02 00:00:00+00'),
    (3, 'eve', 'Eve -- not a comment', '2020-01-03 00:00:00+00');
INSERT INTO posts (id, author_id, title, body, state, created_at, updated_at)
SELECT n, 1 + n % 3, 'Post ' || n, repeat('word ', n::int), 'published', '2020-02-01 00:00:00+00'::timestamptz + n * interval '1 day', NULL
FROM generate_series(1, 40) AS n;

-- +goose Down
DELETE FROM posts WHERE id BETWEEN 1 AND 40;
DELETE FROM authors WHERE id BETWEEN 1 AND 3;
