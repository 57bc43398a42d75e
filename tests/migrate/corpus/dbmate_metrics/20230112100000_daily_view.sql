-- Written on Windows.
-- migrate:up
create view daily as
  select site_id, date_trunc('day', at at time zone 'UTC') as day, count(*) as views
  from events
  where kind = 'view' -- only these; the others come later
  group by 1, 2;

-- migrate:down
drop view daily;
