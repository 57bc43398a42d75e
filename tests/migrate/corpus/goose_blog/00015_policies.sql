-- +goose Up
CREATE POLICY own_comments ON comments USING (at > '2000-01-01' AND "text" IS NOT NULL);
COMMENT ON POLICY own_comments ON comments IS $$not enabled; it's for later$$;
ALTER TABLE authors ALTER COLUMN handle SET STATISTICS 200;

-- +goose Down
ALTER TABLE authors ALTER COLUMN handle SET STATISTICS -1;
DROP POLICY own_comments ON comments;
