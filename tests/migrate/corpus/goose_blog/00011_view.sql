-- +goose Up
CREATE VIEW published_posts AS
    SELECT p.id, p.title, p.slug, a."displayName" AS author, count(t.tag_id) AS tags
    FROM posts p
    JOIN authors a ON a.id = p.author_id
    LEFT JOIN post_tags t ON t.post_id = p.id
    WHERE p.state = 'published'
    GROUP BY p.id, a.id;

-- +goose Down
DROP VIEW published_posts;
