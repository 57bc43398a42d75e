-- WRONG: another type writes the whole table anew, and nobody can order meanwhile.
-- migrate: lossy: order_lines.quantity what does not fit any more is cut to the largest integer
-- migrate:up
ALTER TABLE order_lines ALTER COLUMN quantity TYPE bigint;

-- migrate:down
ALTER TABLE order_lines ALTER COLUMN quantity TYPE integer USING least(quantity, 2147483647);
