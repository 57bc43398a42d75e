-- WRONG: the way back does not bring back how people wrote their addresses.
-- migrate:up
UPDATE customers SET email = lower(email) WHERE email <> lower(email);

-- migrate:down
-- Nothing to do: the addresses still work.
UPDATE customers SET email = email WHERE false;
