-- +goose Up
ALTER TABLE posts ADD COLUMN updated_at timestamptz;

-- +goose StatementBegin
CREATE FUNCTION touch() RETURNS trigger AS $$
BEGIN
    -- +goose is a bird; this is no annotation.
    NEW.updated_at := now();
    IF NEW.title = '' THEN
        RAISE EXCEPTION 'a post needs a title; % has none', NEW.id;
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql
-- +goose StatementEnd

CREATE TRIGGER posts_touch BEFORE UPDATE OF title, body ON posts
    FOR EACH ROW EXECUTE FUNCTION touch();

-- +goose Down
DROP TRIGGER posts_touch ON posts;
DROP FUNCTION touch();
ALTER TABLE posts DROP COLUMN updated_at;
