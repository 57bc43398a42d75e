-- +goose Up
ALTER TABLE posts ADD COLUMN comment_count int NOT NULL DEFAULT 0;
UPDATE posts p SET comment_count = c.n FROM (SELECT post_id, count(*) AS n FROM comments GROUP BY post_id) c WHERE c.post_id = p.id;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION count_comments() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    difference int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    UPDATE posts SET comment_count = comment_count + difference
    WHERE id = coalesce(NEW.post_id, OLD.post_id);
    RETURN NULL;
END
$body$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER comments_counted AFTER INSERT OR DELETE ON comments
    FOR EACH ROW EXECUTE FUNCTION count_comments();
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER comments_counted ON comments;
DROP FUNCTION count_comments();
ALTER TABLE posts DROP COLUMN comment_count;
