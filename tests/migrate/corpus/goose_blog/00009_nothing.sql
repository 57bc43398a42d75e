-- +goose Up
-- Was: a column that nobody needed. The number stays taken.

-- +goose Down
