-- migrate:up
create table visits (
  id uuid primary key,
  site_id integer not null,
  started timestamptz not null,
  pages text[] not null default array[]::text[],
  span interval generated always as (make_interval(mins => cardinality(pages))) stored
);
insert into visits (id, site_id, started, pages)
select md5(n::text)::uuid, 1 + n % 2, timestamptz '2023-01-15 00:00+00', array['/', '/page/' || n]
from generate_series(1, 50) as n;

-- migrate:down
drop table visits;
