-- +goose NO TRANSACTION
-- +goose Up
ALTER TYPE post_state ADD VALUE IF NOT EXISTS 'archived';
UPDATE posts SET state = 'archived' WHERE id <= 5;
