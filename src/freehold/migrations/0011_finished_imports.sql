-- Say of an import that it is finished, until whoever ran it has seen the result: killed in between, it is not begun again.
-- migrate:up

-- When all lines were stored or refused. NULL while it is under way, or was cut off.
ALTER TABLE imports ADD COLUMN finished_at timestamptz;

-- migrate:down
-- An older version begins a finished import again, and would refuse all that is stored.

DELETE FROM imports WHERE finished_at IS NOT NULL;
ALTER TABLE imports DROP COLUMN finished_at;
