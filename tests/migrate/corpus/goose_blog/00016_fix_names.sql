-- +goose Up
-- +goose ENVSUB ON
INSERT INTO authors (id, handle, "displayName", joined_at)
VALUES (4, '${ROBOT}', 'The ${ROBOT:-robot}; $ROBOT', '2022-01-01 00:00:00+00');
-- +goose ENVSUB OFF
UPDATE authors SET "displayName" = '${ROBOT}' WHERE id = 3;

-- +goose Down
UPDATE authors SET "displayName" = 'Eve -- not a comment' WHERE id = 3;
DELETE FROM authors WHERE id = 4;
