-- migrate:up
alter table visits validate constraint visits_site;

-- migrate:down
-- Nothing: a constraint that is valid does no harm.
